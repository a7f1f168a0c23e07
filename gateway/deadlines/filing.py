"""Filing limits: which of a payer's rules is about a claim, and on which day the payer must have the claim."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from gateway.deadlines.days import add_days, add_months, next_business_day
from gateway.model.claims import Claim, ClaimKind
from gateway.model.partners import Anchor, FilingRule, Payer, Unit

ORIGINAL, CORRECTED, SECONDARY = "original", "corrected", "secondary"
_REPLACEMENT, _VOID = "7", "8"
# SBR01 of a destination payer who pays first, or of whom the rank is unknown.
_FIRST_PAYER = frozenset({"", "P", "U"})
_ANY = "*"
# Looked up once: to find a member by its name takes longer than all the rest.
_FROM, _THROUGH, _DAYS, _INSTITUTIONAL = Anchor.DOS_FROM, Anchor.DOS_THROUGH, Unit.DAYS, ClaimKind.INSTITUTIONAL


@dataclass(frozen=True, slots=True)
class FilingLimit:
    """The last day on which the payer must have the claim, itself included, and the rule that says so. `firm` is whether
    the rule is about claims of this class: a replacement judged by the limit of originals may have more time."""

    due: date
    rule: FilingRule
    firm: bool


def filing_due(
    claim: Claim, payer: Payer, closed: Collection[date] = (), adjudicated_on: date | None = None
) -> date | None:
    """The last day on which the payer must have received the claim, itself included. None where nothing limits it."""
    limit = filing_limit(claim, payer, closed, adjudicated_on)
    return limit.due if limit else None


def filing_limit(
    claim: Claim, payer: Payer, closed: Collection[date] = (), adjudicated_on: date | None = None
) -> FilingLimit | None:
    """The limit with its rule. `closed` are days, beside weekends and federal holidays, on which nobody works;
    `adjudicated_on` is the day on which the payer decided about the claim that this one replaces. None for a void, which
    takes a claim back and is never too late, for a predetermination, and where the claim states no day to count from."""
    if claim.frequency == _VOID or claim.predetermination:
        return None
    wanted = claim_class(claim)
    for rule in _rules(claim, payer, wanted) if payer.filing_rules else (_usual(claim, payer),):
        anchor = anchor_day(claim, rule.anchor, adjudicated_on)
        if anchor is not None:
            return FilingLimit(_due(anchor, rule, closed), rule, rule.claims == wanted)
    return None


def claim_class(claim: Claim) -> str:
    """Which of a payer's rules are about it: `corrected` (frequency 7), `secondary` (another pays first), `original`."""
    if claim.frequency == _REPLACEMENT:
        return CORRECTED
    return ORIGINAL if claim.payer_responsibility in _FIRST_PAYER else SECONDARY


def filing_anchor(claim: Claim) -> date | None:
    """The day a limit runs from where the payer does not say it, as Medicare counts (42 CFR 424.44): the earliest line's
    first day of a professional or dental claim, the statement's last day of an institutional one."""
    return anchor_day(claim, _THROUGH if claim.kind is _INSTITUTIONAL else _FROM)


def anchor_day(claim: Claim, anchor: Anchor, adjudicated_on: date | None = None) -> date | None:
    """The day that such a limit runs from; None where the claim does not state it. A claim without a discharge counts
    from its last day."""
    if anchor is _FROM:
        return _first_day(claim)
    if anchor is _THROUGH:
        return _last_day(claim)
    if anchor is Anchor.DISCHARGE:
        return claim.discharged or _last_day(claim)
    return max(_paid_on(claim), default=None) if anchor is Anchor.PRIMARY_REMIT else adjudicated_on


def limit_text(rule: FilingRule) -> str:
    """The rule in words, with who says so and when somebody looked last."""
    unit = {Unit.YEAR_ENDS: "year ends"}.get(rule.unit, rule.unit.value)
    unit = unit.removesuffix("s") if rule.count == 1 else unit
    told = [f"filing limit of {rule.count} {unit}", f"counted from {_ANCHORS[rule.anchor]}"]
    told += [f"source {rule.source}"] if rule.source else []
    told += [f"looked up {rule.verified_on}"] if rule.verified_on else []
    return ", ".join(told)


_ANCHORS = {
    Anchor.DOS_FROM: "the first day of service",
    Anchor.DOS_THROUGH: "the last day of service",
    Anchor.DISCHARGE: "the discharge",
    Anchor.PRIMARY_REMIT: "the first payer's remittance",
    Anchor.DENIAL: "the payer's own decision",
}


def _rules(claim: Claim, payer: Payer, wanted: str) -> Iterator[FilingRule]:
    """Those that may be about the claim, the most fitting first: those of its class before those of originals, those of
    its line of business before those of any; last what the payer's declaration says for all claims."""
    for kind in dict.fromkeys((wanted, ORIGINAL)):
        for business in (claim.filing_indicator or _ANY, _ANY):
            yield from (rule for rule in payer.filing_rules if (rule.claims, rule.line_of_business) == (kind, business))
    yield _usual(claim, payer)


def _usual(claim: Claim, payer: Payer) -> FilingRule:
    return _rule_of(claim.kind is _INSTITUTIONAL, payer.filing_limit.days)


@cache
def _rule_of(institutional: bool, days: int) -> FilingRule:
    """Made once: the gate asks for it at every claim."""
    return FilingRule(_THROUGH if institutional else _FROM, days)


def _due(anchor: date, rule: FilingRule, closed: Collection[date]) -> date:
    if rule.unit is _DAYS:
        due = add_days(anchor, timedelta(days=rule.count))
    elif rule.unit is Unit.MONTHS:
        due = add_months(anchor, rule.count)
    else:
        due = add_months(anchor, 12 * rule.count)
        due = due.replace(month=12, day=31) if rule.unit is Unit.YEAR_ENDS else due
    return next_business_day(due, closed) if rule.roll else due


def _first_day(claim: Claim) -> date | None:
    if claim.kind is _INSTITUTIONAL:
        return claim.first_day
    return min([line.first_day for line in claim.lines if line.first_day], default=claim.first_day)


def _last_day(claim: Claim) -> date | None:
    if claim.kind is _INSTITUTIONAL:
        return claim.last_day
    ends = (line.last_day or line.first_day for line in claim.lines)
    return max((day for day in ends if day), default=claim.last_day)


def _paid_on(claim: Claim) -> Iterator[date]:
    """When the payers before this one decided, as the claim tells (DTP*573 of 2330B and 2430)."""
    yield from (payer.paid_on for payer in claim.coverages if payer.paid_on)
    yield from (paid.paid_on for line in claim.lines for paid in line.adjudications if paid.paid_on)
