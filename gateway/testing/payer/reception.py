"""Which received files are worked on: names, sizes, wrappings, and the folder they came to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Literal, NamedTuple

from gateway.testing.payer.journal import Arrival
from gateway.testing.payer.manners import Layout, Names, Server
from gateway.testing.payer.wire import Interchange, read
from gateway.testing.payer.wrapping import Unwrap, unwrapped


class Finding(NamedTuple):
    """What becomes of a file: worked on, ignored (nobody looks at it), lost (its folder is for the other stage) or
    refused, with the rules it breaks. `tested` says that its name makes it a test."""

    outcome: Literal["worked on", "ignored", "lost", "refused"]
    reasons: tuple[str, ...] = ()
    interchanges: tuple[Interchange, ...] = ()
    tested: bool = False


def inspect(
    arrival: Arrival, data: bytes, server: Server, given: Mapping[str, Unwrap], earlier: Mapping[str, datetime]
) -> Finding:
    """Look at one file; `earlier` are the names that came before, each with when it last came."""
    names = server.names
    if names.extensions and not arrival.name.endswith(names.extensions):
        return Finding("ignored")
    broken = tuple(_broken(arrival, data, names, earlier))
    if broken:
        return Finding("refused", broken)
    try:
        interchanges = read(unwrapped(data, server.wraps, given))
    except ValueError as wrong:
        return Finding("refused", (f"it could not be opened: {wrong}",))
    broken = tuple(_badly_laid_out(interchanges, server.layout))
    if broken:
        return Finding("refused", broken)
    usage = server.folder(arrival.folder).usage
    if usage and any(each.header[15] not in usage for each in interchanges):
        return Finding("lost")
    return Finding("worked on", (), interchanges, bool(names.test) and fnmatchcase(arrival.name, names.test))


def _broken(arrival: Arrival, data: bytes, names: Names, earlier: Mapping[str, datetime]) -> Iterator[str]:
    """The rules that a file breaks, in words that show nothing of its content."""
    name = arrival.name
    if names.longest and len(name) > names.longest:
        yield f"its name has more than {names.longest} characters"
    if names.case and name != (name.upper() if names.case == "upper" else name.lower()):
        yield f"its name must be in {names.case} case"
    if names.plain and not all(c.isascii() and (c.isalnum() or c in names.punctuation) for c in name):
        yield "its name has a character that is not allowed"
    if names.pattern and not re.fullmatch(names.pattern, name):
        yield "its name is not made as agreed"
    if names.once and _came(arrival, names, earlier):
        yield "its name was used before"
    if not data:
        yield "it is empty"
    if names.largest and len(data) > names.largest:
        yield f"it has more than {_count(names.largest, 'byte')}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _badly_laid_out(interchanges: Sequence[Interchange], layout: Layout) -> Iterator[str]:
    sets = [each for one in interchanges for group in one.groups for each in group.sets]
    if layout.sets_per_file and len(sets) > layout.sets_per_file:
        yield f"it has more than {_count(layout.sets_per_file, 'set')}"
    if layout.claims_per_set and any(len(each.claims) > layout.claims_per_set for each in sets):
        yield f"a set has more than {_count(layout.claims_per_set, 'claim')}"
    if layout.one_provider and any(len({c.billing.elements for c in each.claims}) > 1 for each in sets):
        yield "a set has claims of several billing providers"
    if layout.line_break and any(each.line_break != layout.line_break for each in interchanges):
        yield f"its segments must end with {layout.line_break} as line break"


def _came(arrival: Arrival, names: Names, earlier: Mapping[str, datetime]) -> bool:
    before = earlier.get(arrival.name)
    return before is not None and (names.once == "ever" or before.date() == arrival.moment.date())
