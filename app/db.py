"""The database of a deployment: engine, sessions, the schema and its migrations."""

from collections.abc import Mapping

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Connection, Engine, MetaData, create_engine, make_url
from sqlalchemy.orm import DeclarativeBase, Session

from app import cluster
from config import ROOT, Config
from layers import CATALOG
from layers.crs import LegalCRS, parse_legal_crs
from layers.tables import LayerTables, build_tables


class NoDatabaseError(RuntimeError):
    """No database is set and the private cluster is not running."""


class Base(DeclarativeBase):
    """The tables of people and their work; those of layers follow from the catalogue."""


def database_url(config: Config) -> str:
    """The database to use: the one that is set, or the private cluster's.

    `NoDatabaseError` when neither is there.
    """
    url = config.database_url or cluster.url(config.var_dir)
    if not url:
        raise NoDatabaseError("There is no database: set DATABASE_URL, or start one: diaba db start")
    return url


def make_engine(config: Config) -> Engine:
    """The engine of one process.

    JIT and parallel plans are off: they cost more than they save on tiles, and parallel workers
    make the bytes of a tile change from one request to the next.
    """
    options = {
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        "work_mem": "16MB",
        "statement_timeout": str(config.statement_timeout_ms),
        "timezone": config.timezone,
        "application_name": "diaba",
    }
    return create_engine(
        make_url(database_url(config)).set(drivername="postgresql+psycopg2"),
        connect_args={"options": " ".join(f"-c {key}={value}" for key, value in options.items())},
        pool_size=config.pool_size,
        max_overflow=config.pool_size,
        pool_pre_ping=True,
    )


def legal_crs(config: Config) -> LegalCRS:
    """The legal CRS that the settings name."""
    return parse_legal_crs(config.legal_crs, config.towgs84)


def layer_tables(crs: LegalCRS, metadata: MetaData | None = None) -> Mapping[str, LayerTables]:
    """The tables of the whole catalogue in this CRS."""
    return build_tables(CATALOG, crs, metadata if metadata is not None else MetaData())


def make_session(engine: Engine | Connection, crs: LegalCRS, tables: Mapping[str, LayerTables]) -> Session:
    """A session that knows its deployment's CRS and layer tables (see `crs_of` and `tables_of`)."""
    return Session(engine, info={"crs": crs, "tables": tables})


def crs_of(session: Session) -> LegalCRS:
    """The legal CRS of the database that this session talks to."""
    crs: LegalCRS = session.info["crs"]
    return crs


def tables_of(session: Session) -> Mapping[str, LayerTables]:
    """The layer tables of the database that this session talks to, by layer id."""
    tables: Mapping[str, LayerTables] = session.info["tables"]
    return tables


def alembic_config(config: Config) -> AlembicConfig:
    """What Alembic needs to work on the database of these settings."""
    made = AlembicConfig(ROOT / "alembic.ini")
    made.set_main_option("script_location", str(ROOT / "migrations"))
    made.attributes["config"] = config
    return made


def migrate(config: Config) -> None:
    """Bring the database to the newest schema. It may be run at any time; it does what is missing."""
    command.upgrade(alembic_config(config), "head")
