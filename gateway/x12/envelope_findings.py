"""What is odd about a document's wrapping and was read all the same: said once for the file, with its last set."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.model.claims import Finding, Outcome
from gateway.x12.envelope import EnvelopeSummary
from gateway.x12.extract_findings import FileFinding

TRAILING_DATA, LOWER_CASE = "TRAILING_DATA", "LOWER_CASE"
OF_WRAPPING = frozenset({TRAILING_DATA, LOWER_CASE})


def of_wrapping(envelope: EnvelopeSummary) -> Iterator[FileFinding]:
    """Warnings on a whole document."""
    last = envelope.sets - 1
    if envelope.rubbish:
        message = f"{envelope.rubbish} bytes stand behind an interchange and are no X12; they were passed over."
        yield FileFinding(last, Finding(TRAILING_DATA, Outcome.WARN, "after IEA", message, _LEAVE_OUT))
    if envelope.lowered:
        many = "segment has its" if envelope.lowered == 1 else "segments have their"
        message = f"{envelope.lowered} {many} name in lower case; payers get capitals."
        yield FileFinding(last, Finding(LOWER_CASE, Outcome.WARN, "", message, _CAPITALS))


_LEAVE_OUT = "Nothing, if no claim is missing. Have whatever writes or copies the file end it with the IEA."
_CAPITALS = "Have the billing software write the names of segments, and codes, in capitals."
