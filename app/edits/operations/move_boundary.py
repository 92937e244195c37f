"""Move the boundary between two parcels: in parallel, or along a new line."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry

from app.edits.changes import Feature, Key
from app.edits.cutting import as_line, cut, fit
from app.edits.dividing import MORE_THAN_TWO_PIECES
from app.edits.grid import PER_METRE, Metres, Point, distance, doubled_area, to_grid
from app.edits.operations.operation import Operation, Scene, two_parcels
from app.edits.outline import Outline, Polygon
from app.edits.parameters import given, identifier, number, points
from app.edits.refusal import OperationError, Reason
from layers.layer import N_

NO_SHARED_BOUNDARY = Reason("no_shared_boundary", N_("Hai thửa không có ranh chung."))
SEVERAL_BOUNDARIES = Reason(
    "several_boundaries", N_("Hai thửa chung nhau nhiều đoạn ranh hoặc một ranh khép kín. Vẽ ranh mới.")
)
LINE_OR_DISTANCE = Reason("line_or_distance", N_("Vẽ ranh mới, hoặc nhập khoảng dời và thửa bị lùi ranh."))
ENDS_OFF_BOUNDARY = Reason("ends_off_boundary", N_("Hai đầu đường mới phải nằm trên một đoạn ranh chung."))
TOO_FAR = Reason("too_far", N_("Dời {distance} m thì một thửa không còn đất."))


@dataclass(frozen=True)
class Parameters:
    """Either `line`: it begins and ends on the shared boundary and takes the place of the part between.
    Or `distance` in metres, by which the whole boundary moves in parallel `into` one of the parcels."""

    line: tuple[Metres, ...] | None = given(points, default=None)
    distance: float | None = given(number(0.001, 10_000), default=None)
    into: UUID | None = given(identifier, default=None)


def _edit(scene: Scene, given: Parameters) -> None:
    coverage, (one, other) = scene.coverage, scene.selection
    for feature in (one, other):
        coverage.node(feature.key)
    chains = _chains(scene, one.key, other.key)
    together = coverage.union([one.key, other.key])
    whole = Key(one.layer, UUID(int=0))
    coverage.add(whole, together)
    if given.line and given.distance is None and given.into is None:
        lines = _redrawn(scene, given.line)
    elif given.distance and given.into in (one.id, other.id) and not given.line:
        lines = [_shifted(scene, chains, whole, given.distance, one if given.into == one.id else other)]
    else:
        raise OperationError(LINE_OR_DISTANCE)
    fitted = [fit(coverage, line, [whole]) for line in lines]
    pieces = cut(coverage, whole, *fitted)
    coverage.remove(whole)
    if len(pieces) != 2:
        raise OperationError(MORE_THAN_TWO_PIECES)
    for feature, piece in zip((one, other), _assigned(pieces, one, other), strict=True):
        coverage.replace(feature.key, [piece])


def _chains(scene: Scene, one: Key, other: Key) -> list[list[Point]]:
    """The parts of the boundary that two parcels share, each from end to end."""
    shared = sorted(scene.coverage.shared_edges(one, other))
    if not shared:
        raise OperationError(NO_SHARED_BOUNDARY)
    merged = shapely.line_merge(shapely.MultiLineString([shapely.LineString(edge) for edge in shared]))
    return [[(round(x), round(y)) for x, y in part.coords] for part in shapely.get_parts(merged)]


def _redrawn(scene: Scene, line: Sequence[Metres]) -> list[list[Point]]:
    """The shared boundary with the part between the ends of a line replaced by the line."""
    keys = [one.key for one in scene.selection]
    start, *middle, end = (to_grid(position) for position in line)
    ends = [scene.coverage.snap(point, keys) for point in (start, end)]
    chains = _chains(scene, *keys)
    for index, chain in enumerate(chains):
        if ends[0] != ends[1] and set(ends) <= set(chain):
            chains[index] = _with_detour(chain, [ends[0], *middle, ends[1]])
            return chains
    raise OperationError(ENDS_OFF_BOUNDARY, shapely.MultiPoint(list(line)))


def _with_detour(chain: list[Point], line: list[Point]) -> list[Point]:
    first, last = chain.index(line[0]), chain.index(line[-1])
    if first > last:
        first, last, line = last, first, line[::-1]
    if chain[0] != chain[-1]:
        return [*chain[:first], *line, *chain[last + 1 :]]
    # Of a closed boundary, the shorter part is replaced.
    between = chain[first : last + 1]
    around = [*chain[last:], *chain[1 : first + 1]]
    kept = between if _length(around) < _length(between) else around
    return [*(line if kept[0] == line[-1] else line[::-1]), *kept[1:]]


def _shifted(
    scene: Scene, chains: list[list[Point]], whole: Key, metres: float, into: Feature
) -> list[Point]:
    """The one chain moved in parallel, to the boundary of both parcels together."""
    if len(chains) != 1 or chains[0][0] == chains[0][-1]:
        raise OperationError(SEVERAL_BOUNDARIES)
    side = 1 if _lies_left(scene.coverage.outlines[into.key], chains[0]) else -1
    moved = shapely.offset_curve(as_line(chains[0]), side * metres, join_style="mitre")
    area = scene.coverage.outlines[whole].geometry()
    if moved.geom_type != "LineString" or moved.is_empty:
        raise OperationError(TOO_FAR, distance=metres)
    longer = _extended([*moved.coords], shapely.length(area))
    middle = moved.interpolate(0.5, normalized=True)
    inside = [
        one for one in shapely.get_parts(shapely.intersection(longer, area)) if one.geom_type == "LineString"
    ]
    near = [one for one in inside if shapely.distance(one, middle) < 1 / PER_METRE]
    if not near:
        raise OperationError(TOO_FAR, moved, distance=metres)
    return [to_grid(position) for position in near[0].coords]


def _lies_left(outline: Outline, chain: Sequence[Point]) -> bool:
    """Whether a feature lies on the left of a part of its boundary."""
    a, b = chain[0], chain[1]
    ring, index = outline.places(a, b)[0]
    is_hole = all(ring is not polygon[0] for polygon in outline.polygons)
    return (ring[index] == a) is ((doubled_area(ring) > 0) is not is_hole)


def _extended(line: Sequence[Metres], length: float) -> shapely.LineString:
    """The line, longer at both ends."""

    def beyond(end: Metres, before: Metres) -> Metres:
        way = (end[0] - before[0], end[1] - before[1])
        share = length / (way[0] ** 2 + way[1] ** 2) ** 0.5
        return end[0] + way[0] * share, end[1] + way[1] * share

    return shapely.LineString([beyond(line[0], line[1]), *line, beyond(line[-1], line[-2])])


def _assigned(pieces: Sequence[Polygon], one: Feature, other: Feature) -> list[Polygon]:
    """The pieces in the order of the parcels: to each the one that has most of its land."""
    first, second = (Outline([piece]).geometry() for piece in pieces)

    def kept(a: BaseGeometry, b: BaseGeometry) -> float:
        return float(shapely.area(shapely.intersection([a, b], [one.geometry, other.geometry])).sum())

    return list(pieces) if kept(first, second) >= kept(second, first) else list(pieces[::-1])


def _length(points: Sequence[Point]) -> float:
    return sum(distance(a, b) for a, b in pairwise(points))


OPERATION = Operation(
    id="move_boundary",
    title=N_("Dời ranh chung"),
    shortcut="L",
    parameters=Parameters,
    available=two_parcels,
    edit=_edit,
)
