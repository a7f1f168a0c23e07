"""Row 18: when what stands against a claim is only a warning, because the claim itself shows why it is payable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gateway.enrollment.case import Case
from gateway.enrollment.subjects import Role, Subject
from gateway.model.partners import Rule

ENCOUNTER = "RP"

# What nobody may overlook: an exclusion in any claim, and an opt-out but in an emergency.
_FIRM = frozenset({Rule.EXCLUSION, Rule.OPT_OUT})
_ALL: frozenset[Rule | None] = frozenset(Rule) - _FIRM
_OF_ENROLLMENT: frozenset[Rule | None] = frozenset(
    {Rule.ENROLLMENT, Rule.RECREDENTIALING, Rule.LINK, Rule.LOCATION, Rule.TAXONOMY}
)
_OF_EMERGENCIES = _OF_ENROLLMENT | {Rule.OPT_OUT, Rule.ORDER_REFER, Rule.SUPERVISION}


@dataclass(frozen=True, slots=True)
class Exemption:
    """`applies` looks at the case and the subject, `rules` are those it excuses (None: a payer's answer in
    question), `because` is what a biller reads."""

    applies: Callable[[Case, Subject], bool]
    rules: frozenset[Rule | None]
    because: str


def _encounter(case: Case, _: Subject) -> bool:
    return case.mode == ENCOUNTER


def _emergency(_: Case, subject: Subject) -> bool:
    return subject.emergency


def _substitute(_: Case, subject: Subject) -> bool:
    return subject.substitute and subject.role is Role.RENDERING


def _paid(case: Case, _: Subject) -> bool:
    return case.original_paid


EXEMPTIONS = (
    Exemption(
        _encounter,
        _ALL | {None},
        "Only a warning: this is an encounter report, not a claim for payment.",
    ),
    Exemption(_emergency, _OF_EMERGENCIES, "Only a warning: the service is marked as an emergency."),
    Exemption(
        _substitute,
        _OF_ENROLLMENT,
        "Only a warning: modifier Q5 or Q6 says that a substitute did the work of the regular physician named here.",
    ),
    Exemption(_paid, _ALL, "Only a warning: the payer paid the claim that this one replaces."),
)


def excuse(case: Case, subject: Subject, rule: Rule | None) -> str:
    """Why the rule's hold is only a warning; empty where it stays one. The first exemption that applies is named."""
    for exemption in EXEMPTIONS:
        if rule in exemption.rules and exemption.applies(case, subject):
            return exemption.because
    return ""
