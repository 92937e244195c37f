"""The maps that are offered ready-made: which layers each of them shows at first."""

from dataclasses import dataclass

from layers.layer import N_


@dataclass(frozen=True, kw_only=True)
class MapStyle:
    """A named choice of layers over a basemap; every other layer can be switched on."""

    id: str
    title: str
    layers: tuple[str, ...]
    outlined: tuple[str, ...] = ()
    """Those drawn without their fill, so that the colours of what lies under them stay true."""


STYLES: tuple[MapStyle, ...] = (
    MapStyle(
        id="planning",
        title=N_("Quy hoạch"),
        layers=("commune", "parcel", "plan", "zone", "road_reservation", "building_line"),
        outlined=("parcel",),
    ),
    MapStyle(
        id="land",
        title=N_("Địa chính"),
        layers=("commune", "parcel", "building", "boundary_mark", "coverage_defect"),
    ),
    MapStyle(
        id="infrastructure",
        title=N_("Hạ tầng"),
        layers=(
            "commune",
            "power_line",
            "substation",
            "water_main",
            "drain",
            "sewer",
            "telecom",
            "street_light",
            "hydrant",
            "facility",
        ),
    ),
    MapStyle(
        id="environment",
        title=N_("Môi trường"),
        layers=("commune", "flood_area", "protected_area", "monitoring_station", "waste_point"),
    ),
    MapStyle(
        id="traffic",
        title=N_("Giao thông"),
        layers=("commune", "road", "road_segment", "closure", "count_station", "incident", "bus_stop"),
    ),
    MapStyle(id="plain", title=N_("Chỉ bản đồ nền"), layers=()),
)
