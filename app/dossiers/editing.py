"""How a dossier and the rights on its land go along with the changes of parcels that are made in it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.dossiers import workflow
from app.dossiers.approval import approval_issues
from app.dossiers.models import Dossier
from app.dossiers.statuses import Status
from app.dossiers.workflow import Act
from app.edits.case import Case
from app.edits.changes import Changes
from app.edits.following import leading
from app.edits.issues import Issue, Severity
from app.edits.models import Changeset
from app.edits.operations.operation import PARCEL
from app.edits.workflow import VIETNAM, Blocked
from app.edits.workflow import begin as begin_changeset
from app.errors import Unprocessable
from app.land import succession
from app.land.register import add_source
from app.land.rules import check_land
from layers.layer import N_

NO_MAP = N_("Loại hồ sơ này không sửa thửa đất trên bản đồ.")
NOT_AT_WORK = N_("Chỉ vẽ được khi hồ sơ đang xử lý. Nhận hồ sơ và chuyển sang xử lý trước.")


def changeset_of(session: Session, dossier: Dossier) -> Changeset | None:
    """The changeset that a dossier is at: the open one, or the one that was approved."""
    about = select(Changeset).where(Changeset.dossier == dossier.id, Changeset.status != "withdrawn")
    return session.scalars(about.order_by(Changeset.saved_at.desc()).limit(1)).first()


def begin(session: Session, dossier: Dossier, editor: User) -> Changeset:
    """A new draft in a dossier. `Unprocessable` when its kind changes no parcels, or it is not at work."""
    if not dossier.kind_of.changes_parcels:
        raise Unprocessable("no_map_work", NO_MAP)
    if dossier.state is not Status.IN_PROGRESS:
        raise Unprocessable("dossier_not_in_progress", NOT_AT_WORK)
    return begin_changeset(
        session, editor, dossier=dossier.id, code=dossier.code, commune=dossier.commune_code
    )


def in_editor(dossier: Dossier) -> bool:
    """Whether a dossier is submitted, returned and approved together with its changeset, in the editor."""
    return dossier.kind_of.changes_parcels


ActOf = Callable[[Session, Changeset, User], Act]
"""What was done in the editor, as something done to the dossier."""


def case_of(act_of: ActOf) -> Case:
    """What dossiers and rights have to say to a changeset, and what becomes of them with it."""

    def submitted(session: Session, changeset: Changeset, user: User) -> None:
        workflow.submit(session, changeset.dossier, act_of(session, changeset, user))

    def returned(session: Session, changeset: Changeset, user: User, reason: str) -> None:
        # An objection may have taken the dossier back already.
        if workflow.get(session, changeset.dossier).is_submitted:
            workflow.give_back(session, changeset.dossier, act_of(session, changeset, user), reason)

    def withdrawn(session: Session, changeset: Changeset, user: User) -> None:
        if workflow.get(session, changeset.dossier).is_submitted:
            workflow.take_back(session, changeset.dossier, act_of(session, changeset, user))

    def approved(session: Session, changeset: Changeset, changes: Changes, user: User, on: date) -> None:
        source = add_source(session, "decision", dossier=changeset.dossier_code, dated=on)
        issues = succession.apply(session, changes, on, source.id)
        if any(one.severity is Severity.BLOCK for one in issues):
            raise Blocked(issues)
        workflow.transition(session, changeset.dossier, act_of(session, changeset, user), Status.DONE)

    return Case(
        check=_check,
        claimed_for=_claimed_for,
        submitted=submitted,
        returned=returned,
        withdrawn=withdrawn,
        approved=approved,
    )


def _check(session: Session, changeset: Changeset, changes: Changes, on: date) -> Iterable[Issue]:
    return [
        *approval_issues(session, changeset.dossier, on),
        *_other_parcels(workflow.get(session, changeset.dossier), changes),
        *check_land(session, changes, on),
    ]


def _other_parcels(dossier: Dossier, changes: Changes) -> Iterator[Issue]:
    """Parcels that change and that the dossier is not about: its papers and its notice are not either."""
    about = {one.parcel_id for one in dossier.parcels}
    for item in leading(changes):
        if about and item.old and item.layer == PARCEL and item.id not in about:
            values = {name: item.old.attributes.get(name) for name in ("number", "sheet")}
            message = N_("Thửa {number}, tờ {sheet} không có trong hồ sơ này.")
            yield Issue(Severity.REVIEW, "other_parcel", item.key, item.old.geometry, message, values)


def _claimed_for(session: Session, changeset: Changeset) -> timedelta:
    return timedelta(days=workflow.get(session, changeset.dossier).kind_of.claim_days)


def _now(session: Session, changeset: Changeset, user: User) -> Act:
    dossier = workflow.get(session, changeset.dossier)
    return Act(actor=user, at=datetime.now(VIETNAM), version=dossier.version, token=uuid4())


CASE = case_of(_now)
