"""What stands between a dossier and its approval, as values that the approval can ask for."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.dossiers.kinds import Paper
from app.dossiers.models import Dossier
from app.dossiers.statuses import Status
from app.edits.issues import Issue, Severity
from app.errors import NotFound
from layers.layer import N_

MISSING = N_("Thiếu giấy tờ: {paper}.")
OBJECTION = N_("Còn {count} ý kiến phản đối chưa giải quyết.")
NO_NOTICE = N_("Chưa niêm yết công khai. Loại hồ sơ này phải niêm yết {days} ngày trước khi duyệt.")
NOTICE_RUNS = N_("Niêm yết công khai đến hết ngày {day}. Sau ngày đó mới được duyệt.")
NOT_IN_PROGRESS = N_("Hồ sơ không ở bước đang xử lý nên chưa duyệt được.")


@dataclass(frozen=True, kw_only=True)
class DossierState:
    """A dossier as the approval sees it on a day. `notice_over` is also true where no notice is asked."""

    id: UUID
    code: str
    kind: str
    status: Status
    version: int
    commune_code: str
    parcels: tuple[UUID, ...]
    is_open: bool
    is_submitted: bool
    submitted_by: int | None
    missing: tuple[Paper, ...]
    open_objections: int
    notice_until: date | None
    notice_over: bool


def is_open(dossier: Dossier) -> bool:
    """Whether something is left to decide about it."""
    return dossier.is_open


def missing_papers(dossier: Dossier) -> tuple[Paper, ...]:
    """The papers that its kind asks for and that nobody has put in."""
    there = {document.paper for document in dossier.documents}
    return tuple(paper for paper in dossier.kind_of.required if paper.code not in there)


def state_of(session: Session, dossier_id: UUID, on: date) -> DossierState:
    """The state of a dossier on a day; `NotFound` when there is none."""
    dossier = session.get(Dossier, dossier_id)
    if dossier is None:
        raise NotFound("unknown_dossier", N_("Không có hồ sơ này."))
    return seen(dossier, on)


def seen(dossier: Dossier, on: date) -> DossierState:
    """The state of a dossier that was read already."""
    until = dossier.notices[-1].ends_on if dossier.notices else None
    return DossierState(
        id=dossier.id,
        code=dossier.code,
        kind=dossier.kind,
        status=dossier.state,
        version=dossier.version,
        commune_code=dossier.commune_code,
        parcels=tuple(parcel.parcel_id for parcel in dossier.parcels),
        is_open=dossier.is_open,
        is_submitted=dossier.is_submitted,
        submitted_by=dossier.submitted_by,
        missing=missing_papers(dossier),
        open_objections=sum(objection.is_open for objection in dossier.objections),
        notice_until=until,
        notice_over=not dossier.kind_of.needs_notice or (until is not None and until <= on),
    )


def approval_issues(session: Session, dossier_id: UUID, on: date) -> list[Issue]:
    """What speaks against approving a dossier on a day, the heaviest first; empty: nothing.

    An open objection blocks a kind that is posted publicly; for others somebody has to look at it.
    `NotFound` when there is no such dossier.
    """
    dossier = session.get(Dossier, dossier_id)
    if dossier is None:
        raise NotFound("unknown_dossier", N_("Không có hồ sơ này."))
    return issues_of(dossier, on)


def issues_of(dossier: Dossier, on: date) -> list[Issue]:
    """The same of a dossier that was read already."""
    state, kind = seen(dossier, on), dossier.kind_of
    found = [] if state.status is Status.IN_PROGRESS else [_issue("dossier_not_in_progress", NOT_IN_PROGRESS)]
    found += [_issue("paper_missing", MISSING, paper=paper.title) for paper in state.missing]
    if not state.notice_over and state.notice_until is None:
        found.append(_issue("notice_missing", NO_NOTICE, days=kind.notice_days))
    elif not state.notice_over:
        last = dossier.notices[-1].last_day
        found.append(_issue("notice_running", NOTICE_RUNS, day=last.isoformat()))
    if state.open_objections:
        severity = Severity.BLOCK if kind.needs_notice else Severity.REVIEW
        found.append(_issue("objection_open", OBJECTION, severity, count=state.open_objections))
    return found


def _issue(rule: str, message: str, severity: Severity = Severity.BLOCK, **values: object) -> Issue:
    return Issue(severity, rule, None, None, message, values)
