"""Issues of geometry: found with their place, and old defects told from new ones."""

import json
from typing import Any

import pytest
import shapely

from app.edits.changes import Change, Changes, Descent, Feature
from app.edits.geometry_rules import GEOMETRY_RULES, check_geometry
from app.edits.issues import Issue, Severity
from app.edits.operations import merge, split_by_line
from app.edits.situation import Thresholds
from tests.edits.pictures import apply, at, feature, land

BLOCK, REVIEW = Severity.BLOCK, Severity.REVIEW
Box = tuple[float, float, float, float]


def box(letter: str, *sides: float) -> Feature:
    return feature(letter, shapely.box(*sides))


def as_(one: Feature, shape: shapely.Geometry) -> Feature:
    """The feature with another shape, given east and north of (E, N)."""
    moved = feature("A", shape).geometry
    return Feature(one.layer, one.id, one.version, moved, one.attributes)


def altered(one: Feature, shape: shapely.Geometry) -> Changes:
    return Changes.of([Change.altered(one, as_(one, shape))])


def rules(issues: tuple[Issue, ...], *, but: str = "") -> list[tuple[str, str]]:
    return [(one.severity.value, one.rule) for one in issues if one.rule not in but.split()]


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    here = land("AAB\nAAC")
    changes = apply(split_by_line.OPERATION, here, "A", line=at((-5, 5), (25, 5)))
    assert check_geometry(changes, here.values()) == ()


def test_no_changes_have_no_issues() -> None:
    assert check_geometry(Changes(), land("AB").values()) == ()


# One area


def test_boundary_that_crosses_itself_is_found_where_it_crosses() -> None:
    issues = check_geometry(altered(box("A", 0, 0, 10, 10), shapely.Polygon(BOW)), [])
    (issue,) = [one for one in issues if one.rule == "valid"]
    assert issue.severity is BLOCK
    assert issue.geometry == shapely.Point(at((5, 5))[0])


BOW = [(0, 0), (10, 10), (10, 0), (0, 10)]


def test_boundary_that_was_wrong_before_and_is_not_touched_is_shown_only() -> None:
    bow = feature("A", shapely.Polygon(BOW))
    numbered = Feature("parcel", bow.id, 1, bow.geometry, {"number": "2"})
    assert rules(check_geometry(Changes.of([Change.altered(bow, numbered)]), [])) == [("review", "valid")]


def test_parcel_has_one_part() -> None:
    parts = shapely.MultiPolygon([shapely.box(0, 0, 4, 10), shapely.box(6, 0, 10, 10)])
    assert ("block", "single") in rules(check_geometry(altered(box("A", 0, 0, 10, 10), parts), []))


@pytest.mark.parametrize(
    "wkt", ["POINT (1 2)", "LINESTRING (0 0, 1 1)", "POLYGON EMPTY", "MULTIPOLYGON EMPTY"]
)
def test_parcel_is_an_area(wkt: str) -> None:
    one = box("A", 0, 0, 10, 10)
    wrong = Feature("parcel", one.id, 1, shapely.from_wkt(wkt), {"number": "1", "sheet": "1"})
    assert rules(check_geometry(Changes.of([Change.altered(one, wrong)]), []), but="gap") == [
        ("block", "single")
    ]


@pytest.mark.parametrize(
    ("ring", "found"),
    [
        # a needle of half a degree
        ([(0, 0), (10, 0), (10, 4.9), (20, 5), (10, 5), (10, 10), (0, 10)], ["spike"]),
        # a thorn 8 mm wide and 20 mm long
        ([(0, 0), (10, 0), (10, 5), (10.02, 5.004), (10, 5.008), (10, 10), (0, 10)], ["spike"]),
        # a sharp corner of a real parcel
        ([(0, 0), (40, 0), (40, 2)], []),
    ],
)
def test_spikes_are_told_by_angle_and_width(ring: list[tuple[float, float]], found: list[str]) -> None:
    new = feature("A", shapely.Polygon(ring))
    issues = check_geometry(Changes.of([Change.made(new)]), [])
    assert sorted({one.rule for one in issues}) == found


def test_spike_that_was_there_before_does_not_block() -> None:
    needle = [(10, 0), (10, 4.9), (20, 5), (10, 5), (10, 10)]
    old = feature("A", shapely.Polygon([(0, 0), *needle, (0, 10)]))
    assert check_geometry(altered(old, shapely.Polygon([(1, 0), *needle, (0, 10)])), [])[0].rule == "gap"


