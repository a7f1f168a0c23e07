"""When an enrollment hold is only a warning: what a claim itself shows to be billable without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from gateway.enrollment.rows import Case
from gateway.enrollment.subjects import Subject
from gateway.model.claims import Finding, Outcome

ENCOUNTER = "RP"


@dataclass(frozen=True, slots=True)
class Exemption:
    """`applies` looks at the case and the subject, `because` is what a biller reads."""

    applies: Callable[[Case, Subject], bool]
    because: str


def _encounter(case: Case, _: Subject) -> bool:
    return case.mode == ENCOUNTER


def _emergency(_: Case, subject: Subject) -> bool:
    return subject.emergency


def _substitute(_: Case, subject: Subject) -> bool:
    return subject.substitute


EXEMPTIONS = (
    Exemption(_encounter, "Only a warning: this is an encounter report, not a claim for payment."),
    Exemption(_emergency, "Only a warning: the service is marked as an emergency."),
    Exemption(
        _substitute,
        "Only a warning: modifier Q5 or Q6 says that a substitute did the work of the regular physician named here.",
    ),
)


def excused(finding: Finding, case: Case, subject: Subject) -> Finding:
    """The finding, or a warning where it holds and an exemption applies. The first that does is named."""
    if finding.outcome is not Outcome.HOLD:
        return finding
    for exemption in EXEMPTIONS:
        if exemption.applies(case, subject):
            return replace(finding, outcome=Outcome.WARN, message=f"{finding.message} {exemption.because}")
    return finding
