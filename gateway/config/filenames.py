"""Whether a partner's filename template makes names that are unique, and that a server can take."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from string import Formatter

FIELDS = ("sender", "submitter", "isa13", "day")

_ISA13 = "987654321"
_DAY = datetime(2030, 12, 31, 23, 59, 58, tzinfo=UTC)


def wrong_with(template: str, *, sender: str = "SENDER", submitter: str = "SUBMITTER") -> str | None:
    """What is wrong with the names this template makes for these ids, or None. Of its fields, only isa13 never
    repeats."""
    try:
        named = {field for _, field, _, _ in Formatter().parse(template) if field is not None}
        if strangers := sorted(named - set(FIELDS)):
            return f"has no field {{{strangers[0]}}}; fields are {', '.join(f'{{{field}}}' for field in FIELDS)}"
        name = template.format(sender=sender, submitter=submitter, isa13=_ISA13, day=_DAY)
    except (ValueError, LookupError, AttributeError):
        return "is no template: each { needs its }, with a field's name between them"
    if _ISA13 not in name:
        return "must have the whole {isa13} in it: without it two files could have the same name"
    return _wrong_name(name)


def _wrong_name(name: str) -> str | None:
    strange = sorted(set(re.sub(r"[A-Za-z0-9._+=@-]", "", name)))
    if strange:
        shown = " ".join(map(ascii, strange))
        return f"makes names with {shown} in them; only letters, digits and . _ - + = @ are safe on every server"
    if name.startswith("."):
        return "makes names that begin with a dot, which are hidden"
    return None if len(name) <= 100 else "makes names of more than 100 characters"
