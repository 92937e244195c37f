"""The life of a changeset: begun, worked on, submitted, returned, approved or withdrawn.

Each function takes the version that the caller saw and raises `Stale` when there is a newer one.
Approving is one transaction: lock, compare, check, number, write, lineage, audit.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import shapely
from shapely.ops import polylabel
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.roles import Permission
from app.audit.chain import REGISTER, append
from app.db import crs_of
from app.edits import register
from app.edits.case import ALONE, Case
from app.edits.changes import Change, Changes, Feature, Key
from app.edits.drafts import MAX_STEPS, TOO_MANY_STEPS, Draft, changed_boxes, changes_of
from app.edits.following import brought_up, leading
from app.edits.issues import Issue, Severity
from app.edits.models import OPEN, Changeset, Claim, SheetCounter
from app.edits.operations.operation import PARCEL
from app.edits.refusal import OperationError
from app.errors import Conflict, Forbidden, NotFound, Unprocessable
from layers.layer import N_

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
CODE_PRECISION = 0.1
"""Metres to which the inner point of a parcel's suggested code is found."""


class Stale(Conflict):
    """Somebody saved a newer version. `current` is the changeset as it is now."""

    def __init__(self, current: Changeset) -> None:
        super().__init__("changeset_stale", N_("Bản nháp đã được sửa ở nơi khác. Xem bản mới rồi làm tiếp."))
        self.current = current


class RegisterMoved(Conflict):
    """Features are in another version than the draft started from; `conflicts` says which."""

    def __init__(self, conflicts: "Sequence[tuple[Change, Feature | None]]") -> None:
        super().__init__(
            "register_moved",
            N_("Sổ đã thay đổi sau khi lập bản nháp. Chọn cách giữ cho từng thửa rồi gửi lại."),
        )
        self.conflicts = conflicts


