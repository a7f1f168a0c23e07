"""CLP to claim: by the payer's own number, else by ours with what else must agree (005010X221)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from gateway.matching.rows import EarlierPayment, SentAttempt, Unmatched, number_key, overlap, same_number
from gateway.model.answers import ClaimPayment, Remittance

_REVERSAL, _VOID = "22", "8"
"""CLP02 and CLM05-3."""


@dataclass(frozen=True, slots=True)
class PaymentMatch:
    """`claim` is None where none is meant; then `unmatched` says why and `candidates` (claims) who was in question.
    `attempt` may be None also with a claim. `how` is `payer_number` (CLP07 = REF*1K), `ledger` (CLP07 paid before),
    `original` (REF*F8 paid before) or `number` (CLP01)."""

    claim: int | None = None
    attempt: int | None = None
    how: str = ""
    unmatched: Unmatched = Unmatched.NONE
    candidates: tuple[int, ...] = ()


def match_remittance(
    remittance: Remittance,
    payers: Collection[str],
    attempts: Sequence[SentAttempt],
    earlier: Sequence[EarlierPayment] = (),
) -> tuple[PaymentMatch, ...]:
    """A match for each claim payment, in their order."""
    return match_payments(remittance.claims, remittance.envelope.usage, payers, attempts, earlier)


def match_payments(
    payments: Iterable[ClaimPayment],
    usage: str,
    payers: Collection[str],
    attempts: Sequence[SentAttempt],
    earlier: Sequence[EarlierPayment] = (),
) -> tuple[PaymentMatch, ...]:
    """A match for each, in their order. `payers` are the keys that the remittance's payer goes by, `usage` its ISA15."""
    by_key: dict[str, list[SentAttempt]] = defaultdict(list)
    by_reference: dict[str, list[EarlierPayment]] = defaultdict(list)
    for attempt in attempts:
        by_key[number_key(attempt.control_number)].append(attempt)
        if attempt.payer_control_number:
            by_key[f"payer {attempt.payer_control_number}"].append(attempt)
        by_key[f"family {attempt.family}"].append(attempt)
    for each in earlier:
        by_reference[each.reference].append(each)
    found = []
    for payment in payments:
        numbers = {payment.payer_control_number, payment.original_reference}
        paid = [each for number in numbers for each in by_reference.get(number, ())]
        keys = {number_key(payment.claim), f"payer {payment.payer_control_number}"}
        keys |= {f"family {each.family}" for each in paid if each.family}
        near = {each.id: each for key in keys for each in by_key.get(key, ())}
        ordered = [near[attempt] for attempt in sorted(near)]
        found.append(match_payment(payment, usage, payers, ordered, paid))
    return tuple(found)


def match_payment(
    payment: ClaimPayment,
    usage: str,
    payers: Collection[str],
    attempts: Sequence[SentAttempt],
    earlier: Sequence[EarlierPayment] = (),
) -> PaymentMatch:
    """`usage` is the remittance's ISA15. Our trace (REF*D9) is never in an 835."""
    ours = [each for each in attempts if each.payer in payers]
    usable = [each for each in ours if each.usage == usage]
    paid = [each for each in earlier if each.payer in payers and each.usage == usage]
    number = payment.payer_control_number
    numbered = [each for each in usable if number and each.payer_control_number == number]
    again = [each for each in paid if number and each.reference == number]
    if numbered:
        return _of_payer_number(numbered, again, usable, payment)
    if again:
        return _of_ledger(again, usable, payment)
    original = payment.original_reference
    replaced = [each for each in paid if original and each.reference == original]
    if replaced:
        return _of_original(replaced, usable, payment)
    named = [each for each in usable if same_number(payment.claim, each.control_number)]
    if named:
        return _of_number(named, payment)
    elsewhere = any(same_number(payment.claim, each.control_number) for each in ours)
    return PaymentMatch(unmatched=Unmatched.OTHER_USAGE if elsewhere else Unmatched.NOT_OURS)


def _of_payer_number(
    numbered: Sequence[SentAttempt],
    again: Sequence[EarlierPayment],
    usable: Sequence[SentAttempt],
    payment: ClaimPayment,
) -> PaymentMatch:
    """Payers that keep their number give it to every version: a reversal is of the last one that was decided under it, and
    a decision of the version whose charge or days it states, whichever is told first. Of versions that are alike, where
    all that have the number were decided, it is of a later one that waits for a decision."""
    known = {each.claim for each in numbered}
    decided = {each.claim for each in again if not each.reversal} & known
    if payment.status == _REVERSAL and decided:
        return _of_claims([each for each in numbered if each.claim == max(decided)], "payer_number")
    later = [each for each in usable if _corrects(each, numbered) and same_number(payment.claim, each.control_number)]
    if payment.status != _REVERSAL:
        told = _told_apart([*numbered, *later], payment) or (later if decided == known else [])
        if told:
            return _of_claims(told, "payer_number")
    return _of_claims(numbered, "payer_number", reversal=payment.status == _REVERSAL)


