"""The addresses of changesets, and the schemas of what they are sent and answer."""

import dataclasses
from typing import Any

from app.edits.issues import Severity
from app.edits.operations import OPERATIONS as EDITS
from app.openapi.operation import LANG, Json, Operation, named, parameter
from layers.layer import N_

_TEXT: Json = {"type": "string"}
_COUNT: Json = {"type": "integer"}
_FLAG: Json = {"type": "boolean"}
_NUMBER: Json = {"type": "number"}
_UUID: Json = {"type": "string", "format": "uuid"}
_MOMENT: Json = {"type": "string", "format": "date-time"}


def _object(**members: Json) -> Json:
    """An object that has all of these members."""
    return {"type": "object", "required": list(members), "properties": members}


def _sent(optional: Json | None = None, **members: Json) -> Json:
    """An object that is sent: all of these members, perhaps the optional ones, and no other."""
    body = _object(**members)
    body["properties"] = members | (optional or {})
    return body | {"additionalProperties": False}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _or_null(schema: Json) -> Json:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema | {"type": [schema["type"], "null"]}


def _words(*allowed: str) -> Json:
    return {"type": "string", "enum": list(allowed)}


_CHANGED = named("Changeset")
_VERSION = _COUNT | {"description": N_("Số phiên bản đã xem; đã có bản mới hơn thì bị từ chối")}
_KEY = _object(layer=_TEXT, id=_UUID)
_STEP = _object(n=_COUNT, operation=_TEXT, title=_TEXT)
_EDIT = {
    "operation": _words(*(one.id for one in EDITS)),
    "selection": _list(_KEY),
    "parameters": named("Parameters"),
}
_SIDE_MEMBERS: Json = {
    "geometry": named("Geometry"),
    "legal": named("LegalGeometry"),
    "area": _NUMBER | {"description": N_("Diện tích trong hệ tọa độ pháp lý, m²")},
    "attributes": {"type": "object"},
    "version": _COUNT,
}


def _parameters(of: type[Any]) -> Json:
    """What an operation may be given, and what it must be."""
    fields = dataclasses.fields(of)
    return {
        "type": "object",
        "properties": {one.name: {} for one in fields},
        "required": [one.name for one in fields if one.default is dataclasses.MISSING],
        "additionalProperties": False,
    }


SCHEMAS: Json = {
    "Geometry": _object(type=_TEXT, coordinates={"type": "array"})
    | {"description": N_("Hình theo GeoJSON, kinh độ và vĩ độ (WGS 84)")},
    "LegalGeometry": _object(type=_TEXT, coordinates={"type": "array"})
    | {"description": N_("Hình như GeoJSON nhưng trong hệ tọa độ pháp lý: [đông, bắc], mét, 3 số lẻ")},
    "Parameters": {
        "description": N_(
            "Tham số của thao tác; vị trí là [đông, bắc] bằng mét trong hệ tọa độ pháp lý, "
            "riêng điểm đo có x là bắc, y là đông"
        ),
        "anyOf": [{"title": one.title, **_parameters(one.parameters)} for one in EDITS],
    },
    "Side": _object(**_SIDE_MEMBERS) | {"description": N_("Một đối tượng ở một phía của thay đổi")},
    "DraftFeature": _object(layer=_TEXT, id=_UUID, label=_TEXT, changed=_FLAG, **_SIDE_MEMBERS),
    "Change": _object(
        layer=_TEXT,
        id=_UUID,
        state=_words("made", "altered", "retired"),
        label=_TEXT,
        before=_or_null(named("Side")),
        after=_or_null(named("Side")),
    ),
    "Issue": _object(
        severity=_words(*(one.value for one in Severity))
        | {"description": N_("block: không duyệt được; review: phải ghi lý do; note: để biết")},
        rule=_TEXT,
        feature=_or_null(_KEY),
        geometry=_or_null(named("Geometry")),
        message=_TEXT,
        values={"type": "object"},
    ),
    "Changeset": _object(
        id=_UUID,
        dossier=_UUID,
        dossier_code=_TEXT,
        status=_words("draft", "submitted", "approved", "withdrawn"),
        version=_COUNT,
        author=_TEXT,
        approver=_or_null(_TEXT),
        saved_at=_MOMENT,
        submitted_at=_or_null(_MOMENT),
        decided_at=_or_null(_MOMENT),
        reason=_or_null(_TEXT) | {"description": N_("Ghi chú khi gửi duyệt, hoặc lý do trả lại")},
        steps=_list(_STEP),
        redo=_list(_STEP),
        changes=_list(named("Change")),
        lineage=_list(_object(parent=_KEY, child=_KEY)),
        others=_list(_object(dossier=_UUID, dossier_code=_TEXT, parcels=_list(_TEXT)))
        | {"description": N_("Hồ sơ khác cũng đang sửa những thửa này")},
        bounds=_or_null(_list(_NUMBER) | {"minItems": 4, "maxItems": 4}),
        may=_object(edit=_FLAG, submit=_FLAG, approve=_FLAG, **{"return": _FLAG}, withdraw=_FLAG)
        | {"description": N_("Việc mà người đọc được làm lúc này")},
    ),
    "OpenedChangeset": {
        "allOf": [_CHANGED],
        "required": ["about"],
        "properties": {
            "about": _list(_KEY) | {"description": N_("Các thửa của hồ sơ hiện còn trong sổ")},
        },
    },
    "ChangesetConflict": {
        "allOf": [named("Problem")],
        "properties": {
            "current": named("Changeset") | {"description": N_("changeset_stale: bản sửa đổi như hiện nay")},
            "conflicts": _list(
                _object(
                    layer=_TEXT,
                    id=_UUID,
                    label=_TEXT,
                    mine=_or_null(named("Side")),
                    theirs=_or_null(named("Side")),
                    base=_or_null(named("Side")),
                )
            )
            | {"description": N_("register_moved: các thửa mà sổ đã có bản khác")},
        },
    },
    "ChangesetRefusal": {
        "allOf": [named("Problem")],
        "properties": {
            "place": _or_null(named("Geometry")) | {"description": N_("Chỗ trên bản đồ mà thao tác vướng")},
            "issues": _list(named("Issue"))
            | {"description": N_("issues_block, reason_missing: những điều các phép kiểm tra thấy")},
        },
    },
}

