"""What was read of a batch as plain rows, which can travel between processes: made wherever the file is read."""

from __future__ import annotations

import json
from typing import Any

from gateway.codec import claim_bytes, day, delimiters_text, finding_values, money
from gateway.likeness import likeness, substituted
from gateway.model.claims import Claim
from gateway.model.x12 import FunctionalGroup, Interchange, Level, TransactionSet
from gateway.named import npis_of
from gateway.x12.claims import FileFinding, Item

Row = tuple[Any, ...]
"""One item: its kind, then plain values, the claim's findings packed with its facts."""

INTERCHANGE, GROUP, SET, LEVEL, CLAIM, FINDING = "IGSLCF"


def row_of(item: Item) -> Row:
    """An item as a row."""
    if isinstance(item, Claim):
        npis = npis_of(item) | {provider.npi for provider in item.providers if provider.npi}
        return (
            CLAIM, item.transaction_set, item.levels, item.control_number, item.kind.value, item.frequency,
            money(item.charge), item.payer_id, day(item.first_day), day(item.last_day), item.billing.npi,
            item.span.start, item.span.end, item.fingerprint, claim_bytes(item), likeness(item),
            tuple(sorted(npis)), tuple([(npi, day(when)) for npi, when in substituted(item)]),
        )  # fmt: skip
    if isinstance(item, Level):
        return (LEVEL, item.ordinal, item.transaction_set, item.kind, item.parent, item.span.start, item.span.end)
    if isinstance(item, FileFinding):
        return (FINDING, item.transaction_set, json.dumps(finding_values(item.finding)))
    if isinstance(item, TransactionSet):
        return (SET, item.ordinal, item.group, item.control, item.version, item.reference, item.mode)
    if isinstance(item, FunctionalGroup):
        return (GROUP, item.ordinal, item.control)
    assert isinstance(item, Interchange)
    sender, receiver = (f"{party.qualifier} {party.id}" for party in (item.sender, item.receiver))
    return (INTERCHANGE, sender, receiver, item.control, item.usage, delimiters_text(item.delimiters))


def npis_in(row: Row) -> tuple[str, ...]:
    """The providers that a claim's row depends on."""
    npis: tuple[str, ...] = row[16]
    return npis
