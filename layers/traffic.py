"""Roads and traffic: centre lines, count stations, flow by segment, incidents, closures, bus stops."""

from layers.layer import N_, Field, Geometry, Group, Kind, Layer, Series
from layers.style import Circle, Icon, Label, Line, Zoom, by_color, by_symbol

_OPERATIONS = N_("Trung tâm điều hành giao thông")
_ROAD = Zoom(((8, 0.6), (12, 1.5), (15, 3), (18, 7)))

ROAD = Layer(
    id="road",
    title=N_("Đường"),
    theme="traffic",
    geometry=Geometry.LINE,
    minzoom=7,
    name="{name}",
    summary=("road_class", "width"),
    attribution=N_("Bản đồ nền giao thông"),
    fields=(
        Field(name="name", kind=Kind.TEXT, label=N_("Tên đường"), tile=True, search=True),
        Field(name="ref", kind=Kind.TEXT, label=N_("Số hiệu"), tile=True, search=True),
        Field(
            name="road_class",
            kind=Kind.CODE,
            codes="road_class",
            label=N_("Cấp đường"),
            tile=True,
        ),
        Field(name="lanes", kind=Kind.INTEGER, label=N_("Số làn xe"), minimum=0, maximum=20),
        Field(name="width", kind=Kind.NUMBER, label=N_("Chiều rộng"), unit="m", minimum=0, decimals=1),
        Field(name="surface", kind=Kind.CODE, codes="road_surface_kind", label=N_("Mặt đường")),
        Field(name="one_way", kind=Kind.BOOLEAN, label=N_("Một chiều")),
    ),
    style=(
        Line(color=by_color("road_class", "road_class", other="#7A8288"), width=_ROAD, casing="#FFFFFF"),
        Label(text="{name}", minzoom=15, along=True, size=12),
    ),
)

ROAD_SEGMENT = Layer(
    id="road_segment",
    title=N_("Mức độ lưu thông"),
    theme="traffic",
    geometry=Geometry.LINE,
    minzoom=11,
    name=N_("Đoạn đường {road_name}"),
    summary=("flow_level", "speed"),
    attribution=_OPERATIONS,
    fields=(
        Field(name="road_name", kind=Kind.TEXT, label=N_("Tên đường")),
        Field(
            name="flow_level",
            kind=Kind.CODE,
            codes="flow_level",
            label=N_("Mức độ lưu thông"),
            tile=True,
        ),
        Field(
            name="speed",
            kind=Kind.NUMBER,
            label=N_("Tốc độ trung bình"),
            unit="km/h",
            minimum=0,
            decimals=0,
            tile=True,
        ),
        Field(name="observed_at", kind=Kind.TIMESTAMP, label=N_("Lúc đo")),
    ),
    style=(
        Line(
            color=by_color("flow_level", "flow_level"),
            width=Zoom(((11, 2), (15, 4), (18, 8))),
            casing="#FFFFFF",
        ),
        Label(text="{speed} km/h", minzoom=16, along=True, size=11),
    ),
)

COUNT_STATION = Layer(
    id="count_station",
    title=N_("Trạm đếm xe"),
    theme="traffic",
    geometry=Geometry.POINT,
    minzoom=10,
    name=N_("Trạm đếm xe {name}"),
    summary=("road_name",),
    attribution=_OPERATIONS,
    fields=(
        Field(name="code", kind=Kind.TEXT, label=N_("Mã trạm"), required=True, search=True),
        Field(name="name", kind=Kind.TEXT, label=N_("Tên trạm"), tile=True, search=True),
        Field(name="road_name", kind=Kind.TEXT, label=N_("Tên đường")),
    ),
    series=(Series(id="vehicles", label=N_("Lượt xe mỗi giờ"), unit=N_("xe/giờ")),),
    style=(
        Circle(color="#1D4F91"),
        Icon(symbol="car", minzoom=13),
        Label(text="{name}", minzoom=15, size=11, offset=1.0),
    ),
)

INCIDENT = Layer(
    id="incident",
    title=N_("Sự cố giao thông"),
    theme="traffic",
    geometry=Geometry.POINT,
    minzoom=10,
    group=Group.WARNING,
    name="{kind}",
    summary=("severity", "status"),
    attribution=_OPERATIONS,
    fields=(
        Field(name="kind", kind=Kind.CODE, codes="incident_kind", label=N_("Loại sự cố"), tile=True),
        Field(name="severity", kind=Kind.CODE, codes="severity", label=N_("Mức độ"), tile=True),
        Field(name="status", kind=Kind.CODE, codes="incident_status", label=N_("Tình trạng"), tile=True),
        Field(name="started_at", kind=Kind.TIMESTAMP, label=N_("Bắt đầu")),
        Field(name="note", kind=Kind.TEXT, label=N_("Mô tả")),
    ),
    style=(
        Circle(color=by_color("kind", "incident_kind")),
        Icon(symbol=by_symbol("kind", "incident_kind"), minzoom=12),
    ),
)

CLOSURE = Layer(
    id="closure",
    title=N_("Đoạn đường cấm, hạn chế"),
    theme="traffic",
    geometry=Geometry.LINE,
    minzoom=11,
    group=Group.WARNING,
    name=N_("Cấm đường {road_name}"),
    summary=("kind", "starts_on", "ends_on"),
    attribution=_OPERATIONS,
    fields=(
        Field(name="road_name", kind=Kind.TEXT, label=N_("Tên đường"), tile=True),
        Field(name="kind", kind=Kind.CODE, codes="closure_kind", label=N_("Lý do"), tile=True),
        Field(name="starts_on", kind=Kind.DATE, label=N_("Từ ngày")),
        Field(name="ends_on", kind=Kind.DATE, label=N_("Đến ngày")),
        Field(name="note", kind=Kind.TEXT, label=N_("Ghi chú")),
    ),
    style=(
        Line(
            color=by_color("kind", "closure_kind"),
            width=Zoom(((11, 3), (16, 6))),
            dash=(1, 1),
            casing="#FFFFFF",
        ),
    ),
)

BUS_STOP = Layer(
    id="bus_stop",
    title=N_("Trạm xe buýt"),
    theme="traffic",
    geometry=Geometry.POINT,
    minzoom=14,
    name=N_("Trạm xe buýt {name}"),
    summary=("routes",),
    attribution=N_("Đơn vị vận tải công cộng"),
    fields=(
        Field(name="name", kind=Kind.TEXT, label=N_("Tên trạm"), tile=True, search=True),
        Field(name="routes", kind=Kind.TEXT, label=N_("Tuyến"), tile=True),
    ),
    style=(
        Circle(color="#1B6B3A"),
        Icon(symbol="bus", minzoom=15),
        Label(text="{name}", minzoom=17, size=11, offset=1.0),
    ),
)

LAYERS = (ROAD, ROAD_SEGMENT, CLOSURE, COUNT_STATION, INCIDENT, BUS_STOP)
