"""Technical and social infrastructure: power, water, drainage, telecom, lights, hydrants, facilities."""

from layers.layer import N_, Field, Geometry, Kind, Layer
from layers.style import Circle, Icon, Label, Line, Zoom, by_color, by_symbol

_ATTRIBUTION = N_("Đơn vị quản lý hạ tầng")
_PIPE = Zoom(((14, 1), (17, 2.5), (20, 4)))

_OPERATOR = Field(name="operator", kind=Kind.TEXT, label=N_("Đơn vị quản lý"))
_YEAR = Field(name="built", kind=Kind.INTEGER, label=N_("Năm xây dựng"), minimum=1900)
_STATE = Field(name="state", kind=Kind.CODE, codes="asset_state", label=N_("Tình trạng"), tile=True)
_DIAMETER = Field(
    name="diameter",
    kind=Kind.INTEGER,
    label=N_("Đường kính"),
    unit="mm",
    minimum=0,
    tile=True,
)
_MATERIAL = Field(name="material", kind=Kind.CODE, codes="pipe_material", label=N_("Vật liệu"))

POWER_LINE = Layer(
    id="power_line",
    title=N_("Đường dây điện"),
    theme="infrastructure",
    geometry=Geometry.LINE,
    minzoom=13,
    name=N_("Đường dây điện {code}"),
    summary=("voltage", "placement"),
    attribution=_ATTRIBUTION,
    fields=(
        Field(name="code", kind=Kind.TEXT, label=N_("Tuyến"), search=True),
        Field(name="voltage", kind=Kind.CODE, codes="voltage", label=N_("Cấp điện áp"), tile=True),
        Field(name="kilovolts", kind=Kind.NUMBER, label=N_("Điện áp"), unit="kV", minimum=0, tile=True),
        Field(name="placement", kind=Kind.CODE, codes="placement", label=N_("Cách đặt")),
        _OPERATOR,
    ),
    style=(
        Line(color=by_color("voltage", "voltage"), width=_PIPE, dash=(3, 1)),
        Label(text="{kilovolts} kV", minzoom=17, along=True, size=11, color="#7A1B15"),
    ),
)

SUBSTATION = Layer(
    id="substation",
    title=N_("Trạm điện"),
    theme="infrastructure",
    geometry=Geometry.POINT,
    minzoom=13,
    name=N_("Trạm điện {name}"),
    summary=("kilovolts", "capacity"),
    attribution=_ATTRIBUTION,
    fields=(
        Field(name="name", kind=Kind.TEXT, label=N_("Tên trạm"), tile=True, search=True),
        Field(name="kilovolts", kind=Kind.NUMBER, label=N_("Điện áp"), unit="kV", minimum=0),
        Field(name="capacity", kind=Kind.NUMBER, label=N_("Công suất"), unit="kVA", minimum=0),
        _OPERATOR,
    ),
    style=(
        Circle(color="#7A1B15"),
        Icon(symbol="industry"),
        Label(text="{name}", minzoom=17, size=11, offset=1.0),
    ),
)

WATER_MAIN = Layer(
    id="water_main",
    title=N_("Ống cấp nước"),
    theme="infrastructure",
    geometry=Geometry.LINE,
    minzoom=14,
    name=N_("Ống cấp nước D{diameter}"),
    summary=("material",),
    attribution=_ATTRIBUTION,
    fields=(_DIAMETER, _MATERIAL, _YEAR, _OPERATOR),
    style=(
        Line(color="#1D6FB8", width=_PIPE),
        Label(text="D{diameter}", minzoom=17, along=True, size=11, color="#164F84"),
    ),
)

DRAIN = Layer(
    id="drain",
    title=N_("Thoát nước mưa"),
    theme="infrastructure",
    geometry=Geometry.LINE,
    minzoom=14,
    name=N_("Cống thoát nước mưa"),
    summary=("kind", "diameter"),
    attribution=_ATTRIBUTION,
    fields=(
        Field(name="kind", kind=Kind.CODE, codes="drain_kind", label=N_("Loại cống"), tile=True),
        _DIAMETER,
        _YEAR,
    ),
    style=(
        Line(color=by_color("kind", "drain_kind"), width=_PIPE, dash=(6, 2)),
        Label(text="D{diameter}", minzoom=18, along=True, size=11, color="#1F5F8B"),
    ),
)

