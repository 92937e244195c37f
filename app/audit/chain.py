"""Chains of audit entries: appending, verifying, and the head that is anchored elsewhere.

An entry's hash is SHA-256 over its fields and the hash of the entry before. Each field is written as
the length of its UTF-8 bytes (8 bytes, big-endian) and the bytes, so no two entries give the same input.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry

REGISTER = "register"
"""The chain of what changes the register."""
START = bytes(32)
"""What the first entry of a chain follows."""


@dataclass(frozen=True)
class Head:
    """The last entry of a chain; to keep it elsewhere is to be able to prove the chain up to it."""

    chain: str
    number: int
    hash: str

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Head":
        """The head of which the JSON was kept. KeyError or ValueError otherwise."""
        return cls(str(data["chain"]), int(data["number"]), str(data["hash"]))


@dataclass(frozen=True)
class Broken:
    """The first entry that does not fit, and why: ``missing``, ``previous``, ``hash`` or ``head``."""

    chain: str
    number: int
    why: str


def append(
    session: Session, chain: str, *, actor: int, action: str, subject: str, payload: Mapping[str, Any]
) -> AuditEntry:
    """Add an entry. Until the transaction ends, other appends to the chain wait: do it last."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"audit/{chain}", 0))))
    last = session.scalars(
        select(AuditEntry).where(AuditEntry.chain == chain).order_by(AuditEntry.number.desc()).limit(1)
    ).first()
    entry = AuditEntry(
        chain=chain,
        number=last.number + 1 if last else 1,
        at=datetime.now(UTC),
        actor=actor,
        action=action,
        subject=subject,
        payload=json.dumps(payload, ensure_ascii=False, sort_keys=True, allow_nan=False),
        previous=last.hash if last else START,
    )
    entry.hash = digest(entry)
    session.add(entry)
    session.flush()
    return entry


def digest(entry: AuditEntry) -> bytes:
    """The hash that an entry has to have."""
    fields = (
        entry.chain,
        str(entry.number),
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        str(entry.actor),
        entry.action,
        entry.subject,
        entry.payload,
    )
    made = hashlib.sha256()
    for part in (*(one.encode() for one in fields), entry.previous):
        made.update(len(part).to_bytes(8, "big") + part)
    return made.digest()


def heads(session: Session) -> list[Head]:
    """The head of each chain."""
    newest = select(AuditEntry).ext(distinct_on(AuditEntry.chain))
    newest = newest.order_by(AuditEntry.chain, AuditEntry.number.desc())
    return [Head(one.chain, one.number, one.hash.hex()) for one in session.scalars(newest)]


def verify(session: Session, anchored: Head | None = None) -> tuple[int, Broken | None]:
    """How many entries are right, and the first that is not. `anchored` is a head kept elsewhere: with
    it, entries missing at the end are noticed as well."""
    count = 0
    seen = anchored is None
    for entry, broken in _checked(session):
        if broken:
            return count, broken
        if anchored and (entry.chain, entry.number) == (anchored.chain, anchored.number):
            if entry.hash.hex() != anchored.hash:
                return count, Broken(entry.chain, entry.number, "head")
            seen = True
        count += 1
    if anchored and not seen:
        return count, Broken(anchored.chain, anchored.number, "missing")
    return count, None


def _checked(session: Session) -> Iterator[tuple[AuditEntry, Broken | None]]:
    chain, number, previous = "", 0, START
    query = select(AuditEntry).order_by(AuditEntry.chain, AuditEntry.number)
    for entry in session.scalars(query.execution_options(yield_per=1000)):
        if entry.chain != chain:
            chain, number, previous = entry.chain, 0, START
        number += 1
        why = None
        if entry.number != number:
            why = "missing"
        elif entry.previous != previous:
            why = "previous"
        elif entry.hash != digest(entry):
            why = "hash"
        yield entry, Broken(chain, number, why) if why else None
        previous = entry.hash
