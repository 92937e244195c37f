"""What a browser sends is read strictly, and what is wrong with it is said in a code and a sentence."""

import json
import time
from dataclasses import dataclass
from typing import Any

import pytest

from app.edits.grid import Metres
from app.edits.operations import (
    OPERATIONS,
    correct_boundary,
    draw,
    split_by_area,
    split_by_line,
    split_by_points,
)
from app.edits.parameters import MAX_BYTES, MAX_VERTICES, given, number, parse, points, read, whole
from app.edits.refusal import OperationError


@dataclass(frozen=True)
class Sample:
    line: tuple[Metres, ...] = given(points)
    width: float = given(number(0, 10), default=1.0)
    parts: int = given(whole(1, 5), default=2)


GOOD = {"line": [[0, 0], [1.5, 2]]}


def refusal(cls: Any, data: object) -> OperationError:
    with pytest.raises(OperationError) as caught:
        read(cls, data)
    return caught.value


def test_parameters_are_read_and_defaults_filled_in() -> None:
    assert read(Sample, GOOD) == Sample(line=((0.0, 0.0), (1.5, 2.0)), width=1.0, parts=2)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"line": None}, "not_a_list"),
        ({"line": [[0, 0]]}, "not_a_list"),
        ({"line": [[0, 0], [1]]}, "not_a_position"),
        ({"line": [[0, 0], [1, 2, 3]]}, "not_a_position"),
        ({"line": [[0, 0], {"x": 1, "y": 2}]}, "not_a_position"),
        ({"line": [[0, 0], ["1", "2"]]}, "not_a_number"),
        ({"line": [[0, 0], [True, 2]]}, "not_a_number"),
        ({"line": [[0, 0], [None, 2]]}, "not_a_number"),
        ({"line": [[0, 0], [float("nan"), 2]]}, "not_a_number"),
        ({"line": [[0, 0], [float("inf"), 2]]}, "not_a_number"),
        ({"line": [[0, 0], [10**400, 2]]}, "not_a_number"),
        ({"line": [[0, 0], [3e7, 2]]}, "out_of_range"),
        ({"line": [[0, 0]] * (MAX_VERTICES + 1)}, "too_many_vertices"),
        ({"width": "3"}, "not_a_number"),
        ({"width": 11}, "out_of_range"),
        ({"parts": 2.0}, "not_a_number"),
        ({"parts": True}, "not_a_number"),
        ({"parts": 6}, "out_of_range"),
        ({"colour": "red"}, "unknown_parameter"),
    ],
)
def test_wrong_parameter_is_refused(changed: dict[str, object], code: str) -> None:
    assert refusal(Sample, GOOD | changed).code == code


def test_missing_parameter_is_named() -> None:
    error = refusal(Sample, {})
    assert (error.code, error.values) == ("missing_parameter", {"name": "line"})


@pytest.mark.parametrize("data", [None, [], "line", 3])
def test_parameters_are_an_object(data: object) -> None:
    assert refusal(Sample, data).code == "not_an_object"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"line": [[NaN, 0], [1, 1]]}', "not_json"),
        ('{"line": [[Infinity, 0], [1, 1]]}', "not_json"),
        ('{"line": [[-Infinity, 0], [1, 1]]}', "not_json"),
        ('{"line": [[1,2]], "line": []}', "repeated_name"),
        ("{", "not_json"),
        ('{"line": ' + "1" * 5000 + "}", "not_json"),
        (b"\xff\xfe", "not_json"),
        ("[" * 9 + "]" * 9, "too_deep"),
        ('{"a":' * 100_000, "too_deep"),
        (" " * (MAX_BYTES + 1), "too_large"),
    ],
)
def test_text_that_is_not_strict_json_is_refused(text: str | bytes, code: str) -> None:
    with pytest.raises(OperationError) as caught:
        parse(text)
    assert caught.value.code == code


def test_number_too_large_for_a_computer_is_refused() -> None:
    assert refusal(Sample, parse('{"line": [[1e400, 0], [1, 1]]}')).code == "not_a_number"


def test_brackets_in_text_are_not_depth() -> None:
    assert parse('{"note": "[[[[[[[[[[[[\\"]]"}') == {"note": '[[[[[[[[[[[["]]'}


@pytest.mark.parametrize("text", ['"\\' * 400_000, '"' + "[" * 900_000, "\\" * 900_000, '"\\"' * 300_001])
def test_hostile_text_is_refused_quickly(text: str) -> None:
    begin = time.process_time()
    with pytest.raises(OperationError):
        parse(text)
    assert time.process_time() - begin < 1


@pytest.mark.parametrize(
    ("rings", "code"),
    [
        ([], "not_a_list"),
        ([[[0, 0], [1, 0]]], "not_a_list"),
        ([[[0, 0], [1, 0], [0, 0]]], "ring_too_short"),
        ([[[[0, 0], [1, 0], [1, 1]]]], "not_a_list"),
        ([[[0, 0], [1, 0], [[1, 1]]]], "not_a_position"),
        ([[[0, 0], [1, 0], [1, 1]], [[0, 0]] * MAX_VERTICES], "too_many_vertices"),
    ],
)
def test_wrong_rings_are_refused(rings: object, code: str) -> None:
    for operation in (draw.OPERATION, correct_boundary.OPERATION):
        with pytest.raises(OperationError) as caught:
            operation.read({"rings": rings})
        assert caught.value.code == code


def test_listed_points_have_x_north_and_y_east() -> None:
    listed = split_by_points.OPERATION.read({"points": [{"x": 1145010.5, "y": 430020}, {"x": 1, "y": 2}]})
    assert listed.points == ((430020.0, 1145010.5), (2.0, 1.0))


@pytest.mark.parametrize("point", [[1, 2], {"x": 1}, {"x": 1, "y": 2, "z": 3}, {"X": 1, "Y": 2}, "1 2"])
def test_listed_point_without_names_is_not_guessed(point: object) -> None:
    with pytest.raises(OperationError) as caught:
        split_by_points.OPERATION.read({"points": [{"x": 1, "y": 2}, point]})
    assert caught.value.code == "not_a_position"


def test_choice_names_what_may_be_chosen() -> None:
    with pytest.raises(OperationError) as caught:
        split_by_area.OPERATION.read({"area": 10, "bearing": 0, "side": "north"})
    assert caught.value.values == {"name": "side", "choices": "left, right"}


def test_sentences_have_the_values_that_they_show() -> None:
    with pytest.raises(OperationError) as caught:
        split_by_line.OPERATION.read({"line": [[0, 0]] * 3000})
    assert caught.value.sentence.format(**caught.value.values) == "line có 3000 đỉnh, quá 2000 đỉnh."


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)
def test_every_operation_refuses_nonsense(operation: Any) -> None:
    for data in ({"nonsense": 1}, json.loads("[]"), None):
        with pytest.raises(OperationError):
            operation.read(data)
