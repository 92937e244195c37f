"""Many officers and approvers at once, and machines that stop in the middle."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg2
import pytest
import shapely
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import cluster
from app.accounts.models import User
from app.audit.chain import verify
from app.db import layer_tables, legal_crs, make_engine, make_session, migrate
from app.edits import register, workflow
from app.edits.changes import Key
from app.errors import Conflict
from config import ROOT, Config
from tests.conftest import LONG, MakeDatabase
from tests.edits.land import COMMUNE, START, at
from tests.people import add_user
from tests.shapes import E, N, add, add_parcel, multi, square

PARCELS = 8
WIDTH = 20


@dataclass
class Town:
    """A row of parcels along a road in a database of its own, where everything is committed."""

    engine: Engine
    config: Config
    tables: Any
    parcels: list[Key]
    officers: list[int]
    approvers: list[int]

    @contextmanager
    def session(self) -> Iterator[Session]:
        with make_session(self.engine, legal_crs(self.config), self.tables) as session:
            yield session

    def draft(self, parcel: int, officer: int = 0) -> tuple[UUID, int]:
        """A draft that divides a parcel, committed."""
        with self.session() as session:
            user = session.get_one(User, self.officers[officer])
            made = workflow.begin(
                session, user, dossier=uuid4(), code=f"HS-{parcel}-{officer}", commune=COMMUNE
            )
            east = WIDTH * parcel + 7 + officer % 5
            made = workflow.take_step(
                session,
                user,
                made.id,
                version=made.version,
                operation="split_by_line",
                selection=[self.parcels[parcel]],
                parameters={"line": at((east, -1), (east, 41))},
            )
            session.commit()
            return made.id, made.version

    def submit(self, draft: tuple[UUID, int], officer: int = 0) -> str:
        def work(session: Session) -> None:
            user = session.get_one(User, self.officers[officer])
            workflow.submit(session, user, draft[0], version=draft[1], note="đo đạc")

        return self.outcome(work)

    def approve(self, draft: UUID, approver: int = 0) -> str:
        def work(session: Session) -> None:
            found = workflow.get(session, draft)
            workflow.approve(
                session, session.get_one(User, self.approvers[approver]), draft, version=found.version
            )

        return self.outcome(work)

    def outcome(self, work: Callable[[Session], None]) -> str:
        """``done``, or the code of the conflict."""
        with self.session() as session:
            try:
                work(session)
                session.commit()
            except Conflict as refused:
                return refused.code
            return "done"

    def assert_whole(self, divided: int) -> None:
        """The register is right: no gap, no overlap, numbers without gap and repeat, lineage, chain."""
        with self.session() as session:
            areas = register.areas_in(session, [(0, 0, 1e7, 1e7)])
            shapes = [part for one in areas for part in shapely.get_parts(one.geometry)]
            assert shapely.coverage_is_valid(shapes)
            assert sum(one.area for one in shapes) == pytest.approx(PARCELS * WIDTH * 50)
            count = {
                table: session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
                for table in ("lineage_event", "lineage_member", "claim")
            }
            numbers = session.execute(text("SELECT number::int FROM parcel ORDER BY 1")).scalars().all()
            given = [one for one in numbers if one > PARCELS]
            assert given == list(range(PARCELS + 1, PARCELS + 1 + 2 * divided))
            assert len(numbers) == PARCELS + divided
            assert (count["lineage_event"], count["lineage_member"]) == (divided, 3 * divided)
            assert session.execute(text("SELECT count(*) FROM parcel_history")).scalar_one() == divided
            assert verify(session) == (divided, None)


def build(address: str) -> Town:
    """Parcels, road and people in an empty, migrated database."""
    config = Config(database_url=address, pool_size=70)
    tables = layer_tables(legal_crs(config))
    engine = make_engine(config)
    corners = [f"{E + WIDTH * one} {N}" for one in range(PARCELS, -1, -1)]
    road = f"MULTIPOLYGON((({E} {N - 10},{E + WIDTH * PARCELS} {N - 10},{','.join(corners)},{E} {N - 10})))"
    with make_session(engine, legal_crs(config), tables) as session:
        add(session, "commune", multi(square(-100, -100, 900)), code=COMMUNE, name="Vũng Tàu", kind="ward")
        add(session, "road_surface", road, name="Lê Lợi")
        fields = {"land_use": "ODT", "legal_area": 800, "valid_from": START}
        parcels = [
            Key("parcel", add_parcel(session, str(one + 1), square(WIDTH * one, 0, WIDTH, 40), **fields))
            for one in range(PARCELS)
        ]
        officers = [add_user(session, f"officer{n}", {"officer": []}).id for n in range(4)]
        approvers = [add_user(session, f"approver{n}", {"approver": []}).id for n in range(2)]
        session.commit()
    return Town(engine, config, tables, parcels, officers, approvers)


@pytest.fixture
def town(make_database: MakeDatabase) -> Iterator[Town]:
    made = build(make_database(f"town_{uuid4().hex}"))
    yield made
    made.engine.dispose()


@pytest.fixture
def town_of_its_own() -> Iterator[Town]:
    """A town in a cluster of its own, which may be brought down."""
    with cluster.temporary() as address:
        migrate(Config(database_url=address))
        with closing(psycopg2.connect(address)) as connection:
            connection.autocommit = True
            # The clusters of tests may forget the last commits in a crash; a real one may not.
            connection.cursor().execute("ALTER DATABASE diaba SET synchronous_commit = on")
        made = build(address)
        yield made
        made.engine.dispose()


@pytest.mark.parametrize("people", [16, 64] if LONG else [16])
def test_of_many_at_once_exactly_the_right_ones_win(town: Town, people: int) -> None:
    """So many hand in drafts over eight parcels; then so many approve what was handed in."""
    each = people // PARCELS
    drafts = [(town.draft(n % PARCELS, n // PARCELS % 4), n // PARCELS % 4) for n in range(people)]
    with ThreadPoolExecutor(people) as pool:
        outcomes = list(pool.map(lambda one: town.submit(*one), drafts))
    assert sorted(outcomes) == ["done"] * PARCELS + ["parcels_claimed"] * (people - PARCELS)
    won = [draft[0] for (draft, _), outcome in zip(drafts, outcomes, strict=True) if outcome == "done"]
    with ThreadPoolExecutor(people) as pool:
        outcomes = list(pool.map(lambda n: town.approve(won[n % PARCELS], n % 2), range(people)))
    assert outcomes.count("done") == PARCELS
    assert set(outcomes) <= {"done", "wrong_status", "changeset_stale"}
    assert [outcomes[n::PARCELS].count("done") for n in range(PARCELS)] == [1] * PARCELS
    assert len(outcomes) == each * PARCELS
    town.assert_whole(PARCELS)


APPROVE = """
import sys, time
from uuid import UUID
from app.accounts.models import User
from app.db import layer_tables, legal_crs, make_engine, make_session
from app.edits import workflow
from config import Config

