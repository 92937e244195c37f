"""The API for reading: a feature, its series, what is at a point, what is in a box, and search."""

from flask import Blueprint, Response, current_app, g, jsonify, request
from flask_babel import gettext
from flask_login import current_user

from app.accounts.scopes import scope_of
from app.features import parameters
from app.features.cards import cards, listed
from app.features.formats import Wording
from app.features.query import MAX_HITS, MAX_LISTED, at_point, feature, in_box, layer_for
from app.features.search import MAX_RESULTS, Asker, search
from app.features.series import course, series_named
from app.i18n import language
from tiles.scope import PUBLIC, Scope

features = Blueprint("features", __name__, url_prefix="/api/v1")

TOLERANCE = 22.0
"""Pixels around a touch; a mouse asks for fewer."""
MAX_TOLERANCE = 30.0


def wording() -> Wording:
    """How the reader of this request is spoken to."""
    return Wording(language(), gettext)


@features.get("/features/<layer>/<feature_id>")
def feature_card(layer: str, feature_id: str) -> Response:
    """The card of one feature, by its permanent id or the integer id of tiles."""
    scope = scope_of(current_user)
    one = feature(g.session, scope, layer_for(scope, layer), feature_id)
    (card,) = cards(g.session, scope, wording(), [one])
    return _reply(card.as_json(), scope)


@features.get("/features/<layer>/<feature_id>/series/<series>")
def feature_series(layer: str, feature_id: str, series: str) -> Response:
    """The course of one series of a feature."""
    scope = scope_of(current_user)
    one = feature(g.session, scope, layer_for(scope, layer), feature_id)
    wanted = series_named(one, series)
    zone = current_app.extensions["config"].timezone
    start, end = (parameters.moment(request.args, name, zone) for name in ("from", "to"))
    points = course(g.session, one, wanted, start=start, end=end)
    said = {"unit": wording().say(wanted.unit), "label": wording().say(wanted.label)}
    return _reply(said | {"points": [[time.isoformat(), value] for time, value in points]}, scope)


@features.get("/features")
def feature_list() -> Response:
    """The features in a box, from its middle outwards: the list that equals the map."""
    scope = scope_of(current_user)
    some, total = in_box(
        g.session,
        scope,
        parameters.layers(request.args, scope),
        bbox=parameters.box(request.args, "bbox"),
        near=parameters.point(request.args, "near"),
        limit=parameters.whole_number(request.args, "limit", 1, MAX_LISTED, MAX_HITS),
    )
    lines = [listed(one, scope, wording()) for one in some]
    cut = total is None or total > len(some)
    return _reply({"total": total, "truncated": cut, "features": lines}, scope)


@features.get("/identify")
def identify() -> Response:
    """Everything of some layers at one point of the map."""
    scope = scope_of(current_user)
    point = (
        parameters.number(request.args, "lon", -180, 180),
        parameters.number(request.args, "lat", -90, 90),
    )
    hits = at_point(
        g.session,
        scope,
        parameters.layers(request.args, scope),
        point=point,
        zoom=parameters.number(request.args, "zoom", 0, 24),
        tolerance=parameters.number(request.args, "tolerance", 0, MAX_TOLERANCE, TOLERANCE),
    )
    made = [card.as_json() for card in cards(g.session, scope, wording(), hits)]
    return _reply({"point": point, "hits": made}, scope)


@features.get("/search")
def search_box() -> Response:
    """What a text finds."""
    scope = scope_of(current_user)
    asker = Asker(
        session=g.session,
        scope=scope,
        wording=wording(),
        near=parameters.point(request.args, "near"),
        limit=parameters.whole_number(request.args, "limit", 1, MAX_RESULTS, 5),
    )
    return _reply(search(asker, request.args.get("q", "")), scope)


def _reply(said: object, scope: Scope) -> Response:
    response = jsonify(said)
    response.headers["Cache-Control"] = "no-cache" if scope == PUBLIC else "private, no-cache"
    return response
