"""The one pinned transformation, on every path it can take."""

import math
import subprocess
from contextlib import closing

import psycopg2
import pytest
import rasterio.warp
from pyproj import CRS, Transformer
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.health.checks import TEST_VECTORS
from layers.crs import DEPRECATED_CODES, VN2000_CODES, LegalCRS, legal_crs
from tests.conftest import MakeDatabase

MILLIMETRE_DEGREES = 9e-9
TORN = "POLYGON((429971 1145000,430171 1145000,430171 1145100,429971 1145100,429971 1145000))"
#   429971          430171     PROJ by itself changes its operation at E = 430,071 and tears
#      a──────┆───────b        this 200 × 100 m parcel there by 0.80 m.
#      │      ┆       │
#      d──────┆───────c


@pytest.mark.parametrize(("easting", "northing", "lon", "lat"), TEST_VECTORS)
def test_pyproj_holds_the_official_vectors(easting: float, northing: float, lon: float, lat: float) -> None:
    crs = legal_crs(5899)
    assert crs.to_wgs84(easting, northing) == pytest.approx((lon, lat), abs=MILLIMETRE_DEGREES)
    assert crs.from_wgs84(*crs.to_wgs84(easting, northing)) == pytest.approx((easting, northing), abs=1e-4)


@pytest.mark.parametrize(("easting", "northing", "lon", "lat"), TEST_VECTORS)
def test_postgis_holds_the_official_vectors(
    session: Session, easting: float, northing: float, lon: float, lat: float
) -> None:
    there = session.execute(
        text(
            "SELECT ST_X(w), ST_Y(w), ST_X(l), ST_Y(l), ST_X(m), ST_Y(m), ST_X(b), ST_Y(b) FROM ("
            "SELECT legal_to_wgs84(p) w, wgs84_to_legal(legal_to_wgs84(p)) l,"
            " ST_Transform(legal_to_mercator(p), 4326) m, mercator_to_legal(legal_to_mercator(p)) b"
            " FROM ST_SetSRID(ST_MakePoint(:e, :n), 5899) p) q"
        ),
        {"e": easting, "n": northing},
    ).one()
    assert there[0:2] == pytest.approx((lon, lat), abs=MILLIMETRE_DEGREES)
    assert there[2:4] == pytest.approx((easting, northing), abs=1e-3)
    assert there[4:6] == pytest.approx((lon, lat), abs=MILLIMETRE_DEGREES)
    assert there[6:8] == pytest.approx((easting, northing), abs=1e-3)


def test_gdal_holds_the_official_vectors() -> None:
    easting, northing, lon, lat = (list(one) for one in zip(*TEST_VECTORS, strict=True))
    made = rasterio.warp.transform(legal_crs(5899).proj4, "EPSG:4326", easting, northing)
    assert made[0] == pytest.approx(lon, abs=MILLIMETRE_DEGREES)
    assert made[1] == pytest.approx(lat, abs=MILLIMETRE_DEGREES)


@pytest.mark.parametrize("epsg", VN2000_CODES)
def test_every_vn2000_zone_can_be_the_legal_crs(epsg: int) -> None:
    crs = legal_crs(epsg)
    area = crs.public.area_of_use
    assert area is not None
    lon, lat = (area.west + area.east) / 2, (area.south + area.north) / 2
    east, north = crs.from_wgs84(lon, lat)
    # The inverse of the seven parameters is their approximation to a millimetre.
    assert crs.to_wgs84(east, north) == pytest.approx((lon, lat), abs=2 * MILLIMETRE_DEGREES)
    unshifted = Transformer.from_crs(
        4326, CRS.from_proj4(crs.proj4.split(" +towgs84")[0] + " +no_defs"), always_xy=True
    )
    naive = unshifted.transform(lon, lat)
    assert 150 < math.dist((east, north), naive) < 300


@pytest.mark.parametrize("epsg", [*DEPRECATED_CODES, 4756, 2263])
def test_unfit_systems_are_refused_as_legal_crs(epsg: int) -> None:
    with pytest.raises(ValueError, match=str(epsg)):
        legal_crs(epsg)


def test_coordinates_of_another_zone_are_brought_in_by_the_pinned_parameters() -> None:
    hcmc, brvt = legal_crs(9210), legal_crs(5899)
    transformer = brvt.transformer_from(CRS.from_epsg(9210))
    assert transformer is not None
    lon, lat = 107.09, 10.35
    assert transformer.transform(*hcmc.from_wgs84(lon, lat)) == pytest.approx(
        brvt.from_wgs84(lon, lat), abs=1e-4
    )


