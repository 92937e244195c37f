"""The register of rights: statements about parcels, each with its document, its days and its record.

The names are those of ISO 19152 (LADM): party, group party (`PartyMember`), right, restriction,
administrative source. A statement is never changed and never deleted. Correcting, changing or ending
one closes the recorded period of its row and writes new rows under the same `id`; the database
refuses anything else (see the migration). `docs/howto/keep-rights.md` has a worked example.

Columns with ``info={"private": True}`` hold personal data. They leave the database only towards those
who may see them: no tile, no search, no log line has them (`private_columns`).
"""

import hashlib
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    Text,
    func,
    text,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.db import Base

MOMENT = DateTime(timezone=True)
AREA = Numeric(14, 2)
PRIVATE = {"private": True}
"""Marks a column with personal data."""


class PartyKind(StrEnum):
    PERSON = "person"
    COUPLE = "couple"
    HOUSEHOLD = "household"
    ORGANISATION = "organisation"
    COMMUNITY = "community"
    STATE_BODY = "state_body"

    @property
    def is_group(self) -> bool:
        """Whether its members are persons of their own."""
        return self in (PartyKind.COUPLE, PartyKind.HOUSEHOLD)


class MemberRole(StrEnum):
    HEAD = "head"
    HUSBAND = "husband"
    WIFE = "wife"
    REPRESENTATIVE = "representative"
    MEMBER = "member"


class PaperKind(StrEnum):
    PERSONAL_NUMBER = "personal_number"
    CMND = "cmnd"
    PASSPORT = "passport"
    ORGANISATION_CODE = "organisation_code"


class RightKind(StrEnum):
    USE = "use"
    MANAGE = "manage"
    OWN_ASSETS = "own_assets"


class TermKind(StrEnum):
    STABLE = "stable"
    """Long-term, without an end (lâu dài)."""
    UNTIL = "until"
    PROJECT = "project"
    UNKNOWN = "unknown"


class UseForm(StrEnum):
    SEPARATE = "separate"
    COMMON = "common"


class BlockKind(StrEnum):
    BLOCK = "block"
    ATTACHMENT = "attachment"
    """For the enforcement of a judgment (kê biên)."""
    INJUNCTION = "injunction"


class BlockLevel(StrEnum):
    """What a block stops: issuing a certificate, transactions, or any change."""

    CERTIFICATE = "certificate"
    TRANSACTION = "transaction"
    CHANGE = "change"


class CertificateState(StrEnum):
    VALID = "valid"
    LOST = "lost"
    REVOKED = "revoked"
    REPLACED = "replaced"


def _one_of(table: str, column: str, values: Iterable[StrEnum]) -> CheckConstraint:
    return _rule(table, column, f"{column} IN ({', '.join(repr(str(value)) for value in values)})")


def _rule(table: str, subject: str, rule: str) -> CheckConstraint:
    """A check whose name hashes what it says, since migrations compare checks by name."""
    mark = hashlib.sha256(rule.encode()).hexdigest()[:8]
    return CheckConstraint(rule, name=f"ck_{table}_{subject}_{mark}")


class AdministrativeSource(Base):
    """A document that proves a statement: a certificate, contract, decision, court order, form.

    `dossier` is the code of the case in which it came; `file` names the scan as the office keeps it.
    """

    __tablename__ = "administrative_source"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    kind: Mapped[str] = mapped_column(Text)
    number: Mapped[str | None] = mapped_column(Text)
    dated: Mapped[date | None]
    authority: Mapped[str | None] = mapped_column(Text)
    dossier: Mapped[str | None] = mapped_column(Text)
    file: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())


class VersionedObject(Base):
    """What statements have in common and point to: a permanent id (LADM's oID), whatever its rows say.

    Its row is locked by whoever writes a statement under this id.
    """

    __tablename__ = "versioned_object"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)


