"""The operations of editing. To add one: a module here, and its line below."""

from typing import Any

from app.edits.operations import (
    correct_boundary,
    draw,
    insert_vertex,
    merge,
    move_boundary,
    move_vertex,
    remove_vertex,
    renumber,
    retire,
    set_attributes,
    split_by_area,
    split_by_line,
    split_by_points,
    split_equal,
)
from app.edits.operations.operation import Operation

OPERATIONS: tuple[Operation[Any], ...] = (
    draw.OPERATION,
    split_by_line.OPERATION,
    split_by_area.OPERATION,
    split_equal.OPERATION,
    split_by_points.OPERATION,
    merge.OPERATION,
    move_boundary.OPERATION,
    move_vertex.OPERATION,
    insert_vertex.OPERATION,
    remove_vertex.OPERATION,
    correct_boundary.OPERATION,
    set_attributes.OPERATION,
    renumber.OPERATION,
    retire.OPERATION,
)
"""In the order in which they are offered. Shortcuts differ; B, M, S are others' (before, measure, snap)."""
