"""The one search box: parcels, addresses, places, layers and coordinates in one answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.db import crs_of
from app.features.cards import page_of, title
from app.features.communes import communes_at, extent
from app.features.coordinates import Spot, axis_labels, locate
from app.features.formats import Wording
from app.features.legal import Box, Point
from app.features.matches import ADDRESS, AT_MOST, Match, Way, matches
from app.features.parcel_numbers import Unit, parcels_numbered, units_named
from app.features.query import PARCEL, Found, features
from app.features.search_terms import ParcelNumber, Terms, fold, understand
from layers import CATALOG
from layers.layer import N_, THEMES
from tiles.scope import Scope

GROUPS = {
    "coordinates": N_("Tọa độ"),
    "parcel": N_("Thửa"),
    "address": N_("Địa chỉ"),
    "place": N_("Nơi"),
    "layer": N_("Lớp"),
}
"""The groups of an answer in their order, with their titles."""

UNITS = ("commune", "former_commune")
"""The layers of communes, those of today first."""

MAX_RESULTS = 50
"""Results of one group on the page that shows all."""

NO_PARCEL = {
    (False, False): N_("Không có thửa {number}."),
    (False, True): N_("Không có thửa {number} ở {place}."),
    (True, False): N_("Không có thửa {number}, tờ {sheet}."),
    (True, True): N_("Không có thửa {number}, tờ {sheet} ở {place}."),
}
"""What is said when a parcel is not there, by whether a sheet and a place were named."""
MAY_HAVE_CHANGED = N_("Số thửa có thể đã đổi khi tách, gộp, đo lại.")
NO_UNIT = N_("Không có phường, xã nào tên “{name}”. Kiểm tra lại tên, hoặc chỉ gõ số thửa và số tờ.")
NOTHING = N_("Không tìm thấy “{query}”. Thử gõ ít chữ hơn; có thể gõ không dấu.")
RENAMED = N_("{name} (nay là {current})")
DEGREES = N_("Vĩ độ {lat}°, kinh độ {lon}°")


@dataclass(frozen=True, kw_only=True)
class Result:
    """One line of an answer: what it is called, where it is and what opens it."""

    layer: str | None
    id: str
    title: str
    subtitle: str | None
    point: Point | None
    bbox: Box | None
    page: str | None


@dataclass(frozen=True, kw_only=True)
class Group:
    """The results of one kind, the best first, and how many there are in all; `more` says that they
    were not all counted."""

    id: str
    title: str
    total: int
    more: bool
    results: tuple[Result, ...]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a search found; `message` is a sentence where something has to be said about it."""

    query: str
    groups: tuple[Group, ...]
    message: str | None


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who searches, and how: what they may see, their words, where their map is, how much they want."""

    session: Session
    scope: Scope
    wording: Wording
    near: Point | None
    limit: int


@dataclass(frozen=True, kw_only=True)
class Line:
    """A feature to show before its place is known; `detail` stands in front of the place."""

    feature: Found
    title: str
    detail: str = ""


def search(asker: Asker, query: str) -> Answer:
    """What a text finds, in groups of at most `asker.limit` results each.

    Coordinates are answered by their place alone. Where nothing contains the text, names that are
    spelled alike are given. Whatever the text, the cost is bounded.
    """
    terms = understand(query)
    if terms is None:
        return Answer(query=query, groups=(), message=None)
    spots, remark = locate(terms.text, crs_of(asker.session), lambda: extent(asker.session))
    if spots or remark:
        results = tuple(_spot_result(asker, spot) for spot in spots)
        message = asker.wording.say(remark) if remark else None
        return _answer(asker, query, {"coordinates": (results, len(results))}, message)

    numbered, total, missing = _by_number(asker, terms.parcel) if terms.parcel else ([], 0, None)
    texts = _by_text(asker, terms)
    if not numbered and not any(texts.values()) and not terms.parcel and terms.is_telling:
        texts = _grouped(_matches(asker, terms, Way.ALIKE))
    groups = {}
    for group, some in texts.items():
        lines, count = _lines(asker, some), _total(some)
        if group == "parcel":
            lines = [Line(feature=one, title=title(one, asker.wording)) for one in numbered] + lines
            count += total
        groups[group] = (_results(asker, lines[: asker.limit]), count)
    layers = _layers(asker, terms)
    groups["layer"] = (layers[: asker.limit], len(layers))
    return _answer(asker, query, groups, missing or asker.wording.say(NOTHING, query=terms.text))


def _answer(
    asker: Asker, query: str, found_in: dict[str, tuple[tuple[Result, ...], int]], message: str | None
) -> Answer:
    """The groups that are not empty. The message for an empty answer is left out where there is one."""
    groups = tuple(
        Group(
            id=group,
            title=asker.wording.say(name),
            total=min(found_in[group][1], AT_MOST),
            more=found_in[group][1] >= AT_MOST,
            results=found_in[group][0],
        )
        for group, name in GROUPS.items()
        if group in found_in and found_in[group][0]
    )
    speaks = not groups or groups[0].id == "coordinates"
    return Answer(query=query, groups=groups, message=message if speaks else None)


def _by_number(asker: Asker, wanted: ParcelNumber) -> tuple[list[Found], int, str | None]:
    """The parcels of a number, how many there are, and what to say when there are none."""
    units = units_named(asker.session, wanted.place) if wanted.place else []
    if wanted.place and not units:
        return [], 0, asker.wording.say(NO_UNIT, name=wanted.place)
    codes = [code for unit in units for code in unit.codes] if units else None
    parcels, total = parcels_numbered(
        asker.session, asker.scope, wanted, codes=codes, near=asker.near, limit=asker.limit
    )
    return parcels, total, _no_parcel(asker.wording, wanted, units)


def _no_parcel(wording: Wording, wanted: ParcelNumber, units: Sequence[Unit]) -> str:
    # Within a sentence a name begins with a small letter: “ở phường Vũng Tàu”.
    place = ", ".join(dict.fromkeys(unit.name[:1].lower() + unit.name[1:] for unit in units))
    sentence = NO_PARCEL[wanted.sheet is not None, bool(place)]
    said = wording.say(sentence, number=wanted.number, sheet=wanted.sheet, place=place)
    return f"{said} {wording.say(MAY_HAVE_CHANGED)}"


def _by_text(asker: Asker, terms: Terms) -> dict[str, list[Match]]:
    """The features whose fields contain the text.

    A commune's name stands in all its addresses, a word like "phường" in every one: they are not listed.
    """
    some = _matches(asker, terms, Way.NAMES)
    names_unit = any(one.rank <= 1 and one.feature.layer.id in UNITS for one in some)
    if terms.is_telling and not names_unit:
        some += _matches(asker, terms, Way.ADDRESSES)
    return _grouped(some)


def _matches(asker: Asker, terms: Terms, way: Way) -> list[Match]:
    return matches(asker.session, asker.scope, terms, near=asker.near, limit=asker.limit, way=way)


def _grouped(some: Sequence[Match]) -> dict[str, list[Match]]:
    """Matches by group, the best first, each feature once."""
    groups: dict[str, list[Match]] = {"parcel": [], "address": [], "place": []}
    seen = set()
    for match in some:
        group = "parcel" if match.feature.layer.id == PARCEL else "place"
        if match.field.name == ADDRESS:
            group = "address"
        key = (group, match.feature.layer.id, match.feature.id)
        if key not in seen:
            seen.add(key)
            groups[group].append(match)
    return groups


def _total(some: Sequence[Match]) -> int:
    """How many features the fields of these matches gave together."""
    return sum({(one.feature.layer.id, one.field.name): one.total for one in some}.values())


def _lines(asker: Asker, some: Sequence[Match]) -> list[Line]:
    """What the best matches are called. A commune of before leads to the one of today."""
    best = some[: asker.limit]
    today = _communes(
        asker, {code for one in best if (code := one.feature.values.get("successor_code")) is not None}
    )
    lines: dict[tuple[object, str], Line] = {}
    for one in best:
        feature, name = one.feature, title(one.feature, asker.wording)
        current = today.get(feature.values.get("successor_code", ""))
        line = Line(feature=feature, title=name, detail=_detail(asker, one, name))
        if one.field.name == ADDRESS:
            line = Line(feature=feature, title=feature.values[ADDRESS], detail=name)
        elif current is not None:
            renamed = asker.wording.say(RENAMED, name=name, current=title(current, asker.wording))
            line = Line(feature=current, title=renamed)
        lines.setdefault((line.feature.id, line.title), line)
    return list(lines.values())


def _detail(asker: Asker, match: Match, name: str) -> str:
    """The layer, and what was found where the name does not show it."""
    layer = asker.wording.say(match.feature.layer.title)
    value = str(match.feature.values[match.field.name])
    if value in name or match.feature.layer.id == PARCEL:
        return layer
    return f"{layer} · {asker.wording.say(match.field.label)}: {value}"


def _communes(asker: Asker, codes: set[str]) -> dict[str, Found]:
    """The communes of today with these codes."""
    layer = CATALOG[UNITS[0]]
    if not codes or not asker.scope.sees(layer):
        return {}
    some = features(asker.session, asker.scope, layer, "code = ANY(:codes)", codes=list(codes))
    return {one.values["code"]: one for one in some}


def _results(asker: Asker, lines: Sequence[Line]) -> tuple[Result, ...]:
    """Lines with the communes in which they lie."""
    places = communes_at(asker.session, [line.feature.point or (0, 0) for line in lines])
    made = []
    for line, place in zip(lines, places, strict=True):
        feature = line.feature
        # A former unit only tells parcels of the same number apart; elsewhere it would be in the way.
        where = place and (place.say(asker.wording) if feature.layer.id == PARCEL else place.name)
        inside = feature.layer.theme != "administrative"
        subtitle = " · ".join(part for part in (line.detail, where if inside else None) if part)
        made.append(
            Result(
                layer=feature.layer.id,
                id=str(feature.id),
                title=line.title,
                subtitle=subtitle or None,
                point=feature.point,
                bbox=feature.bbox,
                page=page_of(feature.layer, feature.id),
            )
        )
    return tuple(made)


def _layers(asker: Asker, terms: Terms) -> tuple[Result, ...]:
    """The layers whose titles, in either language, contain the text."""
    return tuple(
        Result(
            layer=layer.id,
            id=layer.id,
            title=asker.wording.say(layer.title),
            subtitle=asker.wording.say(THEMES[layer.theme]),
            point=None,
            bbox=None,
            page=f"/layers/{layer.id}",
        )
        for layer in asker.scope.layers(CATALOG.values())
        if fold(terms.text) in fold(f"{layer.title}\n{asker.wording.say(layer.title)}")
    )


def _spot_result(asker: Asker, spot: Spot) -> Result:
    """Coordinates, called by the way in which they were written, with the other way below."""
    wording, crs = asker.wording, crs_of(asker.session)
    north, east = (wording.say(label) for label in axis_labels(crs))
    planar = (
        f"{north} {wording.number(spot.northing, 2, fixed=True)}"
        f" · {east} {wording.number(spot.easting, 2, fixed=True)}"
    )
    degrees = wording.say(
        DEGREES, lat=wording.number(spot.lat, 6, fixed=True), lon=wording.number(spot.lon, 6, fixed=True)
    )
    first, second = (
        (planar, f"{crs.name} · {degrees}") if spot.planar else (degrees, f"WGS 84 · {crs.name}: {planar}")
    )
    point = (spot.lon, spot.lat)
    return Result(
        layer=None,
        id=f"{spot.lat:.7f},{spot.lon:.7f}",
        title=first,
        subtitle=second,
        point=point,
        bbox=(*point, *point),
        page=f"/#map=18/{spot.lat:.6f}/{spot.lon:.6f}",
    )
