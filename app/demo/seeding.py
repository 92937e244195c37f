"""The demo province made, loaded and recorded, in the transaction of the caller's session."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from app.db import crs_of, tables_of
from app.demo import places, province, series
from app.demo.growth import plan_growth
from app.demo.holders import clear_holders, hold
from app.demo.load import DATA_DATE, Loader
from app.demo.quarters import Country, cut_up
from app.demo.rows import Rows
from app.demo.sketch import Sketch, from_wgs84, read_sketch
from app.demo.town import Town
from app.demo.units import read_communes, read_former_communes
from app.features.models import DataSource, Reading
from layers import CATALOG
from layers.crs import LegalCRS
from layers.layer import N_

NOTE = N_("Dữ liệu minh họa, được tạo tự động; không phải dữ liệu thật.")

Progress = Callable[[str, int], None]
"""Called with the name of a table and how many rows are in it so far, and at last with ``indexes`` and
how many of them are to be built."""


@dataclass(frozen=True)
class SeedReport:
    """What was loaded: rows by table."""

    counts: dict[str, int]


def holds_data(session: Session) -> bool:
    """Whether the database has features or sources already, so that there is nothing to seed."""
    return session.scalar(select(DataSource.layer).limit(1)) is not None or bool(
        session.scalar(select(tables_of(session)["parcel"].current.c.fid).limit(1))
    )


def clear(session: Session) -> None:
    """Throw away all features with their history, their sources and their readings.

    RuntimeError when some of them are not synthetic: those are for somebody to decide about.
    """
    real = session.scalars(select(DataSource.layer).where(~DataSource.synthetic)).all()
    if real:
        raise RuntimeError(f"There is data that is not made up in: {', '.join(real)}")
    clear_holders(session)
    for tables in tables_of(session).values():
        if tables.history is None or tables.tile is None:
            continue
        name = tables.current.name
        # Nothing of a demo is kept, so the triggers that would write all of it to the history rest.
        session.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
        listed = f"{name}, {tables.history.name}, {tables.tile.name}"
        session.execute(text(f"TRUNCATE {listed} RESTART IDENTITY"))
        session.execute(text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))
    session.execute(delete(DataSource))
    session.execute(delete(Reading))


def seed(
    session: Session,
    *,
    parcels: int,
    seed: int,
    now: datetime,
    progress: Progress = lambda _table, _count: None,
) -> SeedReport:
    """Fill an empty database with the demo province and exactly so many parcels.

    The same `parcels`, `seed` and `now` give the same rows in the same order. `now` (with a zone) is
    the time of the newest readings, incidents and closures. Nothing is committed.
    """
    session.execute(text("SET LOCAL statement_timeout = 0"))
    with Loader(session, seed, progress) as loader:
        with loader.indexes_afterwards():
            for rows in _province(crs_of(session), parcels=parcels, seed=seed, now=now):
                loader.add(rows)
            loader.finish()
        _load_readings(session, loader, now, np.random.default_rng([seed, 4]))
    _record_sources(session)
    _number_on(session)
    loader.counts.update(hold(session, seed))
    for table in (*loader.counts, *(f"{layer}_tile" for layer in loader.counts if layer in CATALOG)):
        session.execute(text(f"ANALYZE {table}"))
    return SeedReport(loader.counts)


def _province(crs: LegalCRS, *, parcels: int, seed: int, now: datetime) -> Iterator[Rows]:
    """All rows of the demo, in the order in which they are loaded."""
    sketch = read_sketch(crs)
    rng = np.random.default_rng([seed, 1])
    country = cut_up(sketch, read_communes(crs), read_former_communes(), rng)
    yield from _ground(country, sketch, crs)
    growth = plan_growth(country.quarters, sketch.centres, parcels, rng)
    town = Town(country, growth, crs, seed, parcels)
    for settled in town.grown():
        yield from town.rows(settled)
    yield from town.rest(now)


def _ground(country: Country, sketch: Sketch, crs: LegalCRS) -> Iterator[Rows]:
    """What does not depend on how much is built."""
    project = from_wgs84(crs)
    found = [
        province.province(country),
        province.communes(country),
        province.former_communes(country),
        province.water(country, sketch, project),
        province.floods(country, sketch),
        province.protected_areas(sketch),
        *places.known(project),
    ]
    yield from (rows for rows in found if rows is not None)


def _load_readings(session: Session, loader: Loader, now: datetime, rng: np.random.Generator) -> None:
    """Load what the stations of all layers with series have measured."""
    for layer in CATALOG.values():
        if not layer.series:
            continue
        table = tables_of(session)[layer.id].current
        kind = table.c.kind if "kind" in table.c else text("NULL")
        rows = session.execute(select(table.c.id, kind).order_by(table.c.fid)).all()
        stations = [(str(id_), kind) for id_, kind in rows]
        lines = [
            f"{layer.id}\t{feature}\t{name}\t{time.isoformat()}\t{value}"
            for feature, name, time, value in series.readings(layer, stations, now, rng)
        ]
        loader.copy("reading", ("layer", "feature_id", "series", "time", "value"), lines)
        loader.counts["reading"] = loader.counts.get("reading", 0) + len(lines)
        loader.finish()


def _record_sources(session: Session) -> None:
    for layer in CATALOG.values():
        session.add(
            DataSource(
                layer=layer.id,
                attribution=layer.attribution,
                data_date=DATA_DATE,
                synthetic=True,
                note=NOTE,
            )
        )
    session.flush()


def _number_on(session: Session) -> None:
    """Let new communes be numbered after the former ones, which stand in the history only."""
    session.execute(
        text(
            "SELECT setval(pg_get_serial_sequence('commune', 'fid'), (SELECT max(fid) FROM commune_history))"
        )
    )