config = Config()
crs = legal_crs(config)
with make_session(make_engine(config), crs, layer_tables(crs)) as session:
    found = workflow.get(session, UUID(sys.argv[1]))
    user = session.get_one(User, int(sys.argv[2]))
    pause = lambda *_: (print("written", flush=True), time.sleep(float(sys.argv[3])))
    workflow.approve(session, user, found.id, version=found.version, after=[pause])
    print("before commit", flush=True)
    session.commit()
    print("done", flush=True)
"""
"""A web worker in the middle of an approval: it says when the features are written."""


@contextmanager
def worker(town: Town, draft: UUID, pause: float) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", APPROVE, str(draft), str(town.approvers[0]), str(pause)]
    environment = os.environ | {"DATABASE_URL": str(town.config.database_url)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        yield process


def submitted(town: Town, parcel: int) -> UUID:
    draft = town.draft(parcel)
    assert town.submit(draft) == "done"
    return draft[0]


@pytest.mark.parametrize("parcel", range(2))
def test_a_worker_killed_in_the_middle_leaves_nothing(town: Town, parcel: int) -> None:
    draft = submitted(town, parcel)
    with worker(town, draft, 60) as process:
        assert process.stdout
        assert process.stdout.readline() == "written\n"
        process.send_signal(signal.SIGKILL)
    town.assert_whole(0)
    assert town.approve(draft) == "done"
    town.assert_whole(1)


@pytest.mark.parametrize("times", [48 if LONG else 3])
def test_workers_killed_at_any_moment_leave_all_or_nothing(town: Town, times: int) -> None:
    """Killed after 0 to 30 ms more; whatever was committed is whole."""
    divided = 0
    for n in range(min(times, PARCELS)):
        draft = submitted(town, n)
        with worker(town, draft, 0) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(0.03 * n / times)
            process.send_signal(signal.SIGKILL)
        with town.session() as session:
            divided += workflow.get(session, draft).status == "approved"
        town.assert_whole(divided)


@pytest.mark.parametrize("times", [PARCELS if LONG else 3])
def test_a_killed_database_comes_back_with_all_or_nothing(town_of_its_own: Town, times: int) -> None:
    """SIGKILL to a process of PostgreSQL makes the whole cluster stop and recover."""
    town = town_of_its_own

    def kill(session: Session, *_: object) -> None:
        os.kill(session.execute(text("SELECT pg_backend_pid()")).scalar_one(), signal.SIGKILL)
        session.execute(text("SELECT 1"))

    for n in range(times):
        draft = submitted(town, n)
        with town.session() as session:
            user = session.get_one(User, town.approvers[0])
            found = workflow.get(session, draft)
            with pytest.raises(OperationalError):
                workflow.approve(session, user, draft, version=found.version, after=[kill])
        wait_for(town)
        town.assert_whole(n)
        assert town.approve(draft) == "done"
        town.assert_whole(n + 1)


def wait_for(town: Town) -> None:
    """Until the database has recovered."""
    for _ in range(300):
        try:
            with town.session() as session:
                session.execute(text("SELECT 1"))
        except OperationalError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the database did not come back")
