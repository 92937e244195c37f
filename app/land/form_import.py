"""Taking the rows of the national form into the register of rights.

Rows of one parcel belong together: they come in together or stay out together, since half of the
holders of a parcel are a wrong statement. What the register knows of a parcel is never overwritten.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.db import tables_of
from app.land.form import Row, folded
from app.land.form_rows import AssetEntry, Entry, Rejected, UseEntry, entry_of
from app.land.models import (
    AdministrativeSource,
    Asset,
    Certificate,
    IdentityPaper,
    LandUse,
    MemberRole,
    PaperKind,
    Party,
    PartyKind,
    PartyMember,
    Right,
    RightKind,
    Statement,
)
from app.land.register import held_by, record_all
from layers.codes import CODE_LISTS
from layers.layer import N_

MANAGED = frozenset({"TCQ", "TSQ", "KTQ", "CDQ"})
"""User kinds to whom land is given to manage, not to use."""
USES_OFF = N_("Tổng diện tích các loại đất lệch {off} m² so với diện tích thửa trên bản đồ.")
SINCE_EVER = date(1900, 1, 1)
"""The form does not say since when somebody has their name and papers; a person may hold a later
certificate and an earlier one."""
_PART = 1_000

Place = tuple[str, str, str]
"""Commune, sheet and number of a parcel."""


@dataclass
class Outcome:
    """What became of a file: row numbers that were accepted, and those that were not with why; doubts
    are about accepted rows. `read` is both together. No value in it is personal data."""

    accepted: list[int] = field(default_factory=list)
    rejected: dict[int, Rejected] = field(default_factory=dict)
    doubts: list[tuple[int, str, dict[str, object]]] = field(default_factory=list)

    @property
    def read(self) -> int:
        return len(self.accepted) + len(self.rejected)


@dataclass
class Holder:
    """One holder of rows: a person, an organisation with its representatives, a couple or a household."""

    kind: PartyKind
    entries: list[Entry]

    @property
    def first(self) -> Entry:
        return self.entries[0]

    @property
    def share(self) -> Fraction | None:
        """The share that the rows say. `Rejected` when they say several."""
        said = {one.share for one in self.entries if one.share is not None}
        if len(said) > 1:
            raise Rejected("shares_differ", N_("Các dòng của cùng một chủ ghi phần quyền khác nhau."))
        return next(iter(said), None)


@dataclass(frozen=True)
class Holding:
    """A holder's share of a parcel, proved by a certificate."""

    holder: Holder
    share: Fraction


def take_in(session: Session, rows: Iterable[tuple[int, Row]], today: date) -> Outcome:
    """Record what the rows of a form say. Nothing is committed; undoing the transaction is a dry run."""
    outcome = Outcome()
    parcels: dict[Place, list[tuple[int, Entry]]] = defaultdict(list)
    broken: dict[Place, int] = {}
    for number, row in rows:
        place = (row["commune"], row["sheet"], row["number"])
        try:
            parcels[place].append((number, entry_of(row, today)))
        except Rejected as reason:
            outcome.rejected[number] = reason
            broken.setdefault(place, number)
    known = _known(session, list(parcels))
    held = held_by(session, (id_ for id_, _ in known.values()), as_of=None)
    taken = {id_ for id_, one in held.items() if one.all}
    intake = _Intake(session, [entry for listed in parcels.values() for _, entry in listed])
    for place, listed in parcels.items():
        try:
            if place in broken:
                sentence = N_("Dòng {row} của cùng thửa không được nhận.")
                raise Rejected("together", sentence, row=broken[place])
            id_, area = _found(known, taken, place)
            intake.add(id_, [entry for _, entry in listed])
        except Rejected as reason:
            outcome.rejected |= {number: reason for number, _ in listed}
            continue
        outcome.accepted.extend(number for number, _ in listed)
        outcome.doubts.extend(
            (number, message, values) for number, entry in listed for message, values in entry.doubts
        )
        uses = _uses([entry for _, entry in listed])
        off = sum((use.area for use in uses), Decimal()) - Decimal(str(area or 0))
        if uses and area is not None and abs(off) > Decimal("0.1"):
            outcome.doubts.append((listed[0][0], USES_OFF, {"off": float(round(off, 2))}))
    intake.write()
    outcome.accepted.sort()
    return outcome


