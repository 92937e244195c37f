"""The OpenAPI 3.1 document: every address for programs, and a schema for each layer."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from app.openapi import changesets
from app.openapi.operation import LANG, Json, Operation, named, parameter
from layers import CATALOG
from layers.basemaps import BASEMAPS
from layers.layer import N_, Field, Kind, Layer
from layers.presets import STYLES
from tiles.grid import MAX_ZOOM
from tiles.scope import Scope
from tiles.vector import MEDIA_TYPE

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


_NUMBER = {"type": "number"}
_TEXT = {"type": "string"}
_ZOOM = {"type": "integer", "minimum": 0, "maximum": MAX_ZOOM}
_LAYER_LIST = parameter("layers", "query", _TEXT, N_("Mã các lớp, cách nhau bằng dấu phẩy"), required=True)
_TILE = (
    parameter("layers", "path", _TEXT, N_("Mã các lớp, cách nhau bằng dấu phẩy")),
    parameter("z", "path", _ZOOM, N_("Mức phóng")),
    parameter("x", "path", {"type": "integer", "minimum": 0}, N_("Cột ô, từ tây sang đông")),
    parameter("y", "path", {"type": "integer", "minimum": 0}, N_("Hàng ô, từ bắc xuống nam")),
)
_SCOPE = parameter("scope", "path", _TEXT, N_("Phạm vi được xem"))
_FEATURE = (
    parameter("layer", "path", named("LayerId"), N_("Mã lớp")),
    parameter("feature_id", "path", _TEXT, N_("Mã đối tượng: UUID, hoặc số nguyên như trong ô bản đồ")),
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "/api/v1/catalogue",
        N_("Danh mục: lớp, trường, mã, chú giải, kiểu bản đồ"),
        (LANG,),
    ),
    Operation("/api/v1/messages", N_("Câu chữ giao diện theo ngôn ngữ"), (LANG,)),
    Operation("/api/v1/openapi.json", N_("Tài liệu này"), (LANG,)),
    Operation(
        "/api/v1/features",
        N_("Danh sách đối tượng trong khung nhìn, gần tâm trước"),
        (
            _LAYER_LIST,
            parameter("bbox", "query", _TEXT, N_("Tây, nam, đông, bắc theo độ (WGS 84)"), required=True),
            parameter("near", "query", _TEXT, N_("Kinh độ, vĩ độ của tâm")),
            parameter("limit", "query", {"type": "integer", "minimum": 1}, N_("Số kết quả tối đa")),
            LANG,
        ),
    ),
    Operation(
        "/api/v1/features/{layer}/{feature_id}",
        N_("Thẻ của một đối tượng"),
        (*_FEATURE, LANG),
    ),
    Operation(
        "/api/v1/features/{layer}/{feature_id}/series/{series}",
        N_("Chuỗi số đo của một trạm"),
        (
            *_FEATURE,
            parameter("series", "path", _TEXT, N_("Mã đại lượng")),
            parameter("from", "query", {"type": "string", "format": "date-time"}, N_("Từ lúc")),
            parameter("to", "query", {"type": "string", "format": "date-time"}, N_("Đến lúc")),
            LANG,
        ),
    ),
    Operation(
        "/api/v1/identify",
        N_("Mọi thứ tại một điểm"),
        (
            parameter("lon", "query", _NUMBER, N_("Kinh độ (WGS 84)"), required=True),
            parameter("lat", "query", _NUMBER, N_("Vĩ độ (WGS 84)"), required=True),
            parameter("zoom", "query", _NUMBER, N_("Mức phóng"), required=True),
            _LAYER_LIST,
            parameter("tolerance", "query", _NUMBER, N_("Bán kính tìm, tính bằng điểm ảnh")),
            LANG,
        ),
    ),
    Operation(
        "/api/v1/search",
        N_("Tìm thửa, địa chỉ, nơi, lớp, tọa độ"),
        (
            parameter("q", "query", _TEXT, N_("Điều cần tìm"), required=True),
            parameter("near", "query", _TEXT, N_("Kinh độ, vĩ độ của tâm")),
            parameter("limit", "query", {"type": "integer", "minimum": 1}, N_("Số kết quả tối đa")),
            LANG,
        ),
    ),
    Operation("/tiles/{layers}/{z}/{x}/{y}.mvt", N_("Ô bản đồ véc-tơ công khai"), _TILE, MEDIA_TYPE),
    Operation(
        "/tiles/@{scope}/{layers}/{z}/{x}/{y}.mvt",
        N_("Ô bản đồ véc-tơ của phạm vi khác"),
        (_SCOPE, *_TILE),
        MEDIA_TYPE,
    ),
    Operation("/tiles/{layers}.json", N_("TileJSON 3 của một hay nhiều lớp"), (_TILE[0], LANG)),
    Operation(
        "/tiles/@{scope}/{layers}.json",
        N_("TileJSON 3 của phạm vi khác"),
        (_SCOPE, _TILE[0], LANG),
    ),
    Operation(
        "/styles/{name}.json",
        N_("Kiểu bản đồ MapLibre"),
        (
            parameter("name", "path", {"type": "string", "enum": [s.id for s in STYLES]}, N_("Tên kiểu")),
            parameter(
                "basemap", "query", {"type": "string", "enum": [b.id for b in BASEMAPS]}, N_("Bản đồ nền")
            ),
            LANG,
        ),
    ),
    Operation("/healthz", N_("Tiến trình còn sống")),
    Operation("/readyz", N_("Sẵn sàng phục vụ")),
    *changesets.OPERATIONS,
)
"""Every address for programs; each is asked in one way only."""


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
        "paths": {one.path: {one.method: _operation(one, translate)} for one in OPERATIONS},
        "components": {
            "schemas": {
                "LayerId": {"type": "string", "enum": [layer.id for layer in layers]},
                "Problem": _PROBLEM,
                **_in_words(changesets.SCHEMAS, translate),
                **{layer.id: _layer(layer, scope, translate) for layer in layers},
            },
            "securitySchemes": {"session": _SESSION},
        },
    }


_SESSION: Json = {"type": "apiKey", "in": "cookie", "name": "diaba"}
"""Who is signed in; over HTTPS the name of the cookie begins with ``__Host-``."""


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


def _operation(one: Operation, translate: Translate) -> Json:
    title = translate(one.title)
    answer = one.answer or (
        {"type": "object"} if one.media == "application/json" else {"type": "string", "format": "binary"}
    )
    given = {"description": title, "content": {one.media: {"schema": _in_words(answer, translate)}}}
    said: Json = {
        "operationId": one.path.strip("/").replace("/", "_").replace("{", "").replace("}", ""),
        "summary": title,
        "parameters": [_in_words(parameter, translate) for parameter in one.parameters],
        "responses": {
            "200": given,
            **({"201": given} if one.created else {}),
            **{status: _problem(*problem, translate) for status, problem in (one.problems or {}).items()},
            "4XX": _problem(N_("Yêu cầu sai, hoặc không có"), "Problem", translate),
            "503": _problem(N_("Máy chủ bận, thử lại sau"), "Problem", translate),
        },
    }
    if one.body:
        content = {"application/json": {"schema": _in_words(one.body, translate)}}
        said["requestBody"] = {"required": True, "content": content}
    if one.signed_in:
        said["security"] = [{"session": []}]
    return said


def _problem(sentence: str, schema: str, translate: Translate) -> Json:
    content = {"application/problem+json": {"schema": named(schema)}}
    return {"description": translate(sentence), "content": content}


def _in_words(schema: Json, translate: Translate) -> Json:
    """A schema with its titles and descriptions in the reader's language."""

    def said(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return _in_words(value, translate)
        if isinstance(value, list):
            return [said("", one) for one in value]
        return translate(value) if name in ("title", "description") else value

    return {name: said(name, value) for name, value in schema.items()}


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
