"""Checks of what another payer did (CAS, MOA, MIA, SVD): reasons and remarks that can be ones, each once in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import pieces_from
from gateway.model.claims import Claim, Finding, Outcome
from gateway.x12.syntax import text_of

_REASON = re.compile("[1-9][0-9]{0,2}|[ABDPWY][0-9]{1,2}")
_REMARK = re.compile("MA(?:0[1-9]|[1-9][0-9]{1,2})|[MN][1-9][0-9]{0,3}")
_REMARKS = {b"MOA": (3, 4, 5, 6, 7), b"MIA": (5, 20, 21, 22, 23)}
_REASONS = range(2, 18, 3)
_TOLD = frozenset({b"CAS", b"SVD"})
_OPENED = frozenset({b"SBR", b"SVD", b"LX"})


class _Said(NamedTuple):
    """A segment with its place: its loop, the LX number of its line, its position, and which payer's it is."""

    elements: list[bytes]
    loop: str
    line: int | None
    segment: int
    payer: int


def adjustment_reason_unknown(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A reason has the form of one: our own table holds only those that need a judgement."""
    return [
        _of("ADJUSTMENT_REASON_UNKNOWN", said, f"CAS{at:02}", "An adjustment has a reason code that is none.")
        for said in _told(claim)
        if said.elements[0] == b"CAS"
        for at in _REASONS
        if at < len(said.elements) and said.elements[at] and not _is(_REASON, said.elements[at])
    ]


def remark_unknown(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A remark has the form of one."""
    return [
        _of("REMARK_UNKNOWN", said, f"{said.elements[0].decode()}{at:02}", "A remark code is none.")
        for said in _told(claim)
        for at in _REMARKS.get(said.elements[0], ())
        if at < len(said.elements) and said.elements[at] and not _is(_REMARK, said.elements[at])
    ]


def adjustment_repeated(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """One payer says each group and reason once in one place, of a line or of the claim."""
    seen: set[tuple[int, bytes, bytes]] = set()
    found = []
    for said in _told(claim):
        if said.elements[0] != b"CAS":
            continue
        stated = [said.elements[at] for at in _REASONS if at < len(said.elements) and said.elements[at]]
        keys = {(said.payer, said.elements[1], reason) for reason in stated}
        if keys & seen or len(keys) < len(stated):
            found.append(
                _of("ADJUSTMENT_REPEATED", said, "CAS02", "The same adjustment reason stands twice for one payer.")
            )
        seen |= keys
    return found


def bundled_line_unknown(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A line that another payer bundled into one (SVD06) is bundled into a line of the claim."""
    numbers = {str(line.number) for line in claim.lines}
    return [
        replace(
            _of(
                "BUNDLED_LINE_UNKNOWN", said, "SVD06", "Another payer bundled the line into one that the claim has not."
            ),
            outcome=Outcome.HOLD,
        )
        for said in _told(claim)
        if said.elements[0] == b"SVD"
        if (into := text_of(b"".join(said.elements[6:7]))) and into.lstrip("0") not in numbers
    ]


def _told(claim: Claim) -> Sequence[_Said]:
    """Nothing for a claim that names no other payer."""
    if not claim.coverages:
        return ()
    return list(_walked(claim))


def _walked(claim: Claim) -> Iterator[_Said]:
    loop, payer, numbers = "2320", 0, iter(claim.lines)
    line: int | None = None
    for position, elements in pieces_from(claim):
        id = elements[0]
        if id in _OPENED:
            payer = position
        if id == b"LX":
            loop, line = "2430", next(numbers).number
        if id in _TOLD or id in _REMARKS:
            yield _Said(elements, loop, line, position, payer)


def _of(code: str, said: _Said, element: str, message: str) -> Finding:
    step = "Enter it as on that payer's remittance."
    return Finding(code, Outcome.WARN, f"{said.loop}/{element}", message, step, line=said.line, segment=said.segment)


@lru_cache(maxsize=4096)
def _is(form: re.Pattern[str], code: bytes) -> bool:
    return form.fullmatch(text_of(code)) is not None


CHECKS = (
    Check("ADJUSTMENT_REASON_UNKNOWN", adjustment_reason_unknown, worst=Outcome.WARN, once=True),
    Check("BUNDLED_LINE_UNKNOWN", bundled_line_unknown, worst=Outcome.HOLD, once=True),
    Check("REMARK_UNKNOWN", remark_unknown, worst=Outcome.WARN, once=True),
    Check("ADJUSTMENT_REPEATED", adjustment_repeated, worst=Outcome.WARN, once=True),
)
