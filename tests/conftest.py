"""What tests stand on: one cluster per run, a migrated template in it, a copy of it for each worker, and
around each test a transaction that is rolled back."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from app import cluster, create_app
from app.db import layer_tables, legal_crs, make_engine, make_session, migrate
from config import ROOT, Config
from layers.tables import LayerTables

REAL_DATA = Path(os.environ.get("DIABA_TEST_DATA") or ROOT.parent / "shared" / "data")
"""Real files, which not every machine has; the tests that need them stand in tests/realdata."""

LONG = bool(os.environ.get("DIABA_LONG"))
"""Whether to test at full counts (`make test-long`)."""

collect_ignore = [*([] if REAL_DATA.is_dir() else ["realdata"]), *([] if LONG else ["long"])]

# Settings of the developer's own shell are not those of the tests.
for name in Config.model_fields:
    os.environ.pop("DATABASE_URL" if name == "database_url" else f"DIABA_{name.upper()}", None)

KEPT = pytest.StashKey[ExitStack]()
CLUSTER = "DIABA_TEST_CLUSTER"
"""Tells the workers of a run where its cluster answers."""

MakeDatabase = Callable[[str], str]


def pytest_configure(config: pytest.Config) -> None:
    config.stash[KEPT] = ExitStack()
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        os.environ[CLUSTER] = config.stash[KEPT].enter_context(cluster.temporary())


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[KEPT].close()


@pytest.fixture(scope="session")
def cluster_url(pytestconfig: pytest.Config) -> str:
    """The address of an empty database in the cluster of this run; its user may do everything."""
    return os.environ.get(CLUSTER) or pytestconfig.stash[KEPT].enter_context(cluster.temporary())


@pytest.fixture(scope="session")
def make_database(cluster_url: str) -> MakeDatabase:
    """Makes a migrated, empty database of the given name and returns its address."""

    def address(name: str) -> str:
        return cluster_url.replace("/diaba?", f"/{name}?")

    def make(name: str) -> str:
        with closing(psycopg2.connect(cluster_url)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("SELECT pg_advisory_lock(1)")  # the first worker makes the template
            cursor.execute("SELECT FROM pg_database WHERE datname = 'template_diaba'")
            if not cursor.rowcount:
                cursor.execute("CREATE DATABASE making")
                migrate(Config(database_url=address("making")))
                cursor.execute("ALTER DATABASE making RENAME TO template_diaba")
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template_diaba")
        return address(name)

    return make


@pytest.fixture(scope="session")
def config(make_database: MakeDatabase, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Settings with a database of this worker's own."""
    return Config(
        database_url=make_database(f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"),
        secret_key="not secret",
        var_dir=tmp_path_factory.mktemp("var"),
    )


@pytest.fixture(scope="session")
def engine(config: Config) -> Iterator[Engine]:
    engine = make_engine(config)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection whose every change is undone after the test, also what sessions on it commit."""
    with engine.connect() as connection:
        outer = connection.begin()
        # Inside a savepoint, a session's commit and rollback end savepoints of its own.
        connection.begin_nested()
        yield connection
        outer.rollback()


@pytest.fixture(scope="session")
def tables(config: Config) -> Mapping[str, LayerTables]:
    """The tables of all layers. Making them takes longer than most tests, and statements that were
    compiled for them serve again."""
    return layer_tables(legal_crs(config))


@pytest.fixture
def session(connection: Connection, config: Config, tables: Mapping[str, LayerTables]) -> Iterator[Session]:
    """A session as a request has it."""
    with make_session(connection, legal_crs(config), tables) as session:  # type: ignore[arg-type]
        yield session


@pytest.fixture
def app(
    connection: Connection,
    config: Config,
    tables: Mapping[str, LayerTables],
    monkeypatch: pytest.MonkeyPatch,
) -> Flask:
    """The application, whose requests all run in the transaction of the test."""
    monkeypatch.setattr("app.db.make_engine", lambda _: connection)
    monkeypatch.setattr("app.db.layer_tables", lambda _: tables)
    app = create_app(config)
    app.config.update(TESTING=True)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts, not signed in."""
    return app.test_client()
