"""Tiles, TileJSON, styles and catalogue as clients meet them over HTTP."""

import gzip
import json
import subprocess
from pathlib import Path

import mapbox_vector_tile
import pyogrio
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from config import ROOT
from layers import CATALOG
from layers.basemaps import BASEMAPS
from layers.presets import STYLES
from tests.shapes import E, N, add, add_parcel, line, multi, square
from tests.tiles.test_vector import tile_at

STYLE_VALIDATOR = ROOT / "frontend/node_modules/@maplibre/maplibre-gl-style-spec/dist/gl-style-validate.mjs"


FRESH = text("TRUNCATE parcel")
"""Begins a new index: the old one's head still covers what other tests have rolled back."""


@pytest.fixture
def address(session: Session) -> str:
    """The address of a tile with one parcel in it, without its layers."""
    add_parcel(session, "12", square(width=30), land_use="ODT")
    session.commit()
    tile = tile_at(session, 16, E + 5, N + 5)
    return f"{tile.z}/{tile.x}/{tile.y}.mvt"


def test_tile_is_served_as_everybody_may_keep_it(client: FlaskClient, address: str) -> None:
    response = client.get(f"/tiles/parcel/{address}")
    assert response.status_code == 200
    assert response.mimetype == "application/vnd.mapbox-vector-tile"
    assert response.headers["Cache-Control"].startswith("public")
    assert "Accept-Encoding" in response.headers["Vary"]
    assert "Set-Cookie" not in response.headers
    assert mapbox_vector_tile.decode(response.data)["parcel"]["features"]