def test_geographic_vn2000_is_not_taken_for_wgs84() -> None:
    brvt = legal_crs(5899)
    transformer = brvt.transformer_from(CRS.from_epsg(4756))
    assert transformer is not None
    lon, lat = 107.085176259, 10.353230186
    east, north = transformer.transform(lon, lat)
    assert abs(east - 427_000) + abs(north - 1_145_000) > 100


def test_public_rows_of_postgis_are_left_as_they_are(session: Session) -> None:
    row = session.execute(
        text("SELECT auth_name, auth_srid, proj4text FROM spatial_ref_sys WHERE srid = 5899")
    ).one()
    assert row[:2] == ("EPSG", 5899)
    assert row[2].startswith("+proj=tmerc")
    assert "+rf=" not in row[2]


def test_postgis_learns_the_vn2000_zones_that_it_lacks(session: Session) -> None:
    known = set(session.scalars(text("SELECT srid FROM spatial_ref_sys WHERE auth_name = 'EPSG'")))
    assert set(VN2000_CODES) <= known


def test_parcel_on_the_line_keeps_area_and_corners(session: Session) -> None:
    row = session.execute(
        text(
            "SELECT ST_Area(b), ST_HausdorffDistance(p, b) FROM (SELECT p,"
            " wgs84_to_legal(legal_to_wgs84(p)) b FROM ST_GeomFromText(:wkt, 5899) p) q"
        ),
        {"wkt": TORN},
    ).one()
    assert row[0] == pytest.approx(20_000, abs=1e-3)
    assert row[1] < 1e-4


def test_everything_holds_after_dump_and_restore(make_database: MakeDatabase, cluster_url: str) -> None:
    """A restore into an empty database brings private row, functions, tile geometry and triggers."""
    source = make_database("dumped")
    with closing(psycopg2.connect(source)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO parcel (commune_code, sheet, number, address, geom)"
            " VALUES ('26506', '1', '1', 'Trần Phú', ST_GeomFromText(%s, 5899))",
            [TORN],
        )
    with closing(psycopg2.connect(cluster_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("CREATE DATABASE restored")
    target = cluster_url.replace("/diaba?", "/restored?")
    dump = subprocess.run(["pg_dump", "--format=custom", source], check=True, capture_output=True).stdout
    subprocess.run(["pg_restore", "--exit-on-error", f"--dbname={target}"], input=dump, check=True)
    with closing(psycopg2.connect(target)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_Area(geom), ST_AsText(geom), ST_X(legal_to_wgs84(ST_SetSRID(ST_MakePoint(427000,"
            " 1145000), 5899))) FROM parcel"
        )
        area, shape, lon = cursor.fetchone() or ()
        assert area == pytest.approx(20_000, abs=1e-3)
        assert shape == TORN
        assert lon == pytest.approx(107.085176259, abs=MILLIMETRE_DEGREES)
        cursor.execute("UPDATE parcel SET number = '2'")
        cursor.execute("SELECT ST_Area(mercator_to_legal(geom)) FROM parcel_tile")
        assert cursor.fetchall() == [(pytest.approx(20_000, abs=1e-2),)]
        cursor.execute("SELECT number, version FROM parcel_history")
        assert cursor.fetchall() == [("1", 1)]


@pytest.mark.parametrize("epsg", [5899, 6683, 26986, 32767])
def test_every_code_has_a_private_row_of_its_own_in_postgis_range(epsg: int) -> None:
    private = LegalCRS(epsg, (0.0,) * 7).private_srid
    assert 900_913 < private <= 998_999
    assert private - epsg == LegalCRS(5899, (0.0,) * 7).private_srid - 5899


WILD_PRJ = (
    'PROJCS["VN2000",GEOGCS["VN-2000",DATUM["Vietnam_2000",SPHEROID["WGS 84",6378137,298.257223563],'
    "TOWGS84[-191.90441429,-39.30318279,-111.45032835,-0.00928836,0.01975479,-0.00427372,0.252906278]],"
    'PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",500000],PARAMETER["False_Northing",0],PARAMETER["Central_Meridian",107.5],'
    'PARAMETER["Scale_Factor",0.9999],PARAMETER["Latitude_Of_Origin",0],UNIT["Meter",1]]'
)
"""As many files have it: no number, and rotations copied with the wrong signs, 0.53 m off."""


def test_a_file_on_vn2000_gets_the_pinned_parameters_whatever_it_carries() -> None:
    numbered = legal_crs(5899).transformer_from(CRS.from_epsg(9216))
    wild = legal_crs(5899).transformer_from(CRS.from_user_input(WILD_PRJ))
    assert numbered is not None
    assert wild is not None
    assert wild.transform(454_376, 1_145_000) == pytest.approx(
        numbered.transform(454_376, 1_145_000), abs=1e-6
    )


def test_heights_are_left_aside() -> None:
    assert legal_crs(5899).transformer_from(CRS.from_user_input("EPSG:5899+5727")) is None
