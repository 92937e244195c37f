"""Random edits keep the coverage whole, whatever their order."""

import json
import math
import sys
import time
from collections import Counter
from collections.abc import Iterator
from random import Random

import numpy as np
import pytest
import shapely
from _pytest.capture import CaptureManager
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from app.edits.changes import Changes, Feature
from app.edits.grid import doubled_area
from app.edits.outline import Outline
from tests.conftest import LONG
from tests.edits.pictures import land
from tests.edits.walk import GUESSES, Register, Walk
from tests.shapes import E, N

EXAMPLES = 10_000 if LONG else 300
STEPS = 6

tally: Counter[str] = Counter()
spent = [0.0]


@pytest.fixture(scope="module", autouse=True)
def rate(request: pytest.FixtureRequest) -> Iterator[None]:
    """Say what was tried and how fast, on standard error, which parallel runs pass on."""
    yield
    tried, done = sum(tally.values()), sum(count for what, count in tally.items() if what.endswith(": done"))
    lines = [f"{tried} random edits tried, {done} done, {tried / max(spent[0], 0.001):.0f} a second"]
    lines += [f"{count:8d} {what}" for what, count in sorted(tally.items())]
    capture = request.config.pluginmanager.getplugin("capturemanager")
    assert isinstance(capture, CaptureManager)
    with capture.global_and_fixture_disabled():
        sys.stderr.write("\n" + "\n".join(lines) + "\n")


@st.composite
def coverages(draw: st.DrawFn) -> list[Feature]:
    """Lots, L-shapes, rings around others and gaps in a frame of road, turned and with crooked corners."""
    width, height = draw(st.integers(2, 5)), draw(st.integers(2, 4))
    letters = draw(st.text("AABBCCDEFGH~.", min_size=width * height, max_size=width * height))
    rows = [letters[row * width : (row + 1) * width] for row in range(height)]
    picture = "\n".join(["=" * (width + 2), *(f"={row}=" for row in rows), "=" * (width + 2)])
    shapes = {letter: one.geometry for letter, one in land(_apart(picture)).items()}
    random = Random(draw(st.integers(0, 2**32)))
    angle = random.choice([0.0, random.uniform(0, math.pi)])
    crooked = random.choice([0.0, 2.0])
    moved: dict[tuple[float, float], tuple[float, float]] = {}

    def place(xy: np.ndarray) -> np.ndarray:
        for east, north in xy.tolist():
            if (east, north) not in moved:
                x, y = (one + random.uniform(-crooked, crooked) for one in (east - E, north - N))
                moved[east, north] = (
                    E + x * math.cos(angle) - y * math.sin(angle),
                    N + x * math.sin(angle) + y * math.cos(angle),
                )
        return np.array([moved[east, north] for east, north in xy.tolist()])

    return [
        Feature(one.layer, one.id, one.version, shapely.transform(shapes[letter], place), one.attributes)
        for letter, one in land(_apart(picture)).items()
    ]


def _apart(picture: str) -> str:
    """The picture with another letter for each connected piece of a letter."""
    rows = [list(row) for row in picture.split()]
    fresh = iter("JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    seen: set[tuple[int, int]] = set()
    used: set[str] = set("=~.")

    def spread(row: int, column: int, old: str, new: str) -> None:
        inside = 0 <= row < len(rows) and 0 <= column < len(rows[0])
        if inside and (row, column) not in seen and rows[row][column] == old:
            seen.add((row, column))
            rows[row][column] = new
            for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0)):
                spread(row + down, column + right, old, new)

    for row in range(len(rows)):
        for column in range(len(rows[0])):
            old = rows[row][column]
            if (row, column) not in seen and old not in "=~.":
                new = next(fresh)
                used.add(new)
                spread(row, column, old, new)
    return "\n".join("".join(row) for row in rows)


@seed(20260305)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(
    coverages(),
    st.lists(st.tuples(st.sampled_from(sorted(GUESSES)), st.integers(0, 2**32)), min_size=1, max_size=STEPS),
)
def test_random_edits_keep_the_coverage_whole(features: list[Feature], edits: list[tuple[str, int]]) -> None:
    if not any(one.layer == "parcel" for one in features):
        return
    begin = time.monotonic()
    assert shapely.coverage_is_valid([one.geometry for one in features])
    frame = filled(features)
    walk = Walk(Register(features))
    for kind, number in edits:
        before = dict(walk.register.features)
        changes = walk.step(kind, Random(number))
        if changes is None:
            assert walk.register.features == before
            continue
        after = walk.register.features
        shapes = [one.geometry for one in after.values()]
        assert shapely.coverage_is_valid(shapes)
        assert filled(after.values()) == frame
        assert all(shape.is_valid for shape in shapes)
        assert all(one.geometry.geom_type == "Polygon" for one in after.values() if one.layer == "parcel")
        assert changes.applied(before) == after
        assert changes.inverted().applied(after) == before
        assert changes.then(changes.inverted()) == Changes()
        assert Changes.from_json(json.loads(changes.dumps())) == changes
    whole = Changes()
    for changes in walk.steps:
        whole = whole.then(changes)
    first = {one.key: one for one in features}
    assert whole.applied(first) == walk.register.features
    assert whole.inverted().applied(walk.register.features) == first
    assert_lineage_is_complete(walk, whole)
    tally.update(walk.outcomes)
    spent[0] += time.monotonic() - begin


def filled(features: object) -> int:
    """Twice the area in mm² of all features and of the land between them that is nobody's. Exact."""
    outlines = [Outline.of(one.geometry) for one in features]  # type: ignore[attr-defined]
    joined = shapely.union_all([one.on_grid() for one in outlines])
    holes = [ring for part in shapely.get_parts(joined) for ring in part.interiors]
    between = [[(round(x), round(y)) for x, y in ring.coords[:-1]] for ring in holes]
    return sum(sum(one.doubled_areas()) for one in outlines) + sum(abs(doubled_area(one)) for one in between)


def assert_lineage_is_complete(walk: Walk, whole: Changes) -> None:
    """What ended became others or part of a road; what is new came from others or was drawn."""
    ended = {one.key for changes in walk.steps for one in changes.retired}
    born = {one.key for changes in walk.steps for one in changes.made}
    heirs = {one.parent for one in walk.lineage}
    parents = {one.child for one in walk.lineage}
    assert len(ended - heirs) == walk.outcomes["retire: done"]
    assert len(born - parents) == walk.outcomes["draw: done"]
    # In the order in which they were made, children come after their parents: there is no circle.
    made = [one.key for changes in walk.steps for one in changes.made]
    order = {key: number for number, key in enumerate(made)}
    assert all(order.get(one.parent, -1) < order[one.child] for one in walk.lineage)
    assert {one.key for one in whole.made} <= born
