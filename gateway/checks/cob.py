"""Checks of other payers: what each of them paid and adjusted adds up to the charge, claim by claim and line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import SUBSCRIBER, element_of, of_level, of_other_payer
from gateway.model.claims import Adjudication, Claim, ClaimKind, Coverage, Finding, Outcome

LATER = frozenset("STABCDEFGH")
"""SBR01 of a destination payer who pays after another one."""

# SBR09 of Medicare.
_MEDICARE = frozenset({"MA", "MB"})
_RANKS = "PSTABCDEFGH"
_UNRANKED = frozenset({"", "U"})
_ZERO = Decimal(0)


def cob_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A payer that pays second wants to see the first one."""
    if claim.payer_responsibility not in LATER or claim.coverages:
        return ()
    return [
        Finding(
            "COB_MISSING",
            Outcome.WARN,
            "2320/SBR01",
            "The claim is for a later payer and names no payer before it.",
            "Add what the first payer paid and adjusted (loop 2320), or correct the payer's rank.",
            segment=claim.position,
        )
    ]


def insurance_type_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Medicare, where it pays later, asks why another insurer pays before it (SBR05)."""
    if claim.filing_indicator not in _MEDICARE or claim.payer_responsibility not in LATER:
        return ()
    if claim.kind is not ClaimKind.PROFESSIONAL or element_of(claim, SUBSCRIBER, "SBR", 5) != "":
        return ()
    return [
        Finding(
            "INSURANCE_TYPE_MISSING",
            Outcome.HOLD,
            "2000B/SBR05",
            "Medicare is said to pay later, and the type of insurance that says why is missing.",
            "Enter the Medicare secondary payer type and send the claim again.",
            segment=of_level(claim, SUBSCRIBER, "SBR"),
        )
    ]


def cob_rank_repeated(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """One payer pays first, one second, one third."""
    if not claim.coverages:
        return ()
    taken = {claim.payer_responsibility}
    found = []
    for coverage in claim.coverages:
        if coverage.responsibility in taken and coverage.responsibility not in _UNRANKED:
            found.append(
                Finding(
                    "COB_RANK_REPEATED",
                    Outcome.WARN,
                    "2320/SBR01",
                    "Two payers of the claim have the same rank.",
                    "Say which of them pays first and which later.",
                    segment=coverage.segment or None,
                )
            )
        taken.add(coverage.responsibility)
    return found


def cob_payer_unmatched(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A line's adjudication (SVD01) is by one of the other payers that the claim names; without any, by none."""
    adjudicated = [line for line in claim.lines if line.adjudications]
    if not adjudicated:
        return ()
    named = {coverage.payer_id for coverage in claim.coverages}
    return [
        Finding(
            "COB_PAYER_UNMATCHED",
            Outcome.HOLD,
            "2430/SVD01",
            "A payer adjudicated this line that the claim does not name among its other payers.",
            "Use the same payer id at the claim (2330B) and at its lines and send the claim again.",
            line=line.number,
            segment=each.segment or None,
        )
        for line in adjudicated
        for each in line.adjudications
        if each.payer_id not in named
    ]


