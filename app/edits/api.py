"""The API of changesets: drafting, checking, submitting and deciding."""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import shapely
from flask import Blueprint, Response, current_app, g, jsonify, request
from flask_babel import gettext
from flask_login import current_user
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy.exc import OperationalError

from app.accounts.guard import require, require_sign_in
from app.accounts.models import User
from app.accounts.roles import Permission
from app.db import crs_of
from app.edits import workflow
from app.edits.case import Case
from app.edits.changes import Change, Feature, Key
from app.edits.drafts import OPERATION_BY_ID, Draft, changes_of
from app.edits.issues import Issue
from app.edits.models import Changeset
from app.edits.operations import OPERATIONS
from app.edits.parameters import parse
from app.edits.refusal import OperationError
from app.errors import BadRequest, Busy, Unprocessable, answer
from app.features import parameters
from app.features.formats import Wording
from app.i18n import language
from layers import CATALOG
from layers.layer import N_

changesets = Blueprint("changesets", __name__, url_prefix="/api/v1/changesets")

RETRIES = 5
TRANSIENT = ("40001", "40P01")
"""Serialisation failure and deadlock: PostgreSQL asks to try the transaction again."""
MAX_SHOWN = 3_000
"""Areas that the editor is given at once."""


@changesets.errorhandler(OperationError)
def _refused(error: OperationError) -> Response:
    """What an operation refuses, in the shape of a problem, with its place on the map."""
    detail = _wording().say(error.sentence, **error.values)
    place = error.geometry and mapping(_to_wgs84(error.geometry))
    return answer(422, error.code, detail, members={"place": place})


@changesets.errorhandler(workflow.Stale)
def _stale(error: workflow.Stale) -> Response:
    return answer(
        409, error.code, gettext(error.sentence), members={"current": changeset_as_json(error.current)}
    )


@changesets.errorhandler(workflow.RegisterMoved)
def _register_moved(error: workflow.RegisterMoved) -> Response:
    moved = [
        {
            "layer": change.layer,
            "id": str(change.id),
            "label": _label(change.old or change.new),
            "mine": _side(change.new),
            "theirs": _side(now),
            "base": _side(change.old),
        }
        for change, now in error.conflicts
    ]
    return answer(409, error.code, gettext(error.sentence), members={"conflicts": moved})


@changesets.errorhandler(workflow.Blocked)
def _blocked(error: workflow.Blocked) -> Response:
    return answer(422, error.code, gettext(error.sentence), members={"issues": _issues(error.issues)})


@changesets.get("/<uuid:changeset>")
def show(changeset: UUID) -> Response:
    """A changeset with its changes, before and after."""
    return jsonify(changeset_as_json(_readable(changeset)))


@changesets.get("/<uuid:changeset>/operations")
def operations(changeset: UUID) -> Response:
    """What can be done with a selection, and why the rest cannot."""
    draft = Draft.of(g.session, _readable(changeset))
    keys = [_key(*one.split(":", 1)) for one in request.args.get("selection", "").split(",") if ":" in one]
    chosen = draft.features(keys)
    offered = []
    for one in OPERATIONS:
        reason = one.available(chosen)
        offered.append(
            {
                "id": one.id,
                "title": gettext(one.title),
                "shortcut": one.shortcut,
                "available": reason is None,
                "reason": reason and gettext(reason.sentence),
            }
        )
    return jsonify({"operations": offered})


@changesets.get("/<uuid:changeset>/features")
def features(changeset: UUID) -> Response:
    """The areas of a box as the draft has them."""
    draft = Draft.of(g.session, _readable(changeset))
    west, south, east, north = parameters.box(request.args, "bbox")
    crs = crs_of(g.session)
    corners = [crs.from_wgs84(lon, lat) for lon in (west, east) for lat in (south, north)]
    easts, norths = zip(*corners, strict=True)
    found = draft.areas_in([(min(easts), min(norths), max(easts), max(norths))])
    changed = {item.key for item in draft.changes}
    shown = [
        {
            "layer": one.layer,
            "id": str(one.id),
            "label": _label(one),
            "changed": one.key in changed,
            **(_side(one) or {}),
        }
        for one in found[:MAX_SHOWN]
    ]
    return jsonify({"features": shown, "truncated": len(found) > MAX_SHOWN})


