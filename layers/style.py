"""How a layer is drawn: symbolizers that give MapLibre style layers and legend entries.

A symbolizer is a value (Fill, Pattern, Line, Circle, Icon, Label); its properties are constants,
or depend on the zoom (Zoom) or on a coded field (Classes). Colour is never the
only carrier: whatever is coloured by class has a pattern, a symbol or a label too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from layers.codes import CODE_LISTS
from layers.layer import N_

INK = "#17201B"
"""The colour of motifs and of labels on light ground."""
HALO = "#FFFFFF"
FONT = "Be Vietnam Pro"

UNCLASSIFIED = N_("Chưa phân loại")

Json = dict[str, Any]


@dataclass(frozen=True)
class Motif:
    """A pattern that repeats: SVG path data in a square of `size` pixels, stroked or filled in INK."""

    size: int
    path: str
    mode: str = "stroke"


_BASE_MOTIFS: dict[str, tuple[str, str]] = {
    # Each is drawn in a 24 × 24 square whose edges meet those of its neighbours.
    "diagonal": ("M-3 15L15 -3M-3 27L27 -3M9 27L27 9", "stroke"),
    "back-diagonal": ("M-3 9L15 27M-3 -3L27 27M9 -3L27 15", "stroke"),
    "cross": ("M-3 -3L27 27M-3 27L27 -3", "stroke"),
    "dots": ("M5 6a2 2 0 1 0 4 0a2 2 0 1 0 -4 0M17 18a2 2 0 1 0 4 0a2 2 0 1 0 -4 0", "fill"),
    "plus": ("M6 2v8M2 6h8M18 14v8M14 18h8", "stroke"),
    "rings": ("M4 7a3 3 0 1 0 6 0a3 3 0 1 0 -6 0M14 17a3 3 0 1 0 6 0a3 3 0 1 0 -6 0", "stroke"),
    "bars": ("M6 0v24M18 0v24", "stroke"),
    "rows": ("M0 6h10M14 18h10", "stroke"),
    "lines": ("M0 6h24M0 18h24", "stroke"),
    "grid": ("M12 0v24M0 12h24", "stroke"),
    "ticks": ("M6 3v7M18 15v7", "stroke"),
    "diamonds": ("M6 2l4 4l-4 4l-4 -4zM18 14l4 4l-4 4l-4 -4z", "stroke"),
    "zigzag": ("M0 8l6 -5l6 5l6 -5l6 5M0 20l6 -5l6 5l6 -5l6 5", "stroke"),
    "triangles": ("M6 2l4 7h-8zM18 14l4 7h-8z", "stroke"),
    "waves": ("M0 7q6 -6 12 0t12 0M0 19q6 -6 12 0t12 0", "stroke"),
}
MOTIFS: dict[str, Motif] = {
    name + plus: Motif(24 if not plus else 14, path, mode)
    for name, (path, mode) in _BASE_MOTIFS.items()
    for plus in ("", "+")
}
"""Every motif by name; with "+" it is repeated at nearly double density."""


@dataclass(frozen=True)
class Zoom:
    """A number that changes linearly between (zoom, value) stops."""

    stops: tuple[tuple[float, float], ...]

    def expression(self) -> list[Any]:
        return ["interpolate", ["linear"], ["zoom"], *(n for stop in self.stops for n in stop)]


@dataclass(frozen=True, kw_only=True)
class Classes:
    """A value for each code of a field; `other` where none fits."""

    field: str
    codes: str
    values: Mapping[str, str]
    other: str

    def __hash__(self) -> int:
        return hash((self.field, self.codes, tuple(self.values.items()), self.other))

    def expression(self) -> list[Any]:
        grouped: dict[str, list[str]] = {}
        for code, value in self.values.items():
            grouped.setdefault(value, []).append(code)
        pairs = [part for value, codes in grouped.items() for part in (codes, value)]
        return ["match", ["get", self.field], *pairs, self.other]


def by_color(field: str, codes: str, other: str = "#E6E5E0") -> Classes:
    """The colours of a code list."""
    return Classes(field=field, codes=codes, values=CODE_LISTS[codes].colors(), other=other)


def by_group(field: str, codes: str, groups: str, other: str = "#E6E5E0") -> Classes:
    """The colours of the classes (another code list) to which the codes belong."""
    colors = CODE_LISTS[groups].colors()
    values = {code.code: colors[code.group] for code in CODE_LISTS[codes].codes}
    return Classes(field=field, codes=codes, values=values, other=other)


def by_motif(field: str, codes: str) -> Classes:
    """The motifs of a code list."""
    return Classes(field=field, codes=codes, values=CODE_LISTS[codes].motifs(), other="")


def by_symbol(field: str, codes: str) -> Classes:
    """The point symbols of a code list."""
    return Classes(field=field, codes=codes, values=CODE_LISTS[codes].symbols(), other="marker")


Color = str | Classes
Number = float | Zoom


def _value(value: Color | Number) -> Any:
    return value if isinstance(value, str | int | float) else value.expression()


def _fields(*values: object) -> tuple[str, ...]:
    return tuple(v.field for v in values if isinstance(v, Classes))


@dataclass(frozen=True, kw_only=True)
class Fill:
    """An area filled with a colour."""

    color: Color
    opacity: Number = 0.7
    minzoom: float | None = None
    maxzoom: float | None = None
    kind = "fill"

    @property
    def fields_used(self) -> tuple[str, ...]:
        return _fields(self.color)

    def layers(self) -> list[Json]:
        paint = {"fill-color": _value(self.color), "fill-opacity": _value(self.opacity)}
        return [{"type": "fill", "paint": paint}]


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A motif over an area, by class, so that equal colours can be told apart."""

    motif: Classes | str
    opacity: float = 0.7
    minzoom: float | None = 15
    maxzoom: float | None = None
    kind = "pattern"

    @property
    def fields_used(self) -> tuple[str, ...]:
        return _fields(self.motif)

    def layers(self) -> list[Json]:
        if isinstance(self.motif, str):
            image: Any = f"motif:{self.motif}"
            extra: Json = {}
        else:
            named = replace(
                self.motif,
                values={code: f"motif:{name}" for code, name in self.motif.values.items()},
                other="motif:dots",
            )
            image = named.expression()
            codes = list(self.motif.values)
            extra = {"filter": ["in", ["get", self.motif.field], ["literal", codes]]}
        paint = {"fill-pattern": image, "fill-opacity": self.opacity}
        return [{"type": "fill", "paint": paint, **extra}]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line, or the outline of an area; `casing` is the colour of a wider line below it."""

    color: Color
    width: Number = 1.0
    dash: tuple[float, ...] | None = None
    casing: str | None = None
    opacity: float = 1.0
    minzoom: float | None = None
    maxzoom: float | None = None
    kind = "line"

    @property
    def fields_used(self) -> tuple[str, ...]:
        return _fields(self.color)

    def layers(self) -> list[Json]:
        join = {"line-join": "round", "line-cap": "butt" if self.dash else "round"}
        paint = {
            "line-color": _value(self.color),
            "line-width": _value(self.width),
            "line-opacity": self.opacity,
            **({"line-dasharray": list(self.dash)} if self.dash else {}),
        }
        core = {"type": "line", "layout": join, "paint": paint}
        if not self.casing:
            return [core]
        wide = (
            Zoom(tuple((zoom, width + 2) for zoom, width in self.width.stops))
            if isinstance(self.width, Zoom)
            else self.width + 2
        )
        below = {"line-color": self.casing, "line-width": _value(wide), "line-opacity": self.opacity}
        return [{"type": "line", "layout": join, "paint": below}, core]


@dataclass(frozen=True, kw_only=True)
class Circle:
    """A disc at a point."""

    color: Color
    radius: Number = Zoom(((12, 3), (16, 6), (20, 11)))
    stroke: str = HALO
    opacity: float = 1.0
    minzoom: float | None = None
    maxzoom: float | None = None
    kind = "circle"

    @property
    def fields_used(self) -> tuple[str, ...]:
        return _fields(self.color)

    def layers(self) -> list[Json]:
        paint = {
            "circle-color": _value(self.color),
            "circle-radius": _value(self.radius),
            "circle-opacity": self.opacity,
            "circle-stroke-color": self.stroke,
            "circle-stroke-width": 1.5,
        }
        return [{"type": "circle", "paint": paint}]


@dataclass(frozen=True, kw_only=True)
class Icon:
    """A white symbol on a disc, by class or the same for all. Names are those of the maki set."""

    symbol: Classes | str
    minzoom: float | None = 15
    maxzoom: float | None = None
    kind = "icon"

    @property
    def fields_used(self) -> tuple[str, ...]:
        return _fields(self.symbol)

    def layers(self) -> list[Json]:
        if isinstance(self.symbol, str):
            image: Any = f"icon:{self.symbol}"
        else:
            values = {code: f"icon:{name}" for code, name in self.symbol.values.items()}
            image = replace(self.symbol, values=values, other=f"icon:{self.symbol.other}").expression()
        layout = {
            "icon-image": image,
            "icon-size": Zoom(((14, 0.6), (18, 1.0))).expression(),
            "icon-allow-overlap": True,
        }
        return [{"type": "symbol", "layout": layout}]


@dataclass(frozen=True, kw_only=True)
class Label:
    """Text made of fields in braces; `along` writes it along a line."""

    text: str
    minzoom: float | None = None
    maxzoom: float | None = None
    size: Number = 12.0
    color: str = INK
    halo: str = HALO
    along: bool = False
    bold: bool = False
    offset: float = 0.0
    kind = "label"

    @property
    def fields_used(self) -> tuple[str, ...]:
        return tuple(re.findall(r"{(\w+)}", self.text))

    def layers(self) -> list[Json]:
        parts = [part for part in re.split(r"({\w+})", self.text) if part]
        pieces: list[Any] = [
            ["to-string", ["get", part[1:-1]]] if part.startswith("{") else part for part in parts
        ]
        layout: Json = {
            "text-field": pieces[0] if len(pieces) == 1 else ["concat", *pieces],
            "text-font": [f"{FONT} SemiBold" if self.bold else FONT],
            "text-size": _value(self.size),
            "text-line-height": 1.35,
            "text-max-width": 9,
        }
        if self.along:
            layout |= {"symbol-placement": "line", "text-max-angle": 38}
        if self.offset:
            layout |= {"text-offset": [0, self.offset], "text-anchor": "top", "text-optional": True}
        paint = {"text-color": self.color, "text-halo-color": self.halo, "text-halo-width": 1.5}
        # A later field may be missing; without the first there is nothing to say.
        filter_ = ["has", self.fields_used[0]]
        return [{"type": "symbol", "layout": layout, "paint": paint, "filter": filter_}]


Symbolizer = Fill | Pattern | Line | Circle | Icon | Label


def style_layers(layer_id: str, symbolizers: tuple[Symbolizer, ...], source: str) -> list[Json]:
    """The MapLibre style layers of a catalogue layer, bottom first, ids ``{layer_id}:{n}``."""
    made: list[Json] = []
    for symbolizer in symbolizers:
        for one in symbolizer.layers():
            zooms = {"minzoom": symbolizer.minzoom, "maxzoom": symbolizer.maxzoom}
            role = {"label": "label", "pattern": "motif"}.get(symbolizer.kind, "theme")
            made.append(
                {
                    "id": f"{layer_id}:{len(made)}",
                    "source": source,
                    "source-layer": layer_id,
                    "metadata": {"diaba:layer": layer_id, "diaba:role": role},
                    **{key: zoom for key, zoom in zooms.items() if zoom is not None},
                    **one,
                }
            )
    return made


@dataclass(frozen=True, kw_only=True)
class LegendEntry:
    """One line of a legend. `label` is a message id; `values` are the codes that it stands for."""

    label: str
    kind: str
    color: str | None = None
    field: str | None = None
    values: tuple[str, ...] = ()
    motif: str | None = None
    icon: str | None = None
    outline: str | None = None
    opacity: float | None = None
    width: float | None = None
    dash: tuple[float, ...] | None = None
    minzoom: float | None = None
    maxzoom: float | None = None


def legend(title: str, symbolizers: tuple[Symbolizer, ...]) -> list[LegendEntry]:
    """The legend of a layer: an entry for each class, or one with the layer's title when it has none."""
    drawn = [one for one in symbolizers if isinstance(one, Fill | Line | Circle)]
    classified = [one for one in drawn if not isinstance(one.color, str)]
    if not classified:
        # Where lines alone are drawn, the last is the one on top, the others its casing.
        main = drawn[-1] if isinstance(drawn[0], Line) else drawn[0]
        return [_entry(title, main, symbolizers, color=main.color)]
    return [entry for one in classified for entry in _classes(one, symbolizers)]


