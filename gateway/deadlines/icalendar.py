"""An iCalendar file (RFC 5545) of whole-day events that calendar programs can subscribe to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gateway.deadlines.days import add_days

_OCTETS = 75
_STAMP = "DTSTAMP"


@dataclass(frozen=True, slots=True)
class Entry:
    """One whole day. `uid` is the same in every edition of the calendar; `alarms` are how long before the day the program
    reminds, zero for the day itself."""

    uid: str
    day: date
    summary: str
    description: str = ""
    alarms: tuple[timedelta, ...] = ()


def icalendar(name: str, entries: Iterable[Entry], made: datetime) -> str:
    """The file's text. `made` is a UTC moment."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Claims gateway//Deadlines//EN",
        "CALSCALE:GREGORIAN",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for entry in entries:
        lines += _event(entry, made)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def same_but_for_the_stamp(one: str, other: str) -> bool:
    """Whether two editions say the same, whenever each was made."""
    return _unstamped(one) == _unstamped(other)


def _unstamped(text: str) -> list[str]:
    return [line for line in text.split("\r\n") if not line.startswith(_STAMP)]


def _event(entry: Entry, made: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(entry.uid)}"
    yield f"{_STAMP}:{made:%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{_day(entry.day)}"
    yield f"DTEND;VALUE=DATE:{_day(add_days(entry.day, timedelta(days=1)))}"
    yield f"SUMMARY:{_text(entry.summary)}"
    if entry.description:
        yield f"DESCRIPTION:{_text(entry.description)}"
    yield "TRANSP:TRANSPARENT"
    for before in entry.alarms:
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"DESCRIPTION:{_text(entry.summary)}"
        yield f"TRIGGER:-P{before.days}D" if before else "TRIGGER:PT0S"
        yield "END:VALARM"
    yield "END:VEVENT"


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def _text(value: str) -> str:
    """Escaped; what is not printable but a line break is left out."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\r\n", "\n")
    return "".join(c for c in escaped if c.isprintable() or c == "\n").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Parts of 75 octets at most, each but the first beginning with a blank, and no character cut in two."""
    part, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _OCTETS:
            yield part
            part, size = " ", 1
        part, size = part + character, size + octets
    yield part
