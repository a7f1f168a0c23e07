"""Run checks over a claim: findings decide whether it passes, warns, is held or rejected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from gateway.model.claims import Claim, Finding, Outcome
from gateway.model.partners import Payer


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What a check may know beside the claim. `payer` is None where the payer id is unknown; `mode`, `usage` and
    `version` are BHT06, ISA15 and ST03 of the set the claim came in; `today` is the site's own calendar day."""

    payer: Payer | None
    today: date
    mode: str = "CH"
    usage: str = "P"
    version: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One edit. `looks_at` is pure and yields what it finds, nothing where all is well; `payer` limits it to the
    claims of one payer, by key."""

    code: str
    looks_at: Callable[[Claim, CheckContext], Iterable[Finding]]
    payer: str | None = None


# Findings no site may weaken: without a payer there is nowhere to go, and a check that failed has seen nothing.
FIRM = frozenset({"PAYER_UNKNOWN", "CHECK_FAILED"})


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


def read_wrong(claim: Claim, place: str, line: int | None = None) -> bool:
    """Whether reading the claim already objected to this place, so that a check need not say it again."""
    return any((finding.place, finding.line) == (place, line) for finding in claim.findings)


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
        return (
            Finding(
                "CHECK_FAILED",
                Outcome.HOLD,
                "",
                "A check broke while it looked at this claim, so nothing is known about what it looks for.",
                "Tell whoever maintains the check named in the evidence.",
                f"{check.code}: {type(broken).__name__}",
            ),
        )
