"""Made-up people and what they hold: couples, households, co-owners, bodies, mortgages, a dispute, a block.

Names are put together from usual parts. Personal numbers begin with 999, which is no province's, so
that none of them can be somebody's. Documents are of the kind ``demo``.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy import RowMapping, select, text
from sqlalchemy.orm import Session

from app.db import tables_of
from app.demo.register import STATE_LAND
from app.land.models import (
    STATEMENTS,
    AdministrativeSource,
    Asset,
    Block,
    BlockKind,
    BlockLevel,
    Certificate,
    Dispute,
    IdentityPaper,
    LandUse,
    MemberRole,
    Mortgage,
    PaperKind,
    Party,
    PartyKind,
    PartyMember,
    Restriction,
    Right,
    RightKind,
    Statement,
    TermKind,
)
from app.land.register import record_all

PARCELS = 400
"""Parcels whose holders are known; enough to try every rule, and quick to make."""
KIND = "demo"

FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô")
MIDDLES = {"male": ("Văn", "Hữu", "Đức", "Minh", "Quang"), "female": ("Thị", "Ngọc", "Thu", "Kim", "Thanh")}
GIVEN = {
    "male": ("An", "Bình", "Cường", "Dũng", "Hải", "Hùng", "Khoa", "Long", "Nam", "Phúc", "Sơn", "Tuấn"),
    "female": ("Chi", "Dung", "Giang", "Hà", "Hoa", "Lan", "Linh", "Mai", "Nga", "Phượng", "Thảo", "Yến"),
}


def hold(session: Session, seed: int) -> Mapping[str, int]:
    """Give the first parcels holders; the same seed and parcels give the same rows. Counts by table."""
    table = tables_of(session)["parcel"].current
    columns = [table.c[name] for name in ("id", "land_use", "legal_area", "address", "status")]
    query = select(*columns).where(table.c.status.in_(("registered", "state"))).order_by(table.c.fid)
    land = Holders(np.random.default_rng([seed, 7]))
    for place, parcel in enumerate(session.execute(query.limit(PARCELS)).mappings()):
        land.settle(parcel, place)
    session.add_all(land.sources)
    session.flush()
    record_all(session, land.statements)
    counts: dict[str, int] = {}
    for one in land.statements:
        name = type(one).__tablename__  # type: ignore[attr-defined]
        counts[name] = counts.get(name, 0) + 1
    return counts


def clear_holders(session: Session) -> None:
    """Throw the made-up holders away, and what became of them in the demo's dossiers. RuntimeError when
    some statement is not made up."""
    real = (AdministrativeSource.kind != KIND) & AdministrativeSource.dossier.is_(None)
    if session.scalar(select(AdministrativeSource.id).where(real).limit(1)):
        raise RuntimeError("There are rights that are not made up; they are for somebody to decide about.")
    names = [one.__tablename__ for one in STATEMENTS]  # type: ignore[attr-defined]
    listed = ", ".join([*names, "administrative_source", "versioned_object"])
    session.execute(text(f"TRUNCATE {listed} RESTART IDENTITY"))


@dataclass
class Holders:
    """Makes statements one parcel after another."""

    rng: np.random.Generator
    statements: list[Statement] = field(default_factory=list)
    sources: list[AdministrativeSource] = field(default_factory=list)
    _bank: uuid.UUID | None = None

    def settle(self, parcel: RowMapping, place: int) -> None:
        """Everything about one parcel; `place` is its number from 0."""
        issued = date(2005, 1, 10) + timedelta(days=int(self.rng.integers(0, 7_200)))
        source = self._source(issued)
        about = {"parcel_id": parcel["id"], "valid_from": issued, "source_id": source}
        self._uses(parcel, place, about)
        certificate = self._certificate(issued, source, place)
        for party, (share, of) in self._parties(parcel, place, source):
            kind = RightKind.MANAGE if parcel["land_use"] in STATE_LAND else RightKind.USE
            right = Right(kind=kind, party_id=party, share_numerator=share, share_denominator=of)
            right.certificate_id = certificate
            self._keep(right, about)
        if parcel["land_use"] in ("ODT", "ONT") and place % 2:
            self._keep(Asset(kind="Nhà ở riêng lẻ", storeys=1 + place % 4, address=parcel["address"]), about)
        self._burdens(place, issued, about)

    def _uses(self, parcel: RowMapping, place: int, about: dict[str, Any]) -> None:
        """One use of all the land, or a house with its garden."""
        area = Decimal(str(parcel["legal_area"]))
        term = {"term_kind": TermKind.STABLE, "origin": "CNQ-CTT"}
        house = (area * 6 / 10).quantize(Decimal("0.1"))
        if parcel["land_use"] in ("ODT", "ONT") and area > 150 and place % 3 == 0:
            garden = {"term_kind": TermKind.UNTIL, "term_to": date(2064, 7, 1), "origin": "CNQ-KTT"}
            self._keep(LandUse(code=parcel["land_use"], area=house, is_main=True, **term), about)
            self._keep(LandUse(code="CLN", area=area - house, **garden), about)
            return
        if area > 0:
            self._keep(LandUse(code=parcel["land_use"], area=area, is_main=True, **term), about)

    def _parties(
        self, parcel: RowMapping, place: int, source: uuid.UUID
    ) -> Iterator[tuple[uuid.UUID, tuple[int, int]]]:
        about = {"valid_from": date(1990, 1, 1), "source_id": source}
        if parcel["land_use"] in STATE_LAND:
            body = Party(kind=PartyKind.STATE_BODY, user_kind="TCQ", name="Cơ quan quản lý đất (minh họa)")
            yield self._keep(body, about), (1, 1)
        elif place % 10 < 5:
            yield self._couple(about), (1, 1)
        elif place % 10 < 7:
            yield self._person("female" if place % 2 else "male", about)[0], (1, 1)
        elif place % 10 < 9:
            yield self._household(about), (1, 1)
        else:
            for sex in ("male", "female", "male"):
                yield self._person(sex, about)[0], (1, 3)

    def _person(self, sex: str, about: dict[str, Any]) -> tuple[uuid.UUID, str]:
        parts = (FAMILIES, MIDDLES[sex], GIVEN[sex])
        name = " ".join(one[int(self.rng.integers(len(one)))] for one in parts)
        year = int(self.rng.integers(1950, 1998))
        person = Party(kind=PartyKind.PERSON, user_kind="CNV", name=name, birth_year=year, sex=sex)
        id_ = self._keep(person, about)
        digits = f"999{int(sex == 'female')}{year % 100:02d}{int(self.rng.integers(10**6)):06d}"
        self._keep(IdentityPaper(party_id=id_, kind=PaperKind.PERSONAL_NUMBER, number=digits), about)
        return id_, name

    def _couple(self, about: dict[str, Any]) -> uuid.UUID:
        (husband, his), (wife, her) = self._person("male", about), self._person("female", about)
        couple = Party(kind=PartyKind.COUPLE, user_kind="CNV", name=f"{his} và {her}")
        id_ = self._keep(couple, about)
        self._keep(PartyMember(group_id=id_, member_id=husband, role=MemberRole.HUSBAND), about)
        self._keep(PartyMember(group_id=id_, member_id=wife, role=MemberRole.WIFE), about)
        return id_

    def _household(self, about: dict[str, Any]) -> uuid.UUID:
        (head, name), (member, _) = self._person("male", about), self._person("female", about)
        id_ = self._keep(Party(kind=PartyKind.HOUSEHOLD, user_kind="GDC", name=f"Hộ {name}"), about)
        self._keep(PartyMember(group_id=id_, member_id=head, role=MemberRole.HEAD), about)
        self._keep(PartyMember(group_id=id_, member_id=member, role=MemberRole.MEMBER), about)
        return id_

    def _certificate(self, issued: date, source: uuid.UUID, place: int) -> uuid.UUID:
        certificate = Certificate(
            serial=f"{'AB' if issued < date(2009, 12, 10) else 'BM'} {900_000 + place}",
            register_number=f"CH{place + 1:05d}",
            issued_on=issued,
            authority="Cơ quan cấp giấy (minh họa)",
        )
        return self._keep(certificate, {"valid_from": issued, "source_id": source})

    def _burdens(self, place: int, issued: date, about: dict[str, Any]) -> None:
        """Every twelfth parcel is mortgaged; a few are restricted, disputed, blocked or attached."""
        since = issued + timedelta(days=200)
        later = about | {"valid_from": since}
        if place % 12 == 5:
            moment = datetime(since.year, since.month, since.day, 3, tzinfo=UTC)
            loan = {"contract_number": f"{place:04d}/HĐTC", "contract_on": since, "registered_at": moment}
            self._keep(Mortgage(creditor_id=self._creditor(about), **loan), later)
        if place % 40 == 7:
            content = "Nằm trong hành lang bảo vệ an toàn công trình"
            self._keep(Restriction(kind="Hành lang an toàn", content=content), later)
        if place % 100 == 11:
            self._keep(Dispute(content="Tranh chấp ranh giới (minh họa)"), later)
        if place % 100 in (21, 61):
            kind = BlockKind.BLOCK if place % 100 == 21 else BlockKind.ATTACHMENT
            reason = "Theo văn bản của cơ quan có thẩm quyền (minh họa)"
            self._keep(Block(kind=kind, level=BlockLevel.CHANGE, reason=reason), later)

    def _creditor(self, about: dict[str, Any]) -> uuid.UUID:
        if self._bank is None:
            since = {"valid_from": date(1990, 1, 1), "source_id": about["source_id"]}
            bank = Party(kind=PartyKind.ORGANISATION, user_kind="TKT", name="Ngân hàng Minh Họa")
            self._bank = self._keep(bank, since)
        return self._bank

    def _source(self, dated: date) -> uuid.UUID:
        source = AdministrativeSource(id=self._id(), kind=KIND, dated=dated)
        self.sources.append(source)
        return source.id

    def _keep(self, statement: Any, about: dict[str, Any]) -> uuid.UUID:
        statement.id = made = self._id()
        for name, value in about.items():
            setattr(statement, name, value)
        self.statements.append(statement)
        return made

    def _id(self) -> uuid.UUID:
        return uuid.UUID(bytes=self.rng.bytes(16), version=4)
