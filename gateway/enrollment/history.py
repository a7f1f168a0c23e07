"""What new records do to those believed now: nothing is overwritten, and no day is lost.

A new record takes the place of a current one on the days it speaks of; the other days of that one stay as they were, as
records of their own. One that begins on the same day in the same state corrects it, and takes its place whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from operator import attrgetter

from gateway.enrollment.coverage import RETRO_KINDS
from gateway.model.enrollment import OVER, Enrollment

_KEY = ("provider_npi", "payer", "kind", "tax_id", "billing_npi", "line_of_business", "location", "submitter")
_DAY = timedelta(days=1)
_key = attrgetter(*_KEY)
_stated = attrgetter(*(f.name for f in fields(Enrollment) if f.name not in {"id", "observed_on", "document"}))


def succession(
    current: Sequence[Enrollment], wanted: Iterable[Enrollment], *, only_these: bool = False
) -> tuple[list[Enrollment], list[Enrollment]]:
    """(added, superseded) so that the records say what `wanted` says on its days, and what they said on all others.
    With `only_these` everything that is not wanted is superseded."""
    added, rests, superseded = settled(current, wanted, only_these=only_these)
    return added + [rest for rest, _ in rests], superseded


def settled(
    current: Sequence[Enrollment], wanted: Iterable[Enrollment], *, only_these: bool = False
) -> tuple[list[Enrollment], list[tuple[Enrollment, Enrollment]], list[Enrollment]]:
    """The same as (added, rests, superseded): the rests are what stays of superseded records on days that nothing new
    speaks of, each with the record it is a part of."""
    wanted = [_begun(record, current) for record in wanted]
    known = {content(record): record for record in current}
    distinct = {content(record): record for record in wanted}
    added = [_kept_evidence(known.get(what), new) for what, new in distinct.items() if _is_new(known.get(what), new)]
    again = {content(record) for record in added}
    kept = distinct.keys() - again
    others = [record for record in current if content(record) not in kept]
    if only_these:
        return added, [], others
    news = by_key(added)
    superseded = [old for old in others if content(old) in again or _gives_way(old, news.get(key_of(old), ()))]
    return added, [(rest, old) for old in superseded for rest in _rests(old, news.get(key_of(old), ()))], superseded


def content(record: Enrollment) -> tuple[object, ...]:
    """What a record states, without its row, the day it was seen and its document: an unchanged row changes nothing."""
    stated: tuple[object, ...] = _stated(record)
    return stated


def key_of(record: Enrollment) -> tuple[object, ...]:
    """What a record speaks of."""
    key: tuple[object, ...] = _key(record)
    return key


def by_key(records: Iterable[Enrollment]) -> dict[tuple[object, ...], list[Enrollment]]:
    """Records by what they speak of."""
    found: dict[tuple[object, ...], list[Enrollment]] = {}
    for record in records:
        found.setdefault(key_of(record), []).append(record)
    return found


def touches(new: Enrollment, old: Enrollment) -> bool:
    """Whether two records of one key speak of a day in common."""
    return max(_first(new), _first(old)) <= min(_last(new), _last(old))


def _is_new(known: Enrollment | None, record: Enrollment) -> bool:
    """Whether it says more than the known one of the same content: seen later, or with a document of its own."""
    if known is None:
        return True
    later = record.observed_on is not None and record.observed_on > (known.observed_on or date.min)
    return later or record.document not in (None, known.document)


def _kept_evidence(known: Enrollment | None, record: Enrollment) -> Enrollment:
    """Somebody looked again: the letter of the first time still speaks for it."""
    return replace(record, document=known.document) if known and record.document is None else record


def _gives_way(old: Enrollment, news: Sequence[Enrollment]) -> bool:
    if ended_some_day(old):
        return any(corrects(new, old) for new in news)
    return any(touches(new, old) for new in news)


def ended_some_day(record: Enrollment) -> bool:
    """It ended and nobody said when: with an end of our own making its earlier days would count as enrolled."""
    return record.state in OVER and record.effective_to is None and record.effective_from is not None


def _rests(old: Enrollment, news: Sequence[Enrollment]) -> Iterator[Enrollment]:
    """The days of `old` that nothing new speaks of. A record without dates has none to keep, nor has one that was
    corrected: the new record begins on the same day in the same state, and says itself when that ends."""
    if old.effective_from is None or any(corrects(new, old) for new in news):
        return
    begin = _first(old)
    for new in sorted((new for new in news if touches(new, old)), key=_first):
        if begin < _first(new):
            yield replace(old, id=0, effective_from=begin, effective_to=_first(new) - _DAY)
        if _last(new) == date.max or new.state in OVER:
            return  # after an end nothing goes on
        begin = max(begin, _last(new) + _DAY)
    if begin <= _last(old):
        # A rest begins where it does: Medicare's 30 days before an effective date are not its own to have.
        yield replace(old, id=0, effective_from=begin, retro_from=begin if old.kind in RETRO_KINDS else None)


def _begun(record: Enrollment, current: Sequence[Enrollment]) -> Enrollment:
    """An end that names no beginning ends what was in force: it begins where that did."""
    if record.state not in OVER or record.effective_from or record.effective_to is None:
        return record
    ended = [
        old for old in current if key_of(old) == key_of(record) and _first(old) <= _last(record) and old.effective_from
    ]
    if not ended:
        return record
    last = max(ended, key=_first)
    return replace(record, effective_from=last.effective_from, retro_from=record.retro_from or last.retro_from)


def corrects(new: Enrollment, old: Enrollment) -> bool:
    """Whether a record begins on the same day in the same state as another one of its key, and takes its place whole."""
    return new.state is old.state and new.effective_from == old.effective_from


def _first(record: Enrollment) -> date:
    return record.effective_from or date.min


def _last(record: Enrollment) -> date:
    return record.effective_to or date.max
