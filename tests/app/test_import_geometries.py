"""Which shapes may enter a layer, why the others may not, and where exactly they are wrong."""

import numpy as np
import pytest
import shapely
from pyproj import CRS

from app.transfer import geometries
from app.transfer.geometries import MAX_VERTICES, VALIDITY, Examined
from app.transfer.projection import Projection, label, projection
from app.transfer.sentences import REASONS, Refusal
from app.transfer.sources import Asked
from layers.crs import legal_crs
from layers.layer import Geometry
from tests.files import box
from tests.shapes import E, N

LEGAL = legal_crs(5899)
NOT_A_NUMBER = shapely.to_wkb(shapely.LineString([(E, N), (E, N + 1)]))[:-8] + b"\0\0\0\0\0\0\xf8\x7f"


def examine(
    shape: str | shapely.Geometry | bytes | None,
    wanted: Geometry = Geometry.POLYGON,
    *,
    crs: int = 5899,
) -> Examined:
    """One shape on its way into a layer. Numbers in WKT are metres from (E, N) unless degrees."""
    if isinstance(shape, str):
        shape = shapely.from_wkt(shape)
        if crs == 5899:
            shape = shapely.transform(shape, lambda at: at + np.array([E, N]), include_z=False)
    wkb = shape if isinstance(shape, bytes) else shapely.to_wkb(shape) if shape is not None else None
    return Examined([wkb], wanted, Projection(LEGAL, CRS.from_epsg(crs), None))


def code(examined: Examined) -> str | None:
    """The code of the problem, None when there is none."""
    return examined.problems[0].code if examined.problems else None


@pytest.mark.parametrize(
    ("wkt", "expected", "east", "north"),
    [
        #  3───1      the sides 1–2 and 3–0 cross in the middle
        #   ╲ ╱
        #    ╳
        #   ╱ ╲
        #  0───2
        ("POLYGON((0 0,10 10,10 0,0 10,0 0))", "self_intersection", 5, 5),
        #  ┌─────┐    the ring comes back to (5, 5) on its way
        #  │  ╲╱ │
        ("POLYGON((0 0,10 0,5 5,10 10,0 10,5 5,0 0))", "ring_self_intersection", 5, 5),
        #  ┌──┐ ┌┐    the hole stands outside
        #  └──┘ └┘
        ("POLYGON((0 0,10 0,10 10,0 10,0 0),(20 0,21 0,21 1,20 1,20 0))", "hole_outside_shell", 20, 0),
        #  ┌────┐     one hole within the other
        #  │┌──┐│
        #  ││▫ ││
        (
            "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,8 1,8 8,1 8,1 1),(3 3,4 3,4 4,3 4,3 3))",
            "nested_holes",
            3,
            3,
        ),
        ("POLYGON((0 0,10 0,10 10,0 10,0 0),(0 5,5 10,10 5,5 0,0 5))", "interior_disconnected", 5, 10),
        #  a spike of no width runs from (10, 5) to (20, 5) and back
        ("POLYGON((0 0,10 0,10 5,20 5,10 5,10 10,0 10,0 0))", "self_intersection", 20, 5),
        ("POLYGON((0 0,10 0,0 0))", "ring_too_short", 0, 0),
    ],
)
def test_a_wrong_shape_is_told_with_its_place(wkt: str, expected: str, east: float, north: float) -> None:
    examined = examine(wkt)
    assert code(examined) == expected
    assert examined.problems[0].place == (E + east, N + north)


def test_nested_shells_are_told() -> None:
    shape = shapely.MultiPolygon([box(0), box(1, 1, width=2)])
    assert code(examine(shape, Geometry.MULTIPOLYGON)) == "nested_shells"


def test_every_answer_of_geos_has_its_sentence() -> None:
    assert {code for _, code in VALIDITY} <= REASONS.keys()


@pytest.mark.parametrize("width", [0, 1e-5, 0.0004, 0.0009, 0.002])
def test_an_area_narrower_than_a_millimetre_is_none(width: float) -> None:
    assert code(examine(shapely.box(E, N, E + 1_000, N + width))) == ("zero_area" if width < 0.001 else None)


def test_a_bow_tie_of_no_area_is_told_as_a_bow_tie() -> None:
    assert code(examine("POLYGON((0 0,10 10,10 0,0 10,0 0))")) == "self_intersection"


