"""Basemaps, drawn from our own layers so that nothing is fetched from a third party.

A basemap orients and stays quiet: the theme over it carries the meaning.
"""

from dataclasses import dataclass
from functools import partial

from layers.layer import N_
from layers.style import Fill, Label, Line, Symbolizer, Zoom

_ROADS = Zoom(((8, 0.5), (12, 1.5), (15, 4), (18, 12), (20, 24)))
_CASING = Zoom(((8, 1), (12, 2.5), (15, 5.5), (18, 14), (20, 26)))


@dataclass(frozen=True, kw_only=True)
class Basemap:
    """The colours of a basemap; `symbolizers` draws layers with them, bottom first."""

    id: str
    title: str
    land: str
    water: str
    road: str
    casing: str
    building: str
    border: str
    text: str
    halo: str

    def symbolizers(self) -> tuple[tuple[str, tuple[Symbolizer, ...]], ...]:
        """Layer id and how it is drawn, from the bottom up."""
        label = partial(Label, color=self.text, halo=self.halo)
        return (
            ("water_body", (Fill(color=self.water, opacity=1.0),)),
            ("road_surface", (Fill(color=self.road, opacity=1.0, minzoom=15),)),
            ("building", (Fill(color=self.building, opacity=1.0, minzoom=15),)),
            (
                "road",
                (
                    Line(color=self.casing, width=_CASING, maxzoom=16),
                    Line(color=self.road, width=_ROADS, maxzoom=16),
                ),
            ),
            ("commune", (Line(color=self.border, width=1, dash=(3, 2)),)),
            ("road", (label(text="{name}", minzoom=14, along=True, size=11),)),
            ("water_body", (label(text="{name}", minzoom=9, size=11),)),
            ("commune", (label(text="{name}", minzoom=9, maxzoom=15, size=12),)),
        )


BASEMAPS: tuple[Basemap, ...] = (
    Basemap(
        id="plain",
        title=N_("Nền sáng"),
        land="#F4F4F1",
        water="#DCE6EC",
        road="#FFFFFF",
        casing="#DADDD8",
        building="#E6E5E0",
        border="#A9B0A9",
        text="#5A645E",
        halo="#FFFFFF",
    ),
    Basemap(
        id="dark",
        title=N_("Nền tối"),
        land="#141A1F",
        water="#0B1A26",
        road="#2A343C",
        casing="#0E1317",
        building="#1E262D",
        border="#55626C",
        text="#C3CCC7",
        halo="#0B0F13",
    ),
    Basemap(
        id="contrast",
        title=N_("Nền tương phản cao"),
        land="#FFFFFF",
        water="#BFD9EA",
        road="#FFFFFF",
        casing="#000000",
        building="#DDDDDD",
        border="#000000",
        text="#000000",
        halo="#FFFFFF",
    ),
)
