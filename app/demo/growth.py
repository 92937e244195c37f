"""What is built where: which quarters are settled, in which order and how densely.

Towns, villages, industry and resorts grow outwards from their centres side by side, each group up
to its share of the parcels, so that a small demo has a bit of everything and a large one is a large
city.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely

from app.demo.kinds import KINDS, Kind
from app.demo.quarters import Quarter
from app.demo.sketch import Feature

SHARES = {"urban": 0.898, "rural": 0.094, "industrial": 0.005, "resort": 0.003}
"""The share of all parcels that each group gets."""

DENSITY = {"urban": 3600.0, "rural": 1000.0}
"""Parcels per km² with which a group's size is foreseen."""


@dataclass
class Group:
    """The quarters that one group may take, nearest first, and how many parcels it has so far."""

    id: str
    share: float
    scores: npt.NDArray[np.float64]
    """How far each quarter is from the group's centres, strong centres counting as nearer."""
    queue: deque[int]
    reach: float
    """The distance (metres over the centre's weight) at which the group is foreseen to end."""
    parcels: int = 0


@dataclass
class Growth:
    """Hands out the quarters one after the other, with the kind of each."""

    quarters: Sequence[Quarter]
    groups: list[Group]
    rng: np.random.Generator
    taken: set[int] = field(default_factory=set)

    def next(self) -> tuple[Group, Quarter, Kind | None] | None:
        """The next quarter for the group that lacks most, and its kind; None when all are taken."""
        for group in sorted(self.groups, key=lambda one: one.parcels / one.share):
            while group.queue:
                index = group.queue.popleft()
                if index not in self.taken:
                    self.taken.add(index)
                    return group, self.quarters[index], self._kind(group, self.quarters[index])
        return None

    def _kind(self, group: Group, quarter: Quarter) -> Kind | None:
        """The kind of a quarter by its place in its group; none for hills, which stay as they are."""
        if quarter.ground == "hill" or quarter.geometry.interiors:
            return None
        place = group.scores[quarter.index] / group.reach + self.rng.normal(0, 0.06)
        if group.id == "urban":
            dense = quarter.commune.is_urban and place < 0.36
            return KINDS["core" if dense else "town" if place < 0.78 else "garden"]
        if group.id == "rural":
            return KINDS["village" if place < 0.8 or self.rng.random() < 0.2 else "fields"]
        return KINDS[{"industrial": "industry", "resort": "resort"}[group.id]]


def plan_growth(
    quarters: Sequence[Quarter], centres: Sequence[Feature], parcels: int, rng: np.random.Generator
) -> Growth:
    """How the quarters are to be settled until there are so many parcels."""
    points = np.array([quarter.inner for quarter in quarters])
    areas = np.array([quarter.geometry.area for quarter in quarters]) / 1e6
    usable = np.array([quarter.ground in ("open", "hill") for quarter in quarters])
    groups = []
    for id_, share in SHARES.items():
        mine = [centre for centre in centres if centre["character"] == id_]
        scores = _scores(points, mine)
        order = np.argsort(scores, kind="stable")
        order = order[usable[order]]
        filled = np.cumsum(areas[order]) * DENSITY.get(id_, 30.0)
        last = min(int(np.searchsorted(filled, share * parcels)), len(order) - 1)
        reach = max(float(scores[order[last]]), 400.0)
        groups.append(Group(id_, share, scores, deque(order.tolist()), reach))
    return Growth(quarters, groups, rng)


def _scores(points: npt.NDArray[np.float64], centres: Sequence[Feature]) -> npt.NDArray[np.float64]:
    """The distance to the nearest centre, strong centres counting as nearer."""
    places = shapely.get_coordinates([centre.geometry for centre in centres])
    weights = np.array([centre["weight"] for centre in centres])
    away = np.hypot(*(points[:, None, :] - places).transpose(2, 0, 1)) / weights
    scores: npt.NDArray[np.float64] = away.min(axis=1)
    return scores
