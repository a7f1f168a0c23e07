"""What we sent, as matching looks at it: rows fetched by the keys an answer gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gateway.matching import EarlierPayment, Keys, SentAttempt, SentSubmission
from gateway.model.partners import Lane
from gateway.model.sending import PlacedAttempt, set_control, set_reference, submission_reference
from gateway.store.codec import as_claim, as_day
from gateway.store.connection import Row, Tx

_RENDERING = "82"
_ATTEMPT = (
    "SELECT a.id, a.claim, a.submission, a.trace, a.first_segment, a.last_segment, a.level_segments,"
    " a.payer_control_number, a.set_number, c.payer, c.family, c.facts, s.reference, s.usage, s.lane,"
    " (SELECT max(v.dated) FROM verdicts v WHERE v.attempt = a.id AND v.form = '277CA' AND v.accepted) AS accepted_on,"
    " EXISTS (SELECT 1 FROM verdicts v WHERE v.attempt = a.id AND v.form = '277CA') AS decided,"
    " c.standing = 'DECLINED' AS ended"
    " FROM attempts a JOIN claims c ON c.id = a.claim JOIN submissions s ON s.id = a.submission"
)


def submissions_of(tx: Tx, lane: Lane, keys: Keys) -> list[SentSubmission]:
    """The lane's submissions with these ISA13 or GS06, with their attempts."""
    numbers = {*keys.controls, *(int(g) for g in keys.group_controls if g.isascii() and g.isdigit() and len(g) <= 9)}
    found = [
        row
        for number in sorted(numbers)
        for row in tx.all("SELECT * FROM submissions WHERE isa13 = ? AND lane = ?", number, lane.key)
    ]
    return [_submission(tx, lane, row) for row in found]


def _submission(tx: Tx, lane: Lane, row: Row) -> SentSubmission:
    day, clock = row["moment"].split("T")
    return SentSubmission(
        id=row["id"],
        control=row["isa13"],
        date=day.replace("-", ""),
        time=clock.replace(":", ""),
        group_control=str(row["isa13"]),
        usage=row["usage"],
        our_ids=frozenset({lane.account.sender.id, lane.account.submitter_id}),
        attempts=tuple(
            _attempt(a, lane) for a in tx.all(f"{_ATTEMPT} WHERE a.submission = ? ORDER BY a.id", row["id"])
        ),
    )


def attempts_of(tx: Tx, lane: Lane, keys: Keys) -> list[SentAttempt]:
    """Every attempt that any of the keys leads to; BHT03 counts in this lane alone."""
    found: dict[int, SentAttempt] = {}
    for condition, values in _conditions(lane, keys):
        for row in tx.all(f"{_ATTEMPT} WHERE {condition}", *values):
            found.setdefault(row["id"], _attempt(row, lane))
    return [found[attempt] for attempt in sorted(found)]


def unsent_of(tx: Tx, keys: Keys) -> list[SentAttempt]:
    """Claims of these numbers that were never sent, as attempts with the claim's number negated: money can come for
    them all the same, when they reached the payer by another way."""
    found = [
        row
        for number in keys.claims
        for row in tx.all(
            "SELECT -c.id AS id, c.id AS claim, 0 AS submission, '' AS trace, NULL AS first_segment, '' AS lane,"
            " NULL AS last_segment, NULL AS level_segments, '' AS payer_control_number, 1 AS set_number, c.payer, c.family,"
            " c.facts,"
            " '' AS reference, i.usage, NULL AS accepted_on, 0 AS decided, c.state IN ('REJECTED', 'WITHDRAWN',"
            " 'DUPLICATE') AS ended FROM claims c JOIN sets s ON s.id = c.transaction_set JOIN interchanges i"
            " ON i.id = s.interchange WHERE c.control_number = ? COLLATE NOCASE"
            " AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.claim = c.id)",
            number,
        )
    ]
    return [_attempt(row, None) for row in found]


def _conditions(lane: Lane, keys: Keys) -> Iterable[tuple[str, tuple[str, ...]]]:
    for reference in keys.references:
        yield "s.reference = ? AND s.lane = ?", (submission_reference(reference), lane.key)
    for trace in keys.traces:
        yield "a.trace = ?", (trace.upper(),)
    for number in keys.claims:
        yield "c.control_number = ? COLLATE NOCASE", (number,)
    for prefix in keys.prefixes:
        yield "substr(c.control_number, 1, 20) = ? COLLATE NOCASE", (prefix,)
    for number in keys.payer_control_numbers:
        yield "a.payer_control_number = ? AND a.payer_control_number <> ''", (number,)


def _attempt(row: Row, lane: Lane | None) -> SentAttempt:
    """BHT03 is ours per partner: another lane's equal one is no key here."""
    claim, number = as_claim(row["facts"]), row["set_number"]
    return SentAttempt(
        id=row["id"],
        claim=row["claim"],
        submission=row["submission"],
        control_number=claim.control_number,
        charge=claim.charge,
        payer=row["payer"],
        trace=row["trace"],
        reference=set_reference(row["reference"], number) if lane and row["lane"] == lane.key else "",
        set_control=set_control(number),
        usage=row["usage"],
        family=row["family"],
        first_day=claim.first_day,
        last_day=claim.last_day,
        member_id=claim.member_id,
        billing_npi=claim.billing.npi,
        rendering=tuple(p.npi for p in claim.providers if p.role == _RENDERING),
        placed=_placed(row),
        payer_control_number=row["payer_control_number"],
        payer_accepted_on=as_day(row["accepted_on"]),
        waiting=not row["decided"],
        ended=bool(row["ended"]),
    )


def _placed(row: Row) -> PlacedAttempt | None:
    if row["first_segment"] is None:
        return None
    levels = [tuple(int(n) for n in part.split("-")) for part in (row["level_segments"] or "").split()]
    return PlacedAttempt(
        row["id"], row["first_segment"], row["last_segment"], tuple((first, last) for first, last in levels)
    )


def earlier_payments(tx: Tx, references: Sequence[str]) -> list[EarlierPayment]:
    """What the ledger has under these payer claim numbers."""
    return [
        EarlierPayment(row["claim"], row["family"], row["payer"], row["reference"], row["usage"])
        for reference in references
        for row in tx.all(
            "SELECT d.claim, c.family, r.payer, d.reference, a.usage FROM adjudications d"
            " JOIN remittances r ON r.id = d.remittance JOIN answers a ON a.id = r.answer"
            " JOIN claims c ON c.id = d.claim WHERE d.reference = ? AND d.claim IS NOT NULL",
            reference,
        )
    ]
