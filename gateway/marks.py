"""What people decided about a claim: to hold it, or to let it go past what holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from gateway.checks import FIRM
from gateway.enrollment import EXCLUSIONS
from gateway.model.claims import Finding, Outcome

NOBODY_RELEASES = FIRM | {"ROUTE_MISSING", "VERSION_NOT_ACCEPTED", "CLAIM_TOO_LARGE"}
"""Holds without a way to send the claim at all: a person's word does not make one."""

TWO_RELEASE = frozenset(code.value for code in EXCLUSIONS)
"""Holds for an exclusion from federal programs: whoever pays past one is liable, so two people decide."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A person's word on a claim, oldest first: `hold` it, or `release` it past these finding codes. `about` has each with
    whom it was about (an NPI, or empty), for who lets one provider's exclusion pass has not seen another's; without any
    the release is past these codes whoever they are about."""

    mark: str
    codes: tuple[str, ...]
    actor: str
    about: tuple[tuple[str, str], ...] = ()


def marked(findings: Sequence[Finding], marks: Iterable[Mark], whom: Callable[[Finding], str]) -> list[Finding]:
    """Apply what people decided: a release turns the holds it names into warnings, a hold adds one, which leads: whoever
    held the claim sees that it is held by them. `whom` says which provider a finding is about."""
    released: dict[str, list[Mark]] = {}
    held_by = ""
    for mark in marks:
        held_by = "" if mark.mark == "release" else mark.actor
        for code in mark.codes if mark.mark == "release" else ():
            released.setdefault(code, []).append(mark)
    found = [_past(finding, _releasing(finding, released.get(finding.code, ()), whom)) for finding in findings]
    return [_held(held_by, found), *found] if held_by else found


def _releasing(finding: Finding, marks: Iterable[Mark], whom: Callable[[Finding], str]) -> list[str]:
    return [mark.actor for mark in marks if not mark.about or (finding.code, whom(finding)) in mark.about]


SECOND = "A second person must release it too: past an exclusion two decide."


def half_released(code: str, marks: Iterable[Mark]) -> bool:
    """Whether one person released this hold and another must."""
    people = {mark.actor for mark in marks if mark.mark == "release" and code in mark.codes}
    return code in TWO_RELEASE and len(people) == 1


def _past(finding: Finding, actors: Sequence[str]) -> Finding:
    """The finding, or a warning where those who let it pass may do so."""
    people = list(dict.fromkeys(actors))
    if finding.outcome is not Outcome.HOLD or not people or finding.code in NOBODY_RELEASES:
        return finding
    if finding.code in TWO_RELEASE and len(people) < 2:
        return replace(
            finding,
            next_step=f"{SECOND} {finding.next_step}",
            evidence=f"{finding.evidence}; released by {people[0]}, one of two".lstrip("; "),
        )
    return replace(
        finding,
        outcome=Outcome.WARN,
        evidence=f"{finding.evidence}; released by {' and '.join(people)}".lstrip("; "),
    )


def _held(by: str, besides: Sequence[Finding]) -> Finding:
    """A release is past everything that holds the claim, so that is named."""
    others = sorted({finding.code for finding in besides if finding.outcome is Outcome.HOLD} - NOBODY_RELEASES)
    also = f"; that is past {', '.join(others)} too" if others else ""
    return Finding(
        "HELD_BY_PERSON",
        Outcome.HOLD,
        message="A person holds this claim.",
        next_step=f"Release it with `gateway release` when it may go{also}.",
        evidence=f"held by {by}",
    )
