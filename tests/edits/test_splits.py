"""Parcels are split by lines, points, areas and into equal parts; neighbours get the new vertices."""

from typing import Any

import pytest
import shapely

from app.edits.changes import Changes
from app.edits.operations import split_by_area, split_by_line, split_by_points, split_equal
from app.edits.refusal import OperationError
from tests.edits.pictures import Land, after, apply, at, feature, land, picture, points_of
from tests.shapes import E, N

LINE = split_by_line.OPERATION
AREA = split_by_area.OPERATION
EQUAL = split_equal.OPERATION

PICTURE = """
AAB
AAC
"""


def refusal(operation: Any, here: Land, selected: str, **parameters: Any) -> OperationError:
    with pytest.raises(OperationError) as caught:
        apply(operation, here, selected, **parameters)
    return caught.value


def areas(changes: Changes) -> list[float]:
    return [round(one.geometry.area, 1) for one in changes.made]


def assert_whole(here: Land, changes: Changes) -> None:
    """Nothing overlaps or gapes, and shared boundaries have the same vertices."""
    shapes = [one.geometry for one in after(here, changes).values()]
    assert shapely.coverage_is_valid(shapes)
    assert sum(s.area for s in shapes) == pytest.approx(sum(one.geometry.area for one in here.values()))


# By a line


def test_line_across_splits_in_two_and_the_neighbour_gets_its_end() -> None:
    here = land(PICTURE)
    changes = apply(LINE, here, "A", line=at((-5, 5), (25, 5)))
    assert_whole(here, changes)
    assert (
        picture(after(here, changes).values(), "......\n" * 4, 5)
        == """\
2222BB
2222BB
2222CC
1111CC"""
    )
    assert (20, 5) in points_of(after(here, changes)[here["C"].key].geometry)
    assert here["B"].key not in {one.key for one in changes}


def test_children_come_from_the_parent_and_have_no_number_yet() -> None:
    here = land(PICTURE, address="3 Lê Lợi", parcel_code="w3u4uu9pcmyz", old_number="7")
    changes = apply(LINE, here, "A", line=at((-5, 5), (25, 5)))
    assert [(event.kind, event.parents) for event in changes.events()] == [("split", (here["A"].key,))]
    assert [one.version for one in changes.made] == [0, 0]
    for one in changes.made:
        assert one.attributes["sheet"] == "1"
        assert one.attributes["address"] == "3 Lê Lợi"
        assert [one.attributes[name] for name in ("number", "parcel_code", "old_number")] == [None] * 3
        assert one.attributes["legal_area"] == round(one.geometry.area, 1)


def test_bent_line_splits_along_its_bends() -> None:
    here = land(PICTURE)
    changes = apply(LINE, here, "A", line=at((10, -1), (10, 10), (21, 10)))
    assert_whole(here, changes)
    assert (
        picture(after(here, changes).values(), "......\n" * 4, 5)
        == """\
1111BB
1111BB
1122CC
1122CC"""
    )


def test_line_near_a_corner_goes_through_the_corner() -> None:
    #   ┌───────┬──
    #   │   ╱   │     the line passes 7 mm beside the vertex where A, B and C meet
    #   │ ╱     ├──
    here = land(PICTURE)
    changes = apply(LINE, here, "A", line=at((-1, 10.007), (21, 10.007)))
    assert_whole(here, changes)
    assert len(changes) == 3, "no neighbour needs a new vertex"
    assert all((20, 10) in points_of(one.geometry) for one in changes.made)


def test_line_ends_snap_to_the_boundary_from_both_sides() -> None:
    here = land(PICTURE)
    changes = apply(LINE, here, "A", line=at((0.008, 5), (19.993, 5)))
    assert_whole(here, changes)
    assert all({(0, 5), (20, 5)} <= points_of(one.geometry) for one in changes.made)


def test_slanting_boundary_is_split_without_overlap_or_gap() -> None:
    """The ends are rounded to the millimetre, off the straight boundaries; both sides get the same."""
    #     ╱ A ╱ B ╱
    a = feature("A", shapely.Polygon([(0, 0), (20.001, 0.7), (23.777, 31.3), (3.1, 30)]))
    b = feature("B", shapely.Polygon([(20.001, 0.7), (40, 3), (41, 33), (23.777, 31.3)]))
    here = {"A": a, "B": b}
    for height in (7.7777, 11.1, 23.45678):
        changes = apply(LINE, here, "A", line=at((-5, height), (50, height + 3.3333)))
        shapes = [one.geometry for one in after(here, changes).values()]
        assert len(shapes) == 3
        assert shapely.coverage_is_valid(shapes)
        assert len({(x, y) for s in shapes for x, y in shapely.get_coordinates(s).tolist()}) == 8


