"""Events in plain words, one line each, for people who watch the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from string import Formatter
from typing import Any

from gateway.partnership.phrases import counted

_WORDS: Mapping[str, str] = {
    "batch.received": "file {batch} came in, {bytes:byte}",
    "batch.parsed": "file {batch} was read: {count:claim}",
    "batch.replied": "file {batch} was answered: {formats}",
    "batch.refused": "file {batch} was refused",
    "batch.duplicate": "file {batch} is the same as file {original}",
    "batch.repeated_control_number": "file {batch} has the control number of file {original}",
    "batch.warned": "file {batch} is odd",
    "batch.settled": "file {batch} is settled",
    "batch.reopened": "file {batch} needs work again",
    "claim.passed": "C{claim} may go to {payer}",
    "claim.held": "C{claim} is held",
    "claim.rejected": "C{claim} is rejected here",
    "claim.duplicate": "C{claim} is a copy of C{original}",
    "claim.withdrawn": "C{claim} was withdrawn",
    "claim.marked": "C{claim}: a person's word ({mark})",
    "claim.linked": "C{claim} is the next version of C{original}",
    "claim.resubmission_ordered": "C{claim}: somebody ordered to {mark} it, file {batch}",
    "claim.acknowledged": "C{claim} is in a file that the partner accepted",
    "claim.returned": "C{claim} came back",
    "claim.requeued": "C{claim} goes again",
    "claim.arrived": "C{claim} lies at the payer after all and does not go again",
    "claim.accepted": "C{claim} is accepted by the payer",
    "claim.declined": "C{claim} is declined",
    "claim.paid": "C{claim} is paid",
    "claim.partly_paid": "C{claim} is paid in part",
    "claim.denied": "C{claim} is denied",
    "claim.reversed": "C{claim}: the payer took its decision back",
    "claim.contradicted": "C{claim}: answers contradict one another",
    "submission.planned": "submission {submission} is planned: {count:claim}",
    "submission.payer_id_replaced": "submission {submission}: claims to {payer} go with payer id {payer_id} in place of"
                                    " {instead_of}",
    "submission.composed": "submission {submission} is composed, {bytes:byte}",
    "submission.transmitting": "submission {submission} is being written",
    "submission.uploaded": "submission {submission} lies there under its temporary name",
    "submission.renaming": "submission {submission} gets its name",
    "submission.logged_out": "submission {submission}: logged out, a look follows in {wait} s",
    "submission.sent": "submission {submission} is sent",
    "submission.failed": "submission {submission} did not go, next try in {wait} s",
    "submission.refused": "submission {submission} was refused by the server",
    "submission.in_doubt": "submission {submission} may or may not have arrived",
    "submission.proven": "submission {submission} has arrived",
    "submission.disproven": "submission {submission} has not arrived and goes again",
    "submission.still_in_doubt": "submission {submission} is still in doubt",
    "submission.observed": "submission {submission} was seen: {observed}",
    "submission.doubt_lasts": "submission {submission} is in doubt for too long",
    "submission.file_refused": "submission {submission} was marked as failed by the partner",
    "submission.abandoned": "submission {submission} was given up before it was sent",
    "submission.abandoned_in_doubt": "submission {submission} was given up in doubt",
    "submission.duplicate_reported": "submission {submission}: the partner has seen its number before",
    "lane.login_refused": "the partner refused our login",
    "lane.host_key_changed": "the server shows another host key",
    "lane.stopped": "the lane is stopped",
    "lane.names_used_up": "no file name is left for this period",
    "lane.interchange_rejected": "the partner rejected submission {submission} as a whole",
    "lane.unreachable": "the partner cannot be reached, next try in {wait} s",
    "lane.breaker_opened": "{count} failures in a row: only tried now and then",
    "lane.outage": "the partner has been away for hours",
    "lane.breaker_closed": "the partner answers again",
    "lane.asks": "before {count:claim} go, somebody is asked",
    "lane.resumed": "a person resumed the lane",
    "payer.moved": "{payer} goes by {partner} now",
    "payer.moved_back": "{payer} goes by its usual way again",
    "mailbox.troubled": "the mailbox needs a look",
    "mailbox.recovered": "the mailbox is well again",
    "mailbox.gap": "{count} control numbers are missing from {number} on",
    "mailbox.gap_closed": "missing control numbers came",
    "mailbox.discarded": "a read file was removed at the partner",
    "mail.received": "mail {mail} came ({form})",
    "mail.done": "somebody is done with mail {mail}",
    "document.opened": "document {document} was opened",
    "answer.fetched": "a file was fetched, document {document}",
    "answer.received": "a {form} was read, document {document}",
    "answer.unreadable": "document {document} cannot be read",
    "answer.unsupported": "document {document} holds a {form}, which nobody here reads",
    "answer.unmatched": "part of a {form} speaks of nothing of ours",
    "archive.unpacked": "document {document} was unpacked",
    "remittance.unbalanced": "a remittance does not balance: nothing of it was posted",
    "remittance.restated": "a payment that was posted is stated again otherwise: nothing of that was posted",
    "remittance.chosen": "somebody said that remittance {remittance} holds: {count} postings follow",
    "claim.restated": "C{claim}: somebody chose remittance {remittance}, which says something else of it",
    "proposal.opened": "proposal {proposal}: {payer} contradicts our records",
    "proposal.extended": "proposal {proposal}: one more answer",
    "proposal.accepted": "proposal {proposal} was accepted",
    "proposal.dismissed": "proposal {proposal} was dismissed",
    "spool.set_aside": "something that is no plain file was set aside",
    "roster.changed": "the roster changed: {added} new, {superseded} superseded",
    "roster.refused": "a roster was refused",
    "list.imported": "list {list} was imported: {rows:row}",
    "backup.taken": "a backup of {documents:document} was written",
    "site.restored": "the site was restored",
    "deadline.near": "C{claim}: the filing limit is {left}",
    "deadline.near APPEAL": "C{claim}: the last day to appeal is {left}",
    "deadline.near CORRECTION": "C{claim}: the last day for a corrected claim is {left}",
    "deadline.near DENIAL": "C{claim}: nobody works on its denial",
    "deadline.passed": "C{claim}: the filing limit has passed",
    "deadline.passed APPEAL": "C{claim}: the last day to appeal has passed",
    "deadline.passed CORRECTION": "C{claim}: the last day for a corrected claim has passed",
    "deadline.passed DENIAL": "C{claim}: nobody works on its denial",
    "deadline.decide": "C{claim}: waiting will not free it, decide",
    "deadline.hold_aged": "C{claim} is held for {days:day}",
    "deadline.expiry_near": "{subject} runs out {left}",
    "deadline.expiry_passed": "{subject} has run out",
    "answer.overdue": "no {form} for submission {submission} yet",
    "answer.never_seen": "no {form} has ever come from here",
    "answer.arrived_late": "what was awaited of submission {submission} came: {form}",
    "inquiry.opened": "C{claim}: its payer is to be asked for its status",
    "inquiry.planned": "submission {submission} asks for the status of {count:claim}",
    "inquiry.unanswered": "C{claim}: no 277 came to our question",
    "inquiry.refused": "C{claim}: our question for its status was refused",
    "inquiry.dropped": "C{claim}: nothing is to be asked of it any more",
    "claim.status_told": "C{claim}: the payer says {state} ({code})",
    "claim.awaits_us": "C{claim}: somebody has to act, the payer says {state} ({code})",
    "claim.remittance_missing": "C{claim}: decided, said a 277, and no 835 came",
    "claim.status_worked": "C{claim}: somebody is done with what the payer's status asked for",
    "denial.opened": "C{claim}: a denial is work for {owner}",
    "denial.closed": "C{claim}: a denial is no work any more ({outcome})",
    "denial.assigned": "C{claim}: somebody took its denial",
    "denial.noted": "C{claim}: somebody noted something on its denial",
    "remittance.missing": "no remittance of {payer} for {days:day}, longer than usual",
    "bank.imported": "a bank statement was taken in: {added} new of {count:deposit}",
    "bank.linked": "deposit {deposit} is the money of remittance {remittance}",
    "bank.unlinked": "deposit {deposit} is not the money of remittance {remittance}",
    "plugin.disabled": "plugin {plugin} was disabled after failures in a row",
    "plugin.resumed": "plugin {plugin} was resumed",
    "proof.given": "C{claim}: somebody was given its proof of filing",
    "digest.mailed": "the digest was mailed to {count}",
    "digest.failed": "the digest could not be mailed",
}  # fmt: skip

_BAD = frozenset({
    "submission.refused", "submission.in_doubt", "submission.doubt_lasts", "lane.login_refused", "lane.host_key_changed",
    "lane.stopped", "lane.outage", "remittance.unbalanced", "remittance.restated", "deadline.passed",
    "deadline.expiry_passed", "claim.reversed", "claim.contradicted", "submission.duplicate_reported", "answer.unreadable",
    "plugin.disabled",
})  # fmt: skip
_CAREFUL = frozenset({
    "claim.held", "batch.warned", "lane.asks", "lane.unreachable", "lane.breaker_opened", "mailbox.troubled", "mailbox.gap",
    "proposal.opened", "deadline.near", "deadline.decide", "deadline.hold_aged", "deadline.expiry_near", "digest.failed",
    "submission.failed", "submission.still_in_doubt", "answer.unmatched", "roster.refused", "answer.overdue",
    "answer.never_seen", "denial.opened", "inquiry.unanswered", "inquiry.refused", "claim.awaits_us",
    "claim.remittance_missing", "remittance.missing",
})  # fmt: skip
_GOOD = frozenset({"claim.paid", "claim.accepted", "submission.proven", "submission.sent", "lane.breaker_closed"})


def words(name: str, facts: Mapping[str, Any]) -> str:
    """What happened, with some codes in words of their own. An event that this version has no words for is said by its
    name."""
    said: Mapping[str, Any] = defaultdict(lambda: "?", facts, left=_left(facts.get("days")))
    found = _WORDS.get(f"{name} {facts.get('code')}") or _WORDS.get(name)
    return _WRITTEN.vformat(found, (), said) if found else name.replace(".", " ").replace("_", " ")


class _Written(Formatter):
    """Where a field says of what it is a count, as in `{bytes:byte}`, that stands behind it in the right number."""

    def format_field(self, value: Any, format_spec: str) -> str:
        return counted(value, format_spec) if format_spec and isinstance(value, int) else str(value)


_WRITTEN = _Written()


def _left(days: int | None) -> str:
    return {None: "soon", 0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def grave(name: str, kind: str) -> str:
    """How it is shown: `bad` for what rejects or stops, `careful`, `good`, or nothing."""
    if kind == "rejection" or name in _BAD:
        return "bad"
    return "careful" if name in _CAREFUL else "good" if name in _GOOD else ""