def test_encodings_have_entity_tags_of_their_own(client: FlaskClient, address: str) -> None:
    plain = client.get(f"/tiles/parcel/{address}")
    zipped = client.get(f"/tiles/parcel/{address}", headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    refused = client.get(f"/tiles/parcel/{address}", headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert "Content-Encoding" not in refused.headers


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_unchanged_tile_is_answered_without_body_and_with_the_same_headers(
    client: FlaskClient, address: str, encoding: str
) -> None:
    headers = {"Accept-Encoding": encoding}
    first = client.get(f"/tiles/parcel/{address}", headers=headers)
    again = client.get(f"/tiles/parcel/{address}", headers=headers | {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]


def test_tag_changes_with_the_content_only(client: FlaskClient, session: Session, address: str) -> None:
    before = client.get(f"/tiles/parcel/{address}").headers["ETag"]
    session.execute(text("UPDATE parcel SET address = '12 Trần Phú'"))
    session.commit()
    assert client.get(f"/tiles/parcel/{address}").headers["ETag"] == before
    session.execute(text("UPDATE parcel SET land_use = 'CLN'"))
    session.commit()
    assert client.get(f"/tiles/parcel/{address}").headers["ETag"] != before


def test_layers_may_be_asked_in_any_order(client: FlaskClient, address: str) -> None:
    one = client.get(f"/tiles/zone,parcel/{address}")
    other = client.get(f"/tiles/parcel,zone,parcel/{address}")
    assert one.data == other.data
    assert one.headers["ETag"] == other.headers["ETag"]


def test_empty_tile_is_204(client: FlaskClient) -> None:
    response = client.get("/tiles/parcel/16/0/0.mvt")
    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["Cache-Control"].startswith("public")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/tiles/parcel/3/0/0.mvt", 404, "outside_zoom_range"),
        ("/tiles/parcels/16/0/0.mvt", 404, "unknown_layer"),
        ("/tiles/parcel,/16/0/0.mvt", 404, "unknown_layer"),
        ("/tiles/parcel' OR 1=1--/16/0/0.mvt", 404, "unknown_layer"),
        ("/tiles/parcel/40/0/0.mvt", 400, "bad_tile"),
        ("/tiles/parcel/-1/0/0.mvt", 400, "bad_tile"),
        ("/tiles/parcel/2/4/0.mvt", 400, "bad_tile"),
        ("/tiles/parcel/2/0.5/0.mvt", 400, "bad_tile"),
        ("/tiles/parcel/NaN/0/0.mvt", 400, "bad_tile"),
        ("/tiles/telecom/16/0/0.mvt", 404, "unknown_layer"),
        ("/tiles/@staff/telecom/16/0/0.mvt", 401, "sign_in_required"),
        ("/tiles/@nobody/parcel/16/0/0.mvt", 401, "sign_in_required"),
        ("/tiles/parcels.json", 404, "unknown_layer"),
        ("/tiles/@staff/telecom.json", 401, "sign_in_required"),
        ("/styles/night.json", 404, "unknown_style"),
        ("/styles/planning.json?basemap=moon", 400, "unknown_basemap"),
    ],
)
def test_bad_address_is_answered_with_problem_details(
    client: FlaskClient, path: str, status: int, code: str
) -> None:
    response = client.get(path, headers={"Accept": "*/*"})
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    body = response.get_json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["detail"]
    assert response.headers["Cache-Control"] == "no-store"


def test_problem_is_told_in_the_language_of_the_reader(client: FlaskClient) -> None:
    vietnamese = client.get("/tiles/parcels/1/0/0.mvt").get_json()["detail"]
    english = client.get("/tiles/parcels/1/0/0.mvt?lang=en").get_json()["detail"]
    assert "Không có lớp" in vietnamese
    assert "parcels" in english
    assert vietnamese != english


def test_slow_tile_is_cancelled_and_the_connection_survives(
    client: FlaskClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tiles import vector

    slow = vector.TileQuery("SELECT ''::bytea FROM pg_sleep(5)")
    with monkeypatch.context() as patch:
        patch.setattr(vector, "tile_query", lambda *_: slow)
        client.application.extensions["config"] = client.application.extensions["config"].model_copy(
            update={"tile_timeout_ms": 50}
        )
        response = client.get(f"/tiles/parcel/{address}")
    assert (response.status_code, response.get_json()["code"]) == (503, "timeout")
    assert response.headers["Retry-After"]
    assert client.get(f"/tiles/parcel/{address}").status_code == 200


def test_only_get_and_head_are_taken(client: FlaskClient, address: str) -> None:
    assert client.head(f"/tiles/parcel/{address}").status_code == 200
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert client.open(f"/tiles/parcel/{address}", method=method).status_code in (403, 405)


def test_gdal_reads_the_tile(client: FlaskClient, address: str, tmp_path: Path) -> None:
    z, x, y = address.removesuffix(".mvt").split("/")
    path = tmp_path / z / x / f"{y}.mvt"
    path.parent.mkdir(parents=True)
    path.write_bytes(client.get(f"/tiles/parcel/{address}").data)
    info, _fids, geometry, fields = pyogrio.raw.read(path, layer="parcel")
    assert info["geometry_type"] in ("Polygon", "MultiPolygon")
    assert len(geometry) == 1
    assert dict(zip(info["fields"], (one[0] for one in fields), strict=True))["land_use"] == "ODT"


@pytest.mark.parametrize("names", [*CATALOG, "parcel,zone"])
def test_tilejson_says_what_the_tiles_hold(client: FlaskClient, names: str) -> None:
    layers = [CATALOG[name] for name in names.split(",")]
    response = client.get(f"/tiles/{names}.json")
    if any(layer.view for layer in layers):
        assert response.status_code == 404
        return
    body = response.get_json()
    assert body["tilejson"] == "3.0.0"
    assert all(url.startswith("http://") and "{z}/{x}/{y}" in url for url in body["tiles"])
    assert [one["id"] for one in body["vector_layers"]] == [
        name for name in CATALOG if name in names.split(",")
    ]
    for one in body["vector_layers"]:
        declared = [field.name for field in CATALOG[one["id"]].fields if field.tile and not field.view]
        assert list(one["fields"]) == declared
    assert 0 <= body["minzoom"] <= body["maxzoom"] <= 24
    west, south, east, north = body["bounds"]
    assert -180 <= west <= east <= 180
    assert -90 <= south <= north <= 90
    assert body["attribution"]


def test_tilejson_bounds_are_those_of_the_data(client: FlaskClient, session: Session) -> None:
    session.execute(FRESH)
    add_parcel(session, "1", square())
    session.commit()
    west, south, east, north = client.get("/tiles/parcel.json").get_json()["bounds"]
    assert 107.10 < west <= east < 107.12
    assert 10.34 < south <= north < 10.36


@pytest.mark.parametrize("style", [one.id for one in STYLES])
def test_styles_are_valid_by_maplibres_own_validator(client: FlaskClient, tmp_path: Path, style: str) -> None:
    for basemap in BASEMAPS if style == "planning" else BASEMAPS[:1]:
        path = tmp_path / f"{style}-{basemap.id}.json"
        path.write_bytes(client.get(f"/styles/{style}.json?basemap={basemap.id}").data)
        checked = subprocess.run(["node", STYLE_VALIDATOR, path], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert not checked.stdout.strip()


def test_style_holds_every_layer_and_shows_its_own(client: FlaskClient) -> None:
    body = client.get("/styles/planning.json").get_json()
    drawn = {one["metadata"]["diaba:layer"] for one in body["layers"] if one.get("metadata")}
    assert drawn == {name for name, layer in CATALOG.items() if not layer.view}
    visible = {
        one["source-layer"]
        for one in body["layers"]
        if one.get("metadata", {}).get("diaba:role") in ("theme", "label", "motif")
        and one.get("layout", {}).get("visibility") != "none"
    }
    assert visible == set(body["metadata"]["diaba:layers"])
    assert "glyphs" not in body
    assert all(url.startswith("http") for source in body["sources"].values() for url in source["tiles"])


def test_validator_finds_a_wrong_style(tmp_path: Path) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps({"version": 8, "sources": {}, "layers": [{"id": "x", "type": "fill"}]}))
    checked = subprocess.run(["node", STYLE_VALIDATOR, path], capture_output=True, check=False)
    assert checked.returncode != 0


@pytest.mark.parametrize("language", ["vi", "en"])
def test_catalogue_tells_every_layer_with_its_legend(client: FlaskClient, language: str) -> None:
    body = client.get(f"/api/v1/catalogue?lang={language}").get_json()
    public = {name for name, layer in CATALOG.items() if not layer.view}
    assert {layer["id"] for layer in body["layers"]} == public
    for layer in body["layers"]:
        assert layer["title"]
        assert layer["legend"]
        assert layer["attribution"]
        hidden = {field.name for field in CATALOG[layer["id"]].fields if field.view}
        assert not hidden & {field["name"] for field in layer["fields"]}
        assert {field["codes"] for field in layer["fields"] if field["codes"]} <= set(body["codes"])
        assert {entry["motif"] for entry in layer["legend"] if entry["motif"]} <= set(body["motifs"])
    assert body["crs"]["code"] == "EPSG:5899"
    assert body["crs"]["meridian"] == "107°45′"


def test_catalogue_starts_where_the_parcels_are(client: FlaskClient, session: Session) -> None:
    session.execute(FRESH)
    add(session, "road", line((0, 0), (50_000, 0)), name="QL51")
    add(session, "zone", multi(square(width=20_000)), function="NO")
    add_parcel(session, "1", square())
    session.execute(text("ANALYZE parcel"))
    session.commit()
    west, _, east, _ = client.get("/api/v1/catalogue").get_json()["view"]["bounds"]
    assert east - west < 0.01


def test_catalogue_starts_in_the_commune_with_the_most_parcels(client: FlaskClient, session: Session) -> None:
    add(session, "commune", multi(square(width=3000)), code="26506", name="Phường Vũng Tàu")
    add(session, "commune", multi(square(east=40_000, width=3000)), code="26732", name="Đặc khu Côn Đảo")
    for number in range(20):
        add_parcel(session, str(number), square(east=number * 10))
    add_parcel(session, "1", square(east=40_000), commune_code="26732")
    session.execute(text("ANALYZE parcel"))
    session.execute(text("ANALYZE commune"))
    session.commit()
    view = client.get("/api/v1/catalogue").get_json()["view"]
    west, _, east, _ = view["bounds"]
    assert 107.10 < west < east < 107.15
    assert view["minzoom"] == CATALOG["commune"].minzoom


def test_messages_are_empty_in_the_language_of_the_sources(client: FlaskClient) -> None:
    assert client.get("/api/v1/messages?lang=vi").get_json() == {}
    assert client.get("/api/v1/messages?lang=en").get_json()["Thửa đất"] == "Parcels"
