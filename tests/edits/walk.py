"""Random edits of a register, as officers might make them, for property tests and for real data."""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import shapely

from app.edits.changes import Changes, Descent, Feature, Key
from app.edits.geometry_rules import check_geometry
from app.edits.issues import Severity
from app.edits.operations import OPERATIONS
from app.edits.refusal import OperationError

BY_ID = {operation.id: operation for operation in OPERATIONS}
CELL = 50.0
Guess = tuple[list[Feature], dict[str, Any]]


class Register:
    """Features that can be found by place."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self.features: dict[Key, Feature] = {}
        self._cells: dict[tuple[int, int], set[Key]] = defaultdict(set)
        for one in features:
            self.put(one)

    def put(self, feature: Feature) -> None:
        self.features[feature.key] = feature
        for cell in _cells(feature.geometry.bounds):
            self._cells[cell].add(feature.key)

    def drop(self, feature: Feature) -> None:
        del self.features[feature.key]
        for cell in _cells(feature.geometry.bounds):
            self._cells[cell].discard(feature.key)

    def near(self, area: shapely.Geometry) -> list[Feature]:
        """The features whose boxes meet the box of an area."""
        west, south, east, north = area.bounds
        keys = {key for cell in _cells(area.bounds) for key in self._cells.get(cell, ())}
        found = (self.features[key] for key in sorted(keys))
        return [
            one
            for one in found
            if one.geometry.bounds[0] <= east
            and one.geometry.bounds[2] >= west
            and one.geometry.bounds[1] <= north
            and one.geometry.bounds[3] >= south
        ]

    def apply(self, changes: Changes) -> None:
        for item in changes:
            if item.old:
                assert self.features[item.key] == item.old
                self.drop(item.old)
            if item.new:
                self.put(item.new)


def _cells(bounds: Sequence[float]) -> Iterator[tuple[int, int]]:
    west, south, east, north = (math.floor(side / CELL) for side in bounds)
    return ((x, y) for x in range(west, east + 1) for y in range(south, north + 1))


@dataclass
class Walk:
    """A register that is edited step by step. Only changes that no rule blocks are kept."""

    register: Register
    steps: list[Changes] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    made: int = 0

    def new_id(self) -> UUID:
        self.made += 1
        return UUID(int=10**9 + self.made)

    def step(self, kind: str, random: Random) -> Changes | None:
        """Try one operation somewhere; the changes when it was done and kept."""
        guess = GUESSES[kind](self.register, random)
        if guess is None:
            self.outcomes[f"{kind}: nothing to do"] += 1
            return None
        selection, data = guess
        operation = BY_ID[kind]
        parameters = operation.read(json.loads(json.dumps(data)))
        try:
            neighbours = self.neighbours(operation, selection, parameters)
            number = self.made
            changes = operation.apply(selection, neighbours, parameters, new_id=self.new_id)
            # The same once more, whatever the order in which the neighbours come.
            self.made = number
            again = operation.apply(selection, neighbours[::-1], parameters, new_id=self.new_id)
        except OperationError as error:
            self.outcomes[f"{kind}: {error.code}"] += 1
            return None
        assert again == changes
        if not changes:
            self.outcomes[f"{kind}: nothing changed"] += 1
            return None
        surroundings = self.register.near(_box([*changes.olds, *changes.news]))
        issues = check_geometry(changes, surroundings)
        blocking = [issue for issue in issues if issue.severity is Severity.BLOCK]
        if blocking:
            self.outcomes[f"{kind}: blocked by {blocking[0].rule}"] += 1
            return None
        self.register.apply(changes)
        self.steps.append(changes)
        self.outcomes[f"{kind}: done"] += 1
        return changes

    def neighbours(self, operation: Any, selection: list[Feature], parameters: Any) -> list[Feature]:
        found: list[Feature] = []
        for _ in range(2):
            reach = operation.reach(selection, found, parameters)
            found = [one for one in self.register.near(reach) if one not in selection]
        return found

    @property
    def lineage(self) -> set[Descent]:
        return {one for changes in self.steps for one in changes.lineage}


def _box(features: Iterable[Feature]) -> shapely.Geometry:
    return shapely.box(*shapely.total_bounds([one.geometry for one in features])).buffer(0.05)


# What an officer might do


def _parcel(register: Register, random: Random) -> Feature:
    return random.choice([one for one in register.features.values() if one.layer == "parcel"])


def _inside(random: Random, geometry: shapely.Geometry, margin: float = 2.0) -> list[float]:
    west, south, east, north = geometry.bounds
    return [random.uniform(west - margin, east + margin), random.uniform(south - margin, north + margin)]


def _on_boundary(random: Random, geometry: shapely.Geometry) -> list[float]:
    ring = random.choice([geometry.exterior, *geometry.interiors])
    place = ring.interpolate(random.random(), normalized=True)
    if random.random() < 0.4:
        place = shapely.Point(random.choice(ring.coords))
    spread = random.choice([0.0, 0.004, 0.012])
    return [place.x + random.uniform(-spread, spread), place.y + random.uniform(-spread, spread)]


def _line(random: Random, geometry: shapely.Geometry) -> list[list[float]]:
    ends = [(_on_boundary if random.random() < 0.5 else _inside)(random, geometry) for _ in range(2)]
    middle = [_inside(random, geometry, 0) for _ in range(random.choice([0, 0, 0, 1, 2]))]
    return [ends[0], *middle, ends[1]]


def _through(random: Random, geometry: shapely.Geometry) -> list[list[float]]:
    """A line that certainly goes through: from outside over a point inside to outside."""
    inside = geometry.representative_point()
    length, angle = shapely.length(geometry), random.uniform(0, math.pi)
    east, north = length * math.sin(angle), length * math.cos(angle)
    return [[inside.x - east, inside.y - north], [inside.x + east, inside.y + north]]


def _beside(register: Register, random: Random, parcel: Feature, layers: Sequence[str]) -> Feature | None:
    found = [
        one
        for one in register.near(parcel.geometry)
        if one.key != parcel.key
        and one.layer in layers
        and shapely.relate_pattern(one.geometry, parcel.geometry, "****1****")
    ]
    return random.choice(found) if found else None


def _split_by_line(register: Register, random: Random) -> Guess:
    parcel = _parcel(register, random)
    line = (_line if random.random() < 0.6 else _through)(random, parcel.geometry)
    return [parcel], {"line": line}


def _split_by_points(register: Register, random: Random) -> Guess:
    parcel = _parcel(register, random)
    line = _line(random, parcel.geometry)
    return [parcel], {"points": [{"x": north, "y": east} for east, north in line]}


def _split_by_area(register: Register, random: Random) -> Guess:
    parcel = _parcel(register, random)
    area = round(parcel.geometry.area * random.uniform(0.1, 0.9), 1)
    bearing = random.choice([0, 90, 45, random.uniform(0, 360)])
    return [parcel], {"area": max(area, 0.1), "bearing": bearing, "side": random.choice(["left", "right"])}


def _split_equal(register: Register, random: Random) -> Guess:
    parcel = _parcel(register, random)
    parts = random.randint(2, 4)
    if random.random() < 0.5:
        return [parcel], {"parts": parts, "bearing": random.uniform(0, 180)}
    ring = parcel.geometry.exterior.coords[:-1]
    start = random.randrange(len(ring))
    end = (start + random.randint(1, max(1, len(ring) // 2))) % len(ring)
    return [parcel], {"parts": parts, "front": [list(ring[start]), list(ring[end])]}


def _merge(register: Register, random: Random) -> Guess | None:
    parcel = _parcel(register, random)
    other = _beside(register, random, parcel, ["parcel"])
    return ([parcel, other], {"same": []}) if other else None


def _move_vertex(register: Register, random: Random) -> Guess:
    parcel = _parcel(register, random)
    vertex = random.choice(parcel.geometry.exterior.coords)
    if random.random() < 0.2:
        return [parcel], {"vertex": list(vertex), "to": _on_boundary(random, parcel.geometry)}
    far = random.choice([0.003, 0.02, 0.5, 2.0])
    return [parcel], {"vertex": list(vertex), "to": [one + random.uniform(-far, far) for one in vertex]}


def _move_boundary(register: Register, random: Random) -> Guess | None:
    parcel = _parcel(register, random)
    other = _beside(register, random, parcel, ["parcel"])
    if other is None:
        return None
    if random.random() < 0.6:
        return [parcel, other], {"distance": random.uniform(0.005, 2), "into": str(other.id)}
    shared = shapely.line_merge(shapely.intersection(parcel.geometry, other.geometry))
    line = max(shapely.get_parts(shared), key=shapely.length)
    ends = [line.interpolate(random.random(), normalized=True) for _ in range(2)]
    if random.random() < 0.5:
        ends = [shapely.Point(line.coords[0]), shapely.Point(line.coords[-1])]
    middle = line.interpolate(random.random(), normalized=True)
    bent = [middle.x + random.uniform(-2, 2), middle.y + random.uniform(-2, 2)]
    return [parcel, other], {"line": [[ends[0].x, ends[0].y], bent, [ends[1].x, ends[1].y]]}


def _insert_vertex(register: Register, random: Random) -> Guess:
    parcel = _parcel(register, random)
    return [parcel], {"at": _on_boundary(random, parcel.geometry)}


def _remove_vertex(register: Register, random: Random) -> Guess:
    parcel = _parcel(register, random)
    return [parcel], {"vertex": list(random.choice(parcel.geometry.exterior.coords))}


def _correct_boundary(register: Register, random: Random) -> Guess:
    parcel = _parcel(register, random)
    far, share = random.choice([0.004, 0.3, 0.3, 2.0, 2.0]), random.uniform(0.2, 1)

    def moved(position: Sequence[float]) -> list[float]:
        return (
            [one + random.uniform(-far, far) for one in position] if random.random() < share else [*position]
        )

    rings = [
        [moved(one) for one in ring.coords[:-1]]
        for ring in (parcel.geometry.exterior, *parcel.geometry.interiors)
    ]
    return [parcel], {"rings": rings, "neighbours": random.choice(["follow", "follow", "keep"])}


def _retire(register: Register, random: Random) -> Guess | None:
    parcel = _parcel(register, random)
    taker = _beside(register, random, parcel, ["road_surface", "water_body"])
    if sum(one.layer == "parcel" for one in register.features.values()) < 3:
        return None
    if taker is None or random.random() < 0.1:
        return [parcel], {}
    return [parcel], {"into": str(taker.id)}


def _draw(register: Register, random: Random) -> Guess | None:
    """Fill land between the others that is nobody's, measured to some millimetres."""
    parcel = _parcel(register, random)
    near = shapely.union_all([one.geometry for one in register.near(parcel.geometry.buffer(5))])
    holes = [ring for part in shapely.get_parts(near) for ring in part.interiors]
    holes = [ring for ring in holes if ring.distance(parcel.geometry) == 0]
    if not holes:
        return None
    ring = [[one + random.uniform(-0.004, 0.004) for one in xy] for xy in random.choice(holes).coords[:-1]]
    return [], {"rings": [ring], "attributes": {"sheet": "1"}}


def _renumber(register: Register, random: Random) -> Guess:
    return [_parcel(register, random)], {"sheet": "2", "number": str(random.randrange(1000))}


def _set_attributes(register: Register, random: Random) -> Guess:
    return [_parcel(register, random)], {"values": {"land_use": random.choice(["ODT", "CLN", "DGT"])}}


GUESSES: dict[str, Callable[[Register, Random], Guess | None]] = {
    "split_by_line": _split_by_line,
    "split_by_points": _split_by_points,
    "split_by_area": _split_by_area,
    "split_equal": _split_equal,
    "merge": _merge,
    "move_vertex": _move_vertex,
    "move_boundary": _move_boundary,
    "insert_vertex": _insert_vertex,
    "remove_vertex": _remove_vertex,
    "correct_boundary": _correct_boundary,
    "retire": _retire,
    "draw": _draw,
    "renumber": _renumber,
    "set_attributes": _set_attributes,
}
