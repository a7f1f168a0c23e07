"""Where sent claims stand: facts are added, and the standing is computed anew from all of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from gateway import events as e
from gateway.codec import as_day, as_money, day
from gateway.lifecycle import Adjudicated, Standing, Verdict, counting, standing, taken_twice
from gateway.store.connection import Row, Tx
from gateway.store.planned import give_back
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

IN_ORDER = "coalesce(r.produced_on, r.paid_on), r.paid_on, length(r.trace), r.trace, r.originator"
"""The order of ledgers over remittances r, as ORDER BY has it: not every 835 says when it was produced (DTM*405)."""

COUNTS = "d.outcome <> '' AND r.opposite IS NULL"
"""Which adjudications d of remittances r count, as WHERE has it: those that decide, of postings that nobody took back."""


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
    every = sorted(set(claims))
    for some in (every[first : first + _AT_ONCE] for first in range(0, len(every), _AT_ONCE)):
        facts = _facts_of(tx, some)
        wanted = json.dumps(some)
        rows = tx.all(f"SELECT c.id, c.state, c.standing, c.payer FROM {_THESE} claims c ON c.id = k.value", wanted)
        for row in rows:
            known = facts[row["id"]]
            now = known.standing
            if row["state"] != "SENT" and now in _TAKEN and not _regain(tx, answer, row, known):
                contradict(tx, row["id"], row, now.value)
            elif row["state"] == "SENT" and now != row["standing"]:
                _move(tx, answer, row, now, known)
            if len(known.attempts) > 1 and taken_twice(known.attempts, map(_verdict, known.said)):
                _tell_twice(tx, row)
        _look_again(tx, [row["id"] for row in rows])


def _look_again(tx: Tx, claims: Sequence[int]) -> None:
    """What waits here to replace or void one of these may go by what the payer says of it."""
    tx.run(
        f"UPDATE claims SET judge_on = ? WHERE +state = 'HELD' AND id IN (SELECT v.claim FROM {_THESE} versions v"
        " ON v.original = k.value)",
        day(tx.today),
        json.dumps(claims),
    )


def of(tx: Tx, claim: int) -> Standing:
    """The sum of all facts of one claim."""
    return _facts_of(tx, [claim])[claim].standing


@dataclass(slots=True)
class _Facts:
    """All that was said of one claim: attempts that were sent, verdicts, and lines of the ledger in its order. Within a
    day that is the order of the payer's own payment numbers: whatever came first here, the sum is the same."""

    attempts: list[int] = field(default_factory=list)
    said: list[Row] = field(default_factory=list)
    ledger: list[Row] = field(default_factory=list)

    @property
    def standing(self) -> Standing:
        return standing(self.attempts, map(_verdict, self.said), map(adjudicated, self.ledger, count()))


_AT_ONCE = 1000
_THESE = "json_each(?) k CROSS JOIN"


def _facts_of(tx: Tx, claims: Sequence[int]) -> dict[int, _Facts]:
    found, wanted = {claim: _Facts() for claim in claims}, json.dumps(claims)
    for row in tx.all(
        f"SELECT a.id, a.claim FROM {_THESE} attempts a ON a.claim = k.value CROSS JOIN submissions s"
        " ON s.id = a.submission WHERE s.state = 'SENT'",
        wanted,
    ):
        found[row["claim"]].attempts.append(row["id"])
    for row in tx.all(
        f"SELECT v.*, a.claim FROM {_THESE} attempts a ON a.claim = k.value CROSS JOIN verdicts v ON v.attempt = a.id",
        wanted,
    ):
        found[row["claim"]].said.append(row)
    for row in tx.all(
        "SELECT d.claim, d.outcome, d.reference, d.remittance, d.ordinal, d.code, d.place, d.next, d.original,"
        " d.charge, d.paid, r.produced_on, r.paid_on"
        f" FROM {_THESE} adjudications d ON d.claim = k.value CROSS JOIN remittances r ON r.id = d.remittance"
        f" WHERE {COUNTS} ORDER BY {IN_ORDER}, d.ordinal, d.id",
        wanted,
    ):
        found[row["claim"]].ledger.append(row)
    return found


def ledger(tx: Tx, claim: int) -> list[Row]:
    """All that was decided of a claim, in an order that no arrival changes: of one day by payment, then by its trace."""
    return ledgers(tx, [claim])[claim]


def ledgers(tx: Tx, claims: Sequence[int]) -> dict[int, list[Row]]:
    """The same of some claims together."""
    found: dict[int, list[Row]] = {claim: [] for claim in claims}
    for row in tx.all(
        "SELECT d.*, r.produced_on, r.paid_on, r.originator, r.trace, r.payer"
        f" FROM {_THESE} adjudications d ON d.claim = k.value CROSS JOIN remittances r ON r.id = d.remittance"
        f" WHERE {COUNTS} ORDER BY {IN_ORDER}, d.ordinal, d.id",
        json.dumps(claims),
    ):
        found[row["claim"]].append(row)
    return found


def _verdict(row: Row) -> Verdict:
    return Verdict(
        row["attempt"], row["form"], bool(row["accepted"]), row["stage"], as_day(row["dated"]), row["sequence"]
    )


