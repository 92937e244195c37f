"""Centre lines of the settled part's streets: those inside of quarters and the avenues between them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely

from app.demo.avenues import Avenue
from app.demo.quarters import Country, Quarter
from app.demo.settle import Settled
from app.demo.sketch import Shape
from app.demo.units import Commune

_EVERYWHERE = ("water_main", "drain", "sewer", "power", "telecom")
_RURAL = ("water_main", "power", "telecom")


@dataclass(frozen=True)
class Centreline:
    """A street or a stretch of avenue in one commune. `equipped` says which networks follow it."""

    name: str
    ref: str
    road_class: str
    lanes: int
    width: float
    commune: Commune
    equipped: tuple[str, ...]
    line: Shape

    @property
    def is_main(self) -> bool:
        """Whether through traffic uses it."""
        return self.road_class in ("urban_main", "national", "provincial", "expressway")


def inside(settled: Settled) -> list[Centreline]:
    """The streets inside of a quarter."""
    if settled.kind is None:
        return []
    urban = settled.quarter.commune.is_urban
    return [
        Centreline(
            name=street.full_name,
            ref="",
            road_class="alley" if street.alley else "urban" if urban else "rural",
            lanes=2 if street.width > 5.5 else 1,
            width=street.width,
            commune=settled.quarter.commune,
            equipped=settled.kind.equipped,
            line=street.line,
        )
        for street in settled.streets()
    ]


@dataclass
class Between:
    """The avenues around settled quarters, gathered quarter by quarter, no stretch twice."""

    country: Country
    _stretches: dict[tuple[int, str], list[list[tuple[float, float]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _seen: set[tuple[tuple[float, float], tuple[float, float]]] = field(default_factory=set)

    def add(self, quarter: Quarter) -> None:
        """Note the outline of a settled quarter."""
        ring = quarter.ring
        points = [(x, y) for x, y in ring.tolist()]
        numbers = self.country.avenues_at((ring[1:] + ring[:-1]) / 2).tolist()
        for first, second, number in zip(points, points[1:], numbers, strict=False):
            segment = (first, second) if first < second else (second, first)
            if segment not in self._seen:
                self._seen.add(segment)
                self._stretches[number, quarter.commune.code].append([first, second])

    def lines(self) -> Iterator[Centreline]:
        """The stretches of avenue, one line (of several parts) for each avenue and commune."""
        communes = {commune.code: commune for commune in self.country.communes}
        for (number, code), segments in sorted(self._stretches.items()):
            avenue = self.country.avenues[number]
            merged = shapely.line_merge(shapely.multilinestrings(np.array(segments)))
            yield _stretch(avenue, communes[code], merged)


def _stretch(avenue: Avenue, commune: Commune, line: Shape) -> Centreline:
    return Centreline(
        name=avenue.name,
        ref=avenue.ref,
        road_class=avenue.road_class,
        lanes=avenue.lanes,
        width=avenue.width,
        commune=commune,
        equipped=_EVERYWHERE if commune.is_urban else _RURAL,
        line=line,
    )


def through_roads(country: Country) -> list[Avenue]:
    """The main roads of the sketch, which lead through the whole province."""
    return [avenue for avenue in country.avenues if avenue.ref or avenue.lanes > 4]
