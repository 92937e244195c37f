"""Every file of bad_inputs has one expected answer: a refusal, a rejected row, or the right result."""

import time
from pathlib import Path

import pytest
from pyproj import Geod
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.transfer.sentences import REASONS, REFUSALS, Refusal
from layers import CATALOG
from tests.conftest import REAL_DATA
from tests.files import import_files

FOLDER = REAL_DATA / "bad_inputs"
ACCEPTED = "accepted"

POLYGONS: dict[str, str] = {
    "bom.geojson": ACCEPTED,
    "bowtie.geojson": "self_intersection",
    "deep_geometrycollection_5000.geojson": "too_deep",
    "duplicate_vertices.geojson": ACCEPTED,
    "empty_coordinates.geojson": "geometry_empty",
    "hole_outside_shell.geojson": "hole_outside_shell",
    "null_geometry.geojson": "geometry_missing",
    "ok_square.geojson": ACCEPTED,
    "self_touching_ring.geojson": "ring_self_intersection",
    "three_point_ring.geojson": "ring_too_short",
    "truncated.geojson": "truncated",
    "unclosed_ring.geojson": "ring_not_closed",
    "unknown_type.geojson": "geometry_missing",
    "wrong_winding.geojson": ACCEPTED,
    "zero_area.geojson": "zero_area",
    "shp_ok.zip": ACCEPTED,
    "shp_nested_dir.zip": ACCEPTED,
    "shp_upper_ext.zip": ACCEPTED,
    "shp_dbf_record_count_mismatch.zip": "dbf_count",
    "shp_declared_length_4GiB.zip": "shp_length",
    "shp_no_dbf.zip": "shp_part_missing",
    "shp_no_prj.zip": "crs_missing",
    "shp_no_shx.zip": "shp_part_missing",
    "shp_only_dbf.zip": "shp_part_missing",
    "shp_truncated.zip": "shp_length",
    "bomb_1GiB_dbf.zip": "zip_bomb",
    "empty.zip": "zip_empty",
    "zip_slip.zip": "zip_unsafe",
    "coordinates_comma_decimal.csv": "format_unknown",
    "dxf_samples.zip": "zip_without_data",
    "famis_like_vn_cadastre.txt": "format_unknown",
    "not_a_tiff.tif": "format_unknown",
    "togeojson_kml_gpx_tcx.zip": "zip_without_data",
    "xxe.kml": "format_unknown",
}
"""What becomes of each file on the way into parcels."""

POINTS: dict[str, str] = {
    "huge_coord_1e308.geojson": "outside_crs",
    "legacy_crs_member_epsg3405.geojson": ACCEPTED,
    "nan_coord.geojson": "geometry_empty",
    "out_of_range_lonlat.geojson": "outside_crs",
    "string_coordinates.geojson": "geometry_missing",
    "swapped_latlon.geojson": "axes_swapped",
    "vn2000_metres_labelled_as_wgs84.geojson": "metres_as_degrees",
}
"""What becomes of each file on the way into facilities."""

CASES = [
    *((name, "parcel", expected) for name, expected in POLYGONS.items()),
    *((name, "facility", expected) for name, expected in POINTS.items()),
]


def test_every_file_has_its_expected_answer() -> None:
    assert {path.name for path in FOLDER.iterdir()} == POLYGONS.keys() | POINTS.keys()


@pytest.mark.parametrize(("name", "layer", "expected"), CASES)
def test_a_bad_file_is_answered_and_nothing_of_it_is_written(
    session: Session, name: str, layer: str, expected: str
) -> None:
    constants = (("sheet", "1"), ("number", "1")) if layer == "parcel" else ()
    began = time.monotonic()
    if expected in REFUSALS:
        with pytest.raises(Refusal) as refused:
            import_files(session, FOLDER / name, layer=layer, constants=constants)
        assert refused.value.code == expected
        assert REFUSALS[expected].format(**refused.value.values)
        # A refusal does not unpack, does not parse, and does not wait.
        assert time.monotonic() - began < 20
    else:
        outcome = import_files(session, FOLDER / name, layer=layer, constants=constants)
        assert outcome.report.accepted == (expected == ACCEPTED)
        assert (outcome.codes or [ACCEPTED])[0] == expected
        assert all(REASONS[one.problem.code].format(**one.problem.values) for one in outcome.rejected)
    written = {one: session.scalar(text(f"SELECT count(*) FROM {one}")) for one in CATALOG}
    assert sum(filter(None, written.values())) == (expected == ACCEPTED)


def test_nothing_reaches_out_of_an_archive(session: Session) -> None:
    with pytest.raises(Refusal):
        import_files(session, FOLDER / "zip_slip.zip", constants=(("sheet", "1"), ("number", "1")))
    assert not Path("/tmp/evil_zip_slip.txt").exists()
    assert not Path("/abs/evil.txt").exists()


def test_the_right_files_come_in_right(session: Session) -> None:
    lons, lats = [107.08, 107.081, 107.081, 107.08], [10.35, 10.35, 10.351, 10.351]
    on_the_ellipsoid = Geod(ellps="WGS84").polygon_area_perimeter(lons, lats)[0]
    named = (("sheet", "1"), ("number", "1"))
    for name in ("ok_square.geojson", "bom.geojson", "duplicate_vertices.geojson", "wrong_winding.geojson"):
        import_files(session, FOLDER / name, constants=named, replace=True)
        area, points = session.execute(text("SELECT ST_Area(geom), ST_NPoints(geom) FROM parcel")).one()
        # The legal CRS makes areas there smaller by 0.007 %.
        assert area == pytest.approx(on_the_ellipsoid * 0.99993, rel=1e-5), name
        assert points == 5, name
    import_files(session, FOLDER / "legacy_crs_member_epsg3405.geojson", layer="facility")
    lon, lat = session.execute(
        text("SELECT ST_X(p), ST_Y(p) FROM (SELECT legal_to_wgs84(geom) AS p FROM facility) q")
    ).one()
    assert (lon, lat) == (pytest.approx(107.0769, abs=1e-3), pytest.approx(10.3489, abs=1e-3))
