"""Realistic fictional 837 batches for tests, demonstrations and benchmarks.

    batch837p([ClaimSpec("A1"), ClaimSpec("A2", payer_id="BETA1", dependent=True)], control=102)

Every name is invented, and every NPI starts with 2 or is the published illustration 1234567893.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Unpack

from gateway.model.claims import ClaimKind
from gateway.testing.builders_envelope import DELIMITERS, Envelope, Wrapping
from gateway.testing.builders_loops import hierarchy
from gateway.testing.builders_random import PAYERS, realistic_claims
from gateway.testing.builders_specs import PRACTICE, BillingSpec, ClaimSpec, LineSpec, Money, Person, Segment, valid_npi

__all__ = [
    "DELIMITERS",
    "PAYERS",
    "PRACTICE",
    "BillingSpec",
    "ClaimSpec",
    "Envelope",
    "LineSpec",
    "Money",
    "Person",
    "Segment",
    "batch837d",
    "batch837i",
    "batch837p",
    "batch_blocks",
    "realistic_batch",
    "realistic_claims",
    "valid_npi",
]

VERSIONS = {
    ClaimKind.PROFESSIONAL: "005010X222A1",
    ClaimKind.INSTITUTIONAL: "005010X223A2",
    ClaimKind.DENTAL: "005010X224A2",
}


def batch837p(
    claims: Iterable[ClaimSpec],
    *,
    billing: BillingSpec = PRACTICE,
    claims_per_set: int = 5000,
    **wrapping: Unpack[Wrapping],
) -> bytes:
    """One professional interchange, clean by the guide as far as the specs are."""
    return b"".join(batch_blocks(ClaimKind.PROFESSIONAL, claims, billing, claims_per_set, **wrapping))


def batch837i(
    claims: Iterable[ClaimSpec],
    *,
    billing: BillingSpec = PRACTICE,
    claims_per_set: int = 5000,
    **wrapping: Unpack[Wrapping],
) -> bytes:
    """One institutional interchange: the statement period at the claim, revenue codes on the lines."""
    return b"".join(batch_blocks(ClaimKind.INSTITUTIONAL, claims, billing, claims_per_set, **wrapping))


def batch837d(
    claims: Iterable[ClaimSpec],
    *,
    billing: BillingSpec = PRACTICE,
    claims_per_set: int = 5000,
    **wrapping: Unpack[Wrapping],
) -> bytes:
    """One dental interchange: the service date at the claim, CDT procedures and teeth on the lines."""
    return b"".join(batch_blocks(ClaimKind.DENTAL, claims, billing, claims_per_set, **wrapping))


def batch_blocks(
    kind: ClaimKind,
    claims: Iterable[ClaimSpec],
    billing: BillingSpec = PRACTICE,
    claims_per_set: int = 5000,
    **wrapping: Unpack[Wrapping],
) -> Iterator[bytes]:
    """The same as a stream: `claims` is read once, and memory stays flat however many there are."""
    wrapping.setdefault("version", VERSIONS[kind])
    numbered = groupby(enumerate(claims), key=lambda pair: pair[0] // claims_per_set)
    sets = (hierarchy(kind, (claim for _, claim in group), billing) for _, group in numbered)
    return Envelope(**wrapping).written(sets)


def realistic_batch(
    claims: int, seed: int = 1, *, claims_per_set: int = 5000, **wrapping: Unpack[Wrapping]
) -> Iterator[bytes]:
    """A professional batch as a practice sends it, some 550 bytes a claim; the same seed gives the same bytes."""
    specs = realistic_claims(claims, seed)
    return batch_blocks(ClaimKind.PROFESSIONAL, specs, claims_per_set=claims_per_set, **wrapping)
