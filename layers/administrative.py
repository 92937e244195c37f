"""Administrative units: the province and its communes, those of today and those before 1 July 2025."""

from layers.layer import N_, Field, Geometry, Group, Kind, Layer
from layers.style import Fill, Label, Line, Zoom

_BOUNDARY = Zoom(((8, 1), (12, 2), (14, 2.5), (16, 3)))

_UNIT_FIELDS = (
    Field(name="code", kind=Kind.TEXT, label=N_("Mã đơn vị"), required=True, tile=True, search=True),
    Field(name="name", kind=Kind.TEXT, label=N_("Tên"), required=True, tile=True, search=True),
    Field(name="name_en", kind=Kind.TEXT, label=N_("Tên tiếng Anh"), search=True),
    Field(name="kind", kind=Kind.CODE, codes="unit_kind", label=N_("Loại đơn vị"), tile=True),
    Field(
        name="published_area",
        kind=Kind.NUMBER,
        label=N_("Diện tích công bố"),
        unit="km²",
        minimum=0,
        decimals=2,
    ),
    Field(name="district", kind=Kind.TEXT, label=N_("Quận, huyện, thành phố (trước đây)")),
    Field(name="predecessors", kind=Kind.TEXT, label=N_("Nhập từ")),
    Field(name="successor_code", kind=Kind.TEXT, label=N_("Mã đơn vị hiện nay")),
    Field(name="legal_basis", kind=Kind.TEXT, label=N_("Căn cứ")),
)

PROVINCE = Layer(
    id="province",
    title=N_("Tỉnh, thành phố"),
    theme="administrative",
    geometry=Geometry.MULTIPOLYGON,
    minzoom=5,
    group=Group.LAND,
    name="{name}",
    attribution=N_("Ranh giới hành chính"),
    fields=(
        Field(name="code", kind=Kind.TEXT, label=N_("Mã tỉnh"), required=True, tile=True),
        Field(name="name", kind=Kind.TEXT, label=N_("Tên"), required=True, tile=True, search=True),
        Field(name="note", kind=Kind.TEXT, label=N_("Ghi chú")),
    ),
    style=(Line(color="#5A645E", width=Zoom(((5, 1), (12, 3))), dash=(6, 2, 1, 2)),),
)

COMMUNE = Layer(
    id="commune",
    title=N_("Phường, xã"),
    theme="administrative",
    geometry=Geometry.MULTIPOLYGON,
    minzoom=7,
    group=Group.LAND,
    name="{name}",
    summary=("predecessors",),
    attribution=N_("Ranh giới hành chính từ 01/07/2025"),
    description=N_("Phường, xã, đặc khu theo Nghị quyết 1685/NQ-UBTVQH15, từ 01/07/2025."),
    fields=_UNIT_FIELDS,
    style=(
        Line(color="#FFFFFF", width=Zoom(((8, 2), (12, 4), (16, 6))), opacity=0.7),
        Line(color="#4A554E", width=_BOUNDARY, dash=(4, 2, 1, 2)),
        Label(text="{name}", minzoom=9, maxzoom=16, size=Zoom(((9, 11), (14, 15))), bold=True),
    ),
)

FORMER_COMMUNE = Layer(
    id="former_commune",
    title=N_("Phường, xã trước 01/07/2025"),
    theme="administrative",
    geometry=Geometry.MULTIPOLYGON,
    minzoom=9,
    group=Group.LAND,
    name="{name}",
    summary=("district",),
    attribution=N_("Ranh giới hành chính đến 30/06/2025"),
    description=N_("Đơn vị cấp xã đã sắp xếp lại; mã số của chúng nay có thể chỉ đơn vị khác."),
    fields=_UNIT_FIELDS,
    style=(
        Fill(color="#5A645E", opacity=0.04),
        Line(color="#5A645E", width=1.5, dash=(1, 2)),
        Label(text="{name}", minzoom=12, color="#4A554E", size=12),
    ),
    owns_table=False,
)

LAYERS = (PROVINCE, COMMUNE, FORMER_COMMUNE)
