"""The table of audit entries. A trigger refuses to change, delete or truncate them."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class AuditEntry(Base):
    """One deed. `number` counts within the chain from 1 without gaps; `actor` is an account's id,
    `payload` JSON text, `hash` the SHA-256 over everything else and `previous`, the entry before."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject"),)

    chain: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    payload: Mapped[str] = mapped_column(Text)
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
