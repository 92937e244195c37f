"""What stands above editing and has a say in it: the case that a changeset belongs to, and the rights on
the land. Editing knows neither; they are handed over as one value."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.edits.changes import Changes
from app.edits.issues import Issue
from app.edits.models import Changeset

CLAIMED_FOR = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Case:
    """Each is called in the transaction of the deed, and may raise a `Problem` to stop it.

    `check` finds what stands against changes that shall be valid from a day. `submitted`, `returned`
    (with a reason), `withdrawn` (by an editor, of what was submitted) and `approved` (with the
    changes as written) follow what was done by somebody.
    `claimed_for` is how long a submission keeps others from what it changes.
    """

    check: Callable[[Session, Changeset, Changes, date], Iterable[Issue]] = lambda *_: ()
    claimed_for: Callable[[Session, Changeset], timedelta] = lambda *_: CLAIMED_FOR
    submitted: Callable[[Session, Changeset, User], None] = lambda *_: None
    returned: Callable[[Session, Changeset, User, str], None] = lambda *_: None
    withdrawn: Callable[[Session, Changeset, User], None] = lambda *_: None
    approved: Callable[[Session, Changeset, Changes, User, date], None] = lambda *_: None


ALONE = Case()
"""Editing by itself."""
