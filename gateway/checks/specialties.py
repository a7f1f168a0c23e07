"""Checks of claims that some trades alone send: ambulances, and equipment that is rented or sold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import of_line, pieces_from
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome
from gateway.x12.syntax import text_of

# HCPCS level II of transports by ground, air and water, and of their miles; A0998 and A0999 are no transport.
_FIRST, _LAST = "A0425", "A0436"
_NEEDED = (
    ((b"NM1", b"PW"), "2310E/NM1", "The claim is for an ambulance, and does not say where the patient was picked up."),
    ((b"NM1", b"45"), "2310F/NM1", "The claim is for an ambulance, and does not say where the patient was brought."),
    ((b"CR1",), "2300/CR1", "The claim is for an ambulance, and does not say why and how far (CR1)."),
)


def ambulance_incomplete(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A transport has an end at both ends, a reason and a distance, at the claim or at its line (837P)."""
    if (
        claim.text is None
        or claim.kind is not ClaimKind.PROFESSIONAL
        or not any(is_transport(line.procedure) for line in claim.lines)
    ):
        return ()
    there = {tuple(elements[:1]) for _, elements in pieces_from(claim)}
    there |= {tuple(elements[:2]) for _, elements in pieces_from(claim)}
    return [
        Finding(
            "AMBULANCE_INCOMPLETE",
            Outcome.HOLD,
            place,
            message,
            "Enter it in the record of the transport and send the claim again.",
            segment=claim.position,
        )
        for what, place, message in _NEEDED
        if what not in there
    ]


def is_transport(procedure: str) -> bool:
    """Whether it is one by ambulance, or its miles."""
    return procedure[:2] == "A0" and _FIRST <= procedure <= _LAST


def equipment_code_differs(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """SV5 says more of the same item that SV1 bills."""
    if claim.text is None or b"SV5" not in claim.text.claim:
        return ()
    numbers = {line.segment: line for line in claim.lines}
    return [
        Finding(
            "EQUIPMENT_CODE_DIFFERS",
            Outcome.HOLD,
            "2400/SV501-2",
            "The price of rented or sold equipment (SV5) is given for another item than the line bills.",
            "Enter the same code in both places, or leave the one out, and send the claim again.",
            line=numbers[lx].number,
            segment=of_line(claim, numbers[lx], "SV5"),
        )
        for lx, billed, rented in _items(claim)
        if lx in numbers and billed != rented
    ]


def _items(claim: Claim) -> Iterator[tuple[int, str, str]]:
    """The position of the LX, the procedure of its SV1, and that of its SV5."""
    lx, billed, mark = 0, "", claim.text.delimiters.component if claim.text else b":"
    for position, elements in pieces_from(claim):
        if elements[0] == b"LX":
            lx, billed = position, ""
        elif elements[0] in (b"SV1", b"SV5"):
            code = text_of(b"".join(b"".join(elements[1:2]).split(mark)[1:2]))
            if elements[0] == b"SV5" and code:
                yield lx, billed, code
            billed = billed or code


CHECKS = (
    Check("AMBULANCE_INCOMPLETE", ambulance_incomplete, worst=Outcome.HOLD, once=True),
    Check("EQUIPMENT_CODE_DIFFERS", equipment_code_differs, worst=Outcome.HOLD, once=True),
)
