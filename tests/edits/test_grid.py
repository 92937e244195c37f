"""The millimetre grid: exact comparisons, and rounding that is the same each time."""

from app.edits.grid import canonical, cleaned, crossing, doubled_area, foot, is_beside, to_grid, to_metres

FAR = 1_145_000_000


def test_metres_go_to_the_grid_and_back() -> None:
    for millimetres in (430_071_001, -1, 0, 1_194_999_999):
        assert to_grid(to_metres((millimetres, millimetres))) == (millimetres, millimetres)


def test_area_is_exact_far_from_the_origin() -> None:
    ring = [(FAR, FAR), (FAR + 1, FAR), (FAR + 1, FAR + 1), (FAR, FAR + 1)]
    assert doubled_area(ring) == 2
    assert doubled_area(ring[::-1]) == -2


def test_point_lies_beside_the_inner_part_of_an_edge_only() -> None:
    assert is_beside((5000, 10), (0, 0), (10_000, 0), 10)
    assert not is_beside((5000, 11), (0, 0), (10_000, 0), 10)
    assert not is_beside((0, 0), (0, 0), (10_000, 0), 10)
    assert not is_beside((-1, 0), (0, 0), (10_000, 0), 10)


def test_foot_is_the_nearest_grid_point_whatever_the_order_of_the_ends() -> None:
    assert foot((400, 3), (0, 0), (1000, 1)) == foot((400, 3), (1000, 1), (0, 0)) == (400, 0)


def test_edges_cross_only_inside_one_another() -> None:
    #     d
    # a───┼───b
    #     c
    assert crossing((0, 0), (10, 0), (5, -5), (5, 5)) == (5, 0)
    assert crossing((0, 0), (10, 0), (5, 0), (5, 5)) is None  # c on a–b
    assert crossing((0, 0), (10, 0), (10, 0), (10, 5)) is None  # b = c
    assert crossing((0, 0), (10, 0), (2, 0), (8, 0)) is None  # one line
    assert crossing((0, 0), (10, 0), (11, -5), (11, 5)) is None


def test_repeated_vertices_and_spikes_without_width_go() -> None:
    #   d───────c
    #   │       │───x   x is a spike: out and back on one line
    #   a───────b
    ring = [(0, 0), (0, 0), (10, 0), (10, 5), (20, 5), (10, 5), (10, 10), (0, 10), (0, 0)]
    assert cleaned(ring) == [(0, 0), (10, 0), (10, 5), (10, 10), (0, 10)]


def test_ring_without_area_cleans_to_less_than_three_vertices() -> None:
    assert len(cleaned([(0, 0), (10, 0), (5, 0)])) < 3
    assert len(cleaned([(0, 0), (10, 10), (0, 0), (10, 10)])) < 3


def test_same_ring_is_written_one_way() -> None:
    ring = [(10, 10), (0, 10), (0, 0), (10, 0)]
    turns = [ring[i:] + ring[:i] for i in range(4)]
    assert {tuple(canonical(one, hole=False)) for one in [*turns, *(t[::-1] for t in turns)]} == {
        ((0, 0), (10, 0), (10, 10), (0, 10))
    }
    assert canonical(ring, hole=True) == [(0, 0), (0, 10), (10, 10), (10, 0)]
