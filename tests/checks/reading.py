"""Claims read from an 837 as the checks get them, each from a clean one and edits of it."""

from __future__ import annotations

from gateway.model.claims import Claim
from gateway.testing.builders import ClaimSpec, batch837d, batch837i, batch837p
from gateway.x12.claims import read_claims
from tests.defects.editing import Edit, all_of, recounted


def professional(spec: ClaimSpec, *edits: Edit) -> Claim:
    """The one claim of the spec, edited."""
    return _read(batch837p([spec]), edits)


def institutional(spec: ClaimSpec, *edits: Edit) -> Claim:
    """The one claim of the spec, edited."""
    return _read(batch837i([spec]), edits)


def dental(spec: ClaimSpec, *edits: Edit) -> Claim:
    """The one claim of the spec, edited."""
    return _read(batch837d([spec]), edits)


def _read(batch: bytes, edits: tuple[Edit, ...]) -> Claim:
    [claim] = [item for item in read_claims([all_of(*edits, recounted)(batch)]) if isinstance(item, Claim)]
    return claim
