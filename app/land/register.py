"""Writing and reading the register of rights: recording, ending, changing and correcting statements.

Nothing is deleted. Ending a right on 1 March 2026 that was recorded from 5 May 2020:
```
row  valid                      recorded
 1   2020-05-05 – …             2020-05-06 – 2026-03-02    closed
 2   2020-05-05 – 2026-03-01    2026-03-02 – …             what is known now
```
Asked as of 2026-04-01 the right is gone; asked what was recorded on 2026-02-01 it is still there.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update
from sqlalchemy.orm import Session

from app.db import tables_of
from app.errors import Conflict, Unprocessable
from app.land.models import (
    REFERENCES,
    TIMES,
    AdministrativeSource,
    Asset,
    Block,
    Certificate,
    Dispute,
    IdentityPaper,
    LandUse,
    Mortgage,
    OfParcel,
    PaperKind,
    Party,
    PartyMember,
    Restriction,
    Right,
    Statement,
    VersionedObject,
)
from app.land.papers import certificate_serial, identity_number, register_number
from layers.codes import CODE_LISTS
from layers.layer import N_

S = TypeVar("S", bound=Statement)
OFTEN = 1_000
"""Rows and ids that go into one statement."""


def add_source(session: Session, kind: str, **about: Any) -> AdministrativeSource:
    """A document that statements rest on; `about` are its columns."""
    source = AdministrativeSource(id=uuid.uuid4(), kind=kind, **about)
    session.add(source)
    session.flush()
    return source


# Writing


def record(session: Session, statement: S) -> S:
    """Record one new statement. See `record_all`."""
    record_all(session, [statement])
    return statement


def record_all(session: Session, statements: Sequence[Statement]) -> None:
    """Record new statements, which may name one another; those without an id get one.

    `Unprocessable` when one has a wrong number or an unknown code, or names a parcel, a party, a
    certificate or a land use that does not exist.
    """
    for one in statements:
        _CHECKS.get(type(one), _nothing)(one)
        if one.id is None:
            one.id = uuid.uuid4()
    _check_parcels(session, {one.parcel_id for one in statements if isinstance(one, OfParcel)})
    _check_references(session, statements)
    objects = [{"id": one.id, "kind": type(one).__tablename__} for one in statements]  # type: ignore[attr-defined]
    if objects:
        session.execute(insert(VersionedObject), objects)
    session.add_all(statements)
    session.flush()


def end(session: Session, seen: S, on: date, source_id: uuid.UUID) -> S:
    """End a statement: from the day `on` it no longer holds. Returns the row that now says so.

    `seen` is the row that the caller has read; `Conflict` when it is no longer the recorded one.
    """
    _lock(session, seen)
    if on <= seen.valid_from:
        raise Unprocessable(
            "ends_too_early", N_("Ngày kết thúc phải sau ngày bắt đầu {begin}."), begin=seen.valid_from
        )
    if seen.valid_to is not None and seen.valid_to <= on:
        raise Unprocessable("ended_already", N_("Thông tin này đã kết thúc ngày {end}."), end=seen.valid_to)
    return _replace(session, seen, valid_to=on, ending_source_id=source_id)


def finish(session: Session, seen: Statement, on: date, source_id: uuid.UUID) -> None:
    """End a statement on the day `on`; one that would begin on that day or later never held."""
    if seen.valid_from < on:
        end(session, seen, on, source_id)
    else:
        annul(session, seen)


def correct(session: Session, seen: S, source_id: uuid.UUID, **facts: Any) -> S:
    """Say what a statement should have said all along; `facts` may be days too. `Conflict` as in `end`."""
    _lock(session, seen)
    return _replace(session, seen, source_id=source_id, **facts)


def change(session: Session, seen: S, on: date, source_id: uuid.UUID, **facts: Any) -> S:
    """Say what has become different in the world on the day `on`, such as a party's name.

    The statement keeps its id: until that day the old facts hold, from then the new ones.
    """
    to = seen.valid_to
    end(session, seen, on, source_id)
    made = _copy(seen, valid_from=on, valid_to=to, source_id=source_id, **facts)
    return _write(session, made)


def annul(session: Session, seen: Statement) -> None:
    """Take back a statement that never held. What was recorded stays readable as of then."""
    _lock(session, seen)
    _close(session, seen)


def lock(session: Session, ids: Iterable[uuid.UUID]) -> None:
    """Keep others from writing these statements until the transaction ends; in one order, so that two
    who want the same ones wait and do not deadlock."""
    wanted = sorted(set(ids))
    for place in range(0, len(wanted), OFTEN):
        session.execute(
            select(VersionedObject.id)
            .where(VersionedObject.id.in_(wanted[place : place + OFTEN]))
            .order_by(VersionedObject.id)
            .with_for_update()
        )


def _lock(session: Session, seen: Statement) -> None:
    lock(session, [seen.id])
    session.refresh(seen, ["recorded_to"])
    if seen.recorded_to is not None:
        raise Conflict(
            "statement_moved", N_("Thông tin này vừa được người khác sửa. Tải lại rồi xem trước khi ghi.")
        )


def _replace(session: Session, seen: S, **changes: Any) -> S:
    made = _copy(seen, **changes)
    made.recorded_from = _close(session, seen)
    return _write(session, made)


def _write(session: Session, made: S) -> S:
    _CHECKS.get(type(made), _nothing)(made)
    _check_references(session, [made])
    session.add(made)
    session.flush()
    model = type(made)
    days = func.daterange(model.valid_from, model.valid_to)
    same = and_(model.id == made.id, model.row != made.row, model.recorded_to.is_(None))
    overlapping = days.op("&&")(func.daterange(made.valid_from, made.valid_to))
    if session.scalar(select(model.row).where(same, overlapping).limit(1)) is not None:
        raise Unprocessable("days_overlap", N_("Thông tin này đã có trạng thái khác trong những ngày đó."))
    return made


def _close(session: Session, seen: Statement) -> datetime:
    """Close the recorded period and return the moment. A slow transaction cannot close before it began."""
    model = type(seen)
    moment = session.execute(
        update(model)
        .where(model.row == seen.row)
        .values(recorded_to=func.greatest(func.now(), model.recorded_from))
        .returning(model.recorded_to)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    session.refresh(seen)
    assert moment is not None
    return moment


def _copy(seen: S, **changes: Any) -> S:
    kept = {name: getattr(seen, name) for name in TIMES - {"row", "recorded_from", "recorded_to"}}
    return type(seen)(**(seen.facts() | kept | changes))


# What is checked before writing


def _nothing(_statement: Any) -> None:
    pass


def _check_party(party: Party) -> None:
    party.name = " ".join(party.name.split())
    if not party.name:
        raise Unprocessable("name_missing", N_("Tên người sử dụng đất không được để trống."))
    _check_code("user_kind", party.user_kind)


def _check_paper(paper: IdentityPaper) -> None:
    paper.number = identity_number(PaperKind(paper.kind), paper.number)


def _check_certificate(certificate: Certificate) -> None:
    certificate.serial = certificate_serial(certificate.serial)
    if certificate.register_number:
        certificate.register_number = register_number(certificate.register_number)


def _check_right(right: Right) -> None:
    """Bring the share to lowest terms."""
    numerator, denominator = (
        1 if one is None else int(one)
        for one in (cast("int | None", right.share_numerator), cast("int | None", right.share_denominator))
    )
    if not 0 < numerator <= denominator:
        raise Unprocessable("share_wrong", N_("Phần quyền phải lớn hơn 0 và không quá 1."))
    share = Fraction(numerator, denominator)
    right.share_numerator, right.share_denominator = share.numerator, share.denominator


def _check_use(use: LandUse) -> None:
    _check_code("land_use", use.code)
    for origin in (use.origin or "").split("+"):
        _check_code("land_origin", origin or None)


_CHECKS: Mapping[type[Statement], Callable[[Any], None]] = {
    Party: _check_party,
    IdentityPaper: _check_paper,
    Certificate: _check_certificate,
    Right: _check_right,
    LandUse: _check_use,
}


def _check_code(name: str, code: str | None) -> None:
    if code is not None and code not in CODE_LISTS[name].by_code:
        raise Unprocessable(
            "code_unknown", N_("Không có mã {value} trong danh mục {list}."), value=code, list=name
        )


def _check_parcels(session: Session, ids: set[uuid.UUID]) -> None:
    found = {one for part in _parts(ids) for one in known_parcels(session, part)}
    if found != ids:
        raise Unprocessable("parcel_unknown", N_("Không có thửa đất này trong sổ."))


def known_parcels(session: Session, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the ids that are or were parcels."""
    tables = tables_of(session)["parcel"]
    found: set[uuid.UUID] = set()
    for table in (tables.current, tables.history):
        if table is not None:
            found |= set(session.scalars(select(table.c.id).where(table.c.id.in_(ids))))
    return found


