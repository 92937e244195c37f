"""Random splits, merges and sales: the register says at every day what a plain table of shares says."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.edits.issues import Severity
from app.land.conveyance import convey
from app.land.register import held_by, wrong_sums
from app.land.succession import Land, carry_over
from tests.conftest import LONG
from tests.land.holdings import BEGIN, person, right, source_of, use
from tests.shapes import add_parcel, square

Shares = dict[UUID, Fraction]
STEPS = 150 if LONG else 40


@dataclass
class Town:
    """The register, and beside it the table that it has to agree with."""

    session: Session
    rng: random.Random
    parties: list[UUID]
    source: UUID
    day: date = BEGIN
    count: int = 0
    holds: dict[UUID, Shares] = field(default_factory=dict)
    areas: dict[UUID, Decimal] = field(default_factory=dict)
    past: dict[date, dict[UUID, Shares]] = field(default_factory=dict)
    merged: int = 0
    refused: int = 0

    def build(self, area: int) -> UUID:
        self.count += 1
        id_ = add_parcel(self.session, str(self.count), square(12 * self.count))
        self.areas[id_] = Decimal(area)
        return id_

    def settle(self) -> None:
        id_ = self.build(1000)
        of = self.rng.choice([1, 2, 3])
        self.holds[id_] = {}
        for party in self.rng.sample(self.parties, of):
            right(self.session, id_, party, f"1/{of}")
            self.holds[id_][party] = Fraction(1, of)
        use(self.session, id_, "ODT", 1000)

    def split(self) -> None:
        parent = self.rng.choice(list(self.holds))
        parts = self.rng.choice([2, 3])
        children = [self.build(1) for _ in range(parts)]
        for child in children:
            self.areas[child] = self.areas[parent] / parts
            self.areas[child] = self.areas[child].quantize(Decimal("0.01"))
        self.carry([parent], children)
        mine = self.holds.pop(parent)
        self.holds |= {child: dict(mine) for child in children}

    def merge(self) -> None:
        """Two parcels become one, if the same people hold them; half the time two such are looked for."""
        if len(self.holds) < 2:
            return
        pairs = list(permutations(self.holds, 2))
        same = [pair for pair in pairs if self.holds[pair[0]] == self.holds[pair[1]]]
        one, other = self.rng.choice(same if same and self.rng.random() < 0.5 else pairs)
        child = self.build(1)
        self.areas[child] = self.areas[one] + self.areas[other]
        may = self.holds[one] == self.holds[other]
        assert self.carry([one, other], [child]) == may
        if may:
            self.holds[child] = self.holds.pop(one)
            del self.holds[other]
        self.merged += may
        self.refused += not may

    def sell(self) -> None:
        id_ = self.rng.choice(list(self.holds))
        seen = self.rng.choice(held_by(self.session, [id_], as_of=self.day)[id_].rights)
        buyer, part = self.rng.choice(self.parties), self.rng.choice([Fraction(1), Fraction(1, 2)])
        to = {buyer: seen.share * part} if part == 1 else {}
        if part != 1 and buyer != seen.party_id:
            to = {buyer: seen.share * part, seen.party_id: seen.share * part}
        if not to:
            return
        convey(self.session, seen, self.day, self.source, to=to)
        mine = self.holds[id_]
        mine[seen.party_id] -= seen.share
        for party, share in to.items():
            mine[party] = mine.get(party, Fraction()) + share
        self.holds[id_] = {party: share for party, share in mine.items() if share}

    def carry(self, parents: list[UUID], children: list[UUID]) -> bool:
        land = Land({child: self.areas[child] for child in children})
        found = carry_over(self.session, [(parents, children)], self.day, source_id=self.source, land=land)
        return not any(one.severity is Severity.BLOCK for one in found)

    def said(self, day: date) -> dict[UUID, Shares]:
        """Who holds what on a day, as the register says."""
        found: dict[UUID, Shares] = {}
        for id_, held in held_by(self.session, self.areas, as_of=day).items():
            assert wrong_sums(held) == []
            if held.rights:
                assert sum(one.area for one in held.uses) == self.areas[id_]
            for one in held.rights:
                mine = found.setdefault(id_, {})
                mine[one.party_id] = mine.get(one.party_id, Fraction()) + one.share
        return found


@pytest.mark.parametrize("seed", range(3))
def test_register_agrees_with_a_table_of_shares_on_every_day(session: Session, seed: int) -> None:
    rng = random.Random(seed)
    town = Town(session, rng, [person(session, f"Người {n}") for n in range(4)], source_of(session))
    for _ in range(6):
        town.settle()
    for _ in range(STEPS):
        town.day += timedelta(days=rng.choice([0, 1, 40]))  # some follow on the same day
        rng.choice([town.split, town.merge, town.merge, town.sell, town.sell])()
        town.past[town.day] = {id_: dict(shares) for id_, shares in town.holds.items()}
    assert town.merged > 0
    assert town.refused > 0
    for day, holds in town.past.items():
        assert town.said(day) == holds, day
