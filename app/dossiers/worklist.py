"""The officer's work list: dossiers in boxes, filtered and sorted, those that are overdue in front."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    and_,
    case,
    cast,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import User
from app.dossiers.access import communes_of
from app.dossiers.models import Dossier, DossierParcel
from app.dossiers.statuses import CLOSED, PAUSED, Status
from layers.layer import N_

PAGE = 50
"""Dossiers in one page of the list."""

Condition = Callable[[User, datetime], ColumnElement[bool]]

_CLOSED = [status.value for status in CLOSED]
_OPEN = Dossier.status.not_in(_CLOSED)


def _overdue(_reader: User, now: datetime) -> ColumnElement[bool]:
    return and_(_OPEN, func.coalesce(Dossier.stopped_at, now) >= Dossier.due_at)


@dataclass(frozen=True)
class Box:
    """A part of the work with a name and a count."""

    id: str
    title: str
    holds: Condition


BOXES = (
    Box(
        "mine",
        N_("Của tôi"),
        lambda reader, _: and_(
            _OPEN, or_(Dossier.assignee_id == reader.id, Dossier.delegate_id == reader.id)
        ),
    ),
    Box("overdue", N_("Quá hạn"), _overdue),
    Box("waiting", N_("Chờ dân"), lambda *_: Dossier.status.in_([status.value for status in PAUSED])),
    Box(
        "signature",
        N_("Chờ ký"),
        lambda *_: and_(Dossier.status == Status.IN_PROGRESS.value, Dossier.submitted_at.is_not(None)),
    ),
    Box("open", N_("Đang làm"), lambda *_: _OPEN),
    Box("done", N_("Xong"), lambda *_: Dossier.status.in_(_CLOSED)),
)

BOX_BY_ID = {box.id: box for box in BOXES}

SORTS: dict[str, SQLColumnExpression[Any]] = {
    "due": Dossier.due_at,
    "code": Dossier.code,
    "kind": Dossier.kind,
    "status": cast(Dossier.status, Integer),
    "registered": Dossier.registered_at,
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the reader wants to see. `query` is part of a code, an applicant or a parcel as 125/12."""

    box: str = "open"
    kind: str = ""
    commune: str = ""
    query: str = ""
    sort: str = "due"
    descending: bool = False
    page: int = 1


def counts(session: Session, reader: User, now: datetime) -> Mapping[str, int]:
    """How many dossiers each box holds for this reader."""
    columns = [func.count(case((box.holds(reader, now), 1))).label(box.id) for box in BOXES]
    row = session.execute(select(*columns).where(_seen(reader))).one()
    return {box.id: row[n] for n, box in enumerate(BOXES)}


def listed(session: Session, reader: User, asked: Asked, now: datetime) -> tuple[Sequence[Dossier], int]:
    """One page of a box, and how many dossiers it has after filtering."""
    found = select(Dossier).where(_seen(reader), BOX_BY_ID[asked.box].holds(reader, now))
    if asked.kind:
        found = found.where(Dossier.kind == asked.kind)
    if asked.commune:
        found = found.where(Dossier.commune_code == asked.commune)
    if asked.query:
        found = found.where(_matches(asked.query))
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    ordered = _ordered(found, reader, asked, now).options(joinedload(Dossier.assignee))
    page = ordered.offset((asked.page - 1) * PAGE).limit(PAGE)
    return session.scalars(page).all(), total


def _seen(reader: User) -> ColumnElement[bool]:
    """Only dossiers of communes that are the reader's."""
    communes = communes_of(reader)
    if communes is None:
        return Dossier.commune_code.is_not(None)
    return Dossier.commune_code.in_(communes) if communes else false()


def _matches(query: str) -> ColumnElement[bool]:
    plain = " ".join(query.replace("\0", "").split())
    number, _, sheet = (part.strip() for part in plain.partition("/"))
    parcel = Dossier.parcels.any(and_(DossierParcel.number == number, DossierParcel.sheet == sheet))
    text = func.fold(Dossier.code + " " + Dossier.applicant_name)
    return or_(func.strpos(text, func.fold(plain)) > 0, *([parcel] if sheet else []))


def _ordered(found: Select[Dossier], reader: User, asked: Asked, now: datetime) -> Select[Dossier]:
    column = SORTS[asked.sort]
    order = column.desc() if asked.descending else column.asc()
    if asked.sort == "due" and not asked.descending:
        # Overdue in front, then what the clock runs for; what waits for the citizen comes after.
        late = case((_overdue(reader, now), 0), (Dossier.stopped_at.is_(None), 1), else_=2)
        return found.order_by(late, order.nulls_last(), Dossier.code)
    return found.order_by(order.nulls_last(), Dossier.code)