def test_one_line_may_give_three_parcels() -> None:
    #   A.A
    #   AAA    U-shaped; a line across both arms
    here = land("ABA\nAAA")
    changes = apply(LINE, here, "A", line=at((-1, 15), (31, 15)))
    assert_whole(here, changes)
    assert (
        picture(after(here, changes).values(), "......\n" * 4, 5)
        == """\
22BB33
11BB11
111111
111111"""
    )
    assert areas(changes) == [400, 50, 50]


def test_line_around_a_hole_along_its_boundary_splits() -> None:
    #   AAA
    #   AHA    from the west to H, along H's southern boundary, and on to the east
    #   AAA
    here = land("AAA\nAHA\nAAA")
    changes = apply(LINE, here, "A", line=at((-1, 10), (10, 10), (20, 10), (31, 10)))
    assert_whole(here, changes)
    assert sorted(areas(changes)) == [300, 500]


def test_closed_line_inside_cuts_a_parcel_out() -> None:
    here = land(PICTURE)
    changes = apply(LINE, here, "A", line=at((5, 5), (15, 5), (15, 15), (5, 15), (5, 5)))
    assert_whole(here, changes)
    assert sorted(areas(changes)) == [100, 300]


def test_parcel_around_a_hole_can_be_split_beside_it() -> None:
    here = land("AAAA\nAHAA\nAAAA")
    changes = apply(LINE, here, "A", line=at((25, -1), (25, 31)))
    assert_whole(here, changes)
    assert sorted(areas(changes)) == [450, 650]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (at((-5, 40), (35, 40)), "line_misses"),
        (at((40, 0), (41, 1)), "line_misses"),
        (at((-5, -5), (0, 0)), "line_only_touches"),  # at a corner
        (at((-5, 20), (25, 20)), "line_only_touches"),  # along the northern boundary
        (at((-5, 19.995), (25, 20.005)), "line_only_touches"),  # up to snapping
        (at((5, -5), (5, 15)), "line_ends_inside"),
        (at((5, 5), (15, 15)), "line_ends_inside"),
        (at((-5, 5), (15, 5), (15, 15), (10, 0), (10, -1)), "line_crosses_itself"),
        (at((5, 5), (5.0001, 5)), "line_too_short"),
    ],
)
def test_line_that_does_not_split_is_refused(line: list[list[float]], code: str) -> None:
    #   ┌───────┐
    #   │   A   │
    #   └───────┘
    assert refusal(LINE, land(PICTURE), "A", line=line).code == code


def test_line_through_a_hole_is_refused_with_the_part_in_the_hole() -> None:
    #   AAA
    # ──A─H─A──
    #   AAA
    error = refusal(LINE, land("AAA\nAHA\nAAA"), "A", line=at((-1, 15), (31, 15)))
    assert error.code == "line_through_hole"
    assert error.geometry == shapely.LineString(at((10, 15), (20, 15)))


def test_line_that_ends_in_a_hole_is_refused() -> None:
    assert refusal(LINE, land("AAA\nAHA\nAAA"), "A", line=at((-1, 15), (15, 15))).code == "line_through_hole"


def test_line_that_ends_at_a_hole_divides_nothing() -> None:
    error = refusal(LINE, land("AAA\nAHA\nAAA"), "A", line=at((-1, 15), (10, 15)))
    assert error.code == "line_divides_nothing"


@pytest.mark.parametrize("selected", ["", "AB"])
def test_one_parcel_is_split_at_a_time(selected: str) -> None:
    assert refusal(LINE, land(PICTURE), selected, line=at((0, 0), (1, 1))).code == "select_one"


def test_road_is_not_split() -> None:
    assert refusal(LINE, land("==\nAB"), "=", line=at((0, 15), (20, 15))).code == "select_parcels"


def test_parcel_whose_boundary_is_wrong_is_not_split() -> None:
    bow = feature("A", shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]))
    assert refusal(LINE, {"A": bow}, "A", line=at((-1, 5), (11, 5))).code == "selection_invalid"


# By points


def test_listed_points_split_with_x_north() -> None:
    here = land(PICTURE)
    listed = [{"x": N + north, "y": E + east} for east, north in ((0, 5), (10, 5), (10, 0))]
    changes = apply(split_by_points.OPERATION, here, "A", points=listed)
    assert_whole(here, changes)
    assert sorted(areas(changes)) == [50, 350]


