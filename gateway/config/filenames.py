"""Whether a partner's filename template makes names that are unique, and that a server can take."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from string import Formatter

from gateway.model.habits import Case, Counter, NameRules, Period
from gateway.naming import FIELDS

_ISA13 = "987654321"
_YEAR = [datetime(2032, 1, 1, 23, 59, 58, tzinfo=UTC) + timedelta(days=day) for day in range(366)]

Named = Callable[[datetime], str]
"""The name of what is sent at some moment."""


def wrong_with(
    template: str,
    counter: Counter | None = None,
    rules: NameRules | None = None,
    *,
    sender: str = "S",
    submitter: str = "ST",
) -> str | None:
    """What is wrong first with the names this template makes for these ids, or None."""
    return next(iter(faults(template, counter, rules, sender=sender, submitter=submitter).values()), None)


@lru_cache(maxsize=256)  # a declaration, its contradictions and each account ask the same
def faults(
    template: str,
    counter: Counter | None = None,
    rules: NameRules | None = None,
    *,
    sender: str = "S",
    submitter: str = "ST",
) -> Mapping[str, str]:
    """What is wrong with the names this template makes for these ids, by what it is judged by: its own `fields`, the
    `counter` for whether they are unique, and each key of the rules. Of its fields isa13 never repeats, and n only with
    the counter's period."""
    n = "\0" * max(len(counter.first), len(counter.last)) if counter else ""

    def named(moment: datetime) -> str:
        return template.format(
            sender=sender, submitter=submitter, isa13=_ISA13, day=moment, n=n, type="P", stage="T"
        )  # fmt: skip

    if strange := strange_in(template):
        return {"fields": strange}
    try:
        names = [named(moment) for moment in _YEAR]
    except (ValueError, LookupError, AttributeError):
        return {"fields": _NO_TEMPLATE}
    found = dict(_against(rules or NameRules(), template, [name.replace("\0", "0") for name in names]))
    if "n" in _fields(template) and counter is None:
        return {"counter": "has {n}, and no [partner.counter] says how it counts"} | found
    if _ISA13 not in names[0] and (repeats := _repeats(named, names, n, counter)):
        return {"counter": repeats} | found
    return found


def strange_in(template: str) -> str | None:
    """What is wrong with its fields, whatever the counter is like."""
    try:
        strangers = sorted(_fields(template) - set(FIELDS))
    except ValueError:
        return _NO_TEMPLATE
    return f"has no field {{{strangers[0]}}}; fields are {', '.join(f'{{{f}}}' for f in FIELDS)}" if strangers else None


def _fields(template: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(template) if field is not None}


_NO_TEMPLATE = "is no template: each { needs its }, with a field's name between them"


def _repeats(named: Named, names: list[str], n: str, counter: Counter | None) -> str | None:
    """Why two files could have the same name. One that comes back after a year is noticed when it is given."""
    if counter is None or n not in names[0]:
        return "must have the whole {isa13} in it, or {n} and its day: without them two files could have the same name"
    if counter.period is Period.DAY and len(set(names)) < len(names):
        return "must have the month and day in it, since its counter begins anew each day"
    later = {named(moment.replace(year=2036)) for moment in _YEAR}
    if counter.period is Period.YEAR and later & set(names):
        return "must have the year in it, since its counter begins anew each year"
    return None


def _against(rules: NameRules, template: str, names: list[str]) -> Iterator[tuple[str, str]]:
    """What goes against each rule, by its key."""
    if wrong := _letters(rules, names):
        yield "names.punctuation", wrong
    longest = max(map(len, names))
    if longest > rules.longest:
        yield "names.longest", f"makes names of more than {rules.longest} characters: up to {longest}"
    for text, _, _, _ in Formatter().parse(template):
        wanted = cased(text, rules.case)
        if text != wanted:
            yield "names.case", f"has {text} in it, where names.case = {rules.case.value} wants {wanted}"
            return


def _letters(rules: NameRules, names: list[str]) -> str | None:
    strange = sorted(set(re.sub("[A-Za-z0-9]+", "", "".join(names))) - set(rules.punctuation))
    if strange:
        usual = rules.punctuation == NameRules().punctuation
        allowed = " ".join(rules.punctuation)
        why = f"only letters, digits and {allowed} are safe on every server" if usual else (
            f"beside letters and digits names.punctuation has {allowed or 'nothing'}")  # fmt: skip
        return f"makes names with {' '.join(map(ascii, strange))} in them; {why}"
    if any(name.startswith(".") for name in names):
        return "makes names that begin with a dot, which are hidden"
    return None


def cased(text: str, case: Case) -> str:
    """A text in the letters that a partner wants."""
    return {Case.UPPER: text.upper(), Case.LOWER: text.lower(), Case.KEEP: text}[case]
