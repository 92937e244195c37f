"""Is it alive, is it ready: for load balancers and supervisors."""

from flask import Blueprint, Response, current_app, g, jsonify
from flask_babel import gettext

from app.health.checks import findings

health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@health.get("/readyz")
def ready() -> Response:
    """Database, schema and transformation are as they should be; 503 with the findings if not."""
    found = findings(g.session, current_app.extensions["config"])
    said = [{"code": one.code, "detail": gettext(one.sentence).format(**one.values)} for one in found]
    response = jsonify(status="ok" if not found else "not ready", findings=said)
    response.status_code = 503 if found else 200
    response.headers["Cache-Control"] = "no-store"
    return response
