"""A feature in plain words: its name, its facts row by row, and where they come from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.features.communes import Place, communes_at
from app.features.formats import NO_DATA, Wording
from app.features.legal import Box, Point
from app.features.query import PARCEL, Found
from app.features.series import latest, series_of
from app.features.sources import Source, sources
from layers.codes import Code
from layers.layer import Field, Kind, Layer
from tiles.scope import Scope


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One field of a feature as it is read. `code` is there where people write it, as in "đất ở (ODT)"."""

    field: str
    label: str
    value: str
    code: str | None = None
    color: str | None = None
    motif: str | None = None
    note: str | None = None
    unit: str | None = None
    """Always empty: the value carries its unit."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A series of a feature with its newest reading: ISO time and value."""

    id: str
    label: str
    unit: str
    latest: Mapping[str, Any] | None
    url: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """Everything that a reader may know of a feature, in their language."""

    layer: str
    id: str
    fid: int
    version: int
    title: str
    subtitle: str | None
    summary: str | None
    group: str
    rows: tuple[Fact, ...]
    series: tuple[Measured, ...]
    source: Source
    page: str
    bbox: Box | None
    point: Point | None
    geometry: Mapping[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        """As the API gives it; the geometry only where it was read."""
        said = asdict(self)
        if self.geometry is None:
            del said["geometry"]
        return said


def cards(session: Session, scope: Scope, wording: Wording, features: Sequence[Found]) -> list[Card]:
    """The cards of features, in their order; three statements whatever their number."""
    known = sources(session, wording)
    places = communes_at(session, [one.point or (0, 0) for one in features])
    newest = latest(session, features)
    made = []
    for one, place in zip(features, places, strict=True):
        measured = tuple(
            Measured(
                id=series.id,
                label=wording.say(series.label),
                unit=wording.say(series.unit),
                latest=_reading(newest.get((one.id, series.id))),
                url=f"/api/v1/features/{one.layer.id}/{one.id}/series/{series.id}",
            )
            for series in series_of(one)
        )
        made.append(_card(one, scope, wording, place=place, series=measured, source=known[one.layer.id]))
    return made


def listed(feature: Found, scope: Scope, wording: Wording) -> dict[str, Any]:
    """A feature as one line of a list."""
    return {
        "layer": feature.layer.id,
        "id": str(feature.id),
        "fid": feature.fid,
        "title": title(feature, wording),
        "summary": summary(feature, scope, wording),
        "group": feature.layer.group.value,
        "point": feature.point,
        "bbox": feature.bbox,
        "distance_m": None if feature.distance is None else round(feature.distance, 1),
        "page": page_of(feature.layer, feature.id),
    }


def title(feature: Found, wording: Wording) -> str:
    """What a feature is called: the layer's name for it with its values.

    A part of the name whose value is unknown goes with its words and its separator, so that ``Ô {lot}
    – {function}`` becomes ``Nhóm nhà ở``; a name of which nothing is known is the layer's title.
    """
    template = wording.say(feature.layer.name)
    wanted = set(re.findall(r"{(\w+)}", template))
    known = {name: said for name in wanted if (said := _named(feature, name, wording))}
    if wanted and not known:
        return wording.say(feature.layer.title)
    kept = ""
    # Parts and the separators before them, the first one without.
    pieces = ["", *re.split(r"(\s*[,:–]\s+)", template)]
    for separator, part in zip(pieces[::2], pieces[1::2], strict=True):
        names = re.findall(r"{(\w+)}", part)
        if not names or known.keys() & set(names):
            filled = re.sub(r"{(\w+)}", lambda match: known.get(match[1], ""), part)
            kept += (separator if kept else "") + filled.strip()
    return kept


def summary(feature: Found, scope: Scope, wording: Wording) -> str | None:
    """One line of the most important facts. Codes and measures speak for themselves, the rest is labelled."""
    visible = {field.name: field for field in scope.fields(feature.layer)}
    said = []
    for field in (visible[name] for name in feature.layer.summary if name in visible):
        value = wording.field(field, feature.values.get(field.name))
        if value is None:
            continue
        code = written_code(field, feature.values[field.name])
        if code:
            said.append(f"{value} ({code})")
        elif field.code_list or (field.unit and field.kind in (Kind.NUMBER, Kind.INTEGER)):
            said.append(value)
        else:
            said.append(f"{wording.say(field.label)}: {value}")
    return " · ".join(said) or None


def facts(feature: Found, scope: Scope, wording: Wording) -> tuple[Fact, ...]:
    """Every field that the reader may see, in the order of the declaration; nothing is left blank."""
    return tuple(
        _fact(field, feature.values.get(field.name), wording) for field in scope.fields(feature.layer)
    )


def page_of(layer: Layer, feature_id: object) -> str:
    """The address of a feature's page."""
    return f"/parcels/{feature_id}" if layer.id == PARCEL else f"/features/{layer.id}/{feature_id}"


def written_code(field: Field, value: object) -> str | None:
    """The code of a value where it is one that people write, as ODT; the product's own are not shown."""
    known = _code(field, value)
    return known.code if known and known.code.isupper() else None


def _card(
    feature: Found,
    scope: Scope,
    wording: Wording,
    *,
    place: Place | None,
    series: tuple[Measured, ...],
    source: Source,
) -> Card:
    layer = feature.layer
    return Card(
        layer=layer.id,
        id=str(feature.id),
        fid=feature.fid,
        version=feature.version,
        title=title(feature, wording),
        subtitle=place.say(wording) if place and layer.theme != "administrative" else None,
        summary=summary(feature, scope, wording),
        group=layer.group.value,
        rows=facts(feature, scope, wording),
        series=series,
        source=source,
        page=page_of(layer, feature.id),
        bbox=feature.bbox,
        point=feature.point,
        geometry=feature.geometry,
    )


def _fact(field: Field, value: object, wording: Wording) -> Fact:
    said = wording.field(field, value)
    label, code = wording.say(field.label), _code(field, value)
    note = wording.say(field.help) if field.help else None
    if said is None or code is None or field.code_list is None:
        return Fact(field=field.name, label=label, value=said or wording.say(NO_DATA), note=note)
    return Fact(
        field=field.name,
        label=label,
        value=said,
        code=written_code(field, value),
        color=field.code_list.colors().get(code.code),
        motif=field.code_list.motifs().get(code.code),
        note=f"{code.code} → {code.successor}" if code.successor else note,
    )


def _code(field: Field, value: object) -> Code | None:
    return field.code_list.by_code.get(str(value)) if field.code_list else None


def _named(feature: Found, name: str, wording: Wording) -> str:
    """A value as it stands in a name: without its unit."""
    value = feature.values.get(name)
    field = feature.layer.field(name)
    if isinstance(value, float | int) and not isinstance(value, bool):
        return wording.number(value) if field.kind is Kind.NUMBER else str(value)
    return wording.field(field, value) or ""


def _reading(newest: tuple[Any, float] | None) -> Mapping[str, Any] | None:
    return {"time": newest[0].isoformat(), "value": newest[1]} if newest else None
