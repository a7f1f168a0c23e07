"""What new statements of the registry do to those believed now. Enrollments have rules of their own.

A statement without days follows the one before it. One with days takes the place of every earlier one of the same key
with a day in common, whole: a link or licence has no state of its own in which the rest of it could go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from gateway.model.enrollment import Enrollment
from gateway.model.registry import Statement
from gateway.sheets.layout import Sheet, sheet_of
from gateway.sheets.rows import Wanted

S = TypeVar("S", bound=Statement)


def succession(
    current: Sequence[Statement], wanted: Iterable[Wanted], *, only_these: bool = False
) -> tuple[list[Statement], list[Statement]]:
    """(added, superseded), for the statements of one sheet. With `only_these` everything not wanted is superseded."""
    standing = by_key(current)
    completed = {content(made): made for each in wanted if (made := _completed(each, standing))}
    known = {content(old): old for old in current}
    added = [made for what, made in completed.items() if not stands(known.get(what), made)]
    kept = completed.keys() - {content(new) for new in added}
    others = [old for old in current if content(old) not in kept]
    if only_these:
        return added, others
    news = by_key(added)
    return added, [old for old in others if any(touches(new, old) for new in news.get(key_of(old), ()))]


def key_of(statement: Statement) -> tuple[object, ...]:
    """What it speaks of."""
    return tuple(getattr(statement, name) for name in sheet_of(statement).key)


def by_key(statements: Iterable[S]) -> dict[tuple[object, ...], list[S]]:
    """Statements of one sheet by what they speak of."""
    found: dict[tuple[object, ...], list[S]] = {}
    for statement in statements:
        found.setdefault(key_of(statement), []).append(statement)
    return found


def content(statement: S) -> S:
    """What it states, without its row and evidence."""
    return replace(statement, id=0, observed_on=None, document=None)


def stands(known: Statement | None, new: Statement) -> bool:
    """Whether the known one says all of it: the same, seen as lately, and with the same document if the new one has any."""
    if known is None:
        return False
    as_late = new.observed_on is None or (known.observed_on is not None and known.observed_on >= new.observed_on)
    return as_late and new.document in (None, known.document)


def touches(new: Statement, old: Statement) -> bool:
    """Whether two statements of one key have a day in common, or have no days."""
    sheet = sheet_of(new)
    return not sheet.dated or max(_first(sheet, new), _first(sheet, old)) <= min(_last(sheet, new), _last(sheet, old))


def _first(sheet: Sheet, statement: Statement) -> date:
    return getattr(statement, sheet.first) or date.min


def _last(sheet: Sheet, statement: Statement) -> date:
    return getattr(statement, sheet.last) or date.max


def _completed(each: Wanted, standing: Mapping[tuple[object, ...], Sequence[Statement]]) -> Statement | None:
    """A record without days keeps what is known in the fields that its row had no column for."""
    new = each.record
    if isinstance(new, Enrollment):
        return None
    sheet = sheet_of(new)
    old = next(iter(standing.get(key_of(new), ())), None)
    if sheet.dated or old is None:
        return new
    missing = [c.field for c in sheet.columns if c.field not in each.given | {"observed_on", "source"}]
    return replace(new, **{name: getattr(old, name) for name in missing})
