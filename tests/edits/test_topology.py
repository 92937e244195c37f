"""New points find their place, and a vertex goes into every ring that has the edge."""

import math

import pytest
import shapely

from app.edits.changes import Feature, Key
from app.edits.grid import Point, doubled_area, to_grid
from app.edits.tolerances import Tolerances
from app.edits.topology import Coverage
from tests.edits.pictures import feature, land
from tests.shapes import E, N

#   ┌───────┬───┐ 20
#   │       │ B │
#   │   A   ├───┤ 10
#   │       │ C │
#   └───────┴───┘ 0
#   0      20  30
PICTURE = """
AAB
AAC
"""


def grid(east: float, north: float) -> Point:
    return to_grid((E + east, N + north))


@pytest.fixture
def around() -> Coverage:
    return Coverage(land(PICTURE).values())


def has(coverage: Coverage, letter: str, east: float, north: float) -> bool:
    return (
        grid(east, north)
        in coverage.outlines[Key("parcel", feature(letter, shapely.box(0, 0, 1, 1)).id)].vertices()
    )


@pytest.mark.parametrize(
    ("point", "place"),
    [
        ((20.006, 9.992), (20, 10)),  # a vertex in reach
        ((20.004, 5.0), (20, 5)),  # an edge in reach
        ((20.009, 10.008), (20, 10)),  # on the edge it would be too near to the vertex
        ((19.98, 5.0), (19.98, 5)),  # nothing in reach
        ((20.011, 5.0), (20.011, 5)),
    ],
)
def test_new_point_is_snapped(around: Coverage, point: Point, place: Point) -> None:
    assert around.snap(grid(*point)) == grid(*place)


def test_point_on_a_shared_edge_becomes_a_vertex_on_both_sides(around: Coverage) -> None:
    around.snap(grid(20.004, 5))
    assert has(around, "A", 20, 5)
    assert has(around, "C", 20, 5)
    assert not has(around, "B", 20, 5)


def test_snap_distance_is_a_setting() -> None:
    wide = Coverage(land(PICTURE).values(), Tolerances(snap=0.5))
    assert wide.snap(grid(20.4, 5)) == grid(20, 5)


def test_features_of_which_the_point_is_not_near_stay_as_they_are(around: Coverage) -> None:
    around.snap(grid(20, 5))
    assert [key.id.int for key, one in around.outlines.items() if one.is_touched] == [ord("A"), ord("C")]


def test_vertex_rounded_off_a_slanting_edge_moves_both_sides_alike() -> None:
    """The edge moves by less than a millimetre; what one side loses the other gains, to the mm²."""
    #      ╱B     the boundary runs from (0, 0) to (10, 7)
    #   A ╱
    a = feature("A", shapely.Polygon([(0, 0), (10, 7), (0, 7)]))
    b = feature("B", shapely.Polygon([(0, 0), (10, 0), (10, 7)]))
    coverage = Coverage([a, b])
    place = coverage.snap(grid(3.3333, 2.3333))
    rings = [one.polygons[0][0] for one in coverage.outlines.values()]
    assert all(place in ring for ring in rings)
    assert sum(abs(doubled_area(ring)) for ring in rings) == 2 * 70_000_000
    assert 0 < abs(abs(doubled_area(rings[0])) - 70_000_000) < 0.71 * math.hypot(10_000, 7_000)


def test_vertex_of_a_neighbour_that_is_missing_here_is_put_in() -> None:
    """A has one long edge where B and C meet. Their corner goes into A."""
    a = feature("A", shapely.box(0, 0, 20, 20))
    b, c = feature("B", shapely.box(20, 10, 30, 20)), feature("C", shapely.box(20, 0, 30, 10))
    coverage = Coverage([a, b, c])
    coverage.node(a.key)
    assert has(coverage, "A", 20, 10)
    assert shapely.coverage_is_valid([one.geometry() for one in coverage.outlines.values()])