def _check_references(session: Session, statements: Sequence[Statement]) -> None:
    """Whether every id that a statement names is one of a statement of the right kind."""
    wanted: dict[uuid.UUID, str] = {}
    for one in statements:
        for name in REFERENCES.keys() & one.facts().keys():
            if (value := getattr(one, name)) is not None:
                wanted[value] = REFERENCES[name].__tablename__  # type: ignore[attr-defined]
    known = {one.id: type(one).__tablename__ for one in statements}  # type: ignore[attr-defined]
    for part in _parts(wanted.keys() - known.keys()):
        query = select(VersionedObject.id, VersionedObject.kind).where(VersionedObject.id.in_(part))
        known.update((id_, kind) for id_, kind in session.execute(query))
    if any(known.get(id_) != kind for id_, kind in wanted.items()):
        raise Unprocessable("statement_unknown", N_("Không có người, giấy hoặc loại đất được dẫn đến."))


def _parts(ids: Iterable[uuid.UUID]) -> Iterable[list[uuid.UUID]]:
    listed = sorted(ids)
    return (listed[place : place + OFTEN] for place in range(0, len(listed), OFTEN))


# Reading


@dataclass
class Held:
    """The statements of one parcel, each list in the order in which they were recorded."""

    uses: list[LandUse] = field(default_factory=list)
    rights: list[Right] = field(default_factory=list)
    assets: list[Asset] = field(default_factory=list)
    mortgages: list[Mortgage] = field(default_factory=list)
    restrictions: list[Restriction] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)

    @property
    def all(self) -> list[OfParcel]:
        parts = (self.rights, self.assets, self.mortgages, self.restrictions, self.blocks, self.disputes)
        return [*self.uses, *(one for part in parts for one in part)]


