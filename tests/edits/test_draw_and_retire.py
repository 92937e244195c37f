"""Parcels are drawn, numbered, described and retired."""

from typing import Any
from uuid import UUID

import pytest
import shapely

from app.edits.geometry_rules import check_geometry
from app.edits.operations import draw, renumber, retire, set_attributes
from app.edits.refusal import OperationError
from layers import CATALOG
from tests.edits.pictures import Land, after, apply, at, feature, land, picture, points_of

DRAW, RETIRE = draw.OPERATION, retire.OPERATION
RENUMBER, SET = renumber.OPERATION, set_attributes.OPERATION

#   ┌───┬───┬───┐
#   │ A │   │ B │     the middle is nobody's
#   └───┴───┴───┘
POCKET = """
AAAA
A..B
AAAA
"""


def refusal(operation: Any, here: Land, selected: str, **parameters: Any) -> OperationError:
    with pytest.raises(OperationError) as caught:
        apply(operation, here, selected, **parameters)
    return caught.value


def assert_whole(here: Land, changes: Any) -> None:
    assert shapely.coverage_is_valid([one.geometry for one in after(here, changes).values()])


# Draw


def test_parcel_drawn_into_a_pocket_fits_it_exactly() -> None:
    """It was measured to some millimetres; its corners are the neighbours' corners."""
    here = land(POCKET)
    rings = [at((10.004, 9.997), (30.003, 10.002), (29.994, 20.004), (10.001, 19.992))]
    changes = apply(DRAW, here, "", rings=rings, attributes={"sheet": "1", "land_use": "ODT"})
    assert_whole(here, changes)
    (new,) = changes.made
    assert len(changes) == 1
    assert new.geometry.area == 200
    assert check_geometry(changes, here.values()) == ()


def test_new_parcel_has_every_field_and_its_measured_area_but_no_number() -> None:
    changes = apply(DRAW, land(POCKET), "", rings=[at((50, 0), (60, 0), (60, 10))])
    (new,) = changes.made
    assert set(new.attributes) == {field.name for field in CATALOG["parcel"].fields}
    assert (new.attributes["number"], new.attributes["legal_area"]) == (None, 50.0)
    assert changes.lineage == ()


def test_corners_on_a_neighbours_boundary_go_into_it() -> None:
    here = land("A")
    changes = apply(DRAW, here, "", rings=[at((10.003, 2), (20, 2), (20, 8), (9.998, 8))])
    assert_whole(here, changes)
    assert {(10, 2), (10, 8)} <= points_of(after(here, changes)[here["A"].key].geometry)


def test_corners_of_neighbours_on_the_new_boundary_go_into_it() -> None:
    #   A│
    #   ─┤ new     its western side runs past the corner of A and B
    #   B│
    here = land("A\nB")
    changes = apply(DRAW, here, "", rings=[at((10, 0), (20, 0), (20, 20), (10, 20))])
    assert_whole(here, changes)
    assert (10, 10) in points_of(changes.made[0].geometry)


def test_parcel_may_have_a_hole() -> None:
    changes = apply(
        DRAW, {}, "", rings=[at((0, 0), (30, 0), (30, 30), (0, 30)), at((10, 10), (20, 10), (20, 20))]
    )
    assert changes.made[0].geometry.area == 850


def test_ring_may_say_its_first_point_again_and_run_either_way() -> None:
    ring = at((0, 0), (10, 0), (10, 10), (0, 10))
    shapes = [
        apply(DRAW, {}, "", rings=[one]).made[0].geometry
        for one in (ring, [*ring, ring[0]], ring[::-1], ring[2:] + ring[:2], [ring[0], *ring])
    ]
    assert all(shape == shapes[0] for shape in shapes)


def test_parcel_drawn_over_another_is_made_and_reported() -> None:
    here = land("A")
    changes = apply(DRAW, here, "", rings=[at((8, 0), (20, 0), (20, 5), (8, 5))])
    found = check_geometry(changes, here.values())
    (overlap,) = [one for one in found if one.rule == "overlap"]
    assert overlap.values == {"parcel": "+1", "other": "1/A", "area": 10.0}


