"""A desk at which tests hand in requests, and files that people bring to it."""

import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.dossiers import editing, workflow
from app.dossiers.files import MB, Store, read_upload
from app.dossiers.kinds import KIND_BY_CODE
from app.dossiers.models import Dossier
from app.dossiers.reception import Request, receive
from app.dossiers.statuses import Status
from app.dossiers.workflow import Act, Upload
from app.edits import workflow as edits
from app.edits.case import Case
from app.edits.changes import Key
from app.edits.models import Changeset
from tests.app.town import Town
from tests.edits.land import at

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
UNIT = "000.00.01.H29"
MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=ZONE)
"""A Monday without holidays near it."""

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb004300") + b"\1" * 64 + b"\xff\xd9"


def png() -> bytes:
    """The smallest picture: one white pixel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)

    head = (1).to_bytes(4) + (1).to_bytes(4) + bytes((8, 0, 0, 0, 0))
    body = zlib.compress(b"\0\xff")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@dataclass
class Desk:
    """The office of the town: an officer, an approver, and a clock that tests move."""

    session: Session
    town: Town
    officer: User
    approver: User
    store: Store
    now: datetime = MONDAY
    tokens: list[UUID] = field(default_factory=list)
    case: Case = field(init=False)
    """What dossiers have to say to changesets; by the clock of the desk."""

    def __post_init__(self) -> None:
        self.case = editing.case_of(
            lambda session, changeset, user: self.act(workflow.get(session, changeset.dossier), user)
        )

    def receive(self, kind: str = "split", *, token: UUID | None = None, **fields: Any) -> Dossier:
        """Take in a request about parcel 11 of the town (with 12 for a merger)."""
        parcels = [self.town.eleven, self.town.twelve] if kind == "merge" else [self.town.eleven]
        values = {"kind": kind, "parcels": parcels, "applicant_name": "Trần Văn Bình"} | fields
        return receive(
            self.session,
            Request(**values),
            actor=self.officer,
            at=self.now,
            token=token or uuid4(),
            unit=UNIT,
        )

    def act(self, dossier: Dossier, by: User | None = None, **fields: Any) -> Act:
        """Somebody (the officer) acts on what the dossier is now."""
        values = {"actor": by or self.officer, "at": self.now, "version": dossier.version, "token": uuid4()}
        return Act(**values | fields)

    def to(self, dossier: Dossier, target: Status, reason: str = "vì thế", by: User | None = None) -> Dossier:
        return workflow.transition(self.session, dossier.id, self.act(dossier, by), target, reason)

    def attach(self, dossier: Dossier, paper: str, data: bytes = PDF, name: str = "đơn.pdf") -> Dossier:
        upload = Upload(paper=paper, name=name, content=read_upload(BytesIO(data), most=self.store.largest))
        return workflow.attach(self.session, dossier.id, self.act(dossier), upload, store=self.store)

    def begun(self, kind: str = "split", *, papers: bool = True) -> Dossier:
        """A dossier at work, with all papers that it needs."""
        dossier = self.to(self.receive(kind), Status.IN_PROGRESS)
        for paper in KIND_BY_CODE[kind].required if papers else ():
            self.attach(dossier, paper.code)
        return dossier

    def submitted(self, kind: str = "transfer") -> Dossier:
        """A dossier that waits for the decision, with its changeset where its kind changes parcels."""
        dossier = self.begun(kind)
        if dossier.kind_of.changes_parcels:
            self.send(self.drawn(dossier))
            return dossier
        return workflow.submit(self.session, dossier.id, self.act(dossier))

    def drawn(self, dossier: Dossier, by: User | None = None) -> Changeset:
        """A draft in a dossier, in which that is done what its kind is about."""
        by = by or self.officer
        draft = editing.begin(self.session, dossier, by)
        eleven, twelve = (Key("parcel", one) for one in (self.town.eleven, self.town.twelve))
        operation, selection, given = {
            "split": ("split_by_line", [eleven], {"line": at((30, 19), (30, 41))}),
            "merge": ("merge", [eleven, twelve], {"same": ["commune_code", "sheet"]}),
            "boundary": ("move_boundary", [eleven, twelve], {"distance": 2, "into": str(twelve.id)}),
        }[dossier.kind]
        return edits.take_step(
            self.session,
            by,
            draft.id,
            version=draft.version,
            operation=operation,
            selection=selection,
            parameters=given,
        )

    def send(self, draft: Changeset, by: User | None = None, note: str | None = "theo bản vẽ") -> Changeset:
        """Submit a changeset, and its dossier with it."""
        return edits.submit(
            self.session, by or self.officer, draft.id, version=draft.version, note=note, case=self.case
        )

    def send_back(self, found: Changeset, reason: str) -> Changeset:
        return edits.send_back(
            self.session, self.approver, found.id, version=found.version, reason=reason, case=self.case
        )

    def withdraw(self, found: Changeset, by: User | None = None) -> Changeset:
        return edits.withdraw(
            self.session, by or self.officer, found.id, version=found.version, case=self.case
        )

    def approve(self, found: Changeset) -> Changeset:
        return edits.approve(self.session, self.approver, found.id, version=found.version, case=self.case)

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)


def store_in(folder: Path, *, largest: int = 20 * MB, most: int = 200 * MB) -> Store:
    return Store(folder / "attachments", largest, most)
