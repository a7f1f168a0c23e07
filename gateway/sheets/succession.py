"""What new statements of the registry do to those believed now. Enrollments have rules of their own.

A statement without days follows the one before it. One with days takes the place of every earlier one of the same key
with a day in common, whole: a link or licence has no state of its own in which the rest of it could go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from gateway.model.registry import Statement
from gateway.sheets.layout import Sheet, sheet_of

S = TypeVar("S", bound=Statement)


def succession(
    current: Sequence[Statement], wanted: Iterable[Statement], *, only_these: bool = False
) -> tuple[list[Statement], list[Statement]]:
    """(added, superseded), for the statements of one sheet. With `only_these` everything not wanted is superseded."""
    distinct = {content(new): new for new in wanted}
    known = {content(old): old for old in current}
    added = [new for what, new in distinct.items() if not stands(known.get(what), new)]
    kept = distinct.keys() - {content(new) for new in added}
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


def corrects(new: Statement, old: Statement) -> bool:
    """Whether a statement speaks of the same as another one of its key from the same day, or without days."""
    sheet = sheet_of(new)
    return not sheet.dated or _first(sheet, new) == _first(sheet, old)


def _first(sheet: Sheet, statement: Statement) -> date:
    return getattr(statement, sheet.first) or date.min


def _last(sheet: Sheet, statement: Statement) -> date:
    return getattr(statement, sheet.last) or date.max
