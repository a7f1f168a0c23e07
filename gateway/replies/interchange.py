"""TA1: our word on an interchange's own envelope, its ISA and IEA."""

from __future__ import annotations

from gateway.model.reports import InterchangeReport, Stamp
from gateway.replies.writing import Writer, interchange


def interchange_acknowledgment(report: InterchangeReport, stamp: Stamp) -> bytes:
    """One interchange with a TA1 and no group: R with the code of what is wrong, or A 000 where ISA14 asks for an
    answer. Empty where there is nothing to say."""
    received = report.interchange
    if not report.refused and not received.ack_requested:
        return b""
    verdict = "R" if report.refused else "A"
    control = received.control.zfill(9)
    ta1 = Writer(received.delimiters).segment("TA1", control, received.date, received.time, verdict, report.note)
    return interchange(report, stamp, [ta1], groups=0)