def _told_apart(versions: Sequence[SentAttempt], payment: ClaimPayment) -> list[SentAttempt]:
    """The one version of a claim that agrees with the payment in its charge, else in its days; nothing where several do or
    none does."""
    ours = [each for each in versions if each.frequency != _VOID]
    for agrees in (_charged, _served):
        left = [each for each in ours if agrees(each, payment)]
        if left and len({each.claim for each in left}) == 1:
            return left if _one_family(versions) and len({each.claim for each in ours}) > 1 else []
    return []


def _corrects(attempt: SentAttempt, others: Sequence[SentAttempt | EarlierPayment]) -> bool:
    """Whether it was sent as a later version of these; a void is never paid."""
    sent = attempt.id > 0 and not attempt.ended and attempt.frequency != _VOID
    return sent and all(attempt.family == each.family and attempt.claim > each.claim for each in others)


def _of_ledger(paid: Sequence[EarlierPayment], attempts: Sequence[SentAttempt], payment: ClaimPayment) -> PaymentMatch:
    """A reversal, or a second word on the same adjudication."""
    claims = {each.claim for each in paid}
    if len(claims) > 1:
        return PaymentMatch(unmatched=Unmatched.SEVERAL, candidates=tuple(sorted(claims)))
    claim = claims.pop()
    return PaymentMatch(claim, _latest([each for each in attempts if each.claim == claim]), "ledger")


def _of_original(
    paid: Sequence[EarlierPayment], attempts: Sequence[SentAttempt], payment: ClaimPayment
) -> PaymentMatch:
    """The family is known; its version is the one that CLP01 and the rest agree with, else one that was sent to correct
    what was paid before, for CLP01 may be that of the original still, else the one paid before."""
    families = {each.family for each in paid}
    family = [each for each in attempts if each.family in families and payment.status != _REVERSAL]
    later = [each for each in family if _corrects(each, paid)]
    named = [each for each in family if same_number(payment.claim, each.control_number)]
    for versions in ([each for each in later if each in named], later if named else [], named):
        found = _of_number(versions, payment)
        if found.claim is not None:
            return PaymentMatch(found.claim, found.attempt, "original")
    claims = {each.claim for each in paid}
    if len(claims) > 1:
        return PaymentMatch(unmatched=Unmatched.SEVERAL, candidates=tuple(sorted(claims)))
    claim = claims.pop()
    return PaymentMatch(claim, _latest([each for each in attempts if each.claim == claim]), "original")


def _of_number(named: Sequence[SentAttempt], payment: ClaimPayment) -> PaymentMatch:
    """Equal numbers alone are not enough: charge or days of service must agree too. Among several each further
    agreement narrows the choice, if it leaves anybody."""
    agreeing = [each for each in named if _charged(each, payment) or _served(each, payment)]
    if not agreeing:
        candidates = tuple(dict.fromkeys(each.claim for each in named))
        return PaymentMatch(unmatched=Unmatched.CONTRADICTS if named else Unmatched.NOT_OURS, candidates=candidates)
    narrowing: tuple[Callable[[SentAttempt], bool], ...] = (
        lambda each: not each.ended,
        lambda each: _charged(each, payment),
        lambda each: _served(each, payment),
        lambda each: bool(payment.member_id) and each.member_id == payment.member_id,
        lambda each: bool(_rendering(payment) & {*each.rendering}),
    )
    for agrees in narrowing:
        agreeing = [each for each in agreeing if agrees(each)] or agreeing
    last = max(each.payer_accepted_on or date.min for each in agreeing)
    left = [each for each in agreeing if (each.payer_accepted_on or date.min) == last]
    return _of_claims(left, "number", reversal=payment.status == _REVERSAL)


def _of_claims(attempts: Sequence[SentAttempt], how: str, *, reversal: bool = False) -> PaymentMatch:
    """All of one claim: that claim, and of its attempts the one that the payer accepted last, else the latest. Of versions
    of one claim a decision is about the latest that is no void; which of them a reversal is of, only its number tells."""
    claims = tuple(dict.fromkeys(each.claim for each in attempts))
    if len(claims) > 1:
        versions = [each for each in attempts if each.frequency != _VOID]
        if reversal or not versions or not _one_family(attempts):
            return PaymentMatch(unmatched=Unmatched.SEVERAL, candidates=claims)
        last = max(each.claim for each in versions)
        attempts = [each for each in versions if each.claim == last]
    return PaymentMatch(attempts[0].claim, _latest(attempts), how)


def _one_family(attempts: Sequence[SentAttempt]) -> bool:
    families = {each.family for each in attempts}
    return len(families) == 1 and families != {0}


def _latest(attempts: Sequence[SentAttempt]) -> int | None:
    ranked = [(each.payer_accepted_on or date.min, each.id) for each in attempts]
    return max(ranked)[1] if ranked else None


def _charged(attempt: SentAttempt, payment: ClaimPayment) -> bool:
    """A reversal states the charge negated."""
    return attempt.charge is not None and attempt.charge == abs(payment.charge)


def _served(attempt: SentAttempt, payment: ClaimPayment) -> bool:
    if payment.first_day:
        return overlap(payment.first_day, payment.last_day, attempt.first_day, attempt.last_day)
    return any(overlap(line.first_day, line.last_day, attempt.first_day, attempt.last_day) for line in payment.lines)


def _rendering(payment: ClaimPayment) -> set[str]:
    return {payment.rendering_npi, *(line.rendering_npi for line in payment.lines)} - {""}
