"""Whether attribute values fit the declaration of their layer."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any

from app.edits.parameters import NOT_A_LIST, UNKNOWN_PARAMETER, flag, mapping, number, text, whole
from app.edits.refusal import OperationError, Reason
from layers import CATALOG
from layers.layer import N_, Field, Kind

UNKNOWN_FIELD = Reason("unknown_field", N_("Không có trường {name}."))
SET_ELSEWHERE = Reason("set_elsewhere", N_("Không sửa {name} ở đây."))
UNKNOWN_CODE = Reason("unknown_code", N_("{name} không có mã {code}."))
NOT_A_DATE = Reason("not_a_date", N_("{name} phải là ngày, ví dụ 2026-03-05."))
REQUIRED = Reason("required", N_("{name} không được để trống."))

MAX_LAND_USES = 20
_HUGE = 1e15


def checked(layer: str, values: Mapping[str, object], *, elsewhere: Collection[str] = ()) -> dict[str, Any]:
    """The values as they are stored, dates as ISO text. OperationError names the first that does not fit,
    or that stands among the fields which are set `elsewhere`.

    What is not given is not asked for: whether a feature is complete is a question to the whole of it.
    """
    fields = {field.name: field for field in CATALOG[layer].fields}
    made: dict[str, Any] = {}
    for name, value in values.items():
        if name not in fields:
            raise OperationError(UNKNOWN_FIELD, name=name[:50])
        if name in elsewhere:
            raise OperationError(SET_ELSEWHERE, name=name)
        made[name] = _checked(fields[name], value)
    return made


def land_uses(value: object, name: str) -> tuple[Mapping[str, Any], ...]:
    """Every use of a parcel's land: `code`, `area` in m², and `origin` and `until` (the end of the term)
    where they are known."""
    listed = value if isinstance(value, list | tuple) else ()
    if not 0 < len(listed) <= MAX_LAND_USES:
        raise OperationError(NOT_A_LIST, name=name, minimum=1)
    return tuple(_land_use(one, name) for one in listed)


def _land_use(value: object, name: str) -> Mapping[str, Any]:
    given = mapping(value, name)
    for one in given:
        if one not in ("code", "area", "origin", "until"):
            raise OperationError(UNKNOWN_PARAMETER, name=f"{name}.{one}"[:50])
    codes = Field(name="code", kind=Kind.CODE, codes="land_use", label="")
    return {
        "code": _code(codes, given.get("code")),
        "area": number(0.1, 1e9)(given.get("area"), f"{name}.area"),
        "origin": None if given.get("origin") is None else text(given["origin"], f"{name}.origin"),
        "until": None if given.get("until") is None else _day(given["until"], f"{name}.until"),
    }


def _checked(field: Field, value: object) -> Any:
    if value is None:
        if field.required:
            raise OperationError(REQUIRED, name=field.name)
        return None
    return _READERS[field.kind](field, value)


def _code(field: Field, value: object) -> str:
    known = field.code_list.by_code if field.code_list else {}
    if not isinstance(value, str) or value not in known:
        raise OperationError(UNKNOWN_CODE, name=field.name, code=str(value)[:50])
    return value


def _day(value: object, name: str) -> str:
    return _iso(date.fromisoformat, value, name)


def _iso(parse: Callable[[str], date], value: object, name: str) -> str:
    try:
        return parse(text(value, name)).isoformat()
    except ValueError as error:
        raise OperationError(NOT_A_DATE, name=name) from error


def _number(field: Field, value: object) -> float:
    return float(number(_or(field.minimum, -_HUGE), _or(field.maximum, _HUGE))(value, field.name))


def _integer(field: Field, value: object) -> int:
    low, high = int(_or(field.minimum, -(2**31))), int(_or(field.maximum, 2**31 - 1))
    return int(whole(low, high)(value, field.name))


def _or(bound: float | None, otherwise: float) -> float:
    return otherwise if bound is None else bound


_READERS: dict[Kind, Callable[[Field, object], Any]] = {
    Kind.TEXT: lambda field, value: text(value, field.name),
    Kind.INTEGER: _integer,
    Kind.NUMBER: _number,
    Kind.BOOLEAN: lambda field, value: flag(value, field.name),
    Kind.DATE: lambda field, value: _day(value, field.name),
    Kind.TIMESTAMP: lambda field, value: _iso(datetime.fromisoformat, value, field.name),
    Kind.CODE: _code,
}