class Statement:
    """One state of a statement.

    `row` is the version of the statement (the database's sequence). It holds in the world from
    `valid_from` (inclusive) to `valid_to` (exclusive), Vietnamese calendar days, and the office knew
    it so from `recorded_from` to `recorded_to`; an open end is empty. Under one `id` the rows that
    are recorded now do not overlap in valid time. `source_id` is the document it rests on,
    `ending_source_id` the one that ended it.
    """

    @declared_attr
    def row(cls) -> Mapped[int]:  # noqa: N805 - SQLAlchemy hands over the class
        return mapped_column(BigInteger, Identity(always=True), primary_key=True, sort_order=-9)

    @declared_attr
    def id(cls) -> Mapped[uuid.UUID]:  # noqa: N805
        return mapped_column(ForeignKey("versioned_object.id"), sort_order=-8)

    @declared_attr
    def valid_from(cls) -> Mapped[date]:  # noqa: N805
        return mapped_column(sort_order=90)

    @declared_attr
    def valid_to(cls) -> Mapped[date | None]:  # noqa: N805
        return mapped_column(sort_order=91)

    @declared_attr
    def recorded_from(cls) -> Mapped[datetime]:  # noqa: N805
        return mapped_column(MOMENT, server_default=func.now(), sort_order=92)

    @declared_attr
    def recorded_to(cls) -> Mapped[datetime | None]:  # noqa: N805
        return mapped_column(MOMENT, sort_order=93)

    @declared_attr
    def source_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805
        return mapped_column(ForeignKey("administrative_source.id"), sort_order=94)

    @declared_attr
    def ending_source_id(cls) -> Mapped[uuid.UUID | None]:  # noqa: N805
        return mapped_column(ForeignKey("administrative_source.id"), sort_order=95)

    def facts(self) -> dict[str, Any]:
        """What it says, without its row, its days and its record."""
        names = (column.key for column in type(self).__mapper__.columns)  # type: ignore[attr-defined]
        return {name: getattr(self, name) for name in names if name not in TIMES}

    def holds_on(self, day: date) -> bool:
        """Whether it holds in the world on this day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


TIMES = frozenset(
    ["row", "id", "valid_from", "valid_to", "recorded_from", "recorded_to", "source_id", "ending_source_id"]
)
"""The columns that every statement has."""


def _statement(table: str, *others: CheckConstraint | Index) -> tuple[CheckConstraint | Index, ...]:
    """The checks and indexes of a statement's table."""
    return (
        _rule(table, "valid", "valid_to > valid_from"),
        _rule(table, "recorded", "recorded_to >= recorded_from"),
        Index(f"ix_{table}_id", "id"),
        Index(
            f"uq_{table}_id_valid_from",
            "id",
            "valid_from",
            unique=True,
            postgresql_where=text("recorded_to IS NULL"),
        ),
        *others,
    )


class Party(Statement, Base):
    """Somebody who can hold a right. `user_kind` is a code of the list `user_kind`.

    Private: name, year of birth, sex, address.
    """

    __tablename__ = "party"
    __table_args__ = _statement("party", _one_of("party", "kind", PartyKind))

    kind: Mapped[str] = mapped_column(Text)
    user_kind: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, info=PRIVATE)
    birth_year: Mapped[int | None] = mapped_column(info=PRIVATE)
    sex: Mapped[str | None] = mapped_column(Text, info=PRIVATE)
    address: Mapped[str | None] = mapped_column(Text, info=PRIVATE)
    nationality: Mapped[str] = mapped_column(Text, server_default="VN")


class PartyMember(Statement, Base):
    """That a person belongs to a couple or a household, or speaks for a party, and as what.

    Private: who belongs to whom.
    """

    __tablename__ = "party_member"
    __table_args__ = _statement(
        "party_member",
        _one_of("party_member", "role", MemberRole),
        _rule("party_member", "other", "member_id <> group_id"),
        Index("ix_party_member_group_id", "group_id"),
        Index("ix_party_member_member_id", "member_id"),
    )

    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("versioned_object.id"), info=PRIVATE)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("versioned_object.id"), info=PRIVATE)
    role: Mapped[str] = mapped_column(Text)


