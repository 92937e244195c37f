"""Two who write the same statement at once: one of them is told, and no state is lost."""

import os
import threading
from collections.abc import Iterator, Mapping
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.db import legal_crs, make_engine, make_session
from app.errors import Conflict
from app.land import register
from app.land.models import Right
from config import Config
from layers.tables import LayerTables
from tests.conftest import MakeDatabase
from tests.land.holdings import TODAY, person, right, source_of
from tests.shapes import add_parcel, square


@pytest.fixture
def engine_of_two(make_database: MakeDatabase, config: Config) -> Iterator[Engine]:
    """A database of its own, in which sessions really commit."""
    url = make_database(f"writers_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
    engine = make_engine(config.model_copy(update={"database_url": url}))
    yield engine
    engine.dispose()


def test_second_writer_waits_and_is_told(
    engine_of_two: Engine, config: Config, tables: Mapping[str, LayerTables]
) -> None:
    def opened() -> Session:
        return make_session(engine_of_two, legal_crs(config), tables)

    with opened() as first:
        parcel = add_parcel(first, "1", square())
        row = right(first, parcel, person(first, "An")).row
        sources = [source_of(first), source_of(first)]
        first.commit()
    said: list[str] = []

    def late(source: UUID) -> None:
        with opened() as second:
            seen = second.get_one(Right, row)
            ready.set()
            try:
                register.end(second, seen, TODAY, source)
                said.append("ended")
            except Conflict as conflict:
                said.append(conflict.code)

    ready = threading.Event()
    with opened() as first:
        register.end(first, first.get_one(Right, row), TODAY, sources[0])
        thread = threading.Thread(target=late, args=(sources[1],))
        thread.start()
        assert ready.wait(10)
        with engine_of_two.connect() as watcher:
            waiting = text(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND datname = current_database()"
            )
            for _ in range(200):
                if watcher.scalar(waiting):
                    break
                watcher.execute(text("SELECT pg_sleep(0.05)"))
                watcher.rollback()
        first.commit()
        thread.join(10)
    assert said == ["statement_moved"]
    with opened() as third:
        id_ = third.get_one(Right, row).id
        rows = register.history_of(third, Right, id_)
        assert [one.recorded_to is None for one in rows] == [False, True]
        assert rows[1].ending_source_id == sources[0]
