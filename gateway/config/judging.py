"""What of a partner's table does not go together, told beside what is wrong key by key."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from gateway.config.contradictions import contradictions
from gateway.config.partners import PartnerTable

LISTS = ("windows", "maintenance", "outages")
"""The keys that hold lists of tables."""


def contradictions_in(entry: Any) -> Iterator[str]:
    """As `place: what (for example: ...)`: of the keys that are right, in place of the others what is usual."""
    if not isinstance(entry, Mapping):
        return
    wrong = _wrong_keys(entry)
    whole = frozenset(key for key in wrong if "." not in key)
    right = {key: _without(value, key, wrong) for key, value in entry.items() if key not in whole}
    fields = PartnerTable.model_fields.items()
    filled = {
        name: field.examples[0] for name, field in fields if name in whole and field.is_required() and field.examples
    }
    yield from contradictions(PartnerTable.model_validate(right | filled).partner(), wrong)


def _wrong_keys(entry: Mapping[str, Any]) -> frozenset[str]:
    """The keys that cannot be taken or are missing: of the table itself, or `table.key` where the rest of a table in it can
    be taken without that one, as `list.0` where the rest of a list of tables can."""
    places = _places(entry)
    within = frozenset(
        f"{place[0]}.{place[1]}"
        for place in places
        if place[1:] and (isinstance(entry[place[0]], Mapping) or place[0] in LISTS)
    )
    left = {key: _without(value, key, within) for key, value in entry.items()}
    return within | {place[0] for place in _places(left)}


def _places(entry: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Where each wrong or missing key stands."""
    try:
        PartnerTable.model_validate(entry)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        return [tuple(map(str, each["loc"])) for each in found]
    return []


def _without(value: Any, key: str, wrong: Collection[str]) -> Any:
    """A table without its wrong keys, a list without its wrong tables; anything else as it is."""
    if isinstance(value, list):
        return [inner for number, inner in enumerate(value) if f"{key}.{number}" not in wrong]
    if not isinstance(value, Mapping):
        return value
    return {name: inner for name, inner in value.items() if f"{key}.{name}" not in wrong}