# By area


@pytest.mark.parametrize("bearing", [0, 90, 180, 30, 77.7, 269.5])
@pytest.mark.parametrize("area", [0.5, 1, 33.3, 200, 399])
@pytest.mark.parametrize("side", ["left", "right"])
def test_area_is_met_to_a_tenth_of_a_square_metre(area: float, bearing: float, side: str) -> None:
    here = land(PICTURE)
    changes = apply(AREA, here, "A", area=area, bearing=bearing, side=side)
    assert_whole(here, changes)
    assert sorted(areas(changes)) == sorted([area, 400 - area])


@pytest.mark.parametrize(
    ("bearing", "side", "where"),
    [
        (0, "left", (0, 0, 5, 20)),  # looking north, west is on the left
        (0, "right", (15, 0, 20, 20)),
        (180, "left", (15, 0, 20, 20)),
        (90, "left", (0, 15, 20, 20)),  # looking east, north is on the left
        (270, "left", (0, 0, 20, 5)),
    ],
)
def test_side_is_seen_along_the_bearing(bearing: float, side: str, where: tuple[float, ...]) -> None:
    changes = apply(AREA, land(PICTURE), "A", area=100, bearing=bearing, side=side)
    (small,) = [one for one in changes.made if one.geometry.area < 150]
    assert small.geometry.equals(feature("A", shapely.box(*where)).geometry)


def test_area_of_an_irregular_parcel_is_met() -> None:
    shape = shapely.Polygon([(0, 0), (31.7, 2.3), (28.1, 17.9), (17.2, 12.4), (9.9, 23.6), (-3.3, 14.1)])
    here = {"A": feature("A", shape)}
    for area in (50.0, 123.4, 250.1):
        for bearing in (95, 100, 110):
            changes = apply(AREA, here, "A", area=area, bearing=bearing, side="right")
            assert area in areas(changes)


def test_long_cut_meets_the_area_as_far_as_millimetres_go() -> None:
    """Along 200 m, one millimetre is 0.2 m²; the two ends together reach a quarter of that."""
    here = {"A": feature("A", shapely.box(0, 0, 200, 100))}
    changes = apply(AREA, here, "A", area=7777.7, bearing=90, side="left")
    assert 7777.7 in areas(changes)


def test_cut_near_a_corner_leaves_no_edge_of_some_millimetres() -> None:
    """The line would meet the western boundary 4 mm above the corner; it takes the corner, and the other
    end makes up for it."""
    shape = shapely.Polygon([(0, 0), (20, 0), (20, 10), (0, 10), (-5, 5)])
    here = {"A": feature("A", shape)}
    changes = apply(AREA, here, "A", area=112.4, bearing=90, side="right")
    for one in changes.made:
        xy = shapely.get_coordinates(one.geometry)
        assert min(shapely.distance(shapely.points(xy[1:]), shapely.points(xy[:-1]))) > 1
    assert 112.4 in areas(changes)
    assert (-5, 5) in points_of(changes.made[0].geometry) & points_of(changes.made[1].geometry)


@pytest.mark.parametrize("area", [400, 399.95, 1000])
def test_area_that_leaves_nothing_is_refused(area: float) -> None:
    error = refusal(AREA, land(PICTURE), "A", area=area, bearing=0, side="left")
    assert (error.code, error.values) == ("area_too_large", {"available": 400.0, "area": area})


@pytest.mark.parametrize("area", [0, -5, 0.05])
def test_area_is_at_least_a_tenth(area: float) -> None:
    assert refusal(AREA, land(PICTURE), "A", area=area, bearing=0, side="left").code == "out_of_range"


def test_cut_across_both_arms_is_refused() -> None:
    #   A A
    #   AAA
    error = refusal(AREA, land("ABA\nAAA"), "A", area=100, bearing=90, side="left")
    assert error.code == "more_than_two_pieces"


def test_cut_across_a_hole_is_refused() -> None:
    error = refusal(AREA, land("AAA\nAHA\nAAA"), "A", area=400, bearing=0, side="left")
    assert error.code == "line_through_hole"


# In equal parts


