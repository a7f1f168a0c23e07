"""What submissions wait for: a row for each answer that is not here, judged when it is due, told once a step."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gateway import events as e
from gateway.codec import day
from gateway.model.partners import Lane
from gateway.planner import parse_moment
from gateway.silence import (
    LATE,
    NEVER_SEEN,
    PENDING,
    Awaited,
    Sight,
    code_of_silence,
    excuse,
    expected,
    next_step,
    steps,
)
from gateway.store.connection import Row, Tx, moment

_AGAIN, _LATER = timedelta(hours=1), timedelta(days=1)
_NEVER = "9999"
_BY_PAYER = (Awaited.PAYER_REPORT, Awaited.REMITTANCE)
_UNSEEN = "('SENT', 'ACKNOWLEDGED')"
_SAID = "EXISTS (SELECT 1 FROM attempts a JOIN verdicts v ON v.attempt = a.id WHERE a.claim = c.id AND v.form = "
_MENTIONED = "EXISTS (SELECT 1 FROM attempts a JOIN mentions m ON m.attempt = a.id WHERE a.claim = c.id)"
# A void is answered by the reversal of what it takes back.
_VOIDED = (
    "(c.frequency = '8' AND EXISTS (SELECT 1 FROM versions v JOIN claims o ON o.id = v.original WHERE v.claim = c.id"
    " AND o.standing = 'REVERSED'))"
)
_SILENT: Mapping[Awaited, str] = {
    Awaited.INTERCHANGE: "c.standing = 'SENT'",
    Awaited.GROUP: f"c.standing IN {_UNSEEN} AND NOT {_SAID}'999')",
    Awaited.REPORT: f"c.standing IN {_UNSEEN} AND NOT {_MENTIONED}",
    Awaited.PAYER_REPORT: f"(c.standing = 'ACCEPTED' AND NOT {_SAID}'277CA' AND v.stage = 1)"
    f" OR c.standing IN {_UNSEEN} AND {_MENTIONED})",
    Awaited.REMITTANCE: f"c.standing = 'ACCEPTED' AND NOT {_VOIDED}",
}
_OF = "FROM claims c WHERE c.submission = ?1 AND c.state = 'SENT' AND (?2 = '' OR c.payer = ?2) AND"


@dataclass(frozen=True, slots=True)
class Judging:
    """What silence is judged by, beside the rows: lanes by key, and the payers that are Medicare."""

    lanes: Mapping[str, Lane]
    medicare: Collection[str]


def begin(tx: Tx, submission: int) -> None:
    """A submission is at its partner: from now on its answers are awaited."""
    tx.run(
        "INSERT OR IGNORE INTO awaited (submission, kind, payer, lane, sent_at, look_at)"
        " SELECT DISTINCT s.id, k.value, iif(k.value IN (SELECT value FROM json_each(?3)), c.payer, ''), s.lane, s.sent_at,"
        " s.sent_at FROM submissions s JOIN claims c ON c.submission = s.id, json_each(?2) k"
        " WHERE s.id = ?1 AND c.state = 'SENT' AND (k.value <> '835' OR s.usage <> 'T')",
        submission,
        json.dumps(list(Awaited)),
        json.dumps(_BY_PAYER),
    )


def heard(tx: Tx, lane: str, kind: str) -> None:
    """This lane got an answer of this kind. Where its absence was told, what waits for one is judged anew."""
    before = tx.one("SELECT first_at, missed_at FROM heard WHERE lane = ? AND kind = ?", lane, kind)
    if before and before["first_at"]:
        return
    tx.run(
        "INSERT INTO heard (lane, kind, first_at) VALUES (?, ?, ?) ON CONFLICT (lane, kind)"
        " DO UPDATE SET first_at = excluded.first_at",
        lane,
        kind,
        tx.at,
    )
    tx.run(
        "UPDATE awaited SET look_at = ?, step = '', code = '' WHERE lane = ? AND kind = ? AND code = ?"
        " AND (step <> '' OR excuse <> '')",
        tx.at,
        lane,
        kind,
        NEVER_SEEN,
    )


def mention(
    tx: Tx,
    answer: int,
    attempts: Iterable[int],
    stage: int,
    dated: date | None,
    sequence: str,
    code: str,
    *,
    understood: bool,
) -> None:
    """A 277CA speaks of these attempts and decides nothing; saying it again changes nothing."""
    tx.many(
        "INSERT OR IGNORE INTO mentions (attempt, answer, stage, dated, sequence, code, understood)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(attempt, answer, stage, day(dated), sequence, code, int(understood)) for attempt in attempts],
    )


def spoken_of(tx: Tx, submissions: Iterable[int]) -> None:
    """An answer speaks of these: what was told of them is judged anew."""
    tx.many("UPDATE awaited SET look_at = ? WHERE submission = ? AND step <> ''", [(tx.at, one) for one in submissions])


def look_again(tx: Tx) -> None:
    """Declarations may have changed: everything that is awaited is judged anew."""
    tx.run("UPDATE awaited SET look_at = ? WHERE look_at > ?", tx.at, tx.at)


def judge(tx: Tx, by: Judging, limit: int) -> tuple[int, list[e.Event]]:
    """Judge rows that are due to be looked at: how many there were, and what is to be recorded of them."""
    rows = tx.all("SELECT * FROM awaited WHERE look_at <= ? ORDER BY look_at LIMIT ?", tx.at, limit)
    sights = {key: sight(tx, key) for key in {row["lane"] for row in rows}}
    return len(rows), [event for row in rows for event in _judge(tx, row, by, sights[row["lane"]])]


def _judge(tx: Tx, row: Row, by: Judging, seen: Sight) -> list[e.Event]:
    lane = by.lanes.get(row["lane"])
    if lane is None:
        _look(tx, row, moment(tx.now + _LATER))
        return []
    kind, partner, sent = Awaited(row["kind"]), lane.partner, datetime.fromisoformat(row["sent_at"])
    ladder = steps(kind, sent, partner, medicare=row["payer"] in by.medicare)
    reached = [(name, at) for name, at in ladder if at <= tx.now]
    later = next((moment(at) for _, at in ladder if at > tx.now), _NEVER)
    if ladder and not reached:
        _look(tx, row, later)
        return []
    silent = silent_claims(tx, row, partner_reports(lane)) if ladder else []
    if not silent:
        return _answered(tx, row, kind, waits=bool(ladder) and _waits(tx, row, kind))
    name, at = reached[-1]
    loud, until = heard_of(tx, kind, silent)
    if not loud:
        _look(tx, row, until, due_at=moment(at), excuse=PENDING)
        return []
    if calm := excuse(partner, seen, at, tx.now):
        _look(tx, row, moment(tx.now + _AGAIN), due_at=moment(at), excuse=calm)
        return []
    why = LATE if _ever(tx, row) else NEVER_SEEN
    _look(tx, row, later, due_at=moment(at), step=name, code=why)
    return _told(tx, row, kind, name, why, len(loud))


def _told(tx: Tx, row: Row, kind: Awaited, step: str, why: str, silent: int) -> list[e.Event]:
    code, words = code_of_silence(kind, why), next_step(kind, step, why)
    if why == NEVER_SEEN:
        if tx.one("SELECT 1 FROM heard WHERE lane = ? AND kind = ?", row["lane"], kind.value):
            return []
        tx.run("INSERT INTO heard (lane, kind, missed_at) VALUES (?, ?, ?)", row["lane"], kind.value, tx.at)
        return [e.AnswerNeverSeen(lane=row["lane"], form=kind.value, code=code, next=words)]
    if (row["step"], row["code"]) == (step, why):
        return []
    return [
        e.AnswerOverdue(
            submission=row["submission"],
            lane=row["lane"],
            payer=row["payer"],
            form=kind.value,
            step=step,
            code=code,
            count=silent,
            next=words,
        )
    ]


def _answered(tx: Tx, row: Row, kind: Awaited, *, waits: bool) -> list[e.Event]:
    """Nothing is silent: it is over, unless its turn is still to come."""
    if waits:
        _look(tx, row, moment(tx.now + _LATER))
        return []
    tx.run("DELETE FROM awaited WHERE submission = ? AND kind = ? AND payer = ?", *_key(row))
    if row["code"] != LATE:
        return []
    fields = {name: row[name] for name in ("submission", "lane", "payer")}
    return [e.AnswerArrivedLate(**fields, form=kind.value, code=code_of_silence(kind, LATE))]


def _look(tx: Tx, row: Row, at: str, *, due_at: str = "", step: str = "", code: str = "", excuse: str = "") -> None:
    """What was told before stays told."""
    tx.run(
        "UPDATE awaited SET look_at = ?, due_at = ?, step = ?, code = ?, excuse = ?"
        " WHERE submission = ? AND kind = ? AND payer = ?",
        at,
        due_at or row["due_at"],
        step or row["step"],
        code or row["code"],
        excuse,
        *_key(row),
    )


def _key(row: Row) -> tuple[int, str, str]:
    return row["submission"], row["kind"], row["payer"]


def _ever(tx: Tx, row: Row) -> bool:
    found = tx.one("SELECT first_at FROM heard WHERE lane = ? AND kind = ?", row["lane"], row["kind"])
    return bool(found and found["first_at"])


def _waits(tx: Tx, row: Row, kind: Awaited) -> bool:
    """Whether claims of it may still come to where this answer is the next."""
    where = f"{_OF} c.standing IN {_UNSEEN}"
    return kind in _BY_PAYER and tx.one(f"SELECT 1 {where}", row["submission"], row["payer"]) is not None


def partner_reports(lane: Lane) -> bool:
    """Whether a 277CA comes before the money."""
    return expected(Awaited.REPORT, lane.partner)


def silent_claims(tx: Tx, row: Row, reports: bool, payer: str = "") -> list[int]:
    """The claims of one row that nothing came for, only this payer's where one is named."""
    kind = Awaited(row["kind"])
    where = _SILENT[kind]
    if kind is Awaited.REMITTANCE and not reports:
        where = f"c.standing IN ('SENT', 'ACKNOWLEDGED', 'ACCEPTED') AND NOT {_VOIDED}"
    found = tx.all(f"SELECT c.id {_OF} {where} ORDER BY c.id", row["submission"], row["payer"] or payer)
    return [one["id"] for one in found]