def test_a_fault_that_rounding_would_hide_is_told_as_it_was_drawn() -> None:
    #   the ring crosses itself by half of a tenth of a millimetre at (5, 0)
    crossing = "POLYGON((0 0,4.99998 0,5.00002 -0.00002,5.00002 0.00002,4.99998 -0.00002,10 -5,10 5,0 5,0 0))"
    assert not shapely.from_wkt(crossing).is_valid
    examined = examine(crossing)
    assert code(examined) == "self_intersection"
    assert examined.problems[0].place == pytest.approx((E + 5, N), abs=1e-3)


def test_the_place_of_a_fault_drawn_in_degrees_is_told_in_metres() -> None:
    lon, lat = LEGAL.to_wgs84(E, N)
    bow = (
        f"POLYGON(({lon} {lat},{lon + 2e-4} {lat + 2e-4},{lon + 2e-4} {lat},{lon} {lat + 2e-4},{lon} {lat}))"
    )
    examined = examine(bow, crs=4326)
    assert code(examined) == "self_intersection"
    middle = LEGAL.from_wgs84(lon + 1e-4, lat + 1e-4)
    assert examined.problems[0].place == pytest.approx(middle, abs=1e-3)


def test_points_on_a_line_in_degrees_make_no_area_in_metres() -> None:
    flat = "POLYGON((107.08 10.35,107.081 10.35,107.082 10.35,107.08 10.35))"
    assert code(examine(flat, crs=4326)) == "zero_area"


def test_a_line_of_one_point_has_no_length() -> None:
    assert code(examine("LINESTRING(0 0,0 0)", Geometry.LINE)) == "zero_length"


def test_rings_that_are_open_or_too_short_are_told_apart() -> None:
    closed = shapely.to_wkb(box(0))
    count = closed.index((5).to_bytes(4, "little"), 9)
    open_ring = closed[:count] + (4).to_bytes(4, "little") + closed[count + 4 : -16]
    assert code(examine(open_ring)) == "ring_not_closed"
    short = (
        closed[:count]
        + (3).to_bytes(4, "little")
        + closed[count + 4 : count + 36]
        + closed[count + 4 : count + 20]
    )
    assert code(examine(short)) == "ring_too_short"
    assert code(examine(b"\x01\x03")) == "geometry_unreadable"


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (None, "geometry_missing"),
        ("POLYGON EMPTY", "geometry_empty"),
        ("POINT(INF 0)", "coordinates_not_finite"),
        ("LINESTRING(0 0,INF 0)", "coordinates_not_finite"),
        (NOT_A_NUMBER, "coordinates_not_finite"),
    ],
)
def test_shapes_without_places_are_told(shape: str | shapely.Geometry | None, expected: str) -> None:
    assert code(examine(shape, Geometry.LINE)) == expected


@pytest.mark.parametrize(
    ("wanted", "wkt", "expected"),
    [
        (Geometry.POINT, "POINT(0 0)", "POINT"),
        (Geometry.POINT, "MULTIPOINT((0 0))", "POINT"),
        (Geometry.LINE, "LINESTRING(0 0,1 0)", "MULTILINESTRING"),
        (Geometry.LINE, "MULTILINESTRING((0 0,1 0),(0 1,1 1))", "MULTILINESTRING"),
        (Geometry.POLYGON, "MULTIPOLYGON(((0 0,1 0,1 1,0 0)))", "POLYGON"),
        (Geometry.MULTIPOLYGON, "POLYGON((0 0,1 0,1 1,0 0))", "MULTIPOLYGON"),
    ],
)
def test_shapes_take_the_type_of_the_layer(wanted: Geometry, wkt: str, expected: str) -> None:
    examined = examine(wkt, wanted)
    assert code(examined) is None
    assert examined.shapes[0].geom_type.upper() == expected


@pytest.mark.parametrize(
    ("wanted", "wkt", "expected"),
    [
        (Geometry.POLYGON, "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))", "several_parts"),
        (Geometry.POINT, "MULTIPOINT((0 0),(1 1))", "several_parts"),
        (Geometry.POINT, "POLYGON((0 0,1 0,1 1,0 0))", "geometry_type"),
        (Geometry.MULTIPOLYGON, "GEOMETRYCOLLECTION(POLYGON((0 0,1 0,1 1,0 0)))", "geometry_type"),
        (Geometry.LINE, "POINT(0 0)", "geometry_type"),
    ],
)
def test_shapes_of_another_type_stay_out(wanted: Geometry, wkt: str, expected: str) -> None:
    assert code(examine(wkt, wanted)) == expected