@changesets.post("/<uuid:changeset>/preview")
def preview(changeset: UUID) -> Response:
    """What an operation would do, and what the checks would say. Nothing is kept."""
    found = _readable(changeset)
    draft = Draft.of(g.session, found)
    said = _said("operation", "selection", "parameters")
    changes = draft.done(said["operation"], _selection(said), said["parameters"])
    issues = workflow.checked(g.session, found, draft.changes.then(changes), _case())
    return jsonify({"changes": [_item(one) for one in changes], "issues": _issues(issues)})


@changesets.post("/<uuid:changeset>/steps")
def take_step(changeset: UUID) -> Response:
    """Do an operation in the draft."""
    said = _said("operation", "selection", "parameters", "version")
    made = workflow.take_step(
        g.session,
        require_sign_in(),
        changeset,
        version=_version(said),
        operation=said["operation"],
        selection=_selection(said),
        parameters=said["parameters"],
    )
    return jsonify(changeset_as_json(made))


@changesets.post("/<uuid:changeset>/undo")
def undo(changeset: UUID) -> Response:
    """Take back the last step."""
    version = _version(_said("version"))
    return jsonify(changeset_as_json(workflow.undo(g.session, require_sign_in(), changeset, version=version)))


@changesets.post("/<uuid:changeset>/redo")
def redo(changeset: UUID) -> Response:
    """Do again what was taken back last."""
    version = _version(_said("version"))
    return jsonify(changeset_as_json(workflow.redo(g.session, require_sign_in(), changeset, version=version)))


@changesets.post("/<uuid:changeset>/check")
def check(changeset: UUID) -> Response:
    """Run the checks of the approval; nothing is changed."""
    found = _readable(changeset)
    issues = workflow.checked(g.session, found, changes_of(found), _case())
    return jsonify({"issues": _issues(issues)})


@changesets.post("/<uuid:changeset>/rebase")
def rebase(changeset: UUID) -> Response:
    """Put the draft upon the register of today."""
    said = _said("version", "choices")
    keep = {}
    for one in said["choices"] if isinstance(said["choices"], list) else []:
        if not isinstance(one, dict) or one.get("keep") not in ("mine", "theirs"):
            raise BadRequest("bad_choice", N_("Chọn giữ bản của bạn hoặc bản trong sổ cho từng thửa."))
        keep[_key(one.get("layer"), one.get("id"))] = one["keep"]
    made = workflow.rebase(g.session, require_sign_in(), changeset, version=_version(said), keep=keep)
    return jsonify(changeset_as_json(made))


@changesets.post("/<uuid:changeset>/withdraw")
def withdraw(changeset: UUID) -> Response:
    """Give up the changeset."""
    version = _version(_said("version"))
    return jsonify(
        changeset_as_json(
            workflow.withdraw(g.session, require_sign_in(), changeset, version=version, case=_case())
        )
    )


@changesets.post("/<uuid:changeset>/submit")
def submit(changeset: UUID) -> Response:
    """Hand the draft to the approvers."""
    said = _said("version", note=None)
    made = workflow.submit(
        g.session,
        require_sign_in(),
        changeset,
        version=_version(said),
        note=_note(said["note"]),
        case=_case(),
    )
    return jsonify(changeset_as_json(made))


@changesets.post("/<uuid:changeset>/return")
def send_back(changeset: UUID) -> Response:
    """Give a submission back to its author."""
    said = _said("version", "reason")
    reason = _note(said["reason"])
    if not reason:
        raise Unprocessable("reason_missing", N_("Ghi lý do trả lại, để người lập biết cần sửa gì."))
    made = workflow.send_back(
        g.session, require_sign_in(), changeset, version=_version(said), reason=reason, case=_case()
    )
    return jsonify(changeset_as_json(made))


