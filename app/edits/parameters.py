"""Reading what a browser says of an operation, strictly: numbers are numbers, and nothing is guessed.

A parameter class is a frozen dataclass whose fields say how they are read::

    @dataclass(frozen=True)
    class Parameters:
        line: tuple[Metres, ...] = given(points)

Positions are [east, north] in metres of the legal CRS.
"""

import dataclasses
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar
from uuid import UUID

from app.edits.grid import Metres
from app.edits.refusal import OperationError, Reason
from layers.layer import N_

MAX_VERTICES = 2_000
"""Of one operation. A parcel of the country has seven."""
MAX_DEPTH = 8
MAX_BYTES = 1_000_000
MAX_COORDINATE = 20_000_000.0
"""Metres; no plane CRS of the Earth goes further."""
MAX_TEXT = 500

NOT_JSON = Reason("not_json", N_("Nội dung gửi lên không phải là JSON."))
TOO_LARGE = Reason("too_large", N_("Nội dung gửi lên quá {limit} byte."))
TOO_DEEP = Reason("too_deep", N_("Nội dung gửi lên lồng nhau quá {limit} tầng."))
REPEATED_NAME = Reason("repeated_name", N_("Tên {name} xuất hiện hai lần."))
NOT_AN_OBJECT = Reason("not_an_object", N_("{name} phải là một bảng tên và giá trị."))
UNKNOWN_PARAMETER = Reason("unknown_parameter", N_("Không có tham số {name}."))
MISSING_PARAMETER = Reason("missing_parameter", N_("Thiếu {name}."))
NOT_A_NUMBER = Reason("not_a_number", N_("{name} phải là một số."))
OUT_OF_RANGE = Reason("out_of_range", N_("{name} phải nằm từ {minimum} đến {maximum}."))
NOT_TEXT = Reason("not_text", N_("{name} phải là chữ, từ 1 đến {limit} ký tự."))
NOT_A_CHOICE = Reason("not_a_choice", N_("{name} phải là một trong: {choices}."))
NOT_AN_ID = Reason("not_an_id", N_("{name} phải là một mã nhận dạng."))
NOT_YES_OR_NO = Reason("not_yes_or_no", N_("{name} phải là có hoặc không."))
NOT_A_LIST = Reason("not_a_list", N_("{name} phải là danh sách có ít nhất {minimum} mục."))
NOT_A_POSITION = Reason("not_a_position", N_("{name} phải có đúng hai số: hướng đông rồi hướng bắc."))
TOO_MANY_VERTICES = Reason("too_many_vertices", N_("{name} có {count} đỉnh, quá {limit} đỉnh."))
RING_TOO_SHORT = Reason("ring_too_short", N_("{name} cần ít nhất ba đỉnh khác nhau."))

T = TypeVar("T")
Reader = Callable[[object, str], Any]
"""Turns a JSON value into a parameter; the name is for the sentence when it cannot."""


def given(reader: Reader, *, default: object = dataclasses.MISSING) -> Any:
    """A field of a parameter class that is read by `reader`. With the default None it may be null too."""
    if default is dataclasses.MISSING:
        return dataclasses.field(metadata={"reader": reader})
    return dataclasses.field(default=default, metadata={"reader": reader})


def parse(text: str | bytes) -> object:
    """JSON text as values. OperationError for what is not JSON in the strict sense: NaN, Infinity, a
    name that stands twice, deep nesting. It takes time and memory in proportion to MAX_BYTES at most."""
    if len(text) > MAX_BYTES:
        raise OperationError(TOO_LARGE, limit=MAX_BYTES)
    try:
        said = text.decode() if isinstance(text, bytes) else text
        _refuse_depth(said)
        # An integer of thousands of digits is a ValueError too.
        return json.loads(said, parse_constant=_refuse_constant, object_pairs_hook=_each_once)
    except ValueError as error:
        raise OperationError(NOT_JSON) from error


def read(cls: type[T], data: object) -> T:
    """Parameters of a class from JSON values. OperationError names what is wrong first."""
    if not isinstance(data, Mapping):
        raise OperationError(NOT_AN_OBJECT, name="parameters")
    fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    for name in data:
        if name not in fields:
            raise OperationError(UNKNOWN_PARAMETER, name=str(name)[:50])
    values = {}
    for name, field in fields.items():
        if name in data and not (data[name] is None and field.default is None):
            values[name] = field.metadata["reader"](data[name], name)
        elif field.default is field.default_factory is dataclasses.MISSING:
            raise OperationError(MISSING_PARAMETER, name=name)
    return cls(**values)


def positions_of(parameters: Any) -> Iterator[Metres]:
    """Every position that stands in parameters."""
    for field in dataclasses.fields(parameters):
        if field.metadata["reader"] in _POSITIONS:
            yield from _flattened(getattr(parameters, field.name))


# Readers


def number(minimum: float, maximum: float) -> Reader:
    """A finite number between two bounds."""

    def reader(value: object, name: str) -> float:
        made = _finite(value, name)
        if not minimum <= made <= maximum:
            raise OperationError(OUT_OF_RANGE, name=name, minimum=minimum, maximum=maximum)
        return made

    return reader