class Blocked(Unprocessable):
    """The checks found something that cannot be approved."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__("issues_block", N_("Còn lỗi chặn. Sửa các lỗi này trước."))
        self.issues = issues


def today() -> date:
    """The calendar date in Viet Nam."""
    return datetime.now(VIETNAM).date()


# Finding


def get(session: Session, changeset: UUID, *, lock: bool = False) -> Changeset:
    """The changeset of this id. NotFound when there is none."""
    query = select(Changeset).where(Changeset.id == changeset)
    if lock:
        query = query.with_for_update(of=Changeset).execution_options(populate_existing=True)
    found = session.scalars(query).first()
    if found is None:
        raise NotFound("unknown_changeset", N_("Không có bản sửa đổi này."))
    return found


def open_of(session: Session, dossier: UUID) -> Changeset | None:
    """The changeset of a dossier that is not decided yet."""
    return session.scalars(
        select(Changeset).where(Changeset.dossier == dossier, Changeset.status.in_(OPEN))
    ).first()


def others_over(session: Session, changeset: Changeset, changes: Changes) -> list[Changeset]:
    """Other drafts and submissions that change something that this one changes too."""
    mine = {item.key for item in leading(changes) if item.old}
    if not mine:
        return []
    others = session.scalars(
        select(Changeset).where(
            Changeset.status.in_(OPEN),
            Changeset.id != changeset.id,
            Changeset.commune_code == changeset.commune_code,
        )
    )
    return [one for one in others if mine & {item.key for item in leading(changes_of(one))}]


# Drafting


def begin(session: Session, user: User, *, dossier: UUID, code: str, commune: str) -> Changeset:
    """The open changeset of a dossier, which is made when there is none."""
    found = open_of(session, dossier)
    if found:
        return found
    made = Changeset(
        dossier=dossier, dossier_code=code, commune_code=commune, author_id=user.id, editors=[user.id]
    )
    session.add(made)
    session.flush()
    session.refresh(made)
    return made


def take_step(
    session: Session,
    user: User,
    changeset: UUID,
    *,
    version: int,
    operation: str,
    selection: Sequence[Key],
    parameters: object,
) -> Changeset:
    """Do an operation in the draft; what was undone before can no longer be done again. OperationError
    when it cannot be done."""
    draft = _draft(session, user, changeset, version)
    if draft.done >= MAX_STEPS:
        raise OperationError(TOO_MANY_STEPS, limit=MAX_STEPS)
    changes = Draft.of(session, draft).done(operation, selection, parameters)
    _check_places(user, Permission.PARCELS_EDIT, changes)
    step = {
        "operation": operation,
        "selection": [{"layer": one.layer, "id": str(one.id)} for one in selection],
        "parameters": parameters,
        "changes": changes.as_json(),
    }
    draft.steps = [*draft.steps[: draft.done], step]
    draft.done += 1
    return _saved(session, draft, user)


def undo(session: Session, user: User, changeset: UUID, *, version: int) -> Changeset:
    """Take back the last step. Nothing happens when there is none."""
    return _moved(session, user, changeset, version, -1)


def redo(session: Session, user: User, changeset: UUID, *, version: int) -> Changeset:
    """Do again the step that was taken back last. Nothing happens when there is none."""
    return _moved(session, user, changeset, version, 1)


def _moved(session: Session, user: User, changeset: UUID, version: int, by: int) -> Changeset:
    draft = _draft(session, user, changeset, version)
    if not 0 <= draft.done + by <= len(draft.steps):
        return draft
    draft.done += by
    return _saved(session, draft, user)


def rebase(
    session: Session, user: User, changeset: UUID, *, version: int, keep: Mapping[Key, str]
) -> Changeset:
    """Put a draft upon the register of today. For each feature that moved on, `keep` says ``mine`` (the
    draft's state on top of the new version) or ``theirs`` (the draft leaves it alone).

    The steps become one, so that undoing it brings back what was before.
    """
    draft = _draft(session, user, changeset, version)
    mine = changes_of(draft)
    standing = {item.key: one for item, one in conflicts(session, mine) if one}
    mine = brought_up(mine, standing)
    moved = {change.key: now for change, now in conflicts(session, mine)}
    items = [item for item in mine if item.key not in moved]
    for item in mine:
        now = moved.get(item.key)
        if item.key in moved and keep.get(item.key) == "mine" and now is not None:
            items.append(Change(item.layer, item.id, now, _upon(item.new, now)))
    kept = {item.key for item in items}
    lineage = [one for one in mine.lineage if one.parent in kept and one.child in kept]
    changes = Changes.of(items, lineage)
    step = {"operation": "rebase", "selection": [], "parameters": {}, "changes": changes.as_json()}
    draft.steps, draft.done = [step], 1
    return _saved(session, draft, user)


def _upon(mine: Feature | None, now: Feature) -> Feature | None:
    if mine is None:
        return None
    return Feature(mine.layer, mine.id, now.version, mine.geometry, mine.attributes)


def withdraw(session: Session, user: User, changeset: UUID, *, version: int, case: Case = ALONE) -> Changeset:
    """Give up a changeset that is not decided. Its draft is kept and its claims end."""
    found = get(session, changeset, lock=True)
    if user.id not in (found.author_id, *found.editors):
        raise Forbidden("not_yours", N_("Chỉ người lập mới rút được bản sửa đổi này."))
    _current(found, version, *OPEN)
    if found.status == "submitted":
        case.withdrawn(session, found, user)
    found.status = "withdrawn"
    found.decided_at = func.now()
    _release(session, found)
    return _saved(session, found, user)


def abandon(session: Session, dossier: UUID) -> None:
    """Withdraw what is under way in a dossier that has ended without a result. Its draft is kept."""
    found = open_of(session, dossier)
    if found is not None:
        found.status = "withdrawn"
        found.decided_at = func.now()
        _release(session, found)
        _saved(session, found)


# Submitting and deciding


def submit(
    session: Session,
    user: User,
    changeset: UUID,
    *,
    version: int,
    note: str | None = None,
    case: Case = ALONE,
) -> Changeset:
    """Hand the draft to the approvers and claim all that it changes, neighbours included.

    Conflict ``parcels_claimed`` names the dossier that has claimed one of them, `RegisterMoved` what
    has changed in the register, `Blocked` what the checks found. The draft is kept in any case.
    """
    draft = _draft(session, user, changeset, version)
    changes = changes_of(draft)
    if not changes:
        raise Unprocessable("nothing_changed", N_("Bản nháp chưa thay đổi gì."))
    _check_places(user, Permission.PARCELS_EDIT, changes)
    _lock_communes(session, changes)
    changes = _upon_register(session, changes)
    _claim(session, draft, changes, case.claimed_for(session, draft))
    _refuse_blocked(session, draft, changes, case, reviewed=note)
    draft.status = "submitted"
    draft.submitted_at = func.now()
    draft.reason = note
    _saved(session, draft, user)
    case.submitted(session, draft, user)
    return draft


def send_back(
    session: Session, user: User, changeset: UUID, *, version: int, reason: str, case: Case = ALONE
) -> Changeset:
    """Give a submission back to its author, with what is to be done. Its claims end."""
    found = _decided_by(session, user, changeset, version)
    found.status = "draft"
    found.submitted_at = None
    found.reason = reason
    _release(session, found)
    # Who only returns a draft does not become its editor, and may decide on it later.
    _saved(session, found)
    case.returned(session, found, user, reason)
    return found


def approve(
    session: Session,
    user: User,
    changeset: UUID,
    *,
    version: int,
    case: Case = ALONE,
    on: date | None = None,
) -> Changeset:
    """Write a submission into the register, valid from today.

    Approvals in one commune come one after the other, those in different ones at the same time.
    `RegisterMoved` and `Blocked` as in `submit`; then nothing is written.
    """
    found = _decided_by(session, user, changeset, version)
    changes = changes_of(found)
    _check_places(user, Permission.PARCELS_APPROVE, changes)
    day = on or today()
    _lock_communes(session, changes)
    changes = _upon_register(session, changes)
    _refuse_blocked(session, found, changes, case, reviewed=found.reason)
    numbered = _with_codes(session, _with_numbers(session, changes))
    register.write(session, found.id, numbered, day)
    found.status = "approved"
    found.approver_id = user.id
    found.decided_at = func.now()
    found.written = numbered.as_json()
    _release(session, found)
    _saved(session, found)
    case.approved(session, found, numbered, user, day)
    append(
        session,
        REGISTER,
        actor=user.id,
        action="approve",
        subject=str(found.id),
        payload={"dossier": str(found.dossier), "on": day.isoformat(), **numbered.as_json()},
    )
    return found


# What submitting and approving have in common


def conflicts(session: Session, changes: Changes) -> list[tuple[Change, Feature | None]]:
    """The changes that start from another version than the register has, each with what is there now."""
    versions = register.locked_versions(session, (item.key for item in changes if item.old))
    moved = [item for item in changes if item.old and versions.get(item.key) != item.old.version]
    now = register.features(session, (item.key for item in moved))
    return [(item, now.get(item.key)) for item in moved]


def _upon_register(session: Session, changes: Changes) -> Changes:
    """The changes upon the register of now, its rows locked. RegisterMoved when something that they are
    about has changed meanwhile."""
    now = {item.key: standing for item, standing in conflicts(session, changes) if standing}
    current = brought_up(changes, now)
    moved = conflicts(session, current)
    if moved:
        raise RegisterMoved(moved)
    return current


def checked(session: Session, changeset: Changeset, changes: Changes, case: Case = ALONE) -> list[Issue]:
    """What stands against approving changes today, the heaviest first."""
    day = today()
    found = [*Draft(session, changes).checked(day), *case.check(session, changeset, changes, day)]
    order = list(Severity)
    return sorted(found, key=lambda one: order.index(one.severity))


def _refuse_blocked(
    session: Session, changeset: Changeset, changes: Changes, case: Case, reviewed: str | None
) -> None:
    """Refuse what a rule blocks, and what somebody has to look at unless a reason was written."""
    issues = checked(session, changeset, changes, case)
    if any(one.severity is Severity.BLOCK for one in issues):
        raise Blocked(issues)
    if any(one.severity is Severity.REVIEW for one in issues) and not (reviewed or "").strip():
        problem = Blocked(issues)
        problem.code = "reason_missing"
        problem.sentence = N_("Có điều cần xem lại. Ghi lý do vì sao vẫn đề nghị duyệt.")
        raise problem


def _lock_communes(session: Session, changes: Changes) -> None:
    """Wait for others who change the same communes. Locks are taken in the order of the codes."""
    boxes = [
        dict(zip("wsen", box, strict=True)) | {"srid": crs_of(session).srid} for box in changed_boxes(changes)
    ]
    statement = text("SELECT code FROM commune WHERE geom && ST_MakeEnvelope(:w, :s, :e, :n, :srid)")
    codes = {code for box in boxes for code in session.execute(statement, box).scalars()}
    codes |= {
        str(one.attributes["commune_code"]) for one in changes.news if one.attributes.get("commune_code")
    }
    for code in sorted(codes or {""}):
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"commune/{code}", 0))))


def _claim(session: Session, changeset: Changeset, changes: Changes, claimed_for: timedelta) -> None:
    keys = sorted(item.key for item in leading(changes) if item.old)
    session.execute(text("DELETE FROM claim WHERE until < now()"))
    for key in keys:
        values = {
            "layer": key.layer,
            "feature_id": key.id,
            "changeset_id": changeset.id,
            "until": func.now() + claimed_for,
        }
        session.execute(insert(Claim).values(values).on_conflict_do_nothing())
    taken = session.execute(
        select(Claim.layer, Claim.feature_id, Changeset.dossier, Changeset.dossier_code)
        .join(Changeset, Changeset.id == Claim.changeset_id)
        .where(Claim.feature_id.in_([key.id for key in keys]), Claim.changeset_id != changeset.id)
    ).all()
    if taken:
        dossiers = sorted({one.dossier_code for one in taken})
        raise Conflict(
            "parcels_claimed",
            N_("Có thửa đang chờ duyệt trong hồ sơ {dossiers}. Bản nháp của bạn vẫn được giữ."),
            errors=[
                {"field": f"{one.layer}/{one.feature_id}", "code": "claimed", "detail": one.dossier_code}
                for one in taken
            ],
            dossiers=", ".join(dossiers),
        )


def _release(session: Session, changeset: Changeset) -> None:
    session.execute(text("DELETE FROM claim WHERE changeset_id = :id"), {"id": changeset.id})


def _with_numbers(session: Session, changes: Changes) -> Changes:
    """New parcels with the next free numbers of their sheets, from west to east and south to north.

    The row of the sheet stays locked until the transaction ends, so a number that is not used by a
    transaction that fails is given to the next: there are no gaps.
    """
    waiting = [one for one in changes.made if one.layer == PARCEL and not one.attributes.get("number")]
    waiting.sort(key=lambda one: (_sheet(one), one.geometry.bounds))
    given: dict[Key, Feature] = {}
    for one in waiting:
        number = _next_number(session, *_sheet(one))
        given[one.key] = _with(one, number=str(number))
    return _replaced(changes, given)


def _sheet(parcel: Feature) -> tuple[str, str]:
    return str(parcel.attributes.get("commune_code")), str(parcel.attributes.get("sheet"))


def _next_number(session: Session, commune: str, sheet: str) -> int:
    """The number after the highest that the sheet ever had or was given: officers and imports number too."""
    named = {"commune": commune, "sheet": sheet}
    session.execute(
        insert(SheetCounter).values(commune_code=commune, sheet=sheet, last=0).on_conflict_do_nothing()
    )
    known = session.get_one(SheetCounter, (commune, sheet), with_for_update=True, populate_existing=True)
    known.last = max(known.last, session.execute(_HIGHEST, named).scalar_one()) + 1
    session.flush()
    return known.last


_HIGHEST = text("""
SELECT COALESCE(max(number::integer), 0) FROM (
  SELECT number FROM parcel WHERE commune_code = :commune AND sheet = :sheet
  UNION ALL SELECT number FROM parcel_history WHERE commune_code = :commune AND sheet = :sheet) AS used
WHERE number ~ '^[0-9]{1,9}$'""")


def _with_codes(session: Session, changes: Changes) -> Changes:
    """New parcels with the suggested code: the 12-character GeoHash of the inner point that is farthest
    from the boundary (TT 19/2026/TT-BNNMT, Appendix I). A code that is taken is left out, for an officer
    to decide; a code that was given once is never computed again."""
    given: dict[Key, Feature] = {}
    for one in changes.made:
        if one.layer == PARCEL and not one.attributes.get("parcel_code"):
            code = suggested_code(session, one)
            if code:
                given[one.key] = _with(one, parcel_code=code)
    return _replaced(changes, given)


def suggested_code(session: Session, parcel: Feature) -> str | None:
    """The code that a parcel would be given; None when another parcel has it or ever had it."""
    assert isinstance(parcel.geometry, shapely.Polygon)
    inner = polylabel(parcel.geometry, CODE_PRECISION)
    point = {"shape": shapely.to_wkb(inner), "srid": crs_of(session).srid}
    hashed = "ST_GeoHash(legal_to_wgs84(ST_SetSRID(ST_GeomFromWKB(:shape), :srid)), 12)"
    code = str(session.execute(text(f"SELECT {hashed}"), point).scalar_one())
    taken = text(
        "SELECT EXISTS (SELECT FROM parcel WHERE parcel_code = :code) "
        "OR EXISTS (SELECT FROM parcel_history WHERE parcel_code = :code)"
    )
    return None if session.execute(taken, {"code": code}).scalar_one() else code


def _with(feature: Feature, **values: object) -> Feature:
    attributes = {**feature.attributes, **values}
    return Feature(feature.layer, feature.id, feature.version, feature.geometry, attributes)


def _replaced(changes: Changes, given: Mapping[Key, Feature]) -> Changes:
    items = [Change.made(given[item.key]) if item.key in given else item for item in changes]
    return Changes.of(items, changes.lineage)


# Versions and rights


def _draft(session: Session, user: User, changeset: UUID, version: int) -> Changeset:
    found = get(session, changeset, lock=True)
    if not user.can(Permission.PARCELS_EDIT, found.commune_code):
        raise Forbidden("forbidden", N_("Tài khoản của bạn không có quyền làm việc này."))
    return _current(found, version, "draft")


def _decided_by(session: Session, user: User, changeset: UUID, version: int) -> Changeset:
    found = get(session, changeset, lock=True)
    if user.id in (found.author_id, *found.editors):
        raise Forbidden("four_eyes", N_("Người lập không được tự duyệt. Cần một người khác."))
    if not user.can(Permission.PARCELS_APPROVE, found.commune_code):
        raise Forbidden("forbidden", N_("Tài khoản của bạn không có quyền làm việc này."))
    return _current(found, version, "submitted")


def _check_places(user: User, permission: Permission, changes: Changes) -> None:
    """Whether somebody may do that wherever parcels change; a neighbour across the border that only gets
    a vertex is not changed by it."""
    parcels = (
        one for item in leading(changes) for one in (item.old, item.new) if one and one.layer == PARCEL
    )
    if not all(user.can(permission, one.attributes.get("commune_code")) for one in parcels):
        raise Forbidden("other_commune", N_("Có thửa thuộc phường, xã ngoài phạm vi của bạn."))


def _current(found: Changeset, version: int, *statuses: str) -> Changeset:
    """The changeset, when it is as its reader saw it. Who may not read it has been refused before: what
    a refusal tells of it is for readers only."""
    if found.version != version:
        raise Stale(found)
    if found.status not in statuses:
        raise Conflict("wrong_status", N_("Bản sửa đổi này không còn ở bước đó."))
    return found


def _saved(session: Session, changeset: Changeset, editor: User | None = None) -> Changeset:
    changeset.version += 1
    changeset.saved_at = func.now()
    if editor and editor.id not in changeset.editors:
        changeset.editors = [*changeset.editors, editor.id]
    session.flush()
    session.refresh(changeset)
    return changeset
