"""Tiles, TileJSON, styles, catalogue and messages for the viewer, and the viewer's page."""

import gzip
import hashlib

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from app.accounts.scopes import scope_named, scope_of
from app.errors import BadRequest, NotFound
from app.i18n import language, messages
from app.maps.catalogue import catalogue
from app.maps.extent import extent
from app.maps.styles import map_style, tilejson
from config import LANGUAGES
from layers import CATALOG
from layers.basemaps import BASEMAPS
from layers.layer import N_, Layer
from layers.presets import STYLES
from tiles import vector
from tiles.grid import TileAddress, parse_tile
from tiles.scope import PUBLIC, Scope

maps = Blueprint("maps", __name__)

MAX_LAYERS = 40
"""Layers in one tile; more than the catalogue has is a mistake or an attack."""


@maps.get("/tiles/<layers>/<z>/<x>/<y>.mvt")
def public_tile(layers: str, z: str, x: str, y: str) -> Response:
    """A vector tile as everybody may see it."""
    return _tile(PUBLIC, layers, z, x, y)


@maps.get("/tiles/@<scope>/<layers>/<z>/<x>/<y>.mvt")
def scoped_tile(scope: str, layers: str, z: str, x: str, y: str) -> Response:
    """A vector tile of another scope; the permission is asked for on each request."""
    return _tile(scope_named(scope, current_user), layers, z, x, y)


@maps.get("/tiles/<layers>.json")
def public_tilejson(layers: str) -> Response:
    """The TileJSON of one or several layers."""
    return _tilejson(PUBLIC, layers)


@maps.get("/tiles/@<scope>/<layers>.json")
def scoped_tilejson(scope: str, layers: str) -> Response:
    """The TileJSON of another scope."""
    return _tilejson(scope_named(scope, current_user), layers)


@maps.get("/styles/<name>.json")
def style(name: str) -> Response:
    """A MapLibre style for this reader."""
    known = {one.id: one for one in STYLES}
    if name not in known:
        raise NotFound("unknown_style", N_("Không có kiểu bản đồ “{name}”."), name=name)
    basemaps = {one.id: one for one in BASEMAPS}
    wanted = request.args.get("basemap", BASEMAPS[0].id)
    if wanted not in basemaps:
        raise BadRequest("unknown_basemap", N_("Không có bản đồ nền “{name}”."), name=wanted)
    scope = scope_of(current_user)
    seen = scope.layers(CATALOG.values())
    bounds = extent(g.session, [one for one in seen if one.id == "parcel"])
    made = map_style(known[name], basemaps[wanted], scope, bounds, root=_root(), translate=gettext)
    return _revalidated(jsonify(made), scope)


@maps.get("/api/v1/catalogue")
def catalogue_view() -> Response:
    """The catalogue that the viewer builds itself from."""
    scope = scope_of(current_user)
    name = current_app.extensions["config"].site_name
    return _revalidated(jsonify(catalogue(g.session, scope, site_name=name, translate=gettext)), scope)


@maps.get("/api/v1/messages")
def messages_view() -> Response:
    """The messages of the reader's language by their Vietnamese source."""
    return _revalidated(jsonify(messages(language())), PUBLIC)


@maps.get("/")
def viewer() -> Response:
    """The map. What its script needs to begin stands in the page; the rest it fetches at once."""
    chosen = language()
    boot = {
        "lang": chosen,
        "languages": [
            {"code": code, "name": LANGUAGES[code]} for code in current_app.extensions["config"].languages
        ],
        "catalogue": f"/api/v1/catalogue?lang={chosen}",
        "messages": f"/api/v1/messages?lang={chosen}",
        "user": {"name": current_user.full_name, "permissions": sorted(current_user.permissions)}
        if current_user.is_authenticated
        else None,
        "csrf": generate_csrf() if current_user.is_authenticated else "",
    }
    response = make_response(render_template("maps/viewer.html", boot=boot))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@maps.get("/favicon.ico")
def favicon() -> AnyResponse:
    """Browsers ask for it here whatever the page says."""
    return redirect("/static/favicon.svg", 301)


def _root() -> str:
    """The address under which readers reach the service, without a slash at the end."""
    public: str = current_app.extensions["config"].public_url
    return (public or request.host_url).rstrip("/")


def _layers(names: str, scope: Scope) -> list[Layer]:
    """The layers that a comma-separated list names, in the catalogue's order."""
    wanted = names.split(",")
    unknown = [name for name in wanted if name not in CATALOG or not scope.sees(CATALOG[name])]
    if unknown:
        raise NotFound("unknown_layer", N_("Không có lớp bản đồ “{name}”."), name=unknown[0][:60])
    if len(wanted) > MAX_LAYERS:
        raise BadRequest("too_many_layers", N_("Một ô bản đồ chứa nhiều nhất {n} lớp."), n=MAX_LAYERS)
    return [layer for layer in CATALOG.values() if layer.id in wanted]


def _tilejson(scope: Scope, names: str) -> Response:
    layers = _layers(names, scope)
    bounds = extent(g.session, layers)
    made = tilejson(layers, scope, bounds, root=_root(), translate=gettext)
    return _revalidated(jsonify(made), scope)


def _tile(scope: Scope, names: str, z: str, x: str, y: str) -> Response:
    tile = parse_tile(z, x, y)
    if tile is None:
        raise BadRequest("bad_tile", N_("Không có ô bản đồ {z}/{x}/{y}."), z=z[:12], x=x[:12], y=y[:12])
    layers = _layers(names, scope)
    if not any(layer.minzoom <= tile.z <= layer.maxzoom for layer in layers):
        raise NotFound("outside_zoom_range", N_("Lớp này không có ô ở mức phóng {z}."), z=tile.z)
    return _send(_bytes(layers, tile, scope), scope)


def _bytes(layers: list[Layer], tile: TileAddress, scope: Scope) -> bytes:
    timeout: int = current_app.extensions["config"].tile_timeout_ms
    query = vector.tile_query(layers, tile, scope)
    return vector.fetch(g.session.connection(), query, timeout)


def _send(body: bytes, scope: Scope) -> Response:
    """A tile with what caches need to know: its hash, per encoding, and who may keep it."""
    response = Response(status=204, mimetype=vector.MEDIA_TYPE)
    if body:
        zipped = request.accept_encodings["gzip"] > 0
        response = Response(gzip.compress(body, 6, mtime=0) if zipped else body, mimetype=vector.MEDIA_TYPE)
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
        mark = hashlib.sha256(body).hexdigest()[:32]
        response.set_etag(f"{mark}-gzip" if zipped else mark)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.add("Accept-Encoding")
    public = "public, max-age=60, must-revalidate"
    response.headers["Cache-Control"] = public if scope == PUBLIC else "private, no-cache"
    response.make_conditional(request)
    return response


def _revalidated(response: Response, scope: Scope) -> Response:
    """A document that a browser may keep but must ask about, since language and rights change it."""
    response.headers["Cache-Control"] = "no-cache" if scope == PUBLIC else "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
