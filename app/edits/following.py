"""Neighbours that follow: areas that only get the vertices of somebody else's boundary.

A road gets a vertex wherever a parcel beside it is divided. Nothing of it moves, so many dossiers may
do that at once: such a change is not claimed, and it is made anew upon the road as it has become.
"""

import shapely

from app.edits.changes import Change, Changes, Feature, Key
from app.edits.grid import Point
from app.edits.situation import COVERAGE, rings_of
from app.edits.tolerances import TOLERANCES
from app.edits.topology import Coverage


def is_following(change: Change) -> bool:
    """Whether a change gives an area vertices on its boundary and does nothing else to it."""
    old, new = change.old, change.new
    if old is None or new is None or change.layer not in COVERAGE or old.attributes != new.attributes:
        return False
    if not _vertices(old) < _vertices(new):
        return False
    moved = shapely.hausdorff_distance(old.geometry.boundary, new.geometry.boundary)
    return bool(moved <= TOLERANCES.noding)


def leading(changes: Changes) -> list[Change]:
    """The changes that are somebody's purpose: all but those that follow."""
    return [one for one in changes if not is_following(one)]


def brought_up(changes: Changes, now: dict[Key, Feature]) -> Changes:
    """The changes with those that follow made anew upon features as they are `now`. What cannot follow
    there any more, because the boundary has moved away, stays as it was."""
    items = []
    for one in changes:
        standing = now.get(one.key)
        if standing and one.old and standing.version != one.old.version and is_following(one):
            items.append(_followed(one, standing) or one)
        else:
            items.append(one)
    return Changes.of(items, changes.lineage)


def _followed(change: Change, standing: Feature) -> Change | None:
    """The same vertices in the boundary as it stands; None when one of them is not on it."""
    assert change.old
    assert change.new
    wanted = _vertices(change.new) - _vertices(change.old)
    coverage = Coverage([standing], TOLERANCES)
    for one in sorted(wanted):
        coverage.insert(one)
    geometry = coverage.outlines[standing.key].geometry()
    new = Feature(standing.layer, standing.id, standing.version, geometry, standing.attributes)
    return Change.altered(standing, new) if wanted <= _vertices(new) else None


def _vertices(feature: Feature) -> set[Point]:
    return {point for ring in rings_of(feature.geometry) for point in ring}