def cob_paid_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Who adjudicated lines, or adjusted the claim, has paid something for the claim, nothing at the least. A payer id that
    two payers have cannot tell whose lines they are."""
    if not claim.coverages:
        return ()
    lines = _Lines(claim)
    return [
        Finding(
            "COB_PAID_MISSING",
            Outcome.HOLD,
            "2320/AMT02",
            "The other payer adjudicated the claim or its lines, and what it paid in all is missing.",
            "Enter its payment of the claim (AMT*D), even if it is zero, and send the claim again.",
            segment=of_other_payer(claim, coverage, "SBR"),
        )
        for coverage in claim.coverages
        if coverage.paid is None and (coverage.adjusted is not None or lines.of(coverage))
    ]


def cob_date_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """When another payer decided is told at the payer (DTP*573), or at the lines that it adjudicated."""
    lines = _Lines(claim)
    return [
        Finding(
            "COB_DATE_MISSING",
            Outcome.WARN,
            "2330B/DTP03",
            "The other payer paid or adjusted the claim, and the date of its decision is missing.",
            "Enter the date of that payer's remittance.",
            segment=coverage.segment or None,
        )
        for coverage in claim.coverages
        if (coverage.paid or coverage.adjusted) and coverage.paid_on is None and lines.of(coverage) == []
    ]


def cob_payer_repeated(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Lines tell their payer by its id, so that no two payers of a claim have the same."""
    if len(claim.coverages) < 2:
        return ()
    seen: set[str] = set()
    found = []
    for coverage in claim.coverages:
        if coverage.payer_id in seen and coverage.payer_id:
            found.append(
                Finding(
                    "COB_PAYER_REPEATED",
                    Outcome.WARN,
                    "2330B/NM109",
                    "Two other payers of the claim have the same id, so that nobody can tell which of them paid a line.",
                    "Give each payer, or each policy, an id of its own.",
                    segment=of_other_payer(claim, coverage, "NM1", "PR"),
                )
            )
        seen.add(coverage.payer_id)
    return found


