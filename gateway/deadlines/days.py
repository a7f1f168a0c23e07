"""Calendar arithmetic: days, months and years that stay within the calendar, business days, United States holidays."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from functools import cache

_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
_LAST = -1
_ON_DAY = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
# Month, weekday, and which one of the month.
_ON_WEEKDAY = (
    (1, _MONDAY, 3),
    (2, _MONDAY, 3),
    (5, _MONDAY, _LAST),
    (9, _MONDAY, 1),
    (10, _MONDAY, 2),
    (11, _THURSDAY, 4),
)
_SINCE = {(6, 19): 2021}
_DAY = timedelta(days=1)


def add_days(day: date, span: timedelta) -> date:
    """Calendar arithmetic that stays within the calendar: a mistyped year must not stop anything."""
    try:
        return day + span
    except OverflowError:
        return date.max if span > timedelta(0) else date.min


def add_months(day: date, count: int) -> date:
    """The same day `count` months later or earlier, or the last day of that month where it has no such day: one year
    after 29 February is 28 February. Stays within the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if year > date.max.year:
        return date.max
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(day.day, _length(year, month + 1)))


def days_left(due: date, today: date) -> int:
    """Days from today to the due day: 0 on the last day, negative when it has passed."""
    return (due - today).days


def next_business_day(day: date, closed: Collection[date] = ()) -> date:
    """This day, or the first one after it that is no weekend, federal holiday, or day in `closed`."""
    while day < date.max and not is_business_day(day, closed):
        day += _DAY
    return day


def is_business_day(day: date, closed: Collection[date] = ()) -> bool:
    """Whether a payer works on it."""
    return day.weekday() < _SATURDAY and day not in closed and day not in federal_holidays(day.year)


@cache
def federal_holidays(year: int) -> frozenset[date]:
    """The days of this year on which federal offices are closed (5 USC 6103): a holiday on a Saturday is observed on the
    Friday before, one on a Sunday on the Monday after, and New Year's Day of the next year on 31 December."""
    days = {day for near in (year, min(year + 1, date.max.year)) for day in _observed(near)}
    return frozenset(day for day in days if day.year == year)


def _observed(year: int) -> Iterator[date]:
    for month, weekday, which in _ON_WEEKDAY:
        yield _weekday_of(year, month, weekday, which)
    for month, number in _ON_DAY:
        if year >= _SINCE.get((month, number), 0):
            day = date(year, month, number)
            yield add_days(day, {_SATURDAY: -_DAY, _SUNDAY: _DAY}.get(day.weekday(), timedelta(0)))


def _weekday_of(year: int, month: int, weekday: int, which: int) -> date:
    """The first, second ... or last such weekday of a month."""
    if which == _LAST:
        last = date(year, month, _length(year, month))
        return last - (last.weekday() - weekday) % 7 * _DAY
    first = date(year, month, 1)
    return first + ((weekday - first.weekday()) % 7 + 7 * (which - 1)) * _DAY


def _length(year: int, month: int) -> int:
    """How many days the month has."""
    return 31 if month == 12 else (date(year, month + 1, 1) - date(year, month, 1)).days


def business_days(first: date, last: date, closed: Collection[date] = ()) -> int:
    """Business days from `first` (not counted) to `last` (counted); negative where `last` is the earlier."""
    if last < first:
        return -business_days(last, first, closed)
    return sum(is_business_day(first + timedelta(days=n), closed) for n in range(1, (last - first).days + 1))
