"""The demo province as `diaba seed` leaves it in the database."""

import os
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app.db import legal_crs, make_engine, make_session, tables_of
from app.demo import seed_command
from app.demo.kinds import FUNCTIONS
from app.demo.people import SIGN_INS
from app.demo.seeding import clear, seed
from app.land.models import IdentityPaper, Right
from app.land.register import add_source, statements_of, sums_of_shares
from config import Config
from layers import CATALOG
from layers.tables import LayerTables
from tests.conftest import MakeDatabase

PARCELS = 2_000
NOW = datetime(2026, 3, 2, 10, 20, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


class Demo(NamedTuple):
    """A seeded database, and what the command said when it was seeded."""

    config: Config
    engine: Engine
    said: str


def run(config: Config, *arguments: str) -> Result:
    environment = {"DATABASE_URL": config.database_url, "DIABA_VAR_DIR": str(config.var_dir)}
    return CliRunner().invoke(seed_command, arguments, env=environment, catch_exceptions=False)


@pytest.fixture(scope="module")
def demo(make_database: MakeDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    name = f"demo_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    config = Config(database_url=make_database(name), var_dir=tmp_path_factory.mktemp("demo"))
    result = run(config, "--parcels", str(PARCELS))
    assert result.exit_code == 0
    engine = make_engine(config)
    yield Demo(config, engine, result.output)
    engine.dispose()


@pytest.fixture
def seeded(demo: Demo, tables: Mapping[str, LayerTables]) -> Iterator[Session]:
    """A session on the seeded database; what a test does is rolled back."""
    with make_session(demo.engine, legal_crs(demo.config), tables) as session:
        yield session


def count(session: Session, query: str) -> int:
    return int(session.scalar(text(f"SELECT count(*) FROM {query}")) or 0)


def areas(session: Session, table: str) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    found = session.execute(text(f"SELECT ST_AsBinary((ST_Dump(geom)).geom) FROM {table}")).scalars()
    return np.array([shapely.from_wkb(bytes(one)) for one in found], dtype=object)


def test_there_are_exactly_as_many_parcels_as_asked_for(seeded: Session) -> None:
    assert count(seeded, "parcel") == PARCELS


def test_every_layer_has_features_and_says_that_they_are_made_up(seeded: Session) -> None:
    # The demo's cadastre has no defects; those come with imports.
    for layer in CATALOG.keys() - {"coverage_defect"}:
        assert count(seeded, layer), layer
    assert count(seeded, "data_source WHERE synthetic AND data_date IS NOT NULL") == len(CATALOG)


def test_tile_geometry_is_there_for_every_feature(seeded: Session) -> None:
    for layer in ("parcel", "commune", "zone", "street_light"):
        assert count(seeded, f"{layer}_tile JOIN {layer} USING (fid)") == count(seeded, layer)


def test_indexes_and_triggers_are_as_before(seeded: Session, session: Session) -> None:
    query = text(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
        " UNION SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
    )
    assert set(seeded.scalars(query)) == set(session.scalars(query))


def test_parcels_roads_and_water_leave_neither_gap_nor_overlap(seeded: Session) -> None:
    parts = np.concatenate([areas(seeded, "parcel"), areas(seeded, "road_surface")])
    assert shapely.coverage_is_valid(parts)  # neighbours have the same vertices and share no ground
    joined = shapely.coverage_union_all(parts)
    assert joined.area == pytest.approx(shapely.area(parts).sum(), abs=0.01)
    # What it encloses are whole quarters that nobody has settled, no slits.
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(joined) for ring in part.interiors]
    assert all(hole.area > 10_000 for hole in holes)
    assert not shapely.intersects(shapely.union_all(areas(seeded, "water_body")), joined.buffer(-0.01))


def test_communes_tile_the_province_and_their_predecessors_tile_them(seeded: Session) -> None:
    communes = areas(seeded, "commune")
    assert shapely.coverage_is_valid(communes)
    province = shapely.union_all(areas(seeded, "province"))
    assert shapely.union_all(communes).symmetric_difference(province).area < 1
    query = text(
        "SELECT c.code, ST_Area(c.geom) AS now, sum(ST_Area(f.geom)) AS before FROM commune c"
        " JOIN former_commune f ON f.successor_code = c.code GROUP BY c.id"
    )
    rows = seeded.execute(query).all()
    assert len(rows) == 29  # Côn Đảo was a district without communes
    assert all(row.now == pytest.approx(row.before, abs=1) for row in rows)
    assert count(seeded, "former_commune") == 77
    assert shapely.coverage_is_valid(areas(seeded, "former_commune"))


def test_communes_have_nearly_their_published_areas(seeded: Session) -> None:
    query = text(
        "SELECT ST_Area(geom) / 1e6 / published_area FROM commune"
        " WHERE code <> '26732' ORDER BY 1"  # the rivers of the mainland are in the areas, so all are larger
    )
    ratio = np.array(seeded.scalars(query).all())
    assert ratio.max() / ratio.min() < 1.15


def test_each_parcel_lies_in_its_commune(seeded: Session) -> None:
    query = "parcel p JOIN commune c ON c.code = p.commune_code WHERE ST_Within(p.geom, c.geom)"
    assert count(seeded, query) == PARCELS


def test_parcels_are_numbered_from_one_in_each_sheet(seeded: Session) -> None:
    """Without gaps, those counted that were divided or merged since."""
    query = text(
        "SELECT array_agg(number::int ORDER BY number::int) = array_agg(n::int ORDER BY n) FROM ("
        " SELECT *, row_number() OVER (PARTITION BY commune_code, sheet ORDER BY number::int) AS n"
        " FROM (SELECT commune_code, sheet, number FROM parcel"
        " UNION SELECT commune_code, sheet, number FROM parcel_history) AS given"
        ") AS numbered GROUP BY commune_code, sheet"
    )
    sheets = seeded.scalars(query).all()
    assert len(sheets) >= 3
    assert all(sheets)


def test_the_code_of_a_parcel_is_the_geohash_of_a_point_inside(seeded: Session) -> None:
    point = "wgs84_to_legal(ST_SetSRID(ST_PointFromGeoHash(parcel_code), 4326))"
    assert count(seeded, f"parcel WHERE ST_DWithin(geom, {point}, 0.03)") == PARCELS
    assert count(seeded, "(SELECT DISTINCT parcel_code FROM parcel) AS codes") == PARCELS


def test_legal_areas_differ_from_measured_ones_now_and_then(seeded: Session) -> None:
    differing = count(seeded, "parcel WHERE abs(legal_area - ST_Area(geom)) > 0.06")
    assert 0 < differing < 0.04 * PARCELS


def test_land_use_agrees_with_the_zone_and_the_kind_of_commune(seeded: Session) -> None:
    query = text(
        "SELECT DISTINCT z.function, c.kind = 'ward' AS urban, p.land_use FROM parcel p"
        " JOIN zone z ON ST_Contains(z.geom, ST_PointOnSurface(p.geom))"
        " JOIN commune c ON c.code = p.commune_code"
    )
    found = seeded.execute(query).all()
    allowed = {
        (one.code, urban, use)
        for one in FUNCTIONS.values()
        for urban, uses in ((True, one.urban), (False, one.rural))
        for use in uses
    }
    assert {tuple(row) for row in found} <= allowed
    assert {row.land_use for row in found} >= {"ODT", "ONT", "TMD", "CLN", "SKK"}


def test_zones_tile_the_area_of_their_plan(seeded: Session) -> None:
    query = text(
        "SELECT p.code, ST_Area(p.geom) AS plan, sum(ST_Area(z.geom)) AS zones FROM plan p"
        " LEFT JOIN zone z ON z.plan_code = p.code GROUP BY p.id"
    )
    rows = seeded.execute(query).all()
    assert all(row.zones == pytest.approx(row.plan, abs=1) for row in rows)
    assert shapely.coverage_is_valid(areas(seeded, "zone"))
    assert {"general", "zoning", "detailed"} <= set(seeded.scalars(text("SELECT kind FROM plan")))


def test_floor_area_ratio_is_within_coverage_and_storeys(seeded: Session) -> None:
    beyond = "floor_area_ratio > building_coverage / 100.0 * storeys_max + 1e-9"
    assert count(seeded, "zone WHERE floor_area_ratio IS NOT NULL")
    assert count(seeded, f"zone WHERE {beyond} OR storeys_min > storeys_max") == 0


def test_red_lines_take_strips_of_front_parcels(seeded: Session) -> None:
    touched = "parcel p JOIN road_reservation r ON ST_Overlaps(p.geom, r.geom)"
    assert count(seeded, touched) > 20


def test_parcels_have_the_sizes_of_a_real_city(seeded: Session) -> None:
    sizes = shapely.area(areas(seeded, "parcel"))
    assert 90 < np.median(sizes) < 220
    assert 400 < np.percentile(sizes, 95) < 2_500
    assert np.median(shapely.get_num_coordinates(areas(seeded, "parcel"))) == 7


def test_buildings_stand_on_one_parcel_each(seeded: Session) -> None:
    held = "ST_Area(ST_Intersection(p.geom, b.geom)) > 0.97 * ST_Area(b.geom)"
    on_one = f"building b JOIN parcel p ON ST_Intersects(p.geom, b.geom) AND {held}"
    buildings = count(seeded, "building")
    assert buildings > 0.7 * PARCELS
    assert count(seeded, on_one) > 0.985 * buildings  # some reach over a boundary, as real ones do


def test_flood_areas_of_rarer_floods_hold_those_of_frequent_ones(seeded: Session) -> None:
    nested = "flood_area a JOIN flood_area b ON split_part(a.study, ',', 2) = split_part(b.study, ',', 2)"
    frequent = f"{nested} AND a.return_period = '10' AND b.return_period = '100'"
    assert count(seeded, frequent)
    assert count(seeded, f"{frequent} WHERE ST_Area(ST_Difference(a.geom, b.geom)) > 10") == 0


def test_stations_have_a_month_of_hourly_readings_up_to_now(seeded: Session) -> None:
    query = text(
        "SELECT count(*), max(time) > now() - interval '2 hours', max(time) <= now() FROM reading"
        " GROUP BY feature_id, series"
    )
    rows = seeded.execute(query).all()
    assert len(rows) > 20
    assert all(650 < length <= 720 and recent and past for length, recent, past in rows)


def test_sign_ins_are_printed_with_passwords_that_are_not_the_same_twice(demo: Demo) -> None:
    printed = dict(re.findall(r"^([a-z-]+) +(\S+)$", demo.said, flags=re.MULTILINE))
    assert {name for name, _, _ in SIGN_INS} <= printed.keys()
    passwords = [printed[name] for name, _, _ in SIGN_INS]
    assert len(set(passwords)) == len(SIGN_INS)


def test_a_seeded_database_is_left_alone(demo: Demo, seeded: Session) -> None:
    before = seeded.scalar(text("SELECT max(recorded_from) FROM parcel"))
    result = run(demo.config, "--parcels", "3000")
    assert result.exit_code == 0
    assert "nothing was done" in result.output
    assert count(seeded, "parcel") == PARCELS
    assert seeded.scalar(text("SELECT max(recorded_from) FROM parcel")) == before


def test_real_data_is_not_thrown_away(seeded: Session) -> None:
    seeded.execute(text("UPDATE data_source SET synthetic = false WHERE layer = 'commune'"))
    with pytest.raises(RuntimeError, match="commune"):
        clear(seeded)


TIMED = {"road_segment", "incident", "closure"}
"""Layers whose features say when something was, counted from the moment of seeding."""


def fingerprint(session: Session) -> dict[str, str | None]:
    """A hash of each layer's rows in their order; the moment of loading is left out."""
    found = {}
    for layer in CATALOG.keys() - TIMED:
        row = "to_jsonb(t) - '{recorded_from,recorded_to}'::text[]"
        query = f"SELECT md5(string_agg(({row})::text, '' ORDER BY fid)) FROM {layer} AS t"
        found[layer] = session.scalar(text(query))
    for table in ("party", "land_right"):
        row = "to_jsonb(t) - '{row,recorded_from,recorded_to}'::text[]"
        query = f"SELECT md5(string_agg(({row})::text, '' ORDER BY row)) FROM {table} AS t"
        found[table] = session.scalar(text(query))
    return found


def test_the_same_seed_makes_the_same_rows(seeded: Session) -> None:
    made = []
    for _ in range(2):
        clear(seeded)
        assert count(seeded, "parcel") == count(seeded, "parcel_history") == 0
        seed(seeded, parcels=PARCELS, seed=1, now=NOW)
        made.append(fingerprint(seeded))
    assert made[0] == made[1]


def test_an_interrupted_seeding_leaves_nothing(demo: Demo, seeded: Session) -> None:
    clear(seeded)

    def stop(_table: str, _count: int) -> None:
        raise KeyboardInterrupt

    before = seeded.scalars(text("SELECT indexname FROM pg_indexes ORDER BY 1")).all()
    with pytest.raises(KeyboardInterrupt):
        seed(seeded, parcels=PARCELS, seed=1, now=NOW, progress=stop)
    seeded.rollback()
    assert count(seeded, "parcel") == PARCELS  # the demo that was there before the test
    assert seeded.scalars(text("SELECT indexname FROM pg_indexes ORDER BY 1")).all() == before


def test_first_parcels_have_holders_who_hold_all_of_them(seeded: Session) -> None:
    table = tables_of(seeded)["parcel"].current
    ids = seeded.scalars(select(Right.parcel_id).distinct()).all()
    found = statements_of(seeded, ids, as_of=NOW.date())
    areas = {row.id: row.legal_area for row in seeded.execute(select(table.c.id, table.c.legal_area))}
    assert len(ids) > 300
    for id_, held in found.of.items():
        assert set(sums_of_shares(held.rights, held.uses).values()) == {1}
        assert float(sum(use.area for use in held.uses)) == pytest.approx(areas[id_])
    kinds = {party.kind for party in found.parties.values()}
    assert kinds >= {"person", "couple", "household", "organisation"}
    assert all([sum(bool(held.mortgages) for held in found.of.values()), count(seeded, "dispute")])


def test_no_made_up_personal_number_can_be_somebodys(seeded: Session) -> None:
    numbers = seeded.scalars(select(IdentityPaper.number)).all()
    assert len(numbers) > 300
    assert {number[:3] for number in numbers} == {"999"}


def test_rights_that_are_not_made_up_keep_the_demo_from_being_replaced(seeded: Session) -> None:
    add_source(seeded, "contract")
    with pytest.raises(RuntimeError, match="rights that are not made up"):
        clear(seeded)
