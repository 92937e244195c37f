"""What stations have measured: hourly values of the last thirty days, with the gaps that stations have."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from layers.layer import Layer

HOURS = 30 * 24

Values = npt.NDArray[np.float64]


def times(now: datetime) -> list[datetime]:
    """The hours of the series, oldest first; the last one is `now`, to the hour."""
    last = now.replace(minute=0, second=0, microsecond=0)
    return [last - timedelta(hours=back) for back in range(HOURS - 1, -1, -1)]


def readings(
    layer: Layer,
    stations: Sequence[tuple[str, str | None]],
    now: datetime,
    rng: np.random.Generator,
) -> Iterator[tuple[str, str, datetime, float]]:
    """(feature, series, time, value) for stations given as (id, kind)."""
    hours = times(now)
    of_day = np.array([hour.hour for hour in hours])
    for id_, kind in stations:
        for series in layer.series:
            if series.kinds and kind not in series.kinds:
                continue
            values = np.round(_SHAPES[series.id](of_day, rng), 2)
            silent = rng.random(HOURS) < 0.01
            silent[-1] = False
            for hour, value, gap in zip(hours, values.tolist(), silent.tolist(), strict=True):
                if not gap:
                    yield id_, series.id, hour, value


def _dust(hour: Values, rng: np.random.Generator) -> Values:
    daily = 6 * np.cos((hour - 7) / 24 * 2 * np.pi)
    return np.maximum(3, 22 + daily + _drift(6, rng) + rng.normal(0, 3, HOURS))


def _nitrogen(hour: Values, rng: np.random.Generator) -> Values:
    rush = np.exp(-(((hour - 7.5) / 2) ** 2)) + np.exp(-(((hour - 18) / 2.5) ** 2))
    return np.maximum(2, 14 + 16 * rush + _drift(3, rng) + rng.normal(0, 2, HOURS))


def _level(_hour: Values, rng: np.random.Generator) -> Values:
    """A mixed, mainly semi-diurnal tide, as in Vũng Tàu."""
    t = np.arange(HOURS) + rng.uniform(0, 24)
    tide = 0.8 * np.cos(2 * np.pi * t / 12.42) + 0.6 * np.cos(2 * np.pi * t / 23.93 + 1)
    spring = 1 + 0.25 * np.cos(2 * np.pi * t / 354.4)
    level: Values = 2.3 + tide * spring + rng.normal(0, 0.03, HOURS)
    return level


def _rain(hour: Values, rng: np.random.Generator) -> Values:
    wet = rng.random(HOURS) < np.where((hour > 13) & (hour < 20), 0.14, 0.03)
    rain: Values = np.where(wet, rng.exponential(5, HOURS), 0)
    return rain


def _vehicles(hour: Values, rng: np.random.Generator) -> Values:
    rush = np.exp(-(((hour - 7) / 2) ** 2)) + 1.1 * np.exp(-(((hour - 17.5) / 2.5) ** 2))
    day = np.clip(np.sin((hour - 5) / 18 * np.pi), 0.05, None)
    scale = rng.uniform(400, 1800)
    counts: Values = np.round(scale * (0.5 * day + rush) * rng.normal(1, 0.07, HOURS).clip(0.7, 1.3))
    return counts


_SHAPES: Mapping[str, Callable[[Values, np.random.Generator], Values]] = {
    "pm25": _dust,
    "no2": _nitrogen,
    "water_level": _level,
    "rain": _rain,
    "vehicles": _vehicles,
}


def _drift(size: float, rng: np.random.Generator) -> Values:
    """A slow wandering around zero, as weather makes it."""
    steps = np.convolve(rng.normal(0, 1, HOURS + 72), np.hanning(73), mode="valid")
    drift: Values = size * steps[:HOURS] / max(1e-9, float(steps.std()))
    return drift
