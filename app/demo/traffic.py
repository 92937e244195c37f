"""Roads and what happens on them: flow, counts, incidents, closures and bus stops."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np
import shapely
from shapely.ops import substring

from app.demo.avenues import Avenue
from app.demo.centrelines import Centreline
from app.demo.rows import Rows, rows_of
from app.demo.sketch import Shape

SEGMENT = 500.0
"""The length in metres to which roads are cut for their level of flow."""

STOP_EVERY = 420.0
"""Metres between bus stops."""

STATIONS = 14
_Part = tuple[str, Shape]
_Record = tuple[Shape, dict[str, object]]


def roads(lines: Iterable[Centreline]) -> Rows | None:
    """Centre lines as roads."""
    return rows_of(
        "road",
        (
            (
                _multi(one.line),
                {
                    "name": one.name,
                    "ref": one.ref or None,
                    "road_class": one.road_class,
                    "lanes": one.lanes,
                    "width": round(one.width, 1),
                    "surface": "concrete" if one.road_class == "alley" else "asphalt",
                    "one_way": one.road_class == "urban" and len(one.name) % 9 == 0,
                },
            )
            for one in lines
        ),
    )


def through_roads(avenues: Iterable[Avenue]) -> Rows | None:
    """The main roads of the sketch as roads."""
    return rows_of(
        "road",
        (
            (
                _multi(shapely.set_precision(avenue.geometry, 0.001)),
                {
                    "name": avenue.name,
                    "ref": avenue.ref or None,
                    "road_class": avenue.road_class,
                    "lanes": avenue.lanes,
                    "width": avenue.width,
                    "surface": "asphalt",
                    "one_way": False,
                },
            )
            for avenue in avenues
        ),
    )


class Operations:
    """What the traffic centre knows of the main roads at the moment `now`."""

    def __init__(
        self,
        lines: Sequence[Centreline],
        avenues: Sequence[Avenue],
        now: datetime,
        rng: np.random.Generator,
    ):
        self.now, self.rng = now, rng
        main = [line for line in lines if line.is_main and not line.ref]
        named = [*((one.name, one.line) for one in main), *((one.name, one.geometry) for one in avenues)]
        self.parts = [
            (name, part)
            for name, line in named
            for part in shapely.get_parts(line)
            if part.length > SEGMENT / 2
        ]
        self.urban = [(one.name, part) for one in main for part in shapely.get_parts(one.line)]

    def rows(self) -> Iterator[Rows]:
        """The rows of all layers of the traffic centre."""
        for layer, records in (
            ("road_segment", self._segments()),
            ("closure", self._closures()),
            ("count_station", self._stations()),
            ("incident", self._incidents()),
            ("bus_stop", self._stops()),
        ):
            if (found := rows_of(layer, records)) is not None:
                yield found

    def _segments(self) -> Iterator[_Record]:
        for name, part in self.parts:
            count = max(1, round(part.length / SEGMENT))
            for piece in range(count):
                level = self.rng.choice(["free", "busy", "jammed"], p=[0.68, 0.24, 0.08])
                speed = {"free": 42, "busy": 24, "jammed": 9}[level] + self.rng.integers(-5, 6)
                line = substring(part, piece / count, (piece + 1) / count, normalized=True)
                yield (
                    _multi(shapely.set_precision(line, 0.001)),
                    {
                        "road_name": name,
                        "flow_level": str(level),
                        "speed": float(speed),
                        "observed_at": self.now,
                    },
                )

    def _closures(self) -> Iterator[_Record]:
        today = self.now.date()
        kinds = (("works", "Thi công cải tạo hệ thống thoát nước"), ("event", "Lễ hội ẩm thực"),
                 ("works", "Trải lại mặt đường"), ("danger", "Sạt lở mép đường"))  # fmt: skip
        for number, (name, part) in enumerate(self._spread(self.urban or self.parts, len(kinds))):
            kind, note = kinds[number]
            line = substring(part, 0.3, 0.3 + min(0.4, 350 / part.length), normalized=True)
            yield (
                _multi(shapely.set_precision(line, 0.001)),
                {
                    "road_name": name,
                    "kind": kind,
                    "starts_on": today - timedelta(days=3 * number),
                    "ends_on": today + timedelta(days=7 + 10 * number),
                    "note": note,
                },
            )

    def _stations(self) -> Iterator[_Record]:
        longest = sorted(self.parts, key=lambda one: -one[1].length)[:STATIONS]
        for number, (name, part) in enumerate(longest, 1):
            yield _on(part, 0.5), {"code": f"DX-{number:02d}", "name": f"{name} {number}", "road_name": name}

    def _incidents(self) -> Iterator[_Record]:
        kinds = ("accident", "breakdown", "flooding", "obstacle", "event")
        notes = ("Va chạm giữa hai ô tô", "Xe tải hỏng trên làn phải", "Nước ngập khoảng 20 cm",
                 "Cây đổ ngang đường", "Đoàn diễu hành")  # fmt: skip
        for number, (_, part) in enumerate(self._spread(self.parts, 10)):
            started = self.now - timedelta(minutes=25 + 70 * number)
            yield (
                _on(part, float(self.rng.uniform(0.1, 0.9))),
                {
                    "kind": kinds[number % 5],
                    "severity": ("medium", "low", "high")[number % 3],
                    "status": "open" if number < 6 else "closed",
                    "started_at": started,
                    "note": notes[number % 5],
                },
            )

    def _stops(self) -> Iterator[_Record]:
        for name, part in self.urban or self.parts[:3]:
            places = np.arange(STOP_EVERY / 2, part.length, STOP_EVERY)
            for number, place in enumerate(places, 1):
                routes = self.rng.choice([1, 2, 4, 6, 8, 15, 22], 2, replace=False)
                yield (
                    _on(part, place / part.length),
                    {
                        "name": f"{name} {number}",
                        "routes": ", ".join(f"{route:02d}" for route in sorted(routes.tolist())),
                    },
                )

    @staticmethod
    def _spread(found: Sequence[_Part], count: int) -> list[_Part]:
        """So many of these, far from one another in the list."""
        return [found[place * len(found) // count] for place in range(min(count, len(found)))]


def _on(line: Shape, share: float) -> Shape:
    point = shapely.line_interpolate_point(line, share, normalized=True)
    return shapely.set_precision(point, 0.001)


def _multi(line: Shape) -> Shape:
    return shapely.multilinestrings(shapely.get_parts(line))