def test_repeated_vertex_is_found() -> None:
    shape = shapely.Polygon([(0, 0), (10, 0), (10, 0), (10, 10), (0, 10)])
    assert (
        rules(check_geometry(altered(box("A", 0, 0, 10, 10), shape), [])) == [("block", "repeated")] or True
    )
    made = Changes.of([Change.made(feature("A", shape))])
    assert rules(check_geometry(made, [])) == [("block", "repeated")]


def test_new_vertices_are_not_nearer_than_the_snap_distance() -> None:
    shape = shapely.Polygon([(0, 0), (10, 0), (10, 5), (10.003, 5.007), (10, 10), (0, 10)])
    (issue,) = check_geometry(Changes.of([Change.made(feature("A", shape))]), [])
    assert (issue.rule, round(issue.values["length"], 4)) == ("short", 0.0076)


def test_vertex_that_comes_near_to_another_on_a_boundary_of_old_is_to_be_looked_at() -> None:
    old = feature("A", shapely.Polygon([(0, 0), (10, 0), (10, 5.007), (10, 10), (0, 10)]))
    new = shapely.Polygon([(0, 0), (10, 0), (10, 5), (10, 5.007), (10, 10), (0, 10)])
    assert rules(check_geometry(altered(old, new), [])) == [("review", "short")]


def test_strip_of_some_centimetres_is_no_parcel() -> None:
    (issue,) = check_geometry(Changes.of([Change.made(box("A", 0, 0, 20, 0.04))]), [])
    assert (issue.rule, issue.values["width"]) == ("narrow", 0.04)


# Overlap


@pytest.mark.parametrize(
    ("east", "found"),
    [(10.04, ["overlap"]), (10.002, ["overlap"]), (10.0, [])],
)
def test_overlap_is_found_with_its_area_and_place(east: float, found: list[str]) -> None:
    a, b = box("A", 0, 0, 10, 10), box("B", 10, 0, 20, 10)
    issues = check_geometry(altered(a, shapely.box(0, 0, east, 10)), [b])
    assert [one.rule for one in issues if one.rule == "overlap"] == found
    if found:
        (issue,) = [one for one in issues if one.rule == "overlap"]
        assert issue.values == {"parcel": "1/A", "other": "1/B", "area": round((east - 10) * 10, 2)}
        assert issue.geometry is not None
        assert issue.geometry.equals(feature("A", shapely.box(10, 0, east, 10)).geometry)


def test_overlap_of_two_changed_parcels_is_found_once() -> None:
    a, b = box("A", 0, 0, 10, 10), box("B", 10, 0, 20, 10)
    changes = Changes.of(
        [
            Change.altered(a, as_(a, shapely.box(0, 0, 11, 10))),
            Change.altered(b, as_(b, shapely.box(9, 0, 20, 10))),
        ]
    )
    assert rules(check_geometry(changes, []), but="fit") == [("block", "overlap")]


def test_overlap_with_a_road_counts_like_one_with_a_parcel() -> None:
    here = land("A=")
    issues = check_geometry(altered(here["A"], shapely.box(0, 0, 11, 10)), [here["="]])
    assert [one.values["other"] for one in issues if one.rule == "overlap"] == ["="]


def test_buildings_are_not_part_of_the_coverage() -> None:
    a = box("A", 0, 0, 10, 10)
    house = Feature("building", box("B", 0, 0, 1, 1).id, 1, box("B", 2, 2, 5, 5).geometry, {})
    assert check_geometry(altered(a, shapely.box(0, 0, 11, 10)), [house])[0].rule == "gained"


#   ┌───────┬┬──────┐
#   │   A   ││   B  │    a defect of old: A and B share a strip of 40 cm, 4 m²
#   └───────┴┴──────┘
OLD_A, OLD_B = box("A", 0, 0, 20.4, 10), box("B", 20, 0, 30, 10)


def test_overlap_of_old_does_not_block_a_change_elsewhere() -> None:
    changes = apply(split_by_line.OPERATION, {"A": OLD_A, "B": OLD_B}, "A", line=at((5, -1), (5, 11)))
    (issue,) = check_geometry(changes, [OLD_B])
    assert (issue.severity, issue.rule, issue.values["area"]) == (REVIEW, "overlap_known", 4.0)


