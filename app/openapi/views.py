"""The address of the API's description."""

from flask import Blueprint, Response, current_app, jsonify
from flask_babel import gettext
from flask_login import current_user

from app.accounts.scopes import scope_of
from app.openapi.document import document

openapi = Blueprint("openapi", __name__)


@openapi.get("/api/v1/openapi.json")
def description() -> Response:
    """The OpenAPI document of what this reader may see."""
    name = current_app.extensions["config"].site_name
    response = jsonify(document(scope_of(current_user), site_name=name, translate=gettext))
    response.headers["Cache-Control"] = "private, no-cache"
    return response
