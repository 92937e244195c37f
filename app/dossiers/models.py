"""The tables of the case: dossiers with their parcels, timeline, documents, notices and objections."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import CIDR, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.db import Base
from app.dossiers.deadline import Clock, clock, due_day
from app.dossiers.kinds import KIND_BY_CODE, Kind
from app.dossiers.statuses import CLOSED, Status

MOMENT = DateTime(timezone=True)

CODE_FORMAT = r"^\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}-\d{6}-\d{4,}$"
"""The national code: the unit, the day as yymmdd, and a number that counts from 1 each day."""

_STATUSES = ", ".join(f"'{status.value}'" for status in Status)


class Dossier(Base):
    """One request, from the day it came until its result was handed over.

    `version` counts every write. `due_at` is when the time is up, set at receipt and moved by pauses;
    `stopped_at` is since when the clock stands (a pause, or the end). `submitted_*` is set while it
    waits for a decision. `applicant_*` are personal: for officers of the commune only.
    """

    __tablename__ = "dossier"
    __table_args__ = (
        UniqueConstraint("created_by", "form_token", name="uq_dossier_form_token"),
        CheckConstraint(f"code ~ '{CODE_FORMAT}'", name="ck_dossier_code"),
        CheckConstraint(f"status IN ({_STATUSES})", name="ck_dossier_status"),
        CheckConstraint("decided_by <> submitted_by", name="ck_dossier_four_eyes"),
        Index("ix_dossier_status_due_at", "status", "due_at"),
        Index("ix_dossier_commune_code", "commune_code"),
        Index("ix_dossier_assignee_id", "assignee_id"),
        Index("ix_dossier_delegate_id", "delegate_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    commune_code: Mapped[str] = mapped_column(Text)
    applicant_name: Mapped[str] = mapped_column(Text)
    applicant_phone: Mapped[str] = mapped_column(Text, server_default=text("''"), default="")
    registered_at: Mapped[datetime] = mapped_column(MOMENT)
    received_at: Mapped[datetime | None] = mapped_column(MOMENT)
    due_at: Mapped[datetime | None] = mapped_column(MOMENT)
    stopped_at: Mapped[datetime | None] = mapped_column(MOMENT)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    delegate_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(MOMENT)
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    form_token: Mapped[UUID]
    changed_at: Mapped[datetime] = mapped_column(MOMENT)
    changed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))

    parcels: Mapped[list["DossierParcel"]] = relationship(
        cascade="all, delete-orphan", order_by="DossierParcel.position", lazy="selectin"
    )
    documents: Mapped[list["DossierDocument"]] = relationship(
        cascade="all, delete-orphan", order_by="DossierDocument.added_at"
    )
    notices: Mapped[list["Notice"]] = relationship(
        cascade="all, delete-orphan", order_by="Notice.published_on"
    )
    objections: Mapped[list["Objection"]] = relationship(
        cascade="all, delete-orphan", order_by="Objection.received_at"
    )
    events: Mapped[list["DossierEvent"]] = relationship(order_by="DossierEvent.id", viewonly=True)
    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id])
    delegate: Mapped[User | None] = relationship(foreign_keys=[delegate_id])
    changer: Mapped[User] = relationship(foreign_keys=[changed_by], viewonly=True)

    @property
    def kind_of(self) -> Kind:
        """The declaration of its kind."""
        return KIND_BY_CODE[self.kind]

    @property
    def state(self) -> Status:
        """Its national status."""
        return Status(self.status)

    @property
    def is_open(self) -> bool:
        """Whether something is left to decide."""
        return self.state not in CLOSED

    @property
    def is_submitted(self) -> bool:
        """Whether it waits for the decision of an approver."""
        return self.state is Status.IN_PROGRESS and self.submitted_at is not None

    @property
    def short_code(self) -> str:
        """Day and number: what people of one office call it."""
        return self.code.partition("-")[2]

    @property
    def due_day(self) -> date | None:
        """The day by which it must be done, in the time zone of the database's connection."""
        return due_day(self.due_at) if self.due_at else None

    def clock(self, now: datetime) -> Clock:
        """What its clock shows at that moment, whose time zone is the office's."""
        zone = now.tzinfo
        due = self.due_at and self.due_at.astimezone(zone)
        return clock(due, self.stopped_at and self.stopped_at.astimezone(zone), now)


