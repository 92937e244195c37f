"""The rules of geometry: is the coverage whole after a change, and no worse than before?

They need the changed areas and those around them only. A defect that was there before does not block
a change, unless the change makes it worse, or moves a boundary in it and leaves it.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.edits.changes import Changes, Event, Feature
from app.edits.grid import PER_METRE, Point, cross, distance, dot, pairs, to_metres
from app.edits.issues import Issue, Severity
from app.edits.situation import (
    COVERAGE,
    THRESHOLDS,
    Situation,
    Thresholds,
    area_of,
    edges_of,
    is_area,
    lines,
    polygons,
    rings_of,
    sound,
)
from layers.layer import N_


@dataclass(frozen=True)
class Rule:
    """One rule: its id in issues, what it asks (a message id), and how it is checked."""

    id: str
    title: str
    check: Callable[[Situation], Iterable[Issue]]


def check_geometry(
    changes: Changes, surroundings: Iterable[Feature], thresholds: Thresholds = THRESHOLDS
) -> tuple[Issue, ...]:
    """The issues of changes, the heaviest first.

    `surroundings` are the unchanged areas that meet the box of any changed boundary; those of other
    layers are passed over. The same input gives the same issues.
    """
    situation = Situation(changes, tuple(surroundings), thresholds)
    found = [issue for rule in GEOMETRY_RULES for issue in rule.check(situation)]
    order = list(Severity)
    return tuple(sorted(found, key=lambda issue: order.index(issue.severity)))


# Each area by itself


def _valid(situation: Situation) -> Iterator[Issue]:
    for one in situation.news:
        if one.geometry.is_valid and one.geometry.area > 0:
            continue
        place = _where_invalid(one.geometry)
        wrong_before = any(not old.geometry.is_valid for old in situation.origins_of(one))
        near = place.buffer(situation.thresholds.touch)
        severity = Severity.REVIEW if wrong_before and not situation.touches(near) else Severity.BLOCK
        yield Issue(
            severity, "valid", one.key, place, N_("Ranh thửa {parcel} tự cắt ở đây."), _named(situation, one)
        )


def _single(situation: Situation) -> Iterator[Issue]:
    for one in situation.changes.news:
        is_whole = one.geometry.geom_type == "Polygon" or one.layer != "parcel"
        if one.layer in COVERAGE and not (is_whole and is_area(one)):
            message = N_("Thửa {parcel} phải là một vùng liền nhau.")
            yield Issue(Severity.BLOCK, "single", one.key, one.geometry, message, _named(situation, one))


def _repeated(situation: Situation) -> Iterator[Issue]:
    known = {point for one in situation.olds for point in _repeats(one.geometry)}
    for one in situation.news:
        for point in _repeats(one.geometry):
            if point not in known:
                message = N_("Thửa {parcel} có hai đỉnh trùng nhau ở đây.")
                place = _point(point)
                yield Issue(Severity.BLOCK, "repeated", one.key, place, message, _named(situation, one))


def _spiky(situation: Situation) -> Iterator[Issue]:
    known = {p for one in situation.olds for _, p in _spikes(one.geometry, situation.thresholds)}
    for one in situation.news:
        for angle, point in _spikes(one.geometry, situation.thresholds):
            if point not in known:
                message = N_("Ranh thửa {parcel} có mũi nhọn {angle}° ở đây.")
                values = _named(situation, one) | {"angle": round(angle, 1)}
                yield Issue(Severity.BLOCK, "spike", one.key, _point(point), message, values)


def _short(situation: Situation) -> Iterator[Issue]:
    limit = situation.thresholds.edge * PER_METRE
    for one in situation.news:
        for a, b in sorted(set(edges_of(one.geometry)) - situation.edges_before):
            if distance(a, b) < limit:
                message = N_("Hai đỉnh của thửa {parcel} chỉ cách nhau {length} m.")
                values = _named(situation, one) | {"length": distance(a, b) / PER_METRE}
                # On a boundary that stays where it is, a vertex has come near to another one's.
                severity = Severity.BLOCK if situation.is_drawn((a, b)) else Severity.REVIEW
                yield Issue(severity, "short", one.key, lines([(a, b)]), message, values)


def _narrow(situation: Situation) -> Iterator[Issue]:
    for one in situation.news:
        width = 2 * one.geometry.area / one.geometry.length
        if width < situation.thresholds.width and not any(
            old.key == one.key for old in situation.origins_of(one)
        ):
            message = N_("Thửa {parcel} chỉ rộng khoảng {width} m.")
            values = _named(situation, one) | {"width": round(width, 3)}
            yield Issue(Severity.BLOCK, "narrow", one.key, one.geometry, message, values)


# Areas together


def _overlap(situation: Situation) -> Iterator[Issue]:
    """Pairs that share land. Compared with what their origins shared before."""
    if not situation.news:
        return
    after = [*situation.news, *situation.around]
    shapes = [sound(one.geometry) for one in after]
    met = shapely.STRtree(shapes).query(shapes[: len(situation.news)], predicate="intersects")
    for mine, other in sorted(zip(*met.tolist(), strict=True)):
        if mine == other or (other < len(situation.news) and other < mine):
            continue
        if not shapely.relate_pattern(shapes[mine], shapes[other], "T********"):
            continue
        region = polygons(shapes[mine].intersection(shapes[other]))
        if region.area > situation.thresholds.overlap:
            # Of a new area and an old one, the sentence is about the new one.
            one, two = sorted((after[mine], after[other]), key=lambda it: it not in situation.made)
            yield from _shared(situation, one, two, region)


def _shared(situation: Situation, one: Feature, other: Feature, region: BaseGeometry) -> Iterator[Issue]:
    thresholds = situation.thresholds
    before = shapely.union_all(
        [
            sound(a.geometry).intersection(sound(b.geometry))
            for a in situation.origins_of(one)
            for b in situation.origins_of(other)
            if a.key != b.key
        ]
    )
    worse = polygons(region.difference(before))
    values = _named(situation, one) | {"other": situation.label(other), "area": round(region.area, 2)}
    if situation.counts(worse, thresholds.overlap):
        message = N_("Thửa {parcel} chồng {area} m² lên {other}.")
        yield Issue(Severity.BLOCK, "overlap", one.key, worse, message, values)
    elif not situation.counts(region, thresholds.overlap):
        return
    elif situation.touches(region):
        message = N_("Thửa {parcel} vẫn chồng {area} m² lên {other}, mà ranh ở đó vừa được sửa.")
        yield Issue(Severity.BLOCK, "overlap_left", one.key, region, message, values)
    else:
        message = N_("Thửa {parcel} chồng {area} m² lên {other} từ trước.")
        yield Issue(Severity.REVIEW, "overlap_known", one.key, region, message, values)


def _gap(situation: Situation) -> Iterator[Issue]:
    """Land that was somebody's and is nobody's afterwards."""
    lost = area_of(situation.olds).difference(area_of([*situation.news, *situation.around]))
    for part in shapely.get_parts(polygons(lost)):
        if situation.counts(part, situation.thresholds.gap):
            message = N_("Còn {area} m² đất không thuộc thửa nào ở đây.")
            yield Issue(Severity.BLOCK, "gap", None, part, message, {"area": round(part.area, 2)})


def _fit(situation: Situation) -> Iterator[Issue]:
    """Boundaries that are not the same on both sides, where they were."""
    misfits = _new_misfits(situation, 0)
    if not misfits.is_empty:
        message = N_("Ranh ở đây chưa trùng với ranh bên cạnh, dài {length} m.")
        yield Issue(Severity.BLOCK, "fit", None, misfits, message, {"length": round(misfits.length, 2)})


def _sliver(situation: Situation) -> Iterator[Issue]:
    """Narrow gaps, where there were none. Those between two boundaries of old were there."""
    width = situation.thresholds.gap_width
    gaps = _new_misfits(situation, width)
    if gaps.is_empty:
        return
    known = [*situation.edges_before, *(edge for one in situation.around for edge in edges_of(one.geometry))]
    gaps = gaps.difference(lines(known).buffer(situation.thresholds.sliver))
    gaps = gaps.difference(_new_misfits(situation, 0))
    if not gaps.is_empty:
        message = N_("Ở đây có khe hở hẹp hơn {width} m.")
        yield Issue(Severity.BLOCK, "sliver", None, gaps, message, {"width": width})


def _new_misfits(situation: Situation, gap: float) -> BaseGeometry:
    """The lines where neighbours do not fit and did before. Gaps narrower than `gap` count."""
    after = _misfits([*situation.news, *situation.around], gap)
    if after.is_empty:
        return after
    before = _misfits([*situation.olds, *situation.around], gap)
    return after.difference(before.buffer(situation.thresholds.sliver))


def _misfits(features: Iterable[Feature], gap: float) -> BaseGeometry:
    shapes = np.array([one.geometry for one in features], dtype=object)
    found: BaseGeometry = shapely.union_all(shapely.coverage_invalid_edges(shapes, gap_width=gap))
    return found


# Families


def _union(situation: Situation) -> Iterator[Issue]:
    """Children have the land of their parents, except what changed hands with others in the same change."""
    for event in situation.changes.events():
        parents, children = _members(situation, event)
        was, is_ = area_of(parents), area_of(children)
        given = area_of(one for one in situation.news if one not in children)
        taken = area_of(one for one in situation.olds if one not in parents)
        for region in (was.difference(is_).difference(given), is_.difference(was).difference(taken)):
            if situation.counts(polygons(region), situation.thresholds.gap):
                message = N_("Các thửa mới chưa khớp với thửa gốc: lệch {area} m² ở đây.")
                values = {"area": round(region.area, 2)}
                yield Issue(Severity.BLOCK, "union", None, polygons(region), message, values)


def _balance(situation: Situation) -> Iterator[Issue]:
    """As much land after as before, where nothing is made from nothing and nothing ends without a heir."""
    parents, children = ({one[side] for one in situation.changes.lineage} for side in (0, 1))
    if {one.key for one in situation.changes.made} != children:
        return
    if {one.key for one in situation.changes.retired} != parents:
        return
    off = area_of(situation.news).area - area_of(situation.olds).area
    longest = max((distance(*one) / PER_METRE for one in situation.edges_before), default=0)
    # A vertex put into the outer side of an edge may lie 0.7 mm off it.
    if abs(off) <= situation.thresholds.balance + 0.00036 * longest:
        return
    if situation.changes.lineage:
        message = N_("Tổng diện tích sau khi sửa lệch {area} m² so với trước.")
        yield Issue(Severity.BLOCK, "balance", None, None, message, {"area": round(off, 2)})
    elif off > 0:
        message = N_("Thêm {area} m² đất trước đây không thuộc thửa nào.")
        yield Issue(Severity.REVIEW, "gained", None, None, message, {"area": round(off, 2)})


GEOMETRY_RULES: tuple[Rule, ...] = (
    Rule("valid", N_("Ranh không tự cắt"), _valid),
    Rule("single", N_("Mỗi thửa là một phần liền nhau"), _single),
    Rule("repeated", N_("Không có đỉnh trùng nhau"), _repeated),
    Rule("spike", N_("Ranh không có mũi nhọn"), _spiky),
    Rule("short", N_("Các đỉnh không sít nhau"), _short),
    Rule("narrow", N_("Thửa không quá hẹp"), _narrow),
    Rule("overlap", N_("Không chồng lấn"), _overlap),
    Rule("gap", N_("Không hở đất"), _gap),
    Rule("fit", N_("Ranh chung trùng nhau ở hai bên"), _fit),
    Rule("sliver", N_("Không có khe hở hẹp"), _sliver),
    Rule("union", N_("Các thửa mới gộp lại đúng bằng thửa gốc"), _union),
    Rule("balance", N_("Tổng diện tích không đổi"), _balance),
)


def _members(situation: Situation, event: Event) -> tuple[list[Feature], list[Feature]]:
    return (
        [one for one in situation.olds if one.key in event.parents],
        [one for one in situation.news if one.key in event.children],
    )


def _repeats(geometry: BaseGeometry) -> Iterator[Point]:
    for ring in rings_of(geometry):
        yield from (a for a, b in pairs(ring) if a == b)


def _spikes(geometry: BaseGeometry, thresholds: Thresholds) -> Iterator[tuple[float, Point]]:
    """Vertices with a very sharp angle, or with a sharp one between sides that hardly part."""
    for ring in rings_of(geometry):
        for before, here, after in zip([ring[-1], *ring[:-1]], ring, [*ring[1:], ring[0]], strict=True):
            if here in (before, after):
                continue
            turn = cross(here, before, after)
            angle = math.degrees(math.atan2(abs(turn), dot(here, before, after)))
            width = abs(turn) / max(distance(here, before), distance(here, after)) / PER_METRE
            if angle < thresholds.spike_angle or (angle < 30 and width < thresholds.spike_width):
                yield angle, here


def _where_invalid(geometry: BaseGeometry) -> BaseGeometry:
    found = re.search(r"\[(\S+) (\S+)\]", shapely.is_valid_reason(geometry))
    return shapely.Point(float(found[1]), float(found[2])) if found else geometry.boundary


def _named(situation: Situation, feature: Feature) -> dict[str, object]:
    return {"parcel": situation.label(feature)}


def _point(point: Point) -> shapely.Point:
    return shapely.Point(to_metres(point))
