"""What of a partner's table does not go together, told beside what is wrong key by key."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, get_origin

from pydantic import ValidationError

from gateway.config.contradictions import GIVEN, contradictions
from gateway.config.partners import PartnerTable
from gateway.config.wording import Table, inner_table
from gateway.model.partners import Partner

LISTS = ("windows", "maintenance", "outages")
"""The keys that hold lists of tables."""


def contradictions_in(entry: Any) -> Iterator[str]:
    """As `place: what (for example: ...)`: of the keys that are right, in place of the others what is usual."""
    if isinstance(entry, Mapping):
        wrong = _wrong_keys(entry)
        yield from contradictions(_drafted(entry, wrong), wrong)


def draft(entry: Any) -> Partner | None:
    """The partner that the keys that are right declare, with what is usual in place of the others and no payers in place
    of wrong ones; None where the entry is no table."""
    if not isinstance(entry, Mapping):
        return None
    wrong = _wrong_keys(entry)
    drafted = _drafted(entry, wrong)
    return replace(drafted, payers={}) if "payers" in wrong else drafted


def _drafted(entry: Mapping[str, Any], wrong: Collection[str]) -> Partner:
    return PartnerTable.model_validate(_right(entry, wrong)).partner()


def _right(entry: Mapping[str, Any], wrong: Collection[str]) -> dict[str, Any]:
    """The table without its wrong keys, however deep, with what is usual in place of those that must not be missing."""
    fields = PartnerTable.model_fields
    inside = {key: _without(value, key, wrong) for key, value in entry.items() if key not in wrong}
    for key, value in inside.items():
        table = inner_table(fields[key]) if isinstance(value, dict) and key in fields else None
        if table and get_origin(fields[key].annotation) is not dict:
            inside[key] = _usual(table, wrong, f"{key}.") | value
    return inside | _usual(PartnerTable, wrong)


def _usual(table: Table, wrong: Collection[str], at: str = "") -> dict[str, Any]:
    """What is usual for the wrong keys of a table that it must have, or that count as given whatever their value."""
    return {
        name: field.examples[0]
        for name, field in table.model_fields.items()
        if at + name in wrong and field.examples and (field.is_required() or at + name in GIVEN)
    }


def _wrong_keys(entry: Mapping[str, Any]) -> frozenset[str]:
    """The keys that cannot be taken or are missing: of the table itself, or `table.key` where the rest of a table in it can
    be taken without that one, as `list.0` where the rest of a list of tables can."""
    places = _places(entry)
    within = frozenset(
        f"{place[0]}.{place[1]}"
        for place in places
        if place[1:] and (isinstance(entry[place[0]], Mapping) or place[0] in LISTS)
    )
    return within | {place[0] for place in _places(_right(entry, within))}


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
