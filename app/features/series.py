"""What stations have measured: the latest values, and the course of one series."""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, Uuid, column, func, select, true, values
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.features.models import Reading
from app.features.query import Found
from layers.layer import N_, Series

MAX_POINTS = 10_000
"""Points of one answer; a longer course is given as means of equal spans of time."""


def series_of(feature: Found) -> tuple[Series, ...]:
    """The series that this feature measures: those of its layer that suit its kind."""
    kind = feature.values.get("kind")
    return tuple(one for one in feature.layer.series if not one.kinds or kind in one.kinds)


def series_named(feature: Found, series_id: str) -> Series:
    """The series of this id. `NotFound` when the feature does not measure it."""
    for one in series_of(feature):
        if one.id == series_id:
            return one
    raise NotFound("unknown_series", N_("Trạm này không đo “{name}”."), name=series_id[:60])


def latest(session: Session, features: Iterable[Found]) -> Mapping[tuple[UUID, str], tuple[datetime, float]]:
    """The newest reading of every series of these features, by feature id and series id. A value that
    is no finite number is no reading."""
    asked = [(f.layer.id, f.id, one.id) for f in features for one in series_of(f)]
    if not asked:
        return {}
    wanted = values(
        column("layer", Text), column("feature_id", Uuid), column("series", Text), name="wanted"
    ).data(asked)
    newest = (
        select(Reading.time, Reading.value)
        .where(Reading.layer == wanted.c.layer)
        .where(Reading.feature_id == wanted.c.feature_id)
        .where(Reading.series == wanted.c.series)
        .order_by(Reading.time.desc())
        .limit(1)
        .lateral("newest")
    )
    rows = session.execute(
        select(wanted.c.feature_id, wanted.c.series, newest.c.time, newest.c.value).join(newest, true())
    )
    return {
        (feature_id, series): (time, value)
        for feature_id, series, time, value in rows
        if math.isfinite(value)
    }


def course(
    session: Session, feature: Found, series: Series, *, start: datetime | None, end: datetime | None
) -> list[tuple[datetime, float | None]]:
    """The readings of a series from `start` (inclusive) to `end` (exclusive), oldest first.

    A value that is no finite number is None. Of more than 10,000 readings the means of equal spans are
    given, each at the start of its span.
    """
    own = [Reading.layer == feature.layer.id, Reading.feature_id == feature.id, Reading.series == series.id]
    if start:
        own.append(Reading.time >= start)
    if end:
        own.append(Reading.time < end)
    count, first, last = session.execute(
        select(func.count(), func.min(Reading.time), func.max(Reading.time)).where(*own)
    ).one()
    if count <= MAX_POINTS:
        rows = session.execute(select(Reading.time, Reading.value).where(*own).order_by(Reading.time))
    else:
        span = func.date_bin((last - first) / (MAX_POINTS - 1), Reading.time, first)
        rows = session.execute(
            select(span, func.avg(Reading.value)).where(*own).group_by(span).order_by(span)
        )
    return [(time, value if math.isfinite(value) else None) for time, value in rows]
