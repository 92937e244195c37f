"""The registry of operations, and what all of them have in common."""

import ast
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import shapely

import app.edits
from app.edits.changes import Feature
from app.edits.operations import OPERATIONS, merge, move_vertex, split_by_line
from app.edits.refusal import Reason
from app.edits.tolerances import Tolerances
from tests.edits.pictures import apply, at, feature, land

FOLDER = Path(app.edits.__file__).parent


def test_ids_and_shortcuts_are_different() -> None:
    assert len({one.id for one in OPERATIONS}) == len(OPERATIONS)
    assert len({one.shortcut for one in OPERATIONS}) == len(OPERATIONS)
    assert {"B", "M", "S"}.isdisjoint(one.shortcut for one in OPERATIONS), "before, measuring, snapping"


def test_every_module_of_operations_is_in_the_registry() -> None:
    modules = {path.stem for path in (FOLDER / "operations").glob("*.py")} - {"__init__", "operation"}
    assert {one.id for one in OPERATIONS} == modules


def test_every_operation_says_why_it_is_not_available() -> None:
    for one in OPERATIONS:
        reasons = [one.available(selection) for selection in ([], [*land("AB=").values()])]
        assert any(isinstance(reason, Reason) for reason in reasons), one.id


def test_codes_of_reasons_are_different() -> None:
    """A code is for machines: two reasons with one code could not be told apart."""
    codes = [
        node.args[0].value
        for path in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reason"
        if isinstance(node.args[0], ast.Constant)
    ]
    assert len(codes) > 40
    assert len(codes) == len(set(codes))


def test_selection_and_neighbours_stay_as_they_are() -> None:
    here = land("AAB\nAAC")
    before = {letter: one.as_json() for letter, one in here.items()}
    apply(split_by_line.OPERATION, here, "A", line=at((-5, 5), (25, 5)))
    apply(merge.OPERATION, here, "AB")
    assert {letter: one.as_json() for letter, one in here.items()} == before


def test_neighbours_order_and_number_make_no_difference() -> None:
    here = land("AABD\nAACD")
    fewer = {letter: here[letter] for letter in "CAB"}
    line = at((-5, 5), (25, 5))
    assert apply(split_by_line.OPERATION, here, "A", line=line) == apply(
        split_by_line.OPERATION, fewer, "A", line=line
    )


def test_feature_given_twice_is_one() -> None:
    here = land("AB")
    both = merge.OPERATION.apply(
        [here["A"], here["B"]],
        [here["A"], here["B"]],
        merge.OPERATION.read({}),
        new_id=lambda: UUID(int=5),
    )
    assert len(both) == 3


def test_tolerances_are_given() -> None:
    here = land("AAB\nAAC")
    parameters = split_by_line.OPERATION.read({"line": at((-1, 10.3), (21, 10.3))})
    wide = split_by_line.OPERATION.apply(
        [here["A"]],
        [here["B"], here["C"]],
        parameters,
        new_id=iter(UUID(int=i) for i in range(9)).__next__,
        tolerances=Tolerances(snap=0.5),
    )
    assert all(not one.old or one.key == here["A"].key for one in wide), "the line goes through the corner"


@pytest.mark.parametrize("values", [{"snap": 0.0001}, {"noding": 0.001}, {"noding": 0.02}])
def test_tolerances_that_rounding_exceeds_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="noding"):
        Tolerances(**values)


def reached(
    operation: Any, selection: list[Feature], around: list[Feature], **data: Any
) -> tuple[float, ...]:
    box = operation.reach(selection, around, operation.read(data))
    corner = at((0, 0))[0]
    return tuple(round(side - corner[i % 2], 3) for i, side in enumerate(box.bounds))


def test_reach_takes_in_selection_and_parameters() -> None:
    here = land("AAB\nAAC")
    line = at((-5, 5), (50, 5))
    assert reached(split_by_line.OPERATION, [here["A"]], [], line=line) == (-5.01, -0.01, 50.01, 20.01)


def test_reach_takes_in_edges_that_run_away_from_the_selection() -> None:
    """Moving the vertex moves the boundary between B and C as well; what lies along it has to be known."""
    here = land("AABB\nAACC")
    data: dict[str, Any] = {"vertex": at((20, 10))[0], "to": at((21, 10))[0]}
    around = [here["B"], here["C"]]
    assert reached(move_vertex.OPERATION, [here["A"]], [], **data) == (-0.01, -0.01, 21.01, 20.01)
    assert reached(move_vertex.OPERATION, [here["A"]], around, **data) == (-0.01, -0.01, 40.01, 20.01)


def test_road_with_thousands_of_vertices_does_not_hold_up_a_split() -> None:
    comb = [(x / 10, 0.0 if x % 2 else -1.0) for x in range(20_001)]
    road = Feature(
        "road_surface",
        UUID(int=7),
        1,
        feature("A", shapely.Polygon([*comb, (2000, -5), (0, -5)])).geometry,
        {},
    )
    parcel = feature(
        "A", shapely.Polygon([(x, y + 0.0) for x, y in comb if 100 <= x <= 101] + [(101, 10), (100, 10)])
    )
    here = {"=": road, "A": parcel}
    changes = apply(split_by_line.OPERATION, here, "A", line=at((99, 5), (102, 5)))
    assert len(changes.made) == 2
