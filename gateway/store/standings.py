"""Where sent claims stand: facts are added, and the standing is computed anew from all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gateway import events as e
from gateway.lifecycle import Adjudicated, Standing, Verdict, standing
from gateway.store.codec import as_day, day
from gateway.store.connection import Row, Tx
from gateway.store.record import record

_PLAIN: dict[Standing, type[e.ClaimAcknowledged | e.ClaimAccepted | e.ClaimPaid | e.ClaimReversed]] = {
    Standing.ACKNOWLEDGED: e.ClaimAcknowledged,
    Standing.ACCEPTED: e.ClaimAccepted,
    Standing.PAID: e.ClaimPaid,
    Standing.REVERSED: e.ClaimReversed,
}
_REASONED: dict[Standing, type[e.ClaimReturned | e.ClaimDeclined | e.ClaimDenied | e.ClaimPartlyPaid]] = {
    Standing.RETURNED: e.ClaimReturned,
    Standing.DECLINED: e.ClaimDeclined,
    Standing.DENIED: e.ClaimDenied,
    Standing.PARTLY_PAID: e.ClaimPartlyPaid,
}
_MONEY = (Standing.DENIED, Standing.PARTLY_PAID)


def say(
    tx: Tx,
    answer: int,
    attempts: Iterable[int],
    verdict: Verdict,
    *,
    code: str = "",
    place: str = "",
    step: str = "",
) -> None:
    """Add one acknowledgment's word on these attempts; saying it again changes nothing."""
    tx.many(
        "INSERT OR IGNORE INTO verdicts (answer, attempt, form, accepted, stage, dated, sequence, code, place, next)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                answer,
                attempt,
                verdict.form,
                int(verdict.accepted),
                verdict.stage,
                day(verdict.dated),
                verdict.sequence,
                code,
                place,
                step,
            )
            for attempt in attempts
        ],
    )


def reckon(tx: Tx, answer: int, claims: Iterable[int]) -> None:
    """Compute the standing of each claim anew and record what changed. A claim that waits although somebody has it
    is held, and is an alarm."""
    for claim in sorted(set(claims)):
        row = tx.one("SELECT state, standing, payer FROM claims WHERE id = ?", claim)
        assert row
        now = of(tx, claim)
        if row["state"] != "SENT":
            _contradict(tx, claim, row, now)
        elif now != row["standing"]:
            _move(tx, answer, claim, row["payer"], now)


def of(tx: Tx, claim: int) -> Standing:
    """The sum of all facts of one claim."""
    attempts = [
        row["id"]
        for row in tx.all(
            "SELECT a.id FROM attempts a JOIN submissions s ON s.id = a.submission WHERE a.claim = ? AND s.state = 'SENT'",
            claim,
        )
    ]
    return standing(
        attempts,
        [_verdict(row) for row in _said(tx, claim)],
        [adjudicated(row, place) for place, row in enumerate(ledger(tx, claim))],
    )


def _said(tx: Tx, claim: int) -> list[Row]:
    return tx.all("SELECT v.* FROM verdicts v JOIN attempts a ON a.id = v.attempt WHERE a.claim = ?", claim)


def ledger(tx: Tx, claim: int) -> list[Row]:
    """All that was decided of a claim, in an order that no arrival changes: of one day by payment, then by its trace."""
    return tx.all(
        "SELECT d.*, r.produced_on, r.paid_on, r.originator, r.trace, r.payer FROM adjudications d JOIN remittances r"
        " ON r.id = d.remittance WHERE d.claim = ? AND d.outcome <> ''"
        " ORDER BY r.produced_on, r.paid_on, r.trace, r.originator, d.ordinal",
        claim,
    )


def _verdict(row: Row) -> Verdict:
    return Verdict(
        row["attempt"], row["form"], bool(row["accepted"]), row["stage"], as_day(row["dated"]), row["sequence"]
    )


def adjudicated(row: Row, place: int) -> Adjudicated:
    """A row of the ledger as the law sees it; `place` is the row's own in that ledger."""
    return Adjudicated(Standing(row["outcome"]), row["reference"], as_day(row["produced_on"]), (place, 0))


def _move(tx: Tx, answer: int, claim: int, payer: str, now: Standing) -> None:
    event: e.Event
    code = place = step = ""
    if now in _REASONED:
        code, place, step = _reason(tx, claim, now)
        event = _REASONED[now](claim=claim, payer=payer, answer=answer, code=code, place=place, next=step)
    elif now in _PLAIN:
        event = _PLAIN[now](claim=claim, payer=payer, answer=answer)
    else:
        return
    tx.run(
        "UPDATE claims SET standing = ?, code = ?, place = ?, next = ?, changed_at = ? WHERE id = ?",
        now.value,
        code,
        place,
        step,
        tx.at,
        claim,
    )
    record(tx, event)


def _reason(tx: Tx, claim: int, now: Standing) -> tuple[str, str, str]:
    """Code, place and next step of the fact that decided."""
    if now in _MONEY:
        found: Sequence[Row] = [row for row in ledger(tx, claim) if row["outcome"] == now.value]
    else:
        found = sorted(
            (row for row in _said(tx, claim) if not row["accepted"]),
            key=lambda row: (row["attempt"], row["stage"], row["dated"] or "", row["sequence"]),
        )
    return (found[-1]["code"], found[-1]["place"], found[-1]["next"]) if found else ("", "", "")


_TAKEN = (Standing.ACCEPTED, Standing.PAID, Standing.PARTLY_PAID, Standing.DENIED, Standing.REVERSED)


def _contradict(tx: Tx, claim: int, row: Row, now: Standing) -> None:
    """The world has a claim that we believe to be here: it must not go out (again) by itself."""
    if now not in _TAKEN:
        return
    step = "The payer has this claim although we did not send it, or were about to send it again: compare, then decide."
    record(tx, e.ClaimContradicted(claim=claim, payer=row["payer"], code=f"PAYER_SAYS_{now.value}", next=step))
    if row["state"] in ("RECEIVED", "HELD", "READY", "ASSIGNED"):
        tx.run(
            "INSERT INTO marks (claim, mark, codes, reason, actor, made_at) VALUES (?, 'hold', '[]', ?, ?, ?)",
            claim,
            f"the payer says {now.value}",
            tx.actor,
            tx.at,
        )
        # What is assigned is judged when its transmission begins, and does not pass then.
        tx.run("UPDATE claims SET judge_on = ? WHERE id = ? AND state <> 'ASSIGNED'", day(tx.today), claim)


def requeue(tx: Tx, claim: int, reason: str) -> None:
    """Send a returned claim again, in a new attempt, once the gate passes it."""
    row = tx.one("SELECT standing FROM claims WHERE id = ?", claim)
    assert row
    assert row["standing"] == Standing.RETURNED
    record(tx, e.ClaimRequeued(claim=claim, reason=reason))