def heard_of(tx: Tx, kind: Awaited, claims: list[int]) -> tuple[list[int], str]:
    """Of silent claims those that no 277 lets us wait for, and up to when the others may be waited for."""
    if kind not in (Awaited.REPORT, *_BY_PAYER):
        return claims, ""
    calm = {
        row["claim"]: row["quiet_until"]
        for row in tx.all(
            "SELECT t.claim, t.quiet_until FROM json_each(?) k CROSS JOIN claim_statuses t ON t.claim = k.value"
            " WHERE t.word IN ('RECEIVED', 'PENDING', 'FINALIZED') AND t.quiet_until > ? AND t.quiet_until < '9999'",
            json.dumps(claims),
            tx.at,
        )
    }
    return [claim for claim in claims if claim not in calm], min(calm.values(), default="")


def sight(tx: Tx, lane: str) -> Sight:
    """What is known of a lane just now."""
    row = tx.one("SELECT opened_at, polled_at FROM lanes WHERE key = ?", lane)
    troubles = tx.all("SELECT code FROM mailbox_troubles WHERE lane = ? AND code IN ('FOLDER', 'FETCH_FAILS')", lane)
    if row is None:
        return Sight()
    return Sight(
        parse_moment(row["opened_at"]), parse_moment(row["polled_at"]), tuple(sorted(one["code"] for one in troubles))
    )


