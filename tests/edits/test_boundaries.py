"""Boundaries move, and what lies on the other side moves with them."""

from typing import Any
from uuid import UUID

import pytest
import shapely

from app.edits.changes import Changes
from app.edits.geometry_rules import check_geometry
from app.edits.issues import Severity
from app.edits.operations import (
    correct_boundary,
    insert_vertex,
    move_boundary,
    move_vertex,
    remove_vertex,
)
from app.edits.refusal import OperationError
from tests.edits.pictures import Land, after, apply, at, feature, land, points_of

VERTEX, BOUNDARY, CORRECT = move_vertex.OPERATION, move_boundary.OPERATION, correct_boundary.OPERATION
INSERT, REMOVE = insert_vertex.OPERATION, remove_vertex.OPERATION

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


def refusal(operation: Any, here: Land, selected: str, **parameters: Any) -> OperationError:
    with pytest.raises(OperationError) as caught:
        apply(operation, here, selected, **parameters)
    return caught.value


def areas(here: Land, changes: Changes) -> dict[str, float]:
    now = after(here, changes)
    return {letter: round(now[one.key].geometry.area, 3) for letter, one in here.items() if one.key in now}


def vertices(here: Land, changes: Changes, letter: str) -> set[tuple[float, float]]:
    return points_of(after(here, changes)[here[letter].key].geometry)


def changed(here: Land, changes: Changes) -> str:
    keys = {one.key for one in changes}
    return "".join(letter for letter, one in here.items() if one.key in keys)


def assert_whole(here: Land, changes: Changes) -> None:
    shapes = [one.geometry for one in after(here, changes).values()]
    assert shapely.coverage_is_valid(shapes)


# One vertex


def test_shared_vertex_moves_in_all_parcels_that_have_it() -> None:
    here = land(PICTURE)
    changes = apply(VERTEX, here, "A", vertex=at((20, 10))[0], to=at((22, 11))[0])
    assert_whole(here, changes)
    assert changed(here, changes) == "ABC"
    assert all((22, 11) in vertices(here, changes, letter) for letter in "ABC")
    assert areas(here, changes) == {"A": 420.0, "B": 85.0, "C": 95.0}


def test_moving_changes_no_lineage_and_no_attribute() -> None:
    here = land(PICTURE)
    changes = apply(VERTEX, here, "A", vertex=at((20, 10))[0], to=at((22, 11))[0])
    assert changes.lineage == ()
    assert all(item.old.attributes == item.new.attributes for item in changes if item.old and item.new)


def test_vertex_is_found_within_the_snap_distance() -> None:
    here = land(PICTURE)
    changes = apply(VERTEX, here, "A", vertex=at((20.007, 9.995))[0], to=at((22, 11))[0])
    assert (22, 11) in vertices(here, changes, "B")


def test_vertex_may_move_by_less_than_the_snap_distance() -> None:
    here = land(PICTURE)
    changes = apply(VERTEX, here, "A", vertex=at((20, 10))[0], to=at((20.003, 10.002))[0])
    assert_whole(here, changes)
    assert (20.003, 10.002) in vertices(here, changes, "C")


def test_new_place_is_snapped_to_an_edge_which_gets_the_vertex() -> None:
    #   A's corner moves onto the boundary between B and C; B follows
    here = land("AB\nCC")
    changes = apply(VERTEX, here, "A", vertex=at((10, 20))[0], to=at((19.995, 20.004))[0])
    assert_whole(here, changes)
    assert (20, 20) in vertices(here, changes, "A")
    assert areas(here, changes) == {"A": 150.0, "B": 50.0, "C": 200.0}


def test_vertex_that_the_neighbour_does_not_have_moves_there_too() -> None:
    """A has one straight edge where B and C meet: it gets the vertex, and its boundary follows."""
    here = land(PICTURE)
    here["A"] = feature("A", shapely.box(0, 0, 20, 20))
    changes = apply(VERTEX, here, "B", vertex=at((20, 10))[0], to=at((22, 10))[0])
    assert_whole(here, changes)
    assert (22, 10) in vertices(here, changes, "A")
    assert areas(here, changes) == {"A": 420.0, "B": 90.0, "C": 90.0}