def _known(session: Session, places: Sequence[Place]) -> dict[Place, tuple[uuid.UUID, float | None]]:
    """The parcels at these places with their legal areas."""
    table = tables_of(session)["parcel"].current
    found: dict[Place, tuple[uuid.UUID, float | None]] = {}
    key = tuple_(table.c.number, table.c.sheet, table.c.commune_code)
    for start in range(0, len(places), _PART):
        part = [(number, sheet, commune) for commune, sheet, number in places[start : start + _PART]]
        for row in session.execute(select(table).where(key.in_(part))).mappings():
            place = (row["commune_code"], row["sheet"], row["number"])
            found[place] = (row["id"], row["legal_area"])
    return found


def _found(
    known: dict[Place, tuple[uuid.UUID, float | None]], taken: set[uuid.UUID], place: Place
) -> tuple[uuid.UUID, float | None]:
    if place not in known:
        sentence = N_("Bản đồ không có thửa {number}, tờ {sheet}.")
        raise Rejected("parcel_unknown", sentence, number=place[2], sheet=place[1])
    if known[place][0] in taken:
        raise Rejected("held_already", N_("Sổ đã có thông tin của thửa này. Sửa bằng hồ sơ, không nhập đè."))
    return known[place]


# Who holds


def holders(entries: Sequence[Entry]) -> list[Holder]:
    """The holders of the rows of one certificate, in order: members follow their head, a wife her
    husband or a husband his wife, representatives their organisation. `Rejected` when one stands alone."""
    found: list[Holder] = []
    for one in entries:
        last = found[-1] if found else None
        if one.role is None:
            found.append(Holder(PartyKind.PERSON if one.is_person else _body(one), [one]))
        elif one.role is MemberRole.HEAD:
            found.append(Holder(PartyKind.HOUSEHOLD, [one]))
        elif last and _belongs(one.role, last):
            last.entries.append(one)
        elif one.role in (MemberRole.HUSBAND, MemberRole.WIFE):
            found.append(Holder(PartyKind.COUPLE, [one]))
        else:
            sentence = N_("Dòng thành viên hoặc người đại diện phải đứng sau dòng của chủ hộ hoặc tổ chức.")
            raise Rejected("role_alone", sentence)
    if any(one.kind is PartyKind.COUPLE and len(one.entries) < 2 for one in found):
        raise Rejected("couple_incomplete", N_("Có dòng Chồng hoặc Vợ mà thiếu người kia."))
    return found


def _belongs(role: MemberRole, holder: Holder) -> bool:
    if holder.kind is PartyKind.HOUSEHOLD:
        return True
    if holder.kind is PartyKind.COUPLE:
        both = {role, holder.first.role}
        return both == {MemberRole.HUSBAND, MemberRole.WIFE} and len(holder.entries) == 1
    return holder.kind is not PartyKind.PERSON and role is MemberRole.REPRESENTATIVE


def _body(entry: Entry) -> PartyKind:
    return PartyKind(CODE_LISTS["user_kind"][entry.user_kind].group)


def _holdings(entries: Sequence[Entry]) -> list[Holding]:
    """The holders of one parcel with their shares, which sum to exactly 1."""
    by_paper: dict[tuple[str, date], list[Entry]] = defaultdict(list)
    for one in entries:
        by_paper[one.serial, one.issued_on].append(one)
    found = [holder for listed in by_paper.values() for holder in holders(listed)]
    said = [one.share for one in found]
    if len(found) == 1 and said[0] is None:
        said = [Fraction(1)]
    shares = [one for one in said if one is not None]
    if len(shares) < len(said):
        raise Rejected("share_missing", N_("Thửa có nhiều chủ thì mỗi chủ phải ghi phần quyền, ví dụ 1/3."))
    if sum(shares) != 1:
        sentence = N_("Phần quyền của thửa cộng lại là {total}, phải đúng bằng 1.")
        raise Rejected("share_sum", sentence, total=str(sum(shares)))
    return [Holding(holder, share) for holder, share in zip(found, shares, strict=True)]


def _uses(entries: Sequence[Entry]) -> tuple[UseEntry, ...]:
    """The land uses of a parcel, which its rows say alike or not at all."""
    said = {one.uses for one in entries if one.uses}
    if len(said) > 1:
        raise Rejected("uses_differ", N_("Các dòng của cùng một thửa ghi loại đất khác nhau."))
    return next(iter(said), ())


# What is recorded

Identity = tuple[str, str, str, int | None]
"""By what a person is known again: kind and number of the paper and, but for a personal number, which
alone is unique, folded name and year of birth. A CMND alone never tells who somebody is."""


