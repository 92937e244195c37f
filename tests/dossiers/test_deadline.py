"""The clock: working days of Việt Nam, and pauses to the second."""

from datetime import date, datetime, timedelta

import pytest

from app.dossiers.deadline import (
    advanced,
    clock,
    due_day,
    first_due,
    is_working_day,
    resumed_due,
    worked,
    working_days_between,
)
from tests.dossiers.desk import ZONE


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-02-13", True),  # the Friday before Tết
        ("2026-02-16", False),  # New Year's Eve of the lunar year
        ("2026-02-17", False),  # mùng một
        ("2026-02-20", False),
        ("2026-02-23", True),
        ("2025-01-27", False),  # 29 Tết of the year before
        ("2027-02-10", False),  # a day in lieu, since mùng một fell on a Saturday
        ("2027-02-11", True),
        ("2026-04-27", False),  # the Hùng kings' day in lieu
        ("2026-08-22", True),  # a Saturday worked for 31 August
        ("2026-08-31", False),
        ("2026-09-02", False),
        ("2026-03-07", False),  # a Saturday
        ("2026-03-09", True),
    ],
)
def test_offices_work_on_a_day(day: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("received", "days", "last"),
    [
        ("2026-03-02 08:00", 1, "2026-03-03"),
        ("2026-03-02 16:59", 1, "2026-03-03"),  # the hour of receipt does not matter
        ("2026-03-06 10:00", 1, "2026-03-09"),  # Friday → Monday
        ("2026-03-07 10:00", 1, "2026-03-09"),  # sent in on a Saturday
        ("2026-02-12 09:00", 3, "2026-02-24"),  # Thursday before Tết: 13, 23, 24 February
        ("2026-02-13 09:00", 15, "2026-03-13"),
        ("2026-08-20 09:00", 3, "2026-08-24"),  # Saturday 22 August is worked
        ("2026-12-31 09:00", 2, "2027-01-05"),  # over the new year
    ],
)
def test_first_deadline_is_the_end_of_the_last_working_day(received: str, days: int, last: str) -> None:
    due = first_due(at(received), days)
    assert (due.hour, due.minute, due.second) == (0, 0, 0)
    assert due_day(due) == date.fromisoformat(last)


def test_pause_is_added_to_the_second() -> None:
    received = at("2026-03-02 09:30")
    due = first_due(received, 5)  # until the end of Monday the 9th
    paused, resumed = at("2026-03-04 10:00"), at("2026-03-05 15:20:07")
    moved = resumed_due(due, received, paused, resumed)
    assert moved - due == timedelta(days=1, hours=5, minutes=20, seconds=7)
    assert due_day(moved) == date(2026, 3, 11)


def test_weekend_and_tet_in_a_pause_add_nothing() -> None:
    received = at("2026-02-10 09:00")
    due = first_due(received, 5)
    friday_night, monday_after = at("2026-02-13 23:00"), at("2026-02-23 01:00")
    assert worked(friday_night, monday_after) == timedelta(hours=2)
    assert resumed_due(due, received, friday_night, monday_after) - due == timedelta(hours=2)


def test_pause_on_the_day_of_receipt_adds_nothing_for_that_day() -> None:
    received = at("2026-03-02 09:30")
    due = first_due(received, 2)
    assert resumed_due(due, received, at("2026-03-02 10:00"), at("2026-03-02 16:00")) == due
    assert resumed_due(due, received, at("2026-03-02 10:00"), at("2026-03-03 12:00")) - due == timedelta(
        hours=12
    )


def test_many_short_pauses_add_as_much_as_they_last() -> None:
    received = at("2026-03-02 09:30")
    due = first_due(received, 3)
    for hour in range(8, 16):
        due = resumed_due(due, received, at(f"2026-03-03 {hour:02}:00"), at(f"2026-03-03 {hour:02}:10"))
    assert due == first_due(received, 3) + timedelta(minutes=80)


def test_deadline_that_passed_stays_as_late_as_it_was_after_a_pause() -> None:
    received = at("2026-03-02 09:30")
    due = first_due(received, 1)
    paused, resumed = at("2026-03-05 00:00"), at("2026-03-10 00:00")
    moved = resumed_due(due, received, paused, resumed)
    assert worked(due, paused) == worked(moved, resumed) == timedelta(days=1)


def test_advancing_by_what_was_worked_leads_back() -> None:
    start = at("2026-02-11 14:07:33")
    for hours in range(0, 900, 7):
        span = timedelta(hours=hours)
        assert worked(start, advanced(start, span)) == span


def test_working_days_between_days() -> None:
    assert working_days_between(date(2026, 2, 13), date(2026, 2, 24)) == 2
    assert working_days_between(date(2026, 2, 24), date(2026, 2, 13)) == -2
    assert working_days_between(date(2026, 3, 6), date(2026, 3, 8)) == 0


@pytest.mark.parametrize(
    ("now", "left", "late", "overdue"),
    [
        ("2026-03-02 10:00", 5, 0, False),
        ("2026-03-06 10:00", 1, 0, False),
        ("2026-03-08 10:00", 1, 0, False),
        ("2026-03-09 23:59", 0, 0, False),
        ("2026-03-10 00:00", 0, 1, True),
        ("2026-03-14 12:00", 0, 4, True),
        ("2026-03-16 12:00", 0, 5, True),
    ],
)
def test_clock_counts_working_days(now: str, left: int, late: int, overdue: bool) -> None:
    shown = clock(first_due(at("2026-03-02 09:30"), 5), None, at(now))
    assert (shown.left, shown.late, shown.overdue, shown.running) == (left, late, overdue, True)
    assert shown.day == date(2026, 3, 9)


def test_clock_stands_in_a_pause() -> None:
    due = first_due(at("2026-03-02 09:30"), 5)
    shown = clock(due, at("2026-03-05 11:00"), at("2026-06-01 08:00"))
    assert (shown.running, shown.overdue, shown.left) == (False, False, 2)


def test_clock_has_not_begun_before_receipt() -> None:
    assert clock(None, None, at("2026-03-05 11:00")).day is None