def test_corners_on_the_edges_from_the_vertex_stay_where_they_are() -> None:
    """D's corner lies on the edge of A that moves at its other end. A gets it first and keeps it."""
    #   ┌───┬─┐
    #   │ A ├─┤ D above E at A's eastern edge, which has no vertex there
    #   └───┴─┘
    here = {
        "A": feature("A", shapely.box(0, 0, 10, 20)),
        "D": feature("D", shapely.box(10, 12, 20, 20)),
        "E": feature("E", shapely.box(10, 0, 20, 12)),
    }
    changes = apply(VERTEX, here, "A", vertex=at((10, 20))[0], to=at((11, 20))[0])
    assert_whole(here, changes)
    assert (10, 12) in vertices(here, changes, "A")
    assert areas(here, changes) == {"A": 204.0, "D": 76.0, "E": 120.0}


@pytest.mark.parametrize(
    ("vertex", "to", "code"),
    [
        ((10, 10), (11, 11), "no_vertex_here"),
        ((20, 10), (20, 10), "nothing_moves"),
        ((20, 10), (35, 10), "would_cross"),
        ((20, 10), (-5, 5), "would_cross"),
        ((20, 10), (25, 25), "result_invalid"),
    ],
)
def test_vertex_that_cannot_move_there_is_refused(
    vertex: tuple[float, float], to: tuple[float, float], code: str
) -> None:
    assert refusal(VERTEX, land(PICTURE), "A", vertex=at(vertex)[0], to=at(to)[0]).code == code


def test_parcel_is_not_turned_inside_out() -> None:
    #    c
    #   ╱ ╲     c goes below a–b
    #  a───b
    here = {"A": feature("A", shapely.Polygon([(0, 0), (10, 0), (5, 5)]))}
    assert refusal(VERTEX, here, "A", vertex=at((5, 5))[0], to=at((5, -5))[0]).code == "result_invalid"


def test_triangle_does_not_vanish_by_moving_one_vertex_onto_another() -> None:
    here = {"A": feature("A", shapely.Polygon([(0, 0), (10, 0), (5, 5)]))}
    assert refusal(VERTEX, here, "A", vertex=at((5, 5))[0], to=at((10, 0))[0]).code == "would_vanish"


def test_wrong_boundary_can_be_put_right_by_moving_a_vertex() -> None:
    #   d─┐ c
    #   │  ╳      c lies beyond d–e: moved back, the boundary no longer crosses itself
    here = {"A": feature("A", shapely.Polygon([(0, 0), (10, 0), (10, 12), (5, 12), (12, 6), (0, 10)]))}
    assert not here["A"].geometry.is_valid
    changes = apply(VERTEX, here, "A", vertex=at((12, 6))[0], to=at((4, 10))[0])
    assert changes.news[0].geometry.is_valid


# Insert and remove


def test_inserted_vertex_stands_on_both_sides() -> None:
    here = land(PICTURE)
    changes = apply(INSERT, here, "A", at=at((20.004, 5))[0])
    assert changed(here, changes) == "AC"
    assert (20, 5) in vertices(here, changes, "A") & vertices(here, changes, "C")
    assert_whole(here, changes)


@pytest.mark.parametrize(
    ("place", "code"),
    [((10, 10), "not_on_boundary"), ((20.02, 5), "not_on_boundary"), ((20, 10), "vertex_is_there")],
)
def test_vertex_is_inserted_where_there_is_a_boundary_and_no_vertex(
    place: tuple[float, float], code: str
) -> None:
    assert refusal(INSERT, land(PICTURE), "A", at=at(place)[0]).code == code


def test_vertex_too_near_to_another_is_not_inserted() -> None:
    assert refusal(INSERT, land(PICTURE), "A", at=at((20.008, 10.009))[0]).code == "vertex_is_there"


