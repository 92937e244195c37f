"""The API of dossiers: the changeset in which a dossier's parcels are changed."""

from uuid import UUID

from flask import Blueprint, Response, g, jsonify

from app.accounts.guard import require, require_sign_in
from app.accounts.roles import Permission
from app.dossiers import editing, workflow
from app.edits.api import changeset_as_json

cases = Blueprint("cases", __name__, url_prefix="/api/v1/dossiers")


@cases.post("/<uuid:dossier_id>/changesets")
def open_changeset(dossier_id: UUID) -> tuple[Response, int]:
    """The changeset that a dossier is at; a new draft where it may have one."""
    reader = require_sign_in()
    dossier = workflow.get(g.session, dossier_id, reader)
    found = editing.changeset_of(g.session, dossier)
    if found is not None:
        return jsonify(changeset_as_json(found)), 200
    editor = require(Permission.PARCELS_EDIT, dossier.commune_code)
    return jsonify(changeset_as_json(editing.begin(g.session, dossier, editor))), 201
