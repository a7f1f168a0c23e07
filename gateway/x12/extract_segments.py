"""Segments that few claims have, or that come once in a claim, and where they go."""

from __future__ import annotations

from collections.abc import Callable

from gateway.x12.extract_records import (
    BILLING,
    SUBSCRIBER,
    Elements,
    Piece,
    RawClaim,
    RawLevel,
    RawLine,
    RawPayer,
)

PATIENTS = frozenset({b"IL", b"QC"})
"""NM101 of a subscriber and of a dependent."""


def name_in_level(level: RawLevel, nm1: Elements) -> None:
    """NM1 of a level: only the billing provider, the subscriber and the payer say what claims inherit."""
    id, role, kind = nm1[0], nm1[1], level.kind
    level.billing = False
    if id != b"NM1":
        return
    if kind == SUBSCRIBER:
        if role == b"PR":
            level.payer_id = nm1[9]
        elif role == b"IL":
            level.member_id = nm1[9]
    elif kind == BILLING and role == b"85":
        level.billing = True
        level.npi = nm1[9] if nm1[8] == b"XX" else b""


def refer_in_level(level: RawLevel, ref: Elements) -> None:
    """REF of a level: the billing provider's tax id."""
    if level.billing and ref[0] == b"REF" and b"".join(ref[1:2]) in {b"EI", b"SY"}:
        level.tax_id = b"".join(ref[2:3]).replace(b"-", b"")


def refer(claim: RawClaim, ref: Elements, position: int) -> None:
    """REF of the claim alone. D9 names one way that a claim went, and is no part of what the claim says."""
    if len(ref) < 2 or ref[0] != b"REF":
        return
    claim.references[ref[1]] = ref[2] if len(ref) > 2 else b""
    if ref[1] == b"D9":
        claim.unsaid += (position - claim.position,)


def date(claim: RawClaim, line: RawLine | None, dtp: Piece) -> None:
    """DTP of a claim, or of another payer; a line's DTP*472 is read where it is met."""
    if claim.own:
        claim.dates += (dtp,)
    elif dtp.elements[1] == b"573" and (payer := _payer(claim, line)):
        payer.paid_on = dtp.elements


def other_party(claim: RawClaim, nm1: Elements) -> None:
    """NM1 below another payer: that payer, or somebody whom it knows."""
    if claim.coverages and nm1[1] == b"PR":
        claim.coverages[-1].payer_id = nm1[9]


def _other_payer(claim: RawClaim, line: RawLine | None, sbr: Elements, position: int) -> None:
    if line is None:
        claim.own = False
        if claim.coverages is None:
            claim.coverages = []
        claim.coverages.append(RawPayer(sbr, position))


def _adjudicated(claim: RawClaim, line: RawLine | None, svd: Elements, position: int) -> None:
    if line:
        if line.adjudications is None:
            line.adjudications = []
        line.adjudications.append(RawPayer(svd, position))


def _adjusted(claim: RawClaim, line: RawLine | None, cas: Elements, position: int) -> None:
    if payer := _payer(claim, line):
        payer.cas.append(cas)


def _amount(claim: RawClaim, line: RawLine | None, amt: Elements, position: int) -> None:
    if claim.own:
        claim.amounts = {**(claim.amounts or {}), amt[1]: amt[2]}
    elif line is None and claim.coverages:
        claim.coverages[-1].amounts[amt[1]] = amt[2]


def _payer(claim: RawClaim, line: RawLine | None) -> RawPayer | None:
    """The other payer that the reading is at, of a line or of a claim."""
    payers = line.adjudications if line else claim.coverages
    return payers[-1] if payers else None


COLD_SEGMENTS: dict[bytes, Callable[[RawClaim, RawLine | None, Elements, int], None]] = {
    b"SBR": _other_payer,
    b"SVD": _adjudicated,
    b"CAS": _adjusted,
    b"AMT": _amount,
}
"""By segment id; `line` is the one that the reading is at, `position` the segment's."""
