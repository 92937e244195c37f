"""Which column of a file becomes which field of a layer, and what becomes of each value."""

import math
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.transfer.geometries import Problem
from app.transfer.sentences import Refusal
from app.transfer.sources import Asked
from layers.layer import Field, Kind, Layer

Value = str | int | float | bool | date | datetime | None
_INTEGER_RANGE = (-(2**31), 2**31 - 1)
_TRUE, _FALSE = ("1", "true", "t", "yes", "y", "có"), ("0", "false", "f", "no", "n", "không")


class Rejected(Exception):  # noqa: N818 - it is the answer, see `Refusal`
    """A value that its field does not take."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.problem = Problem(code, values)


@dataclass(frozen=True, kw_only=True)
class Target:
    """A column of the layer's table that is written: a field, or `valid_from`, which every layer has."""

    name: str
    kind: Kind
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    codes: dict[str, str] | None = None
    """What stands for which code: the code itself, its name, and what `--code` adds."""


VALID_FROM = Target(name="valid_from", kind=Kind.DATE, required=True)


@dataclass(frozen=True)
class Slot:
    """Where a target's values come from: columns, joined by a hyphen if several, or one constant."""

    target: Target
    columns: tuple[int, ...] = ()
    constant: Value = None

    def values(self, columns: Sequence[Sequence[object]], rows: Iterable[int]) -> Iterable[object]:
        """The raw values of these rows."""
        if not self.columns:
            return (self.constant for _ in rows)
        if len(self.columns) == 1:
            only = columns[self.columns[0]]
            return (only[row] for row in rows)
        parts = [columns[index] for index in self.columns]
        return ("-".join(filter(None, (text(part[row]) for part in parts))) for row in rows)


def plan(layer: Layer, columns: Sequence[str], asked: Asked, *, name: str) -> tuple[Slot, ...]:
    """The slots that fill a layer from these columns of the file called `name`.

    A column of a field's own name fills it unless the mapping says otherwise; fields that nothing
    fills stay empty. Refusal when the mapping names what is not there, names a field twice, or
    leaves a required field without a source.
    """
    targets = {field.name: _target(field, asked) for field in layer.fields}
    places = {plain(column): index for index, column in enumerate(columns)}
    slots = {field: Slot(target, (places[field],)) for field, target in targets.items() if field in places}
    targets["valid_from"] = VALID_FROM
    named = [field for _, field in asked.columns] + [field for field, _ in asked.constants]
    for field in (*named, *(field for field, _, _ in asked.codes)):
        if field not in targets:
            raise Refusal("field_unknown", layer=layer.id, field=field, fields=", ".join(targets))
    for field in named:
        if named.count(field) > 1:
            raise Refusal("field_twice", field=field)
    for column, field in asked.columns:
        slots[field] = Slot(targets[field], _indexes(column, columns, name))
    for field, value in asked.constants:
        slots[field] = Slot(targets[field], constant=_constant(targets[field], value))
    for target in targets.values():
        if target.required and target is not VALID_FROM and target.name not in slots:
            raise Refusal("field_required", field=target.name, columns=", ".join(columns))
    return tuple(slots[field] for field in targets if field in slots)


def _target(field: Field, asked: Asked) -> Target:
    """A field as it is written, with the codes that the file may use for it."""
    codes = None
    if field.code_list:
        known = [code.code for code in field.code_list.codes]
        codes = {plain(code.name): code.code for code in field.code_list.codes}
        codes |= {plain(code): code for code in known}
        for name, value, code in asked.codes:
            if name == field.name and code not in known:
                raise Refusal("value_wrong", field=name, value=code)
            if name == field.name:
                codes[plain(value)] = code
    return Target(
        name=field.name,
        kind=field.kind,
        required=field.required,
        minimum=field.minimum,
        maximum=field.maximum,
        codes=codes,
    )


