"""Who a reply must name: read from the bytes of a claim's levels, and from what stands before a set's first level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from gateway.model.reports import Party
from gateway.model.x12 import Delimiters
from gateway.x12.capitals import in_capitals
from gateway.x12.syntax import ABSENT, PADDING, text_of


class Names(NamedTuple):
    """2010AA, and the patient: 2010CA of a dependent, else 2010BA, always with the subscriber's member id."""

    billing: Party
    patient: Party


def names_of(level_blocks: Sequence[bytes], delimiters: Delimiters) -> Names:
    """Read from the bytes of a claim's levels, 2000A first. What is not there is empty; a billing provider without NPI
    is known by its tax id."""
    found: dict[str, Party] = {}
    for block in level_blocks:
        found.update(_parties(block, delimiters))
    subscriber = found.get("IL", Party("1"))
    patient = found.get("QC", subscriber)
    if not patient.id:
        patient = replace(patient, qualifier=subscriber.qualifier, id=subscriber.id)
    billing = found.get("85", Party())
    if not billing.id and level_blocks:
        billing = replace(billing, qualifier="FI", id=_tax_id(level_blocks[0], delimiters))
    return Names(billing, patient)


def submitter_of(header: bytes, delimiters: Delimiters) -> Party | None:
    """1000A: the last NM1*41 of these bytes, which end where the set's first level begins."""
    return dict(_parties(header, delimiters)).get("41")


def _tax_id(block: bytes, delimiters: Delimiters) -> str:
    """REF*EI or REF*SY of 2010AA."""
    refs = _segments(b"REF", block, delimiters)
    return next((ref[2].replace("-", "") for ref in refs if ref[1] in ("EI", "SY")), "")


def _parties(block: bytes, delimiters: Delimiters) -> Iterator[tuple[str, Party]]:
    for nm1 in _segments(b"NM1", block, delimiters):
        yield nm1[1], Party(nm1[2], nm1[3], nm1[4], nm1[5], nm1[7], nm1[8], nm1[9])


def _segments(id: bytes, block: bytes, delimiters: Delimiters) -> Iterator[list[str]]:
    mark = id + delimiters.element
    for piece in in_capitals(block, delimiters)[0].split(delimiters.segment):
        if (text := piece.lstrip(PADDING)).startswith(mark):
            yield [text_of(element) for element in (*text.split(delimiters.element), *ABSENT)]
