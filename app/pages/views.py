"""The pages for reading, rendered on the server: they need no script and no WebGL."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.accounts.scopes import scope_of
from app.db import crs_of
from app.errors import HTTP_SENTENCES, NotFound, wants_page
from app.features import parameters
from app.features.cards import Card, cards, listed, page_of
from app.features.coordinates import axis_labels
from app.features.history import State
from app.features.history import state as state_of
from app.features.parcel_numbers import resolve
from app.features.query import PARCEL, Found, feature, layer_for
from app.features.search import MAX_RESULTS, NO_PARCEL, Asker, search
from app.features.sources import feature_counts, sources
from app.features.views import wording
from app.pages.boundary import Boundary, boundary
from app.pages.descent import history
from app.pages.help import KEYS, SEARCHES, WORDS
from app.pages.listing import page_after
from app.pages.outline import outline
from layers import CATALOG
from layers.layer import THEMES, Layer
from layers.style import MOTIFS, legend
from tiles.scope import Scope

pages = Blueprint("pages", __name__)

LATEST_FID = 2**63 - 1


@pages.context_processor
def words() -> dict[str, Any]:
    """Templates say declared texts through `wording.say`: to their own gettext a per cent sign would be a
    placeholder."""
    return {"wording": wording()}


@pages.get("/search")
def search_page() -> str:
    """Everything that a text finds."""
    query = request.args.get("q", "")
    asker = Asker(
        session=g.session,
        scope=scope_of(current_user),
        wording=wording(),
        near=parameters.point(request.args, "near"),
        limit=MAX_RESULTS,
    )
    return render_template("pages/search.html", answer=search(asker, query), query=query.strip())


@pages.get("/layers")
def layer_list() -> str:
    """The layers by theme."""
    seen = scope_of(current_user).layers(CATALOG.values())
    themes = {theme: [one for one in seen if one.theme == theme] for theme in THEMES}
    return render_template(
        "pages/layers.html",
        themes={THEMES[theme]: some for theme, some in themes.items() if some},
        counts=feature_counts(g.session),
        sources=sources(g.session, wording()),
    )


@pages.get("/layers/<layer_id>")
def layer_page(layer_id: str) -> str:
    """What a layer is: its fields with their codes, its legend, where it comes from."""
    scope = scope_of(current_user)
    layer = layer_for(scope, layer_id)
    return render_template(
        "pages/layer.html",
        layer=layer,
        fields=scope.fields(layer),
        legend=legend(layer.title, layer.style),
        motifs=MOTIFS,
        count=feature_counts(g.session).get(layer.id),
        source=sources(g.session, wording())[layer.id],
        theme=THEMES[layer.theme],
    )


@pages.get("/layers/<layer_id>/features")
def layer_features(layer_id: str) -> str:
    """A layer's features, page by page."""
    scope = scope_of(current_user)
    layer = layer_for(scope, layer_id)
    after = parameters.whole_number(request.args, "after", 0, LATEST_FID, 0)
    page = page_after(g.session, scope, layer, after)
    lines = [listed(one, scope, wording()) for one in page.features]
    return render_template("pages/features.html", layer=layer, lines=lines, after=after, next=page.next)


@pages.get("/features/<layer_id>/<feature_id>")
def feature_page(layer_id: str, feature_id: str) -> str | AnyResponse:
    """A feature as a page. A parcel has an address of its own."""
    scope = scope_of(current_user)
    layer = layer_for(scope, layer_id)
    one = feature(g.session, scope, layer, feature_id)
    if layer.id == PARCEL or str(one.id) != feature_id:
        return redirect(page_of(layer, one.id), 301)
    return render_template("pages/feature.html", **_shown(one, scope))


@pages.get("/parcels/<uuid:parcel_id>")
def parcel_page(parcel_id: UUID) -> str | Response:
    """A parcel, for ever: a page, or JSON for programs."""
    return _parcel(parcel_id) if wants_page() else parcel_json(parcel_id)


