"""Urban planning: plans, their zones with what may be built, and road reservations."""

from layers.layer import N_, Field, Geometry, Group, Kind, Layer
from layers.style import Fill, Label, Line, Pattern, Zoom, by_color, by_group, by_motif

_ATTRIBUTION = N_("Hồ sơ quy hoạch được duyệt")
_ZONE_LINE = Zoom(((12, 1), (14, 1.3), (16, 1.7), (18, 2.5), (20, 3)))

PLAN = Layer(
    id="plan",
    title=N_("Đồ án quy hoạch"),
    theme="planning",
    geometry=Geometry.MULTIPOLYGON,
    minzoom=8,
    group=Group.PLANNING,
    name="{name}",
    summary=("kind", "status"),
    attribution=_ATTRIBUTION,
    edit="plans:edit",
    in_extract=True,
    fields=(
        Field(name="code", kind=Kind.TEXT, label=N_("Mã đồ án"), required=True, tile=True, search=True),
        Field(name="name", kind=Kind.TEXT, label=N_("Tên đồ án"), required=True, search=True),
        Field(name="kind", kind=Kind.CODE, codes="plan_kind", label=N_("Loại quy hoạch"), tile=True),
        Field(name="scale", kind=Kind.INTEGER, label=N_("Tỷ lệ 1:"), minimum=100),
        Field(name="decision_number", kind=Kind.TEXT, label=N_("Số quyết định")),
        Field(name="decision_date", kind=Kind.DATE, label=N_("Ngày quyết định")),
        Field(name="authority", kind=Kind.TEXT, label=N_("Cơ quan phê duyệt")),
        Field(name="status", kind=Kind.CODE, codes="plan_status", label=N_("Hiệu lực"), tile=True),
        Field(name="horizon", kind=Kind.INTEGER, label=N_("Định hướng đến năm"), minimum=1990),
    ),
    style=(
        Fill(color=by_color("status", "plan_status", other="#6A2C91"), opacity=0.06),
        Line(color="#6A2C91", width=2.5, dash=(6, 3)),
        Label(text="{code}", minzoom=11, maxzoom=14, color="#4B1F69"),
    ),
)

ZONE = Layer(
    id="zone",
    title=N_("Ô quy hoạch"),
    theme="planning",
    geometry=Geometry.MULTIPOLYGON,
    minzoom=10,
    group=Group.PLANNING,
    name=N_("Ô {lot} – {function}"),
    summary=("floor_area_ratio", "storeys_max"),
    attribution=_ATTRIBUTION,
    description=N_("Chức năng sử dụng đất và chỉ tiêu xây dựng theo quy hoạch."),
    edit="plans:edit",
    in_extract=True,
    fields=(
        Field(name="plan_code", kind=Kind.TEXT, label=N_("Mã đồ án")),
        Field(name="lot", kind=Kind.TEXT, label=N_("Ký hiệu ô đất"), tile=True, search=True),
        Field(
            name="function",
            kind=Kind.CODE,
            codes="zoning_function",
            label=N_("Chức năng"),
            tile=True,
        ),
        Field(
            name="building_coverage",
            kind=Kind.NUMBER,
            label=N_("Mật độ xây dựng tối đa"),
            help=N_("Phần đất mà nhà được chiếm"),
            unit="%",
            minimum=0,
            maximum=100,
            decimals=0,
        ),
        Field(
            name="floor_area_ratio",
            kind=Kind.NUMBER,
            label=N_("Hệ số sử dụng đất tối đa"),
            help=N_("Tổng diện tích sàn gấp mấy lần diện tích đất"),
            minimum=0,
            maximum=50,
            decimals=2,
        ),
        Field(name="storeys_min", kind=Kind.INTEGER, label=N_("Số tầng tối thiểu"), minimum=0),
        Field(name="storeys_max", kind=Kind.INTEGER, label=N_("Số tầng tối đa"), minimum=0, maximum=200),
        Field(
            name="height_max",
            kind=Kind.NUMBER,
            label=N_("Chiều cao tối đa"),
            unit="m",
            minimum=0,
            decimals=1,
        ),
        Field(
            name="setback",
            kind=Kind.NUMBER,
            label=N_("Khoảng lùi"),
            help=N_("Nhà phải cách chỉ giới đường đỏ ít nhất bấy nhiêu"),
            unit="m",
            minimum=0,
            decimals=1,
        ),
        Field(
            name="ground_elevation",
            kind=Kind.NUMBER,
            label=N_("Cốt xây dựng khống chế"),
            unit="m",
            decimals=2,
        ),
        Field(name="population", kind=Kind.INTEGER, label=N_("Dân số dự kiến"), unit=N_("người"), minimum=0),
    ),
    style=(
        Fill(
            color=by_group("function", "zoning_function", "zoning_class"),
            opacity=0.7,
            maxzoom=14,
        ),
        # At half opacity dark labels keep a contrast of 4.8 on every official colour.
        Fill(color=by_color("function", "zoning_function"), opacity=0.5, minzoom=14),
        Pattern(motif=by_motif("function", "zoning_function"), minzoom=15, opacity=0.7),
        Line(color="#4A554E", width=_ZONE_LINE),
        Label(text="{function}", minzoom=14, size=Zoom(((14, 11), (18, 15))), bold=True),
    ),
)