@pytest.mark.parametrize(
    ("rings", "code"),
    [
        ([at((0, 0), (10, 10), (10, 0), (0, 10))], "ring_crosses_itself"),  # a bow-tie
        ([at((0, 0), (5, 5), (10, 10))], "no_area"),
        ([at((0, 0), (0.0001, 0), (0, 0.0001))], "no_area"),
        ([at((0, 0), (10, 0), (10, 5), (20, 5), (10, 5), (10, 10))], "ring_has_spike"),
        ([at((0, 0), (10, 0), (10, 10)), at((20, 20), (30, 20), (30, 30))], "hole_wrong"),
        (
            [at((0, 0), (30, 0), (30, 30)), at((20, 2), (28, 2), (28, 8)), at((22, 3), (27, 3), (27, 6))],
            "hole_wrong",
        ),
        ([at((0, 0), (10, 0), (10, 10)), at((8, 2), (20, 2), (20, 4))], "ring_crosses_itself"),
    ],
)
def test_ring_that_makes_no_parcel_is_refused_and_not_repaired(rings: Any, code: str) -> None:
    error = refusal(DRAW, {}, "", rings=rings)
    assert error.code == code
    assert error.geometry is not None


def test_bow_tie_is_shown_where_it_crosses() -> None:
    error = refusal(DRAW, {}, "", rings=[at((0, 0), (10, 10), (10, 0), (0, 10))])
    assert points_of(error.geometry) == {(5, 5)}


def test_ring_that_snapping_leaves_without_area_is_refused() -> None:
    #  both long sides lie within the snap distance of A's boundary
    error = refusal(DRAW, land("A"), "", rings=[at((9.995, 0), (10.005, 0), (10.005, 10), (9.995, 10))])
    assert error.code == "no_area"


def test_drawing_starts_with_nothing_selected() -> None:
    assert refusal(DRAW, land("A"), "A", rings=[at((0, 0), (1, 0), (1, 1))]).code == "select_nothing"


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"number": "5"}, "set_elsewhere"),
        ({"parcel_code": "w3u4uu9pcmyz"}, "set_elsewhere"),
        ({"colour": "red"}, "unknown_field"),
        ({"land_use": "XYZ"}, "unknown_code"),
        ({"sheet": None}, "required"),
        ({"legal_area": -1}, "out_of_range"),
        ({"legal_area": "12"}, "not_a_number"),
        ({"sheet": 3}, "not_text"),
    ],
)
def test_attributes_of_a_new_parcel_are_checked(attributes: dict[str, Any], code: str) -> None:
    rings = [at((0, 0), (1, 0), (1, 1))]
    assert refusal(DRAW, {}, "", rings=rings, attributes=attributes).code == code


# Retire


def test_retired_parcel_becomes_part_of_the_road() -> None:
    here = land("AB\n==")
    changes = apply(RETIRE, here, "A", into=str(here["="].id))
    assert_whole(here, changes)
    assert (
        picture(after(here, changes).values(), "..\n..")
        == """\
=B
=="""
    )
    assert [one.key for one in changes.retired] == [here["A"].key]
    assert check_geometry(changes, [here["B"]]) == ()


def test_road_of_several_pieces_takes_the_land_too() -> None:
    here = land("=A=\n.A.")
    changes = apply(RETIRE, here, "A", into=str(here["="].id))
    road = after(here, changes)[here["="].key].geometry
    assert (road.geom_type, road.area) == ("MultiPolygon", 400)


def test_retired_parcel_without_heir_leaves_a_gap_that_is_reported() -> None:
    here = land("AB\n==")
    changes = apply(RETIRE, here, "A")
    (issue,) = check_geometry(changes, [here["B"], here["="]])
    assert (issue.rule, issue.values) == ("gap", {"area": 100.0})


@pytest.mark.parametrize("into", ["B", "=", "none"])
def test_land_goes_to_a_road_or_water_beside_it_only(into: str) -> None:
    here = land("AB=")
    target = UUID(int=1) if into == "none" else here[into].id
    assert refusal(RETIRE, here, "A", into=str(target)).code == "not_beside_it"