def told(tx: Tx, lane: str = "", submission: int = 0) -> list[Row]:
    """What was told or is explained, the oldest first."""
    return tx.all(
        "SELECT w.*, s.isa13 FROM awaited w JOIN submissions s ON s.id = w.submission"
        " WHERE (w.step <> '' OR w.excuse <> '') AND (?1 = '' OR w.lane = ?1) AND (?2 = 0 OR w.submission = ?2)"
        " ORDER BY w.due_at, w.submission, w.kind",
        lane,
        submission,
    )


def answered_at(tx: Tx, claim: int) -> dict[str, str]:
    """When each kind of answer first spoke of a claim."""
    found = tx.all(
        "SELECT iif(v.form = '277CA' AND v.stage = 1, '277CA_PAYER', v.form) AS kind, min(n.read_at) AS at"
        " FROM attempts a JOIN verdicts v ON v.attempt = a.id JOIN answers n ON n.id = v.answer WHERE a.claim = ?1"
        " GROUP BY 1 UNION ALL SELECT '277CA', min(n.read_at) FROM attempts a JOIN mentions m ON m.attempt = a.id"
        " JOIN answers n ON n.id = m.answer WHERE a.claim = ?1 HAVING count(*) UNION ALL"
        " SELECT '835', min(n.read_at) FROM adjudications d JOIN remittances r ON r.id = d.remittance"
        " JOIN answers n ON n.id = r.answer WHERE d.claim = ?1 HAVING count(*)",
        claim,
    )
    at: dict[str, str] = {}
    for row in found:
        at[row["kind"]] = min(row["at"], at.get(row["kind"], row["at"]))
    if "277CA_PAYER" in at:
        at["277CA"] = min(at["277CA_PAYER"], at.get("277CA", at["277CA_PAYER"]))
    return at