@pages.get("/parcels/<uuid:parcel_id>.json")
def parcel_json(parcel_id: UUID) -> Response:
    """A parcel with its corners in the legal CRS."""
    state, card, edge = _read_parcel(parcel_id)
    crs = crs_of(g.session)
    past = history(g.session, scope_of(current_user), state, wording())
    corners = [[(corner.northing, corner.easting) for corner in ring] for ring in edge.rings]
    response = jsonify(
        card.as_json()
        | {
            "crs": {"code": crs.code, "name": crs.name, "axes": "north_east"},
            "corners": corners,
            "area": {"map": edge.area, "paper": _paper_area(state.found)},
            **past.as_json(),
        }
    )
    response.vary.add("Accept")
    return response


@pages.get("/parcels/<commune>/<sheet>/<number>")
def parcel_by_number(commune: str, sheet: str, number: str) -> AnyResponse:
    """The parcel of a commune code, sheet and number; a choice where several fit."""
    scope = scope_of(current_user)
    fitting = resolve(g.session, scope, commune, sheet, number)
    if not fitting:
        raise NotFound(
            "unknown_parcel",
            NO_PARCEL[True, True],
            number=number[:20],
            sheet=sheet[:20],
            place=commune[:20],
        )
    if len(fitting) == 1:
        return redirect(page_of(fitting[0].layer, fitting[0].id), 302)
    choices = cards(g.session, scope, wording(), fitting)
    if wants_page():
        return Response(render_template("pages/choice.html", choices=choices), 300)
    response = jsonify({"choices": [card.as_json() for card in choices]})
    response.status_code = 300
    return response


@pages.get("/help")
def help_page() -> str:
    """How to find something, what the words mean, which keys there are."""
    return render_template("pages/help.html", searches=SEARCHES, keys=KEYS, words=WORDS)


@pages.get("/help/errors")
def error_help() -> str:
    """What to do about errors; problem documents point here."""
    return render_template("pages/errors.html", sentences=HTTP_SENTENCES.values())


def _read_parcel(parcel_id: UUID) -> tuple[State, Card, Boundary]:
    """A parcel as it is, was last, or was on the day that ``?as-of=`` names."""
    scope = scope_of(current_user)
    layer = layer_for(scope, PARCEL)
    then = state_of(g.session, scope, layer, parcel_id, parameters.day(request.args, "as-of"))
    (card,) = cards(g.session, scope, wording(), [then.found])
    return then, card, boundary(g.session, layer, parcel_id, then.found.version)


def _parcel(parcel_id: UUID) -> Response:
    state, card, edge = _read_parcel(parcel_id)
    crs = crs_of(g.session)
    north, east = axis_labels(crs)
    paper = _paper_area(state.found)
    page = render_template(
        "pages/parcel.html",
        card=card,
        boundary=edge,
        outline=outline(edge, wording()),
        paper=paper,
        difference=None if paper is None else abs(round(paper - edge.area, 1)),
        crs=crs,
        datum=crs.public.geodetic_crs.name if crs.public.geodetic_crs else crs.name,
        north=gettext(north),
        east=gettext(east),
        map=None if state.ended else _map_link(card),
        history=history(g.session, scope_of(current_user), state, wording()),
        as_of=parameters.day(request.args, "as-of"),
    )
    response = Response(page, mimetype="text/html")
    response.vary.add("Accept")
    return response


def _paper_area(one: Found) -> float | None:
    """The area on paper, where it is known and a number (JSON writes NaN as text)."""
    area = one.values.get("legal_area")
    return float(area) if isinstance(area, int | float) else None


def _shown(one: Found, scope: Scope) -> dict[str, Any]:
    """What the template of a feature needs."""
    (card,) = cards(g.session, scope, wording(), [one])
    return {"card": card, "layer": one.layer, "map": _map_link(card)}


def _map_link(card: Card) -> str | None:
    """The map with this feature in the middle and selected."""
    if card.point is None or card.bbox is None:
        return None
    zoom, (lon, lat) = _zoom(card, CATALOG[card.layer]), card.point
    return f"/#map={zoom}/{lat:.6f}/{lon:.6f}&sel={card.layer}/{card.id}"


def _zoom(card: Card, layer: Layer) -> int:
    """The zoom at which a feature fills about half of a screen, and at which its layer is drawn."""
    assert card.bbox is not None
    span = max(card.bbox[2] - card.bbox[0], card.bbox[3] - card.bbox[1])
    zoom = layer.minzoom
    while zoom < 19 and span * 512 * 2 ** (zoom + 1) / 360 < 500:
        zoom += 1
    return zoom
