"""Words for spans, days, hours and lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gateway.model.habits import WEEK
from gateway.model.partners import Window

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Topic:
    """Some sentences under a heading."""

    heading: str
    says: tuple[str, ...]


def topic(heading: str, *says: str) -> Topic:
    """Without the sentences that are empty."""
    return Topic(heading, tuple(sentence for sentence in says if sentence))


def listed(items: Iterable[object], word: str = "and") -> str:
    """`a, b and c`."""
    texts = [str(item) for item in items]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} {word} {texts[-1]}" if texts else "none"


def counted(count: int, thing: str) -> str:
    """`1 day`, `2,000 days`."""
    return f"{count:,} {thing}{'s' * (count != 1)}"


def span(time: timedelta) -> str:
    """The largest unit that says it without a fraction."""
    minutes = time / timedelta(minutes=1)
    for unit, size in (("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes % size == 0 and (minutes >= 2 * size or size < 1440):
            return counted(int(minutes // size), unit)
    return f"{minutes:g} minutes"


def weekdays(days: Sequence[str]) -> str:
    """`Monday to Friday`, `Sunday`, `every day`; days in a row are told by their ends."""
    places = sorted({WEEK.index(day) for day in days})
    if len(places) == len(WEEK):
        return "every day"
    if len(places) > 2 and places[-1] - places[0] == len(places) - 1:
        return f"{_NAMES[places[0]]} to {_NAMES[places[-1]]}"
    return listed(_NAMES[place] for place in places)


def window(found: Window) -> str:
    """`Monday to Friday 06:00 to 20:00, America/Chicago`; `Sunday all day, UTC`."""
    hours = "all day" if found.opens == found.closes else f"{found.opens} to {found.closes}"
    return f"{weekdays(found.days)} {hours}, {found.zone}"


def countdown(day: date, today: date) -> str:
    """`in 12 days, on 2026-12-08`, or that it passed."""
    left = (day - today).days
    when = "today" if left == 0 else f"in {counted(left, 'day')}" if left > 0 else f"{counted(-left, 'day')} ago"
    return f"{when}, on {day}"


def moment(at: datetime) -> str:
    """With its zone, as it was declared."""
    return at.isoformat(" ", "minutes")
