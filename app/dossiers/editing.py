"""How a dossier and the rights on its land go along with the changes of parcels that are made in it."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.dossiers import workflow
from app.dossiers.approval import approval_issues
from app.dossiers.statuses import Status
from app.dossiers.workflow import Act
from app.edits.case import Case
from app.edits.changes import Changes
from app.edits.issues import Issue, Severity
from app.edits.models import Changeset
from app.edits.workflow import VIETNAM, Blocked
from app.land import succession
from app.land.register import add_source
from app.land.rules import check_land


def _check(session: Session, changeset: Changeset, changes: Changes, on: date) -> Iterable[Issue]:
    return [*approval_issues(session, changeset.dossier, on), *check_land(session, changes, on)]


def _submitted(session: Session, changeset: Changeset, user: User) -> None:
    workflow.submit(session, changeset.dossier, _act(session, changeset, user))


def _returned(session: Session, changeset: Changeset, user: User, reason: str) -> None:
    workflow.give_back(session, changeset.dossier, _act(session, changeset, user), reason)


def _approved(session: Session, changeset: Changeset, changes: Changes, user: User, on: date) -> None:
    source = add_source(session, "decision", number=changeset.dossier_code, issued_on=on)
    issues = succession.apply(session, changes, on, source.id)
    if any(one.severity is Severity.BLOCK for one in issues):
        raise Blocked(issues)
    workflow.transition(session, changeset.dossier, _act(session, changeset, user), Status.DONE)


def _act(session: Session, changeset: Changeset, user: User) -> Act:
    """What was done in the editor, done to the dossier as it is now."""
    dossier = workflow.get(session, changeset.dossier)
    return Act(actor=user, at=datetime.now(VIETNAM), version=dossier.version, token=uuid4())


CASE = Case(check=_check, submitted=_submitted, returned=_returned, approved=_approved)
