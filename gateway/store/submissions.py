"""Submissions: compose, send, and what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway import events as e
from gateway.cases import Case
from gateway.codec import as_delimiters
from gateway.errors import Unlawful
from gateway.gate import Judge
from gateway.model.partners import Lane
from gateway.model.sending import OutboundClaim, OutboundLevel, PlacedAttempt, PlacedSpan, Seen
from gateway.model.x12 import Delimiters, Span
from gateway.partnership.typed import RESUME, written_out
from gateway.planner import UNREACHED, parse_moment
from gateway.store import claims as claim_rows
from gateway.store import documents, doubled, inquiries, lanes, observations
from gateway.store.connection import Row, Tx, moment
from gateway.store.planned import give_back
from gateway.store.posting import recall
from gateway.store.record import record
from gateway.store.standings import reckon

MARKED_WITHIN = timedelta(days=3)
"""After so long no mark is looked for any more: acknowledgments say more."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What one submission is composed of. `documents` are vault names by document row, `payer_ids` are
    what 2010BB NM109 gets, by what stands there."""

    id: int
    lane: str
    isa13: int
    reference: str
    remote_name: str
    moment: datetime
    version: str
    mode: str
    usage: str
    delimiters: Delimiters
    levels: dict[int, OutboundLevel]
    claims: list[OutboundClaim]
    documents: dict[int, str]
    payer_ids: dict[str, str]


def take(tx: Tx, scope: str, count: int) -> int:
    """Take `count` numbers that nobody had before; returns the last of them."""
    tx.run("INSERT OR IGNORE INTO counters (scope, last) VALUES (?, ?)", scope, floor(tx))
    tx.run("UPDATE counters SET last = last + ? WHERE scope = ?", count, scope)
    row = tx.one("SELECT last FROM counters WHERE scope = ?", scope)
    assert row
    return int(row["last"])


def take_isa13(tx: Tx, lane: Lane) -> int:
    """The number of a lane's next interchange: none that these two ids had, nor one that the lane had before under
    other ids, as when the partner corrected ours."""
    number = coming_isa13(tx, lane)
    tx.run("INSERT OR REPLACE INTO counters (scope, last) VALUES (?, ?)", scope_of(lane), number)
    return number


def coming_isa13(tx: Tx, lane: Lane) -> int:
    """The number that `take_isa13` gives next; it takes none."""
    row = tx.one("SELECT last FROM counters WHERE scope = ?", scope_of(lane))
    own = tx.one("SELECT coalesce(max(isa13), 0) AS last FROM submissions WHERE lane = ?", lane.key)
    assert own
    return 1 + max(int(row["last"]) if row else floor(tx), int(own["last"]))


def seconds_since(tx: Tx) -> int:
    """Since the newest event: how long a backup knows nothing of."""
    row = tx.one("SELECT max(at) AS at FROM events")
    then = parse_moment(row["at"] or "") if row else None
    return max(0, int((tx.now - then).total_seconds())) if then else 0


def floor(tx: Tx) -> int:
    """Where a new counter starts: above what it may have given before a backup was restored that did not know it."""
    row = tx.one("SELECT value FROM meta WHERE key = 'counter_floor'")
    return int(row["value"]) if row else 0


def restored(tx: Tx, count: int) -> None:
    """After a restore: numbers given since the backup are not given again, and what may have been sent since is in
    doubt; nothing is sent again by itself."""
    tx.run("UPDATE counters SET last = last + ?", count)
    tx.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('counter_floor', ?)", str(floor(tx) + count))
    tx.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('restored_at', ?)", tx.at)
    record(tx, e.SiteRestored(skipped=count))
    for row in tx.all("SELECT id, state FROM submissions WHERE state IN ('PLANNED', 'TRANSMITTING') ORDER BY id"):
        if row["state"] == "PLANNED":
            record(tx, e.TransmitBegun(submission=row["id"]))
        record(tx, e.OutcomeLost(submission=row["id"], code="RESTORED"))
    for row in tx.all("SELECT id FROM claims WHERE state IN ('RECEIVED', 'HELD', 'READY') ORDER BY id"):
        hold_restored(tx, row["id"])
    last = tx.one("SELECT coalesce(max(id), 0) AS id FROM batches")
    assert last
    tx.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('restored_batch', ?)", str(last["id"]))


def hold_restored(tx: Tx, claim: int) -> None:
    """A claim that waited at the backup may have been sent since: it waits for a person's release."""
    tx.run(
        "INSERT INTO marks (claim, mark, codes, reason, actor, made_at) VALUES (?, 'hold', '[]', ?, ?, ?)",
        claim,
        "restored from a backup: it may have been sent since",
        tx.actor,
        tx.at,
    )
    record(tx, e.ClaimMarked(claim=claim, mark="hold", codes=(), reason="restored from a backup"))