def test_vertex_between_the_same_two_is_removed_on_both_sides() -> None:
    here = land(PICTURE)
    inserted = apply(INSERT, here, "A", at=at((20, 5))[0])
    bent = apply(
        VERTEX,
        {**here, **{k: after(here, inserted)[v.key] for k, v in here.items()}},
        "A",
        vertex=at((20, 5))[0],
        to=at((21, 5))[0],
    )
    now = after({k: after(here, inserted)[v.key] for k, v in here.items()}, bent)
    there = {letter: now[one.key] for letter, one in here.items()}
    changes = apply(REMOVE, there, "A", vertex=at((21, 5))[0])
    assert changed(there, changes) == "AC"
    assert_whole(there, changes)
    assert areas(there, changes) == {"A": 400.0, "B": 100.0, "C": 100.0}


@pytest.mark.parametrize("place", [(20, 10), (20, 20), (20, 0)])
def test_vertex_where_three_boundaries_meet_stays(place: tuple[float, float]) -> None:
    error = refusal(REMOVE, land(PICTURE), "A", vertex=at(place)[0])
    assert error.code == "vertex_is_junction"


def test_corner_towards_nobodys_land_stays() -> None:
    error = refusal(REMOVE, land(PICTURE), "A", vertex=at((0, 20))[0])
    assert error.code == "vertex_is_corner"
    assert error.values == {"offset": 14.142}


def test_needless_vertex_towards_nobodys_land_is_removed() -> None:
    shape = shapely.Polygon([(0, 0), (10, 0), (20, 0.008), (20, 10), (10, 10.2), (0, 10)])
    here = {"A": feature("A", shape)}
    changes = apply(REMOVE, here, "A", vertex=at((10, 0))[0])
    assert (10, 0) not in vertices(here, changes, "A")
    assert refusal(REMOVE, here, "A", vertex=at((10, 10.2))[0]).code == "vertex_is_corner"


def test_vertex_of_a_triangle_stays() -> None:
    inner = shapely.Polygon([(2, 2), (8, 2), (5, 8)])
    here = {
        "A": feature("A", shapely.box(0, 0, 10, 10).difference(inner)),
        "B": feature("B", inner),
    }
    assert refusal(REMOVE, here, "B", vertex=at((5, 8))[0]).code == "would_vanish"


def test_removing_a_vertex_does_not_draw_a_boundary_through_others() -> None:
    #   ┌────────────┐
    #   │ A   ╱C╲    │ 12
    #   p · ·╱·─·╲· ·q 10    without v the boundary between A and B would run from p through C to q
    #    ╲       ╱
    #  B   ╲ v ╱             2
    spike = shapely.Polygon([(4, 8), (6, 8), (5, 12)])
    here = {
        "A": feature("A", shapely.Polygon([(0, 10), (5, 2), (10, 10), (10, 20), (0, 20)]) - spike),
        "B": feature("B", shapely.Polygon([(0, 0), (10, 0), (10, 10), (5, 2), (0, 10)])),
        "C": feature("C", spike),
    }
    assert refusal(REMOVE, here, "B", vertex=at((5, 2))[0]).code == "would_cross"


# The whole boundary between two


def test_boundary_moves_in_parallel_into_the_named_parcel() -> None:
    here = land("AB")
    changes = apply(BOUNDARY, here, "AB", distance=2, into=str(here["B"].id))
    assert_whole(here, changes)
    assert areas(here, changes) == {"A": 120.0, "B": 80.0}
    back = apply(BOUNDARY, here, "AB", distance=2, into=str(here["A"].id))
    assert areas(here, back) == {"A": 80.0, "B": 120.0}


def test_order_of_the_selection_makes_no_difference() -> None:
    here = land("AB")
    into = str(here["B"].id)
    assert apply(BOUNDARY, here, "AB", distance=2, into=into) == apply(
        BOUNDARY, here, "BA", distance=2, into=into
    )


