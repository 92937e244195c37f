"""What requests for features say in their query: numbers, places, boxes, layers and moments, checked.

Every function raises `BadRequest` with the name of the parameter and a sentence of what it must be.
"""

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.errors import BadRequest
from app.features.legal import Box, Point
from app.features.query import layer_for
from layers import CATALOG
from layers.layer import N_, Layer
from tiles.scope import Scope

Query = Mapping[str, str]

MISSING = N_("Thiếu “{name}”.")
NOT_IN_RANGE = N_("“{name}” phải là số từ {low} đến {high}.")
NOT_A_POINT = N_("“{name}” gồm kinh độ và vĩ độ, cách nhau bằng dấu phẩy: 107.0852,10.3532.")
NOT_A_BOX = N_("“{name}” gồm tây, nam, đông, bắc theo độ: 107.05,10.32,107.11,10.39.")
NOT_A_MOMENT = N_("“{name}” là ngày giờ theo ISO 8601: 2026-03-05T14:05:00+07:00.")
NOT_A_DAY = N_("“{name}” là ngày theo dạng năm-tháng-ngày: 2026-03-05.")
TOO_MANY_LAYERS = N_("Hỏi nhiều nhất {n} lớp một lần.")

_TURNS = 540
"""Degrees of longitude that a box may reach to either side; a map that was pushed round goes on counting."""


def number(query: Query, name: str, low: float, high: float, default: float | None = None) -> float:
    """A finite number within limits; without a default it must be there."""
    if name not in query:
        if default is None:
            raise _bad(name, "missing", MISSING)
        return default
    value = _float(query[name])
    if value is None or not low <= value <= high:
        raise _bad(name, "out_of_range", NOT_IN_RANGE, low=f"{low:g}", high=f"{high:g}")
    return value


def whole_number(query: Query, name: str, low: int, high: int, default: int) -> int:
    """A whole number; one beyond the limits is brought to the nearest that is allowed."""
    text = query.get(name, str(default)).strip()
    if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit() or len(text) > 18:
        raise _bad(name, "out_of_range", NOT_IN_RANGE, low=low, high=high)
    return min(max(int(text), low), high)


def point(query: Query, name: str) -> Point | None:
    """``lon,lat`` in degrees; None when it is not there."""
    if not query.get(name):
        return None
    parts = [_float(part) for part in query[name].split(",")]
    if len(parts) != 2 or parts[0] is None or parts[1] is None:
        raise _bad(name, "malformed", NOT_A_POINT)
    if abs(parts[0]) > _TURNS or abs(parts[1]) > 90:
        raise _bad(name, "out_of_range", NOT_A_POINT)
    return parts[0], parts[1]


def box(query: Query, name: str) -> Box:
    """``west,south,east,north`` in degrees, west before east and south before north."""
    if not query.get(name):
        raise _bad(name, "missing", MISSING)
    parts = [value for part in query[name].split(",") if (value := _float(part)) is not None]
    if len(parts) != 4 or query[name].count(",") != 3:
        raise _bad(name, "malformed", NOT_A_BOX)
    west, south, east, north = parts
    if not (-_TURNS <= west < east <= _TURNS and -90 <= south < north <= 90):
        raise _bad(name, "out_of_range", NOT_A_BOX)
    return west, south, east, north


def layers(query: Query, scope: Scope, *, name: str = "layers") -> list[Layer]:
    """The layers of a list with commas, each once; it may be empty. `NotFound` for one not seen."""
    if name not in query:
        raise _bad(name, "missing", MISSING)
    ids = list(dict.fromkeys(one for one in query[name].split(",") if one))
    if len(ids) > len(CATALOG):
        raise _bad(name, "too_many", TOO_MANY_LAYERS, n=len(CATALOG))
    return [layer_for(scope, one) for one in ids]


def moment(query: Query, name: str, timezone: str) -> datetime | None:
    """An instant in ISO 8601, in `timezone` when it names none; None when it is not there."""
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text)
        return value if value.tzinfo else value.replace(tzinfo=ZoneInfo(timezone))
    except ValueError as error:
        raise _bad(name, "malformed", NOT_A_MOMENT) from error


def day(query: Query, name: str) -> date | None:
    """A calendar date, ``2026-03-05``; None when it is not there."""
    text = query.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise _bad(name, "malformed", NOT_A_DAY) from error


def _float(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _bad(name: str, code: str, sentence: str, **values: Any) -> BadRequest:
    return BadRequest(f"{code}_{name}", sentence, name=name, **values)