class DossierParcel(Base):
    """A parcel that a dossier is about. Sheet and number are those of the day it was taken in, so that
    the dossier can be read after the parcel has ended."""

    __tablename__ = "dossier_parcel"
    __table_args__ = (Index("ix_dossier_parcel_parcel_id", "parcel_id"),)

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="CASCADE"), primary_key=True)
    parcel_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int]
    sheet: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)


class DossierEvent(Base):
    """One line of a dossier's timeline. The database refuses to change or remove it.

    `form_token` is that of the form which caused it: the same form sent twice causes one event.
    """

    __tablename__ = "dossier_event"
    __table_args__ = (UniqueConstraint("dossier_id", "form_token", name="uq_dossier_event_form_token"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"))
    at: Mapped[datetime] = mapped_column(MOMENT)
    actor_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    version: Mapped[int]
    form_token: Mapped[UUID]
    actor: Mapped[User] = relationship()


class DossierDocument(Base):
    """A file in a dossier. `name` is what its owner called it, `stored` what it is called on the disk;
    `media_type` was found by looking into it."""

    __tablename__ = "dossier_document"
    __table_args__ = (Index("ix_dossier_document_dossier_id", "dossier_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="CASCADE"))
    paper: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    stored: Mapped[str] = mapped_column(Text, unique=True)
    sha256: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(MOMENT)
    added_by: Mapped[int] = mapped_column(ForeignKey("account.id"))


class Notice(Base):
    """The public notice of a request, from the day it was posted until the day `ends_on`, on which it no
    longer stands."""

    __tablename__ = "dossier_notice"
    __table_args__ = (
        Index("ix_dossier_notice_dossier_id", "dossier_id"),
        CheckConstraint("published_on < ends_on", name="ck_dossier_notice_period"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(Text)
    published_on: Mapped[date]
    ends_on: Mapped[date]

    @property
    def last_day(self) -> date:
        """The last day on which it stands."""
        return self.ends_on - timedelta(days=1)


class Objection(Base):
    """What somebody has against a request. It is open until somebody writes how it ended.

    `objector` and `reason` are personal, as the applicant is.
    """

    __tablename__ = "dossier_objection"
    __table_args__ = (
        Index("ix_dossier_objection_dossier_id", "dossier_id"),
        CheckConstraint(
            "(resolved_at IS NULL) = (outcome IS NULL) AND outcome IN ('settled', 'unfounded', 'withdrawn')",
            name="ck_dossier_objection_outcome",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="CASCADE"))
    objector: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(MOMENT)
    outcome: Mapped[str | None] = mapped_column(Text)
    resolution: Mapped[str] = mapped_column(Text, server_default=text("''"), default="")
    resolved_at: Mapped[datetime | None] = mapped_column(MOMENT)
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    @property
    def is_open(self) -> bool:
        """Whether it still blocks."""
        return self.resolved_at is None


class DossierNumber(Base):
    """How many codes a unit has given on a day. The row is locked until the one who counts commits, so
    no number is missing and none is given twice."""

    __tablename__ = "dossier_number"

    unit: Mapped[str] = mapped_column(Text, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class DossierLookup(Base):
    """A look-up by citizens of a code that does not exist, kept for an hour to slow guessing."""

    __tablename__ = "dossier_lookup"
    __table_args__ = (Index("ix_dossier_lookup_network_at", "network", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    network: Mapped[str] = mapped_column(CIDR)
    at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.clock_timestamp())