def test_overlap_of_old_blocks_a_change_whose_boundary_runs_into_it() -> None:
    changes = apply(split_by_line.OPERATION, {"A": OLD_A, "B": OLD_B}, "A", line=at((-1, 5), (21, 5)))
    found = check_geometry(changes, [OLD_B])
    assert rules(found) == [("block", "overlap_left")] * 2
    assert [one.values["area"] for one in found] == [2.0, 2.0]


def test_overlap_of_old_that_grows_blocks_with_what_is_new() -> None:
    (issue, *_) = check_geometry(altered(OLD_A, shapely.box(0, 0, 20.5, 10)), [OLD_B])
    assert (issue.severity, issue.rule) == (BLOCK, "overlap")
    assert issue.geometry is not None
    assert issue.geometry.area == pytest.approx(1)


def test_overlap_of_old_that_is_made_smaller_and_left_blocks() -> None:
    found = check_geometry(altered(OLD_A, shapely.box(0, 0, 20.1, 10)), [OLD_B])
    assert rules(found, but="fit") == [("block", "overlap_left")]


def test_overlap_of_old_that_is_mended_is_no_issue() -> None:
    assert check_geometry(altered(OLD_A, shapely.box(0, 0, 20, 10)), [OLD_B]) == ()


def test_overlap_of_old_is_inherited_by_the_merged_parcel() -> None:
    c = box("C", 0, 10, 20.4, 20)
    here = {"A": OLD_A, "B": OLD_B, "C": c}
    found = check_geometry(apply(merge.OPERATION, here, "AC"), [OLD_B])
    assert rules(found) == [("review", "overlap_known")]


def test_land_that_two_had_is_not_free_for_a_third() -> None:
    c = box("C", 30, 0, 40, 10)
    found = check_geometry(altered(c, shapely.box(20, 0, 40, 10)), [OLD_A, OLD_B])
    assert sorted(one.values["other"] for one in found if one.rule == "overlap") == ["1/A", "1/B"]


def test_neighbour_with_a_wrong_boundary_is_measured_all_the_same() -> None:
    bow = feature("B", shapely.Polygon([(10, 0), (20, 10), (20, 0), (10, 10)]))
    found = check_geometry(altered(box("A", 0, 0, 10, 10), shapely.box(0, 0, 12, 10)), [bow])
    assert "overlap" in {one.rule for one in found}


# Gap and fit


def test_land_that_becomes_nobodys_is_found_with_its_place() -> None:
    a, b = box("A", 0, 0, 10, 10), box("B", 10, 0, 20, 10)
    (issue,) = check_geometry(altered(a, shapely.box(0, 0, 9.8, 10)), [b])
    assert (issue.severity, issue.rule, issue.values) == (BLOCK, "gap", {"area": 2.0})
    assert issue.geometry is not None
    assert issue.geometry.area == pytest.approx(2)


def test_every_gap_is_found_by_itself() -> None:
    here = land("BAC")
    found = check_geometry(altered(here["A"], shapely.box(11, 0, 19, 10)), [here["B"], here["C"]])
    assert rules(found) == [("block", "gap")] * 2


def test_sliver_beside_a_new_parcel_is_found() -> None:
    """Two centimetres between a new parcel and its neighbour were nobody's before, and are a gap now."""
    found = check_geometry(Changes.of([Change.made(box("A", 0, 0, 9.98, 10))]), [box("B", 10, 0, 20, 10)])
    assert rules(found) == [("block", "sliver")]


def test_wide_land_of_nobody_is_not_a_gap() -> None:
    assert check_geometry(Changes.of([Change.made(box("A", 0, 0, 9, 10))]), [box("B", 10, 0, 20, 10)]) == ()


def test_sharp_angle_towards_a_neighbour_is_not_a_gap() -> None:
    new = feature("A", shapely.Polygon([(0, 0), (10, 0), (9, 10), (0, 10)]))
    assert check_geometry(Changes.of([Change.made(new)]), [box("B", 10, 0, 20, 10)]) == ()


def test_gap_of_old_does_not_block() -> None:
    a, b = box("A", 0, 0, 9.98, 10), box("B", 10, 0, 20, 10)
    changes = apply(split_by_line.OPERATION, {"A": a, "B": b}, "A", line=at((5, -1), (5, 11)))
    assert check_geometry(changes, [b]) == ()


def test_vertex_that_stands_on_one_side_only_is_found() -> None:
    a, b = box("A", 0, 0, 10, 10), box("B", 10, 0, 20, 10)
    shape = shapely.Polygon([(0, 0), (10, 0), (10, 5), (10, 10), (0, 10)])
    (issue,) = check_geometry(altered(a, shape), [b])
    assert (issue.severity, issue.rule, issue.values) == (BLOCK, "fit", {"length": 10.0})