def _identity(entry: Entry) -> Identity | None:
    if entry.paper is None:
        return None
    kind, number = entry.paper
    if kind in (PaperKind.PERSONAL_NUMBER, PaperKind.ORGANISATION_CODE):
        return (kind, number, "", None)
    return (kind, number, folded(entry.name), entry.birth_year) if entry.birth_year else None


class _Intake:
    """Gathers the statements of accepted parcels, so that people and papers are recorded once."""

    def __init__(self, session: Session, entries: Sequence[Entry]) -> None:
        self._session = session
        self._statements: list[Statement] = []
        self._sources: dict[tuple[str, date], uuid.UUID] = {}
        self._new_sources: list[AdministrativeSource] = []
        self._people = _people_of(session, entries)
        self._groups = _groups_of(session, [id_ for id_, _ in self._people.values()])
        self._members = {
            (group, member) for (_, members), group in self._groups.items() for member in members
        }
        self._certificates = _certificates_of(session, {one.serial for one in entries})

    def add(self, parcel: uuid.UUID, entries: Sequence[Entry]) -> None:
        """Take in a parcel, or raise `Rejected` and leave everything as it was."""
        holdings = _holdings(entries)
        uses = _uses(entries)
        self._check_names(entries)
        first = entries[0]
        for one in holdings:
            entry = one.holder.first
            self._keep(
                entry,
                Right(
                    parcel_id=parcel,
                    kind=RightKind.MANAGE if entry.user_kind in MANAGED else RightKind.USE,
                    party_id=self._party(one.holder),
                    share_numerator=one.share.numerator,
                    share_denominator=one.share.denominator,
                    certificate_id=self._certificate(entry),
                    paper_sheet=entry.paper_sheet,
                    paper_number=entry.paper_parcel,
                    paper_area=entry.paper_area,
                ),
            )
        for use in uses:
            self._keep(first, _land_use(use, parcel, is_main=use is max(uses, key=lambda one: one.area)))
        for asset in dict.fromkeys(one.asset for one in entries if one.asset):
            self._keep(first, _asset(asset, parcel))

    def write(self) -> None:
        """Record all that was taken in."""
        self._session.add_all(self._new_sources)
        self._session.flush()
        record_all(self._session, self._statements)

    def _check_names(self, entries: Sequence[Entry]) -> None:
        """One personal number is one person, so one name."""
        here: dict[Identity, str] = {}
        for one in entries:
            key = _identity(one)
            known = here.get(key) or self._people.get(key, (None, None))[1] if key else None
            if known and known != folded(one.name):
                raise Rejected("number_taken", N_("Số định danh này đã thuộc về người có tên khác."))
            if key:
                here[key] = folded(one.name)

    def _keep(self, entry: Entry, statement: Any) -> uuid.UUID:
        made = uuid.uuid4()
        about_people = isinstance(statement, Party | PartyMember | IdentityPaper)
        statement.id, statement.valid_from = made, SINCE_EVER if about_people else entry.issued_on
        statement.source_id = self._source(entry)
        self._statements.append(statement)
        return made

    def _source(self, entry: Entry) -> uuid.UUID:
        key = (entry.serial, entry.issued_on)
        if key not in self._sources:
            self._sources[key] = uuid.uuid4()
            about = {"dated": entry.issued_on, "authority": entry.authority, "file": entry.file}
            source = AdministrativeSource(
                id=self._sources[key], kind="certificate", number=entry.serial, **about
            )
            self._new_sources.append(source)
        return self._sources[key]

    def _certificate(self, entry: Entry) -> uuid.UUID:
        key = (entry.serial, entry.issued_on)
        if key not in self._certificates:
            self._certificates[key] = self._keep(
                entry,
                Certificate(
                    serial=entry.serial,
                    register_number=entry.register_number,
                    issued_on=entry.issued_on,
                    authority=entry.authority,
                    qr=entry.qr,
                ),
            )
        return self._certificates[key]

    def _party(self, holder: Holder) -> uuid.UUID:
        members = [self._one(one, holder.kind) for one in holder.entries]
        if not holder.kind.is_group:
            self._represent(members[0], holder.entries[1:], members[1:])
            return members[0]
        key = (holder.kind.value, frozenset(members))
        if key not in self._groups:
            first = holder.first
            name = f"Hộ {first.name}"
            if holder.kind is PartyKind.COUPLE:
                name = " và ".join(one.name for one in holder.entries)
            kind = "GDC" if holder.kind is PartyKind.HOUSEHOLD else first.user_kind
            group = Party(kind=holder.kind, user_kind=kind, name=name, address=first.address)
            self._groups[key] = self._keep(first, group)
            self._represent(self._groups[key], holder.entries, members)
        return self._groups[key]

    def _represent(self, group: uuid.UUID, entries: Sequence[Entry], members: Sequence[uuid.UUID]) -> None:
        for one, member in zip(entries, members, strict=True):
            if (group, member) not in self._members:
                self._members.add((group, member))
                self._keep(one, PartyMember(group_id=group, member_id=member, role=one.role))

    def _one(self, entry: Entry, kind: PartyKind) -> uuid.UUID:
        """The person or organisation of a row, whether known or new."""
        key = _identity(entry)
        if key and key in self._people:
            return self._people[key][0]
        stands_alone = entry.role is None
        party = Party(
            kind=kind if stands_alone else PartyKind.PERSON,
            user_kind=entry.user_kind if stands_alone or entry.user_kind != "GDC" else "CNV",
            name=entry.name,
            birth_year=entry.birth_year,
            sex=entry.sex,
            address=entry.address,
        )
        id_ = self._keep(entry, party)
        if entry.paper:
            paper_kind, number = entry.paper
            self._keep(entry, IdentityPaper(party_id=id_, kind=paper_kind, number=number))
        if key:
            self._people[key] = (id_, folded(entry.name))
        return id_