@dataclass(frozen=True)
class Statements:
    """What is said of parcels, and of the parties and certificates named in it (by id).

    `members` are by group, `papers` by party. Everything is as of the same day and record.
    """

    of: Mapping[uuid.UUID, Held]
    parties: Mapping[uuid.UUID, Party]
    members: Mapping[uuid.UUID, Sequence[PartyMember]]
    papers: Mapping[uuid.UUID, Sequence[IdentityPaper]]
    certificates: Mapping[uuid.UUID, Certificate]


LISTS: tuple[tuple[str, type[OfParcel]], ...] = (
    ("uses", LandUse),
    ("rights", Right),
    ("assets", Asset),
    ("mortgages", Mortgage),
    ("restrictions", Restriction),
    ("blocks", Block),
    ("disputes", Dispute),
)


def held_by(
    session: Session,
    parcel_ids: Iterable[uuid.UUID],
    *,
    as_of: date | None,
    recorded_at: datetime | None = None,
) -> dict[uuid.UUID, Held]:
    """What is said of each parcel, without parties. `as_of` None: on any day. See `statements_of`."""
    found = {one: Held() for one in parcel_ids}
    for name, model in LISTS:
        for part in _parts(found):
            query = select(model).where(model.parcel_id.in_(part), _then(model, as_of, recorded_at))
            for one in session.scalars(query.order_by(model.row)):
                getattr(found[one.parcel_id], name).append(one)
    return found


