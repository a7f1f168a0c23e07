"""A partner's calendar: when it takes files, when it is away, and by when what may be expected of it is due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.deadlines.days import federal_holidays
from gateway.model.habits import WEEK, Business, Expectation, Outage, Sends
from gateway.model.partners import Partner, Window

_DAY = timedelta(days=1)
_LONGEST = 3_660
"""No calendar is asked further than ten years ahead: one without a working day would be searched for ever."""
ANSWERED_WITHIN = timedelta(days=1)
"""How long the first acknowledgment may take where a partner declares nothing."""


def is_open(windows: Sequence[Window], now: datetime) -> bool:
    """Whether one of the windows is open at this moment; always, where there is none."""
    return not windows or any(_inside(window, now) for window in windows)


def is_away(partner: Partner, now: datetime) -> bool:
    """Whether the partner announced that nobody is there now: planned maintenance, or an outage."""
    return any(_inside(window, now) for window in partner.maintenance) or outage_at(partner, now) is not None


def outage_at(partner: Partner, now: datetime) -> Outage | None:
    """The announced outage that this moment falls into."""
    return next((outage for outage in partner.habits.outages if outage.begins <= now < outage.ends), None)


def takes_files(partner: Partner, now: datetime) -> bool:
    """Whether files may be written there at this moment."""
    return is_open(partner.windows, now) and not is_away(partner, now)


def takes_files_by(partner: Partner, now: datetime, until: datetime) -> bool:
    """Whether files may be written there now or at a moment up to that one, which is at most days away."""
    found = (at for at in (now, *_edges(partner, now, until)) if now <= at <= until)
    return any(takes_files(partner, at) for at in found)


def _edges(partner: Partner, now: datetime, until: datetime) -> Iterator[datetime]:
    """When windows open, and maintenance and outages end: nothing else begins a time in which files are taken."""
    yield from (outage.ends for outage in partner.habits.outages)
    clocks = [(window.opens, window.zone) for window in partner.windows]
    clocks += [(window.closes, window.zone) for window in partner.maintenance]
    for text, zone in clocks:
        first = now.astimezone(ZoneInfo(zone)).date()
        for days in range((until - now).days + 2):
            yield datetime.combine(first + days * _DAY, time.fromisoformat(text), ZoneInfo(zone))


def _inside(window: Window, now: datetime) -> bool:
    """One that passes midnight belongs to the day on which it opens; midnight to midnight is all of it."""
    local = now.astimezone(ZoneInfo(window.zone))
    opens, closes, at = time.fromisoformat(window.opens), time.fromisoformat(window.closes), local.time()
    if opens < closes:
        return opens <= at < closes and _named(local.date(), window.days)
    if at >= opens:
        return _named(local.date(), window.days)
    return at < closes and _named(local.date() - _DAY, window.days)


def _named(day: date, days: Sequence[str]) -> bool:
    return WEEK[day.weekday()] in days


def works_on(day: date, business: Business) -> bool:
    """Whether the partner works on this local day: on federal holidays only who works on all days of the week."""
    open_then = _named(day, business.days) and day not in business.holidays
    return open_then and (day not in federal_holidays(day.year) or set(WEEK) <= set(business.days))


def due(sent: datetime, expectation: Expectation, business: Business) -> datetime | None:
    """When an answer to what was sent at that moment is overdue; None where nobody knows. Business time runs all day on
    days on which the partner works, and what comes after the cutoff counts as of the next of them."""
    if expectation.within is None:
        return None
    if not expectation.business:
        return sent + expectation.within
    begins, left = _counted_from(sent, business), expectation.within
    for _ in range(_LONGEST):
        ends = _midnight_after(begins, business)
        if begins + left <= ends:
            return begins + left
        left -= ends - begins
        begins = _opening(ends, business)
    return begins


def _counted_from(sent: datetime, business: Business) -> datetime:
    local = sent.astimezone(ZoneInfo(business.zone))
    late = business.cutoff and local.time() >= time.fromisoformat(business.cutoff)
    if works_on(local.date(), business) and not late:
        return sent
    return _opening(_midnight_after(sent, business), business)


def _midnight_after(moment: datetime, business: Business) -> datetime:
    """The end of the partner's local day, as a moment of the same clock."""
    zone = ZoneInfo(business.zone)
    day = moment.astimezone(zone).date() + _DAY
    return datetime.combine(day, time(), zone).astimezone(moment.tzinfo)


def _opening(midnight: datetime, business: Business) -> datetime:
    """The first midnight from this one on at which a working day begins."""
    for _ in range(_LONGEST):
        if works_on(midnight.astimezone(ZoneInfo(business.zone)).date(), business):
            return midnight
        midnight = _midnight_after(midnight, business)
    return midnight


def first_answer_due(partner: Partner, sent: datetime) -> datetime:
    """When the answer that proves an arrival, the 999, is overdue; where none comes for each file, after a day."""
    expected = partner.expects.get("999", Expectation())
    found = due(sent, expected, partner.habits.business) if expected.sends is Sends.ALWAYS else None
    return found or sent + ANSWERED_WITHIN
