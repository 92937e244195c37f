"""People, papers and rights that tests of the land register are made of."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.land.models import (
    IdentityPaper,
    LandUse,
    Mortgage,
    PaperKind,
    Party,
    PartyKind,
    Right,
    RightKind,
    TermKind,
)
from app.land.register import add_source, record

BEGIN = date(2020, 5, 5)
TODAY = date(2026, 3, 1)


def source_of(session: Session, kind: str = "contract") -> UUID:
    return add_source(session, kind, number="12/HĐ", dated=BEGIN).id


def person(session: Session, name: str, number: str | None = None, **facts: Any) -> UUID:
    """A person, with a personal number or a CMND if one is given."""
    source = source_of(session)
    values = {"kind": PartyKind.PERSON, "user_kind": "CNV", "name": name} | facts
    party = record(session, Party(**values, valid_from=BEGIN, source_id=source))
    if number:
        kind = PaperKind.CMND if len(number) == 9 else PaperKind.PERSONAL_NUMBER
        paper = IdentityPaper(party_id=party.id, kind=kind, number=number, valid_from=BEGIN, source_id=source)
        record(session, paper)
    return party.id


def right(session: Session, parcel: UUID, party: UUID, share: str = "1/1", **facts: Any) -> Right:
    numerator, denominator = share.split("/")
    values: dict[str, Any] = {"kind": RightKind.USE, "valid_from": BEGIN, "source_id": source_of(session)}
    return record(
        session,
        Right(
            parcel_id=parcel,
            party_id=party,
            share_numerator=int(numerator),
            share_denominator=int(denominator),
            **(values | facts),
        ),
    )


def use(session: Session, parcel: UUID, code: str, area: float, **facts: Any) -> LandUse:
    values: dict[str, Any] = {"term_kind": TermKind.STABLE, "valid_from": BEGIN}
    return record(
        session,
        LandUse(parcel_id=parcel, code=code, area=area, source_id=source_of(session), **(values | facts)),
    )


def mortgage(session: Session, parcel: UUID, creditor: UUID, **facts: Any) -> Mortgage:
    return record(
        session,
        Mortgage(
            parcel_id=parcel,
            creditor_id=creditor,
            contract_number="HĐTC-7",
            registered_at=datetime(2021, 1, 4, 8, 30, tzinfo=UTC),
            valid_from=date(2021, 1, 4),
            source_id=source_of(session),
            **facts,
        ),
    )
