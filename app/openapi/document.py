"""The OpenAPI 3.1 document: every address for programs, and a schema for each layer."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from layers import CATALOG
from layers.basemaps import BASEMAPS
from layers.layer import N_, Field, Kind, Layer
from layers.presets import STYLES
from tiles.grid import MAX_ZOOM
from tiles.scope import Scope
from tiles.vector import MEDIA_TYPE

Json = dict[str, Any]
Translate = Callable[[str], str]

_TYPES: dict[Kind, Json] = {
    Kind.TEXT: {"type": "string"},
    Kind.CODE: {"type": "string"},
    Kind.INTEGER: {"type": "integer"},
    Kind.NUMBER: {"type": "number"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.TIMESTAMP: {"type": "string", "format": "date-time"},
}


def _parameter(name: str, where: str, schema: Json, description: str, *, required: bool = False) -> Json:
    return {
        "name": name,
        "in": where,
        "required": required or where == "path",
        "schema": schema,
        "description": description,
    }


_NUMBER = {"type": "number"}
_TEXT = {"type": "string"}
_ZOOM = {"type": "integer", "minimum": 0, "maximum": MAX_ZOOM}
_LAYER_LIST = _parameter("layers", "query", _TEXT, N_("Mã các lớp, cách nhau bằng dấu phẩy"), required=True)
_LANG = _parameter("lang", "query", {"type": "string"}, N_("Ngôn ngữ trả lời"))
_TILE = (
    _parameter("layers", "path", _TEXT, N_("Mã các lớp, cách nhau bằng dấu phẩy")),
    _parameter("z", "path", _ZOOM, N_("Mức phóng")),
    _parameter("x", "path", {"type": "integer", "minimum": 0}, N_("Cột ô, từ tây sang đông")),
    _parameter("y", "path", {"type": "integer", "minimum": 0}, N_("Hàng ô, từ bắc xuống nam")),
)
_SCOPE = _parameter("scope", "path", _TEXT, N_("Phạm vi được xem"))
_FEATURE = (
    _parameter("layer", "path", {"$ref": "#/components/schemas/LayerId"}, N_("Mã lớp")),
    _parameter("feature_id", "path", _TEXT, N_("Mã đối tượng: UUID, hoặc số nguyên như trong ô bản đồ")),
)

OPERATIONS: tuple[tuple[str, str, tuple[Json, ...], str], ...] = (
    (
        "/api/v1/catalogue",
        N_("Danh mục: lớp, trường, mã, chú giải, kiểu bản đồ"),
        (_LANG,),
        "application/json",
    ),
    ("/api/v1/messages", N_("Câu chữ giao diện theo ngôn ngữ"), (_LANG,), "application/json"),
    ("/api/v1/openapi.json", N_("Tài liệu này"), (_LANG,), "application/json"),
    (
        "/api/v1/features",
        N_("Danh sách đối tượng trong khung nhìn, gần tâm trước"),
        (
            _LAYER_LIST,
            _parameter("bbox", "query", _TEXT, N_("Tây, nam, đông, bắc theo độ (WGS 84)"), required=True),
            _parameter("near", "query", _TEXT, N_("Kinh độ, vĩ độ của tâm")),
            _parameter("limit", "query", {"type": "integer", "minimum": 1}, N_("Số kết quả tối đa")),
            _LANG,
        ),
        "application/json",
    ),
    (
        "/api/v1/features/{layer}/{feature_id}",
        N_("Thẻ của một đối tượng"),
        (*_FEATURE, _LANG),
        "application/json",
    ),
    (
        "/api/v1/features/{layer}/{feature_id}/series/{series}",
        N_("Chuỗi số đo của một trạm"),
        (
            *_FEATURE,
            _parameter("series", "path", _TEXT, N_("Mã đại lượng")),
            _parameter("from", "query", {"type": "string", "format": "date-time"}, N_("Từ lúc")),
            _parameter("to", "query", {"type": "string", "format": "date-time"}, N_("Đến lúc")),
            _LANG,
        ),
        "application/json",
    ),
    (
        "/api/v1/identify",
        N_("Mọi thứ tại một điểm"),
        (
            _parameter("lon", "query", _NUMBER, N_("Kinh độ (WGS 84)"), required=True),
            _parameter("lat", "query", _NUMBER, N_("Vĩ độ (WGS 84)"), required=True),
            _parameter("zoom", "query", _NUMBER, N_("Mức phóng"), required=True),
            _LAYER_LIST,
            _parameter("tolerance", "query", _NUMBER, N_("Bán kính tìm, tính bằng điểm ảnh")),
            _LANG,
        ),
        "application/json",
    ),
    (
        "/api/v1/search",
        N_("Tìm thửa, địa chỉ, nơi, lớp, tọa độ"),
        (
            _parameter("q", "query", _TEXT, N_("Điều cần tìm"), required=True),
            _parameter("near", "query", _TEXT, N_("Kinh độ, vĩ độ của tâm")),
            _parameter("limit", "query", {"type": "integer", "minimum": 1}, N_("Số kết quả tối đa")),
            _LANG,
        ),
        "application/json",
    ),
    ("/tiles/{layers}/{z}/{x}/{y}.mvt", N_("Ô bản đồ véc-tơ công khai"), _TILE, MEDIA_TYPE),
    (
        "/tiles/@{scope}/{layers}/{z}/{x}/{y}.mvt",
        N_("Ô bản đồ véc-tơ của phạm vi khác"),
        (_SCOPE, *_TILE),
        MEDIA_TYPE,
    ),
    ("/tiles/{layers}.json", N_("TileJSON 3 của một hay nhiều lớp"), (_TILE[0], _LANG), "application/json"),
    (
        "/tiles/@{scope}/{layers}.json",
        N_("TileJSON 3 của phạm vi khác"),
        (_SCOPE, _TILE[0], _LANG),
        "application/json",
    ),
    (
        "/styles/{name}.json",
        N_("Kiểu bản đồ MapLibre"),
        (
            _parameter("name", "path", {"type": "string", "enum": [s.id for s in STYLES]}, N_("Tên kiểu")),
            _parameter(
                "basemap", "query", {"type": "string", "enum": [b.id for b in BASEMAPS]}, N_("Bản đồ nền")
            ),
            _LANG,
        ),
        "application/json",
    ),
    ("/healthz", N_("Tiến trình còn sống"), (), "application/json"),
    ("/readyz", N_("Sẵn sàng phục vụ"), (), "application/json"),
)
"""Address, what it gives, parameters, media type. All are read with GET."""


def document(scope: Scope, *, site_name: str, translate: Translate) -> Json:
    """The OpenAPI document of what this scope sees, in the reader's language."""
    layers = scope.layers(CATALOG.values())
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Địa Bạ – {site_name}",
            "version": version("diaba"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            path: {"get": _operation(path, title, parameters, media, translate)}
            for path, title, parameters, media in OPERATIONS
        },
        "components": {
            "schemas": {
                "LayerId": {"type": "string", "enum": [layer.id for layer in layers]},
                "Problem": _PROBLEM,
                **{layer.id: _layer(layer, scope, translate) for layer in layers},
            }
        },
    }


_PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail", "code", "instance"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "code": _TEXT,
        "instance": _TEXT,
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}


def _operation(path: str, title: str, parameters: tuple[Json, ...], media: str, translate: Translate) -> Json:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    body: Json = {"type": "object"} if media == "application/json" else {"type": "string", "format": "binary"}
    return {
        "operationId": path.strip("/").replace("/", "_").replace("{", "").replace("}", ""),
        "summary": translate(title),
        "parameters": [one | {"description": translate(one["description"])} for one in parameters],
        "responses": {
            "200": {"description": translate(title), "content": {media: {"schema": body}}},
            "4XX": {"description": translate(N_("Yêu cầu sai, hoặc không có")), "content": problem},
            "503": {"description": translate(N_("Máy chủ bận, thử lại sau")), "content": problem},
        },
    }


def _layer(layer: Layer, scope: Scope, translate: Translate) -> Json:
    """The fields of a layer's features as they stand in tiles and cards."""
    fields = scope.fields(layer)
    return {
        "type": "object",
        "title": translate(layer.title),
        "description": translate(layer.description or layer.title),
        "properties": {field.name: _field(field, translate) for field in fields},
        "required": [field.name for field in fields if field.required],
    }


def _field(field: Field, translate: Translate) -> Json:
    said = _TYPES[field.kind] | {"title": translate(field.label)}
    if field.code_list:
        said["enum"] = [code.code for code in field.code_list.codes]
    if field.unit:
        said["x-unit"] = translate(field.unit)
    for name, bound in (("minimum", field.minimum), ("maximum", field.maximum)):
        if bound is not None:
            said[name] = bound
    return said
