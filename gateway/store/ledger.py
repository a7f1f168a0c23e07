"""Post money: a balanced 835 becomes lines of the ledger, an unbalanced one an alarm and nothing else.

One set may hold any number of claims. They are read over again, some at a time, in the one transaction that posts all.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256

from gateway import events as e
from gateway.codec import money
from gateway.matching import PaymentMatch, keys_of_payments, match_payments
from gateway.model.answers import ClaimPayment, Remittance
from gateway.model.partners import Lane
from gateway.remittance import Adjudication, Denial, adjudge, balance
from gateway.remittance.restated import Said, same_money
from gateway.store import denials, deposits, proposals, provider_level, remittances, sent
from gateway.store.adoption import adopt, adoptable
from gateway.store.connection import Row, Tx
from gateway.store.denial_lists import in_force
from gateway.store.payment_codec import payment_text
from gateway.store.posting import carriers_of, prove, tally, unmatched
from gateway.store.record import record
from gateway.store.standings import reckon

AT_ONCE = 2_000
"""Claims that are looked up together."""

_PART = 10_000

Decided = tuple[ClaimPayment, PaymentMatch, Adjudication]


@dataclass(slots=True)
class _Posted:
    """What came of a remittance's claims."""

    claims: array[int] = field(default_factory=lambda: array("q"))
    carriers: set[int] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    words: list[proposals.Word] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)
    undecided: set[str] = field(default_factory=set)
    unmatched: int = 0


def post_remittance(tx: Tx, lane: Lane, answer: int, remittance: Remittance) -> None:
    """Every claim payment finds its claim or is kept without one; standings follow from the ledger."""
    _post(tx, lane, answer, remittance)
    deposits.join_amount(tx, remittance.amount)


def _post(tx: Tx, lane: Lane, answer: int, remittance: Remittance) -> None:
    payer = payer_of(lane, remittance)
    repeated, alike = _posted_before(tx, payer, remittance)
    checked = balance(remittance)
    row = remittances.enter(
        tx, answer, payer, remittance, checked, repeated, restated=repeated is not None and not alike
    )
    if repeated is not None:
        tally(tx, answer, 0, len(remittance.claims))
    if alike:
        unmatched(tx, answer, "835", ["the same remittance was posted before"])
    elif not checked.balanced:
        step = (
            f"Nothing was posted. `gateway remits show {row}` has the differences; ask the payer for a corrected one."
        )
        record(tx, e.RemittanceUnbalanced(answer=answer, lane=lane.key, next=step))
    elif repeated is not None:
        record(tx, e.RemittanceRestated(answer=answer, lane=lane.key, next=_RESTATED.format(row, repeated)))
    else:
        post_all(tx, lane, answer, row, payer, remittance)


_RESTATED = (
    "Nothing was posted. `gateway remits show {0}` has how it differs from remittance {1}: ask the payer which of them"
    ' holds, then `gateway remits use {0} --reason "..."`, or the same with {1}.'
)


def post_all(tx: Tx, lane: Lane, answer: int, row: int, payer: str, remittance: Remittance) -> None:
    """Lines of the ledger under this number for all it says, and what follows from them."""
    posted = _post_claims(tx, lane, row, payer, remittance)
    provider_level.enter(tx, row, remittance.provider_adjustments)
    provider_level.link(tx, payer, [each.reference for each in remittance.provider_adjustments], [remittance.trace])
    _conclude(tx, lane, answer, posted)


def _post_claims(tx: Tx, lane: Lane, row: int, payer: str, remittance: Remittance) -> _Posted:
    """Lines of the ledger for all its claims, some at a time."""
    posted, codes, statement = _Posted(), in_force(tx), f"835 {remittance.originator} {remittance.trace}"
    payers = {payer} if payer else set(lane.partner.payers)

    def match(payments: Sequence[ClaimPayment]) -> Sequence[PaymentMatch]:
        keys = keys_of_payments(payments)
        candidates = sent.candidates_of(tx, lane, keys)
        earlier = sent.earlier_payments(tx, keys.payer_control_numbers, row)
        return match_payments(payments, remittance.envelope.usage, payers, candidates, earlier)

    for first in range(0, len(remittance.claims), AT_ONCE):
        payments = remittance.claims[first : first + AT_ONCE]
        some = [(p, m, adjudge(p, codes)) for p, m in zip(payments, match(payments), strict=True)]
        _adjudicate(tx, row, first, some)
        posted.words += proposals.words_of(tx, statement, some)
        _count(tx, payer, posted, some)
    return posted


def _count(tx: Tx, payer: str, posted: _Posted, some: Sequence[Decided]) -> None:
    """Add some claims to what came of all."""
    found = [(payment, match) for payment, match, _ in some if match.claim is not None]
    posted.claims.extend(match.claim for _, match in found if match.claim is not None)
    posted.unmatched += len(some) - len(found)
    posted.carriers |= {*carriers_of(tx, [m.attempt for _, m in found if m.attempt is not None and m.attempt > 0])}
    alone = [payment.original_reference for payment, match, _ in some if match.claim is None]
    posted.numbers |= adoptable(tx, [*alone, *(payment.payer_control_number for payment, _, _ in some)])
    posted.reasons |= {match.unmatched.value for _, match, _ in some if match.claim is None}
    posted.undecided |= {decided.work.value for _, _, decided in some if decided.work}
    provider_level.link(tx, payer, [p.payer_control_number for p, _ in found], [p.claim for p, _ in found])