def test_heights_are_dropped_and_counted() -> None:
    examined = examine(shapely.Point(E, N, 12.5), Geometry.POINT)
    assert examined.notes["z_dropped"] == 1
    assert not examined.shapes[0].has_z


def test_repeated_points_are_dropped_and_counted() -> None:
    examined = examine("POLYGON((0 0,0 0,10 0,10 0,10 10,0 10,0 0))")
    assert shapely.get_num_coordinates(examined.shapes[0]) == 5
    assert examined.notes["repeated_points"] == 1


def test_the_sense_of_a_ring_does_not_matter() -> None:
    assert code(examine("POLYGON((0 0,0 10,10 10,10 0,0 0))")) is None
    assert code(examine("POLYGON((0 0,10 0,10 10,0 10,0 0))")) is None


def test_coordinates_are_kept_in_whole_millimetres() -> None:
    examined = examine(shapely.Point(E + 0.123456789, N), Geometry.POINT)
    assert examined.shapes[0].x == E + 0.123


@pytest.mark.parametrize(
    ("crs", "x", "y", "expected"),
    [
        (4326, 107.08, 10.35, None),
        (4326, 10.35, 107.08, "axes_swapped"),
        (4326, 427_300.12, 1_144_800.55, "metres_as_degrees"),
        (4326, 1070.8, 103.5, "outside_crs"),
        (4326, 1e308, -1e308, "outside_crs"),
        (4326, 2.35, 48.85, "outside_area"),
        (5899, 107.08, 10.35, "degrees_as_metres"),
        (5899, 1_145_000, 427_000, "axes_swapped"),
        (5899, 4_270_000, 1_145_000, "outside_area"),
        (3405, 727_300.12, 1_144_800.55, None),
        # Côn Đảo belongs to the province though EPSG's area of use ends before it.
        (4326, 106.6068, 8.68845, None),
    ],
)
def test_points_at_the_wrong_place_are_told_with_the_cause(
    crs: int, x: float, y: float, expected: str | None
) -> None:
    assert code(examine(shapely.Point(x, y), Geometry.POINT, crs=crs)) == expected


def test_metres_near_the_origin_of_a_japanese_zone_are_not_degrees() -> None:
    here = Projection(legal_crs(6683), CRS.from_epsg(6683), None)
    assert not Examined([shapely.to_wkb(shapely.Point(100, 50))], Geometry.POINT, here).problems


def test_a_shape_of_too_many_vertices_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geometries, "MAX_VERTICES", 100)
    angles = np.linspace(0, 2 * np.pi, 150)
    circle = shapely.Polygon(np.column_stack([E + np.cos(angles), N + np.sin(angles)]))
    assert code(examine(circle)) == "too_many_vertices"
    assert MAX_VERTICES == 500_000


@pytest.mark.parametrize(
    ("declared", "asked", "expected"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", None, "OGC:CRS84"),
        ("urn:ogc:def:crs:EPSG::3405", None, "EPSG:3405"),
        ("EPSG:4326", 5899, "EPSG:5899"),
        ("nonsense", 5899, "EPSG:5899"),
        (None, 5899, "EPSG:5899"),
    ],
)
def test_the_crs_is_the_one_asked_for_or_declared(
    declared: str | None, asked: int | None, expected: str
) -> None:
    assert projection("a", declared, Asked(crs=asked), LEGAL).name == expected


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (None, "crs_missing"),
        ("", "crs_missing"),
        ('ENGCRS["Undefined Cartesian SRS",EDATUM["?"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],'
         'LENGTHUNIT["metre",1]]', "crs_missing"),
        ("nonsense", "crs_unknown"),
        ("EPSG:6956", "crs_deprecated"),
    ],
)  # fmt: skip
def test_a_file_without_a_usable_crs_is_refused(declared: str | None, expected: str) -> None:
    with pytest.raises(Refusal, match=expected):
        projection("a", declared, Asked(), LEGAL)


def test_a_crs_without_a_number_is_called_by_its_name() -> None:
    assert label(CRS.from_proj4("+proj=tmerc +lon_0=107.75 +x_0=1 +ellps=WGS84")) == "unknown"
