"""The tables of editing: changesets, what they claim, who came from whom, numbers given, tiles to renew."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.db import Base

MOMENT = DateTime(timezone=True)
OPEN = ("draft", "submitted")
"""The statuses in which a changeset can still become something else."""


class Changeset(Base):
    """Work in a dossier: a draft apart from the register until it is approved.

    `steps` are the operations that were done, each {"operation", "selection", "parameters",
    "changes"}, its changes following those of the steps before it; the first `done` of them count,
    the others can be done again. `written` is what approving wrote, numbers included. `editors` are
    all accounts that did a step or submitted; the approver is none of them. `version` counts what
    was saved.
    """

    __tablename__ = "changeset"
    __table_args__ = (
        CheckConstraint(
            "status IN ('draft', 'submitted', 'approved', 'withdrawn')", name="ck_changeset_status"
        ),
        CheckConstraint("(status = 'approved') = (approver_id IS NOT NULL)", name="ck_changeset_approved"),
        CheckConstraint(
            "approver_id <> author_id AND approver_id <> ALL (editors)", name="ck_changeset_four_eyes"
        ),
        CheckConstraint("done BETWEEN 0 AND jsonb_array_length(steps)", name="ck_changeset_done"),
        # One piece of work at a time in a dossier.
        Index(
            "uq_changeset_open",
            "dossier",
            unique=True,
            postgresql_where=text("status IN ('draft', 'submitted')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    dossier: Mapped[UUID] = mapped_column(Uuid)
    dossier_code: Mapped[str] = mapped_column(Text)
    commune_code: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default=text("'draft'"))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    done: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    editors: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    written: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
    submitted_at: Mapped[datetime | None] = mapped_column(MOMENT)
    decided_at: Mapped[datetime | None] = mapped_column(MOMENT)
    author: Mapped[User] = relationship(foreign_keys=author_id, lazy="joined", innerjoin=True)
    approver: Mapped[User | None] = relationship(foreign_keys=approver_id, lazy="joined")


class Claim(Base):
    """That a feature is taken by a changeset which waits for its decision, until `until` at the latest."""

    __tablename__ = "claim"
    __table_args__ = (Index("ix_claim_changeset_id", "changeset_id"),)

    layer: Mapped[str] = mapped_column(Text, primary_key=True)
    feature_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    changeset_id: Mapped[UUID] = mapped_column(ForeignKey("changeset.id"))
    until: Mapped[datetime] = mapped_column(MOMENT)


class LineageEvent(Base):
    """Features that turned into others on a day of the world, by an approved changeset."""

    __tablename__ = "lineage_event"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('split', 'merge', 'renewal', 'readjustment')", name="ck_lineage_event_kind"
        ),
        Index("ix_lineage_event_changeset_id", "changeset_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    changeset_id: Mapped[UUID] = mapped_column(ForeignKey("changeset.id"))
    kind: Mapped[str] = mapped_column(Text)
    on: Mapped[date] = mapped_column("valid_on", Date)
    recorded_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())


class LineageMember(Base):
    """A feature's part in an event: parent (it ended) or child (it began). A child has one such event."""

    __tablename__ = "lineage_member"
    __table_args__ = (
        CheckConstraint("part IN ('parent', 'child')", name="ck_lineage_member_part"),
        # A feature begins once and ends once.
        Index("uq_lineage_member_feature", "layer", "feature_id", "part", unique=True),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("lineage_event.id"), primary_key=True)
    part: Mapped[str] = mapped_column(Text, primary_key=True)
    layer: Mapped[str] = mapped_column(Text, primary_key=True)
    feature_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)


class SheetCounter(Base):
    """The last parcel number given on a map sheet. Its row is locked while numbers are given."""

    __tablename__ = "sheet_counter"

    commune_code: Mapped[str] = mapped_column(Text, primary_key=True)
    sheet: Mapped[str] = mapped_column(Text, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class TileOutbox(Base):
    """A changed feature whose tiles are to be renewed: its old box and its new one, apart (EPSG:3857)."""

    __tablename__ = "tile_outbox"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    layer: Mapped[str] = mapped_column(Text)
    old_box: Mapped[Any | None] = mapped_column(Geometry("POLYGON", srid=3857, spatial_index=False))
    new_box: Mapped[Any | None] = mapped_column(Geometry("POLYGON", srid=3857, spatial_index=False))
    at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
