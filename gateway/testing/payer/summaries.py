"""What a payer says in words beside its X12: reports on files, and remittances for people."""

from __future__ import annotations

from gateway.testing.payer.journal import Arrival
from gateway.testing.payer.manners import Mail
from gateway.testing.payer.reception import Finding
from gateway.testing.payer.segments import cut, find
from gateway.testing.payer.wire import read_segments


def report(arrival: Arrival, found: Finding) -> Mail:
    """What was read of a file."""
    claims = sum(len(each.claims) for each in found.interchanges)
    text = f"File {arrival.name}\nInterchanges {len(found.interchanges)}\nClaims {claims}\n"
    return Mail("{stem}_IN_C.txt", text, "file")


def error_report(arrival: Arrival, found: Finding) -> Mail:
    """Why a file was not worked on."""
    text = f"File {arrival.name} was not processed:\n" + "".join(f"  {reason}\n" for reason in found.reasons)
    return Mail("{stem}_IN_C_ErrorReport.txt", text, "file")


def readable(remittance: bytes) -> bytes:
    """An 835 as people read it: each payment with its claims, their numbers and amounts."""
    segments, lines = read_segments(remittance), []
    for each in cut(segments, "ST")[1:]:
        lines.append(f"Payment {find(each, 'TRN')[2]} {find(each, 'BPR')[2]}")
        lines += [f"  {clp[1]:<20} {clp[2]:>2} {clp[3]:>10} {clp[4]:>10}" for clp in each if clp.id == "CLP"]
    return ("\n".join(lines) + "\n").encode("latin-1")
