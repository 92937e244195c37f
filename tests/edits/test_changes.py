"""Changes follow one another, can be turned round, and survive being written down."""

import json
from uuid import UUID

import numpy as np
import pytest
import shapely

from app.edits.changes import Change, Changes, Descent, Feature, Key
from tests.edits.pictures import land

A, B, C = (one for one in land("ABC").values())


def moved(feature: Feature, east: float) -> Feature:
    shape = shapely.transform(feature.geometry, lambda xy: xy + np.array([east, 0]))
    return Feature(feature.layer, feature.id, feature.version, shape, feature.attributes)


def child(number: int, of: Feature) -> Feature:
    return Feature("parcel", UUID(int=number), 0, of.geometry, {"number": None})


def split(parent: Feature, *numbers: int) -> Changes:
    children = [child(number, parent) for number in numbers]
    return Changes.of(
        [Change.retired(parent), *map(Change.made, children)], [Descent(parent.key, c.key) for c in children]
    )


def merged(parents: list[Feature], number: int) -> Changes:
    whole = child(number, parents[0])
    return Changes.of(
        [Change.made(whole), *map(Change.retired, parents)], [Descent(p.key, whole.key) for p in parents]
    )


def test_coordinates_are_rounded_to_millimetres_and_heights_laid_aside() -> None:
    shape = shapely.Polygon([(0.123456789012345, 0, 5), (10.0004, 0, 5), (10, 9.9996, 5), (-0.0001, 10, 5)])
    one = Feature("parcel", UUID(int=1), 1, shape)
    assert shapely.get_coordinates(one.geometry).tolist() == [
        [0.123, 0],
        [10, 0],
        [10, 10],
        [0, 10],
        [0.123, 0],
    ]
    assert "-0.0" not in json.dumps(one.as_json())
    assert not one.geometry.has_z


def test_made_and_then_altered_is_made_as_altered() -> None:
    both = Changes.of([Change.made(A)]).then(Changes.of([Change.altered(A, moved(A, 1))]))
    assert both == Changes.of([Change.made(moved(A, 1))])


def test_altered_and_then_retired_is_retired_as_it_was() -> None:
    both = Changes.of([Change.altered(A, moved(A, 1))]).then(Changes.of([Change.retired(moved(A, 1))]))
    assert both == Changes.of([Change.retired(A)])


def test_made_and_then_retired_is_nothing() -> None:
    assert Changes.of([Change.made(A)]).then(Changes.of([Change.retired(A)])) == Changes()


def test_altered_and_altered_back_is_nothing() -> None:
    there = Changes.of([Change.altered(A, moved(A, 1))])
    assert there.then(there.inverted()) == Changes()


def test_change_that_starts_from_another_state_does_not_follow() -> None:
    first = Changes.of([Change.altered(A, moved(A, 1))])
    with pytest.raises(ValueError, match="another state"):
        first.then(Changes.of([Change.altered(A, moved(A, 2))]))


def test_changes_cannot_be_applied_to_features_in_another_state() -> None:
    with pytest.raises(ValueError, match="another state"):
        Changes.of([Change.retired(A)]).applied({A.key: moved(A, 1)})


def test_undo_gives_the_features_as_they_were() -> None:
    there = {one.key: one for one in (A, B)}
    changes = split(A, 1, 2).then(Changes.of([Change.altered(B, moved(B, 1))]))
    assert changes.inverted().applied(changes.applied(there)) == there
    assert changes.inverted().inverted() == changes


def test_parcel_that_comes_and_goes_is_left_out_of_the_lineage() -> None:
    """A → 1, 2 and then 1 → 3, 4 is A → 2, 3, 4."""
    both = split(A, 1, 2).then(split(child(1, A), 3, 4))
    assert [one.id.int for one in both.made] == [2, 3, 4]
    assert {(one.parent, one.child.id.int) for one in both.lineage} == {(A.key, 2), (A.key, 3), (A.key, 4)}


def test_split_and_merged_again_is_one_parcel_from_one() -> None:
    both = split(A, 1, 2).then(merged([child(1, A), child(2, A)], 3))
    assert both.lineage == (Descent(A.key, Key("parcel", UUID(int=3))),)
    assert both.events()[0].kind == "renewal"


def test_undone_split_leaves_no_lineage() -> None:
    changes = split(A, 1, 2)
    assert changes.then(changes.inverted()) == Changes()
    assert changes.then(changes.inverted()).then(changes) == changes


def test_families_that_do_not_touch_are_events_of_their_own() -> None:
    both = split(A, 1, 2).then(merged([B, C], 3))
    assert [(event.kind, len(event.parents), len(event.children)) for event in both.events()] == [
        ("split", 1, 2),
        ("merge", 2, 1),
    ]


def test_merged_and_split_otherwise_is_one_readjustment() -> None:
    both = merged([A, B], 1).then(split(child(1, A), 2, 3))
    (event,) = both.events()
    assert event.kind == "readjustment"
    assert (event.parents, [one.id.int for one in event.children]) == ((A.key, B.key), [2, 3])


def test_descent_leads_from_what_ends_to_what_begins() -> None:
    with pytest.raises(ValueError, match="descent"):
        Changes.of([Change.retired(A)], [Descent(A.key, B.key)])


def test_feature_is_changed_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        Changes.of([Change.retired(A), Change.altered(A, moved(A, 1))])


@pytest.mark.parametrize(("old", "new"), [(None, None), (A, B)])
def test_change_has_one_feature(old: Feature | None, new: Feature | None) -> None:
    with pytest.raises(ValueError, match="one feature"):
        Change("parcel", A.id, old, new)


def test_json_loses_nothing() -> None:
    holed = shapely.Polygon(
        [(430_000.001, 0), (430_010, 0.1), (430_010, 10), (430_000, 10)],
        [[(430_002, 2), (430_004, 2), (430_004, 4.123)]],
    )
    attributes = {
        "number": "12",
        "address": "Đường Lê Lợi \N{LEFT DOUBLE QUOTATION MARK}cũ\N{RIGHT DOUBLE QUOTATION MARK}",
        "legal_area": 125.3,
        "x": None,
    }
    one = Feature("parcel", UUID(int=7), 3, holed, attributes)
    changes = split(one, 1, 2).then(Changes.of([Change.altered(B, moved(B, 0.001))]))
    text = changes.dumps()
    assert Changes.from_json(json.loads(text)) == changes
    assert Changes.from_json(json.loads(text)).dumps() == text


def test_order_of_changes_does_not_depend_on_the_order_given() -> None:
    items = [Change.retired(one) for one in (C, A, B)]
    assert Changes.of(items) == Changes.of(items[::-1])
