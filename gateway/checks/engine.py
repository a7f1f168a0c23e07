"""Run checks over a claim: findings decide whether it passes, warns, is held or rejected."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from gateway.model.claims import Claim, Finding, Outcome
from gateway.model.partners import Payer

EDITION = "edits 2026-11.5"
"""Which edition of our own `once` checks a claim was read with."""


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What a check may know beside the claim. `payer` is None where the payer id is unknown; `mode`, `usage` and
    `version` are BHT06, ISA15 and ST03 of the set the claim came in; `today` is the site's own calendar day. `closed` are
    days on which nobody works, beside weekends and federal holidays; `adjudicated_on` is when the payer decided about the
    claim that this one replaces."""

    payer: Payer | None
    today: date
    mode: str = "CH"
    usage: str = "P"
    version: str = ""
    closed: frozenset[date] = frozenset()
    adjudicated_on: date | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One edit. `looks_at` is pure and gives what it finds, nothing where all is well; `payer` limits it to the claims
    of one payer, by key. A `once` check looks at the claim and its set alone, never at the context's payer or today: ours
    are run when the claim is read, and their findings stay with it. A plugin's run at the gate all the same. `worst` is
    the gravest outcome of what it finds, for people to read; None where nobody says. `concerns` is a cheap look that is
    false where a `once` check can find nothing: then it is not asked."""

    code: str
    looks_at: Callable[[Claim, CheckContext], Iterable[Finding]]
    payer: str | None = None
    once: bool = False
    worst: Outcome | None = None
    concerns: Callable[[Claim], bool] | None = None


# Findings no site may weaken: without a payer there is nowhere to go, and a check that failed has seen nothing.
FIRM = frozenset({"PAYER_UNKNOWN", "CHECK_FAILED"})
_ENDS = {
    "LOOP_MISSING": "/",
    "SEGMENT_MISSING": "",
}  # where the place of an absence ends; others end before a component


MOST_OBJECTIONS = 200
"""So many times may the guide object to a claim that it rejects, before nothing else is looked for in it."""

LEFT_OUT = Finding(
    "CHECKS_LEFT_OUT",
    Outcome.HOLD,
    "2300/CLM",
    f"The guide objects to the claim in more than {MOST_OBJECTIONS} places; what else may be wrong was not looked for.",
    "Have the vendor of the billing software correct how it writes such a claim, and send it again.",
)


def run_checks(claim: Claim, context: CheckContext, checks: Sequence[Check]) -> tuple[Finding, ...]:
    """The reader's own findings, then those of every check that concerns the claim, in order.

    The checks that found nothing are named in the evidence of one CHECKS_PASSED.
    """
    key = context.payer.key if context.payer else None
    concerned = [check for check in checks if check.payer is None or check.payer == key]
    found = [(check.code, _looked(check, claim, context)) for check in concerned]
    silent = [code for code, findings in found if not findings]
    passed = [Finding("CHECKS_PASSED", Outcome.PASS, evidence=" ".join(silent))] if silent else []
    return (*claim.findings, *(finding for _, findings in found for finding in findings), *passed)


def check_alone(claims: Sequence[tuple[Claim, CheckContext]], checks: Sequence[Check]) -> list[tuple[Finding, ...]]:
    """What `once` checks find in each claim that reading did not, and one CONTENT_PASSED that counts those that found
    nothing. Check by check over many claims, which takes half the time of claim by claim."""
    found: list[list[Finding]] = [[] for _ in claims]
    silent = [len(checks)] * len(claims)
    every = []
    for at, (claim, context) in enumerate(claims):
        if len(claim.findings) > MOST_OBJECTIONS and decide(claim.findings) is Outcome.REJECT:
            found[at], silent[at] = [replace(LEFT_OUT, segment=claim.position)], 0
        else:
            every.append((at, claim, context))
    asked = {which: _concerned(which, every) for which in {check.concerns for check in checks} if which}
    for check in checks:
        look = check.looks_at
        for at, claim, context in asked[check.concerns] if check.concerns else every:
            try:
                if (hits := look(claim, context)) and (hits := tuple(hits)):
                    found[at] += hits
                    silent[at] -= 1
            except Exception as broken:
                found[at].append(_failed(check, broken))
                silent[at] -= 1
    return [_told(claim, hits, count) for (claim, _), hits, count in zip(claims, found, silent, strict=True)]


_Asked = list[tuple[int, Claim, CheckContext]]


def _concerned(which: Callable[[Claim], bool], every: _Asked) -> _Asked:
    """Where the look itself breaks, the checks are asked about all, and say so."""
    try:
        return [asked for asked in every if which(asked[1])]
    except Exception:
        return every


def _told(claim: Claim, hits: list[Finding], silent: int) -> tuple[Finding, ...]:
    """One defect is one finding: where reading already objected, and no less, its own, which knows the segment, stays."""
    passed = _all_passed(silent) if silent else ()
    if not hits or not claim.findings:
        return (*hits, *passed)
    read = _objections(claim)
    return (*(hit for hit in hits if not _is_told(hit, read)), *passed)


_Objections = dict[tuple[int | None, str, str], Outcome]


def _objections(claim: Claim) -> _Objections:
    """What reading objected to, by line, code where a loop or segment is missing, and place; each with the worst outcome.
    Made once for a claim: one that is wrong in every line has thousands."""
    places = [(line.segment, line.number) for line in claim.lines if line.segment]
    starts = [segment for segment, _ in places]
    found: _Objections = {}
    for read in claim.findings:
        line = read.line
        if line is None and read.segment is not None and read.place.startswith("24"):
            above = bisect_right(starts, read.segment)
            line = places[above - 1][1] if above else None
        end = _ENDS.get(read.code, "-")
        key = (line, read.code if read.code in _ENDS else "", read.place.partition(end)[0] if end else read.place)
        found[key] = max(read.outcome, found.get(key, read.outcome))
    return found


def _is_told(hit: Finding, read: _Objections) -> bool:
    """Whether a place lies in what reading objected to: a loop or segment that is not there, or the element itself."""
    loop, element = hit.place.partition("/")[0], hit.place.partition("-")[0]
    beginnings = (("SEGMENT_MISSING", hit.place[:length]) for length in range(len(loop), len(hit.place) + 1))
    ways = (("LOOP_MISSING", loop), ("", element), *beginnings)
    return any(read.get((hit.line, *way), Outcome.PASS) >= hit.outcome for way in ways)


def decide(findings: Iterable[Finding]) -> Outcome:
    """The worst outcome; a claim nothing was said about passes."""
    return max((finding.outcome for finding in findings), default=Outcome.PASS)


def apply_severities(findings: Iterable[Finding], severities: Mapping[str, Outcome]) -> tuple[Finding, ...]:
    """Weaken or strengthen what was found, by code, as the site decided. A pass stays a pass."""
    return tuple(_weighed(finding, severities) for finding in findings)


def _weighed(finding: Finding, severities: Mapping[str, Outcome]) -> Finding:
    wanted = severities.get(finding.code, finding.outcome)
    if finding.outcome is Outcome.PASS or (finding.code in FIRM and wanted < finding.outcome):
        return finding
    return replace(finding, outcome=wanted)


def _looked(check: Check, claim: Claim, context: CheckContext) -> tuple[Finding, ...]:
    """A check that breaks holds its claim and no other: the text of its exception may quote the claim and is dropped."""
    try:
        return tuple(check.looks_at(claim, context))
    except Exception as broken:
        return (_failed(check, broken),)


def _failed(check: Check, broken: Exception) -> Finding:
    return Finding(
        "CHECK_FAILED",
        Outcome.HOLD,
        "",
        "A check broke while it looked at this claim, so nothing is known about what it looks for.",
        "Tell whoever maintains the check named in the evidence.",
        f"{check.code}: {type(broken).__name__}",
    )


@cache
def _all_passed(count: int) -> tuple[Finding, ...]:
    return (Finding("CONTENT_PASSED", Outcome.PASS, evidence=f"{EDITION}: {count} checks"),)
