"""Road reservations between red lines along avenues that are to be widened, and building lines."""

from collections.abc import Callable, Iterator, Sequence

import shapely

from app.demo.centrelines import Centreline
from app.demo.rows import Rows, rows_of
from app.demo.sketch import Shape
from app.demo.units import Commune

WIDENED_BY = 8.0
"""Metres by which the reservation is wider than the avenue: it takes a strip of the front parcels."""

SETBACK = 3.0
"""Metres from the red line to the building line."""

_Record = tuple[Shape, dict[str, object]]


def reservations(lines: Sequence[Centreline], plan_of: Callable[[Commune], str]) -> Iterator[Rows]:
    """Reservations and building lines of main streets; `plan_of` says by which plan."""
    main = [line for line in lines if line.is_main]
    for layer, records in (
        ("road_reservation", [_reservation(one, plan_of(one.commune)) for one in main]),
        ("building_line", [_building_line(one, plan_of(one.commune)) for one in main]),
    ):
        if (found := rows_of(layer, records)) is not None:
            yield found


def _reservation(street: Centreline, plan: str) -> _Record:
    width = street.width + WIDENED_BY
    area = shapely.buffer(street.line, width / 2, cap_style="flat", join_style="mitre")
    parts = shapely.get_parts(shapely.set_precision(area, 0.001))
    return shapely.multipolygons(parts), {
        "road_name": street.name,
        "plan_code": plan,
        "right_of_way": width,
        "building_line_setback": SETBACK,
    }


def _building_line(street: Centreline, plan: str) -> _Record:
    distance = (street.width + WIDENED_BY) / 2 + SETBACK
    sides = [shapely.offset_curve(street.line, side, join_style="mitre") for side in (distance, -distance)]
    parts = shapely.get_parts(shapely.set_precision(sides, 0.001))
    return shapely.multilinestrings(parts), {
        "road_name": street.name,
        "plan_code": plan,
        "setback": SETBACK,
    }