class IdentityPaper(Statement, Base):
    """A paper by which a party is known. A 9-digit number (CMND) may belong to several persons.

    Private: number, place of issue.
    """

    __tablename__ = "identity_paper"
    __table_args__ = _statement(
        "identity_paper",
        _one_of("identity_paper", "kind", PaperKind),
        Index("ix_identity_paper_party_id", "party_id"),
        Index("ix_identity_paper_number", "number"),
    )

    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("versioned_object.id"))
    kind: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text, info=PRIVATE)
    issued_on: Mapped[date | None]
    issued_by: Mapped[str | None] = mapped_column(Text, info=PRIVATE)


class Certificate(Statement, Base):
    """A certificate (Giấy chứng nhận). It may cover several parcels and holders: rights point to it.

    `serial` is the printed number, `register_number` that of the issuing book; neither is unique in
    what offices hold. `qr` is the text of the code that certificates carry from 2025; it may name
    people. Private: the text of the code.
    """

    __tablename__ = "certificate"
    __table_args__ = _statement(
        "certificate",
        _one_of("certificate", "state", CertificateState),
        Index("ix_certificate_serial", "serial"),
    )

    serial: Mapped[str] = mapped_column(Text)
    register_number: Mapped[str | None] = mapped_column(Text)
    issued_on: Mapped[date]
    authority: Mapped[str | None] = mapped_column(Text)
    qr: Mapped[str | None] = mapped_column(Text, info=PRIVATE)
    state: Mapped[str] = mapped_column(Text, server_default=CertificateState.VALID.value)


class OfParcel(Statement):
    """A statement about one parcel, by the parcel's permanent id."""

    @declared_attr
    def parcel_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805 - SQLAlchemy hands over the class
        return mapped_column(sort_order=-7)


def _of_parcel(table: str, *others: CheckConstraint | Index) -> tuple[CheckConstraint | Index, ...]:
    return _statement(table, Index(f"ix_{table}_parcel_id", "parcel_id"), *others)


class LandUse(OfParcel, Base):
    """One of the uses of a parcel's land, with its area in m². A parcel may have several.

    `code` is of the list `land_use`; `origin` a code of the list `land_origin`, or several joined by
    ``+``; `form` whether the land is used in common.
    """

    __tablename__ = "parcel_use"
    __table_args__ = _of_parcel(
        "parcel_use",
        _one_of("parcel_use", "term_kind", TermKind),
        _one_of("parcel_use", "form", UseForm),
        _rule("parcel_use", "area", "area > 0"),
        _rule("parcel_use", "term", "term_to > term_from"),
    )

    code: Mapped[str] = mapped_column(Text)
    area: Mapped[Decimal] = mapped_column(AREA)
    origin: Mapped[str | None] = mapped_column(Text)
    form: Mapped[str] = mapped_column(Text, server_default=UseForm.SEPARATE.value)
    term_kind: Mapped[str] = mapped_column(Text, server_default=TermKind.UNKNOWN.value)
    term_from: Mapped[date | None]
    term_to: Mapped[date | None]
    is_main: Mapped[bool] = mapped_column(server_default=text("false"))


