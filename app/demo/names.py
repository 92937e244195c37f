"""Names of streets: real ones of Vũng Tàu and Bà Rịa for their avenues, usual ones elsewhere."""

import csv
from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np

from app.demo.sketch import DATA


@cache
def _list(town: str, rank: str) -> tuple[str, ...]:
    with (DATA / "street_names.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            row["name"] for row in csv.DictReader(file) if row["town"] == town and row["rank"] == rank
        )


class Names:
    """Hands out the street names of one town, none of them twice; when they are used up, numbers."""

    def __init__(self, town: str, rng: np.random.Generator):
        own = _list(town, "avenue")
        streets = _list("", "street")
        avenues = [*own, *_shuffled((name for name in _list("", "avenue") if name not in own), rng)]
        self._avenues = iter(avenues)
        self._streets = iter(_shuffled((name for name in streets if name not in avenues), rng))
        self._count = 0

    def avenue(self) -> str:
        """A name for the next avenue."""
        return next(self._avenues, None) or self.street()

    def street(self) -> str:
        """A name for the next street between avenues."""
        return next(self._streets, None) or self._number()

    def _number(self) -> str:
        self._count += 1
        return f"Đường số {self._count}"


def _shuffled(names: Iterable[str], rng: np.random.Generator) -> Iterator[str]:
    listed = list(names)
    return (listed[place] for place in rng.permutation(len(listed)))
