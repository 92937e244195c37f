"""Parcels that share a boundary become one."""

from typing import Any

import pytest
import shapely

from app.edits.operations import merge
from app.edits.refusal import OperationError
from tests.edits.pictures import Land, after, apply, feature, land, picture, points_of

MERGE = merge.OPERATION

PICTURE = """
AAB
AAC
"""


def refusal(here: Land, selected: str, **parameters: Any) -> OperationError:
    with pytest.raises(OperationError) as caught:
        apply(MERGE, here, selected, **parameters)
    return caught.value


def test_merged_parcels_are_one_and_nobody_else_changes() -> None:
    here = land(PICTURE)
    changes = apply(MERGE, here, "AB")
    assert (
        picture(after(here, changes).values(), "...\n...")
        == """\
111
11C"""
    )
    assert {one.key for one in changes} == {here["A"].key, here["B"].key, changes.made[0].key}
    assert [(event.kind, len(event.parents)) for event in changes.events()] == [("merge", 2)]
    assert shapely.coverage_is_valid([one.geometry for one in after(here, changes).values()])


def test_vertex_that_a_neighbour_needs_stays() -> None:
    here = land(PICTURE)
    (whole,) = apply(MERGE, here, "BC").made
    assert {(20, 10), (30, 10)} <= points_of(whole.geometry)


def test_several_parcels_are_merged_at_once_also_around_a_hole() -> None:
    here = land("ABC\nDHE\nFGI")
    changes = apply(MERGE, here, "ABCDEFGI")
    assert (
        picture(after(here, changes).values(), "...\n...\n...")
        == """\
111
1H1
111"""
    )
    assert len(changes.made[0].geometry.interiors) == 1
    assert len(changes.lineage) == 8


def test_areas_on_paper_are_added_up() -> None:
    here = land(PICTURE)
    here["B"] = feature("B", shapely.box(20, 10, 30, 20), legal_area=98.7)
    assert apply(MERGE, here, "AB").made[0].attributes["legal_area"] == 498.7


def test_area_is_measured_when_a_paper_does_not_say_it() -> None:
    here = land(PICTURE)
    here["B"] = feature("B", shapely.box(20, 10, 30, 20), legal_area=None)
    assert apply(MERGE, here, "AB").made[0].attributes["legal_area"] == 500.0


def test_what_the_parcels_do_not_agree_in_is_left_open() -> None:
    here = land(PICTURE)
    here["B"] = feature("B", shapely.box(20, 10, 30, 20), address="5 Lê Lợi")
    attributes = apply(MERGE, here, "AB").made[0].attributes
    assert (attributes["address"], attributes["sheet"], attributes["number"]) == (None, "1", None)


@pytest.mark.parametrize("field", ["commune_code", "sheet", "land_use"])
def test_different_communes_sheets_or_uses_are_refused(field: str) -> None:
    here = land(PICTURE)
    here["B"] = feature("B", shapely.box(20, 10, 30, 20), **{field: "2"})
    error = refusal(here, "AB")
    assert (error.code, error.values) == ("different_values", {"fields": field})


def test_every_field_that_differs_is_named() -> None:
    here = land(PICTURE)
    here["B"] = feature("B", shapely.box(20, 10, 30, 20), sheet="2", land_use="CLN")
    assert refusal(here, "AB").values == {"fields": "sheet, land_use"}


def test_which_fields_have_to_agree_is_a_parameter() -> None:
    here = land(PICTURE)
    here["B"] = feature("B", shapely.box(20, 10, 30, 20), sheet="2")
    assert len(apply(MERGE, here, "AB", same=["land_use"]).made) == 1


def test_parcels_that_do_not_touch_are_refused() -> None:
    assert refusal(land("A.B"), "AB").code == "not_adjacent"


def test_parcels_that_touch_at_a_point_are_refused_with_the_point() -> None:
    # .B
    # A.
    here = land(".B\nA.")
    error = refusal(here, "AB")
    assert error.code == "only_at_a_point"
    assert points_of(error.geometry) == {(10, 10)}


def test_one_parcel_apart_is_enough_to_refuse() -> None:
    assert refusal(land("ABC.D"), "ABD").code == "not_adjacent"


def test_parcels_with_a_sliver_between_them_are_refused_with_its_width() -> None:
    here = {"A": feature("A", shapely.box(0, 0, 10, 10)), "B": feature("B", shapely.box(10.004, 0, 20, 10))}
    error = refusal(here, "AB")
    assert (error.code, error.values) == ("sliver_between", {"width": 0.004})


def test_overlap_between_merged_parcels_is_mended_by_merging() -> None:
    #   ┌────┬┐────┐
    #   │ A  ││  B │     they share a strip of 20 cm
    #   └────┴┘────┘
    here = {"A": feature("A", shapely.box(0, 0, 10.2, 10)), "B": feature("B", shapely.box(10, 0, 20, 10))}
    (whole,) = apply(MERGE, here, "AB").made
    assert whole.geometry.area == pytest.approx(200)


def test_missing_corner_on_the_shared_boundary_does_not_hinder() -> None:
    #   ┌───┬──┐
    #   │   │ B│    A has no vertex where B begins
    #   │ A ├──┘
    #   └───┘
    here = {"A": feature("A", shapely.box(0, 0, 10, 20)), "B": feature("B", shapely.box(10, 10, 20, 20))}
    (whole,) = apply(MERGE, here, "AB").made
    assert (10, 10) in points_of(whole.geometry)
    assert whole.geometry.area == pytest.approx(300)


@pytest.mark.parametrize("selected", ["", "A"])
def test_merging_takes_two(selected: str) -> None:
    assert refusal(land(PICTURE), selected).code == "select_several"


def test_roads_are_not_merged() -> None:
    assert refusal(land("A=\nA="), "A=").code == "select_parcels"
