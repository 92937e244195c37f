"""The demo's dossiers: made-up requests in every state, about parcels of the demo communes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from io import BytesIO
from random import Random
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.dossiers import editing, workflow
from app.dossiers.deadline import is_working_day
from app.dossiers.editing import in_editor
from app.dossiers.files import Store, read_upload
from app.dossiers.kinds import KIND_BY_CODE
from app.dossiers.models import Dossier, DossierDocument
from app.dossiers.reception import Plot, Request, plots, receive
from app.dossiers.statuses import Status
from app.dossiers.workflow import Act, Upload
from app.edits import workflow as edits
from app.edits.case import Case
from app.edits.changes import Key

FAMILY = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý".split()
MIDDLE = "Văn Thị Ngọc Minh Thanh Quốc Thu Hữu Kim Đức".split()
GIVEN = "An Bình Châu Dung Giang Hà Hạnh Hòa Hùng Lan Linh Long Mai Nam Nga Phúc Quân Sơn Thảo Yến".split()

PLAN = (
    ("split", 1, "received"),
    ("split", 3, "working"),
    ("split", 9, "papers"),
    ("split", 30, "papers"),
    ("split", 14, "supplement"),
    ("split", 17, "submitted"),
    ("split", 40, "submitted"),
    ("split", 45, "returned"),
    ("merge", 2, "received"),
    ("merge", 6, "papers"),
    ("merge", 12, "submitted"),
    ("merge", 60, "done"),
    ("boundary", 4, "working"),
    ("boundary", 20, "notice"),
    ("boundary", 25, "objection"),
    ("boundary", 50, "submitted"),
    ("land_use", 5, "papers"),
    ("land_use", 16, "payment"),
    ("land_use", 33, "payment"),
    ("land_use", 70, "returned"),
    ("first_registration", 8, "working"),
    ("first_registration", 15, "notice"),
    ("first_registration", 48, "submitted"),
    ("transfer", 1, "received"),
    ("transfer", 7, "papers"),
    ("transfer", 11, "supplement"),
    ("transfer", 18, "papers"),
    ("transfer", 35, "done"),
    ("transfer", 52, "withdrawal"),
    ("mortgage", 1, "submitted"),
    ("mortgage", 20, "returned"),
    ("discharge", 2, "done"),
    ("restriction", 6, "working"),
    ("block", 10, "done"),
    ("release", 1, "received"),
    ("correction", 5, "supplement"),
    ("correction", 22, "papers"),
    ("renumbering", 28, "stopped"),
    ("extract", 1, "registered"),
    ("extract", 9, "refused"),
    ("extract", 2, "papers"),
)
"""Kind, working days ago, and how far it got."""

PATHS = {
    "registered": "",
    "received": "",
    "working": "begin",
    "papers": "begin papers",
    "supplement": "begin supplement",
    "payment": "begin papers payment",
    "notice": "begin papers notice",
    "objection": "begin papers notice object",
    "submitted": "begin papers notice submit",
    "done": "begin papers notice submit done",
    "returned": "begin papers notice submit done returned",
    "withdrawal": "begin withdrawal",
    "stopped": "begin stopped",
    "refused": "refused",
}
"""What was done to a dossier that got so far."""

DRAWN: dict[str, tuple[str, dict[str, object]]] = {
    "split": ("split_equal", {"parts": 2, "bearing": 0}),
    "merge": ("merge", {"same": []}),
}
ADDRESSED: tuple[str, dict[str, object]] = ("set_attributes", {"values": {"address": "Địa chỉ minh họa"}})
"""What is drawn in a dossier of a kind, and in those of other kinds."""
NOTE = "Theo bản vẽ đo đạc kèm hồ sơ (minh họa)."

MOVES = {
    "begin": (Status.IN_PROGRESS, ""),
    "supplement": (Status.SUPPLEMENT, "Bản vẽ đo đạc chưa có chữ ký của chủ đất liền kề."),
    "payment": (Status.PAYMENT, "Đã gửi thông báo nộp tiền của cơ quan thuế."),
    "withdrawal": (Status.WITHDRAWAL, ""),
    "returned": (Status.RETURNED, ""),
    "refused": (Status.REFUSED, "Ảnh đơn bị mờ, không đọc được số thửa."),
    "stopped": (Status.STOPPED, "Quyết định sắp xếp tờ bản đồ đã được thay thế."),
    "done": (Status.DONE, ""),
}


def add_dossiers(session: Session, store: Store, *, unit: str, now: datetime, seed: int) -> int:
    """Add the demo's dossiers for the demo's sign-ins and return how many. Nothing is committed."""
    people = {user.name: user for user in session.scalars(select(User))}
    chosen = _plots(session, seed, 2 * len(PLAN))
    with _able(people["officer"], people["officer-vungtau"], people["approver"]):
        made = [
            _Case(session, store, people, now, Random(f"{seed} {n}")).make(unit, kind, days, stage, plot)
            for n, ((kind, days, stage), plot) in enumerate(zip(PLAN, chosen, strict=False))
        ]
        session.flush()
    return len(made)


def clear_dossiers(session: Session) -> list[str]:
    """Throw away all dossiers and what was drawn in them; the audit chain keeps what was done.

    Returns the names of the files that nobody needs once this is committed.
    """
    stored = list(session.scalars(select(DossierDocument.stored)))
    session.execute(text("ALTER TABLE dossier_event DISABLE TRIGGER USER"))
    session.execute(text("TRUNCATE dossier, dossier_number, dossier_lookup CASCADE"))
    session.execute(
        text("TRUNCATE claim, lineage_member, lineage_event, changeset, sheet_counter, tile_outbox")
    )
    session.execute(text("ALTER TABLE dossier_event ENABLE TRIGGER USER"))
    return stored


@contextmanager
def _able(*users: User) -> Iterator[None]:
    """Let people act who have not changed their one-time password yet: the demo acts in their name."""
    kept = {user: user.one_time_until for user in users}
    for user in users:
        user.one_time_until = None
    yield
    for user, until in kept.items():
        user.one_time_until = until


def _plots(session: Session, seed: int, count: int) -> list[Plot]:
    """Some parcels of the demo, the same for the same seed; half of them in Vũng Tàu, where one sign-in
    sees only them."""
    order = "ORDER BY md5(CAST(fid AS text) || :seed) LIMIT :count"
    found: list[UUID] = []
    for condition in ("= '26506'", "<> '26506'"):
        statement = f"SELECT id FROM parcel WHERE commune_code {condition} {order}"
        found += session.scalars(text(statement), {"seed": str(seed), "count": count}).all()
    known = plots(session, found)
    here = [one for one in known if one.commune == "26506"]
    there = [one for one in known if one.commune != "26506"]
    mixed = [one for pair in zip(here, there, strict=False) for one in pair]
    return mixed or known


@dataclass
class _Case:
    """One dossier being made: its clock moves on with everything that is done to it."""

    session: Session
    store: Store
    people: dict[str, User]
    now: datetime
    random: Random
    at: datetime = field(init=False)

    def make(self, unit: str, kind: str, days: int, stage: str, plot: Plot) -> Dossier:
        """A dossier that came in so many working days ago and got as far as `stage`."""
        self.at = self._ago(days)
        officer = self.people["officer-vungtau" if plot.commune == "26506" else "officer"]
        parcels = [plot.id, self._neighbour(plot)] if kind == "merge" else [plot.id]
        name = " ".join(self.random.choice(names) for names in (FAMILY, MIDDLE, GIVEN))
        request = Request(
            kind=kind,
            parcels=parcels,
            applicant_name=name,
            applicant_phone=f"09{self.random.randrange(10**8):08}",
            online=stage in ("registered", "refused"),
        )
        token = self._uuid()
        dossier = receive(self.session, request, actor=officer, at=self.at, token=token, unit=unit)
        for done in PATHS[stage].split():
            self._do(done, dossier, officer)
        return dossier

    def _do(self, done: str, dossier: Dossier, officer: User) -> None:
        kind = KIND_BY_CODE[dossier.kind]
        if done == "papers":
            for paper in kind.required[: None if self.random.random() < 0.9 else -1] or kind.required:
                upload = Upload(
                    paper=paper.code,
                    name=f"{paper.code}.pdf",
                    content=read_upload(BytesIO(_pdf(dossier.code)), most=self.store.largest),
                )
                workflow.attach(
                    self.session, dossier.id, self._act(dossier, officer), upload, store=self.store
                )
        elif done == "notice":
            if kind.needs_notice:
                act = self._act(dossier, officer)
                workflow.publish_notice(
                    self.session, dossier.id, act, "Trụ sở UBND phường, xã", act.at.date()
                )
        elif done == "object":
            act = self._act(dossier, officer)
            workflow.object_to(
                self.session, dossier.id, act, "Bà Sáu (minh họa)", "Ranh phía tây lấn 0,4 m sang đất tôi."
            )
        elif done == "submit":
            self._complete(dossier, officer)
            if in_editor(dossier):
                self._draw(dossier, officer)
            else:
                workflow.submit(self.session, dossier.id, self._act(dossier, officer))
        elif done == "done" and in_editor(dossier):
            self._approve(dossier)
        else:
            target, reason = MOVES[done]
            by = self.people["approver"] if target in (Status.DONE, Status.STOPPED) else officer
            workflow.transition(self.session, dossier.id, self._act(dossier, by), target, reason)

    def _draw(self, dossier: Dossier, officer: User) -> None:
        """Change the parcels and submit; what the rules have against it shows in the editor."""
        operation, given = DRAWN.get(dossier.kind, ADDRESSED)
        draft = editing.begin(self.session, dossier, officer)
        draft = edits.take_step(
            self.session,
            officer,
            draft.id,
            version=draft.version,
            operation=operation,
            selection=[Key("parcel", one.parcel_id) for one in dossier.parcels],
            parameters=given,
        )
        edits.submit(
            self.session, officer, draft.id, version=draft.version, note=NOTE, case=self._case(dossier)
        )

    def _approve(self, dossier: Dossier) -> None:
        found = edits.open_of(self.session, dossier.id)
        assert found
        edits.approve(
            self.session,
            self.people["approver"],
            found.id,
            version=found.version,
            case=self._case(dossier),
            on=self.at.date(),
        )

    def _case(self, dossier: Dossier) -> Case:
        return editing.case_of(lambda _session, _changeset, user: self._act(dossier, user))

    def _complete(self, dossier: Dossier, officer: User) -> None:
        """Put in what is still missing, and wait for the end of the notice."""
        there = {document.paper for document in dossier.documents}
        for paper in (one for one in dossier.kind_of.required if one.code not in there):
            content = read_upload(BytesIO(_pdf(dossier.code)), most=self.store.largest)
            upload = Upload(paper=paper.code, name=f"{paper.code}.pdf", content=content)
            workflow.attach(self.session, dossier.id, self._act(dossier, officer), upload, store=self.store)
        if dossier.notices:
            self.at = max(self.at, datetime.combine(dossier.notices[-1].ends_on, time(9), self.at.tzinfo))

    def _act(self, dossier: Dossier, actor: User) -> Act:
        """The next thing that somebody does, some hours later but never after now."""
        self.at = min(self._at_work(self.at + timedelta(minutes=self.random.randrange(20, 300))), self.now)
        return Act(actor=actor, at=self.at, version=dossier.version, token=self._uuid())

    def _at_work(self, at: datetime) -> datetime:
        """This moment, or the next morning of work when the office is closed then."""
        if at.hour < 17 and is_working_day(at.date()):
            return at
        day = at.date() + timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
        return datetime.combine(day, time(8, self.random.randrange(60)), at.tzinfo)

    def _ago(self, days: int) -> datetime:
        day = self.now.date()
        while days:
            day -= timedelta(days=1)
            days -= is_working_day(day)
        at = time(self.random.randrange(8, 16), self.random.randrange(60))
        return datetime.combine(day, at, self.now.tzinfo)

    def _neighbour(self, plot: Plot) -> UUID:
        statement = (
            "SELECT other.id FROM parcel AS one JOIN parcel AS other ON other.id <> one.id"
            " AND other.commune_code = one.commune_code"
            " WHERE one.id = :id ORDER BY other.geom <-> one.geom, other.fid LIMIT 5"
        )
        near: Sequence[UUID] = self.session.scalars(text(statement), {"id": plot.id}).all()
        return next(one.id for one in plots(self.session, near) if one.commune == plot.commune)

    def _uuid(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)


def _pdf(code: str) -> bytes:
    """A page that says it is made up."""
    drawn = f"BT /F1 14 Tf 72 760 Td (Giay to minh hoa, ho so {code}) Tj ET".encode()
    parts = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    data, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n" + table
    return data + head + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(data)
