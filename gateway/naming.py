"""What a file is called at its partner, and the counters that such names hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from gateway.model.habits import Case, Counter, Period
from gateway.model.partners import Lane

FIELDS = ("sender", "submitter", "isa13", "day", "n", "type", "stage")
"""What a template may ask for."""

_TYPES = {"005010X222": "P", "005010X223": "I", "005010X224": "D"}
_CASED: dict[Case, Callable[[str], str]] = {Case.UPPER: str.upper, Case.LOWER: str.lower, Case.KEEP: str}


def remote_name(lane: Lane, moment: datetime, isa13: int, n: int = 0, type: str = "P", template: str = "") -> str:
    """The name a submission has at its partner, by this template or else the lane's; it never changes once planned.

    Fields: `sender` (ISA06), `submitter` (GS02), `isa13` (9 digits), `day` (the local `moment`, with strftime format),
    `n` (value number `n` of the partner's counter, the first being 0), `type` (P, I or D), `stage` (T or P). Raises
    ValueError where the counter has no such value.
    """
    counter, rules = lane.partner.habits.counter, lane.partner.habits.names
    name = (template or lane.filename).format(
        sender=lane.account.sender.id,
        submitter=lane.account.submitter_id,
        isa13=f"{isa13:09d}",
        day=moment,
        n=numeral(counter, n) if counter else "",
        type=type,
        stage=lane.account.stage.usage,
    )
    return _CASED[rules.case](name)


def type_of(version: str) -> str:
    """The `{type}` of claims by this guide, with or without its addendum: P, I or D; X for any other guide."""
    return _TYPES.get(version[:10], "X")


def numeral(counter: Counter, index: int) -> str:
    """Value number `index` of a counter, the first being 0. Raises ValueError where there is none."""
    if not 0 <= index < capacity(counter):
        raise ValueError(f"a counter from {counter.first} to {counter.last} has no value number {index}")
    return _written(counter, _place(counter, counter.first) + index)


def capacity(counter: Counter) -> int:
    """How many values a counter has in each period; none where its last comes before its first."""
    return max(0, _place(counter, counter.last) - _place(counter, counter.first) + 1)


def period_of(counter: Counter, day: date) -> str:
    """The period that a local day lies in: a counter begins anew whenever this text changes."""
    formats = {Period.DAY: "%Y-%m-%d", Period.YEAR: "%Y", Period.EVER: ""}
    return day.strftime(formats[counter.period])


def _plain(counter: Counter) -> bool:
    """Whether it counts as numbers do: to a fixed width, or on from 9 to 10. Letters go on from Z to AA."""
    return len(counter.first) == len(counter.last) or counter.alphabet.startswith("0")


def _place(counter: Counter, text: str) -> int:
    base, shift = len(counter.alphabet), 0 if _plain(counter) else 1
    place = 0
    for digit in text:
        place = place * base + counter.alphabet.index(digit) + shift
    return place


def _written(counter: Counter, place: int) -> str:
    base, shift = len(counter.alphabet), 0 if _plain(counter) else 1
    text = ""
    while place > 0:
        place, digit = divmod(place - shift, base)
        text = counter.alphabet[digit] + text
    return text.rjust(len(counter.first), counter.alphabet[0]) if _plain(counter) else text
