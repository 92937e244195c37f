"""What can be asked for: each kind of dossier with its papers, fees, time and public notice.

Where a number has no source that was read in full, `basis` says so or is empty: such a number is the
office's own and has to be confirmed before it binds anybody.
"""

from dataclasses import dataclass
from decimal import Decimal

from layers.layer import N_

NOTICE_DAYS = 30
"""Calendar days for which a public notice stands."""

_ND101 = N_("Nghị định 101/2024/NĐ-CP, Điều 22")
_ND99 = N_("Nghị định 99/2022/NĐ-CP, Điều 16")
_TT85 = N_("Hội đồng nhân dân quy định, theo Thông tư 85/2019/TT-BTC")


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A document that a dossier needs, or may hold."""

    code: str
    title: str
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class Fee:
    """What has to be paid: an amount in đồng, or a share of a value, or (neither) what the province sets."""

    code: str
    title: str
    basis: str
    amount: int | None = None
    rate: Decimal | None = None

    def __post_init__(self) -> None:
        if self.amount is not None and self.rate is not None:
            raise ValueError(f"fee {self.code!r}: an amount or a rate, not both")
        if (self.amount or 0) < 0 or not 0 <= (self.rate or 0) < 1:
            raise ValueError(f"fee {self.code!r}: the amount or the rate cannot be")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of request.

    `working_days` is how long the office has, by `basis` (empty: the office's own choice).
    `notice_days`: the request is posted so long before it may be approved, and an open objection
    blocks it. `claim_days`: how long a submitted change keeps others off its parcels. `parcels` is how
    many parcels it is about: at least and at most (None: any number). `changes_parcels`: its work is
    done in the map editor.
    """

    code: str
    title: str
    papers: tuple[Paper, ...]
    fees: tuple[Fee, ...]
    working_days: int
    basis: str = ""
    notice_days: int = 0
    claim_days: int = 30
    parcels: tuple[int, int | None] = (1, None)
    changes_parcels: bool = False

    def __post_init__(self) -> None:
        for what, codes in (
            ("paper", [paper.code for paper in self.papers]),
            ("fee", [fee.code for fee in self.fees]),
        ):
            if len(set(codes)) != len(codes):
                raise ValueError(f"kind {self.code!r}: a {what} stands in it twice")
        if not any(paper.required for paper in self.papers):
            raise ValueError(f"kind {self.code!r}: asks for no paper, so nobody could have asked for it")
        if self.working_days < 1 or self.claim_days < 1:
            raise ValueError(f"kind {self.code!r}: it needs a time of at least a day")
        if self.notice_days not in (0, NOTICE_DAYS):
            raise ValueError(
                f"kind {self.code!r}: a public notice stands {NOTICE_DAYS} days, or there is none"
            )
        least, most = self.parcels
        if least < 0 or (most is not None and most < max(least, 1)):
            raise ValueError(f"kind {self.code!r}: no number of parcels fits it")

    @property
    def required(self) -> tuple[Paper, ...]:
        """The papers without which it cannot be approved."""
        return tuple(paper for paper in self.papers if paper.required)

    @property
    def needs_notice(self) -> bool:
        """Whether it is posted for everybody, and objections block it."""
        return self.notice_days > 0

    def takes(self, parcels: int) -> bool:
        """Whether it can be about so many parcels."""
        least, most = self.parcels
        return parcels >= least and (most is None or parcels <= most)


FORM = Paper(code="form", title=N_("Đơn đề nghị"))
CERTIFICATE = Paper(code="certificate", title=N_("Giấy chứng nhận đã cấp"))
SURVEY = Paper(code="survey", title=N_("Bản vẽ đo đạc"))
CONTRACT = Paper(code="contract", title=N_("Hợp đồng hoặc văn bản đã công chứng, chứng thực"))
IDENTITY = Paper(code="identity", title=N_("Bản sao giấy tờ tùy thân"))
MANDATE = Paper(code="mandate", title=N_("Văn bản ủy quyền, nếu nộp thay"), required=False)
OTHER = Paper(code="other", title=N_("Giấy tờ khác"), required=False)
DECISION = Paper(code="decision", title=N_("Quyết định hoặc văn bản của cơ quan có thẩm quyền"))

APPRAISAL_FEE = Fee(code="appraisal", title=N_("Phí thẩm định hồ sơ"), basis=_TT85)
CERTIFICATE_FEE = Fee(code="certificate", title=N_("Lệ phí cấp giấy chứng nhận"), basis=_TT85)
SURVEY_FEE = Fee(code="survey", title=N_("Tiền đo đạc"), basis=N_("Theo đơn giá đo đạc của địa phương"))
EXTRACT_FEE = Fee(code="extract", title=N_("Phí khai thác tài liệu đất đai"), basis=_TT85)
SECURITY_FEE = Fee(code="security", title=N_("Phí đăng ký biện pháp bảo đảm"), basis=_TT85)
LAND_USE_FEE = Fee(
    code="land_use",
    title=N_("Tiền sử dụng đất"),
    basis=N_("Cơ quan thuế tính, theo Nghị định 103/2024/NĐ-CP"),
)
REGISTRATION_TAX = Fee(
    code="registration_tax",
    title=N_("Lệ phí trước bạ"),
    rate=Decimal("0.005"),
    basis=N_("Nghị định 10/2022/NĐ-CP, Điều 8"),
)
INCOME_TAX = Fee(
    code="income_tax",
    title=N_("Thuế thu nhập cá nhân của bên chuyển nhượng"),
    rate=Decimal("0.02"),
    basis=N_("Luật Thuế thu nhập cá nhân"),
)

