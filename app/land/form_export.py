"""Writing the register of rights as rows of the national form, one person on one certificate per row."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from app.db import tables_of
from app.land.form import USES, Row
from app.land.form_rows import FORM_NAMES, PAPER_NAMES, PERSON, ROLE_NAMES, SEX_NAMES, TERM_NAMES
from app.land.models import (
    AdministrativeSource,
    Asset,
    IdentityPaper,
    LandUse,
    MemberRole,
    PaperKind,
    Party,
    PartyKind,
    Right,
    RightKind,
    TermKind,
    UseForm,
)
from app.land.register import Held, Statements, statements_of

_PART = 2_000
_ROLES = list(MemberRole)


@dataclass
class Written:
    """Counts of an export. `parcels_left_out` have nobody; `left_out` counts land uses beyond the third
    and assets beyond the rows of their parcel, for which the form has no room."""

    rows: int = 0
    parcels: int = 0
    parcels_left_out: int = 0
    left_out: int = 0


def rows_of(session: Session, commune: str, as_of: date, written: Written) -> Iterator[Row]:
    """The rows of a commune's parcels as of a day, by sheet and number. They hold personal data."""
    table = tables_of(session)["parcel"].current
    query = select(table.c["id"], *(table.c[name] for name in _OF_PARCEL)).where(
        table.c.commune_code == commune
    )
    parcels = sorted(session.execute(query).mappings(), key=lambda one: _natural(one["sheet"], one["number"]))
    for start in range(0, len(parcels), _PART):
        part = parcels[start : start + _PART]
        found = statements_of(session, (one["id"] for one in part), as_of=as_of)
        files = _files(session, found)
        for parcel in part:
            held = found.of[parcel["id"]]
            made = list(_rows(parcel, held, found, files))
            written.parcels += bool(made)
            written.parcels_left_out += not made
            written.left_out += max(len(held.uses) - USES, 0) + max(len(held.assets) - len(made), 0)
            for row in made:
                written.rows += 1
                yield row | {"order": str(written.rows)}


_OF_PARCEL = ("commune_code", "sheet", "number", "legal_area", "parcel_code", "address")


def _natural(*texts: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(text) if text.isdecimal() else 10**9, text) for text in texts)


def _rows(
    parcel: RowMapping, held: Held, found: Statements, files: dict[uuid.UUID, str | None]
) -> Iterator[Row]:
    land = _land(parcel, held.uses)
    people = [
        row
        for right in held.rights
        if right.kind != RightKind.OWN_ASSETS
        for row in _people(right, found, files)
    ]
    for person, asset in zip_longest(people, held.assets[: len(people)]):
        yield land | person | (_asset(asset) if asset else {})


def _land(parcel: RowMapping, uses: Iterable[LandUse]) -> Row:
    row = {
        "commune": parcel["commune_code"] or "",
        "parcel_code": parcel["parcel_code"] or "",
        "sheet": parcel["sheet"],
        "number": parcel["number"],
        "area": _number(parcel["legal_area"]),
        "parcel_address": parcel["address"] or "",
    }
    for place, use in enumerate(list(uses)[:USES], start=1):
        row |= {
            f"use_code_{place}": use.code,
            f"use_area_{place}": _number(use.area),
            f"use_origin_{place}": use.origin or "",
            f"use_form_{place}": FORM_NAMES[UseForm(use.form)],
            f"use_term_{place}": _day(use.term_to) or TERM_NAMES.get(TermKind(use.term_kind), ""),
        }
    return row


def _people(right: Right, found: Statements, files: dict[uuid.UUID, str | None]) -> Iterator[Row]:
    party = found.parties[right.party_id]
    paper = found.certificates.get(right.certificate_id) if right.certificate_id else None
    common = {
        "share": str(right.share),
        "paper_sheet": right.paper_sheet or "",
        "paper_parcel": right.paper_number or "",
        "paper_area": _number(right.paper_area),
        "file": files.get(right.source_id) or "",
    }
    if paper:
        common |= {
            "serial": paper.serial,
            "issued_on": _day(paper.issued_on),
            "register_number": paper.register_number or "",
            "authority": paper.authority or "",
            "qr": paper.qr or "",
        }
    if not PartyKind(party.kind).is_group:
        role = PERSON if party.kind == PartyKind.PERSON else ""
        yield common | _person(party, found) | {"role": role}
    members = sorted(
        found.members.get(party.id, ()), key=lambda one: (_ROLES.index(MemberRole(one.role)), one.row)
    )
    for member in members:
        role = ROLE_NAMES[MemberRole(member.role)]
        yield common | _person(found.parties[member.member_id], found) | {"role": role}


def _person(party: Party, found: Statements) -> Row:
    papers = sorted(found.papers.get(party.id, ()), key=_worth)
    row = {
        "user_kind": party.user_kind or "",
        "name": party.name,
        "birth_year": str(party.birth_year or ""),
        "sex": SEX_NAMES.get(party.sex or "", ""),
        "address": party.address or "",
    }
    if papers:
        row |= {"paper_kind": PAPER_NAMES[PaperKind(papers[0].kind)], "paper_number": papers[0].number}
    return row


def _worth(paper: IdentityPaper) -> int:
    """The personal number goes before older papers."""
    return list(PaperKind).index(PaperKind(paper.kind))


def _asset(asset: Asset) -> Row:
    return {
        "asset_kind": asset.kind,
        "asset_built_area": _number(asset.built_area),
        "asset_floor_area": _number(asset.floor_area),
        "asset_storeys": str(asset.storeys or ""),
        "asset_grade": asset.grade or "",
        "asset_owned": asset.owned or "",
        "asset_until": asset.owned_until or "",
        "asset_address": asset.address or "",
    }


def _files(session: Session, found: Statements) -> dict[uuid.UUID, str | None]:
    """The scans of the documents on which rights rest."""
    wanted = sorted({right.source_id for held in found.of.values() for right in held.rights})
    files: dict[uuid.UUID, str | None] = {}
    for start in range(0, len(wanted), 1_000):
        part = wanted[start : start + 1_000]
        query = select(AdministrativeSource.id, AdministrativeSource.file)
        rows = session.execute(query.where(AdministrativeSource.id.in_(part)))
        files.update((id_, file) for id_, file in rows)
    return files


def _day(day: date | None) -> str:
    return day.strftime("%d/%m/%Y") if day else ""


def _number(value: Decimal | float | None) -> str:
    """A number with a decimal comma and one decimal at least, so that nobody takes it for thousands."""
    if value is None:
        return ""
    whole, _, part = f"{value:.2f}".partition(".")
    return f"{whole},{part[:1] if part.endswith('0') else part}"