class Right(OfParcel, Base):
    """That a party holds a share of a right in a parcel, exactly.

    Without `land_use_id` the share is one of the whole parcel, with it one of that use only.
    A couple that owns without shares is one party with the share 1/1. `paper_sheet`, `paper_number` and
    `paper_area` are what the certificate calls the parcel, where it is another than on today's map; they
    do not go over to other parcels. Private: the party.
    """

    __tablename__ = "land_right"
    __table_args__ = _of_parcel(
        "land_right",
        _one_of("land_right", "kind", RightKind),
        _rule("land_right", "share", "share_numerator > 0 AND share_numerator <= share_denominator"),
        Index("ix_land_right_party_id", "party_id"),
        Index("ix_land_right_certificate_id", "certificate_id"),
    )

    kind: Mapped[str] = mapped_column(Text)
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("versioned_object.id"), info=PRIVATE)
    share_numerator: Mapped[int] = mapped_column(BigInteger, server_default="1")
    share_denominator: Mapped[int] = mapped_column(BigInteger, server_default="1")
    certificate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("versioned_object.id"))
    land_use_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("versioned_object.id"))
    paper_sheet: Mapped[str | None] = mapped_column(Text)
    paper_number: Mapped[str | None] = mapped_column(Text)
    paper_area: Mapped[Decimal | None] = mapped_column(AREA)

    @property
    def share(self) -> Fraction:
        return Fraction(self.share_numerator, self.share_denominator)


class Asset(OfParcel, Base):
    """What stands on a parcel and is registered with it: a house, a works, a plantation. Areas in m²."""

    __tablename__ = "parcel_asset"
    __table_args__ = _of_parcel("parcel_asset")

    kind: Mapped[str] = mapped_column(Text)
    built_area: Mapped[Decimal | None] = mapped_column(AREA)
    floor_area: Mapped[Decimal | None] = mapped_column(AREA)
    storeys: Mapped[int | None]
    grade: Mapped[str | None] = mapped_column(Text)
    owned: Mapped[str | None] = mapped_column(Text)
    owned_until: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)


class Mortgage(OfParcel, Base):
    """A mortgage of a parcel. It is discharged by ending it; `ending_source_id` is then the discharge.

    `consent_source_id` is the creditor's consent to the change that is under way; the mortgages of
    the parcels that come out of it begin without one. Private: creditor and contract.
    """

    __tablename__ = "mortgage"
    __table_args__ = _of_parcel("mortgage", Index("ix_mortgage_creditor_id", "creditor_id"))

    creditor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("versioned_object.id"), info=PRIVATE)
    contract_number: Mapped[str] = mapped_column(Text, info=PRIVATE)
    contract_on: Mapped[date | None] = mapped_column(info=PRIVATE)
    registered_at: Mapped[datetime] = mapped_column(MOMENT)
    consent_source_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("administrative_source.id"))


class Restriction(OfParcel, Base):
    """A limit on using a parcel or a part of it, such as a protection strip. `area` in m² if a part."""

    __tablename__ = "restriction"
    __table_args__ = _of_parcel("restriction", _rule("restriction", "area", "area > 0"))

    kind: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    area: Mapped[Decimal | None] = mapped_column(AREA)


class Block(OfParcel, Base):
    """Something that stops work on a parcel (ngăn chặn, kê biên). It is released by ending it.

    Private: the reason, which may name people.
    """

    __tablename__ = "block"
    __table_args__ = _of_parcel(
        "block", _one_of("block", "kind", BlockKind), _one_of("block", "level", BlockLevel)
    )

    kind: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, info=PRIVATE)


class Dispute(OfParcel, Base):
    """An open dispute over a parcel. It is settled by ending it. Private: its content."""

    __tablename__ = "dispute"
    __table_args__ = _of_parcel("dispute")

    content: Mapped[str] = mapped_column(Text, info=PRIVATE)


OF_PARCELS: tuple[type[OfParcel], ...] = (LandUse, Right, Asset, Mortgage, Restriction, Block, Dispute)
STATEMENTS: tuple[type[Statement], ...] = (Party, PartyMember, IdentityPaper, Certificate, *OF_PARCELS)

REFERENCES: dict[str, type[Statement]] = {
    "group_id": Party,
    "member_id": Party,
    "party_id": Party,
    "creditor_id": Party,
    "certificate_id": Certificate,
    "land_use_id": LandUse,
}
"""Which columns name another statement by its id, and of what kind that must be."""


def private_columns(model: type[Statement]) -> list[Column[Any]]:
    """The columns of a statement that hold personal data."""
    return [one for one in model.__table__.columns if one.info.get("private")]  # type: ignore[attr-defined]
