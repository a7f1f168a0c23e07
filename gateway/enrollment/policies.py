"""How a payer's claims are judged by each rule, and what that makes of a row's word."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.enrollment.codes import NOT_KNOWN, Code
from gateway.model.claims import Outcome
from gateway.model.partners import Payer, Policy, Rule

# The rules about the practice's own records, to which a payer's general policy speaks. What lists say, and above all
# an exclusion, is weakened by name only.
_OF_RECORDS = frozenset({Rule.ENROLLMENT, Rule.LINK, Rule.SUPERVISION})

_DEFAULTS: Mapping[Rule, Policy] = {
    Rule.RECREDENTIALING: Policy.WARN,
    Rule.LOCATION: Policy.WARN,
    Rule.TAXONOMY: Policy.WARN,
}


def policy_of(payer: Payer, rule: Rule) -> Policy:
    """The payer's own word on this rule, else its general policy, else what is usual."""
    if rule in payer.policies:
        return payer.policies[rule]
    return payer.policy if rule in _OF_RECORDS else _DEFAULTS.get(rule, Policy.STRICT)


def weighed(outcome: Outcome, code: Code, policy: Policy) -> Outcome:
    """A policy only ever weakens."""
    weak = policy is Policy.WARN or (policy is Policy.LEARNING and code in NOT_KNOWN)
    return min(outcome, Outcome.WARN) if weak else outcome