SEWER = Layer(
    id="sewer",
    title=N_("Thoát nước thải"),
    theme="infrastructure",
    geometry=Geometry.LINE,
    minzoom=14,
    name=N_("Cống thoát nước thải D{diameter}"),
    summary=("material",),
    attribution=_ATTRIBUTION,
    fields=(_DIAMETER, _MATERIAL, _YEAR),
    style=(
        Line(color="#6B4A2B", width=_PIPE, dash=(4, 1, 1, 1)),
        Label(text="T D{diameter}", minzoom=18, along=True, size=11, color="#4F361F"),
    ),
)

TELECOM = Layer(
    id="telecom",
    title=N_("Cáp viễn thông"),
    theme="infrastructure",
    geometry=Geometry.LINE,
    minzoom=14,
    name=N_("Cáp viễn thông {code}"),
    summary=("kind",),
    attribution=_ATTRIBUTION,
    description=N_("Chỉ cán bộ được xem."),
    view="layers:view-internal",
    fields=(
        Field(name="code", kind=Kind.TEXT, label=N_("Tuyến"), search=True),
        Field(name="kind", kind=Kind.CODE, codes="telecom_kind", label=N_("Loại cáp"), tile=True),
        Field(name="placement", kind=Kind.CODE, codes="placement", label=N_("Cách đặt")),
        _OPERATOR,
    ),
    style=(Line(color=by_color("kind", "telecom_kind"), width=_PIPE, dash=(1, 1)),),
)

STREET_LIGHT = Layer(
    id="street_light",
    title=N_("Đèn đường"),
    theme="infrastructure",
    geometry=Geometry.POINT,
    minzoom=16,
    name=N_("Đèn đường {number}"),
    summary=("kind", "state"),
    attribution=_ATTRIBUTION,
    fields=(
        Field(name="number", kind=Kind.TEXT, label=N_("Số cột")),
        Field(name="kind", kind=Kind.CODE, codes="lamp_kind", label=N_("Loại đèn")),
        Field(name="power", kind=Kind.INTEGER, label=N_("Công suất đèn"), unit="W", minimum=0),
        _STATE,
    ),
    style=(
        Circle(color=by_color("state", "asset_state"), radius=Zoom(((16, 3), (20, 8)))),
        Icon(symbol="lighthouse", minzoom=18),
    ),
)

HYDRANT = Layer(
    id="hydrant",
    title=N_("Trụ nước chữa cháy"),
    theme="infrastructure",
    geometry=Geometry.POINT,
    minzoom=15,
    name=N_("Trụ chữa cháy {number}"),
    summary=("state",),
    attribution=_ATTRIBUTION,
    fields=(
        Field(name="number", kind=Kind.TEXT, label=N_("Số hiệu"), tile=True, search=True),
        Field(name="pressure", kind=Kind.NUMBER, label=N_("Áp lực"), unit="bar", minimum=0, decimals=1),
        _STATE,
    ),
    style=(
        Circle(color="#B3261E", radius=Zoom(((15, 3), (20, 9)))),
        Icon(symbol="fire-station", minzoom=17),
    ),
)

FACILITY = Layer(
    id="facility",
    title=N_("Công trình công cộng"),
    theme="infrastructure",
    geometry=Geometry.POINT,
    minzoom=12,
    name="{name}",
    summary=("kind", "address"),
    attribution=_ATTRIBUTION,
    description=N_("Trường học, y tế, văn hóa, công an, chợ, điểm du lịch và công trình khác."),
    fields=(
        Field(name="name", kind=Kind.TEXT, label=N_("Tên"), tile=True, search=True),
        Field(name="kind", kind=Kind.CODE, codes="facility_kind", label=N_("Loại"), tile=True),
        Field(name="address", kind=Kind.TEXT, label=N_("Địa chỉ"), search=True),
        Field(name="phone", kind=Kind.TEXT, label=N_("Điện thoại")),
    ),
    style=(
        Circle(color=by_color("kind", "facility_kind", other="#4A554E")),
        Icon(symbol=by_symbol("kind", "facility_kind"), minzoom=14),
        Label(text="{name}", minzoom=16, size=11, offset=1.0),
    ),
)

LAYERS = (
    SEWER,
    DRAIN,
    WATER_MAIN,
    TELECOM,
    POWER_LINE,
    SUBSTATION,
    STREET_LIGHT,
    HYDRANT,
    FACILITY,
)