def test_vertex_that_is_missing_at_a_neighbour_is_put_in_there() -> None:
    a = feature("A", shapely.box(0, 0, 20, 20))
    b, c = feature("B", shapely.box(20, 10, 30, 20)), feature("C", shapely.box(20, 0, 30, 10))
    coverage = Coverage([a, b, c])
    coverage.node(b.key)
    assert has(coverage, "A", 20, 10)


@pytest.mark.parametrize("off", [0.0014, -0.0014])
def test_corner_that_rounding_has_put_beside_an_edge_lies_on_it(off: float) -> None:
    a = feature("A", shapely.box(0, 0, 20, 20))
    b = feature("B", shapely.Polygon([(20, 0), (30, 0), (30, 10), (20 + off, 10)]))
    coverage = Coverage([a, b])
    coverage.node(a.key)
    assert has(coverage, "A", round(20 + off, 3), 10)


def test_sliver_of_some_millimetres_is_a_defect_and_not_closed_unseen() -> None:
    a = feature("A", shapely.box(0, 0, 20, 20))
    b = feature("B", shapely.Polygon([(20, 0), (30, 0), (30, 10), (20.004, 10)]))
    coverage = Coverage([a, b])
    coverage.node(a.key)
    assert not coverage.outlines[a.key].is_touched


def test_vertex_beside_the_new_half_of_an_edge_goes_in_too() -> None:
    """Rounding moves edge a–b across v, which lies 1 mm off it: a–b goes through v afterwards."""
    #  a─────p──v────────b
    a = feature("A", shapely.Polygon([(0, 0), (20, 0), (20, 10), (0, 10)]))
    b = feature("B", shapely.Polygon([(12, -0.001), (14, -5), (10, -5)]))
    coverage = Coverage([a, b])
    coverage.insert(grid(7, 0), (grid(0, 0), grid(20, 0)))
    assert coverage.outlines[a.key].polygons[0][0].count(grid(12, -0.001)) == 1


def test_long_edge_gets_thousands_of_vertices() -> None:
    """A road along a field was drawn with a point every ten centimetres."""
    field_ = feature("A", shapely.box(0, 0, 200, 100))
    road = feature("B", shapely.Polygon([*((x / 10, 0) for x in range(2001)), (200, -5), (0, -5)]))
    coverage = Coverage([field_, road])
    coverage.node(field_.key)
    assert len(coverage.outlines[field_.key].vertices()) == 2003
    assert shapely.coverage_is_valid([one.geometry() for one in coverage.outlines.values()])


def test_ring_is_never_made_to_touch_itself() -> None:
    """A comes back to within a millimetre of its own boundary: v is not put into the edge as well."""
    #   ┌─────────┐
    #   │ ┌──v──┐ │
    #   └─┘  ╵  └─┘   v hangs down to 1 mm above the line a–b
    ring = [(0, 0), (20, 0), (20, 10), (12, 10), (10, 0.001), (8, 10), (0, 10)]
    coverage = Coverage([feature("A", shapely.Polygon(ring))])
    (key,) = coverage.outlines
    coverage.node(key)
    assert not coverage.outlines[key].is_touched


def test_union_leaves_every_vertex_that_others_need() -> None:
    here = land(PICTURE)
    coverage = Coverage(here.values())
    (joined,) = coverage.union([here["B"].key, here["C"].key])
    assert grid(20, 10) in joined[0]
    assert grid(30, 10) in joined[0]


def test_crossing_of_overlapping_parcels_goes_into_the_edges_of_all() -> None:
    #   ┌───┐
    #   │ A ┼──┐
    #   └───┼B │   A and B overlap; their union has a corner on an edge of C
    #   ────┴──┘
    a, b = feature("A", shapely.box(0, 0, 10, 10)), feature("B", shapely.box(9, -5, 20, 5))
    c = feature(
        "C", shapely.Polygon([(10, 10), (10, 0), (30, 0), (30, 10)]).difference(shapely.box(9, -5, 20, 5))
    )
    features: list[Feature] = [a, b, c]
    coverage = Coverage(features)
    for key in (a.key, b.key):
        coverage.node(key)
    (joined,) = coverage.union([a.key, b.key])
    assert grid(10, 5) in joined[0]
    assert has(coverage, "C", 10, 5)