def _classes(one: Fill | Line | Circle, symbolizers: tuple[Symbolizer, ...]) -> list[LegendEntry]:
    assert isinstance(one.color, Classes)
    motifs = _lookup(symbolizers, Pattern)
    icons = _lookup(symbolizers, Icon)
    codes = CODE_LISTS[one.color.codes]
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for code, color in one.color.values.items():
        name = codes[code].name if one.maxzoom is None else _group_name(one.color, code)
        motif = motifs.get(code, "") if one.maxzoom is None else ""
        grouped.setdefault((name, color, motif), []).append(code)
    entries = [
        _entry(
            name,
            one,
            symbolizers,
            color=color,
            field=one.color.field,
            values=tuple(values),
            **({"motif": motif} if motif else {}),
            **({"icon": icons[values[0]]} if values[0] in icons else {}),
        )
        for (name, color, motif), values in grouped.items()
    ]
    # Imported data may have no code: that is drawn too, so it is explained too.
    known = {"color": one.color.other, "field": one.color.field, "values": ("",)}
    return [*entries, _entry(UNCLASSIFIED, one, symbolizers, **known)]


def _group_name(color: Classes, code: str) -> str:
    """What a class is called that stands for several codes at low zooms."""
    group = CODE_LISTS[color.codes][code].group
    for codes in CODE_LISTS.values():
        if codes.id.endswith("_class") and group in codes.by_code:
            return codes[group].name
    return CODE_LISTS[color.codes][code].name