def whole(minimum: int, maximum: int) -> Reader:
    """An integer between two bounds."""

    def reader(value: object, name: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise OperationError(NOT_A_NUMBER, name=name)
        if not minimum <= value <= maximum:
            raise OperationError(OUT_OF_RANGE, name=name, minimum=minimum, maximum=maximum)
        return value

    return reader


def choice(*options: str) -> Reader:
    """One of several words."""

    def reader(value: object, name: str) -> str:
        if not isinstance(value, str) or value not in options:
            raise OperationError(NOT_A_CHOICE, name=name, choices=", ".join(options))
        return value

    return reader


def text(value: object, name: str) -> str:
    """Some words, without blanks around them."""
    if not isinstance(value, str) or not 0 < len(value.strip()) <= MAX_TEXT or "\0" in value:
        raise OperationError(NOT_TEXT, name=name, limit=MAX_TEXT)
    return value.strip()


def words(value: object, name: str) -> tuple[str, ...]:
    """A list of words."""
    return tuple(text(one, name) for one in _listed(value, name, 0))


def flag(value: object, name: str) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise OperationError(NOT_YES_OR_NO, name=name)
    return value


def identifier(value: object, name: str) -> UUID:
    """The id of a feature."""
    try:
        return UUID(value) if isinstance(value, str) else _refuse_id(name)
    except ValueError:
        return _refuse_id(name)


def mapping(value: object, name: str) -> Mapping[str, object]:
    """Values by name."""
    if not isinstance(value, dict) or any(not isinstance(one, str) for one in value):
        raise OperationError(NOT_AN_OBJECT, name=name)
    return value


def point(value: object, name: str) -> Metres:
    """A position."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise OperationError(NOT_A_POSITION, name=name)
    return _coordinate(value[0], name), _coordinate(value[1], name)


def points(value: object, name: str) -> tuple[Metres, ...]:
    """A line: two positions or more."""
    return tuple(point(one, name) for one in _vertices(value, name, 2))


def surveyed_points(value: object, name: str) -> tuple[Metres, ...]:
    """Two positions or more as Vietnamese documents have them, ``{"x": north, "y": east}``."""
    listed = []
    for one in _vertices(value, name, 2):
        if not isinstance(one, dict) or set(one) != {"x", "y"}:
            raise OperationError(NOT_A_POSITION, name=name)
        listed.append((_coordinate(one["y"], f"{name}.y"), _coordinate(one["x"], f"{name}.x")))
    return tuple(listed)


def rings(value: object, name: str) -> tuple[tuple[Metres, ...], ...]:
    """The outer ring of an area and its holes. The first vertex may be said again at the end."""
    listed = [_vertices(one, name, 3) for one in _listed(value, name, 1)]
    _refuse_number(sum(len(one) for one in listed), name)
    made = tuple(tuple(point(one, name) for one in ring) for ring in listed)
    if any(len(set(ring)) < 3 for ring in made):
        raise OperationError(RING_TOO_SHORT, name=name)
    return made


_POSITIONS: tuple[Reader, ...] = (point, points, surveyed_points, rings)


def _vertices(value: object, name: str, minimum: int) -> list[object]:
    listed = _listed(value, name, minimum)
    _refuse_number(len(listed), name)
    return listed


def _refuse_number(count: int, name: str) -> None:
    if count > MAX_VERTICES:
        raise OperationError(TOO_MANY_VERTICES, name=name, count=count, limit=MAX_VERTICES)


def _listed(value: object, name: str, minimum: int) -> list[object]:
    if not isinstance(value, list | tuple) or len(value) < minimum:
        raise OperationError(NOT_A_LIST, name=name, minimum=minimum)
    return list(value)


def _coordinate(value: object, name: str) -> float:
    made = _finite(value, name)
    if abs(made) > MAX_COORDINATE:
        raise OperationError(OUT_OF_RANGE, name=name, minimum=-MAX_COORDINATE, maximum=MAX_COORDINATE)
    return made


def _finite(value: object, name: str) -> float:
    # True is an int in Python; 1e400 is read as infinite; an int may be too large for a float.
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise OperationError(NOT_A_NUMBER, name=name)
    try:
        made = float(value)
    except OverflowError:
        made = math.inf
    if not math.isfinite(made):
        raise OperationError(NOT_A_NUMBER, name=name)
    return made


def _refuse_id(name: str) -> UUID:
    raise OperationError(NOT_AN_ID, name=name)


_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)
"""Strings and brackets. A string without an end reaches to the end, so that one pass is enough."""


def _refuse_depth(said: str) -> None:
    """Python's parser answers deep nesting with a RecursionError, after filling the stack."""
    depth = 0
    for found in _STRUCTURE.finditer(said):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if depth > MAX_DEPTH:
            raise OperationError(TOO_DEEP, limit=MAX_DEPTH)


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def _each_once(listed: list[tuple[str, object]]) -> dict[str, object]:
    made: dict[str, object] = {}
    for name, value in listed:
        if name in made:
            raise OperationError(REPEATED_NAME, name=name[:50])
        made[name] = value
    return made


def _flattened(value: Any) -> Iterator[Metres]:
    if value is None:
        return
    if isinstance(value[0], float | int):
        yield value
    else:
        for one in value:
            yield from _flattened(one)
