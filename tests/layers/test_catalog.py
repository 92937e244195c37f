"""Every declaration is whole: the walk over the catalogue that a wrong one cannot pass."""

import dataclasses

import pytest

from layers import CATALOG, gather
from layers.basemaps import BASEMAPS
from layers.cadastre import PARCEL
from layers.codes import CODE_LISTS
from layers.layer import THEMES, Field, Kind, Layer
from layers.presets import STYLES
from layers.style import MOTIFS, Classes, Label, Pattern, legend, style_layers

PROMISED = [
    "province",
    "commune",
    "parcel",
    "building",
    "boundary_mark",
    "plan",
    "zone",
    "road_reservation",
    "road",
    "power_line",
    "substation",
    "water_main",
    "drain",
    "sewer",
    "telecom",
    "street_light",
    "hydrant",
    "facility",
    "flood_area",
    "protected_area",
    "monitoring_station",
    "waste_point",
    "count_station",
    "road_segment",
    "incident",
    "closure",
    "bus_stop",
]


def test_every_promised_layer_is_there() -> None:
    assert set(PROMISED) <= set(CATALOG)


@pytest.mark.parametrize("layer", CATALOG.values(), ids=lambda one: one.id)
def test_layer_has_a_style_and_a_legend_whose_motifs_exist(layer: Layer) -> None:
    drawn = style_layers(layer.id, layer.style, layer.theme)
    assert {one["source-layer"] for one in drawn} == {layer.id}
    entries = legend(layer.title, layer.style)
    assert entries
    assert {entry.motif for entry in entries if entry.motif} <= set(MOTIFS)
    assert all(entry.label and entry.color for entry in entries)


@pytest.mark.parametrize("layer", CATALOG.values(), ids=lambda one: one.id)
def test_colour_is_never_the_only_carrier(layer: Layer) -> None:
    """Where colours stand for classes, something else does too: a motif, a symbol or a label."""
    by_class = any(isinstance(getattr(one, "color", None), Classes) for one in layer.style)
    second = {one.kind for one in layer.style} & {"pattern", "icon", "label"}
    dashed = any(getattr(one, "dash", None) for one in layer.style)
    assert not by_class or second or dashed


def test_zones_of_equal_colour_have_different_motifs() -> None:
    """Of the 33 functions 30 have a colour of their own (TDTT = CXHC, GT = NTR, SS = MNB)."""
    functions = CODE_LISTS["zoning_function"].codes
    assert len(functions) == 33
    assert len({(one.color, one.motif) for one in functions}) == 33


def test_land_use_has_its_92_codes_with_source_and_certainty() -> None:
    codes = CODE_LISTS["land_use"].codes
    assert len(codes) == 92
    assert all(code.source and code.certainty and code.name and code.name_en for code in codes)
    assert sum(1 for code in codes if code.color) == 87


def test_legacy_code_draws_as_its_successor() -> None:
    land_use = CODE_LISTS["land_use"]
    assert land_use["BHK"].successor == "HNK"
    assert land_use.colors()["LUN"] == land_use["LUK"].color


@pytest.mark.parametrize("codes", CODE_LISTS.values(), ids=lambda one: one.id)
def test_codes_name_their_source_and_point_to_codes_that_exist(codes: object) -> None:
    for code in codes.codes:  # type: ignore[attr-defined]
        assert code.source
        assert not code.motif or code.motif in MOTIFS
        assert not code.successor or code.successor in codes.by_code  # type: ignore[attr-defined]


def test_styles_and_basemaps_name_layers_that_exist() -> None:
    assert {one.id for one in STYLES} == {
        "planning", "land", "infrastructure", "environment", "traffic", "plain",
    }  # fmt: skip
    assert {name for style in STYLES for name in style.layers} <= set(CATALOG)
    assert {name for base in BASEMAPS for name, _ in base.symbolizers()} <= set(CATALOG)


def test_every_promised_layer_is_drawn_in_some_ready_made_map() -> None:
    """A layer that somebody adds need not be: it can be switched on in each of them."""
    shown = {name for style in STYLES for name in style.layers}
    base = {name for name, _ in BASEMAPS[0].symbolizers()}
    assert set(PROMISED) - shown - base == {"province"}


def test_themes_are_all_used() -> None:
    assert {layer.theme for layer in CATALOG.values()} == set(THEMES)


def test_second_layer_of_one_id_stops_the_program() -> None:
    with pytest.raises(ValueError, match="'parcel' is taken"):
        gather({"one": (PARCEL,), "two": (PARCEL,)})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"theme": "weather"}, "no theme 'weather'"),
        ({"minzoom": 23}, "zooms go from 0 to 24"),
        ({"attribution": ""}, "say where the data comes from"),
        ({"style": ()}, "needs a style"),
        ({"id": "Parcel"}, "lower_case"),
        ({"name": "Thửa {nummer}"}, "no such field"),
        ({"style": (Label(text="{address}"),)}, "not in tiles"),
        ({"style": (Pattern(motif=Classes(field="x", codes="land_use", values={}, other="")),)}, "no such"),
    ],
)
def test_wrong_declaration_is_refused_with_a_sentence(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        dataclasses.replace(PARCEL, **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ({"name": "Số"}, "lower_case"),
        ({"name": "geom"}, "every layer has"),
        ({"kind": Kind.CODE}, "needs a code list"),
        ({"codes": "land_use"}, "only a code has one"),
        ({"kind": Kind.CODE, "codes": "colours"}, "no code list 'colours'"),
        ({"kind": Kind.DATE, "search": True}, "only text"),
    ],
)
def test_wrong_field_is_refused_with_a_sentence(field: dict[str, object], sentence: str) -> None:
    known = {"name": "x", "kind": Kind.TEXT, "label": "X"}
    with pytest.raises(ValueError, match=sentence):
        Field(**known | field)  # type: ignore[arg-type]
