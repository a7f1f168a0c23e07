"""What is odd about a document's wrapping and was read all the same: said once for the file, with its last set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from gateway.model.claims import Finding, Outcome
from gateway.x12.envelope import EnvelopeSummary, place_in
from gateway.x12.extract_findings import FileFinding

TRAILING_DATA, LOWER_CASE = "TRAILING_DATA", "LOWER_CASE"
LEADING_SPACE, TRAILING_SEPARATOR = "LEADING_SPACE", "ENVELOPE_SEPARATOR"
ISA_REPEATED, HEADER_FUTURE = "ISA_REPEATED", "HEADER_FUTURE"
TERMINATOR_MISSING, REFERENCE_REPEATED = "TERMINATOR_MISSING", "REFERENCE_REPEATED"
OF_WRAPPING = frozenset({
    *(TRAILING_DATA, LOWER_CASE, LEADING_SPACE, TRAILING_SEPARATOR, ISA_REPEATED, HEADER_FUTURE),
    *(TERMINATOR_MISSING, REFERENCE_REPEATED),
})  # fmt: skip

OF_FILES = OF_WRAPPING | {"CLAIM_MISSING", "HIERARCHY_CHILD_CODE", "LEVEL_EMPTY", "SET_TOO_LARGE"}
"""What is said of a file or a level and of no claim: nothing is held or rejected for it."""


def of_wrapping(envelope: EnvelopeSummary, today: date | None = None) -> Iterator[FileFinding]:
    """Warnings on a whole document; `today`, where it is given, is what headers may not be later than by two days, since
    days begin earlier elsewhere."""
    last = envelope.sets - 1
    if envelope.rubbish:
        message = f"{envelope.rubbish} bytes stand behind an interchange and are no X12; they were passed over."
        place = f"{place_in(envelope.rubbish_after)}/after IEA"
        yield FileFinding(last, Finding(TRAILING_DATA, Outcome.WARN, place, message, _LEAVE_OUT))
    if envelope.lowered:
        many = "segment has its" if envelope.lowered == 1 else "segments have their"
        message = f"{envelope.lowered} {many} name in lower case; payers get capitals."
        yield FileFinding(last, Finding(LOWER_CASE, Outcome.WARN, "", message, _CAPITALS))
    if envelope.indented:
        many = "segment has a blank" if envelope.indented == 1 else "segments have blanks"
        message = f"{envelope.indented} {many} before the name; payers get them without."
        yield FileFinding(last, Finding(LEADING_SPACE, Outcome.WARN, "", message, _NO_BLANKS))
    if envelope.trailing:
        message = "GS, GE or IEA has a separator or spaces at an end, for nothing; payers get envelopes of our own."
        yield FileFinding(last, Finding(TRAILING_SEPARATOR, Outcome.WARN, "", message, _NO_SEPARATOR))
    if envelope.repeated:
        message = "An interchange has the control number of another one of the same sender and receiver in the file."
        place = f"{place_in(envelope.repeated)}/ISA13"
        yield FileFinding(last, Finding(ISA_REPEATED, Outcome.WARN, place, message, _NUMBER))
    if today and envelope.dated > int((today + timedelta(days=1)).strftime("%Y%m%d")):
        message = "An ISA, GS or BHT says that it was made on a day still to come; payers get headers of our own."
        yield FileFinding(last, Finding(HEADER_FUTURE, Outcome.WARN, "", message, _CLOCK))
    if envelope.unended:
        message = "The last segment has no terminator; payers get one."
        yield FileFinding(last, Finding(TERMINATOR_MISSING, Outcome.WARN, "", message, _END))
    if envelope.renamed:
        many = "transaction set has" if envelope.renamed == 1 else "transaction sets have"
        message = f"{envelope.renamed} {many} the number (BHT03) of another one; payers get numbers of our own."
        yield FileFinding(last, Finding(REFERENCE_REPEATED, Outcome.WARN, "", message, _OWN_NUMBER))


_END = "See that the file was copied whole; have the billing software end its last segment like the others."
_OWN_NUMBER = "Have the billing software give each transaction set a BHT03 of its own."
_LEAVE_OUT = "Nothing, if no claim is missing. Have whatever writes or copies the file end it with the IEA."
_CAPITALS = "Have the billing software write the names of segments, and codes, in capitals."
_NO_BLANKS = "Have the billing software begin each segment with its name, right behind the terminator or in a new line."
_NO_SEPARATOR = "Have the vendor of the billing software leave out separators at the end."
_CLOCK = "See that the clock of the computer that writes the file is right."
_NUMBER = "Have the billing software count ISA13 up; see that none of the claims is in the file twice."
