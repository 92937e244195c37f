"""The environment: flood areas, protected areas, monitoring stations and waste points."""

from layers.layer import N_, Field, Geometry, Group, Kind, Layer, Series
from layers.style import Circle, Fill, Icon, Label, Line, Pattern, by_color, by_motif, by_symbol

FLOOD_AREA = Layer(
    id="flood_area",
    title=N_("Vùng ngập lụt"),
    theme="environment",
    geometry=Geometry.MULTIPOLYGON,
    minzoom=9,
    group=Group.WARNING,
    name=N_("Vùng ngập: {return_period}"),
    summary=("depth",),
    attribution=N_("Bản đồ nguy cơ ngập"),
    in_extract=True,
    fields=(
        Field(
            name="return_period",
            kind=Kind.CODE,
            codes="flood_return",
            label=N_("Tần suất"),
            tile=True,
        ),
        Field(
            name="depth",
            kind=Kind.NUMBER,
            label=N_("Độ sâu ngập lớn nhất"),
            unit="m",
            minimum=0,
            decimals=1,
            tile=True,
        ),
        Field(name="study", kind=Kind.TEXT, label=N_("Nghiên cứu")),
    ),
    style=(
        Fill(color=by_color("return_period", "flood_return"), opacity=0.35),
        Pattern(motif=by_motif("return_period", "flood_return"), minzoom=13, opacity=0.35),
        Line(color="#1D4F91", width=1),
    ),
)

PROTECTED_AREA = Layer(
    id="protected_area",
    title=N_("Khu bảo vệ, bảo tồn"),
    theme="environment",
    geometry=Geometry.MULTIPOLYGON,
    minzoom=8,
    group=Group.WARNING,
    name="{name}",
    summary=("category",),
    attribution=N_("Quyết định thành lập khu bảo tồn"),
    in_extract=True,
    fields=(
        Field(name="name", kind=Kind.TEXT, label=N_("Tên"), tile=True, search=True),
        Field(
            name="category",
            kind=Kind.CODE,
            codes="protected_category",
            label=N_("Loại"),
            tile=True,
        ),
        Field(name="decision_number", kind=Kind.TEXT, label=N_("Số quyết định")),
        Field(name="decision_date", kind=Kind.DATE, label=N_("Ngày quyết định")),
    ),
    style=(
        Fill(color=by_color("category", "protected_category"), opacity=0.25),
        Pattern(motif=by_motif("category", "protected_category"), minzoom=12, opacity=0.35),
        Line(color="#1B6B3A", width=1.5, dash=(4, 2)),
        Label(text="{name}", minzoom=11, color="#14502C"),
    ),
)

MONITORING_STATION = Layer(
    id="monitoring_station",
    title=N_("Trạm quan trắc"),
    theme="environment",
    geometry=Geometry.POINT,
    minzoom=9,
    name=N_("Trạm quan trắc {name}"),
    summary=("kind",),
    attribution=N_("Trung tâm quan trắc môi trường"),
    fields=(
        Field(name="code", kind=Kind.TEXT, label=N_("Mã trạm"), required=True, search=True),
        Field(name="name", kind=Kind.TEXT, label=N_("Tên trạm"), tile=True, search=True),
        Field(name="kind", kind=Kind.CODE, codes="station_kind", label=N_("Loại trạm"), tile=True),
        Field(name="operator", kind=Kind.TEXT, label=N_("Đơn vị vận hành")),
    ),
    series=(
        Series(id="pm25", label=N_("Bụi mịn PM2.5"), unit="µg/m³", kinds=("air",)),
        Series(id="no2", label="NO₂", unit="µg/m³", kinds=("air",)),
        Series(id="water_level", label=N_("Mực nước"), unit="m", kinds=("tide", "water")),
        Series(id="rain", label=N_("Lượng mưa giờ"), unit="mm", kinds=("rain",)),
    ),
    style=(
        Circle(color=by_color("kind", "station_kind")),
        Icon(symbol=by_symbol("kind", "station_kind"), minzoom=12),
        Label(text="{name}", minzoom=14, size=11, offset=1.0),
    ),
)

WASTE_POINT = Layer(
    id="waste_point",
    title=N_("Điểm thu gom, xử lý rác"),
    theme="environment",
    geometry=Geometry.POINT,
    minzoom=13,
    name="{name}",
    summary=("kind",),
    attribution=N_("Đơn vị thu gom rác"),
    fields=(
        Field(name="name", kind=Kind.TEXT, label=N_("Tên"), tile=True, search=True),
        Field(name="kind", kind=Kind.CODE, codes="waste_kind", label=N_("Loại"), tile=True),
        Field(
            name="capacity",
            kind=Kind.NUMBER,
            label=N_("Công suất"),
            unit=N_("tấn/ngày"),
            minimum=0,
            decimals=1,
        ),
    ),
    style=(
        Circle(color=by_color("kind", "waste_kind")),
        Icon(symbol=by_symbol("kind", "waste_kind"), minzoom=15),
    ),
)

LAYERS = (FLOOD_AREA, PROTECTED_AREA, MONITORING_STATION, WASTE_POINT)
