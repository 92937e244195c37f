"""The page of the map editor. What it asks for and changes goes through the API of changesets."""

from uuid import UUID

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from app.accounts.guard import require, require_sign_in
from app.accounts.roles import Permission
from app.errors import BadRequest
from app.i18n import language
from config import LANGUAGES
from layers.layer import N_

edits = Blueprint("edits", __name__)


@edits.get("/dossiers/<uuid:dossier>/edit")
def editor_page(dossier: UUID) -> Response:
    """The map editor of a dossier; ``?changeset=`` names one of its changesets, as a decided one."""
    _require_work_on_parcels()
    chosen = language()
    boot = {
        "lang": chosen,
        "languages": [
            {"code": code, "name": LANGUAGES[code]} for code in current_app.extensions["config"].languages
        ],
        "catalogue": f"/api/v1/catalogue?lang={chosen}",
        "messages": f"/api/v1/messages?lang={chosen}",
        "user": {"name": current_user.full_name, "permissions": sorted(current_user.permissions)},
        "csrf": generate_csrf(),
        "dossier": str(dossier),
        "changeset": _changeset_asked_for(),
    }
    response = make_response(render_template("edits/editor.html", boot=boot))
    response.headers["Cache-Control"] = "no-store"
    return response


def _require_work_on_parcels() -> None:
    """Whoever edits or approves parcels somewhere may open the page; what lies in it asks for the place."""
    user = require_sign_in()
    some = user.permissions & {Permission.PARCELS_EDIT, Permission.PARCELS_APPROVE}
    if not some:
        require(Permission.PARCELS_EDIT)


def _changeset_asked_for() -> str | None:
    asked = request.args.get("changeset")
    try:
        return asked and str(UUID(asked))
    except ValueError as error:
        raise BadRequest("bad_id", N_("Mã bản nháp trong địa chỉ không đúng.")) from error
