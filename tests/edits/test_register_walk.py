"""Random work of officers through the whole register: drafted, submitted, approved and asked for later."""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import numpy as np
import pytest
import shapely
from _pytest.capture import CaptureManager
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.audit.chain import verify
from app.db import layer_tables, legal_crs, make_engine, make_session
from app.demo.seeding import seed
from app.edits import register, workflow
from app.edits.changes import Feature, Key
from app.edits.drafts import changes_of
from app.edits.refusal import OperationError
from app.errors import Conflict, Unprocessable
from config import Config
from tests.conftest import LONG, MakeDatabase
from tests.edits.walk import GUESSES, Register
from tests.people import add_user

EDITS = 10_000 if LONG else 100
BEGIN = date(2026, 1, 1)
WORLD = [(0.0, 0.0, 1e7, 1e7)]


class Days:
    """Work on a register, several changesets a day."""

    def __init__(self, session: Session, officer: User, approver: User) -> None:
        self.session, self.officer, self.approver = session, officer, approver
        # The sea lies beside the parcels of a whole coast and would fill the index of the walk.
        small = (one for one in areas(session) if shapely.box(*one.geometry.bounds).length < 8_000)
        self.register = Register(small)
        self.tally: Counter[str] = Counter()

    def try_one(self, kind: str, random: Random, on: date) -> None:
        """Draft one operation, and approve it unless something stands against it."""
        guess = GUESSES[kind](self.register, random)
        if guess is None:
            self.tally[f"{kind}: nothing to do"] += 1
            return
        selection, given = guess
        commune = str((selection[0] if selection else self._any()).attributes.get("commune_code"))
        if kind == "draw":
            given["attributes"] |= {"commune_code": commune, "land_use": "ODT"}
        try:
            self._approve(kind, [one.key for one in selection], json.loads(json.dumps(given)), commune, on)
            self.tally[f"{kind}: done"] += 1
        except (OperationError, Unprocessable, Conflict) as refused:
            self.session.rollback()
            self.tally[f"{kind}: {refused.code}"] += 1

    def _approve(self, kind: str, selection: list[Key], given: object, commune: str, on: date) -> None:
        draft = workflow.begin(self.session, self.officer, dossier=uuid4(), code="HS", commune=commune)
        draft = workflow.take_step(
            self.session, self.officer, draft.id, version=draft.version,
            operation=kind, selection=selection, parameters=given,
        )  # fmt: skip
        draft = workflow.submit(self.session, self.officer, draft.id, version=draft.version, note="đo đạc")
        draft = workflow.approve(self.session, self.approver, draft.id, version=draft.version, on=on)
        self.session.commit()
        for item in changes_of(draft):
            if item.key in self.register.features:
                self.register.drop(self.register.features[item.key])
        now = register.features(self.session, [item.key for item in changes_of(draft) if item.new])
        for one in now.values():
            self.register.put(one)

    def _any(self) -> Feature:
        return next(one for one in self.register.features.values() if one.layer == "parcel")


def areas(session: Session, on: date | None = None) -> list[Feature]:
    """Everything of the coverage, now or on a day; each feature in one state."""
    found = register.areas_in(session, WORLD, on=on)
    assert len({one.key for one in found}) == len(found)
    return found


def doubly_covered(features: list[Feature]) -> float:
    """Square metres that two areas have in common, over all pairs."""
    shapes = np.array([shapely.make_valid(one.geometry) for one in features], dtype=object)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = one < other
    common = shapely.intersection(shapes[one[pairs]], shapes[other[pairs]])
    return float(shapely.area(common).sum())


@pytest.fixture
def session(make_database: MakeDatabase) -> Iterator[Session]:
    config = Config(database_url=make_database(f"walk_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"))
    tables = layer_tables(legal_crs(config))
    engine = make_engine(config)
    with make_session(engine, legal_crs(config), tables) as session:
        yield session
    engine.dispose()


def test_random_work_keeps_the_register_right(session: Session, request: pytest.FixtureRequest) -> None:
    seed(session, parcels=2_000, seed=1, now=datetime(2026, 1, 1, tzinfo=UTC))
    officer, approver = add_user(session, "lan", {"officer": []}), add_user(session, "hoa", {"approver": []})
    session.commit()
    days = Days(session, officer, approver)
    before = areas(session)
    known = {one.id for one in before}
    overlap, land = doubly_covered(before), sum(one.geometry.area for one in before)
    random, began = Random(20260305), time.monotonic()
    kinds = [kind for kind in sorted(GUESSES) if kind not in ("retire", "draw")]
    for number in range(EDITS):
        days.try_one(random.choice(kinds), random, BEGIN + timedelta(days=number // 5))
    rate = EDITS / (time.monotonic() - began)

    after = areas(session)
    assert doubly_covered(after) <= overlap + 0.5
    assert sum(one.geometry.area for one in after) == pytest.approx(land, abs=0.1 * EDITS)
    assert_lineage_is_closed(session, known)
    for day in (random.randrange(-30, EDITS // 5 + 30) for _ in range(5)):
        then = areas(session, BEGIN + timedelta(days=day))
        assert doubly_covered(then) <= overlap + 0.5
        assert sum(one.geometry.area for one in then) == pytest.approx(land, abs=0.1 * EDITS)
    done = sum(count for what, count in days.tally.items() if what.endswith(": done"))
    assert done >= EDITS / 4
    assert verify(session) == (done, None)
    say(request, f"{EDITS} tried, {done} approved, {rate:.1f} a second", days.tally)


def assert_lineage_is_closed(session: Session, known: set[UUID]) -> None:
    """Who ended has heirs, who began has parents, and nobody is their own ancestor."""
    links = session.execute(
        text(
            "SELECT p.feature_id, c.feature_id FROM lineage_member p JOIN lineage_member c USING (event_id) "
            "WHERE p.part = 'parent' AND c.part = 'child'"
        )
    ).all()
    parents = {parent for parent, _ in links}
    children = {child for _, child in links}
    now = set(session.execute(text("SELECT id FROM parcel")).scalars())
    ever = now | set(session.execute(text("SELECT id FROM parcel_history")).scalars())
    assert ever - now == parents
    assert ever - known <= children
    assert _is_acyclic([(parent, child) for parent, child in links])


def _is_acyclic(links: list[tuple[UUID, UUID]]) -> bool:
    waiting: Counter[UUID] = Counter(child for _, child in links)
    free = [parent for parent, _ in links if not waiting[parent]]
    heirs: dict[UUID, list[UUID]] = {}
    for parent, child in links:
        heirs.setdefault(parent, []).append(child)
    seen = set()
    while free:
        one = free.pop()
        if one in seen:
            continue
        seen.add(one)
        for child in heirs.get(one, ()):
            waiting[child] -= 1
            if not waiting[child]:
                free.append(child)
    return all(count == 0 for count in waiting.values())


def say(request: pytest.FixtureRequest, line: str, tally: Counter[str]) -> None:
    capture = request.config.pluginmanager.getplugin("capturemanager")
    assert isinstance(capture, CaptureManager)
    lines = [line, *(f"{count:8d} {what}" for what, count in sorted(tally.items()))]
    with capture.global_and_fixture_disabled():
        sys.stderr.write("\n" + "\n".join(lines) + "\n")