def outline(tx: Tx, submission: int) -> Outline:
    """Everything to compose one submission from; equal at every call."""
    row = tx.one("SELECT * FROM submissions WHERE id = ?", submission)
    assert row
    carried = tx.all(
        "SELECT a.id AS attempt, a.trace, a.set_number, a.payer_id, c.payer_id AS own_payer_id, c.levels, c.first_byte,"
        " c.last_byte, b.document FROM attempts a JOIN claims c ON c.id = a.claim JOIN batches b ON b.id = c.batch"
        " WHERE a.submission = ? ORDER BY c.batch, c.first_byte",
        submission,
    )
    levels = _levels(tx, submission)
    used = {row["document"] for row in carried}
    names = documents.names_of(tx, sorted(used))
    return Outline(
        id=submission,
        lane=row["lane"],
        isa13=row["isa13"],
        reference=row["reference"],
        remote_name=row["remote_name"],
        moment=datetime.fromisoformat(row["moment"]),
        version=row["version"],
        mode=row["mode"],
        usage=row["usage"],
        delimiters=as_delimiters(row["delimiters"]),
        levels=levels,
        claims=[
            OutboundClaim(
                attempt=c["attempt"],
                trace=c["trace"],
                levels=tuple(int(level) for level in c["levels"].split()),
                source=PlacedSpan(c["document"], Span(c["first_byte"], c["last_byte"])),
                set_number=c["set_number"],
            )
            for c in carried
        ],
        documents=names,
        payer_ids={c["own_payer_id"]: c["payer_id"] for c in carried if c["payer_id"]},
    )


def _levels(tx: Tx, submission: int) -> dict[int, OutboundLevel]:
    wanted = {
        int(level)
        for row in tx.all(
            "SELECT DISTINCT c.levels FROM attempts a JOIN claims c ON c.id = a.claim WHERE a.submission = ?",
            submission,
        )
        for level in row["levels"].split()
    }
    found = [
        tx.one(
            "SELECT l.*, b.document FROM levels l JOIN sets s ON s.id = l.transaction_set JOIN batches b"
            " ON b.id = s.batch WHERE l.id = ?",
            level,
        )
        for level in sorted(wanted)
    ]
    return {
        row["id"]: OutboundLevel(
            row["id"],
            row["kind"],
            row["parent"],
            PlacedSpan(row["document"], Span(row["first_byte"], row["last_byte"])),
        )
        for row in found
        if row
    }


def composed(
    tx: Tx, submission: int, sealed: documents.Sealed, placed: Sequence[PlacedAttempt], wire: documents.Sealed
) -> None:
    """The bytes are sealed, as an interchange and as they go on the `wire`: keep where each claim stands in the
    interchange, for the 999 that speaks of segment numbers."""
    tx.many(
        "UPDATE attempts SET first_segment = ?, last_segment = ?, level_segments = ? WHERE id = ?",
        [(p.first, p.last, " ".join(f"{first}-{last}" for first, last in p.levels), p.attempt) for p in placed],
    )
    document, wired = documents.enter(tx, sealed), documents.enter(tx, wire)
    record(tx, e.SubmissionComposed(submission=submission, document=document, wire=wired, bytes=wire.size))


def begin(tx: Tx, submission: int, judge: Judge) -> bool:
    """The gate judges every claim once more; only if all still pass is the intent to send committed.

    False: the submission is abandoned and its claims are judged anew.
    """
    row = tx.one("SELECT lane, form FROM submissions WHERE id = ?", submission)
    assert row
    if row["form"] != "837":
        return _begin_asking(tx, submission)
    judged = [judge(case, tx.today) for case in cases(tx, submission)]
    named = {a["claim"]: a["payer_id"] for a in _attempts(tx, submission)}
    if all(j.passed and (j.lane, j.payer_id) == (row["lane"], named[j.case.id]) for j in judged):
        record(tx, e.TransmitBegun(submission=submission))
        return True
    give_back(tx, submission, "the gate no longer passes every claim of it")
    return False


def _begin_asking(tx: Tx, submission: int) -> bool:
    """What was answered since is not asked: the other questions go in a new file."""
    if inquiries.still_wanted(tx, submission):
        record(tx, e.TransmitBegun(submission=submission))
        return True
    give_back(tx, submission, "not every question of it is open any more")
    return False


