"""The coverage around an edit: features whose shared boundaries have the same vertices on both sides.

A `Coverage` is a working copy. Points are snapped to what is there, and a vertex that is put into an
edge goes into every ring that has this edge, so the sides of a boundary move together: rounding a
point to the grid displaces an edge by less than a millimetre, and opens nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np
import shapely

from app.edits.changes import Feature, Key
from app.edits.grid import (
    Edge,
    Point,
    crossing,
    dot,
    edge,
    foot,
    is_beside,
    offset_squared,
    squared,
)
from app.edits.outline import Box, Edges, Outline, Polygon, canonical_polygon
from app.edits.tolerances import TOLERANCES, Tolerances


class Coverage:
    """A working copy of features on the grid.

    `outlines` are their boundaries as they are now. Features keep their keys; new ones are added and
    others taken out by the operations.
    """

    def __init__(self, features: Iterable[Feature], tolerances: Tolerances = TOLERANCES) -> None:
        self.tolerances = tolerances
        self.outlines = {feature.key: Outline.of(feature.geometry) for feature in features}
        self._table: Edges | None = None

    # What is where

    def edges_near(self, box: Box, keys: Collection[Key] | None = None) -> list[Edge]:
        """The edges whose boxes meet the box, each once, in order; of all features or of some."""
        table = self._gathered(keys)
        low, high = np.minimum(table[:, :2], table[:, 2:]), np.maximum(table[:, :2], table[:, 2:])
        near = (high >= box[:2]).all(axis=1) & (low <= box[2:]).all(axis=1)
        return sorted({edge((a, b), (c, d)) for a, b, c, d in table[near].tolist()})

    def vertices_near(self, box: Box, keys: Collection[Key] | None = None) -> list[Point]:
        """The vertices in the box, each once, in order; of all features or of some."""
        points = self._gathered(keys)[:, :2]
        near = ((points >= box[:2]) & (points <= box[2:])).all(axis=1)
        return sorted({(x, y) for x, y in points[near].tolist()})

    def holders(self, point: Point) -> list[Key]:
        """The features that have this vertex, in order."""
        return sorted(
            key for key, one in self.outlines.items() if (one.table[:, :2] == point).all(axis=1).any()
        )

    def nearest_vertex(
        self,
        point: Point,
        distance: float,
        keys: Collection[Key] | None = None,
        without: Point | None = None,
    ) -> Point | None:
        """The nearest vertex at most `distance` millimetres away; of equally near ones the least."""
        near = self.vertices_near(Box.around([point], distance), keys)
        found = [(squared(point, one), one) for one in near if one != without]
        return min((one for one in found if one[0] <= distance**2), default=(0, None))[1]

    def nearest_edge(
        self,
        point: Point,
        distance: float,
        keys: Collection[Key] | None = None,
        without: Point | None = None,
    ) -> Edge | None:
        """The nearest edge that the point lies beside, at most `distance` millimetres away."""
        near = self.edges_near(Box.around([point], distance), keys)
        found = [one for one in near if without not in one and is_beside(point, *one, distance)]
        return min(((offset_squared(point, *one), one) for one in found), default=(0, None))[1]

    def _gathered(self, keys: Collection[Key] | None) -> Edges:
        if keys is not None:
            return np.concatenate([self.outlines[key].table for key in sorted(keys)] or [_NO_EDGES])
        if self._table is None:
            self._table = np.concatenate([one.table for one in self.outlines.values()] or [_NO_EDGES])
        return self._table

    # Putting vertices in

    def snap(
        self, point: Point, keys: Collection[Key] | None = None, *, without: Point | None = None
    ) -> Point:
        """Where a new point is meant to lie: on a vertex, on an edge, or where it is.

        On an edge it becomes a vertex of it, and stays away from both ends by more than the snap
        distance: nearer to one of them, it is that one. Vertex `without` and its edges do not count.
        """
        distance = self.tolerances.snap_mm
        vertex = self.nearest_vertex(point, distance, keys, without)
        if vertex is not None:
            return vertex
        on = self.nearest_edge(point, distance, keys, without)
        if on is None:
            return point
        place = foot(point, *on)
        vertex = self.nearest_vertex(place, distance, keys, without)
        if vertex is not None:
            return vertex
        self.insert(place, on)
        return place

    def insert(self, point: Point, on: Edge | None = None) -> None:
        """Make a point a vertex of edge `on`, and of every other edge that it lies on up to rounding."""
        halves = list(self._split(on, point)) if on is not None else []
        for one in self.edges_near(Box.around([point], self.tolerances.noding_mm)):
            if self._lies_on(point, one):
                halves += self._split(one, point)
        # Rounding may have moved the edges onto vertices beside them.
        self.node_edges(halves)

    def node(self, key: Key) -> None:
        """Give a feature the vertices of its neighbours that lie on its edges, and them its own."""
        self.node_edges(self.outlines[key].edges())
        for point in sorted(self.outlines[key].vertices()):
            self.insert(point)

    def node_edges(self, edges: Iterable[Edge]) -> None:
        """Put all vertices that lie on these edges into them."""
        limit = self.tolerances.noding_mm
        waiting = sorted(edges)
        while waiting:
            on = waiting.pop()
            near = [one for one in self.vertices_near(Box.around(on, limit)) if self._lies_on(one, on)]
            halves = (self._split(on, one) for one in sorted(near, key=lambda one: (dot(*on, one), one)))
            waiting += next(filter(None, halves), ())

    def _lies_on(self, point: Point, on: Edge) -> bool:
        """Whether a vertex lies on the inner part of an edge, up to rounding."""
        limit = self.tolerances.noding_mm
        return is_beside(point, *on, limit) and min(squared(point, end) for end in on) > limit**2

    def _split(self, on: Edge, point: Point) -> tuple[Edge, ...]:
        """Put a vertex into an edge in all rings that have it. Returns the two halves.

        A ring that has the vertex already would touch itself there: then the edge stays as it is,
        everywhere, so that its sides stay the same, and there are no halves.
        """
        holders = [one for one in self.outlines.values() if one.places(*on)]
        if not holders or any(point in ring for one in holders for ring, _ in one.places(*on)):
            return ()
        for one in holders:
            one.insert(*on, point)
        self._table = None
        return edge(on[0], point), edge(point, on[1])

    # Changing features

    def add(self, key: Key, polygons: Sequence[Polygon], *, multiple: bool = False) -> None:
        """Bring in a feature."""
        self.outlines[key] = Outline(polygons, multiple=multiple)
        self._table = None

    def remove(self, key: Key) -> Outline:
        """Take a feature out and return its outline."""
        self._table = None
        return self.outlines.pop(key)

    def replace(self, key: Key, polygons: Sequence[Polygon]) -> None:
        """Give a feature another boundary."""
        self.outlines[key].replace(polygons)
        self._table = None

    def union(self, keys: Sequence[Key]) -> list[Polygon]:
        """The land of several features as polygons, one for each piece that hangs together by an edge.

        Node them first. Where features cross, which is a defect, the crossing is rounded and put into
        all edges there.
        """
        joined = shapely.union_all([self.outlines[key].on_grid() for key in keys])
        known = {point for key in keys for point in self.outlines[key].vertices()}
        pieces = [canonical_polygon(part) for part in shapely.get_parts(joined)]
        for point in sorted({p for piece in pieces for ring in piece for p in ring} - known):
            self.insert(point)
        return sorted(pieces)

    def shared_edges(self, one: Key, other: Key) -> set[Edge]:
        """The edges that two features have in common."""
        return self.outlines[one].edges() & self.outlines[other].edges()

    def crossings(self, edges: Iterable[Edge]) -> Iterator[tuple[Edge, Edge]]:
        """Pairs of one of these edges and another edge of the coverage that cross inside one another."""
        for one in edges:
            for other in self.edges_near(Box.around(one)):
                if crossing(*one, *other) is not None:
                    yield one, other


_NO_EDGES: Edges = np.empty((0, 4), dtype=np.int64)