def _lookup(symbolizers: tuple[Symbolizer, ...], kind: type[Pattern] | type[Icon]) -> Mapping[str, str]:
    for one in symbolizers:
        value = getattr(one, "motif", None) or getattr(one, "symbol", None)
        if isinstance(one, kind) and isinstance(value, Classes):
            return value.values
    return {}


def _entry(
    label: str,
    one: Fill | Line | Circle,
    symbolizers: tuple[Symbolizer, ...],
    **known: Any,
) -> LegendEntry:
    """An entry with what its symbolizer says, and what those add that are the same for all classes."""
    said: dict[str, Any] = {
        "label": label,
        "kind": one.kind,
        "opacity": _last(one.opacity),
        "minzoom": one.minzoom,
        "maxzoom": one.maxzoom,
    }
    if isinstance(one, Line):
        said |= {"width": _last(one.width), "dash": one.dash}
    for other in symbolizers:
        if isinstance(other, Pattern) and isinstance(other.motif, str):
            said["motif"] = other.motif
        if isinstance(other, Icon) and isinstance(other.symbol, str):
            said["icon"] = other.symbol
        if isinstance(other, Line) and isinstance(one, Fill) and isinstance(other.color, str):
            said |= {"outline": other.color, "dash": other.dash}
    return LegendEntry(**(said | known))


def _last(number: Number) -> float:
    """A number as it is at the highest zoom."""
    return number.stops[-1][1] if isinstance(number, Zoom) else number
