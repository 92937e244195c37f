"""Importing files of each format: what comes in, what stays out, and that nothing is lost in between."""

import json
import sqlite3
import unicodedata
import zipfile
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pyproj
import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.features.models import DataSource
from app.transfer.sentences import Refusal
from layers.crs import legal_crs
from tests.files import box, import_files, parcel, retype, write, write_json
from tests.shapes import E, N, add_parcel, square

PAIR = [parcel("1", box(0), address="Khu phố 1"), parcel("2", box(10), address="Khu phố 2")]
#   ┌───┬───┐
#   │ 1 │ 2 │
#   └───┴───┘


def values(session: Session, query: str) -> list[Any]:
    """The first column of a query."""
    return list(session.execute(text(query)).scalars())


def shapefile(folder: Path, *, crs: str | None = "EPSG:5899", name: str = "Vung Tau") -> Path:
    """A shapefile of one parcel with an address."""
    return write(folder / "parcels.shp", [parcel("1", box(0), address=name)], crs=crs)


def zipped(path: Path, *files: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    return path


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.fgb", "a.shp"])
def test_every_format_brings_the_same_parcels(session: Session, tmp_path: Path, name: str) -> None:
    path = write_json(tmp_path / name, PAIR) if name.endswith("json") else write(tmp_path / name, PAIR)
    report = import_files(session, path).report
    assert (report.read, report.accepted) == (2, 2)
    assert values(session, "SELECT address FROM parcel ORDER BY number") == ["Khu phố 1", "Khu phố 2"]
    assert values(session, "SELECT commune_code FROM parcel") == ["26506", "26506"]
    drawn = [
        shapely.from_wkt(wkt) for wkt in values(session, "SELECT ST_AsText(geom) FROM parcel ORDER BY number")
    ]
    assert [shape.equals(box(10 * place)) for place, shape in enumerate(drawn)] == [True, True]


def test_topojson_is_read_in_the_crs_that_was_asked_for(session: Session, tmp_path: Path) -> None:
    lon, lat = legal_crs(5899).to_wgs84(E, N)
    far_lon, far_lat = legal_crs(5899).to_wgs84(E + 10, N + 10)
    ring = [[lon, lat], [far_lon, lat], [far_lon, far_lat], [lon, far_lat], [lon, lat]]
    shape = {"type": "Polygon", "arcs": [[0]], "properties": {"sheet": "1", "number": "7"}}
    parcels = {"type": "GeometryCollection", "geometries": [shape]}
    content = {"type": "Topology", "arcs": [ring], "objects": {"parcels": parcels}}
    path = tmp_path / "a.topojson"
    path.write_text(json.dumps(content))
    with pytest.raises(Refusal, match="crs_missing"):
        import_files(session, path, columns=())
    assert import_files(session, path, columns=(), crs=4326).report.accepted == 1
    assert values(session, "SELECT round(ST_Area(geom)) FROM parcel") == [100]


@pytest.mark.parametrize("name", ["a.gpkg", "a.fgb", "a.geojson"])
def test_data_in_a_zip_is_found_whatever_its_folder(session: Session, tmp_path: Path, name: str) -> None:
    inner = write_json(tmp_path / name, PAIR) if name.endswith("json") else write(tmp_path / name, PAIR)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(inner, f"Bản đồ/2026/{name}")
        archive.writestr("Bản đồ/README.txt", "đọc trước")
    assert import_files(session, tmp_path / "a.zip").report.accepted == 2


def test_one_of_several_files_in_a_zip_is_chosen_by_name(session: Session, tmp_path: Path) -> None:
    first, second = write(tmp_path / "a.fgb", PAIR[:1]), write(tmp_path / "b.fgb", PAIR)
    path = zipped(tmp_path / "both.zip", first, second)
    with pytest.raises(Refusal, match="several_sources"):
        import_files(session, path)
    with pytest.raises(Refusal, match="source_unknown"):
        import_files(session, path, source="c")
    assert import_files(session, path, source="b").report.read == 2


def test_one_of_several_layers_of_a_geopackage_is_chosen_by_name(session: Session, tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", PAIR[:1], layer="one")
    write(path, PAIR, layer="two", append=True)
    with pytest.raises(Refusal, match="several_sources"):
        import_files(session, path)
    assert import_files(session, path, source="two").report.read == 2


def test_a_view_in_a_geopackage_is_not_read(session: Session, tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", PAIR, layer="one")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE VIEW seen AS SELECT * FROM one")
        database.execute("UPDATE gpkg_contents SET table_name = 'seen', identifier = 'seen'")
    with pytest.raises(Refusal, match="view_refused"):
        import_files(session, path)


def test_files_in_other_systems_come_in_by_the_pinned_transformation(
    session: Session, tmp_path: Path
) -> None:
    # East of E = 430,071 and west of it, where PROJ by itself would tear the parcel by 0.80 m.
    lons, lats = pyproj.Transformer.from_crs(
        pyproj.CRS.from_proj4(legal_crs(5899).proj4), 4326, always_xy=True
    ).transform([E - 30, E + 170, E + 170, E - 30], [N, N, N + 100, N + 100])
    ring = shapely.Polygon(list(zip(lons, lats, strict=True)))
    path = write_json(tmp_path / "a.geojson", [parcel("1", ring)], crs="")
    import_files(session, path)
    assert values(session, "SELECT ST_Area(geom) FROM parcel") == [pytest.approx(20_000, abs=0.05)]
    assert values(session, "SELECT ST_XMin(geom) FROM parcel") == [pytest.approx(E - 30, abs=1e-3)]


def test_a_corner_that_neighbours_share_stays_one_corner(session: Session, tmp_path: Path) -> None:
    degrees = [
        parcel(
            number, shapely.Polygon([legal_crs(5899).to_wgs84(*corner) for corner in shape.exterior.coords])
        )
        for number, shape in (("1", box(0)), ("2", box(10)))
    ]
    assert import_files(session, write_json(tmp_path / "a.geojson", degrees, crs="")).report.overlaps == 0
    corners = "SELECT DISTINCT (ST_DumpPoints(geom)).geom FROM parcel"
    assert values(session, f"SELECT count(*) FROM ({corners}) c") == [6]


@pytest.mark.parametrize(
    ("crs", "code"),
    [(None, "crs_missing"), ("EPSG:999999", "crs_unknown"), ("EPSG:6959", "crs_deprecated")],
)
def test_a_crs_that_is_not_said_is_never_assumed(
    session: Session, tmp_path: Path, crs: str | None, code: str
) -> None:
    path = write_json(tmp_path / "a.geojson", PAIR, crs=crs)
    with pytest.raises(Refusal, match=code):
        import_files(session, path)
    assert import_files(session, path, crs=5899).report.accepted == 2


def test_a_shapefile_without_prj_is_asked_about(session: Session, tmp_path: Path) -> None:
    path = shapefile(tmp_path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(Refusal, match="crs_missing"):
        import_files(session, path)
    assert import_files(session, path, crs=5899).report.accepted == 1


def test_the_crs_asked_for_wins_over_a_wrong_prj(session: Session, tmp_path: Path) -> None:
    path = shapefile(tmp_path, crs="EPSG:4326")
    outcome = import_files(session, path)
    assert outcome.codes == ["metres_as_degrees"]
    report = import_files(session, path, crs=5899).report
    assert report.accepted == 1
    assert report.files["parcels.shp"].declared_crs == "EPSG:4326"
    assert report.files["parcels.shp"].crs == "EPSG:5899"


def test_text_in_windows_1258_comes_in_whole_and_composed(session: Session, tmp_path: Path) -> None:
    # Windows-1258 writes a letter and its tone apart; GDAL's own conversion loses the last letter.
    path = shapefile(tmp_path, name="X" * 40)
    raw = b"Ph\xfd\xf5\xccng Vu\xdeng T\xe0u"
    retype(path.with_suffix(".dbf"), "X" * 40, raw)
    path.with_suffix(".cpg").write_text("CP1258")
    import_files(session, path)
    assert values(session, "SELECT address FROM parcel") == ["Phường Vũng Tàu"]
    assert values(session, "SELECT address IS NFC NORMALIZED FROM parcel") == [True]


def test_text_of_an_unknown_encoding_is_shown_and_asked_about(session: Session, tmp_path: Path) -> None:
    path = shapefile(tmp_path, name="X" * 40)
    retype(path.with_suffix(".dbf"), "X" * 40, b"Ph\xad\xeang Th\xbeng Tam")
    path.with_suffix(".cpg").unlink()
    with pytest.raises(Refusal, match="encoding_missing") as refused:
        import_files(session, path)
    previews = str(refused.value.values["previews"])
    assert "--encoding tcvn3: Phường Thắng Tam" in previews
    assert "utf-8" not in previews
    import_files(session, path, encoding="TCVN3")
    assert values(session, "SELECT address FROM parcel") == ["Phường Thắng Tam"]


def test_plain_text_needs_no_encoding(session: Session, tmp_path: Path) -> None:
    path = shapefile(tmp_path)
    path.with_suffix(".cpg").unlink()
    assert import_files(session, path).report.accepted == 1


@pytest.mark.parametrize(("encoding", "code"), [("UTF-8", "encoding_wrong"), ("KLINGON", "encoding_unknown")])
def test_an_encoding_that_does_not_fit_is_refused(
    session: Session, tmp_path: Path, encoding: str, code: str
) -> None:
    path = shapefile(tmp_path, name="X" * 40)
    retype(path.with_suffix(".dbf"), "X" * 40, b"Ph\xad\xeang Th\xbeng Tam")
    with pytest.raises(Refusal, match=code):
        import_files(session, path, encoding=encoding)


def test_text_is_composed_and_trimmed(session: Session, tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "  Đường Trương Công Định ")
    import_files(session, write_json(tmp_path / "a.geojson", [parcel("1", box(0), address=decomposed)]))
    assert values(session, "SELECT address FROM parcel") == ["Đường Trương Công Định"]


def test_columns_are_mapped_joined_set_and_translated(session: Session, tmp_path: Path) -> None:
    columns = {"map sheet": "5", "block": "b", "lot=no": "12", "use": "đất ở", "nothing": 1}
    path = write_json(tmp_path / "a.geojson", [(columns, box(0))])
    report = import_files(
        session,
        path,
        columns=(("map sheet+block", "sheet"), ("lot=no", "number"), ("use", "land_use")),
        constants=(("commune_code", "26506"), ("valid_from", "2025-07-01")),
        codes=(("land_use", "Đất ở", "ODT"),),
    ).report
    assert report.files["a.geojson"].unused == ("nothing",)
    made = session.execute(text("SELECT sheet, number, land_use, commune_code, valid_from FROM parcel")).one()
    assert made == ("5-b", "12", "ODT", "26506", date(2025, 7, 1))


def test_coded_fields_stay_empty_when_not_mapped_or_in_no_list(session: Session, tmp_path: Path) -> None:
    rows = [parcel("1", box(0), land_use="odt"), parcel("2", box(10), land_use="???")]
    report = import_files(session, write_json(tmp_path / "a.geojson", rows)).report
    assert values(session, "SELECT land_use FROM parcel ORDER BY number") == ["ODT", None]
    assert values(session, "SELECT status FROM parcel") == [None, None]
    assert report.emptied == {("land_use", "???"): 1}


def test_rows_whose_values_do_not_fit_are_rejected_one_by_one(session: Session, tmp_path: Path) -> None:
    rows = [
        parcel("1", box(0), legal_area=100),
        parcel("", box(10), legal_area=100),
        parcel("3", box(20), legal_area=-1),
        parcel("4", box(30), legal_area="120,5"),
    ]
    outcome = import_files(session, write_json(tmp_path / "a.geojson", rows))
    assert [(one.row, one.problem.code) for one in outcome.rejected] == [
        (2, "value_missing"),
        (3, "value_below_minimum"),
        (4, "value_not_number"),
    ]
    assert values(session, "SELECT number FROM parcel") == ["1"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"columns": (("nummer", "number"),)}, "column_unknown"),
        ({"columns": (("number", "nummer"),)}, "field_unknown"),
        ({"constants": (("geom", "x"),)}, "field_unknown"),
        ({"constants": (("legal_area", "much"),)}, "value_wrong"),
        ({"constants": (("sheet", ""),)}, "value_wrong"),
        ({"codes": (("land_use", "x", "no such code"),)}, "value_wrong"),
        ({"columns": (("sheet", "number"),), "constants": (("number", "1"),)}, "field_twice"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(
    session: Session, tmp_path: Path, asked: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal, match=code):
        import_files(session, write_json(tmp_path / "a.geojson", PAIR), **asked)


def test_a_required_field_without_a_column_is_asked_for_at_once(session: Session, tmp_path: Path) -> None:
    path = write_json(tmp_path / "a.geojson", [({"lot": "1"}, box(0))])
    with pytest.raises(Refusal, match="field_required") as refused:
        import_files(session, path, columns=())
    assert refused.value.values == {"field": "sheet", "columns": "lot"}


def test_later_rows_with_a_key_that_is_taken_are_rejected(session: Session, tmp_path: Path) -> None:
    add_parcel(session, "1", square(0))
    first = write_json(tmp_path / "a.geojson", [parcel("1", box(0)), parcel("2", box(10))])
    second = write_json(
        tmp_path / "b.geojson", [parcel("3", box(20)), parcel("2", box(10)), parcel("1", box(0))]
    )
    outcome = import_files(session, first, second)
    assert [(one.file, one.row, one.problem.code) for one in outcome.rejected] == [
        ("a.geojson", 1, "duplicate_existing"),
        ("b.geojson", 2, "duplicate_key"),
        ("b.geojson", 3, "duplicate_existing"),
    ]
    of_two = outcome.rejected[1].problem.values
    assert (of_two["file"], of_two["row"], of_two["values"]) == ("a.geojson", 2, "2 / 1 / 26506")


def test_importing_a_file_twice_adds_nothing(session: Session, tmp_path: Path) -> None:
    path = write_json(tmp_path / "a.geojson", PAIR)
    assert import_files(session, path).report.accepted == 2
    again = import_files(session, path)
    assert again.report.accepted == 0
    assert again.codes == ["duplicate_existing"] * 2
    assert values(session, "SELECT count(*) FROM parcel") == [2]


def test_replacing_moves_what_was_there_to_the_history(session: Session, tmp_path: Path) -> None:
    path = write_json(tmp_path / "a.geojson", [*PAIR, parcel("3", box(5))])
    import_files(session, path)
    assert values(session, "SELECT count(*) FROM coverage_defect") == [2]
    report = import_files(session, write_json(tmp_path / "b.geojson", PAIR), replace=True).report
    assert (report.accepted, report.replaced) == (2, 3)
    assert values(session, "SELECT count(*) FROM parcel_history") == [3]
    assert values(session, "SELECT count(*) FROM parcel_tile") == [2]
    assert values(session, "SELECT count(*) FROM coverage_defect") == [0]


def test_replacing_by_nothing_leaves_what_is_there(session: Session, tmp_path: Path) -> None:
    import_files(session, write_json(tmp_path / "a.geojson", PAIR))
    bad = write_json(tmp_path / "b.geojson", [parcel("9", None)])
    assert import_files(session, bad, replace=True).report.accepted == 0
    assert values(session, "SELECT count(*) FROM parcel") == [2]


def test_overlaps_are_taken_in_and_listed_as_known_defects(session: Session, tmp_path: Path) -> None:
    #   ┌───┬─┬───┐        3 lies over the east half of 1, 1 was there before;
    #   │ 1 │3│ 2 │   4    4 touches nothing, and 5 overlaps 4 by less than the tolerance.
    #   └───┴─┴───┘
    add_parcel(session, "1", square(0))
    rows = [
        parcel("2", box(10)),
        parcel("3", box(5, width=5)),
        parcel("4", box(50)),
        parcel("5", box(59.9999)),
    ]
    report = import_files(session, write_json(tmp_path / "a.geojson", rows)).report
    assert (report.accepted, report.overlaps) == (4, 1)
    defect = session.execute(
        text("SELECT kind, parcels, area, found_in, ST_Area(geom) FROM coverage_defect")
    ).one()
    assert defect == ("overlap", "1/3 – 1/1", 25.0, "a.geojson", 25.0)
    assert values(session, "SELECT count(*) FROM coverage_defect_tile") == [1]


def test_the_source_of_the_data_is_kept(session: Session, tmp_path: Path) -> None:
    session.add(DataSource(layer="parcel", attribution="made up", synthetic=True))
    session.flush()
    path = write_json(tmp_path / "a.geojson", PAIR)
    import_files(session, path, attribution="Sở", data_date=date(2026, 3, 5))
    source = session.get_one(DataSource, "parcel", populate_existing=True)
    # Made-up parcels are still among them.
    assert (source.attribution, source.data_date, source.synthetic) == ("Sở", date(2026, 3, 5), True)
    import_files(session, path, replace=True)
    session.refresh(source)
    assert (source.attribution, source.synthetic, source.note) == ("Sở", False, "a.geojson")


def test_tiles_and_history_follow_an_import(session: Session, tmp_path: Path) -> None:
    import_files(session, write_json(tmp_path / "a.geojson", PAIR))
    assert values(session, "SELECT count(*) FROM parcel JOIN parcel_tile USING (fid)") == [2]
    assert values(session, "SELECT count(DISTINCT id) FROM parcel WHERE version = 1") == [2]


def test_a_layer_over_another_table_takes_no_import(session: Session, tmp_path: Path) -> None:
    path = write_json(tmp_path / "a.geojson", [({"code": "1", "name": "a"}, box(0))])
    with pytest.raises(Refusal, match="layer_read_only"):
        import_files(session, path, layer="former_commune")


def test_one_refused_file_of_several_keeps_all_of_them_out(session: Session, tmp_path: Path) -> None:
    good, bad = write_json(tmp_path / "a.geojson", PAIR), tmp_path / "b.txt"
    bad.write_text("so_to;so_thua\n1;12\n")
    with session.begin_nested() as savepoint:
        with pytest.raises(Refusal, match="format_unknown"):
            import_files(session, good, bad)
        savepoint.rollback()
    assert values(session, "SELECT count(*) FROM parcel") == [0]


def test_many_batches_are_one_import(session: Session, tmp_path: Path) -> None:
    count = 12_001
    rows = [parcel(str(number), box(20 * number)) for number in range(count)]
    rows[7_000] = parcel("7000", None)
    outcome = import_files(session, write(tmp_path / "a.fgb", rows, SPATIAL_INDEX="NO"))
    assert [(one.row, one.problem.code) for one in outcome.rejected] == [(7_001, "geometry_missing")]
    assert values(session, "SELECT count(*) FROM parcel") == [count - 1]
