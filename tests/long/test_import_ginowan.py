"""A real city's cadastre, imported whole with its overlaps."""

import os
from contextlib import closing

import psycopg2
from sqlalchemy import text

from app.db import layer_tables, legal_crs, make_engine, make_session, migrate
from config import Config
from tests.conftest import REAL_DATA
from tests.files import import_files


def test_ginowan_comes_in_with_its_overlaps_listed(cluster_url: str) -> None:
    name = f"ginowan_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    with closing(psycopg2.connect(cluster_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(f"CREATE DATABASE {name}")
    config = Config(database_url=cluster_url.replace("/diaba?", f"/{name}?"), legal_crs="EPSG:6683")
    migrate(config)
    crs, engine = legal_crs(config), make_engine(config)
    with make_session(engine, crs, layer_tables(crs)) as session:
        report = import_files(
            session,
            REAL_DATA / "cadastre" / "ginowan_47205.fgb.zip",
            columns=(
                ("市区町村コード", "commune_code"),
                ("大字コード+丁目コード", "sheet"),
                ("地番", "number"),
            ),
        ).report
        assert (report.read, report.accepted) == (60_269, 60_091)
        assert report.reasons == {
            "ring_self_intersection": 119,
            "self_intersection": 10,
            "duplicate_key": 49,
        }
        assert report.overlaps == session.scalar(text("SELECT count(*) FROM coverage_defect")) == 3_086
        assert session.scalar(text("SELECT min(area) FROM coverage_defect")) > 0.01
    engine.dispose()