def lay_hidden(tx: Tx, submission: int) -> bool:
    """Whether the whole file lay at the partner under its hidden name at an earlier try."""
    confirmed = tx.one(
        "SELECT 1 FROM events WHERE submission = ? AND name = ? LIMIT 1", submission, e.UploadConfirmed.name
    )
    return confirmed is not None


def carried(tx: Tx, submission: int) -> list[int]:
    """Its claims."""
    return [row["claim"] for row in _attempts(tx, submission)]


def _attempts(tx: Tx, submission: int) -> list[Row]:
    return tx.all("SELECT claim, payer_id FROM attempts WHERE submission = ?", submission)


def cases(tx: Tx, submission: int) -> list[Case]:
    """Its claims, as they are judged before it goes."""
    return claim_rows.cases(tx, carried(tx, submission))


_STOPPED = ("INTERRUPTED", "RESTORED")
"""Doubt that is our own doing, and says nothing of the partner."""


def happened(tx: Tx, *events: e.Event) -> None:
    """Record what was observed of submissions and lanes, together. Failures of a lane are counted, and told as its
    breaker has it."""
    wrote = any(isinstance(event, e.TransmitFailed | e.OutcomeLost) for event in events)
    for event in events:
        if isinstance(event, e.LaneUnreachable):
            lanes.failed(tx, event.lane, event.code, reached=wrote and event.code not in UNREACHED)
            continue
        record(tx, event)
        if isinstance(event, e.OutcomeLost) and event.code not in _STOPPED:
            lanes.failed(tx, one(tx, event.submission)["lane"], event.code, reached=True, doubt=True)
        if isinstance(event, e.Transmitted | e.ArrivalProven):
            carried = tx.all("SELECT claim FROM attempts WHERE submission = ?", event.submission)
            reckon(tx, 0, (row["claim"] for row in carried))


def doubt_lasts(tx: Tx, submission: int) -> None:
    """The partner's acknowledgment is overdue: tell a person what was seen, and what to ask."""
    row = one(tx, submission)
    if row["state"] != "IN_DOUBT":
        return
    seen = ", ".join(found["seen"] for found in observations.of_submissions(tx, [submission])[submission])
    step = (
        f"Seen of it: {seen or 'nothing'}. Ask the partner whether it has {row['remote_name']} (ISA13"
        f" {row['isa13']:09d}), then `gateway settle {submission} --arrived` or `--not-arrived`."
    )
    record(tx, e.DoubtLasts(submission=submission, lane=row["lane"], count=row["claims"], next=step))


def awaiting_marks(tx: Tx, lane: str) -> list[Row]:
    """Submissions of this lane of which the partner may have laid down a mark that we did not see, and nothing better
    is known: those in doubt, and those sent in the last days."""
    return tx.all(
        "SELECT s.id, s.remote_name, s.state FROM submissions s WHERE s.lane = ?1 AND (s.state = 'IN_DOUBT'"
        " OR (s.state = 'TRANSMITTING' AND s.step = 'settling') OR (s.state = 'SENT' AND s.sent_at >= ?2))"
        " AND NOT EXISTS (SELECT 1 FROM observations o WHERE o.submission = s.id AND o.seen IN"
        " ('receipt', 'failed', 'acknowledged')) ORDER BY s.id",
        lane,
        moment(tx.now - MARKED_WITHIN),
    )


def marked(tx: Tx, submission: int, seen: Seen, mark: str) -> None:
    """The partner laid down a mark that a file arrived, or that it failed there. What failed waits for a person, its
    claims here; where somebody at the partner spoke of it, that word stands, and the mark is only kept and told."""
    row = one(tx, submission)
    if seen is Seen.RECEIPT:
        if row["state"] == "SENT":
            observations.observe(tx, submission, seen, mark)
        else:
            happened(tx, e.ArrivalProven(submission=submission, evidence="receipt"))
        return
    step = f"Ask the partner what is wrong with the file; mend it, then `{RESUME}`: its claims go again."
    step = written_out(step, row["lane"])
    if _spoken_of(tx, submission):
        observations.observe(tx, submission, seen, mark)
        record(tx, e.LaneStopped(lane=row["lane"], code="FILE_REFUSED", next=step))
    else:
        record(tx, e.FileRefused(submission=submission, lane=row["lane"], code="FILE_REFUSED", next=step))


