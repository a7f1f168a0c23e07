"""Post money: a balanced 835 becomes lines of the ledger, an unbalanced one an alarm and nothing else."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from decimal import Decimal

from gateway import events as e
from gateway.matching import PaymentMatch, keys_of, match_remittance
from gateway.model.answers import ClaimPayment, Remittance
from gateway.model.partners import Lane
from gateway.remittance import Adjudication, Denial, Work, adjudge, balance
from gateway.store import denials, proposals, sent
from gateway.store.codec import day, money
from gateway.store.connection import Row, Tx
from gateway.store.denial_lists import in_force
from gateway.store.posting import prove, tally, unmatched
from gateway.store.record import record
from gateway.store.standings import reckon


def post_remittance(tx: Tx, lane: Lane, answer: int, remittance: Remittance) -> None:
    """Every claim payment finds its claim or is kept without one; standings follow from the ledger."""
    payer = _payer_of(lane, remittance)
    balanced = balance(remittance).balanced
    repeated = _posted_before(tx, remittance)
    row = _enter_remittance(tx, answer, payer, remittance, balanced)
    if repeated:
        tally(tx, answer, 0, len(remittance.claims))
        unmatched(tx, answer, "835", ["the same remittance was posted before"])
        return
    if not balanced:
        step = "Nothing of it was posted. Ask the payer for a corrected remittance; the differences are in its detail."
        record(tx, e.RemittanceUnbalanced(answer=answer, lane=lane.key, next=step))
        return
    keys = keys_of(remittance)
    matches = match_remittance(
        remittance,
        {payer} if payer else set(lane.partner.payers),
        [*sent.attempts_of(tx, lane, keys), *sent.unsent_of(tx, keys)],
        sent.earlier_payments(tx, keys.payer_control_numbers),
    )
    work = [
        _adjudicate(tx, row, ordinal, payment, match)
        for ordinal, (payment, match) in enumerate(zip(remittance.claims, matches, strict=True))
    ]
    _conclude(tx, lane, answer, matches)
    proposals.of_remittance(tx, answer, remittance, matches)
    denials.reckon(tx, answer, [match.claim for match in matches if match.claim is not None])
    unmatched(tx, answer, "835", [f"decides nothing: {each.value}" for each in work if each])


def _conclude(tx: Tx, lane: Lane, answer: int, matches: Sequence[PaymentMatch]) -> None:
    claims = [match.claim for match in matches if match.claim is not None]
    attempts = [match.attempt for match in matches if match.attempt is not None and match.attempt > 0]
    carriers = [r["submission"] for a in attempts for r in tx.all("SELECT submission FROM attempts WHERE id = ?", a)]
    prove(tx, lane, carriers, "835")
    tally(tx, answer, len(claims), len(matches) - len(claims))
    unmatched(tx, answer, "835", [match.unmatched.value for match in matches if match.claim is None])
    reckon(tx, answer, claims)


def _payer_of(lane: Lane, remittance: Remittance) -> str:
    """The payer key, where the partner speaks for one payer or the remittance's own id tells."""
    keys: Collection[str] = lane.partner.payers
    named = [key for key, ids in lane.partner.payers.items() if remittance.payer_id and remittance.payer_id in ids]
    return named[0] if len(named) == 1 else (next(iter(keys)) if len(keys) == 1 else "")


def _posted_before(tx: Tx, remittance: Remittance) -> bool:
    """The same payment by trace, originator and amount, in another form or file, with the same claims."""
    claims = [(c.claim, c.status, money(c.paid)) for c in remittance.claims]
    for row in tx.all(
        "SELECT id FROM remittances WHERE trace = ? AND originator = ? AND amount = ? AND balanced",
        remittance.trace,
        remittance.originator,
        money(remittance.amount),
    ):
        posted = tx.all(
            "SELECT control_number, status, paid FROM adjudications WHERE remittance = ? ORDER BY ordinal", row["id"]
        )
        if [tuple(p) for p in posted] == claims:
            return True
    return False


def _enter_remittance(tx: Tx, answer: int, payer: str, remittance: Remittance, balanced: bool) -> int:
    adjustments = [[a.provider, a.reason, a.reference, money(a.amount)] for a in remittance.provider_adjustments]
    return tx.run(
        "INSERT INTO remittances (answer, payer, trace, originator, amount, paid_on, produced_on, balanced, adjustments)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        answer,
        payer,
        remittance.trace,
        remittance.originator,
        money(remittance.amount),
        day(remittance.payment_date),
        day(remittance.produced_on),
        int(balanced),
        json.dumps(adjustments),
    )


def _adjudicate(tx: Tx, remittance: int, ordinal: int, payment: ClaimPayment, match: PaymentMatch) -> Work:
    """One line of the ledger; an unmatched one is kept without a claim. Returns why it decides nothing, if so."""
    decided = adjudge(payment, in_force(tx))
    gravest = decided.gravest()
    tx.run(
        "INSERT INTO adjudications (remittance, ordinal, claim, outcome, reference, control_number, status, charge,"
        " paid, patient, code, place, next, body, lines, denied_lines, contractual)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        remittance,
        ordinal,
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
        json.dumps([_said(denial) for denial in decided.standing_denials]),
        sum(line.charge > 0 for line in payment.lines),
        len(decided.denied_lines),
        money(_contractual(payment, decided)),
    )
    return decided.work


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
