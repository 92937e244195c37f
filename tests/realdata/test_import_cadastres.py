"""Real cadastres of other countries, each in the legal CRS of its own: nothing Vietnamese is welded in."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import layer_tables, legal_crs, make_engine, make_session, migrate
from app.transfer.reading import Finished, Request, reading
from app.transfer.rows import Batch
from app.transfer.sentences import Refusal
from app.transfer.sources import Asked
from config import Config
from layers import CATALOG
from layers.crs import legal_crs as crs_of_code
from tests.conftest import REAL_DATA
from tests.files import import_files

PARCELS = REAL_DATA / "cadastre"
ZONES = REAL_DATA / "planning"


@pytest.fixture(scope="module")
def cambridge(cluster_url: str) -> Config:
    """Settings of a city in Massachusetts, with a database of its own."""
    name = f"cambridge_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    with closing(psycopg2.connect(cluster_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(f"CREATE DATABASE {name}")
    config = Config(database_url=cluster_url.replace("/diaba?", f"/{name}?"), legal_crs="EPSG:26986")
    migrate(config)
    return config


@pytest.fixture
def city(cambridge: Config) -> Iterator[Session]:
    crs = legal_crs(cambridge)
    engine = make_engine(cambridge)
    with make_session(engine, crs, layer_tables(crs)) as session:
        yield session
    engine.dispose()


def test_parcels_of_cambridge_come_in_with_their_known_faults(city: Session) -> None:
    path = PARCELS / "ASSESSING_ParcelsFY2013.topojson"
    columns = (("MAP", "sheet"), ("LOT", "number"))
    with pytest.raises(Refusal, match="crs_missing"):
        import_files(city, path, columns=columns)
    report = import_files(
        city, path, columns=columns, constants=(("commune_code", "Cambridge"),), crs=4326
    ).report
    assert report.read == 13_159
    assert report.reasons == {
        "ring_self_intersection": 17,
        "self_intersection": 7,
        "several_parts": 3,
        "value_missing": 13,
        "duplicate_key": 76,
    }
    assert report.overlaps == city.scalar(text("SELECT count(*) FROM coverage_defect")) == 41
    assert city.scalar(text("SELECT count(land_use) + count(status) FROM parcel")) == 0
    # Its area in square metres, as the city publishes it: 6.4 square miles of land.
    assert city.scalar(text("SELECT sum(ST_Area(geom)) FROM parcel")) == pytest.approx(13.4e6, rel=0.05)


@pytest.mark.parametrize(
    ("name", "count"),
    [("us_cambridge_zoning_20130815.geojson", 289), ("us_cambridge_zoning_current_20260303.geojson", 261)],
)
def test_both_zonings_of_cambridge_come_in_whole(city: Session, name: str, count: int) -> None:
    report = import_files(city, ZONES / name, layer="zone", columns=(("ZONE_TYPE", "lot"),)).report
    assert (report.read, report.accepted) == (count, count)
    assert city.scalar(text("SELECT count(function) FROM zone")) == 0


def test_ginowan_is_read_whole_but_for_its_129_wrong_shapes() -> None:
    request = Request(
        path=PARCELS / "ginowan_47205.fgb.zip",
        layer=CATALOG["parcel"],
        legal=crs_of_code(6683),
        asked=Asked(columns=(("大字コード+丁目コード", "sheet"), ("地番", "number"))),
    )
    codes: Counter[str] = Counter()
    read, keys = 0, set()
    with reading(request) as messages:
        for message in messages:
            if isinstance(message, Batch):
                read += message.read
                codes.update(problem.code for _, problem in message.rejected)
                keys.update(tuple(line.split("\t")[1:3]) for line in message.copy.splitlines())
            elif isinstance(message, Finished):
                assert message.peak_memory < 250 * 1024**2
    assert read == 60_269
    assert codes == {"ring_self_intersection": 119, "self_intersection": 10}
    # Of the 59 doubled lot numbers ten belong to shapes that are wrong.
    assert 60_269 - 129 - len(keys) == 49
