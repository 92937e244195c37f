"""Pipes, cables, lights and hydrants: they follow the streets, each at its place in the cross-section."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import shapely

from app.demo.centrelines import Centreline
from app.demo.rows import Areas, Rows

LIGHT_EVERY, HYDRANT_EVERY = 35.0, 150.0
"""Metres."""

LIT_FROM = 7.5
"""Streets at least so many metres wide have lights and hydrants."""

WATER_COMPANY = "Công ty Cổ phần Cấp nước Bà Rịa – Vũng Tàu"
POWER_COMPANY = "Công ty Điện lực Bà Rịa – Vũng Tàu"


class _Network(NamedTuple):
    """A network: the equipment a street must have, its place (share of the half width, left
    positive) and its values."""

    layer: str
    needs: str
    place: float
    values: Callable[[Centreline, np.random.Generator], Mapping[str, object] | None]


def _water(street: Centreline, rng: np.random.Generator) -> Mapping[str, object]:
    diameter = 300 if street.is_main else 160 if street.width >= LIT_FROM else 63
    return {
        "diameter": diameter,
        "material": "ductile_iron" if diameter >= 300 else "hdpe" if rng.random() < 0.7 else "pvc",
        "built": int(rng.integers(1998, 2024)),
        "operator": WATER_COMPANY,
    }


def _drain(street: Centreline, rng: np.random.Generator) -> Mapping[str, object]:
    kind = "box" if street.is_main else "pipe" if street.width > 5.5 else "open"
    diameter = {"box": 1500, "pipe": 800, "open": None}[kind]
    return {"kind": kind, "diameter": diameter, "built": int(rng.integers(1995, 2024))}


def _sewer(street: Centreline, rng: np.random.Generator) -> Mapping[str, object]:
    return {
        "diameter": 400 if street.is_main else 300 if street.width >= LIT_FROM else 200,
        "material": "concrete" if street.is_main else "hdpe",
        "built": int(rng.integers(2006, 2024)),
    }


def _low_voltage(_street: Centreline, rng: np.random.Generator) -> Mapping[str, object]:
    return {
        "code": f"0,4-{int(rng.integers(100, 999))}",
        "voltage": "low",
        "kilovolts": 0.4,
        "placement": "overhead",
        "operator": POWER_COMPANY,
    }


def _medium_voltage(street: Centreline, rng: np.random.Generator) -> Mapping[str, object] | None:
    if street.width < LIT_FROM + 1:
        return None
    return {
        "code": f"47{int(rng.integers(1, 9))}-{int(rng.integers(10, 99))}",
        "voltage": "medium",
        "kilovolts": 22.0,
        "placement": "underground" if street.is_main else "overhead",
        "operator": POWER_COMPANY,
    }


def _telecom(street: Centreline, rng: np.random.Generator) -> Mapping[str, object]:
    return {
        "code": f"CQ-{int(rng.integers(1000, 9999))}",
        "kind": "duct" if street.is_main else "fibre",
        "placement": "underground" if street.is_main else "overhead",
        "operator": "VNPT",
    }


NETWORKS = (
    _Network("water_main", "water_main", 0.72, _water),
    _Network("drain", "drain", 0.35, _drain),
    _Network("sewer", "sewer", -0.3, _sewer),
    _Network("power_line", "power", -0.9, _low_voltage),
    _Network("power_line", "power", 0.9, _medium_voltage),
    _Network("telecom", "telecom", 0.82, _telecom),
)


def along(streets: Sequence[Centreline], rng: np.random.Generator) -> Iterator[Rows]:
    """Everything that follows these streets."""
    for network in NETWORKS:
        found = [
            (street, values)
            for street in streets
            if network.needs in street.equipped and (values := network.values(street, rng)) is not None
        ]
        if found:
            lines = _beside([street for street, _ in found], network.place)
            columns = {name: [values[name] for _, values in found] for name in found[0][1]}
            yield Rows(network.layer, lines, columns)
    lit = [street for street in streets if street.width >= LIT_FROM and "telecom" in street.equipped]
    if lit:
        yield from _points(lit, rng)
    served = [street for street in streets if "power" in street.equipped]
    if served:
        yield _substations(served, rng)


def _beside(streets: Sequence[Centreline], place: float) -> Areas:
    """Lines parallel to the streets' centre lines."""
    distance = np.array([place * street.width / 2 for street in streets])
    lines = shapely.offset_curve([street.line for street in streets], distance, join_style="mitre")
    found = np.empty(len(streets), dtype=object)
    found[:] = [
        shapely.multilinestrings(shapely.get_parts(line)) for line in shapely.set_precision(lines, 0.001)
    ]
    return found


def _points(streets: Sequence[Centreline], rng: np.random.Generator) -> Iterator[Rows]:
    lights, at = _every(_beside(streets, 0.85), LIGHT_EVERY)
    count = len(lights)
    yield Rows(
        "street_light",
        lights,
        {
            "number": [f"{streets[street].commune.code}/{number}" for number, street in enumerate(at, 1)],
            "kind": rng.choice(["led", "sodium"], count, p=[0.75, 0.25]).tolist(),
            "power": rng.choice([70, 100, 150], count).tolist(),
            "state": rng.choice(["working", "faulty", "off"], count, p=[0.95, 0.04, 0.01]).tolist(),
        },
    )
    hydrants, at = _every(_beside(streets, -0.85), HYDRANT_EVERY)
    count = len(hydrants)
    if count:
        yield Rows(
            "hydrant",
            hydrants,
            {
                "number": [f"TCC-{int(number)}" for number in rng.integers(1000, 99999, count)],
                "pressure": np.round(rng.uniform(1.2, 3.5, count), 1).tolist(),
                "state": rng.choice(["working", "faulty"], count, p=[0.96, 0.04]).tolist(),
            },
        )


def _every(lines: Areas, distance: float) -> tuple[Areas, list[int]]:
    """Points at this distance along the lines, and the number of the line of each."""
    found, at = [], []
    for number, line in enumerate(lines):
        for part in shapely.get_parts(line):
            places = np.arange(distance / 2, shapely.length(part), distance)
            found.append(shapely.line_interpolate_point(part, places))
            at += [number] * len(places)
    return shapely.set_precision(np.concatenate(found), 0.001), at


def _substations(streets: Sequence[Centreline], rng: np.random.Generator) -> Rows:
    """A transformer for every eight streets."""
    chosen = [street for place, street in enumerate(streets) if place % 8 == 0]
    lines = _beside(chosen, -0.9)
    points = shapely.line_interpolate_point(
        shapely.get_geometry(lines, 0), rng.uniform(0.1, 0.9, len(lines)), normalized=True
    )
    return Rows(
        "substation",
        shapely.set_precision(points, 0.001),
        {
            "name": [f"{street.name} {int(rng.integers(1, 9))}" for street in chosen],
            "kilovolts": [22.0] * len(chosen),
            "capacity": rng.choice([160.0, 250.0, 400.0, 560.0, 630.0], len(chosen)).tolist(),
            "operator": [POWER_COMPANY] * len(chosen),
        },
    )