def cob_rank_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A payer that pays third comes after a first and a second one. Of none at all, COB_MISSING tells."""
    named = {coverage.responsibility for coverage in claim.coverages}
    rank = _RANKS.find(claim.payer_responsibility) if claim.payer_responsibility else -1
    if not named or not named.isdisjoint(_UNRANKED) or named >= set(_RANKS[: max(rank, 0)]):
        return ()
    return [
        Finding(
            "COB_RANK_MISSING",
            Outcome.WARN,
            "2320/SBR01",
            "The claim is for a later payer, and a payer that comes before it is not named.",
            "Add what that payer paid and adjusted (loop 2320), or correct the ranks.",
            segment=claim.coverages[0].segment or None,
        )
    ]


def cob_claim_unbalanced(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """The charge is what an earlier payer paid, with all it adjusted at the claim and at the lines."""
    if not claim.coverages:
        return ()
    lines = _Lines(claim)
    return [
        Finding(
            "COB_CLAIM_UNBALANCED",
            Outcome.REJECT,
            "2320/AMT02",
            "What the other payer paid and adjusted does not add up to the claim's charge.",
            "Enter the payment and every adjustment as on that payer's remittance and send the claim again.",
            segment=of_other_payer(claim, coverage, "AMT", "D"),
        )
        for coverage in claim.coverages
        if _balances(claim, coverage, lines) is False
    ]


def cob_line_unbalanced(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """The charge of a line is what a payer paid for it, with all that payer adjusted at it."""
    if not claim.coverages:
        return ()
    return [
        Finding(
            "COB_LINE_UNBALANCED",
            Outcome.REJECT,
            "2430/SVD02",
            "What the other payer paid and adjusted at this line does not add up to the line's charge.",
            "Enter the payment and every adjustment of the line as on the remittance and send the claim again.",
            line=line.number,
            segment=own[0].segment or None,
        )
        for line in claim.lines
        for own in _by_payer(line.adjudications)
        if line.charge is not None and _sum(own) not in (None, line.charge)
    ]


def cob_paid_differs(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """What a payer paid is what it paid for the lines, less what it adjusted at the claim. A claim that does not even
    balance is told by COB_CLAIM_UNBALANCED."""
    if not claim.coverages:
        return ()
    lines = _Lines(claim)
    return [
        Finding(
            "COB_PAID_DIFFERS",
            Outcome.HOLD,
            "2320/AMT02",
            "What the other payer paid is not what it paid for the lines, less its adjustments of the claim as a whole.",
            "Compare the payment and the lines with that payer's remittance and send the claim again.",
            segment=of_other_payer(claim, coverage, "AMT", "D"),
        )
        for coverage in claim.coverages
        if _balances(claim, coverage, lines) and _paid_for_lines(coverage, lines) not in (None, coverage.paid)
    ]


def _balances(claim: Claim, coverage: Coverage, lines: _Lines) -> bool | None:
    """None where the payer has stated no payment, nothing was for it to cover, or its lines cannot be told."""
    own = lines.of(coverage)
    if coverage.paid is None or claim.charge is None or own is None or coverage.non_covered == claim.charge:
        return None
    if not coverage.paid and coverage.adjusted is None and not own and not _paid_before(claim, coverage):
        return None
    total = coverage.paid + (coverage.adjusted or _ZERO)
    for each in own:
        if each.adjusted is None:
            return None
        total += each.adjusted
    return total == claim.charge


def _paid_before(claim: Claim, coverage: Coverage) -> bool:
    """Whether it is this payer's turn before the destination's. Of others, some software states a payment of nothing."""
    return coverage.responsibility == "P" and claim.payer_responsibility in LATER


def _paid_for_lines(coverage: Coverage, lines: _Lines) -> Decimal | None:
    """None where the payer adjudicated no line, or an amount is no number."""
    total = -(coverage.adjusted or _ZERO)
    own = lines.of(coverage)
    for each in own or ():
        if each.paid is None:
            return None
        total += each.paid
    return total if own else None


class _Lines:
    """Who adjudicated what, gathered once for a claim however many payers it has."""

    def __init__(self, claim: Claim) -> None:
        self._payers = Counter(each.payer_id for each in claim.coverages)
        self._own: dict[str, list[Adjudication]] = {}
        for line in claim.lines:
            for each in line.adjudications:
                self._own.setdefault(each.payer_id, []).append(each)
        self._strange = any(payer not in self._payers for payer in self._own)

    def of(self, coverage: Coverage) -> list[Adjudication] | None:
        """What this payer adjudicated; None where a payer id of a line could mean another payer, or none of them."""
        if self._own and (self._strange or self._payers[coverage.payer_id] > 1):
            return None
        return self._own.get(coverage.payer_id, [])


def _by_payer(adjudications: Sequence[Adjudication]) -> list[list[Adjudication]]:
    """A payer may adjudicate one line in parts."""
    payers = dict.fromkeys(each.payer_id for each in adjudications)
    return [[each for each in adjudications if each.payer_id == payer] for payer in payers]


def _sum(adjudications: Sequence[Adjudication]) -> Decimal | None:
    """Paid and adjusted; None where one is no number."""
    total = _ZERO
    for each in adjudications:
        if each.paid is None or each.adjusted is None:
            return None
        total += each.paid + each.adjusted
    return total


CHECKS = (
    Check("COB_MISSING", cob_missing, worst=Outcome.WARN, once=True),
    Check("COB_PAYER_UNMATCHED", cob_payer_unmatched, worst=Outcome.HOLD, once=True),
    Check("COB_PAID_MISSING", cob_paid_missing, worst=Outcome.HOLD, once=True),
    Check("COB_DATE_MISSING", cob_date_missing, worst=Outcome.WARN, once=True),
    Check("COB_PAYER_REPEATED", cob_payer_repeated, worst=Outcome.WARN, once=True),
    Check("COB_RANK_MISSING", cob_rank_missing, worst=Outcome.WARN, once=True),
    Check("COB_CLAIM_UNBALANCED", cob_claim_unbalanced, worst=Outcome.REJECT, once=True),
    Check("COB_LINE_UNBALANCED", cob_line_unbalanced, worst=Outcome.REJECT, once=True),
    Check("COB_PAID_DIFFERS", cob_paid_differs, worst=Outcome.HOLD, once=True),
    Check("COB_RANK_REPEATED", cob_rank_repeated, worst=Outcome.WARN, once=True),
    Check("INSURANCE_TYPE_MISSING", insurance_type_missing, worst=Outcome.HOLD, once=True),
)
