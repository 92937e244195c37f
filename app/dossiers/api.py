"""The API of dossiers: the changeset in which a dossier's parcels are changed."""

from uuid import UUID

from flask import Blueprint, Response, g, jsonify

from app.accounts.guard import require, require_sign_in
from app.accounts.roles import Permission
from app.dossiers import editing, workflow
from app.edits.api import bounds_of, changeset_as_json
from app.edits.changes import Key
from app.edits.operations.operation import PARCEL
from app.edits.register import features

cases = Blueprint("cases", __name__, url_prefix="/api/v1/dossiers")


@cases.post("/<uuid:dossier_id>/changesets")
def open_changeset(dossier_id: UUID) -> tuple[Response, int]:
    """The changeset that a dossier is at; a new draft where it may have one.

    `about` names the dossier's parcels that still stand; while nothing is drawn, `bounds` are theirs.
    """
    reader = require_sign_in()
    dossier = workflow.get(g.session, dossier_id, reader)
    found, status = editing.changeset_of(g.session, dossier), 200
    if found is None:
        editor = require(Permission.PARCELS_EDIT, dossier.commune_code)
        found, status = editing.begin(g.session, dossier, editor), 201
    parcels = features(g.session, [Key(PARCEL, one.parcel_id) for one in dossier.parcels])
    said = changeset_as_json(found)
    said["about"] = [{"layer": key.layer, "id": str(key.id)} for key in parcels]
    said["bounds"] = said["bounds"] or bounds_of(parcels.values())
    return jsonify(said), status