SPLIT = Kind(
    code="split",
    title=N_("Tách thửa"),
    papers=(FORM, CERTIFICATE, SURVEY, MANDATE, OTHER),
    fees=(APPRAISAL_FEE, CERTIFICATE_FEE, SURVEY_FEE),
    working_days=15,
    basis=_ND101,
    parcels=(1, 1),
    changes_parcels=True,
)
MERGE = Kind(
    code="merge",
    title=N_("Hợp thửa"),
    papers=(FORM, CERTIFICATE, SURVEY, MANDATE, OTHER),
    fees=(APPRAISAL_FEE, CERTIFICATE_FEE, SURVEY_FEE),
    working_days=15,
    basis=_ND101,
    parcels=(2, None),
    changes_parcels=True,
)
BOUNDARY = Kind(
    code="boundary",
    title=N_("Điều chỉnh ranh giới thửa"),
    papers=(
        FORM,
        CERTIFICATE,
        SURVEY,
        Paper(code="agreement", title=N_("Biên bản xác định ranh giới có chữ ký chủ đất liền kề")),
        MANDATE,
        OTHER,
    ),
    fees=(APPRAISAL_FEE, SURVEY_FEE),
    working_days=15,
    notice_days=NOTICE_DAYS,
    claim_days=60,
    changes_parcels=True,
)
LAND_USE = Kind(
    code="land_use",
    title=N_("Chuyển mục đích sử dụng đất"),
    papers=(FORM, CERTIFICATE, DECISION, MANDATE, OTHER),
    fees=(LAND_USE_FEE, REGISTRATION_TAX, APPRAISAL_FEE),
    working_days=15,
    changes_parcels=True,
)
FIRST_REGISTRATION = Kind(
    code="first_registration",
    title=N_("Đăng ký đất đai lần đầu"),
    papers=(
        FORM,
        IDENTITY,
        Paper(code="origin", title=N_("Giấy tờ về nguồn gốc đất")),
        SURVEY,
        MANDATE,
        OTHER,
    ),
    fees=(REGISTRATION_TAX, LAND_USE_FEE, APPRAISAL_FEE, CERTIFICATE_FEE),
    working_days=20,
    basis=_ND101,
    notice_days=NOTICE_DAYS,
    claim_days=90,
    parcels=(0, None),
    changes_parcels=True,
)
TRANSFER = Kind(
    code="transfer",
    title=N_("Chuyển quyền sử dụng đất"),
    papers=(FORM, CERTIFICATE, CONTRACT, IDENTITY, MANDATE, OTHER),
    fees=(REGISTRATION_TAX, INCOME_TAX, APPRAISAL_FEE, CERTIFICATE_FEE),
    working_days=10,
    basis=_ND101,
)
MORTGAGE = Kind(
    code="mortgage",
    title=N_("Đăng ký thế chấp"),
    papers=(FORM, CERTIFICATE, CONTRACT, MANDATE, OTHER),
    fees=(SECURITY_FEE,),
    working_days=1,
    basis=_ND99,
    claim_days=7,
)
DISCHARGE = Kind(
    code="discharge",
    title=N_("Xóa đăng ký thế chấp"),
    papers=(
        FORM,
        CERTIFICATE,
        Paper(code="consent", title=N_("Văn bản đồng ý xóa thế chấp của bên nhận thế chấp")),
        MANDATE,
        OTHER,
    ),
    fees=(SECURITY_FEE,),
    working_days=1,
    basis=_ND99,
    claim_days=7,
)
RESTRICTION = Kind(
    code="restriction",
    title=N_("Đăng ký hạn chế quyền sử dụng đất"),
    papers=(FORM, DECISION, OTHER),
    fees=(APPRAISAL_FEE,),
    working_days=10,
    basis=_ND101,
)
BLOCK = Kind(
    code="block",
    title=N_("Ngăn chặn giao dịch"),
    papers=(DECISION, OTHER),
    fees=(),
    working_days=1,
    claim_days=7,
)
RELEASE = Kind(
    code="release",
    title=N_("Gỡ ngăn chặn giao dịch"),
    papers=(DECISION, OTHER),
    fees=(),
    working_days=1,
    claim_days=7,
)
CORRECTION = Kind(
    code="correction",
    title=N_("Đính chính sai sót"),
    papers=(FORM, CERTIFICATE, Paper(code="proof", title=N_("Giấy tờ chứng minh sai sót")), MANDATE, OTHER),
    fees=(),
    working_days=10,
    basis=_ND101,
    changes_parcels=True,
)
RENUMBERING = Kind(
    code="renumbering",
    title=N_("Đánh số lại tờ bản đồ"),
    papers=(DECISION, OTHER),
    fees=(),
    working_days=20,
    claim_days=60,
    parcels=(0, None),
    changes_parcels=True,
)
EXTRACT = Kind(
    code="extract",
    title=N_("Trích lục bản đồ địa chính"),
    papers=(FORM, MANDATE, OTHER),
    fees=(EXTRACT_FEE,),
    working_days=3,
)

KINDS = (
    SPLIT,
    MERGE,
    BOUNDARY,
    LAND_USE,
    FIRST_REGISTRATION,
    TRANSFER,
    MORTGAGE,
    DISCHARGE,
    RESTRICTION,
    BLOCK,
    RELEASE,
    CORRECTION,
    RENUMBERING,
    EXTRACT,
)

KIND_BY_CODE = {kind.code: kind for kind in KINDS}
if len(KIND_BY_CODE) != len(KINDS):
    raise ValueError("a kind of dossier has the code of another")