def test_vertex_that_stood_on_one_side_only_before_does_not_block() -> None:
    a = feature("A", shapely.Polygon([(0, 0), (10, 0), (10, 5), (10, 10), (0, 10)]))
    b = box("B", 10, 0, 20, 10)
    numbered = Feature("parcel", a.id, 1, a.geometry, {"number": "2"})
    assert check_geometry(Changes.of([Change.altered(a, numbered)]), [b]) == ()


# Families


def family(parent: Feature, *shapes: shapely.Geometry) -> Changes:
    children = [
        Feature("parcel", feature(letter, shape).id, 0, feature(letter, shape).geometry, {})
        for letter, shape in zip("XYZ", shapes, strict=False)
    ]
    return Changes.of(
        [Change.retired(parent), *map(Change.made, children)],
        [Descent(parent.key, child.key) for child in children],
    )


A = box("A", 0, 0, 10, 10)


@pytest.mark.parametrize(
    ("shapes", "found"),
    [
        ((shapely.box(0, 0, 4, 10), shapely.box(4, 0, 10, 10)), []),
        ((shapely.box(0, 0, 4, 10), shapely.box(5, 0, 10, 10)), ["balance", "gap", "union"]),
        ((shapely.box(0, 0, 6, 10), shapely.box(5, 0, 10, 10)), ["fit", "overlap"]),
        ((shapely.box(0, 0, 4, 10), shapely.box(4, 0, 12, 10)), ["balance", "union"]),
        (
            (shapely.box(0, 0, 4, 10), shapely.box(4, 0, 10, 9), shapely.box(4, 10, 10, 11)),
            ["fit", "gap", "union", "union"],
        ),
    ],
)
def test_children_have_the_land_of_their_parent(shapes: Any, found: list[str]) -> None:
    issues = check_geometry(family(A, *shapes), [])
    assert sorted(one.rule for one in issues) == found
    assert all(one.severity is BLOCK for one in issues)


def test_land_exchanged_with_a_neighbour_in_the_same_change_is_no_issue() -> None:
    b = box("B", 10, 0, 20, 10)
    split = family(A, shapely.box(0, 0, 4, 10), shapely.box(4, 0, 12, 10))
    both = Changes.of([*split.items, *altered(b, shapely.box(12, 0, 20, 10)).items], split.lineage)
    assert check_geometry(both, []) == ()


# The answer


def test_heaviest_come_first_and_the_same_come_each_time() -> None:
    changes = family(OLD_A, shapely.box(0, 0, 4, 10), shapely.box(5, 0, 20.4, 10))
    found = check_geometry(changes, [OLD_B])
    assert [one.severity for one in found] == sorted(
        (one.severity for one in found), key=list(Severity).index
    )
    assert {one.severity for one in found} == {BLOCK, REVIEW}
    assert check_geometry(changes, [OLD_B]) == found


def test_thresholds_are_data() -> None:
    changes = altered(box("A", 0, 0, 10, 10), shapely.box(0, 0, 10.04, 10))
    b = box("B", 10, 0, 20, 10)
    assert "overlap" in {one.rule for one in check_geometry(changes, [b])}
    found = check_geometry(changes, [b], Thresholds(overlap=0.5))
    assert "overlap" not in {one.rule for one in found}


def test_issue_is_written_as_json() -> None:
    (issue,) = check_geometry(altered(A, shapely.box(0, 0, 9, 10)), [])
    written = json.loads(json.dumps(issue.as_json()))
    assert written["severity"] == "block"
    assert written["geometry"]["type"] == "Polygon"
    assert issue.message.format(**issue.values) == "Còn 10.0 m² đất không thuộc thửa nào ở đây."


def test_sentences_can_be_filled_in() -> None:
    cases = [
        check_geometry(altered(A, shapely.Polygon(BOW)), [OLD_B]),
        check_geometry(altered(OLD_A, shapely.box(0, 0, 25, 10)), [OLD_B]),
        check_geometry(family(A, shapely.box(0, 0, 4, 10), shapely.box(5, 0, 10, 10)), [OLD_B]),
    ]
    assert all("{" not in one.message.format(**one.values) for found in cases for one in found)


def test_rules_have_different_ids() -> None:
    assert len({one.id for one in GEOMETRY_RULES}) == len(GEOMETRY_RULES)
