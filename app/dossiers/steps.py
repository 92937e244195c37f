"""Where a dossier is on its way, as steps and as what is to be done now. Both follow from its state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.dossiers.approval import DossierState, seen
from app.dossiers.models import Dossier
from app.dossiers.statuses import Status
from layers.layer import N_


@dataclass(frozen=True)
class Step:
    """One step: ``done``, ``now`` or ``next``, and when it was done, where that is known."""

    title: str
    state: str
    on: datetime | None = None


@dataclass(frozen=True)
class Task:
    """Something to do, with its numbers: `title` is a message id whose braces `values` fill."""

    title: str
    done: bool
    values: dict[str, object]


def steps(dossier: Dossier, on: date) -> list[Step]:
    """The steps of a dossier in their order. A dossier that ended without a result has no current step."""
    state = seen(dossier, on)
    titles = [(title, done, at) for title, done, at in _stages(dossier, state)]
    ended = state.status in (Status.REFUSED, Status.STOPPED, Status.RETURNED)
    first = next((n for n, (_, done, _at) in enumerate(titles) if not done), len(titles))
    return [
        Step(title, "done" if done else "now" if n == first and not ended else "next", at if done else None)
        for n, (title, done, at) in enumerate(titles)
    ]


def position(found: Sequence[Step]) -> tuple[int, Step | None]:
    """The number of the current step and the step; (0, None) when there is none."""
    return next(((n, one) for n, one in enumerate(found, 1) if one.state == "now"), (0, None))


def tasks(dossier: Dossier, on: date) -> list[Task]:
    """What has to be done before the dossier can be put up for decision; nothing when it is not at work."""
    state, kind = seen(dossier, on), dossier.kind_of
    if not state.is_open:
        return []
    wanted = len(kind.required)
    there = wanted - len(state.missing)
    found = [
        Task(N_("Nhận đủ giấy tờ: {there}/{wanted}"), there == wanted, {"there": there, "wanted": wanted})
    ]
    if kind.changes_parcels:
        found.append(Task(N_("Vẽ thay đổi trên bản đồ và kiểm tra"), state.is_submitted, {}))
    if kind.needs_notice:
        found.append(
            Task(N_("Niêm yết công khai đủ {days} ngày"), state.notice_over, {"days": kind.notice_days})
        )
    if dossier.objections:
        count = state.open_objections
        found.append(Task(N_("Giải quyết ý kiến phản đối: còn {count}"), count == 0, {"count": count}))
    return [*found, Task(N_("Trình duyệt"), state.is_submitted, {})]


def _stages(dossier: Dossier, state: DossierState) -> list[tuple[str, bool, datetime | None]]:
    kind = dossier.kind_of
    decided = state.status in (Status.DONE, Status.RETURNED)
    begun = state.status not in (Status.REGISTERED, Status.RECEIVED, Status.REFUSED)
    papers = [document.added_at for document in dossier.documents]
    work = N_("Vẽ ranh") if kind.changes_parcels else N_("Xử lý")
    sent = decided or state.is_submitted
    found: list[tuple[str, bool, datetime | None]] = [
        (N_("Nhận"), dossier.received_at is not None, dossier.received_at),
        (N_("Kiểm giấy tờ"), begun and not state.missing, max(papers, default=None)),
        (work, sent, None),
        (N_("Trình duyệt"), sent, dossier.submitted_at),
        (N_("Duyệt"), decided, dossier.stopped_at),
        (N_("Trả kết quả"), state.status is Status.RETURNED, dossier.changed_at),
    ]
    if kind.needs_notice:
        found.insert(3, (N_("Niêm yết"), decided or state.notice_over, None))
    return found
