"""Correction proposals: what a payer answers against our records of a provider, kept as one root cause each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway import events as e
from gateway.codec import as_claim, as_finding, day, money
from gateway.data.causes import CAUSES
from gateway.enrollment import Code
from gateway.learning import Suspicion, suspicions_of_payment, suspicions_of_status
from gateway.matching import PaymentMatch, StatusClass, StatusMatch, is_enrollment_reject
from gateway.model.answers import ClaimPayment, StatusReport
from gateway.model.claims import Outcome
from gateway.remittance import Adjudication
from gateway.store.connection import Row, Tx
from gateway.store.record import record

# What the gate says of whether a claim will be paid. That records or lists are old, or that a remittance may not come
# electronically, is no such word.
_GATE_CODES = frozenset(Code) - {Code.EVIDENCE_OLD, Code.LIST_OLD, Code.ERA_MISSING}
_NEXT = "`gateway proposals show {id}` has the answers beside our records; ask the payer, then accept or dismiss it."


@dataclass(frozen=True, slots=True)
class Word:
    """One word of an answer against our records, and the claim it came for."""

    claim: int
    payer: str
    statement: str
    suspicion: Suspicion

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What one proposal is about."""
        return self.payer, self.suspicion.npi, self.suspicion.role, self.suspicion.cause


def of_report(tx: Tx, answer: int, report: StatusReport, matches: Sequence[StatusMatch]) -> None:
    """What a 277CA says of the providers of the claims it rejects."""
    statement = f"277CA {report.issuer_id} {report.created or report.envelope.control}"
    words = []
    for match in matches:
        if match.says is not StatusClass.REJECTED or not any(map(is_enrollment_reject, match.status.statuses)):
            continue
        for row in _claims_of(tx, match.attempts):
            found = suspicions_of_status(match.status, as_claim(row["facts"]))
            words += [Word(row["id"], row["payer"], statement, each) for each in found]
    take(tx, answer, words)


def words_of(tx: Tx, statement: str, payments: Iterable[tuple[ClaimPayment, PaymentMatch, Adjudication]]) -> list[Word]:
    """What the denials of an 835 say of the providers of its claims; `statement` names the remittance."""
    words = []
    for payment, match, decided in payments:
        if match.claim is None or not decided.standing_denials:
            continue
        for row in _claims(tx, "c.id = ?", match.claim):
            found = suspicions_of_payment(payment, decided, as_claim(row["facts"]))
            words += [Word(row["id"], row["payer"], statement, each) for each in found]
    return words


def _claims_of(tx: Tx, attempts: Iterable[int]) -> Iterable[Row]:
    for attempt in attempts:
        yield from _claims(tx, "c.id = (SELECT claim FROM attempts WHERE id = ?)", attempt)


def _claims(tx: Tx, condition: str, value: int) -> list[Row]:
    """A claim of a test interchange is left out: what is said of it moves nothing that is meant in earnest."""
    return tx.all(
        "SELECT c.id, c.facts, c.payer FROM claims c JOIN sets s ON s.id = c.transaction_set JOIN interchanges i"
        f" ON i.id = s.interchange WHERE {condition} AND c.payer <> '' AND i.usage <> 'T'",
        value,
    )


def take(tx: Tx, answer: int, words: Iterable[Word]) -> None:
    """Each word that was not heard before goes to its proposal; one event for each proposal it reaches."""
    reached: dict[tuple[int, bool], list[Word]] = {}
    for word in words:
        if _heard(tx, word):
            continue
        proposal, opened = _home(tx, word)
        first = (proposal, True) in reached or opened
        reached.setdefault((proposal, first), []).append(word)
        _keep(tx, proposal, answer, word)
    for (proposal, opened), some in reached.items():
        _tell(tx, answer, proposal, opened, some)


def _heard(tx: Tx, word: Word) -> bool:
    found = tx.one(
        "SELECT 1 FROM proposal_claims WHERE claim = ? AND statement = ? AND code = ? AND place = ?",
        word.claim,
        word.statement,
        word.suspicion.code,
        word.suspicion.place,
    )
    return found is not None


