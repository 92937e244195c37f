"""Files that are refused before anything parses them: archives, JSON, shapefiles that do not agree."""

import json
import stat
import struct
import time
import zipfile
from pathlib import Path

import pytest

from app.transfer import archive, geojson
from app.transfer.formats import open_source
from app.transfer.sentences import REFUSALS, Refusal
from app.transfer.sources import Asked, Source
from tests.files import box, parcel, write, write_json

ROWS = [parcel("1", box(0)), parcel("2", box(10))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the files of a test lie; beside it stands the folder for copies."""
    made = tmp_path / "files"
    made.mkdir()
    return made


def look(path: Path, asked: Asked | None = None) -> Source:
    """What a file is taken for, by a look at it."""
    workdir = path.parent.parent / "copies"
    workdir.mkdir(exist_ok=True)
    return open_source(path, workdir, asked or Asked())[1]


def refusal(path: Path) -> str:
    """The code with which a file is refused; its sentence can be said."""
    with pytest.raises(Refusal) as refused:
        look(path)
    assert REFUSALS[refused.value.code].format(**refused.value.values)
    return refused.value.code


def zip_of(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries:
            made.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "name", ["../out.geojson", "a/../../out.geojson", "/abs.geojson", "..\\out.geojson", "C:\\out.geojson"]
)
def test_an_archive_that_reaches_out_of_its_folder_is_refused_as_a_whole(folder: Path, name: str) -> None:
    path = zip_of(folder / "a.zip", ("good.geojson", b"{}"), (name, b"{}"))
    assert refusal(path) == "zip_unsafe"
    assert {one.name for one in folder.parent.rglob("*")} == {"files", "a.zip", "copies"}


def test_a_link_in_an_archive_is_refused(folder: Path) -> None:
    link = zipfile.ZipInfo("a.geojson")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert refusal(zip_of(folder / "a.zip", (link, b"/etc/passwd"))) == "zip_unsafe"


def test_an_archive_that_swells_is_refused_before_it_does(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "RATIO_FROM", 1024**2)
    assert refusal(zip_of(folder / "a.zip", ("a.geojson", bytes(2 * 1024**2)))) == "zip_bomb"
    monkeypatch.setattr(archive, "MAX_BYTES", 1000)
    assert refusal(zip_of(folder / "b.zip", ("a.geojson", bytes(1001)))) == "zip_bomb"


def test_an_archive_of_very_many_files_is_refused(folder: Path) -> None:
    entries = [(f"{number}.geojson", b"") for number in range(archive.MAX_ENTRIES + 1)]
    assert refusal(zip_of(folder / "a.zip", *entries)) == "zip_crowded"


def test_an_archive_with_a_password_is_refused(folder: Path) -> None:
    path = zip_of(folder / "a.zip", ("a.geojson", b"{}"))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert refusal(path) == "zip_encrypted"


def test_damaged_archives_are_refused(folder: Path) -> None:
    path = zip_of(folder / "a.zip", ("a.geojson", json.dumps({"type": "FeatureCollection"}).encode() * 50))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert refusal(path) == "zip_damaged"
    path.write_bytes(whole[:60] + bytes([whole[60] ^ 0xFF]) + whole[61:])
    assert refusal(path) == "zip_damaged"


def test_archives_within_archives_are_not_opened(folder: Path) -> None:
    inner = zip_of(folder / "in.zip", ("a.geojson", b"{}"))
    assert refusal(zip_of(folder / "a.zip", ("in.zip", inner.read_bytes()))) == "zip_without_data"
    assert refusal(zip_of(folder / "b.zip", ("a.geojson", inner.read_bytes()))) == "format_unknown"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"so_to;so_thua\n1;12\n",
        b"<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/vsicurl/http://a/b</SrcDataSource>",
        b"[1, 2]",
        b"0\nSECTION\n2\nHEADER\n",
        b"II*\0",
        '{"type": "FeatureCollection"}'.encode("utf-16"),
    ],
)
def test_what_is_no_known_format_is_refused_whatever_its_name(folder: Path, content: bytes) -> None:
    path = folder / "a.geojson"
    path.write_bytes(content)
    assert refusal(path) == "format_unknown"


@pytest.mark.parametrize("path", ["/vsicurl/http://localhost/a.geojson", "nowhere.gpkg", "."])
def test_only_files_on_this_machine_are_read(folder: Path, path: str) -> None:
    with pytest.raises(Refusal, match="not_found"):
        open_source(Path(path), folder, Asked())


def test_deep_json_is_refused_at_once(folder: Path) -> None:
    path = folder / "a.geojson"
    path.write_text('{"type":"FeatureCollection","features":[{"geometry":' + '{"geometries":[' * 1_000_000)
    begun = time.monotonic()
    assert refusal(path) == "too_deep"
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.99])
def test_json_without_its_end_is_refused(folder: Path, cut: float) -> None:
    path = write_json(folder / "a.geojson", ROWS)
    whole = path.read_text()
    path.write_text(whole[: int(len(whole) * cut)])
    assert refusal(path) == "truncated"


@pytest.mark.parametrize("block", [1, 2, 3, 7, 64])
def test_brackets_in_text_do_not_count_wherever_a_block_ends(
    folder: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(geojson, "_BLOCK", block)
    tricky = r'{"a": "\"{[[", "b\\": "[", "c": ["\\\"]", "\\"]}'
    path = folder / "a.json"
    path.write_text('{"type": "FeatureCollection", "features": [' + tricky + "]}")
    assert look(path).crs == geojson.WGS84
    path.write_text('{"type": "FeatureCollection", "features": [' + tricky + "]")
    assert refusal(path) == "truncated"


@pytest.mark.parametrize("at_the_end", [False, True])
def test_the_crs_of_old_geojson_is_read_wherever_it_stands(folder: Path, at_the_end: bool) -> None:
    crs = {"crs": {"type": "name", "properties": {"name": "EPSG:3405"}}}
    features = {"features": [{"type": "Feature", "properties": {"a": "x" * 1000}, "geometry": None}] * 200}
    content = {"type": "FeatureCollection", **(features | crs if at_the_end else crs | features)}
    path = folder / "a.geojson"
    path.write_text(json.dumps(content))
    assert look(path).crs == "EPSG:3405"


def test_json_that_is_read_as_a_whole_has_a_limit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geojson, "MAX_WHOLE_MB", 0)
    path = folder / "a.topojson"
    path.write_text(json.dumps({"type": "Topology", "pad": "x" * 1024**2}))
    assert refusal(path) == "too_large"


def test_district_outlines_of_dvhcvn_are_read_by_level(folder: Path) -> None:
    shape = {"type": "MultiPolygon", "coordinates": [[[[107, 10], [108, 10], [108, 11], [107, 10]]]]}
    district = {"level2_id": "747", "name": "Thành phố Vũng Tàu", **shape}
    path = folder / "77.json"
    path.write_text(json.dumps({"level1_id": "77", "name": "Tỉnh", "level2s": [district], **shape}))
    assert refusal(path) == "several_sources"
    source = look(path, Asked(source="districts"))
    (made,) = json.loads(Path(source.gdal.removeprefix("GeoJSON:")).read_text())["features"]
    assert made["properties"] == {"code": "747", "name": "Thành phố Vũng Tàu"}
    assert source.crs == geojson.WGS84


def test_what_only_looks_like_dvhcvn_is_refused(folder: Path) -> None:
    path = folder / "77.json"
    for content in (
        '{"level1_id": "77"}',
        '{"level1_id": "77", "level2s": [1]}',
        '{"level1_id": "77", "level2s": 1}',
    ):
        path.write_text(content)
        with pytest.raises(Refusal, match="unreadable"):
            look(path, Asked(source="districts"))


def shapefile(folder: Path) -> Path:
    return write(folder / "a.shp", ROWS)


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_a_shapefile_without_a_part_is_refused(folder: Path, part: str) -> None:
    path = shapefile(folder)
    path.with_suffix(part).unlink()
    assert refusal(path) == "shp_part_missing"


def test_a_shapefile_with_extensions_in_capitals_is_whole(folder: Path) -> None:
    path = shapefile(folder)
    for part in folder.iterdir():
        part.rename(folder / part.name.upper())
    assert look(folder / path.name.upper()).total == 2


def test_a_shapefile_of_another_length_than_it_says_is_refused(folder: Path) -> None:
    path = shapefile(folder)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert refusal(path) == "shp_length"
    path.write_bytes(whole[:24] + struct.pack(">i", 2**31 - 1) + whole[28:])
    assert refusal(path) == "shp_length"


@pytest.mark.parametrize(
    "index", [b"", b"x", bytes(100), struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 54) + bytes(80)]
)
def test_an_index_that_does_not_fit_its_shapefile_is_refused(folder: Path, index: bytes) -> None:
    path = shapefile(folder)
    path.with_suffix(".shx").write_bytes(index)
    assert refusal(path) == "shp_index"


def test_an_index_that_points_outside_is_refused(folder: Path) -> None:
    path = shapefile(folder)
    whole = path.with_suffix(".shx").read_bytes()
    path.with_suffix(".shx").write_bytes(whole[:-8] + struct.pack(">2i", 2**30, 8))
    assert refusal(path) == "shp_index"


def test_a_table_of_another_number_of_rows_is_refused(folder: Path) -> None:
    path = shapefile(folder)
    table = path.with_suffix(".dbf")
    whole = table.read_bytes()
    table.write_bytes(whole[:4] + struct.pack("<I", 1) + whole[8:])
    assert refusal(path) == "dbf_count"
    table.write_bytes(whole[:4] + struct.pack("<I", 2_000_000_000) + whole[8:])
    assert refusal(path) == "dbf_damaged"
    table.write_bytes(whole[:20])
    assert refusal(path) == "dbf_damaged"


def test_a_damaged_geopackage_is_refused(folder: Path) -> None:
    path = write(folder / "a.gpkg", ROWS)
    path.write_bytes(path.read_bytes()[:5_000])
    assert refusal(path) == "unreadable"
    path.write_bytes(b"SQLite format 3\0" + bytes(1000))
    assert refusal(path) == "unreadable"
