"""`gateway check --codes`: every code that can be said of a file or a claim, how grave it is, what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from gateway import sending
from gateway.checks.edits import BUILT_IN, CONTENT
from gateway.checks.engine import LEFT_OUT
from gateway.cli import show
from gateway.enrollment.words import WORDS as ENROLLMENT
from gateway.guides.words import ADVICE, WORDS
from gateway.model.claims import Finding, Outcome
from gateway.screening import REPEATED
from gateway.workers.screener import NOT_VALIDATED
from gateway.x12.claims_findings import bad_date, leading_zero, not_a_number
from gateway.x12.envelope import EnvelopeSummary
from gateway.x12.envelope_findings import of_wrapping

REFUSED = "REFUSED"
"""The file as a whole is not taken."""

_ODD = EnvelopeSummary((), (), 1, 1, 1, 1, 1, 1, 1, 1, 20_000_102, 1, 1)
_NUMBERS = ("CLM02", "SV102", "SV104", "SV203", "SV205", "SV302", "SV306", "LX01")
_READ: tuple[Finding, ...] = (
    *(not_a_number(element, "", 0) for element in _NUMBERS),
    leading_zero("LX01", "2400", 0),
    bad_date("DTP03", "", "date of service", 0),
    bad_date("DMG02", "", "birth date", 0),
    REPEATED,
    LEFT_OUT,
    NOT_VALIDATED,
)
_SENT = (
    *(sending.ROUTE_MISSING, sending.VERSION_NOT_ACCEPTED, sending.CLAIM_TOO_LARGE),
    *(sending.CHANGED_AFTER_SENDING, sending.SIMILAR_CLAIM),
    *(sending.NEVER_ADJUDICATED, sending.ORIGINAL_UNKNOWN, sending.MAY_HAVE_ARRIVED),
    *(sending.NEW_CLAIM_WANTED, sending.PAYER_NUMBER_OURS, sending.PAYER_NUMBER_OTHER, sending.NEWER_VERSION),
    sending.ORIGINAL_UNANSWERED,
    *(sending.PAYER_TAKES_NO_REPLACEMENT, sending.PAYER_ID_OTHER),
)
_SAID = {
    "LEVEL_EMPTY": (Outcome.WARN, "No claim stands under a billing provider or subscriber; the level is not sent on."),
    "HIERARCHY_CHILD_CODE": (Outcome.WARN, "HL04 does not say rightly whether a level hangs on this one."),
    "SET_TOO_LARGE": (Outcome.WARN, "A transaction set has more than 5,000 claims."),
    "CHECK_FAILED": (Outcome.HOLD, "A check broke while it looked at the claim."),
    "HELD_BY_PERSON": (Outcome.HOLD, "A person holds the claim."),
    "DUPLICATE": (Outcome.HOLD, "The same claim stands earlier in the file, or was received before; it is not sent."),
}
_OF_FILES = {
    "X12_EMPTY": "The file has nothing in it.",
    "X12_NOT_X12": "The file is no X12.",
    "X12_INCOMPLETE": "The file ends before its IEA.",
    "X12_ISA": "The ISA has not its fixed width, or its delimiters are not distinct.",
    "X12_SEGMENT_LENGTH": "A segment never ends.",
    "X12_CHARACTERS": "A control character stands in the file.",
    "X12_EMPTY_SEGMENT": "Nothing stands between two terminators.",
    "X12_STRUCTURE": "A segment stands outside its place in the envelopes.",
    "X12_HIERARCHY": "The levels (HL) do not hang on one another as the guide has them.",
    "X12_CONTROL_NUMBER": "A trailer does not repeat its header's control number.",
    "X12_CONTROL_REPEATED": "A control number comes twice in one envelope.",
    "X12_COUNTS": "A trailer's count is not what was counted.",
    "X12_ELEMENT": "An element of the envelope is not what it must be.",
    "X12_VERSION": "The guide's version is none that we take, or ST03 is not GS08.",
}


class Meaning(NamedTuple):
    """One code. `outcome` is the gravest that it has where no site, policy or person decided otherwise."""

    code: str
    outcome: str
    about: str
    meaning: str
    next: str = ""


def meanings() -> list[Meaning]:
    """Every code that speaks against a claim or a file, by its name. A plugin's own are not among them."""
    found = {each.code: each for each in (*_of_files(), *_of_guides(), *_of_checks(), *_of_gate())}
    return [found[code] for code in sorted(found)]


def print_codes(as_json: bool) -> None:
    """All of them as a table or as JSON."""
    rows: list[dict[str, Any]] = [each._asdict() for each in meanings()]
    if as_json:
        show.as_json({"codes": rows})
    else:
        columns = {"code": "Code", "outcome": "At worst", "about": "About", "meaning": "What it means"}
        show.table(rows, columns, empty="")


def _of_files() -> Iterator[Meaning]:
    for code, meaning in _OF_FILES.items():
        yield Meaning(code, REFUSED, "file", meaning)
    yield from _stated("file", (said.finding for said in of_wrapping(_ODD, date(1999, 12, 31))))


def _of_guides() -> Iterator[Meaning]:
    for code, words in WORDS.items():
        kind = {"L": "A loop", "S": "A segment"}.get(code.value[0], "An element")
        meaning = words.message.format(name=kind, id=kind, ref=kind, loop="its loop")
        yield Meaning(code.value, words.outcome.name, "guide", meaning, words.next_step)
    for advice, words in ADVICE.items():
        yield Meaning(advice.value, words.outcome.name, "guide", words.message, words.next_step)


def _of_checks() -> Iterator[Meaning]:
    for check in (*CONTENT, *BUILT_IN):
        assert check.worst is not None
        yield Meaning(check.code, check.worst.name, "claim", _documented(check.looks_at))
    yield from _stated("claim", _READ)
    for code, (outcome, meaning) in _SAID.items():
        yield Meaning(code, outcome.name, "claim", meaning)


def _of_gate() -> Iterator[Meaning]:
    yield from _stated("sending", _SENT)
    for code, words in ENROLLMENT.items():
        if words.outcome is not Outcome.PASS:
            meaning = words.message.format(who="a provider")
            yield Meaning(code.value, words.outcome.name, "enrollment", meaning, words.next_step)


def _stated(about: str, findings: Iterable[Finding]) -> Iterator[Meaning]:
    for one in findings:
        yield Meaning(one.code, one.outcome.name, about, one.message.format(stage="test or production"), one.next_step)


def _documented(check: Callable[..., object]) -> str:
    """The rule that a check holds a claim against."""
    return " ".join((check.__doc__ or "").split())