def test_ends_of_the_boundary_slide_along_the_neighbours() -> None:
    #   ┌───┬───┐
    #   │ A │ B │      C's and D's boundaries get the new ends
    #   ├───┴───┤
    #   │   C   │
    here = land("DD\nAB\nCC")
    changes = apply(BOUNDARY, here, "AB", distance=0.5, into=str(here["B"].id))
    assert_whole(here, changes)
    assert changed(here, changes) == "ABCD"
    assert (10.5, 10) in vertices(here, changes, "C")
    assert (10.5, 20) in vertices(here, changes, "D")


def test_bent_boundary_stays_parallel_to_itself() -> None:
    #   AAB
    #   ABB
    here = land("AAB\nABB")
    changes = apply(BOUNDARY, here, "AB", distance=1, into=str(here["B"].id))
    assert_whole(here, changes)
    assert areas(here, changes)["A"] == 300 + 30
    assert {(11, 0), (11, 9), (21, 9), (21, 20)} <= vertices(here, changes, "A")


def test_boundary_is_drawn_anew_between_its_ends() -> None:
    here = land("AB")
    changes = apply(BOUNDARY, here, "AB", line=at((10, 0), (13, 5), (10, 10)))
    assert_whole(here, changes)
    assert areas(here, changes) == {"A": 115.0, "B": 85.0}


def test_part_of_a_boundary_is_drawn_anew() -> None:
    here = land("AB")
    changes = apply(BOUNDARY, here, "AB", line=at((10.004, 2), (12, 2), (12, 4), (9.998, 4)))
    assert_whole(here, changes)
    assert areas(here, changes) == {"A": 104.0, "B": 96.0}


def test_part_of_a_closed_boundary_is_drawn_anew() -> None:
    here = land("AAA\nAHA\nAAA")
    changes = apply(BOUNDARY, here, "AH", line=at((10, 10), (15, 8), (20, 10)))
    assert_whole(here, changes)
    assert areas(here, changes) == {"A": 790.0, "H": 110.0}


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "line_or_distance"),
        ({"distance": 1}, "line_or_distance"),
        ({"distance": 1, "into": str(UUID(int=99))}, "line_or_distance"),
        ({"line": at((10, 0), (10, 10)), "distance": 1}, "line_or_distance"),
        ({"line": at((10, 0), (12, 5))}, "ends_off_boundary"),
        ({"line": at((10, 5), (12, 6), (10, 5))}, "ends_off_boundary"),
        ({"distance": 30, "into": str(UUID(int=ord("B")))}, "too_far"),
        ({"line": at((10, 0), (25, 5), (10, 10))}, "more_than_two_pieces"),
    ],
)
def test_boundary_that_cannot_move_so_is_refused(parameters: dict[str, Any], code: str) -> None:
    assert refusal(BOUNDARY, land("AB"), "AB", **parameters).code == code


def test_parcels_without_a_shared_boundary_are_refused() -> None:
    here = land("A.B")
    assert refusal(BOUNDARY, here, "AB", distance=1, into=str(here["A"].id)).code == "no_shared_boundary"


def test_closed_boundary_does_not_move_in_parallel() -> None:
    here = land("AAA\nAHA\nAAA")
    assert refusal(BOUNDARY, here, "AH", distance=1, into=str(here["A"].id)).code == "several_boundaries"


@pytest.mark.parametrize(("selected", "code"), [("A", "select_two"), ("ABC", "select_two")])
def test_two_parcels_have_a_boundary(selected: str, code: str) -> None:
    assert refusal(BOUNDARY, land("ABC"), selected, line=at((0, 0), (1, 1))).code == code


# A measured boundary


def test_neighbours_give_the_land_that_is_gained() -> None:
    here = land(PICTURE)
    changes = apply(CORRECT, here, "A", rings=[at((0, 0), (22, 0), (22, 20), (0, 20))])
    assert_whole(here, changes)
    assert areas(here, changes) == {"A": 440.0, "B": 80.0, "C": 80.0}


