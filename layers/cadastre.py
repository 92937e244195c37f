"""The cadastre: parcels, the land between them, buildings, boundary marks and known defects."""

from layers.layer import (
    N_,
    Field,
    Geometry,
    Group,
    Indexed,
    Kind,
    Layer,
    NoOverlap,
    Unique,
    ValidGeometry,
)
from layers.style import Circle, Fill, Label, Line, Pattern, Zoom, by_color, by_motif

_CADASTRE = N_("Bản đồ địa chính")
_PARCEL_LINE = Zoom(((14, 0.4), (16, 0.8), (18, 1.5), (20, 2.5)))

PARCEL = Layer(
    id="parcel",
    title=N_("Thửa đất"),
    theme="land",
    geometry=Geometry.POLYGON,
    minzoom=14,
    group=Group.LAND,
    name=N_("Thửa {number}, tờ {sheet}"),
    summary=("land_use", "legal_area"),
    attribution=_CADASTRE,
    description=N_("Thửa đất theo bản đồ địa chính. Tên chủ sử dụng không có ở đây."),
    in_extract=True,
    edit="parcels:edit",
    constraints=(
        ValidGeometry(),
        NoOverlap(tolerance=0.01),
        # The number first, so that its index also finds a parcel by number and sheet alone.
        Unique(fields=("number", "sheet", "commune_code")),
        Indexed(fields=("commune_code", "sheet")),
        Indexed(fields=("parcel_code",)),
    ),
    fields=(
        Field(
            name="commune_code",
            kind=Kind.TEXT,
            label=N_("Mã phường, xã"),
            help=N_("Mã đơn vị hành chính tại ngày đăng ký"),
        ),
        Field(name="sheet", kind=Kind.TEXT, label=N_("Số tờ bản đồ"), required=True, tile=True),
        Field(name="number", kind=Kind.TEXT, label=N_("Số thửa"), required=True, tile=True),
        Field(
            name="land_use",
            kind=Kind.CODE,
            codes="land_use",
            label=N_("Loại đất"),
            tile=True,
        ),
        Field(
            name="legal_area",
            kind=Kind.NUMBER,
            label=N_("Diện tích trên giấy"),
            unit="m²",
            minimum=0,
            decimals=1,
        ),
        Field(name="address", kind=Kind.TEXT, label=N_("Địa chỉ"), search=True),
        Field(
            name="parcel_code",
            kind=Kind.TEXT,
            label=N_("Mã định danh thửa đất"),
            help=N_("12 ký tự GeoHash; cấp một lần, không tính lại"),
            search=True,
        ),
        Field(name="old_sheet", kind=Kind.TEXT, label=N_("Số tờ cũ")),
        Field(name="old_number", kind=Kind.TEXT, label=N_("Số thửa cũ")),
        Field(name="status", kind=Kind.CODE, codes="parcel_status", label=N_("Tình trạng")),
        Field(
            name="survey_document",
            kind=Kind.TEXT,
            label=N_("Tài liệu đo đạc"),
            view="layers:view-internal",
        ),
    ),
    style=(
        Fill(color=by_color("land_use", "land_use", other="#F1F0EA"), opacity=0.7),
        Pattern(motif=by_motif("land_use", "land_use"), minzoom=16, opacity=0.35),
        Line(color="#3D4841", width=_PARCEL_LINE),
        Label(text="{number}\n{land_use}", minzoom=17, size=Zoom(((17, 10), (20, 14)))),
    ),
)

ROAD_SURFACE = Layer(
    id="road_surface",
    title=N_("Đất giao thông"),
    theme="land",
    geometry=Geometry.MULTIPOLYGON,
    minzoom=12,
    group=Group.LAND,
    name=N_("Đất giao thông {name}"),
    attribution=_CADASTRE,
    description=N_("Phần đất đường nằm giữa các thửa; cùng với thửa và mặt nước phủ kín phường, xã."),
    edit="parcels:edit",
    fields=(
        Field(name="name", kind=Kind.TEXT, label=N_("Tên đường")),
        Field(name="land_use", kind=Kind.CODE, codes="land_use", label=N_("Loại đất"), tile=True),
    ),
    style=(Fill(color="#FFFFFF", opacity=1), Line(color="#C9CEC8", width=0.7)),
)

