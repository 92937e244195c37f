"""A change is data: a feature as it was and as it becomes, where either side may be missing.

Changes follow one another (`Changes.then`) and can be turned round (`Changes.inverted`), which is undo.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple
from uuid import UUID

from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from app.edits.grid import on_grid


class Key(NamedTuple):
    """What a feature is called: its layer and its permanent id."""

    layer: str
    id: UUID


@dataclass(frozen=True)
class Feature:
    """A feature of a layer in one state.

    `version` is the register's version that this state is or was made from, 0 when the register has
    none yet. `geometry` lies in the legal CRS and is rounded to millimetres when the feature is made.
    `attributes` are JSON values by field name (dates as ISO text).
    """

    layer: str
    id: UUID
    version: int
    geometry: BaseGeometry
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "geometry", on_grid(self.geometry))

    @property
    def key(self) -> Key:
        return Key(self.layer, self.id)

    def as_json(self) -> dict[str, Any]:
        """The feature as JSON; coordinates are metres with three decimals."""
        return {
            "layer": self.layer,
            "id": str(self.id),
            "version": self.version,
            "geometry": mapping(self.geometry),
            "attributes": dict(self.attributes),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Feature":
        """The feature of which `as_json` was the JSON. KeyError, TypeError or ValueError otherwise."""
        return cls(
            str(data["layer"]),
            UUID(data["id"]),
            int(data["version"]),
            shape(data["geometry"]),
            dict(data["attributes"]),
        )


@dataclass(frozen=True)
class Change:
    """One feature before and after. No `old`: it is made; no `new`: it is retired."""

    layer: str
    id: UUID
    old: Feature | None
    new: Feature | None

    def __post_init__(self) -> None:
        sides = [one for one in (self.old, self.new) if one]
        if not sides or any(one.key != self.key for one in sides):
            raise ValueError("a change has one feature, before or after it or both")

    @property
    def key(self) -> Key:
        return Key(self.layer, self.id)

    @classmethod
    def made(cls, new: Feature) -> "Change":
        return cls(new.layer, new.id, None, new)

    @classmethod
    def retired(cls, old: Feature) -> "Change":
        return cls(old.layer, old.id, old, None)

    @classmethod
    def altered(cls, old: Feature, new: Feature) -> "Change":
        return cls(old.layer, old.id, old, new)


class Descent(NamedTuple):
    """That a new feature came from a retired one."""

    parent: Key
    child: Key


@dataclass(frozen=True)
class Event:
    """Features that turn into others at once: one into several, several into one, or several into several."""

    parents: tuple[Key, ...]
    children: tuple[Key, ...]

    @property
    def kind(self) -> Literal["split", "merge", "renewal", "readjustment"]:
        if len(self.parents) == 1:
            return "renewal" if len(self.children) == 1 else "split"
        return "merge" if len(self.children) == 1 else "readjustment"


@dataclass(frozen=True)
class Changes:
    """Changes to different features, and who came from whom. Both stand in the order of their keys."""

    items: tuple[Change, ...] = ()
    lineage: tuple[Descent, ...] = ()

    @classmethod
    def of(cls, items: Iterable[Change], lineage: Iterable[Descent] = ()) -> "Changes":
        """Changes in their order. ValueError when a feature is changed twice, or a line of descent does
        not lead from a feature that is retired to one that is made."""
        kept = sorted(items, key=_key)
        if len({item.key for item in kept}) < len(kept):
            raise ValueError("a feature is changed twice")
        made = cls(tuple(kept), tuple(sorted(set(lineage))))
        retired, born = ({one.key for one in side} for side in (made.retired, made.made))
        if any(one.parent not in retired or one.child not in born for one in made.lineage):
            raise ValueError("descent leads from a feature that is retired to one that is made")
        return made

    def __iter__(self) -> Iterator[Change]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def made(self) -> tuple[Feature, ...]:
        """New features."""
        return tuple(item.new for item in self.items if item.new and not item.old)

    @property
    def retired(self) -> tuple[Feature, ...]:
        """Features that end."""
        return tuple(item.old for item in self.items if item.old and not item.new)

    @property
    def olds(self) -> tuple[Feature, ...]:
        """Every changed feature that was there before, as it was."""
        return tuple(item.old for item in self.items if item.old)

    @property
    def news(self) -> tuple[Feature, ...]:
        """Every changed feature that is there afterwards, as it is then."""
        return tuple(item.new for item in self.items if item.new)

    def then(self, later: "Changes") -> "Changes":
        """These changes and, after them, `later`, as one: made and altered is made, altered and retired is
        retired, made and retired is nothing.

        Descent goes through features that come and go between: P → c and c → d give P → d.
        ValueError when `later` starts from another state than the one these changes lead to.
        """
        joined = {item.key: item for item in self.items}
        passing: set[Key] = set()
        for item in later.items:
            first = joined.pop(item.key, None)
            if first is not None and first.new != item.old:
                raise ValueError(f"{item.layer} {item.id}: the later change starts from another state")
            old = first.old if first else item.old
            if old is None and item.new is None:
                passing.add(item.key)
            elif old != item.new:
                joined[item.key] = Change(item.layer, item.id, old, item.new)
        descent = _through({*self.lineage, *later.lineage}, passing)
        retired = {key for key, item in joined.items() if item.new is None}
        born = {key for key, item in joined.items() if item.old is None}
        return Changes.of(
            joined.values(), (one for one in descent if one.parent in retired and one.child in born)
        )

    def inverted(self) -> "Changes":
        """The changes that undo these, for a draft.

        What was approved is undone by new features instead: an id that ended does not begin again.
        """
        return Changes.of(
            (Change(item.layer, item.id, item.new, item.old) for item in self.items),
            (Descent(one.child, one.parent) for one in self.lineage),
        )

    def applied(self, features: Mapping[Key, Feature]) -> dict[Key, Feature]:
        """The features after the changes. ValueError when one is not in the state that they expect."""
        after = dict(features)
        for item in self.items:
            if after.pop(item.key, None) != item.old:
                raise ValueError(f"{item.layer} {item.id} is in another state")
            if item.new:
                after[item.key] = item.new
        return after

    def events(self) -> tuple[Event, ...]:
        """The lineage as events: what hangs together by descent is one."""
        families: list[tuple[set[Key], set[Key]]] = []
        for one in self.lineage:
            mine = ({one.parent}, {one.child})
            for other in [f for f in families if one.parent in f[0] or one.child in f[1]]:
                families.remove(other)
                mine = (mine[0] | other[0], mine[1] | other[1])
            families.append(mine)
        return tuple(Event(tuple(sorted(p)), tuple(sorted(c))) for p, c in sorted(families, key=_least))

    def as_json(self) -> dict[str, Any]:
        """The changes as JSON values."""
        return {
            "changes": [
                {"old": item.old and item.old.as_json(), "new": item.new and item.new.as_json()}
                for item in self.items
            ],
            "lineage": [
                {"parent": _key_as_json(one.parent), "child": _key_as_json(one.child)} for one in self.lineage
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Changes":
        """The changes of which `as_json` was the JSON. KeyError, TypeError or ValueError otherwise."""
        items = []
        for one in data["changes"]:
            old, new = (Feature.from_json(one[side]) if one[side] else None for side in ("old", "new"))
            some = old or new
            if some is None:
                raise ValueError("a change has one feature, before or after it or both")
            items.append(Change(some.layer, some.id, old, new))
        return cls.of(
            items,
            (Descent(_key_from_json(one["parent"]), _key_from_json(one["child"])) for one in data["lineage"]),
        )

    def dumps(self) -> str:
        """The changes as JSON text, the same for the same changes."""
        return json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, allow_nan=False)


def _through(lineage: set[Descent], passing: Iterable[Key]) -> set[Descent]:
    """Descent with the features left out that came and went: their children are their parents' children."""
    for key in passing:
        parents = {one.parent for one in lineage if one.child == key}
        children = {one.child for one in lineage if one.parent == key}
        lineage = {one for one in lineage if key not in one}
        lineage |= {Descent(p, c) for p in parents for c in children if p != c}
    return lineage


def _key(change: Change) -> Key:
    return change.key


def _least(family: tuple[set[Key], set[Key]]) -> Key:
    return min(family[0])


def _key_as_json(key: Key) -> dict[str, str]:
    return {"layer": key.layer, "id": str(key.id)}


def _key_from_json(data: Mapping[str, str]) -> Key:
    return Key(data["layer"], UUID(data["id"]))