def statements_of(
    session: Session,
    parcel_ids: Iterable[uuid.UUID],
    *,
    as_of: date,
    recorded_at: datetime | None = None,
) -> Statements:
    """What holds for parcels on the day `as_of`, as the office knew it at `recorded_at` (default: now).

    It holds personal data: the caller answers for who sees it. The number of queries does not depend
    on how many parcels are asked for.
    """
    held = held_by(session, parcel_ids, as_of=as_of, recorded_at=recorded_at)
    rights = [right for one in held.values() for right in one.rights]
    creditors = {mortgage.creditor_id for one in held.values() for mortgage in one.mortgages}
    holders = {one.party_id for one in rights} | creditors

    def read(model: type[S], column: Any, ids: Iterable[uuid.UUID]) -> list[S]:
        then = _then(model, as_of, recorded_at)
        queries = (select(model).where(column.in_(part), then).order_by(model.row) for part in _parts(ids))
        return [one for query in queries for one in session.scalars(query)]

    members = read(PartyMember, PartyMember.group_id, holders)
    everybody = holders | {one.member_id for one in members}
    papers = read(IdentityPaper, IdentityPaper.party_id, everybody)
    certificates = {one.certificate_id for one in rights if one.certificate_id}
    return Statements(
        of=held,
        parties={one.id: one for one in read(Party, Party.id, everybody)},
        members=_grouped((one.group_id, one) for one in members),
        papers=_grouped((one.party_id, one) for one in papers),
        certificates={one.id: one for one in read(Certificate, Certificate.id, certificates)},
    )


def history_of(session: Session, model: type[S], id_: uuid.UUID) -> list[S]:
    """Every row that a statement ever had, the oldest first."""
    return list(session.scalars(select(model).where(model.id == id_).order_by(model.row)))


def sums_of_shares(
    rights: Iterable[Right], uses: Iterable[LandUse] = ()
) -> dict[tuple[str, uuid.UUID | None], Fraction]:
    """The sum of shares for each kind of right; for each land use apart where one has shares of its own.

    A share of the whole parcel counts for each of its uses: 1/2 of the parcel and 1/2 of its garden
    make 1 for the garden, and leave 1/2 for its house.
    """
    whole: dict[str, Fraction] = defaultdict(Fraction)
    apart: dict[tuple[str, uuid.UUID], Fraction] = defaultdict(Fraction)
    for one in rights:
        if one.land_use_id is None:
            whole[one.kind] += one.share
        else:
            apart[one.kind, one.land_use_id] += one.share
    divided = {kind for kind, _ in apart}
    parts = set(apart) | {(kind, use.id) for kind in divided for use in uses}
    sums: dict[tuple[str, uuid.UUID | None], Fraction] = {
        (kind, use): apart.get((kind, use), Fraction()) + whole.get(kind, Fraction()) for kind, use in parts
    }
    return sums | {(kind, None): share for kind, share in whole.items() if kind not in divided}


def wrong_sums(held: Held) -> list[Fraction]:
    """The sums of a parcel's shares that are not exactly 1; none for a parcel that nobody holds."""
    return sorted({one for one in sums_of_shares(held.rights, held.uses).values() if one != 1})


def _then(model: type[Statement], as_of: date | None, recorded_at: datetime | None) -> ColumnElement[bool]:
    """Whether a row holds on a day (None: any) and was recorded at a moment (None: now)."""
    recorded: ColumnElement[bool] = model.recorded_to.is_(None)
    if recorded_at is not None:
        later = or_(model.recorded_to.is_(None), model.recorded_to > recorded_at)
        recorded = and_(model.recorded_from <= recorded_at, later)
    if as_of is None:
        return recorded
    return and_(recorded, model.valid_from <= as_of, or_(model.valid_to.is_(None), model.valid_to > as_of))


def _grouped(pairs: Iterable[tuple[uuid.UUID, S]]) -> Mapping[uuid.UUID, Sequence[S]]:
    found: dict[uuid.UUID, list[S]] = defaultdict(list)
    for id_, one in pairs:
        found[id_].append(one)
    return dict(found)
