"""What we sent, as matching looks at it: rows fetched by the keys an answer gives."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gateway.codec import as_claim, as_day, as_money
from gateway.lifecycle import Standing
from gateway.matching import EarlierPayment, Keys, SentAttempt, SentSubmission, keys_of
from gateway.matching.groups import CLAIMS, STATUS_REQUESTS
from gateway.matching.rows import number_key
from gateway.model.answers import StatusReport
from gateway.model.claims import Claim
from gateway.model.partners import Lane
from gateway.model.sending import PlacedAttempt, set_control, set_reference, submission_reference
from gateway.store.connection import Row, Tx

_RENDERING = "82"
_ATTEMPT = (
    "SELECT a.id, a.claim, a.submission, a.trace, a.first_segment, a.last_segment, a.level_segments,"
    " a.payer_control_number, a.set_number, c.control_number, c.charge, c.payer, c.family, c.first_day, c.last_day,"
    " c.frequency, c.billing_npi, s.reference, s.usage, s.lane,"
    " (SELECT max(v.dated) FROM verdicts v WHERE v.attempt = a.id AND v.form = '277CA' AND v.accepted) AS accepted_on,"
    " EXISTS (SELECT 1 FROM verdicts v WHERE v.attempt = a.id AND v.form = '277CA') AS decided,"
    " c.standing = 'DECLINED' AS ended"
)
_UNSENT = (
    "SELECT -c.id AS id, c.id AS claim, 0 AS submission, '' AS trace, NULL AS first_segment, NULL AS last_segment,"
    " NULL AS level_segments, '' AS payer_control_number, 1 AS set_number, c.control_number, c.charge, c.payer, c.family,"
    " c.first_day, c.last_day, c.frequency, c.billing_npi, '' AS reference, i.usage, '' AS lane, NULL AS accepted_on,"
    " 0 AS decided,"
    " c.state IN ('REJECTED', 'WITHDRAWN', 'DUPLICATE') AS ended"
)
_OF_CLAIM = " CROSS JOIN attempts a ON a.claim = c.id CROSS JOIN submissions s ON s.id = a.submission"
_OF_ATTEMPT = " CROSS JOIN claims c ON c.id = a.claim CROSS JOIN submissions s ON s.id = a.submission"
_NUMBERED = "json_each(?) k CROSS JOIN claims c ON c.control_number = k.value COLLATE NOCASE"
# A range of the index; what is cut cannot be looked up in any other way without reading every claim.
_BEGUN = (
    "json_each(?) k CROSS JOIN claims c ON c.control_number COLLATE NOCASE >= k.value"
    " AND c.control_number COLLATE NOCASE < k.value || char(1114111)"
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
    carried = f"{_ATTEMPT} FROM attempts a{_OF_ATTEMPT} WHERE a.submission = ? ORDER BY a.id"
    return SentSubmission(
        id=row["id"],
        control=row["isa13"],
        date=day.replace("-", ""),
        time=clock.replace(":", ""),
        group_control=str(row["isa13"]),
        usage=row["usage"],
        our_ids=frozenset({lane.account.sender.id, lane.account.submitter_id}),
        functional_id=CLAIMS if row["form"] == "837" else STATUS_REQUESTS,
        attempts=tuple(_attempt(a, lane, placed=_placed(a)) for a in tx.all(carried, row["id"])),
    )


def attempts_of(tx: Tx, lane: Lane, report: StatusReport) -> list[SentAttempt]:
    """Every attempt that the report may speak of; BHT03 counts in this lane alone. A claim's number is asked for only where
    our trace leads nowhere: each key is another page to read of a large store."""
    keys = keys_of(report)
    found = _sent(tx, lane, Keys(references=keys.references, traces=keys.traces))
    traces = {row["trace"] for row in found}
    lost = replace(report, statuses=tuple(s for s in report.statuses if s.claim and s.trace.upper() not in traces))
    left = keys_of(lost)
    if left.claims:
        found += _sent(tx, lane, Keys(claims=left.claims, prefixes=left.prefixes))
    known = {row["id"]: row for row in found}
    return _described(tx, lane, [known[attempt] for attempt in sorted(known)])


def attempts_under(tx: Tx, lane: Lane, keys: Keys) -> list[SentAttempt]:
    """Every attempt that any of these keys leads to."""
    return _described(tx, lane, _sent(tx, lane, keys))


def candidates_of(tx: Tx, lane: Lane, keys: Keys) -> list[SentAttempt]:
    """Whom money may be for: these attempts, and claims of these numbers that were never sent, as attempts with the
    claim's number negated: they may have reached the payer by another way."""
    unsent = tx.all(
        f"{_UNSENT} FROM {_NUMBERED} CROSS JOIN sets t ON t.id = c.transaction_set CROSS JOIN interchanges i"
        " ON i.id = t.interchange WHERE NOT EXISTS (SELECT 1 FROM attempts a WHERE a.claim = c.id)",
        json.dumps(keys.claims),
    )
    sent = _sent(tx, lane, keys)
    return _described(tx, lane, [*sent, *_other_versions(tx, sent), *unsent])


