"""What of a partner's table does not go together, told beside what is wrong key by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from gateway.config.contradictions import contradictions
from gateway.config.partners import PartnerTable


def contradictions_in(entry: Any) -> Iterator[str]:
    """As `place: what (for example: ...)`: of the keys that are right, in place of the others what is usual."""
    wrong = _wrong_keys(entry)
    if not isinstance(entry, Mapping) or "" in wrong:
        return
    right = {key: value for key, value in entry.items() if key not in wrong}
    fields = PartnerTable.model_fields.items()
    filled = {
        name: field.examples[0] for name, field in fields if name in wrong and field.is_required() and field.examples
    }
    yield from contradictions(PartnerTable.model_validate(right | filled).partner(), wrong)


def _wrong_keys(entry: Any) -> frozenset[str]:
    """The keys of the table that cannot be taken or are missing; an empty one is the table itself."""
    try:
        PartnerTable.model_validate(entry)
    except ValidationError as error:
        places = [found["loc"] for found in error.errors(include_url=False, include_input=False, include_context=False)]
        return frozenset(str(place[0]) if place else "" for place in places)
    return frozenset()