def _spoken_of(tx: Tx, submission: int) -> bool:
    """Whether an answer spoke of it, or a claim of it has gone on since."""
    return observations.has(tx, submission, Seen.ACKNOWLEDGED, Seen.RECEIPT) or bool(
        tx.one(
            "SELECT 1 FROM attempts a JOIN claims c ON c.id = a.claim WHERE a.submission = ?1 AND NOT (c.submission IS ?1"
            " AND (c.state = 'ASSIGNED' OR (c.state = 'SENT' AND c.standing = 'SENT')))",
            submission,
        )
    )


def settle(tx: Tx, submission: int, arrived: bool, reason: str) -> Row:
    """A person says whether a submission in doubt arrived; if not, its claims are held as may-have-arrived. In doubt is
    also what a TA1 called a duplicate and nobody took. What arrived of claims that went, or were to go, in another file
    goes the way of any other proof: what is only planned is not sent, and what has gone is told as received twice."""
    state = one(tx, submission)["state"]
    reported = doubled.is_doubled(tx, submission)
    if state != "IN_DOUBT" and not (arrived and state == "ABANDONED") and not reported:
        raise Unlawful("submission", state, "a person's word on its arrival")
    if arrived and reported:
        told = f"a person's word: {reason}"
        record(tx, e.ArrivalObserved(submission=submission, observed=Seen.TOLD.value, evidence=told))
    elif arrived:
        recall(tx, submission)
        happened(tx, e.ArrivalProven(submission=submission, evidence=f"a person's word: {reason}"))
    else:
        record(tx, e.SubmissionAbandonedInDoubt(submission=submission, reason=reason))
    return one(tx, submission)


def interrupted(tx: Tx, lane: str) -> list[Row]:
    """What was left half done in a lane; ask only while nothing is being sent there."""
    return tx.all(
        "SELECT id, lane, step, remote_name FROM submissions WHERE state = 'TRANSMITTING' AND step <> 'settling'"
        " AND lane = ? ORDER BY id",
        lane,
    )


def orphaned(tx: Tx, lanes: Sequence[str]) -> list[Row]:
    """Open submissions of lanes that are not configured any more."""
    known = ",".join("?" * len(lanes))
    return tx.all(
        f"SELECT id, lane, state FROM submissions WHERE state IN ('PLANNED', 'TRANSMITTING', 'IN_DOUBT')"
        f" AND lane NOT IN ({known}) ORDER BY id",
        *lanes,
    )


def abandon_orphans(tx: Tx, lanes: Sequence[str]) -> None:
    """Give the claims of planned submissions back to the gate where their lane is not configured any more."""
    for row in orphaned(tx, lanes):
        if row["state"] == "PLANNED":
            give_back(tx, row["id"], "its lane is not configured any more")


def scope_of(lane: Lane) -> str:
    """Whose numbers an interchange takes: the other side knows us by ISA05 to ISA08, and never sees a number twice."""
    sender, receiver = lane.account.sender, lane.partner.receiver
    return f"isa13 {sender.qualifier} {sender.id} {receiver.qualifier} {receiver.id}"


def open_ones(tx: Tx) -> list[Row]:
    """Submissions that are not at their partner yet, or not surely."""
    return tx.all(
        "SELECT id, lane, state, step, document, tries, not_before, filing_due, doubted_at, told_at, claims"
        " FROM submissions"
        " WHERE state IN ('PLANNED', 'TRANSMITTING', 'IN_DOUBT') ORDER BY filing_due, id"
    )


def one(tx: Tx, submission: int) -> Row:
    """One submission with the vault name of what goes on the wire. Raises Unlawful when there is none."""
    row = tx.one(
        "SELECT s.*, d.name AS vault_name, (SELECT count(*) FROM inquiries i WHERE i.submission = s.id) AS asked"
        " FROM submissions s LEFT JOIN documents d ON d.id = s.wire WHERE s.id = ?",
        submission,
    )
    if row is None:
        raise Unlawful("submission", "absence", "a question")
    return row


def rows(tx: Tx, limit: int = 1000) -> list[Row]:
    """Submissions, newest first; `asked` are the questions of a 276."""
    return tx.all(
        "SELECT s.*, (SELECT count(*) FROM inquiries i WHERE i.submission = s.id) AS asked FROM submissions s"
        " ORDER BY s.id DESC LIMIT ?",
        limit,
    )


def claims_of(tx: Tx, submission: int) -> list[int]:
    """The claims that it carries, or carried."""
    return [row["claim"] for row in tx.all("SELECT claim FROM attempts WHERE submission = ? ORDER BY id", submission)]


def story(tx: Tx, submission: int) -> list[Row]:
    """Every event of it alone, oldest first."""
    return tx.all("SELECT seq, at, name, actor, body FROM events WHERE submission = ? ORDER BY seq", submission)