def _other_versions(tx: Tx, sent: Sequence[Row]) -> list[Row]:
    """Attempts of later versions of these claims: a correction may come under the number of the original."""
    families = sorted({row["family"] for row in sent})
    known = {row["id"] for row in sent}
    found = tx.all(
        f"{_ATTEMPT} FROM json_each(?) k CROSS JOIN versions w ON w.family = k.value CROSS JOIN claims c ON c.id = w.claim"
        f"{_OF_CLAIM} ORDER BY a.id",
        json.dumps(families),
    )
    return [row for row in found if row["id"] not in known]


def _sent(tx: Tx, lane: Lane, keys: Keys) -> list[Row]:
    found: dict[int, Row] = {}
    for source, values, more in _ways(lane, keys):
        if values:
            for row in tx.all(f"{_ATTEMPT} FROM {source}", json.dumps(values), *more):
                found.setdefault(row["id"], row)
    return [found[attempt] for attempt in sorted(found)]


def _ways(lane: Lane, keys: Keys) -> Iterable[tuple[str, Sequence[str], tuple[str, ...]]]:
    """Each kind of key by its own index, in one query: an answer may name thousands."""
    yield (
        "json_each(?) k CROSS JOIN submissions s ON s.reference = k.value CROSS JOIN attempts a ON a.submission = s.id"
        " CROSS JOIN claims c ON c.id = a.claim WHERE s.lane = ?",
        [submission_reference(each) for each in keys.references],
        (lane.key,),
    )
    traces = [each.upper() for each in keys.traces]
    yield f"json_each(?) k CROSS JOIN attempts a ON a.trace = k.value{_OF_ATTEMPT}", traces, ()
    yield f"{_NUMBERED}{_OF_CLAIM}", keys.claims, ()
    yield f"{_BEGUN}{_OF_CLAIM}", keys.prefixes, ()
    yield (
        "json_each(?) k CROSS JOIN attempts a ON a.payer_control_number = k.value AND a.payer_control_number <> ''"
        f"{_OF_ATTEMPT}",
        keys.payer_control_numbers,
        (),
    )


def _described(tx: Tx, lane: Lane, rows: Sequence[Row]) -> list[SentAttempt]:
    """Who the patient is and who rendered is asked only where one number names several: nothing else depends on it."""
    named: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        named[number_key(row["control_number"])].append(row["claim"])
    several = sorted({claim for claims in named.values() if len(claims) > 1 for claim in claims})
    facts = {
        row["id"]: as_claim(row["facts"])
        for row in tx.all(
            "SELECT c.id, c.facts FROM json_each(?) k CROSS JOIN claims c ON c.id = k.value", json.dumps(several)
        )
    }
    return [_attempt(row, lane, facts.get(row["claim"])) for row in rows]


def _attempt(row: Row, lane: Lane, facts: Claim | None = None, placed: PlacedAttempt | None = None) -> SentAttempt:
    """BHT03 is ours per partner: another lane's equal one is no key here. Only a 999 asks for segments."""
    number = row["set_number"]
    return SentAttempt(
        id=row["id"],
        claim=row["claim"],
        submission=row["submission"],
        control_number=row["control_number"],
        charge=as_money(row["charge"]),
        payer=row["payer"],
        trace=row["trace"],
        reference=set_reference(row["reference"], number) if row["lane"] == lane.key else "",
        set_control=set_control(number),
        usage=row["usage"],
        family=row["family"],
        first_day=as_day(row["first_day"]),
        last_day=as_day(row["last_day"]),
        member_id=facts.member_id if facts else "",
        billing_npi=row["billing_npi"],
        rendering=tuple(p.npi for p in facts.providers if p.role == _RENDERING) if facts else (),
        placed=placed,
        payer_control_number=row["payer_control_number"],
        payer_accepted_on=as_day(row["accepted_on"]),
        waiting=not row["decided"],
        ended=bool(row["ended"]),
        frequency=row["frequency"],
    )


def _placed(row: Row) -> PlacedAttempt | None:
    if row["first_segment"] is None:
        return None
    levels = [tuple(int(n) for n in part.split("-")) for part in (row["level_segments"] or "").split()]
    return PlacedAttempt(
        row["id"], row["first_segment"], row["last_segment"], tuple((first, last) for first, last in levels)
    )


def earlier_payments(tx: Tx, references: Sequence[str], beside: int = 0) -> list[EarlierPayment]:
    """What the ledger has under these payer claim numbers, in other remittances than this one."""
    return [
        EarlierPayment(
            row["claim"],
            row["family"],
            row["payer"],
            row["reference"],
            row["usage"],
            row["outcome"] == Standing.REVERSED,
        )
        for row in tx.all(
            "SELECT d.claim, c.family, r.payer, d.reference, d.outcome, a.usage FROM json_each(?) k"
            " CROSS JOIN adjudications d ON d.reference = k.value CROSS JOIN remittances r ON r.id = d.remittance"
            " CROSS JOIN answers a ON a.id = r.answer CROSS JOIN claims c ON c.id = d.claim WHERE r.id <> ?"
            " AND r.opposite IS NULL",
            json.dumps(references),
            beside,
        )
    ]
