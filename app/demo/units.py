"""The administrative units of the demo province, and synthetic borders that fit what is published of them.

Published are each commune's area and its box of longitudes and latitudes. The borders between them
are made up: every point goes to the commune in whose box it lies most centrally, with a handicap
for each commune, fitted until the areas are right.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree

from app.demo.sketch import DATA, Coordinates, Projection, Shape, from_wgs84
from layers.crs import LegalCRS

CELL = 200.0
"""Metres between the points that are handed out."""

TOWNS_GROWN_TOGETHER = (("26506", "26526", "26536"), ("26560", "26566", "26572"))
"""Communes of one street network: their borders follow streets instead of cutting them."""

SPECIAL_ZONE = "26732"
"""Côn Đảo: islands, so that its border is its coast."""


class Box(NamedTuple):
    """A box in legal coordinates."""

    west: float
    south: float
    east: float
    north: float

    def at(self, across: float, up: float) -> tuple[float, float]:
        """The point at these fractions of width and height."""
        return (
            self.west + across * (self.east - self.west),
            self.south + up * (self.north - self.south),
        )


@dataclass(frozen=True)
class Commune:
    """A unit of today. `box` is in legal coordinates, `area` the published one in km²."""

    code: str
    name: str
    name_en: str
    kind: str
    area: float
    box: Box

    @property
    def is_urban(self) -> bool:
        """Whether land to live on is urban there (ODT) or rural (ONT)."""
        return self.kind == "ward"

    @property
    def place(self) -> str:
        """The name as it stands at the end of an address: ``phường Vũng Tàu``."""
        return self.name[0].lower() + self.name[1:]


@dataclass(frozen=True)
class FormerCommune:
    """A unit until 30 June 2025, and where in its successor's box it is said to lie."""

    code: str
    name: str
    district: str
    successor: str
    across: float
    up: float

    @property
    def kind(self) -> str:
        return {"P": "ward", "X": "commune", "T": "town"}[self.name[0]]


def read_communes(crs: LegalCRS) -> tuple[Commune, ...]:
    """The 30 units of today in the order of their codes."""
    project = from_wgs84(crs)
    with (DATA / "communes.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_commune(row, project) for row in csv.DictReader(file))


def _commune(row: dict[str, str], project: Projection) -> Commune:
    corners = np.array([[row["west"], row["south"]], [row["east"], row["north"]]], dtype=np.float64)
    (west, south), (east, north) = project(corners)
    return Commune(
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        kind=row["kind"],
        area=float(row["area_km2"]),
        box=Box(west, south, east, north),
    )


def read_former_communes() -> tuple[FormerCommune, ...]:
    """The 77 units until 30 June 2025. Côn Đảo was a district without communes and is not among them."""
    with (DATA / "former_communes.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            FormerCommune(
                code=row["code"],
                name=row["name"],
                district=row["district"],
                successor=row["successor_code"],
                across=float(row["across"]),
                up=float(row["up"]),
            )
            for row in csv.DictReader(file)
        )


class Allotment:
    """Which commune every point of the mainland belongs to."""

    def __init__(self, communes: Sequence[Commune], land: Shape, rng: np.random.Generator):
        self.communes = [one for one in communes if one.code != SPECIAL_ZONE]
        mainland = max(shapely.get_parts(land), key=shapely.area)
        west, south, east, north = mainland.buffer(3 * CELL).bounds
        self._x = np.arange(west, east, CELL)
        self._y = np.arange(south, north, CELL)
        x, y = np.meshgrid(self._x, self._y)
        inside = shapely.contains_xy(mainland, x, y).ravel()
        points = np.column_stack([x.ravel(), y.ravel()])
        score = self._scores(points + _wobble(points, rng))
        targets = np.array([one.area for one in self.communes])
        handicap = _fitted(score[inside], targets / targets.sum())
        self._labels = (score - handicap).argmin(axis=1).reshape(x.shape)

    def _scores(self, points: Coordinates) -> npt.NDArray[np.float64]:
        """How far from the middle of each commune's box, where 1 is the box's edge."""
        boxes = np.array([one.box for one in self.communes])
        middle, half = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]) / 2
        away = np.abs(points[:, None, :] - middle) / half
        scores: npt.NDArray[np.float64] = (away**2.5).sum(axis=2) ** 0.4
        return scores

    def at(self, points: Coordinates) -> npt.NDArray[np.int64]:
        """The number (in `communes`) of the commune at each of these points."""
        column = np.clip(np.rint((points[:, 0] - self._x[0]) / CELL), 0, len(self._x) - 1)
        row = np.clip(np.rint((points[:, 1] - self._y[0]) / CELL), 0, len(self._y) - 1)
        found: npt.NDArray[np.int64] = self._labels[row.astype(int), column.astype(int)]
        return found

    @cached_property
    def towns(self) -> npt.NDArray[np.int64]:
        """For each commune the number of the first one in the same street network (often itself)."""
        codes = [one.code for one in self.communes]
        first = np.arange(len(codes))
        for group in TOWNS_GROWN_TOGETHER:
            first[[codes.index(code) for code in group]] = codes.index(group[0])
        return first

    def borders(self) -> list[Shape]:
        """The border lines between street networks, smoothed; they go on past the coast."""
        town = self.towns[self._labels]
        x, y = self._x - CELL / 2, self._y - CELL / 2
        upright = np.argwhere(town[:, :-1] != town[:, 1:])
        level = np.argwhere(town[:-1, :] != town[1:, :])
        segments = [
            *([(x[c + 1], y[r]), (x[c + 1], y[r] + CELL)] for r, c in upright),
            *([(x[c], y[r + 1]), (x[c] + CELL, y[r + 1])] for r, c in level),
        ]
        lines = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(segments)))
        return [shapely.simplify(line, 1.3 * CELL) for line in lines]


def _wobble(points: Coordinates, rng: np.random.Generator) -> Coordinates:
    """A gentle distortion of the plane, so that borders wind a little."""
    moved = np.zeros_like(points)
    for _ in range(5):
        direction, phase = rng.uniform(0, 2 * np.pi, 2)
        wave = 2 * np.pi / rng.uniform(2400, 6400)
        along = points @ np.array([np.cos(direction), np.sin(direction)])
        moved += 150 * np.column_stack([np.sin(along * wave + phase), np.cos(along * wave + phase)])
    return moved


def _fitted(score: npt.NDArray[np.float64], shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The handicap of each commune with which they get these shares of the points."""
    handicap = np.zeros(len(shares))
    for step in range(80):
        got = np.bincount((score - handicap).argmin(axis=1), minlength=len(shares)) / len(score)
        handicap += 0.25 * (1 - step / 90) * np.log(shares / np.maximum(got, 1e-4))
    return handicap


def inner_points(areas: npt.NDArray[np.object_]) -> Coordinates:
    """A point inside of each area."""
    return shapely.get_coordinates(shapely.point_on_surface(areas))


def nearest(points: Coordinates, areas: Sequence[Shape]) -> npt.NDArray[np.int64]:
    """The number of the area at (or nearest to) each of these points."""
    return np.asarray(STRtree(areas).nearest(shapely.points(points)))