WATER_BODY = Layer(
    id="water_body",
    title=N_("Mặt nước"),
    theme="land",
    geometry=Geometry.MULTIPOLYGON,
    minzoom=6,
    group=Group.LAND,
    name="{name}",
    summary=("kind",),
    attribution=_CADASTRE,
    edit="parcels:edit",
    fields=(
        Field(name="name", kind=Kind.TEXT, label=N_("Tên"), tile=True, search=True),
        Field(name="kind", kind=Kind.CODE, codes="water_kind", label=N_("Loại"), tile=True),
    ),
    style=(
        Fill(color="#C9DDE8", opacity=0.9),
        Line(color="#8FB3C7", width=0.8),
        Label(text="{name}", minzoom=13, color="#2C5A75"),
    ),
)

BUILDING = Layer(
    id="building",
    title=N_("Nhà và công trình"),
    theme="land",
    geometry=Geometry.MULTIPOLYGON,
    minzoom=15,
    group=Group.LAND,
    name=N_("Nhà, công trình"),
    summary=("kind", "storeys"),
    attribution=N_("Bản đồ nền địa lý"),
    fields=(
        Field(name="kind", kind=Kind.CODE, codes="building_kind", label=N_("Loại công trình"), tile=True),
        Field(name="storeys", kind=Kind.INTEGER, label=N_("Số tầng"), tile=True, minimum=0, maximum=200),
        Field(name="height", kind=Kind.NUMBER, label=N_("Chiều cao"), unit="m", minimum=0, decimals=1),
        Field(name="year_built", kind=Kind.INTEGER, label=N_("Năm xây dựng"), minimum=1600),
        Field(name="name", kind=Kind.TEXT, label=N_("Tên"), search=True),
    ),
    style=(
        Fill(color=by_color("kind", "building_kind"), opacity=0.85),
        Line(color="#8A857B", width=0.6),
        Label(text="{storeys}", minzoom=18, size=10, color="#4A554E"),
    ),
)

BOUNDARY_MARK = Layer(
    id="boundary_mark",
    title=N_("Mốc ranh giới"),
    theme="land",
    geometry=Geometry.POINT,
    minzoom=16,
    group=Group.LAND,
    name=N_("Mốc {number}"),
    summary=("kind",),
    attribution=_CADASTRE,
    edit="parcels:edit",
    fields=(
        Field(name="number", kind=Kind.TEXT, label=N_("Số hiệu mốc"), required=True, tile=True),
        Field(name="kind", kind=Kind.CODE, codes="mark_kind", label=N_("Loại mốc")),
        Field(name="grade", kind=Kind.CODE, codes="survey_grade", label=N_("Cấp")),
        Field(name="surveyed_on", kind=Kind.DATE, label=N_("Ngày đo")),
    ),
    style=(
        Circle(color="#B3261E", radius=Zoom(((16, 2), (20, 5)))),
        Label(text="{number}", minzoom=19, size=10, offset=0.6),
    ),
)

COVERAGE_DEFECT = Layer(
    id="coverage_defect",
    title=N_("Lỗi đã biết của bản đồ địa chính"),
    theme="land",
    geometry=Geometry.MULTIPOLYGON,
    minzoom=11,
    group=Group.WARNING,
    name=N_("Chồng lấn {parcels}"),
    summary=("kind", "area"),
    attribution=N_("Kết quả kiểm tra khi nhập dữ liệu"),
    description=N_("Chỗ chồng lấn có sẵn trong dữ liệu nguồn. Chúng được ghi lại, không tự sửa."),
    fields=(
        Field(name="kind", kind=Kind.CODE, codes="defect_kind", label=N_("Loại lỗi"), tile=True),
        Field(name="parcels", kind=Kind.TEXT, label=N_("Các thửa"), tile=True),
        Field(name="area", kind=Kind.NUMBER, label=N_("Diện tích"), unit="m²", decimals=2),
        Field(name="found_in", kind=Kind.TEXT, label=N_("Tệp nguồn")),
    ),
    style=(
        Fill(color=by_color("kind", "defect_kind"), opacity=0.4),
        Pattern(motif="cross", minzoom=14),
        # Slivers are thinner than a pixel for long; the line keeps them to be seen.
        Line(color="#B3261E", width=2),
    ),
)

LAYERS = (WATER_BODY, ROAD_SURFACE, PARCEL, BUILDING, BOUNDARY_MARK, COVERAGE_DEFECT)