_CHANGESET = parameter("changeset", "path", _UUID, N_("UUID của bản sửa đổi"))
_TOKEN = parameter("X-CSRFToken", "header", _TEXT, N_("Mã chống giả mạo của phiên đăng nhập"), required=True)
_PREFIX = "/api/v1/changesets/{changeset}"
_PROBLEMS = {
    "409": (N_("Có người đã làm trước; mục đi kèm tùy theo mã lỗi"), "ChangesetConflict"),
    "422": (N_("Không làm được; mục đi kèm tùy theo mã lỗi"), "ChangesetRefusal"),
}


def _read(path: str, title: str, answer: Json, *parameters: Json) -> Operation:
    return Operation(_PREFIX + path, title, (_CHANGESET, *parameters, LANG), answer=answer, signed_in=True)


def _post(path: str, title: str, body: Json | None, answer: Json = _CHANGED) -> Operation:
    return Operation(
        _PREFIX + path,
        title,
        (_CHANGESET, _TOKEN, LANG),
        method="post",
        body=body,
        answer=answer,
        problems=_PROBLEMS,
        signed_in=True,
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "/api/v1/dossiers/{dossier_id}/changesets",
        N_("Bản sửa đổi của một hồ sơ: bản đang có, hoặc bản nháp mới"),
        (parameter("dossier_id", "path", _UUID, N_("UUID của hồ sơ")), _TOKEN, LANG),
        method="post",
        answer=named("OpenedChangeset"),
        created=True,
        signed_in=True,
    ),
    _read("", N_("Một bản sửa đổi với mọi thay đổi, trước và sau"), _CHANGED),
    _read(
        "/operations",
        N_("Thao tác làm được với phần đang chọn, và vì sao thao tác khác thì không"),
        _object(
            operations=_list(
                _object(id=_TEXT, title=_TEXT, shortcut=_TEXT, available=_FLAG, reason=_or_null(_TEXT))
            )
        ),
        parameter("selection", "query", _TEXT, N_("Các đối tượng dạng lớp:UUID, cách nhau bằng dấu phẩy")),
    ),
    _read(
        "/features",
        N_("Thửa, đường và mặt nước trong khung nhìn như trong bản nháp"),
        _object(features=_list(named("DraftFeature")), truncated=_FLAG),
        parameter("bbox", "query", _TEXT, N_("Tây, nam, đông, bắc theo độ (WGS 84)"), required=True),
    ),
    _post(
        "/preview",
        N_("Một thao tác sẽ thay đổi gì và kiểm tra ra sao; không giữ lại gì"),
        _sent(**_EDIT),
        _object(changes=_list(named("Change")), issues=_list(named("Issue"))),
    ),
    _post("/steps", N_("Làm một thao tác trong bản nháp"), _sent(**_EDIT, version=_VERSION)),
    _post("/undo", N_("Hoàn tác bước cuối"), _sent(version=_VERSION)),
    _post("/redo", N_("Làm lại bước vừa hoàn tác"), _sent(version=_VERSION)),
    _post(
        "/check",
        N_("Kiểm tra như khi duyệt; không thay đổi gì"),
        None,
        _object(issues=_list(named("Issue"))),
    ),
    _post(
        "/rebase",
        N_("Đặt bản nháp lên sổ hiện nay"),
        _sent(
            version=_VERSION,
            choices=_list(_sent(layer=_TEXT, id=_UUID, keep=_words("mine", "theirs"))),
        ),
    ),
    _post("/withdraw", N_("Rút bản sửa đổi"), _sent(version=_VERSION)),
    _post(
        "/submit",
        N_("Gửi bản nháp cho người duyệt và giữ chỗ các thửa"),
        _sent({"note": _or_null(_TEXT)}, version=_VERSION),
    ),
    _post(
        "/return",
        N_("Trả bản đã gửi lại cho người lập"),
        _sent(version=_VERSION, reason=_TEXT),
    ),
    _post("/approve", N_("Duyệt: ghi mọi thay đổi vào sổ trong một lần"), _sent(version=_VERSION)),
    _read(
        "/download",
        N_("Tệp của bản nháp: mọi bước, tọa độ trong hệ pháp lý"),
        _object(dossier=_TEXT, crs=_TEXT, version=_COUNT, done=_COUNT, steps=_list({"type": "object"})),
    ),
)
"""All of them need a sign-in, and the right to edit or to approve parcels in the commune."""