def _conclude(tx: Tx, lane: Lane, answer: int, posted: _Posted) -> None:
    prove(tx, lane, posted.carriers, "835")
    tally(tx, answer, len(posted.claims), posted.unmatched)
    unmatched(tx, answer, "835", posted.reasons)
    # A claim that stands in two parts is looked at twice; the second time nothing changes any more.
    parts = [posted.claims[first : first + _PART] for first in range(0, len(posted.claims), _PART)]
    for part in parts:
        reckon(tx, answer, part)
    proposals.take(tx, answer, posted.words)
    for part in parts:
        denials.reckon(tx, answer, part)
    adopt(tx, lane, answer, posted.numbers)
    unmatched(tx, answer, "835", [f"decides nothing: {each}" for each in posted.undecided])


def payer_of(lane: Lane, remittance: Remittance) -> str:
    """The payer key, where the partner speaks for one payer or the remittance's own id tells."""
    keys: Collection[str] = lane.partner.payers
    named = [key for key, ids in lane.partner.payers.items() if remittance.payer_id and remittance.payer_id in ids]
    return named[0] if len(named) == 1 else (next(iter(keys)) if len(keys) == 1 else "")


def _posted_before(tx: Tx, payer: str, remittance: Remittance) -> tuple[int | None, bool]:
    """The remittance of the same payment, by trace and who pays, that was posted in another form or file; and whether
    it says the same: the amount, and the claims in any order. One that speaks of other claims is another part of it. What a
    person took back is known when it comes again, and contradicts nothing."""
    key = (remittance.trace, remittance.originator, payer, remittance.payer_name, remittance.envelope.usage)
    for row in remittances.of_payment(tx, *key):
        if row["repeats"] is not None or (row["opposite"] or row["id"]) < row["id"]:
            continue
        before = _content((ours, status, paid) for ours, _, status, paid in _said_by(tx, row["id"]))
        said = _content((claim.claim, claim.status, claim.paid) for claim in remittance.claims)
        if Decimal(row["amount"]) == remittance.amount and before == said:
            return int(row["id"]), True
        if row["opposite"] is None and same_money(_said_by(tx, row["id"]), said_in(remittance)):
            return int(row["id"]), False
    return None, False


def _said_by(tx: Tx, posting: int) -> Iterator[Said]:
    rows = tx.each("SELECT control_number, reference, status, paid FROM adjudications WHERE remittance = ?", posting)
    return ((ours, theirs, status, Decimal(paid)) for ours, theirs, status, paid in rows)


def said_in(remittance: Remittance) -> Iterator[Said]:
    """What it pays for each claim, as statements of one payment are compared."""
    return ((each.claim, each.payer_control_number, each.status, each.paid) for each in remittance.claims)


def _content(claims: Iterable[tuple[str, str, Decimal]]) -> int:
    """A digest of claims that does not depend on their order, nor on how an amount is written, and needs no more memory
    for more of them."""
    digests = (sha256(f"{number}\0{status}\0{paid.normalize():f}".encode()).digest() for number, status, paid in claims)
    return sum(int.from_bytes(each) for each in digests) % 2**256


def _adjudicate(tx: Tx, remittance: int, first: int, lines: Iterable[Decided]) -> None:
    """Lines of the ledger; an unmatched one is kept without a claim, and as it was said."""
    tx.many(
        "INSERT INTO adjudications (remittance, ordinal, claim, outcome, reference, control_number, status, charge,"
        " paid, patient, code, place, next, body, lines, denied_lines, contractual, original, payment,"
        " carriers) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(remittance, ordinal, *_line(*line)) for ordinal, line in enumerate(lines, first)],
    )


def _line(payment: ClaimPayment, match: PaymentMatch, decided: Adjudication) -> tuple[object, ...]:
    gravest = decided.gravest()
    return (
        match.claim,
        decided.outcome.value,
        payment.payer_control_number,
        payment.claim,
        payment.status,
        money(payment.charge),
        money(payment.paid),
        money(payment.patient_responsibility),
        gravest.code if gravest else "",
        gravest.place if gravest else "",
        gravest.next_step if gravest else "",
        json.dumps([_said(denial) for denial in decided.standing_denials]) if gravest else "[]",
        sum(line.charge > 0 for line in payment.lines),
        len(decided.denied_lines),
        money(_contractual(payment, decided)),
        payment.original_reference,
        payment_text(payment) if match.claim is None else None,
        json.dumps([[each.entity, each.name, each.id] for each in payment.carriers]) if payment.carriers else "[]",
    )


def _said(denial: Denial) -> dict[str, object]:
    return {
        "code": denial.code,
        "line": denial.line,
        "amount": money(denial.amount),
        "category": denial.category,
        "meaning": denial.meaning,
        "next": denial.next_step,
        "desk": denial.desk,
        "reason": f"{denial.group}-{denial.carc} {denial.decisive}".rstrip(),
        "place": denial.place,
        "fix": denial.fix,
        "final": denial.final,
        "npi": denial.npi,
    }


def _contractual(payment: ClaimPayment, decided: Adjudication) -> Decimal:
    """What neither the patient owes nor the payer denies: charge less payment, patient's share and denials of others."""
    denied = sum((each.amount for each in decided.denials if each.group != "PR"), Decimal(0))
    return payment.charge - payment.paid - payment.patient_responsibility - denied


def adjudications(tx: Tx) -> list[Row]:
    """Every adjudication of a remittance that balanced: claim, outcome, CLP01, CLP02, CLP04 and the payer, in order."""
    return tx.all(
        "SELECT a.claim, a.outcome, a.control_number, a.status, a.paid, r.payer FROM adjudications a"
        " JOIN remittances r ON r.id = a.remittance WHERE r.balanced = 1 ORDER BY a.id"
    )
