"""Taking a dossier in: its code, its parcels and its commune."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import users
from app.accounts.models import User
from app.accounts.roles import Permission
from app.accounts.scopes import STAFF
from app.dossiers import deadline
from app.dossiers.access import handles
from app.dossiers.kinds import KIND_BY_CODE, Kind
from app.dossiers.models import Dossier, DossierEvent, DossierNumber, DossierParcel
from app.dossiers.statuses import Status
from app.errors import Conflict, Forbidden, Unprocessable
from app.features.communes import communes_at
from app.features.parcel_numbers import parcels_numbered, units_named
from app.features.query import PARCEL, Found, features_by_id
from app.features.search_terms import understand
from layers.layer import N_

LONGEST_NAME = 200
MOST_PARCELS = 200
MOST_FOUND = 20
"""Parcels that a search at the desk shows."""
_PHONE = re.compile(r"\+?\d{8,15}")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What somebody asks for at the desk. `commune` is needed only where there is no parcel; `online`:
    it was sent in and nobody has accepted it yet."""

    kind: str
    parcels: Sequence[UUID]
    applicant_name: str
    applicant_phone: str = ""
    commune: str = ""
    online: bool = False


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A parcel that somebody may ask about, and the commune of today in which it lies."""

    id: UUID
    sheet: str
    number: str
    commune: str
    commune_name: str


def receive(
    session: Session, request: Request, *, actor: User, at: datetime, token: UUID, unit: str
) -> Dossier:
    """A new dossier with the next code of the day. The same form sent twice makes one dossier.

    `at` is now, in the office's time zone; `unit` the national code of the office. `Unprocessable` when
    something in the request has to be mended, `Forbidden` in a commune that is not the actor's.
    """
    there = _made_by(session, actor, token)
    if there is None:
        dossier = _draft(session, request, actor, at, token)
        try:
            # The number is counted inside, so that a form sent twice at once does not use two.
            with session.begin_nested():
                dossier.code = next_code(session, unit, at.date())
                session.add(dossier)
                session.flush()
                session.add(_first_event(dossier, request, actor))
        except IntegrityError:
            there = _made_by(session, actor, token)
            if there is None:
                raise
        else:
            return dossier
    if (there.kind, there.applicant_name) != (request.kind, _name(request.applicant_name)):
        raise Conflict("form_used", N_("Biểu mẫu này đã gửi rồi. Mở biểu mẫu mới để nhận hồ sơ khác."))
    return there


def next_code(session: Session, unit: str, day: date) -> str:
    """The next code of a unit on a day. Others who count wait until this transaction ends; when it is
    rolled back, the number is given again."""
    counted = insert(DossierNumber).values(unit=unit, day=day, last=1)
    counted = counted.on_conflict_do_update(
        index_elements=["unit", "day"], set_={"last": DossierNumber.last + 1}
    )
    number = session.execute(counted.returning(DossierNumber.last)).scalar_one()
    return f"{unit}-{day:%y%m%d}-{number:04d}"


def find_plots(session: Session, typed: str, communes: Collection[str] | None) -> list[Plot]:
    """The parcels that somebody means by numbers such as ``125/12`` or ``thửa 125 tờ 12, Vũng Tàu``, in
    these communes (None: everywhere)."""
    terms = understand(typed)
    if terms is None or terms.parcel is None:
        return []
    codes = None
    if terms.parcel.place:
        codes = [code for unit in units_named(session, terms.parcel.place) for code in unit.codes]
    found, _ = parcels_numbered(session, STAFF, terms.parcel, codes=codes, limit=MOST_PARCELS)
    there = plots_of(session, found)
    return [one for one in there if communes is None or one.commune in communes][:MOST_FOUND]


def plots(session: Session, ids: Sequence[UUID]) -> list[Plot]:
    """The current parcels of these ids, in their order; those that are gone or lie nowhere are left out."""
    known = features_by_id(session, STAFF, [(PARCEL, one) for one in ids])
    return plots_of(session, [known[PARCEL, one] for one in dict.fromkeys(ids) if (PARCEL, one) in known])


def plots_of(session: Session, parcels: Sequence[Found]) -> list[Plot]:
    """The same of parcels that were read already."""
    placed = [(one, one.point) for one in parcels if one.point is not None]
    communes = communes_at(session, [point for _, point in placed])
    return [
        Plot(
            id=one.id,
            sheet=str(one.values["sheet"]),
            number=str(one.values["number"]),
            commune=commune.code,
            commune_name=commune.name,
        )
        for (one, _), commune in zip(placed, communes, strict=True)
        if commune
    ]


def _made_by(session: Session, actor: User, token: UUID) -> Dossier | None:
    return session.scalar(select(Dossier).where(Dossier.created_by == actor.id, Dossier.form_token == token))


def _draft(session: Session, request: Request, actor: User, at: datetime, token: UUID) -> Dossier:
    """The dossier without its code, when nothing in the request has to be mended."""
    kind = _kind(request.kind)
    name, phone = _name(request.applicant_name), _phone(request.applicant_phone)
    found = _parcels(session, kind, request.parcels)
    commune = _commune(session, found, request.commune)
    if not handles(actor, commune, (Permission.PARCELS_EDIT,)):
        raise Forbidden(
            "foreign_commune",
            N_("Thửa này thuộc phường, xã khác. Hồ sơ phải do cán bộ của nơi đó nhận."),
        )
    status = Status.REGISTERED if request.online else Status.RECEIVED
    return Dossier(
        kind=kind.code,
        status=status.value,
        commune_code=commune,
        applicant_name=name,
        applicant_phone=phone,
        registered_at=at,
        received_at=None if request.online else at,
        due_at=None if request.online else deadline.first_due(at, kind.working_days),
        assignee_id=None if request.online else actor.id,
        created_by=actor.id,
        form_token=token,
        changed_at=at,
        changed_by=actor.id,
        parcels=[
            DossierParcel(parcel_id=one.id, position=n, sheet=one.sheet, number=one.number)
            for n, one in enumerate(found)
        ],
    )


def _first_event(dossier: Dossier, request: Request, actor: User) -> DossierEvent:
    return DossierEvent(
        dossier_id=dossier.id,
        at=dossier.registered_at,
        actor_id=actor.id,
        kind="registered" if request.online else "received",
        payload={"to": dossier.status, "kind": dossier.kind},
        version=1,
        form_token=dossier.form_token,
    )


def _kind(code: str) -> Kind:
    if code not in KIND_BY_CODE:
        raise Unprocessable("kind_unknown", N_("Chọn việc mà người dân đề nghị."))
    return KIND_BY_CODE[code]


def _name(typed: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Unprocessable("applicant_name", N_("Ghi tên người nộp hồ sơ, nhiều nhất 200 ký tự."))
    return name


def _phone(typed: str) -> str:
    phone = re.sub(r"[\s.()-]", "", typed)
    if phone and not _PHONE.fullmatch(phone):
        raise Unprocessable("applicant_phone", N_("Số điện thoại gồm 8 đến 15 chữ số, ví dụ 0912 345 678."))
    return phone


def _parcels(session: Session, kind: Kind, ids: Sequence[UUID]) -> list[Plot]:
    if len(ids) > MOST_PARCELS:
        raise Unprocessable(
            "too_many_parcels", N_("Một hồ sơ nhận nhiều nhất {most} thửa."), most=MOST_PARCELS
        )
    found = plots(session, ids)
    if len(found) < len(set(ids)):
        raise Unprocessable("parcel_gone", N_("Có thửa không còn trong sổ hiện nay. Tìm và chọn lại."))
    if not kind.takes(len(found)):
        least, most = kind.parcels
        if most is None:
            raise Unprocessable("too_few_parcels", N_("Việc này cần ít nhất {least} thửa."), least=least)
        raise Unprocessable("wrong_parcels", N_("Việc này chỉ làm với {most} thửa."), most=most)
    return found


def _commune(session: Session, found: Sequence[Plot], chosen: str) -> str:
    """The commune in which all parcels lie; the chosen one where there is no parcel."""
    codes = {one.commune for one in found}
    if len(codes) > 1:
        raise Unprocessable(
            "parcels_apart", N_("Các thửa nằm ở nhiều phường, xã. Lập cho mỗi nơi một hồ sơ.")
        )
    if codes:
        return codes.pop()
    if chosen not in users.communes(session):
        raise Unprocessable("commune_unknown", N_("Chọn phường, xã, hoặc tìm và chọn thửa đất."))
    return chosen