@pytest.mark.parametrize("parts", [2, 3, 7])
@pytest.mark.parametrize("bearing", [0, 90, 33])
def test_parallel_lines_make_equal_parts(parts: int, bearing: float) -> None:
    here = land(PICTURE)
    changes = apply(EQUAL, here, "A", parts=parts, bearing=bearing)
    assert_whole(here, changes)
    assert len(changes.made) == parts
    assert all(abs(one.geometry.area - 400 / parts) < 0.05 for one in changes.made)
    assert len(changes.lineage) == parts


def test_parts_go_from_left_to_right() -> None:
    here = land(PICTURE)
    changes = apply(EQUAL, here, "A", parts=4, bearing=0)
    assert (
        picture(after(here, changes).values(), "......\n" * 4, 5)
        == """\
1234BB
1234BB
1234CC
1234CC"""
    )


def test_order_of_parts_holds_for_every_number() -> None:
    for parts in (2, 3, 5):
        changes = apply(EQUAL, land(PICTURE), "A", parts=parts, bearing=0)
        wests = [one.geometry.bounds[0] for one in sorted(changes.made, key=lambda one: one.id)]
        assert wests == sorted(wests)
        changes = apply(EQUAL, land(PICTURE), "A", parts=parts, bearing=180)
        wests = [one.geometry.bounds[0] for one in sorted(changes.made, key=lambda one: one.id)]
        assert wests == sorted(wests, reverse=True)


def test_front_is_divided_in_equal_lengths_and_areas() -> None:
    #   ┌────────╲
    #   │  │  │   ╲      the front is the southern boundary, 30 m
    #   └──┴──┴────┘
    shape = shapely.Polygon([(0, 0), (30, 0), (24, 20), (-1, 22)])
    here = {"A": feature("A", shape)}
    changes = apply(EQUAL, here, "A", parts=3, front=at((0, 0), (30, 0)))
    assert all(abs(one.geometry.area - shape.area / 3) < 0.05 for one in changes.made)
    on_front = sorted({x for one in changes.made for x, y in points_of(one.geometry) if y == 0})
    assert on_front == [0, 10, 20, 30]


def test_bent_front_is_divided_along_its_bends() -> None:
    shape = shapely.Polygon([(0, 0), (10, 0), (20, 5), (20, 25), (0, 25)])
    here = {"A": feature("A", shape)}
    changes = apply(EQUAL, here, "A", parts=2, front=at((0, 0), (20, 5)))
    assert all(abs(one.geometry.area - shape.area / 2) < 0.05 for one in changes.made)
    assert len(changes.made) == 2


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "one_of_two_ways"),
        ({"bearing": 0, "front": at((0, 0), (20, 0))}, "one_of_two_ways"),
        ({"front": at((0, 0), (5, 5))}, "front_not_on_boundary"),
        ({"front": at((0, 0), (0, 0))}, "front_not_on_boundary"),
        ({"front": at((0, 0), (20, 0), (20, 10))}, "front_not_on_boundary"),
    ],
)
def test_front_or_direction_has_to_be_clear(parameters: dict[str, Any], code: str) -> None:
    assert refusal(EQUAL, land(PICTURE), "A", parts=2, **parameters).code == code


def test_front_too_short_for_so_many_parts_is_refused() -> None:
    shape = shapely.Polygon([(0, 0), (0.2, 0), (20, 20), (-20, 20)])
    error = refusal(EQUAL, {"A": feature("A", shape)}, "A", parts=50, front=at((0, 0), (0.2, 0)))
    assert error.code == "front_too_short"


def test_front_of_a_parcel_with_a_hole_is_refused() -> None:
    error = refusal(EQUAL, land("AAA\nAHA\nAAA"), "A", parts=2, front=at((0, 0), (30, 0)))
    assert error.code == "has_hole"


@pytest.mark.parametrize("parts", [1, 0, 101, 2.5, "2"])
def test_number_of_parts_is_between_2_and_100(parts: object) -> None:
    code = refusal(EQUAL, land(PICTURE), "A", parts=parts, bearing=0).code
    assert code in {"out_of_range", "not_a_number"}


def test_front_from_which_no_line_stays_inside_is_refused() -> None:
    #   ┌──┐        a spiral: no line from the middle of the front reaches the far end
    #   │┌┐│
    #   ││ │
    shape = shapely.Polygon([(0, 0), (30, 0), (30, 2), (2, 2), (2, 20), (30, 20), (30, 22), (0, 22)])
    error = refusal(EQUAL, {"A": feature("A", shape)}, "A", parts=2, front=at((30, 20), (30, 22)))
    assert error.code in {"line_leaves_parcel", "more_than_two_pieces", "line_divides_nothing"}
