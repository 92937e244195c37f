"""The parts of the demo: a quarter cut into streets, blocks and lots, codes, series."""

from datetime import UTC, datetime

import numpy as np
import pytest
import shapely

from app.demo import surface
from app.demo.geohash import geohash
from app.demo.kinds import FUNCTIONS, KINDS
from app.demo.lots import cut_lots, polygons
from app.demo.patch import Patch, fit
from app.demo.series import readings
from app.demo.streets import lay_out
from layers import CATALOG
from layers.crs import legal_crs

#   d────────────c        a quarter whose south side bends with the shore, 400 m wide and 300 m deep
#   │            │
#   a──.______.──b
SHORE = np.array(
    [(0, 0), (100, -25), (200, -35), (300, -25), (400, 0), (400, 300), (0, 300), (0, 0)], dtype=np.float64
)


def patch() -> Patch:
    return Patch(SHORE, (0, 4, 5, 6))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_blocks_and_streets_tile_their_quarter(kind) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(3)
    layout = lay_out(patch(), kind, (9, 9, 9, 9), rng)
    assert layout is not None
    functions = [FUNCTIONS[id_] for id_ in rng.choice(list(kind.functions), len(layout.row))]
    lots = cut_lots(layout, functions, rng, {})
    parts = [*polygons(lots.points, lots.rings), *surface.polygons(surface.pieces(layout, lots))]
    assert shapely.is_valid(parts).all()
    assert shapely.coverage_is_valid(parts)
    assert shapely.area(parts).sum() == pytest.approx(shapely.Polygon(SHORE).area, abs=0.01)


def test_streets_follow_a_bent_shore() -> None:
    ground = patch()
    u = np.linspace(0, 1, 5)
    promenade, inland = ground(u, np.full(5, 0.1)), ground(u, np.full(5, 0.9))
    assert promenade[2, 1] < promenade[0, 1] - 25  # it bends as the shore does
    assert inland[2, 1] == pytest.approx(inland[0, 1], abs=5)


def test_a_block_may_be_limited_to_some_lots() -> None:
    kind = KINDS["core"]
    layout = lay_out(patch(), kind, (9, 9, 9, 9), np.random.default_rng(3))
    assert layout is not None
    functions = [FUNCTIONS["NO"]] * len(layout.row)
    free = cut_lots(layout, functions, np.random.default_rng(4), {})
    assert np.bincount(free.block)[0] > 7
    limited = cut_lots(layout, functions, np.random.default_rng(4), {0: 7})
    assert np.bincount(limited.block)[0] == 7


def test_a_ring_with_four_right_angles_gets_them_as_corners() -> None:
    found = fit(SHORE)
    assert found is not None
    assert set(found[0].corners) == {0, 4, 5, 6}
    assert found[1] > 0.5


def test_a_folded_quarter_is_known_to_be_one() -> None:
    #   d        c     the west side reaches beyond the east side
    #   │╲      ╱│
    #   a─╲────╱─b
    spike = np.array([(0, 0), (100, 0), (100, 100), (50, -40), (0, 100), (0, 0)], dtype=np.float64)
    assert Patch(spike, (0, 1, 2, 4)).quality() < 0


def test_readings_follow_from_their_seed() -> None:
    now = datetime(2026, 3, 2, 10, 20, tzinfo=UTC)
    layer = CATALOG["monitoring_station"]
    stations = [("a", "air"), ("b", "rain")]
    first, second, other = (
        list(readings(layer, stations, now, np.random.default_rng(seed))) for seed in (1, 1, 2)
    )
    assert first == second != other
    assert {(station, series) for station, series, _, _ in first} == {
        ("a", "pm25"),
        ("a", "no2"),
        ("b", "rain"),
    }
    assert max(time for _, _, time, _ in first) == now.replace(minute=0)


@pytest.mark.parametrize(
    ("easting", "northing", "code"),
    [
        (427000, 1145000, "w3u4uu9pcmyz"),
        (436000, 1161000, "w3u5wxhew1uw"),
        (478000, 1167000, "w3ukp3h464z8"),
        (374000, 961000, "w3ec3vstyt2e"),
    ],
)
def test_geohash_gives_the_codes_of_the_official_vectors(easting: int, northing: int, code: str) -> None:
    place = np.array([legal_crs(5899).to_wgs84(easting, northing)])
    assert geohash(place).tolist() == [code]