def _land_use(use: UseEntry, parcel: uuid.UUID, *, is_main: bool) -> LandUse:
    return LandUse(
        parcel_id=parcel,
        code=use.code,
        area=use.area,
        origin=use.origin,
        form=use.form,
        term_kind=use.term,
        term_to=use.until,
        is_main=is_main,
    )


def _asset(asset: AssetEntry, parcel: uuid.UUID) -> Asset:
    return Asset(
        parcel_id=parcel,
        kind=asset.kind,
        built_area=asset.built_area,
        floor_area=asset.floor_area,
        storeys=asset.storeys,
        grade=asset.grade,
        owned=asset.owned,
        owned_until=asset.until,
        address=asset.address,
    )


# What the register knows already


def _people_of(session: Session, entries: Sequence[Entry]) -> dict[Identity, tuple[uuid.UUID, str]]:
    """Known people by identity, with their folded names."""
    wanted = {key for one in entries if (key := _identity(one))}
    numbers = sorted({key[1] for key in wanted})
    found: dict[Identity, tuple[uuid.UUID, str]] = {}
    for part in _parts(numbers):
        query = (
            select(IdentityPaper, Party)
            .join(Party, Party.id == IdentityPaper.party_id)
            .where(IdentityPaper.number.in_(part))
            .where(IdentityPaper.recorded_to.is_(None), Party.recorded_to.is_(None), Party.valid_to.is_(None))
            .order_by(Party.row)
        )
        for paper, party in session.execute(query):
            name = folded(party.name)
            alone, with_name = ("", None), (name, party.birth_year)
            for key in ((paper.kind, paper.number, *alone), (paper.kind, paper.number, *with_name)):
                if key in wanted:
                    found.setdefault(key, (party.id, name))
    return found


def _groups_of(
    session: Session, people: Sequence[uuid.UUID]
) -> dict[tuple[str, frozenset[uuid.UUID]], uuid.UUID]:
    """Known parties with members, by their kind and all of their members."""
    groups: set[uuid.UUID] = set()
    for part in _parts(people):
        groups |= set(session.scalars(select(PartyMember.group_id).where(PartyMember.member_id.in_(part))))
    members: dict[tuple[uuid.UUID, str], set[uuid.UUID]] = defaultdict(set)
    for part in _parts(sorted(groups)):
        query = (
            select(PartyMember.group_id, PartyMember.member_id, Party.kind)
            .join(Party, Party.id == PartyMember.group_id)
            .where(PartyMember.group_id.in_(part), PartyMember.recorded_to.is_(None))
            .where(PartyMember.valid_to.is_(None), Party.recorded_to.is_(None), Party.valid_to.is_(None))
        )
        for group, member, kind in session.execute(query):
            members[group, kind].add(member)
    return {(kind, frozenset(some)): group for (group, kind), some in members.items()}


def _certificates_of(session: Session, serials: set[str]) -> dict[tuple[str, date], uuid.UUID]:
    found: dict[tuple[str, date], uuid.UUID] = {}
    for part in _parts(sorted(serials)):
        query = select(Certificate).where(Certificate.serial.in_(part), Certificate.recorded_to.is_(None))
        for one in session.scalars(query):
            found[one.serial, one.issued_on] = one.id
    return found


def _parts(listed: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (listed[start : start + _PART] for start in range(0, len(listed), _PART))
