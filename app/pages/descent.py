"""Where a parcel comes from and what became of it, for its page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.edits.changes import Key
from app.edits.register import Descent, lineage
from app.features.cards import page_of, title
from app.features.formats import Wording
from app.features.history import Period, State, periods, state
from layers import CATALOG
from layers.layer import N_
from tiles.scope import Scope

KINDS = {
    "split": N_("Tách thửa"),
    "merge": N_("Gộp thửa"),
    "renewal": N_("Lập lại thửa"),
    "readjustment": N_("Sắp xếp lại các thửa"),
}


@dataclass(frozen=True)
class Relative:
    """A parcel beside this one in an event: its name and its page."""

    id: str
    title: str
    page: str


@dataclass(frozen=True)
class Event:
    """What happened on a day: the parcels that ended, and those that began."""

    kind: str
    title: str
    on: date
    parents: tuple[Relative, ...]
    children: tuple[Relative, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "on": self.on.isoformat(),
            "parents": [vars(one) for one in self.parents],
            "children": [vars(one) for one in self.children],
        }


@dataclass(frozen=True)
class History:
    """The events of a parcel's life and the days on which its record changed, the newest first."""

    ended: bool
    valid: Period
    came: tuple[Event, ...]
    went: tuple[Event, ...]
    periods: tuple[Period, ...]

    def as_json(self) -> dict[str, Any]:
        """The members that a parcel's JSON has of it."""
        until = self.valid.until
        return {
            "ended": self.ended,
            "valid": {"from": self.valid.since.isoformat(), "to": until and until.isoformat()},
            "lineage": {
                "from": [one.as_json() for one in self.came],
                "into": [one.as_json() for one in self.went],
            },
        }


def history(session: Session, scope: Scope, then: State, wording: Wording) -> History:
    """The history of the parcel of which this is a state."""
    one = then.found
    came, went = lineage(session, Key(one.layer.id, one.id))
    return History(
        ended=then.ended,
        valid=then.period,
        came=tuple(_event(session, scope, event, wording) for event in came),
        went=tuple(_event(session, scope, event, wording) for event in went),
        periods=tuple(periods(session, one.layer, one.id)),
    )


def _event(session: Session, scope: Scope, event: Descent, wording: Wording) -> Event:
    parents, children = (
        _relatives(session, scope, keys, wording) for keys in (event.parents, event.children)
    )
    return Event(event.kind, wording.say(KINDS[event.kind]), event.on, parents, children)


def _relatives(session: Session, scope: Scope, keys: Iterable[Key], wording: Wording) -> tuple[Relative, ...]:
    known = [state(session, scope, CATALOG[key.layer], key.id).found for key in keys]
    known.sort(key=lambda one: (len(str(one.values.get("number"))), str(one.values.get("number"))))
    return tuple(Relative(str(one.id), title(one, wording), page_of(one.layer, one.id)) for one in known)