def test_neighbour_gets_the_land_that_is_given_up() -> None:
    here = land("AB")
    changes = apply(CORRECT, here, "A", rings=[at((0, 0), (7, 0), (9, 10), (0, 10))])
    assert_whole(here, changes)
    assert areas(here, changes) == {"A": 80.0, "B": 120.0}


def test_land_given_up_between_several_neighbours_stays_open_and_is_reported() -> None:
    here = land(PICTURE)
    changes = apply(CORRECT, here, "A", rings=[at((0, 0), (18, 0), (18, 20), (0, 20))])
    assert areas(here, changes) == {"A": 360.0, "B": 100.0, "C": 100.0}
    (issue,) = check_geometry(changes, [here["B"], here["C"]])
    assert (issue.severity, issue.rule, issue.values) == (Severity.BLOCK, "gap", {"area": 40.0})


def test_neighbours_that_are_kept_are_reported_as_overlapped() -> None:
    here = land(PICTURE)
    changes = apply(CORRECT, here, "A", rings=[at((0, 0), (22, 0), (22, 20), (0, 20))], neighbours="keep")
    assert areas(here, changes) == {"A": 440.0, "B": 100.0, "C": 100.0}
    found = check_geometry(changes, [here["B"], here["C"]])
    assert sorted(one.values["other"] for one in found if one.rule == "overlap") == ["1/B", "1/C"]


def test_points_within_the_snap_distance_of_the_old_marks_are_the_old_marks() -> None:
    here = land(PICTURE)
    rings = [at((0, 0), (20.006, 0.004), (19.995, 10.003), (20.002, 19.996), (0, 20))]
    changes = apply(CORRECT, here, "A", rings=rings)
    assert len(changes) == 0


def test_boundary_that_crosses_a_neighbour_in_the_middle_cuts_its_edges_once() -> None:
    here = land("AB\nCC")
    changes = apply(CORRECT, here, "A", rings=[at((0, 10), (13, 7), (13, 20), (0, 20))])
    assert_whole(here, changes)
    assert sum(areas(here, changes).values()) == pytest.approx(400)


def test_neighbour_is_not_swallowed() -> None:
    here = land("AB")
    error = refusal(CORRECT, here, "A", rings=[at((0, 0), (20, 0), (20, 10), (0, 10))])
    assert error.code == "neighbour_cut_apart"


def test_neighbour_is_not_cut_in_two() -> None:
    #   A│BBB│      a tongue of A through the middle of B
    here = land("ABBB")
    rings = [at((0, 0), (20, 0), (20, 10), (15, 10), (15, 0.5), (10, 0.5), (10, 10), (0, 10))]
    assert refusal(CORRECT, here, "A", rings=rings).code == "neighbour_cut_apart"


def test_overlap_is_mended_by_the_measured_boundary() -> None:
    here = {"A": feature("A", shapely.box(0, 0, 10.5, 10)), "B": feature("B", shapely.box(10, 0, 20, 10))}
    changes = apply(CORRECT, here, "A", rings=[at((0, 0), (10, 0), (10, 10), (0, 10))])
    assert_whole(here, changes)
    assert check_geometry(changes, [here["B"]]) == ()


def test_boundary_that_crosses_itself_can_be_corrected() -> None:
    here = {"A": feature("A", shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]))}
    changes = apply(CORRECT, here, "A", rings=[at((0, 0), (10, 0), (10, 10), (0, 10))])
    assert areas(here, changes) == {"A": 100.0}


def test_hole_is_part_of_the_boundary() -> None:
    here = land("AAA\nAHA\nAAA")
    rings = [at((0, 0), (30, 0), (30, 30), (0, 30)), at((10, 10), (20, 10), (20, 22), (10, 22))]
    changes = apply(CORRECT, here, "A", rings=rings)
    assert_whole(here, changes)
    assert areas(here, changes) == {"A": 780.0, "H": 120.0}