def test_land_that_touches_the_road_at_a_point_does_not_go_to_it() -> None:
    here = land("AB\nB=")
    assert refusal(RETIRE, here, "A", into=str(here["="].id)).code == "not_beside_it"


# Numbers and attributes


def test_old_sheet_and_number_are_kept_when_they_change() -> None:
    here = land("A")
    changes = apply(RENUMBER, here, "A", sheet="12", number="125")
    (new,) = changes.news
    names = ("sheet", "number", "old_sheet", "old_number")
    assert [new.attributes[name] for name in names] == ["12", "125", "1", "A"]
    assert new.geometry == here["A"].geometry


def test_same_number_again_is_refused() -> None:
    assert refusal(RENUMBER, land("A"), "A", sheet="1", number=" A ").code == "same_number"


@pytest.mark.parametrize("number", ["", "  ", 5, None, "1" * 501, "1\0"])
def test_number_is_text(number: object) -> None:
    assert refusal(RENUMBER, land("A"), "A", sheet="1", number=number).code == "not_text"


def test_attributes_change_in_every_selected_feature() -> None:
    here = land("AB")
    changes = apply(SET, here, "AB", values={"address": " 5 Lê Lợi ", "land_use": "CLN"})
    assert [(one.attributes["address"], one.attributes["land_use"]) for one in changes.news] == [
        ("5 Lê Lợi", "CLN")
    ] * 2


def test_attributes_that_stay_the_same_are_no_change() -> None:
    assert len(apply(SET, land("A"), "A", values={"land_use": "ODT"})) == 0


def test_null_empties_a_field() -> None:
    assert apply(SET, land("A"), "A", values={"land_use": None}).news[0].attributes["land_use"] is None


def test_largest_of_several_uses_is_the_parcels_land_use() -> None:
    uses = [{"code": "ODT", "area": 60}, {"code": "CLN", "area": 340.5, "until": "2063-10-15"}]
    (new,) = apply(SET, land("A"), "A", land_uses=uses).news
    assert new.attributes["land_use"] == "CLN"
    assert new.attributes["land_uses"] == [
        {"code": "ODT", "area": 60.0, "origin": None, "until": None},
        {"code": "CLN", "area": 340.5, "origin": None, "until": "2063-10-15"},
    ]


@pytest.mark.parametrize(
    ("uses", "code"),
    [
        ([], "not_a_list"),
        ("ODT", "not_a_list"),
        ([{"code": "ODT", "area": 1}] * 21, "not_a_list"),
        ([{"code": "ODT"}], "not_a_number"),
        ([{"code": "XYZ", "area": 1}], "unknown_code"),
        ([{"code": "ODT", "area": 0}], "out_of_range"),
        ([{"code": "ODT", "area": 1, "until": "soon"}], "not_a_date"),
        ([{"code": "ODT", "area": 1, "owner": "x"}], "unknown_parameter"),
    ],
)
def test_uses_of_the_land_are_checked(uses: object, code: str) -> None:
    assert refusal(SET, land("A"), "A", land_uses=uses).code == code


@pytest.mark.parametrize(
    ("selected", "parameters", "code"),
    [
        ("", {"values": {}}, "select_something"),
        ("A=", {"values": {}}, "different_layers"),
        ("A", {"values": {"number": "5"}}, "set_elsewhere"),
        ("A", {"values": {"address": 5}}, "not_text"),
        ("=", {"values": {"address": "x"}}, "unknown_field"),
        ("=", {"land_uses": [{"code": "ODT", "area": 1}]}, "select_parcels"),
    ],
)
def test_attributes_that_do_not_fit_are_refused(selected: str, parameters: Any, code: str) -> None:
    assert refusal(SET, land("A="), selected, **parameters).code == code


def test_attributes_of_a_boundary_mark_change_without_an_area() -> None:
    mark = feature("A", shapely.box(0, 0, 1, 1))
    mark = type(mark)("boundary_mark", mark.id, 1, shapely.Point(at((0, 0))[0]), {"number": "M1"})
    changes = apply(SET, {"M": mark}, "M", values={"number": "M2", "surveyed_on": "2026-03-05"})
    assert changes.news[0].attributes == {"number": "M2", "surveyed_on": "2026-03-05"}
