"""The clock of a dossier: working days of Việt Nam, and pauses that are added to the second.

A dossier that is received on Monday with one working day must be done by the end of Tuesday: the day
of receipt does not count (Civil Code 2015, Article 147). Public holidays, their days in lieu and the
Saturdays worked in exchange are those of the library `holidays`.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

DAY = timedelta(days=1)
NOTHING = timedelta()


def is_working_day(day: date) -> bool:
    """Whether offices work on this day."""
    return day in _working_days(day.year)


def working_days_between(after: date, until: date) -> int:
    """How many working days follow `after` up to and including `until`; negative when `until` is before."""
    if until < after:
        return -working_days_between(until, after)
    days = (after + DAY * n for n in range(1, (until - after).days + 1))
    return sum(map(is_working_day, days))


def worked(start: datetime, end: datetime) -> timedelta:
    """How much of the time between two moments lies on working days, each of which has 24 hours.

    Both moments must be in the office's time zone. Nothing when `end` is not after `start`.
    """
    total, here = NOTHING, start
    while here < end:
        midnight = _midnight(here) + DAY
        if is_working_day(here.date()):
            total += min(midnight, end) - here
        here = midnight
    return total


def advanced(start: datetime, span: timedelta) -> datetime:
    """The moment at which so much time on working days has passed since `start`."""
    here = start
    while span > NOTHING:
        midnight = _midnight(here) + DAY
        if is_working_day(here.date()):
            step = min(midnight - here, span)
            span -= step
            if span == NOTHING:
                return here + step
        here = midnight
    return here


def first_due(received: datetime, days: int) -> datetime:
    """When the time is up for what was received then: the midnight that ends the last working day."""
    return advanced(_midnight(received) + DAY, DAY * days)


def resumed_due(due: datetime, received: datetime, paused: datetime, resumed: datetime) -> datetime:
    """When the time is up after a pause: the working time of the pause is added, no more and no less."""
    begun = max(paused, _midnight(received) + DAY)
    return advanced(due, worked(begun, resumed))


def due_day(due: datetime) -> date:
    """The day on which the time is up; midnight belongs to the day that it ends."""
    return (due - timedelta(microseconds=1)).date()


@dataclass(frozen=True)
class Clock:
    """What the clock shows at a moment: whole working days that are `left` (0: it is the last day), or by
    how many it is `late`. `running` is False in a pause and after the end; before receipt `due` is None."""

    due: datetime | None
    running: bool
    overdue: bool
    left: int
    late: int

    @property
    def day(self) -> date | None:
        """The day by which the work must be done."""
        return due_day(self.due) if self.due else None


def clock(due: datetime | None, stopped: datetime | None, now: datetime) -> Clock:
    """The clock of a dossier that is due then and whose clock has stood since `stopped` (None: it runs)."""
    if due is None:
        return Clock(None, running=False, overdue=False, left=0, late=0)
    at = stopped or now
    overdue = at >= due
    days = working_days_between(at.date(), due_day(due))
    return Clock(due, stopped is None, overdue, left=0 if overdue else days, late=-days if overdue else 0)


@lru_cache(maxsize=64)
def _working_days(year: int) -> frozenset[date]:
    # The years around it as well: some days in lieu are declared with the year before or after.
    calendar = holidays.country_holidays("VN", years=(year - 1, year, year + 1), expand=False)
    first = date(year, 1, 1)
    days = (first + DAY * n for n in range((date(year + 1, 1, 1) - first).days))
    return frozenset(day for day in days if calendar.is_working_day(day))


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), time(), moment.tzinfo)