@changesets.post("/<uuid:changeset>/approve")
def approve(changeset: UUID) -> Response:
    """Write the submission into the register."""
    version, user = _version(_said("version")), require_sign_in()
    for _ in range(RETRIES):
        try:
            return jsonify(
                changeset_as_json(workflow.approve(g.session, user, changeset, version=version, case=_case()))
            )
        except OperationalError as error:
            if getattr(error.orig, "pgcode", None) not in TRANSIENT:
                raise
            g.session.rollback()
    sentence = N_("Đang có nhiều người cùng duyệt. Thử lại sau ít giây.")
    raise Busy("busy", sentence, headers={"Retry-After": "2"})


@changesets.get("/<uuid:changeset>/download")
def download(changeset: UUID) -> Response:
    """The draft as a file: all steps with their changes, coordinates in the legal CRS."""
    found = _readable(changeset)
    said = {
        "dossier": found.dossier_code,
        "crs": crs_of(g.session).code,
        "version": found.version,
        "done": found.done,
        "steps": found.steps,
    }
    response = Response(json.dumps(said, ensure_ascii=False, indent=1), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="diaba-{found.id}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


# What is said


def _case() -> Case:
    """What the case and the rights have to say; `create_app` hands it over."""
    case: Case = current_app.extensions["case"]
    return case


def _readable(changeset: UUID) -> Changeset:
    """The changeset, for those who edit or approve in its commune."""
    user = require_sign_in()
    found = workflow.get(g.session, changeset)
    if not user.can(Permission.PARCELS_APPROVE, found.commune_code):
        require(Permission.PARCELS_EDIT, found.commune_code)
    return found


def _said(*names: str, **defaults: object) -> dict[str, Any]:
    """The members of the JSON that was sent. BadRequest when one is missing or there is another."""
    if not request.is_json:
        raise BadRequest("not_json", N_("Nội dung gửi lên không phải là JSON."))
    said = parse(request.get_data())
    if not isinstance(said, dict):
        raise BadRequest("not_json", N_("Nội dung gửi lên không phải là JSON."))
    unknown = set(said) - {*names, *defaults}
    missing = set(names) - set(said)
    if unknown or missing:
        errors = [{"field": one, "code": "unknown", "detail": one} for one in sorted(unknown)]
        errors += [{"field": one, "code": "missing", "detail": one} for one in sorted(missing)]
        raise Unprocessable(
            "wrong_members", N_("Nội dung gửi lên thiếu hoặc thừa mục: {names}."),
            errors=errors, names=", ".join(sorted(unknown | missing)),
        )  # fmt: skip
    return {**defaults, **said}


def _version(said: dict[str, Any]) -> int:
    version = said["version"]
    if not isinstance(version, int) or isinstance(version, bool):
        raise Unprocessable("bad_version", N_("Thiếu số phiên bản đã xem."))
    return version


def _note(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise Unprocessable("bad_note", N_("Ghi chú phải là chữ."))
    return value.strip()[:2000] if value else None


def _selection(said: dict[str, Any]) -> list[Key]:
    chosen = said["selection"]
    if not isinstance(chosen, list) or not all(isinstance(one, dict) for one in chosen):
        raise Unprocessable("bad_selection", N_("Danh sách chọn không đọc được."))
    if not isinstance(said["operation"], str) or said["operation"] not in OPERATION_BY_ID:
        raise Unprocessable(
            "unknown_operation", N_("Không có thao tác “{name}”."), name=str(said["operation"])[:50]
        )
    return [_key(one.get("layer"), one.get("id")) for one in chosen]


def _key(layer: object, id_: object) -> Key:
    try:
        key = Key(str(layer), UUID(str(id_)))
    except ValueError as error:
        raise Unprocessable("bad_selection", N_("Danh sách chọn không đọc được.")) from error
    if key.layer not in CATALOG:
        raise Unprocessable("bad_selection", N_("Danh sách chọn không đọc được."))
    return key


# What is answered


def changeset_as_json(found: Changeset) -> dict[str, Any]:
    """A changeset as its reader sees it, with what they may do."""
    changes = changes_of(found)
    user: User = current_user
    edits = user.can(Permission.PARCELS_EDIT, found.commune_code)
    decides = user.can(Permission.PARCELS_APPROVE, found.commune_code) and user.id not in found.editors
    is_draft, waits = found.status == "draft", found.status == "submitted"
    others = workflow.others_over(g.session, found, changes) if is_draft or waits else []
    mine = {item.key for item in changes}
    return {
        "id": str(found.id),
        "dossier": str(found.dossier),
        "dossier_code": found.dossier_code,
        "status": found.status,
        "version": found.version,
        "author": found.author.full_name,
        "approver": found.approver and found.approver.full_name,
        "saved_at": found.saved_at.isoformat(),
        "submitted_at": found.submitted_at and found.submitted_at.isoformat(),
        "decided_at": found.decided_at and found.decided_at.isoformat(),
        "reason": found.reason,
        "steps": [_step(n, one) for n, one in enumerate(found.steps[: found.done], 1)],
        "redo": [_step(n, one) for n, one in enumerate(found.steps[found.done :], found.done + 1)],
        "changes": [_item(one) for one in changes],
        "lineage": [
            {part: {"layer": key.layer, "id": str(key.id)} for part, key in one._asdict().items()}
            for one in changes.lineage
        ],
        "others": [
            {
                "dossier": str(one.dossier),
                "dossier_code": one.dossier_code,
                "parcels": [_label(item.old) for item in changes_of(one) if item.key in mine and item.old],
            }
            for one in others
        ],
        "bounds": bounds_of([one for item in changes for one in (item.old, item.new) if one]),
        "may": {
            "edit": edits and is_draft,
            "submit": edits and is_draft and bool(changes),
            "approve": decides and waits,
            "return": decides and waits,
            "withdraw": user.id in found.editors and (is_draft or waits),
        },
    }


def _step(number: int, step: dict[str, Any]) -> dict[str, Any]:
    known = OPERATION_BY_ID.get(step["operation"])
    return {
        "n": number,
        "operation": step["operation"],
        "title": gettext(known.title if known else REBASE),
    }


REBASE = N_("Đặt lại trên sổ hiện nay")


def _item(change: Change) -> dict[str, Any]:
    state = "altered" if change.old and change.new else "made" if change.new else "retired"
    return {
        "layer": change.layer,
        "id": str(change.id),
        "state": state,
        "label": _label(change.new or change.old),
        "before": _side(change.old),
        "after": _side(change.new),
    }


def _side(feature: Feature | None) -> dict[str, Any] | None:
    if feature is None:
        return None
    return {
        "geometry": mapping(_to_wgs84(feature.geometry)),
        "legal": mapping(feature.geometry),
        "area": round(feature.geometry.area, 1),
        "attributes": dict(feature.attributes),
        "version": feature.version,
    }


def _label(feature: Feature | None) -> str:
    """How a feature is called: its name pattern's parts, or that it has no number yet."""
    if feature is None:
        return ""
    values = feature.attributes
    if feature.layer == "parcel":
        sheet, number = values.get("sheet") or "–", values.get("number")
        return f"{sheet}/{number}" if number else gettext(N_("Thửa mới"))
    return str(values.get("name") or gettext(CATALOG[feature.layer].title))


def _issues(issues: Sequence[Issue]) -> list[dict[str, Any]]:
    return [
        {
            **one.as_json(),
            "message": _wording().say(one.message, **one.values),
            "geometry": one.geometry and mapping(_to_wgs84(one.geometry)),
        }
        for one in issues
    ]


def bounds_of(features: Iterable[Feature]) -> list[float] | None:
    """The WGS 84 box of features, west, south, east, north; None for none."""
    boxes = [_to_wgs84(one.geometry).bounds for one in features]
    if not boxes:
        return None
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return [min(wests), min(souths), max(easts), max(norths)]


def _to_wgs84(geometry: BaseGeometry) -> BaseGeometry:
    moved: BaseGeometry = shapely.transform(geometry, crs_of(g.session).points_to_wgs84)
    return moved


def _wording() -> Wording:
    return Wording(language(), gettext)
