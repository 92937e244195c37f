"""What is done to a dossier. Every write locks it, quotes the version that its author saw, and leaves one
line in the timeline; the same form sent twice is done once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.roles import Permission
from app.dossiers import access, deadline
from app.dossiers.approval import issues_of
from app.dossiers.files import MB, Content, Store, shown_name
from app.dossiers.models import Dossier, DossierDocument, DossierEvent, DossierParcel, Notice, Objection
from app.dossiers.statuses import CLOSED, PAUSED, Status, Transition
from app.dossiers.statuses import transition as step_between
from app.edits import workflow as edits
from app.edits.issues import Issue, Severity
from app.edits.models import Changeset
from app.errors import Conflict, Forbidden, NotFound, Unprocessable
from layers.layer import N_

LONGEST_TEXT = 4_000
EDIT = (Permission.PARCELS_EDIT,)
APPROVE = (Permission.PARCELS_APPROVE,)

OUTCOMES = {
    "settled": N_("Đã giải quyết xong"),
    "unfounded": N_("Không có căn cứ"),
    "withdrawn": N_("Người phản đối đã rút"),
}
"""How an objection can end."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """Who does something, when (in the office's time zone), having seen which version, by which form."""

    actor: User
    at: datetime
    version: int
    token: UUID


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file as one of the papers of a kind, with what its owner called it."""

    paper: str
    name: str | None
    content: Content


class Stale(Conflict):
    """Somebody changed the dossier in the meantime; `current` is how it is now."""

    def __init__(self, dossier: Dossier) -> None:
        self.current = {
            "id": str(dossier.id),
            "code": dossier.code,
            "status": dossier.status,
            "version": dossier.version,
            "changed_at": dossier.changed_at.isoformat(),
            "changed_by": dossier.changer.full_name,
        }
        super().__init__(
            "dossier_stale",
            N_("{name} đã đổi hồ sơ này sau khi bạn mở. Xem bản mới rồi làm lại; chữ bạn ghi vẫn còn."),
            members={"current": self.current},
            name=dossier.changer.full_name,
        )


def get(session: Session, dossier_id: UUID, reader: User | None = None) -> Dossier:
    """A dossier; `NotFound` when there is none, or none for this reader (None: the product itself)."""
    dossier = session.get(Dossier, dossier_id)
    if reader is not None:
        access.check(reader, dossier)
    if dossier is None:
        raise NotFound("unknown_dossier", access.NO_DOSSIER)
    return dossier


def dossiers_of_parcel(session: Session, parcel_id: UUID, *, only_open: bool = False) -> Sequence[Dossier]:
    """The dossiers about a parcel, the newest first."""
    about = select(Dossier).join(DossierParcel).where(DossierParcel.parcel_id == parcel_id)
    if only_open:
        about = about.where(Dossier.status.not_in([status.value for status in CLOSED]))
    return session.scalars(about.order_by(Dossier.registered_at.desc(), Dossier.code)).all()


def transition(session: Session, dossier_id: UUID, act: Act, target: Status, reason: str = "") -> Dossier:
    """Take a dossier to another status.

    `Unprocessable` when no step leads there, a reason is missing, or something still blocks the
    approval; `Forbidden` when the step takes another permission or another pair of eyes.
    """
    payload = {"to": target.value, "reason": _text(reason, needed=False)}
    dossier, fresh = _take(session, dossier_id, act, "transition", payload)
    if fresh:
        step = _step(dossier, act, target, payload["reason"])
        if target is Status.DONE:
            _check_ready(session, dossier, act.at.date(), "approved")
        _record(session, dossier, act, "transition", payload | {"from": dossier.status})
        _move(dossier, step, act)
        if step.target in (Status.REFUSED, Status.STOPPED):
            edits.abandon(session, dossier.id)
        session.flush()
    return dossier


def submit(session: Session, dossier_id: UUID, act: Act) -> Dossier:
    """Put a dossier up for decision. Who does so cannot decide it."""
    dossier, fresh = _take(session, dossier_id, act, "submitted", {}, permissions=EDIT)
    if fresh:
        if dossier.state is not Status.IN_PROGRESS:
            raise Unprocessable("dossier_not_in_progress", N_("Chỉ trình duyệt được hồ sơ đang xử lý."))
        if dossier.is_submitted:
            raise Unprocessable("already_submitted", N_("Hồ sơ này đã trình duyệt rồi."))
        _check_ready(session, dossier, act.at.date(), "submitted")
        dossier.submitted_at, dossier.submitted_by = act.at, act.actor.id
        _record(session, dossier, act, "submitted", {})
    return dossier


def give_back(session: Session, dossier_id: UUID, act: Act, reason: str) -> Dossier:
    """Return a submitted dossier to its officer."""
    payload = {"reason": _text(reason)}
    dossier, fresh = _take(session, dossier_id, act, "given_back", payload)
    if fresh:
        if not dossier.is_submitted:
            raise Unprocessable("not_submitted", NOT_SUBMITTED)
        if dossier.submitted_by != act.actor.id:  # who submitted it may take it back
            access.check(act.actor, dossier, APPROVE)
        dossier.submitted_at = dossier.submitted_by = None
        _record(session, dossier, act, "given_back", payload)
    return dossier


def take_back(session: Session, dossier_id: UUID, act: Act) -> Dossier:
    """Take a submitted dossier back because its changeset was withdrawn, by whoever may draw in it."""
    dossier, fresh = _take(session, dossier_id, act, "given_back", {"reason": WITHDRAWN}, permissions=EDIT)
    if fresh:
        dossier.submitted_at = dossier.submitted_by = None
        _record(session, dossier, act, "given_back", {"reason": WITHDRAWN})
    return dossier


WITHDRAWN = "Rút bản sửa đổi."
"""Stands in the timeline among what people wrote, which is not translated either."""
NOT_SUBMITTED = N_("Hồ sơ này chưa trình duyệt.")


def assign(session: Session, dossier_id: UUID, act: Act, officer: int) -> Dossier:
    """Give a dossier to the officer of this account."""
    dossier, fresh = _take(session, dossier_id, act, "assigned", {"to": officer})
    if fresh:
        _check_open(dossier)
        to = _officer(session, dossier, officer)
        dossier.assignee_id = officer
        if dossier.delegate_id == officer:
            dossier.delegate_id = None
        _record(session, dossier, act, "assigned", {"to": officer, "name": to.full_name})
    return dossier


def delegate(session: Session, dossier_id: UUID, act: Act, officer: int | None) -> Dossier:
    """Let another officer stand in for the assignee; None: nobody any more."""
    dossier, fresh = _take(session, dossier_id, act, "delegated", {"to": officer})
    if fresh:
        _check_open(dossier)
        name = _officer(session, dossier, officer).full_name if officer is not None else ""
        if officer is not None and officer == dossier.assignee_id:
            raise Unprocessable("own_delegate", N_("Người này đang giữ hồ sơ. Chọn người khác làm thay."))
        dossier.delegate_id = officer
        _record(session, dossier, act, "delegated", {"to": officer, "name": name})
    return dossier


def note(session: Session, dossier_id: UUID, act: Act, text: str) -> Dossier:
    """Write a note for those who handle the dossier."""
    payload = {"text": _text(text)}
    dossier, fresh = _take(session, dossier_id, act, "note", payload)
    if fresh:
        _record(session, dossier, act, "note", payload)
    return dossier


def attach(session: Session, dossier_id: UUID, act: Act, upload: Upload, *, store: Store) -> Dossier:
    """Put a file into a dossier, as one of the papers of its kind."""
    paper, content = upload.paper, upload.content
    payload = {"paper": paper, "sha256": content.sha256}
    dossier, fresh = _take(session, dossier_id, act, "document", payload, permissions=EDIT)
    if fresh:
        _check_open(dossier)
        if paper not in {one.code for one in dossier.kind_of.papers}:
            raise Unprocessable("paper_unknown", N_("Chọn loại giấy tờ."))
        _check_room(session, dossier, store, len(content.data))
        shown = shown_name(upload.name, content.type.suffix)
        document = DossierDocument(
            id=uuid4(),
            paper=paper,
            name=shown,
            stored=_kept(session, store, content),
            sha256=content.sha256,
            size=len(content.data),
            media_type=content.type.media_type,
            added_at=act.at,
            added_by=act.actor.id,
        )
        dossier.documents.append(document)
        _record(session, dossier, act, "document", payload | {"name": shown, "document": str(document.id)})
    return dossier


def publish_notice(session: Session, dossier_id: UUID, act: Act, place: str, on: date) -> Dossier:
    """Write down that the request has been posted since that day."""
    payload = {"place": _text(place), "published_on": on.isoformat()}
    dossier, fresh = _take(session, dossier_id, act, "notice", payload, permissions=EDIT)
    if fresh:
        _check_open(dossier)
        if not dossier.kind_of.needs_notice:
            raise Unprocessable("no_notice_needed", N_("Loại hồ sơ này không cần niêm yết."))
        if on > act.at.date() or on < dossier.registered_at.astimezone(act.at.tzinfo).date():
            raise Unprocessable("notice_day", N_("Ngày niêm yết nằm từ ngày nộp hồ sơ đến hôm nay."))
        ends_on = on + timedelta(days=dossier.kind_of.notice_days)
        dossier.notices.append(Notice(place=payload["place"], published_on=on, ends_on=ends_on))
        _record(session, dossier, act, "notice", payload | {"ends_on": ends_on.isoformat()})
    return dossier


def object_to(session: Session, dossier_id: UUID, act: Act, objector: str, reason: str) -> Dossier:
    """Take in what somebody has against the request. A dossier that was submitted goes back."""
    said = _text(objector), _text(reason)
    dossier, fresh = _take(session, dossier_id, act, "objection", {}, permissions=EDIT)
    if fresh:
        _check_open(dossier)
        objection = Objection(objector=said[0], reason=said[1], received_at=act.at)
        dossier.objections.append(objection)
        if dossier.kind_of.needs_notice:
            dossier.submitted_at = dossier.submitted_by = None
        session.flush()
        _record(session, dossier, act, "objection", {"objection": objection.id})
    elif said not in {(one.objector, one.reason) for one in dossier.objections}:
        raise Stale(dossier)
    return dossier


def resolve(
    session: Session, dossier_id: UUID, act: Act, objection_id: int, *, outcome: str, resolution: str
) -> Dossier:
    """Write down how an objection ended."""
    payload = {"objection": objection_id, "outcome": outcome}
    words = _text(resolution)
    dossier, fresh = _take(session, dossier_id, act, "resolved", payload)
    if fresh:
        objection = next((one for one in dossier.objections if one.id == objection_id), None)
        if objection is None or outcome not in OUTCOMES:
            raise Unprocessable("outcome_unknown", N_("Chọn ý kiến phản đối và cách giải quyết."))
        if not objection.is_open:
            raise Unprocessable("already_resolved", N_("Ý kiến này đã giải quyết rồi."))
        objection.outcome, objection.resolution = outcome, words
        objection.resolved_at, objection.resolved_by = act.at, act.actor.id
        _record(session, dossier, act, "resolved", payload)
    elif words not in {one.resolution for one in dossier.objections if one.id == objection_id}:
        raise Stale(dossier)
    return dossier


def _take(
    session: Session,
    dossier_id: UUID,
    act: Act,
    kind: str,
    payload: dict[str, Any],
    *,
    permissions: Sequence[Permission] = access.HANDLING,
) -> tuple[Dossier, bool]:
    """The dossier, locked, and whether the act is still to be done. `Stale` when its author saw another
    version, or when their form did something else before."""
    locked = select(Dossier).where(Dossier.id == dossier_id).with_for_update(of=Dossier)
    dossier = session.scalar(locked.execution_options(populate_existing=True))
    access.check(act.actor, dossier, permissions)
    assert dossier is not None
    done = session.scalar(
        select(DossierEvent).where(
            DossierEvent.dossier_id == dossier.id, DossierEvent.form_token == act.token
        )
    )
    if done is None and act.version == dossier.version:
        return dossier, True
    same = done is not None and done.kind == kind and done.actor_id == act.actor.id
    if not same or done is None or any(done.payload.get(key) != value for key, value in payload.items()):
        raise Stale(dossier)
    return dossier, False


def _record(session: Session, dossier: Dossier, act: Act, kind: str, payload: dict[str, Any]) -> None:
    """Count the version and add the line to the timeline."""
    dossier.version += 1
    dossier.changed_at, dossier.changed_by = act.at, act.actor.id
    line = DossierEvent(
        dossier_id=dossier.id,
        at=act.at,
        actor_id=act.actor.id,
        kind=kind,
        payload=payload,
        version=dossier.version,
        form_token=act.token,
    )
    session.add(line)
    session.flush()
    session.expire(dossier, ["events", "changer"])


def _step(dossier: Dossier, act: Act, target: Status, reason: str) -> Transition:
    step = step_between(dossier.state, target)
    if step is None:
        raise Unprocessable("no_such_step", N_("Từ bước hiện nay không chuyển thẳng sang bước đó được."))
    access.check(act.actor, dossier, (step.permission,))
    if step.reason and not reason:
        raise Unprocessable("reason_needed", N_("Ghi lý do để người dân và người sau hiểu."))
    if step.decides and dossier.submitted_by == act.actor.id:
        raise Forbidden("four_eyes", N_("Người trình không được tự duyệt. Chuyển cho người duyệt khác."))
    if target is Status.DONE and not dossier.is_submitted:
        raise Unprocessable("not_submitted", NOT_SUBMITTED)
    return step


def _move(dossier: Dossier, step: Transition, act: Act) -> None:
    """Change the status, and stop or start the clock with it."""
    if step.target is Status.RECEIVED:
        dossier.received_at = act.at
        dossier.due_at = deadline.first_due(act.at, dossier.kind_of.working_days)
        dossier.assignee_id = dossier.assignee_id or act.actor.id
    if step.target in CLOSED or step.target in PAUSED:
        dossier.stopped_at = dossier.stopped_at or act.at
    elif dossier.stopped_at is not None:
        _resume(dossier, act.at)
    if step.target is Status.DONE:
        dossier.decided_by = act.actor.id
    elif step.target is not Status.RETURNED:
        dossier.submitted_at = dossier.submitted_by = None
    dossier.status = step.target.value


def _resume(dossier: Dossier, at: datetime) -> None:
    if dossier.due_at and dossier.received_at and dossier.stopped_at:
        due, received, paused = (
            moment.astimezone(at.tzinfo)
            for moment in (dossier.due_at, dossier.received_at, dossier.stopped_at)
        )
        dossier.due_at = deadline.resumed_due(due, received, paused, at)
    dossier.stopped_at = None


def _check_ready(session: Session, dossier: Dossier, on: date, changes: str) -> None:
    """`Unprocessable`, naming every blocking issue, when the dossier cannot be approved on that day.

    Where its kind changes parcels, a changeset has to have come as far as `changes` says.
    """
    blocking = [issue for issue in issues_of(dossier, on) if issue.severity is Severity.BLOCK]
    if dossier.kind_of.changes_parcels and not _has_changeset(session, dossier.id, changes):
        blocking.append(Issue(Severity.BLOCK, "changes_missing", None, None, NO_CHANGES))
    if blocking:
        raise Unprocessable(
            "dossier_not_ready",
            N_("Chưa trình hoặc duyệt được: còn {count} việc phải làm xong trước."),
            members={"issues": [issue.as_json() for issue in blocking]},
            count=len(blocking),
        )


NO_CHANGES = N_("Trong hồ sơ này chưa có thay đổi thửa đất nào được gửi duyệt.")


def _has_changeset(session: Session, dossier_id: UUID, status: str) -> bool:
    found = select(Changeset.id).where(Changeset.dossier == dossier_id, Changeset.status == status)
    return session.scalar(found.limit(1)) is not None


def _check_open(dossier: Dossier) -> None:
    if not dossier.is_open:
        raise Unprocessable("dossier_closed", N_("Hồ sơ này đã kết thúc nên không đổi được nữa."))


def _check_room(session: Session, dossier: Dossier, store: Store, size: int) -> None:
    held = select(func.coalesce(func.sum(DossierDocument.size), 0))
    total = session.scalar(held.where(DossierDocument.dossier_id == dossier.id)) or 0
    if total + size > store.most:
        raise Unprocessable(
            "dossier_full",
            N_("Giấy tờ của một hồ sơ chỉ được đến {mb} MB. Gửi tệp nhỏ hơn."),
            mb=store.most // MB,
        )


def _officer(session: Session, dossier: Dossier, account: int) -> User:
    officer = session.get(User, account)
    if officer is None or not officer.active or not access.handles(officer, dossier.commune_code, EDIT):
        raise Unprocessable(
            "officer_unknown", N_("Người này không làm hồ sơ ở phường, xã đó. Chọn người khác.")
        )
    return officer


def _kept(session: Session, store: Store, content: Content) -> str:
    """Write the file now, and take it away again should the transaction be rolled back."""
    if UNSURE not in session.info:
        session.info[UNSURE] = []
        event.listen(session, "after_commit", _keep_files)
        event.listen(session, "after_rollback", _drop_files)
    name = store.keep(content)
    session.info[UNSURE].append((store, name))
    return name


UNSURE = "files of rows that are not committed"


def _keep_files(session: Session) -> None:
    if not session.in_nested_transaction():  # savepoints tell of themselves as well
        session.info[UNSURE].clear()


def _drop_files(session: Session) -> None:
    if not session.in_nested_transaction():
        for store, name in session.info[UNSURE]:
            store.drop(name)
        session.info[UNSURE].clear()


def _text(typed: str, *, needed: bool = True) -> str:
    text = typed.replace("\0", "").replace("\r\n", "\n").strip()
    if needed and not text:
        raise Unprocessable("text_needed", N_("Ô này chưa có chữ nào. Ghi rồi gửi lại."))
    if len(text) > LONGEST_TEXT:
        raise Unprocessable("text_long", N_("Ô này chỉ nhận đến 4.000 ký tự."))
    return text
