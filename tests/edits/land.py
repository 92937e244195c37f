"""A small piece of a register in the database, and officers who work on it.

::

    ┌───┬───┬───┐ 40   parcels 1, 2, 3: each 20 m wide, 40 m deep
    │ 1 │ 2 │ 3 │
    ├───┴───┴───┤  0
    │   road    │
    └───────────┘ -10
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.edits import workflow
from app.edits.changes import Key
from app.edits.models import Changeset
from tests.people import add_user
from tests.shapes import E, N, add, add_parcel, multi, square

COMMUNE = "26506"
START = "2025-07-01"


@dataclass
class Office:
    """People and the parcels they work on."""

    session: Session
    officer: User
    colleague: User
    approver: User
    parcels: dict[str, Key]
    road: Key

    def begin(self, code: str = "HS-1", by: User | None = None) -> Changeset:
        return workflow.begin(self.session, by or self.officer, dossier=uuid4(), code=code, commune=COMMUNE)

    def step(
        self, draft: Changeset, operation: str, *numbers: str, by: User | None = None, **given: Any
    ) -> Changeset:
        return workflow.take_step(
            self.session,
            by or self.officer,
            draft.id,
            version=draft.version,
            operation=operation,
            selection=[self.parcels[one] for one in numbers],
            parameters=given,
        )

    def split(self, draft: Changeset, number: str = "1", east: float = 10) -> Changeset:
        """Divide a parcel by a line from south to north."""
        return self.step(draft, "split_by_line", number, line=at((east, -1), (east, 41)))

    def submit(self, draft: Changeset, note: str | None = "theo bản vẽ đo đạc") -> Changeset:
        return workflow.submit(self.session, self.officer, draft.id, version=draft.version, note=note)

    def approve(self, draft: Changeset, on: date | None = None) -> Changeset:
        return workflow.approve(self.session, self.approver, draft.id, version=draft.version, on=on)

    def approved(self, draft: Changeset, on: date | None = None) -> Changeset:
        return self.approve(self.submit(draft), on)

    def count(self, table: str, where: str = "true") -> int:
        return int(self.session.execute(text(f"SELECT count(*) FROM {table} WHERE {where}")).scalar_one())

    def numbers(self) -> list[str]:
        rows = self.session.execute(text("SELECT number FROM parcel ORDER BY number::integer"))
        return list(rows.scalars())


def at(*points: tuple[float, float]) -> list[list[float]]:
    """Positions given east and north of the corner, as a browser sends them."""
    return [[E + east, N + north] for east, north in points]


def make_office(session: Session) -> Office:
    """The parcels and people of the picture above; the officer's sheet is 1 of commune 26506."""
    session.execute(text("TRUNCATE parcel, road_surface, commune; TRUNCATE parcel_history"))
    add(
        session,
        "commune",
        multi(square(-100, -100, 500)),
        code=COMMUNE,
        name="Vũng Tàu",
        kind="ward",
        valid_from=START,
    )
    parcels = {
        str(number): Key(
            "parcel",
            add_parcel(
                session, str(number), square(20 * (number - 1), 0, 20, 40),
                land_use="ODT", legal_area=800, valid_from=START,
            ),
        )
        for number in (1, 2, 3)
    }  # fmt: skip
    road = Key("road_surface", add(session, "road_surface", multi(square(0, -10, 60, 10)), name="Lê Lợi"))
    grants: dict[str, dict[str, Any]] = {"officer": {"officer": []}, "approver": {"approver": []}}
    people = [
        add_user(session, name, grants[role])
        for name, role in (("lan", "officer"), ("minh", "officer"), ("hoa", "approver"))
    ]
    session.commit()
    return Office(session, *people, parcels, road)


def parcel_ids(session: Session) -> set[UUID]:
    return set(session.execute(text("SELECT id FROM parcel")).scalars())
