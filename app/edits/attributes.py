"""Whether attribute values fit the declaration of their layer."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from app.edits.parameters import flag, number, text, whole
from app.edits.refusal import OperationError, Reason
from layers import CATALOG
from layers.layer import N_, Field, Kind

UNKNOWN_FIELD = Reason("unknown_field", N_("Không có trường {name}."))
UNKNOWN_CODE = Reason("unknown_code", N_("{name} không có mã {code}."))
NOT_A_DATE = Reason("not_a_date", N_("{name} phải là ngày, ví dụ 2026-03-05."))
REQUIRED = Reason("required", N_("{name} không được để trống."))

LAND_USES = "land_uses"
"""The attribute that holds every use of a parcel's land; `land_use` is the first of them."""
MAX_LAND_USES = 20
_HUGE = 1e15


def checked(layer: str, values: Mapping[str, object]) -> dict[str, Any]:
    """The values as they are stored, dates as ISO text. OperationError names the first that does not fit.

    What is not given is not asked for: whether a feature is complete is a question to the whole of it.
    """
    fields = {field.name: field for field in CATALOG[layer].fields}
    made: dict[str, Any] = {}
    for name, value in values.items():
        if name not in fields:
            raise OperationError(UNKNOWN_FIELD, name=name[:50])
        made[name] = _checked(fields[name], value)
    return made


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


def _iso(parse: Callable[[str], date]) -> Callable[[Field, object], str]:
    def reader(field: Field, value: object) -> str:
        try:
            return parse(text(value, field.name)).isoformat()
        except ValueError as error:
            raise OperationError(NOT_A_DATE, name=field.name) from error

    return reader


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
    Kind.DATE: _iso(date.fromisoformat),
    Kind.TIMESTAMP: _iso(datetime.fromisoformat),
    Kind.CODE: _code,
}