ROAD_RESERVATION = Layer(
    id="road_reservation",
    title=N_("Đất mở đường (lộ giới)"),
    theme="planning",
    geometry=Geometry.MULTIPOLYGON,
    minzoom=13,
    group=Group.PLANNING,
    name=N_("Lộ giới {road_name}"),
    summary=("right_of_way",),
    attribution=_ATTRIBUTION,
    description=N_("Đất nằm giữa hai chỉ giới đường đỏ, dành để làm hoặc mở rộng đường."),
    edit="plans:edit",
    in_extract=True,
    fields=(
        Field(name="road_name", kind=Kind.TEXT, label=N_("Tên đường"), tile=True, search=True),
        Field(name="plan_code", kind=Kind.TEXT, label=N_("Mã đồ án")),
        Field(
            name="right_of_way",
            kind=Kind.NUMBER,
            label=N_("Lộ giới"),
            help=N_("Chiều rộng giữa hai chỉ giới đường đỏ"),
            unit="m",
            minimum=0,
            decimals=1,
            tile=True,
        ),
        Field(
            name="building_line_setback",
            kind=Kind.NUMBER,
            label=N_("Chỉ giới xây dựng cách chỉ giới đường đỏ"),
            unit="m",
            minimum=0,
            decimals=1,
        ),
    ),
    style=(
        Fill(color="#B3261E", opacity=0.12),
        Pattern(motif="back-diagonal", minzoom=16, opacity=0.3),
        Line(color="#C21F1F", width=Zoom(((14, 1), (18, 2.5)))),
    ),
)

BUILDING_LINE = Layer(
    id="building_line",
    title=N_("Chỉ giới xây dựng"),
    theme="planning",
    geometry=Geometry.LINE,
    minzoom=15,
    group=Group.PLANNING,
    name=N_("Chỉ giới xây dựng {road_name}"),
    summary=("setback",),
    attribution=_ATTRIBUTION,
    description=N_("Nhà không được xây vượt qua đường này về phía đường phố."),
    edit="plans:edit",
    in_extract=True,
    fields=(
        Field(name="road_name", kind=Kind.TEXT, label=N_("Tên đường")),
        Field(name="plan_code", kind=Kind.TEXT, label=N_("Mã đồ án")),
        Field(
            name="setback",
            kind=Kind.NUMBER,
            label=N_("Cách chỉ giới đường đỏ"),
            unit="m",
            minimum=0,
            decimals=1,
            tile=True,
        ),
    ),
    style=(Line(color="#1D4F91", width=Zoom(((15, 1), (19, 2.5))), dash=(4, 2)),),
)

LAYERS = (PLAN, ZONE, ROAD_RESERVATION, BUILDING_LINE)
