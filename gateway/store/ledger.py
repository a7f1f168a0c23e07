"""Post money: a balanced 835 becomes lines of the ledger, an unbalanced one an alarm and nothing else."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from gateway import events as e
from gateway.matching import PaymentMatch, keys_of, match_remittance
from gateway.model.answers import ClaimPayment, Remittance
from gateway.model.partners import Lane
from gateway.remittance import Adjudication, Denial, adjudge, balance
from gateway.store import denials, proposals, remittances, sent
from gateway.store.codec import money
from gateway.store.connection import Row, Tx
from gateway.store.denial_lists import in_force
from gateway.store.posting import carriers_of, prove, tally, unmatched
from gateway.store.record import record
from gateway.store.standings import reckon


def post_remittance(tx: Tx, lane: Lane, answer: int, remittance: Remittance) -> None:
    """Every claim payment finds its claim or is kept without one; standings follow from the ledger."""
    payer = _payer_of(lane, remittance)
    repeated = _posted_before(tx, remittance)
    checked = balance(remittance)
    row = remittances.enter(tx, answer, payer, remittance, checked, repeated)
    if repeated is not None:
        tally(tx, answer, 0, len(remittance.claims))
        unmatched(tx, answer, "835", ["the same remittance was posted before"])
        return
    if not checked.balanced:
        step = (
            f"Nothing was posted. `gateway remits show {row}` has the differences; ask the payer for a corrected one."
        )
        record(tx, e.RemittanceUnbalanced(answer=answer, lane=lane.key, next=step))
        return
    keys = keys_of(remittance)
    matches = match_remittance(
        remittance,
        {payer} if payer else set(lane.partner.payers),
        sent.candidates_of(tx, lane, keys),
        sent.earlier_payments(tx, keys.payer_control_numbers),
    )
    codes = in_force(tx)
    decisions = [adjudge(payment, codes) for payment in remittance.claims]
    _adjudicate(tx, row, zip(remittance.claims, matches, decisions, strict=True))
    remittances.enter_provider_level(tx, row, payer, remittance)
    _conclude(tx, lane, answer, matches)
    proposals.of_remittance(tx, answer, remittance, matches, decisions)
    denials.reckon(tx, answer, [match.claim for match in matches if match.claim is not None])
    undecided = {each.work.value for each in decisions if each.work}
    unmatched(tx, answer, "835", [f"decides nothing: {each}" for each in undecided])


def _conclude(tx: Tx, lane: Lane, answer: int, matches: Sequence[PaymentMatch]) -> None:
    claims = [match.claim for match in matches if match.claim is not None]
    attempts = [match.attempt for match in matches if match.attempt is not None and match.attempt > 0]
    prove(tx, lane, carriers_of(tx, attempts), "835")
    tally(tx, answer, len(claims), len(matches) - len(claims))
    unmatched(tx, answer, "835", [match.unmatched.value for match in matches if match.claim is None])
    reckon(tx, answer, claims)


def _payer_of(lane: Lane, remittance: Remittance) -> str:
    """The payer key, where the partner speaks for one payer or the remittance's own id tells."""
    keys: Collection[str] = lane.partner.payers
    named = [key for key, ids in lane.partner.payers.items() if remittance.payer_id and remittance.payer_id in ids]
    return named[0] if len(named) == 1 else (next(iter(keys)) if len(keys) == 1 else "")


def _posted_before(tx: Tx, remittance: Remittance) -> int | None:
    """The same payment by trace, originator and amount, in another form or file, with the same claims."""
    claims = [(c.claim, c.status, money(c.paid)) for c in remittance.claims]
    for row in tx.all(
        "SELECT id FROM remittances WHERE trace = ? AND originator = ? AND amount = ? AND balanced AND repeats IS NULL",
        remittance.trace,
        remittance.originator,
        money(remittance.amount),
    ):
        posted = tx.all(
            "SELECT control_number, status, paid FROM adjudications WHERE remittance = ? ORDER BY ordinal", row["id"]
        )
        if [tuple(p) for p in posted] == claims:
            return int(row["id"])
    return None


def _adjudicate(tx: Tx, remittance: int, lines: Iterable[tuple[ClaimPayment, PaymentMatch, Adjudication]]) -> None:
    """Lines of the ledger; an unmatched one is kept without a claim."""
    tx.many(
        "INSERT INTO adjudications (remittance, ordinal, claim, outcome, reference, control_number, status, charge,"
        " paid, patient, code, place, next, body, lines, denied_lines, contractual)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(remittance, ordinal, *_line(*line)) for ordinal, line in enumerate(lines)],
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