def _indexes(given: str, columns: Sequence[str], name: str) -> tuple[int, ...]:
    """The columns that ``a`` or ``a+b`` means; a column may itself have a plus in its name."""
    places = {plain(column): index for index, column in enumerate(columns)}
    wanted = [given] if plain(given) in places else given.split("+")
    for column in wanted:
        if plain(column) not in places:
            raise Refusal("column_unknown", name=name, column=column, columns=", ".join(columns))
    return tuple(places[plain(column)] for column in wanted)


def _constant(target: Target, given: str) -> Value:
    try:
        value = read(target, given)
    except Rejected as error:
        raise Refusal("value_wrong", field=target.name, value=given) from error
    if value is None and target.required:
        raise Refusal("value_wrong", field=target.name, value=given)
    return value


def plain(name: str) -> str:
    """A name as names are compared: composed, in small letters, without blanks around it."""
    return unicodedata.normalize("NFC", name).strip().casefold()


def text(value: object) -> str | None:
    """Any value as text: composed (NFC), trimmed, None when nothing is left; 12.0 is ``12``."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, list):
        value = ", ".join(str(part) for part in value)
    # PostgreSQL has no NUL in text.
    return unicodedata.normalize("NFC", str(value)).replace("\0", "").strip() or None


def read(target: Target, given: object) -> Value:
    """A value as its field takes it; None when it is empty. Rejected says why it does not fit."""
    value = _READERS[target.kind](target, given)
    if value is None:
        if target.required:
            raise Rejected("value_missing", field=target.name)
        return None
    if target.minimum is not None and float(value) < target.minimum:  # type: ignore[arg-type]
        raise Rejected("value_below_minimum", field=target.name, value=value, limit=f"{target.minimum:g}")
    if target.maximum is not None and float(value) > target.maximum:  # type: ignore[arg-type]
        raise Rejected("value_above_maximum", field=target.name, value=value, limit=f"{target.maximum:g}")
    return value


def _text(_target: Target, given: object) -> Value:
    return text(given)


def _number(target: Target, given: object) -> Value:
    """A finite number. Text with a decimal comma is not read: ``1,234`` means two things."""
    written = text(given)
    if written is None:
        return None
    try:
        number = float(given if isinstance(given, int | float) else written)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Rejected("value_not_number", field=target.name, value=written[:40])
    return number


def _integer(target: Target, given: object) -> Value:
    written = text(given)
    if written is None:
        return None
    try:
        number = float(written)
    except ValueError:
        number = math.nan
    if not number.is_integer() or not _INTEGER_RANGE[0] <= number <= _INTEGER_RANGE[1]:
        raise Rejected("value_not_integer", field=target.name, value=written[:40])
    return int(number)


def _boolean(target: Target, given: object) -> Value:
    written = text(given)
    if written is None:
        return None
    if plain(written) in (*_TRUE, *_FALSE):
        return plain(written) in _TRUE
    raise Rejected("value_not_boolean", field=target.name, value=written[:40])


def _date(target: Target, given: object) -> Value:
    """An ISO date. Other orders are not read: 03/05 is a day in March here and in May elsewhere."""
    moment = _timestamp(target, given)
    return moment.date() if isinstance(moment, datetime) else None


def _timestamp(target: Target, given: object) -> Value:
    if isinstance(given, datetime):
        return given
    written = text(given)
    if written is None:
        return None
    try:
        return datetime.fromisoformat(written)
    except ValueError as error:
        raise Rejected("value_not_date", field=target.name, value=written[:40]) from error


def _code(target: Target, given: object) -> Value:
    written = text(given)
    if written is None:
        return None
    code = (target.codes or {}).get(plain(written))
    if code is None:
        raise Rejected("code_unknown", field=target.name, value=written[:40])
    return code


_READERS: dict[Kind, Callable[[Target, object], Value]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.INTEGER: _integer,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.TIMESTAMP: _timestamp,
    Kind.CODE: _code,
}