def adjudicated(row: Row, place: int) -> Adjudicated:
    """A row of the ledger as the law sees it; `place` is the row's own in that ledger."""
    return Adjudicated(
        Standing(row["outcome"]),
        row["reference"],
        as_day(row["produced_on"] or row["paid_on"]),
        (place, 0),
        row["original"],
        as_money(row["charge"]),
        as_money(row["paid"]),
        row["remittance"],
    )


def _move(tx: Tx, answer: int, row: Row, now: Standing, known: _Facts) -> None:
    event: e.Event | None
    claim, payer = row["id"], row["payer"]
    code = place = step = ""
    if now in _REASONED:
        code, place, step = _reason(known, now)
        event = _REASONED[now](claim=claim, payer=payer, answer=answer, code=code, place=place, next=step)
    elif now in _PLAIN:
        event = _PLAIN[now](claim=claim, payer=payer, answer=answer)
    elif row["standing"] in _TAKEN and now is Standing.SENT:
        event = None  # what it had was taken back by a person, and that is told
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
    if event:
        record(tx, event)


def _reason(known: _Facts, now: Standing) -> tuple[str, str, str]:
    """Code, place and next step of the fact that decided."""
    if now in _MONEY:
        counted = counting(map(adjudicated, known.ledger, count()))
        found: Sequence[Row] = [known.ledger[each.sequence[0]] for each in counted if each.outcome in _MONEY]
    else:
        found = sorted(
            (row for row in known.said if not row["accepted"]),
            key=lambda row: (row["attempt"], row["stage"], row["dated"] or "", row["sequence"]),
        )
    return (found[-1]["code"], found[-1]["place"], found[-1]["next"]) if found else ("", "", "")


_TAKEN = (Standing.ACCEPTED, Standing.PAID, Standing.PARTLY_PAID, Standing.DENIED, Standing.REVERSED)


_WAITS = ("RECEIVED", "HELD", "READY", "ASSIGNED")


def _regain(tx: Tx, answer: int, row: Row, known: _Facts) -> bool:
    """A claim that was to go again is the payer's: it stands where it stood, whichever word came first. What a
    transmission carries at this very moment cannot be called back."""
    if row["state"] not in _WAITS or not known.attempts:
        return False
    if row["state"] == "ASSIGNED":
        planned = tx.one(
            "SELECT s.id FROM claims c JOIN submissions s ON s.id = c.submission WHERE c.id = ? AND s.state = 'PLANNED'",
            row["id"],
        )
        if planned is None:
            return False
        give_back(tx, planned["id"], "a claim of it lies at the payer already")
    carried = tx.one("SELECT submission FROM attempts WHERE id = ?", max(known.attempts))
    assert carried
    record(tx, e.ClaimArrived(claim=row["id"], submission=carried["submission"], payer=row["payer"], answer=answer))
    _move(tx, answer, row, known.standing, known)
    return True


def contradict(tx: Tx, claim: int, row: Row, says: str) -> None:
    """The world has a claim that we believe to be here: it must not go out by itself. An alarm, told once for each word,
    and a claim that waits is held; `row` is its state and payer, `says` the payer's word."""
    code = f"PAYER_SAYS_{says}"
    told = tx.one(
        "SELECT body ->> 'code' AS code FROM events WHERE claim = ? AND name = ? ORDER BY seq DESC LIMIT 1",
        claim,
        e.ClaimContradicted.name,
    )
    if told and told["code"] == code:
        return
    step = "The payer has this claim although we did not send it, or were about to send it again: compare, then decide."
    record(tx, e.ClaimContradicted(claim=claim, payer=row["payer"], code=code, next=step))
    if row["state"] in _WAITS and told is None:
        tx.run(
            "INSERT INTO marks (claim, mark, codes, reason, actor, made_at) VALUES (?, 'hold', '[]', ?, ?, ?)",
            claim,
            "the payer has this claim",
            tx.actor,
            tx.at,
        )
        # What is assigned is judged when its transmission begins, and does not pass then.
        tx.run("UPDATE claims SET judge_on = ? WHERE id = ? AND state <> 'ASSIGNED'", day(tx.today), claim)


TWICE = "TAKEN_TWICE"
TWICE_STEP = "The partner has it in two transmissions: ask the payer to drop one, else one of them is denied as a copy."


def _tell_twice(tx: Tx, row: Row) -> None:
    """An alarm, once for each claim."""
    told = "SELECT 1 FROM events WHERE claim = ? AND name = ? AND body ->> 'code' = ?"
    if tx.one(told, row["id"], e.ClaimContradicted.name, TWICE) is None:
        record(tx, e.ClaimContradicted(claim=row["id"], payer=row["payer"], code=TWICE, next=TWICE_STEP))


def twice(tx: Tx, claims: Sequence[int]) -> list[int]:
    """Those of these claims of which was told that the partner has them in two transmissions."""
    found = tx.all(
        f"SELECT DISTINCT v.claim FROM {_THESE} events v ON v.claim = k.value WHERE v.name = ? AND v.body ->> 'code' = ?"
        " ORDER BY v.claim",
        json.dumps(claims),
        e.ClaimContradicted.name,
        TWICE,
    )
    return [row["claim"] for row in found]


def requeue(tx: Tx, claim: int, reason: str) -> None:
    """Send a returned claim again, in a new attempt, once the gate passes it."""
    row = tx.one("SELECT standing FROM claims WHERE id = ?", claim)
    assert row
    assert row["standing"] == Standing.RETURNED
    record(tx, e.ClaimRequeued(claim=claim, reason=reason))