def _home(tx: Tx, word: Word) -> tuple[int, bool]:
    """The proposal it belongs to, and whether that is new. What a person accepted explains what was on its way before."""
    found = tx.one(
        "SELECT id FROM proposals WHERE payer = ? AND npi = ? AND role = ? AND cause = ? AND state = 'OPEN'", *word.key
    ) or tx.one(
        "SELECT id FROM proposals WHERE payer = ?1 AND npi = ?2 AND role = ?3 AND cause = ?4 AND state = 'ACCEPTED'"
        " AND (first_day IS NULL OR first_day <= ?5) AND decided_at > (SELECT max(s.sent_at) FROM attempts a"
        " JOIN submissions s ON s.id = a.submission WHERE a.claim = ?6) ORDER BY id DESC LIMIT 1",
        *word.key,
        day(word.suspicion.first_day),
        word.claim,
    )
    if found:
        return int(found["id"]), False
    opened = tx.run(
        "INSERT INTO proposals (payer, npi, role, cause, state, opened_at, changed_at) VALUES (?, ?, ?, ?, 'OPEN', ?, ?)",
        *word.key,
        tx.at,
        tx.at,
    )
    return opened, True


def _keep(tx: Tx, proposal: int, answer: int, word: Word) -> None:
    said, claim = word.suspicion, word.claim
    tx.run(
        "INSERT INTO proposal_claims (claim, statement, code, place, proposal, answer, first_day, last_day, amount,"
        " role_said, missed, told_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        claim,
        word.statement,
        said.code,
        said.place,
        proposal,
        answer,
        day(said.first_day),
        day(said.last_day),
        money(said.amount),
        int(said.role_said),
        int(_missed(tx, claim)),
        day(tx.today),
    )


def _missed(tx: Tx, claim: int) -> bool:
    """Whether the gate let the claim go without a word on its providers. What we never sent it never let go."""
    if not tx.one("SELECT 1 FROM attempts WHERE claim = ? LIMIT 1", claim):
        return False
    passed = tx.one(
        "SELECT body FROM events WHERE claim = ? AND name = ? ORDER BY seq DESC LIMIT 1", claim, e.ClaimPassed.name
    )
    found = [as_finding(values) for values in json.loads(passed["body"]).get("findings", [])] if passed else []
    return not any(each.outcome > Outcome.PASS and each.code in _GATE_CODES for each in found)


def _tell(tx: Tx, answer: int, proposal: int, opened: bool, words: Sequence[Word]) -> None:
    """Record what the answer added. Claims are judged again only where more of them are in question than before."""
    payer, npi, _, cause = words[0].key
    code, count = words[0].suspicion.code, len(words)
    grown = _widen(tx, proposal)
    if opened:
        event: e.Event = e.ProposalOpened(
            proposal=proposal, payer=payer, answer=answer, cause=cause, code=code, count=count,
            next=_NEXT.format(id=proposal),
        )  # fmt: skip
    else:
        event = e.ProposalExtended(proposal=proposal, payer=payer, answer=answer, cause=cause, code=code, count=count)
    record(tx, event)
    if CAUSES.causes[cause].freezes and (opened or grown):
        judge_again(tx, npi, payer)


def _widen(tx: Tx, proposal: int) -> bool:
    """Let the days be those of all its words; whether an open one now begins earlier."""
    before = tx.one("SELECT state, first_day FROM proposals WHERE id = ?", proposal)
    tx.run(
        "UPDATE proposals SET changed_at = ?1, (first_day, last_day) = (SELECT min(first_day), max(last_day)"
        " FROM proposal_claims WHERE proposal = ?2) WHERE id = ?2",
        tx.at,
        proposal,
    )
    after = tx.one("SELECT first_day FROM proposals WHERE id = ?", proposal)
    assert before
    assert after
    return bool(before["state"] == "OPEN" and before["first_day"] != after["first_day"])


def judge_again(tx: Tx, npi: str, payer: str) -> int:
    """Exactly the claims of this provider at this payer that wait; what is assigned is judged when its transmission
    begins. Returns how many."""
    return tx.changed(
        "UPDATE claims SET judge_on = ? WHERE payer = ? AND state IN ('HELD', 'READY')"
        " AND id IN (SELECT claim FROM claim_providers WHERE npi = ?)",
        day(tx.today),
        payer,
        npi,
    )
