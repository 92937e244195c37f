"""The ten national statuses of a dossier: which may follow which, who says so, and when the clock stands.

The list is that by which one-stop offices report to the national portal (layers/codes/dossier_status.csv).
"""

from dataclasses import dataclass
from enum import StrEnum

from app.accounts.roles import Permission
from layers.codes import CODE_LISTS
from layers.layer import N_


class Status(StrEnum):
    """Where a dossier stands; the values are the national codes."""

    REGISTERED = "1"
    RECEIVED = "2"
    REFUSED = "3"
    IN_PROGRESS = "4"
    SUPPLEMENT = "5"
    PAYMENT = "6"
    WITHDRAWAL = "7"
    STOPPED = "8"
    DONE = "9"
    RETURNED = "10"

    @property
    def label(self) -> str:
        """The national name, as a message id."""
        return CODE_LISTS["dossier_status"][self.value].name


if {status.value for status in Status} != set(CODE_LISTS["dossier_status"].by_code):
    raise ValueError("the statuses are not those of layers/codes/dossier_status.csv")

PAUSED = frozenset({Status.SUPPLEMENT, Status.PAYMENT})
"""The office waits for the citizen, so its clock stands."""

CLOSED = frozenset({Status.REFUSED, Status.STOPPED, Status.DONE, Status.RETURNED})
"""Nothing is left to decide; the clock has stopped for good."""

TONES = {
    Status.REGISTERED: "primary",
    Status.RECEIVED: "primary",
    Status.REFUSED: "danger",
    Status.IN_PROGRESS: "primary",
    Status.SUPPLEMENT: "warning",
    Status.PAYMENT: "warning",
    Status.WITHDRAWAL: "muted",
    Status.STOPPED: "danger",
    Status.DONE: "success",
    Status.RETURNED: "success",
}
"""The colour of a status tag, which always carries its name as well."""

NEXT = {
    Status.REGISTERED: N_("Bạn đã gửi hồ sơ. Một cửa sẽ kiểm tra rồi nhận. Bạn chưa cần làm gì."),
    Status.RECEIVED: N_("Một cửa đã nhận hồ sơ và sẽ chuyển cho cán bộ làm. Bạn chưa cần làm gì."),
    Status.REFUSED: N_("Một cửa chưa nhận hồ sơ. Hỏi một cửa vì sao, sửa lại rồi nộp lại."),
    Status.IN_PROGRESS: N_("Cán bộ đang làm hồ sơ. Bạn chưa cần làm gì."),
    Status.SUPPLEMENT: N_("Bạn cần nộp thêm giấy tờ ở một cửa. Thời hạn tạm dừng cho đến khi bạn nộp."),
    Status.PAYMENT: N_("Bạn cần nộp thuế, phí. Nộp xong, hồ sơ được làm tiếp. Thời hạn đang tạm dừng."),
    Status.WITHDRAWAL: N_("Bạn đã xin rút hồ sơ. Cơ quan sẽ dừng hồ sơ và trả giấy tờ cho bạn."),
    Status.STOPPED: N_("Hồ sơ đã dừng. Đến một cửa để nhận lại giấy tờ và hỏi lý do."),
    Status.DONE: N_("Hồ sơ đã làm xong. Đến một cửa để nhận kết quả."),
    Status.RETURNED: N_("Kết quả đã được trả. Không còn việc gì phải làm."),
}
"""What a citizen reads: what happens next, and whether they must act."""


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One step from a status to another. `title` is the button; `reason`: the officer must say why;
    `decides`: it ends the matter, so it takes the permission to approve."""

    source: Status
    target: Status
    title: str
    reason: bool = False
    decides: bool = False

    @property
    def is_forward(self) -> bool:
        """Whether it brings the dossier nearer to its result."""
        return self.target in (Status.RECEIVED, Status.IN_PROGRESS, Status.DONE, Status.RETURNED)

    @property
    def permission(self) -> Permission:
        """What somebody needs who takes this step."""
        return Permission.PARCELS_APPROVE if self.decides else Permission.PARCELS_EDIT


def _step(
    source: Status, target: Status, title: str, *, reason: bool = False, decides: bool = False
) -> Transition:
    return Transition(source=source, target=target, title=title, reason=reason, decides=decides)


_WITHDRAW = N_("Ghi nhận yêu cầu rút hồ sơ")
_STOP = N_("Dừng hồ sơ")
_RESUME = N_("Làm tiếp")

TRANSITIONS = (
    _step(Status.REGISTERED, Status.RECEIVED, N_("Nhận hồ sơ")),
    _step(Status.REGISTERED, Status.REFUSED, N_("Không nhận"), reason=True),
    _step(Status.REGISTERED, Status.WITHDRAWAL, _WITHDRAW),
    _step(Status.RECEIVED, Status.IN_PROGRESS, N_("Bắt đầu làm")),
    _step(Status.RECEIVED, Status.SUPPLEMENT, N_("Yêu cầu bổ sung giấy tờ"), reason=True),
    _step(Status.RECEIVED, Status.WITHDRAWAL, _WITHDRAW),
    _step(Status.RECEIVED, Status.STOPPED, _STOP, reason=True, decides=True),
    _step(Status.IN_PROGRESS, Status.SUPPLEMENT, N_("Yêu cầu bổ sung giấy tờ"), reason=True),
    _step(Status.IN_PROGRESS, Status.PAYMENT, N_("Yêu cầu nộp thuế, phí"), reason=True),
    _step(Status.IN_PROGRESS, Status.WITHDRAWAL, _WITHDRAW),
    _step(Status.IN_PROGRESS, Status.STOPPED, _STOP, reason=True, decides=True),
    _step(Status.IN_PROGRESS, Status.DONE, N_("Duyệt, làm xong"), decides=True),
    _step(Status.SUPPLEMENT, Status.IN_PROGRESS, _RESUME),
    _step(Status.SUPPLEMENT, Status.WITHDRAWAL, _WITHDRAW),
    _step(Status.SUPPLEMENT, Status.STOPPED, _STOP, reason=True, decides=True),
    _step(Status.PAYMENT, Status.IN_PROGRESS, _RESUME),
    _step(Status.PAYMENT, Status.WITHDRAWAL, _WITHDRAW),
    _step(Status.PAYMENT, Status.STOPPED, _STOP, reason=True, decides=True),
    _step(Status.WITHDRAWAL, Status.IN_PROGRESS, N_("Người dân thôi rút, làm tiếp"), reason=True),
    _step(Status.WITHDRAWAL, Status.STOPPED, _STOP, reason=True, decides=True),
    _step(Status.STOPPED, Status.RETURNED, N_("Đã trả giấy tờ")),
    _step(Status.DONE, Status.RETURNED, N_("Đã trả kết quả")),
)
"""Every step that is allowed; what does not stand here is not."""


def transition(source: Status, target: Status) -> Transition | None:
    """The step from one status to another; None when there is none."""
    return next((one for one in TRANSITIONS if (one.source, one.target) == (source, target)), None)


def steps_from(source: Status) -> tuple[Transition, ...]:
    """The steps that a status allows."""
    return tuple(one for one in TRANSITIONS if one.source == source)
