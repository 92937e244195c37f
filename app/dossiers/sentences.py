"""What is said of a dossier: its clock and the lines of its timeline, as message ids with their values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.dossiers.deadline import Clock
from app.dossiers.kinds import KIND_BY_CODE
from app.dossiers.models import Dossier, DossierEvent
from app.dossiers.statuses import PAUSED, Status
from app.dossiers.workflow import OUTCOMES
from app.features.formats import Wording
from layers.layer import N_


@dataclass(frozen=True)
class Said:
    """A sentence with its values; `tone` is the colour beside it."""

    text: str
    tone: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    def by(self, wording: Wording) -> str:
        """The sentence in the reader's language."""
        return wording.say(self.text, **self.values)


NOT_BEGUN = Said(N_("Chưa tính hạn, vì hồ sơ chưa được nhận"))
LAST_DAY = Said(N_("Hôm nay là hạn cuối"), "warning")
ON_TIME = Said(N_("Xong đúng hạn"), "success")


def clock_said(dossier: Dossier, clock: Clock, wording: Wording) -> Said:
    """What the clock of a dossier shows, and why it stands when it does."""
    if clock.day is None:
        return NOT_BEGUN
    if not dossier.is_open:
        return _ended(dossier, clock)
    if dossier.state in PAUSED:
        return _paused(clock, wording.say(dossier.state.label))
    if clock.overdue:
        return Said(N_("Quá hạn {days} ngày làm việc"), "danger", {"days": clock.late})
    if clock.left == 0:
        return LAST_DAY
    tone = "warning" if clock.left <= 1 else ""
    return Said(N_("Còn {days} ngày làm việc"), tone, {"days": clock.left})


def clock_short(dossier: Dossier, clock: Clock) -> Said:
    """The clock in two words beside a date, for a row of the list; days are working days."""
    if clock.day is None or not dossier.is_open:
        return Said("")
    if clock.overdue:
        return Said(N_("trễ {days}"), "danger", {"days": clock.late})
    if not clock.running:
        return Said(N_("tạm dừng"), "warning")
    return Said(N_("còn {days}"), "warning" if clock.left <= 1 else "", {"days": clock.left})


def _paused(clock: Clock, status: str) -> Said:
    values = {"status": status, "days": clock.late or clock.left}
    if clock.overdue:
        return Said(N_("Tạm dừng: {status}. Lúc dừng đã quá hạn {days} ngày làm việc"), "danger", values)
    return Said(N_("Tạm dừng: {status}. Khi làm tiếp còn {days} ngày làm việc"), "warning", values)


def _ended(dossier: Dossier, clock: Clock) -> Said:
    if dossier.state in (Status.DONE, Status.RETURNED):
        if clock.overdue:
            return Said(N_("Xong trễ {days} ngày làm việc"), "danger", {"days": clock.late})
        return ON_TIME
    return Said(N_("Đã kết thúc, không tính hạn nữa"))


EVENTS = {
    "registered": N_("Nộp trực tuyến: {kind}"),
    "received": N_("Nhận hồ sơ: {kind}"),
    "transition": N_("Chuyển sang: {status}"),
    "submitted": N_("Trình duyệt"),
    "given_back": N_("Trả lại để làm tiếp"),
    "assigned": N_("Giao cho {name}"),
    "delegated": N_("Nhờ {name} làm thay"),
    "undelegated": N_("Thôi nhờ người làm thay"),
    "note": N_("Ghi chú"),
    "document": N_("Thêm giấy tờ: {paper}"),
    "notice": N_("Niêm yết tại {place} từ ngày {day}"),
    "objection": N_("Nhận ý kiến phản đối"),
    "resolved": N_("Giải quyết ý kiến phản đối: {outcome}"),
}
"""One sentence for each kind of line in the timeline."""


def event_said(event: DossierEvent, wording: Wording) -> str:
    """What happened, in a sentence."""
    kind = "undelegated" if event.kind == "delegated" and event.payload["to"] is None else event.kind
    return wording.say(EVENTS[kind], **_values(event.payload, wording))


def event_detail(event: DossierEvent) -> str:
    """What somebody wrote with it; empty when nothing was."""
    return str(event.payload.get("reason") or event.payload.get("text") or event.payload.get("name") or "")


def issue_said(issue: Mapping[str, Any], wording: Wording) -> str:
    """What an issue (as JSON) says, its values in the reader's language."""
    values = dict(issue["values"])
    if "paper" in values:
        values["paper"] = wording.say(values["paper"])
    if "day" in values:
        values["day"] = wording.day(values["day"])
    return wording.say(issue["message"], **values)


def paper_title(kind: str, code: str) -> str:
    """The name of a paper of a kind, as a message id."""
    return next((paper.title for paper in KIND_BY_CODE[kind].papers if paper.code == code), code)


def _values(payload: Mapping[str, Any], wording: Wording) -> dict[str, object]:
    values: dict[str, object] = {"name": payload.get("name", ""), "place": payload.get("place", "")}
    if "to" in payload and isinstance(payload["to"], str):
        values["status"] = wording.say(Status(payload["to"]).label)
    if "kind" in payload:
        values["kind"] = wording.say(KIND_BY_CODE[payload["kind"]].title)
    if "paper" in payload:
        titles = (paper_title(kind, payload["paper"]) for kind in KIND_BY_CODE)
        values["paper"] = wording.say(next(one for one in titles if one != payload["paper"]))
    if "outcome" in payload:
        values["outcome"] = wording.say(OUTCOMES[payload["outcome"]])
    if "published_on" in payload:
        values["day"] = wording.date(date.fromisoformat(payload["published_on"]))
    return values
