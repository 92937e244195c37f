"""Vector tiles, read by a decoder that is not ours."""

import hashlib
import math
import random
from collections.abc import Iterator
from typing import Any

import mapbox_vector_tile
import pytest
import shapely
from shapely.geometry import shape
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import CATALOG
from tests.conftest import LONG
from tests.shapes import E, N, add, add_parcel, line, multi, point, square
from tiles.grid import BUFFER, EXTENT, HALF_WORLD, TileAddress, parse_tile
from tiles.scope import PUBLIC, Scope
from tiles.vector import fetch, tile_query

STAFF = Scope("staff", frozenset({"layers:view-internal"}))


def make(session: Session, names: str, tile: TileAddress, scope: Scope = PUBLIC) -> bytes:
    layers = [layer for layer in CATALOG.values() if layer.id in names.split(",")]
    return fetch(session.connection(), tile_query(layers, tile, scope), 10_000)


def decode(body: bytes) -> Any:
    return mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})


def tiles_over(session: Session, layer: str, zoom: int) -> Iterator[TileAddress]:
    """Every tile of a zoom that the bounding box of a layer touches."""
    west, south, east, north = session.execute(
        text(f"SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b) FROM"
             f" (SELECT ST_Extent(geom) b FROM {layer}_tile) q")
    ).one()  # fmt: skip
    size = 2 * HALF_WORLD / 2**zoom
    for x in range(int((west + HALF_WORLD) // size), int((east + HALF_WORLD) // size) + 1):
        for y in range(int((HALF_WORLD - north) // size), int((HALF_WORLD - south) // size) + 1):
            yield TileAddress(zoom, x, y)


def tile_at(session: Session, zoom: int, east: float, north: float) -> TileAddress:
    """The tile at a place given in the legal CRS."""
    x, y = session.execute(
        text("SELECT ST_X(p), ST_Y(p) FROM legal_to_mercator(ST_SetSRID(ST_MakePoint(:e, :n), 5899)) p"),
        {"e": east, "n": north},
    ).one()
    size = 2 * HALF_WORLD / 2**zoom
    return TileAddress(zoom, int((x + HALF_WORLD) // size), int((HALF_WORLD - y) // size))


def lots(session: Session, count: int = 400) -> None:
    """A block of tube-house lots 2 to 9 m wide, slivers of centimetres and L-shapes among them."""
    rng = random.Random(7)
    east = north = 0.0
    for number in range(count):
        width, depth = rng.uniform(2, 9), rng.uniform(8, 30)
        if number % 40 == 0:
            width = 0.02
        shape_ = square(east, north, width, depth)
        if number % 7 == 0:
            x, y = E + east, N + north
            shape_ = (
                f"POLYGON(({x} {y},{x + width} {y},{x + width} {y + depth / 2},"
                f"{x + width / 2} {y + depth / 2},{x + width / 2} {y + depth},{x} {y + depth},{x} {y}))"
            )
        add_parcel(session, str(number), shape_, land_use="ODT")
        east += width
        if east > 300:
            east, north = 0.0, north + 30


def test_tile_holds_the_declared_fields_and_no_other(session: Session) -> None:
    add_parcel(session, "12", square(), land_use="ODT", address="12 Trần Phú", survey_document="TL-7")
    tile = tile_at(session, 16, E + 5, N + 5)
    [feature] = decode(make(session, "parcel", tile))["parcel"]["features"]
    assert feature["properties"] == {"sheet": "1", "number": "12", "land_use": "ODT"}
    assert feature["id"] == session.scalar(text("SELECT fid FROM parcel"))
    [staff] = decode(make(session, "parcel", tile, STAFF))["parcel"]["features"]
    assert staff["properties"] == feature["properties"]


def test_internal_layer_is_in_no_public_tile(session: Session) -> None:
    add(session, "telecom", line((0, 0), (50, 50)), code="T1", kind="fibre")
    tile = tile_at(session, 16, E, N)
    assert make(session, "telecom", tile) == b""
    assert decode(make(session, "telecom", tile, STAFF))["telecom"]["features"]


def test_same_data_gives_the_same_bytes(session: Session) -> None:
    lots(session)
    tile = tile_at(session, 14, E + 50, N + 50)
    hashes = {hashlib.sha256(make(session, "parcel,zone", tile)).hexdigest() for _ in range(300)}
    assert len(hashes) == 1


def test_composite_tile_has_each_layer_once_whatever_the_order_asked(session: Session) -> None:
    add_parcel(session, "1", square())
    add(session, "facility", point(5, 5), name="Chợ Vũng Tàu", kind="market")
    tile = tile_at(session, 16, E + 5, N + 5)
    body = make(session, "parcel,facility", tile)
    assert body == make(session, "facility,parcel", tile)
    assert list(decode(body)) == ["parcel", "facility"]


def test_tile_without_features_is_empty(session: Session) -> None:
    add_parcel(session, "1", square())
    assert make(session, "parcel", TileAddress(16, 0, 0)) == b""


def test_tile_that_only_the_box_of_a_feature_reaches_is_empty(session: Session) -> None:
    #   ╲     ┌────┐
    #     ╲   │tile│   a long diagonal sliver: its box covers the tile, the sliver passes it by
    #       ╲ └────┘
    add_parcel(
        session, "1", "POLYGON((430000 1146000,430001 1146000,431001 1145000,431000 1145000,430000 1146000))"
    )
    assert make(session, "parcel", tile_at(session, 18, E + 900, N + 900)) == b""


def test_layer_is_left_out_of_zooms_that_it_is_not_shown_at(session: Session) -> None:
    add_parcel(session, "1", square())
    tile = tile_at(session, CATALOG["parcel"].minzoom - 1, E, N)
    assert make(session, "parcel", tile) == b""


def test_no_polygon_is_lost_at_any_zoom(session: Session) -> None:
    """Neither by collapsing below one unit nor by the defect that PostGIS has before 3.5."""
    lots(session, 2000 if LONG else 400)
    everybody = set(session.scalars(text("SELECT fid FROM parcel")))
    layer = CATALOG["parcel"]
    for zoom in range(layer.minzoom, 21):
        seen: set[int] = set()
        for tile in tiles_over(session, "parcel", zoom):
            body = make(session, "parcel", tile)
            if body:
                features = decode(body)["parcel"]["features"]
                assert all(one["geometry"]["coordinates"] for one in features)
                seen |= {one["id"] for one in features}
        assert seen == everybody, f"zoom {zoom} lost {len(everybody - seen)} parcels"


def test_lost_polygon_is_drawn_as_a_dot_only_in_the_tile_that_it_reaches(session: Session) -> None:
    #   ┌───────┬───────┐   a diagonal sliver whose box covers four tiles;
    #   │     ╱ │       │   it touches only some of them
    #   │   ╱   │       │
    #   ├───────┼───────┤
    add_parcel(session, "1", "POLYGON((430000 1145000,431000 1146000,431000.001 1146000,430000 1145000))")
    reached = [tile for tile in tiles_over(session, "parcel", 14) if make(session, "parcel", tile)]
    for tile in reached:
        box = shapely.box(*tile.bounds(BUFFER))
        sliver = shapely.from_wkb(bytes(session.scalar(text("SELECT ST_AsBinary(geom) FROM parcel_tile"))))
        assert sliver.intersects(box)
    assert reached


def test_invalid_geometry_does_not_fail_its_tile(session: Session) -> None:
    bowtie = "MULTIPOLYGON(((430000 1145000,430010 1145010,430010 1145000,430000 1145010,430000 1145000)))"
    add(session, "flood_area", bowtie, return_period="10")
    add(session, "flood_area", multi(square(east=20)), return_period="20")
    tile = tile_at(session, 17, E + 10, N + 5)
    assert len(decode(make(session, "flood_area", tile))["flood_area"]["features"]) == 2


@pytest.mark.parametrize("zoom", [14, 15, 17])
def test_no_seam_at_tile_borders(session: Session, zoom: int) -> None:
    """Neighbouring tiles, each cut to its own square, together give the parcel as it was."""
    shape_ = "POLYGON((430000 1145000,431400 1145300,431250 1146520,429850 1146100,430000 1145000))"
    add_parcel(session, "1", shape_)
    pieces = []
    for tile in tiles_over(session, "parcel", zoom):
        body = make(session, "parcel", tile)
        if not body:
            continue
        west, _, _, north = tile.bounds()
        unit = tile.size / EXTENT
        for feature in decode(body)["parcel"]["features"]:
            drawn = shapely.transform(
                shape(feature["geometry"]),
                lambda p, w=west, n=north, u=unit: p * [u, -u] + [w, n],
            )
            pieces.append(shapely.intersection(drawn, shapely.box(*tile.bounds())))
    whole = shapely.from_wkb(bytes(session.scalar(text("SELECT ST_AsBinary(geom) FROM parcel_tile"))))
    unit = 2 * HALF_WORLD / 2**zoom / EXTENT
    union = shapely.union_all(pieces, grid_size=unit / 1000)
    assert shapely.area(shapely.symmetric_difference(union, whole)) < whole.length * unit
    assert len(pieces) > 1


def test_outline_reaches_beyond_the_seam_on_both_sides(session: Session) -> None:
    """The margin is in the WHERE too: what lies only in a tile's buffer is in the tile."""
    tile = tile_at(session, 18, E, N)
    east, north = session.execute(
        text("SELECT ST_X(p), ST_Y(p) FROM mercator_to_legal(ST_SetSRID(ST_MakePoint(:x, :y), 3857)) p"),
        {"x": tile.bounds()[2], "y": (tile.bounds()[1] + tile.bounds()[3]) / 2},
    ).one()
    meter_beyond = square(east - E + 1, north - N, 3)
    add_parcel(session, "1", meter_beyond)
    assert decode(make(session, "parcel", tile))["parcel"]["features"]


def test_layer_over_a_view_has_tiles_too(session: Session) -> None:
    session.execute(
        text("INSERT INTO commune_history (id, fid, version, valid_from, valid_to, code, name, geom)"
             " VALUES (gen_random_uuid(), 5, 1, '2003-01-01', '2025-07-01', '26506', 'Phường 1',"
             " ST_Multi(ST_GeomFromText(:shape, 5899)))"),
        {"shape": square(width=900)},
    )  # fmt: skip
    tile = tile_at(session, 14, E + 50, N + 50)
    [feature] = decode(make(session, "former_commune", tile))["former_commune"]["features"]
    assert feature["properties"]["name"] == "Phường 1"
    assert feature["id"] == 5


@pytest.mark.parametrize("layer", CATALOG.values(), ids=lambda one: one.id)
def test_every_layer_makes_a_tile(session: Session, layer: Any) -> None:
    geometry = {
        "point": point(),
        "line": line((0, 0), (40, 30)),
        "polygon": square(),
        "multipolygon": multi(square()),
    }[layer.geometry.value]
    needed = {field.name: "1" for field in layer.fields if field.required}
    if layer.owns_table:
        add(session, layer.id, geometry, **needed)
    else:
        session.execute(
            text("INSERT INTO commune_history (id, fid, version, valid_from, valid_to, code, name, geom)"
                 " VALUES (gen_random_uuid(), 5, 1, '2003-01-01', '2025-07-01', '1', '1',"
                 " ST_GeomFromText(:shape, 5899))"),
            {"shape": geometry},
        )  # fmt: skip
    tile = tile_at(session, layer.minzoom, E, N)
    assert len(decode(make(session, layer.id, tile, STAFF))[layer.id]["features"]) == 1


@pytest.mark.parametrize(
    "address",
    [("-1", "0", "0"), ("23", "0", "0"), ("1", "2", "0"), ("1", "0", "2"), ("1.0", "0", "0"), ("a", "0", "0"),
     ("01", "0", "0"), ("1", "0", "99999999999999"), ("", "0", "0"), ("٣", "0", "0")],
)  # fmt: skip
def test_addresses_outside_the_grid_name_no_tile(address: tuple[str, str, str]) -> None:
    assert parse_tile(*address) is None


def test_tile_bounds_are_those_of_web_mercator() -> None:
    assert TileAddress(0, 0, 0).bounds() == (-HALF_WORLD, -HALF_WORLD, HALF_WORLD, HALF_WORLD)
    west, south, east, north = TileAddress(14, 13065, 7718).bounds()
    assert math.isclose(east - west, 2445.98, abs_tol=0.01)
    assert math.isclose(north - south, 2445.98, abs_tol=0.01)
