"""The settled part of the province, quarter by quarter, and what can only be said when all is settled."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import numpy as np

from app.demo import centrelines, networks, register, traffic
from app.demo.centrelines import Between
from app.demo.growth import Growth
from app.demo.places import Places
from app.demo.planning import Planner
from app.demo.quarters import Country
from app.demo.reservations import reservations
from app.demo.rows import Rows
from app.demo.settle import Settled, Task, settle
from app.demo.sketch import to_wgs84
from layers.crs import LegalCRS

LEAST_LEFT = 150
"""So many parcels are kept for the next quarter when one does not suffice."""

MOST_BUILDINGS = 250_000
"""Buildings end at this number: a larger demo is about parcels."""


class Town:
    """Settles quarters until there are so many parcels, and remembers what the rest needs to know.

    The sheets of a commune are numbered in the order in which it grew, from its centre outwards.
    """

    def __init__(self, country: Country, growth: Growth, crs: LegalCRS, seed: int, parcels: int):
        self._country, self._growth, self._seed = country, growth, seed
        self._to_wgs84 = to_wgs84(crs)
        self._left = parcels
        self._sheets: dict[str, int] = defaultdict(int)
        self._buildings = 0
        self._settled: set[int] = set()
        self._between = Between(country)
        self._places = Places()
        self._planner = Planner(country)

    def grown(self) -> Iterator[Settled]:
        """The settled quarters, in the order in which the town grew."""
        while self._left and (settled := self._next()) is not None:
            self._settled.add(settled.quarter.index)
            self._between.add(settled.quarter)
            yield settled

    def parcels(self, settled: Settled) -> Rows:
        """The parcels of a quarter."""
        return register.parcels(settled, self._to_wgs84, self._rng(settled, 2))

    def _rng(self, settled: Settled, use: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, settled.quarter.index, use])

    def _next(self) -> Settled | None:
        found = self._growth.next()
        if found is None:
            return None
        group, quarter, kind = found
        self._sheets[quarter.commune.code] += 1
        task = Task(quarter, kind, self._sheets[quarter.commune.code], self._left)
        settled = settle(self._country, task, self._seed)
        rest = self._left - len(settled.parcels)
        if 0 < rest < LEAST_LEFT < self._left - LEAST_LEFT:
            task = replace(task, limit=self._left - LEAST_LEFT)
            settled = settle(self._country, task, self._seed)
        group.parcels += len(settled.parcels)
        self._left -= len(settled.parcels)
        return settled

    def rows(self, settled: Settled) -> Iterator[Rows]:
        """Everything in a quarter: parcels, zones and buildings, streets and what is in them."""
        rng = self._rng(settled, 3)
        streets = centrelines.inside(settled)
        found = [
            self.parcels(settled),
            register.road_surface(settled),
            register.boundary_marks(settled, rng),
            self._planner.zones(settled, rng),
            self._places.facilities(settled, rng),
            self._places.waste(settled),
            traffic.roads(streets),
            *networks.along(streets, rng),
        ]
        if self._buildings < MOST_BUILDINGS and (houses := register.buildings(settled, rng)):
            self._buildings += len(houses)
            found.append(houses)
        yield from (rows for rows in found if rows is not None)

    def rest(self, now: datetime) -> Iterator[Rows]:
        """The avenues, their networks and traffic, the zones of unsettled quarters, and the plans."""
        rng = np.random.default_rng([self._seed, 3])
        avenues = list(self._between.lines())
        through = centrelines.through_roads(self._country)
        names = {avenue.name for avenue in through}
        own = [line for line in avenues if line.name not in names]
        found = [
            traffic.through_roads(through),
            traffic.roads(own),
            *networks.along(avenues, rng),
            *traffic.Operations(own, through, now, rng).rows(),
            *reservations(avenues, self._planner.plan_of_commune),
            self._planner.remaining(self._growth, self._settled, rng),
            self._planner.plans(),
        ]
        yield from (rows for rows in found if rows is not None)
