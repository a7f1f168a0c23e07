"""One frozen class per thing that happened, in the past tense.

An event names its subjects by their database ids (`batch`, `claim`, `submission`, `attempt`, `document`) or key
(`lane`, `payer`), and says what was observed. `name` is what people filter logs by and never changes; `kind` is
`rejection` on everything that rejects a claim. No event carries a patient's data or a value of a claim.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from gateway.model.claims import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The root of all events."""

    name: ClassVar[str] = ""
    kind: ClassVar[str] = ""


# Batches: one file that was dropped into the spool.


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSpooled(Event):
    """The file is sealed in the vault; `document` is its row."""

    name: ClassVar[str] = "batch.received"
    batch: int
    document: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchParsed(Event):
    """Every claim of the file is stored and waits to be judged."""

    name: ClassVar[str] = "batch.parsed"
    batch: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReplied(Event):
    """The billing software has our own answers to the file, in these `formats` by blanks."""

    name: ClassVar[str] = "batch.replied"
    batch: int
    formats: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRefused(Event):
    """Nothing of the file was taken; an answer lies beside it."""

    name: ClassVar[str] = "batch.refused"
    kind: ClassVar[str] = "rejection"
    batch: int
    code: str
    place: str
    message: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDuplicated(Event):
    """The same bytes were received before, as batch `original`."""

    name: ClassVar[str] = "batch.duplicate"
    batch: int
    original: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRepeated(Event):
    """A known sender and ISA13 with other bytes: some software never counts up, so this only warns."""

    name: ClassVar[str] = "batch.repeated_control_number"
    batch: int
    original: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchWarned(Event):
    """Something about the file's wrapping is odd, or claims of it lack their CLM; the rest was read all the same."""

    name: ClassVar[str] = "batch.warned"
    batch: int
    code: str
    place: str
    message: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSettled(Event):
    """Nothing is left to decide for any claim of the batch."""

    name: ClassVar[str] = "batch.settled"
    batch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReopened(Event):
    """A claim of a settled batch needs work again."""

    name: ClassVar[str] = "batch.reopened"
    batch: int


# Claims, until they are sent.


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPassed(Event):
    """Nothing stands against sending the claim. `findings` are all that was looked at, passes and warnings."""

    name: ClassVar[str] = "claim.passed"
    claim: int
    payer: str
    lane: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimHeld(Event):
    """The claim waits. `code`, `place` and `next` are of the finding that holds it; `until` is the next day on which
    time alone could change that."""

    name: ClassVar[str] = "claim.held"
    claim: int
    payer: str
    code: str
    place: str
    next: str
    until: date | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRejected(Event):
    """Our own check refused the claim: the practice corrects it and sends a new one."""

    name: ClassVar[str] = "claim.rejected"
    kind: ClassVar[str] = "rejection"
    claim: int
    payer: str
    code: str
    place: str
    next: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDuplicated(Event):
    """The same claim content was received before, as claim `original`."""

    name: ClassVar[str] = "claim.duplicate"
    claim: int
    payer: str
    original: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimWithdrawn(Event):
    """A person took the claim back before it was sent."""

    name: ClassVar[str] = "claim.withdrawn"
    claim: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMarked(Event):
    """A person asked to hold the claim (`mark` hold) or to let it pass these findings (`mark` release); it is judged
    again with that."""

    name: ClassVar[str] = "claim.marked"
    claim: int
    mark: str
    codes: tuple[str, ...]
    reason: str


# Submissions: one interchange to one lane.


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionPlanned(Event):
    """Control numbers are taken and every claim of it is assigned to it."""

    name: ClassVar[str] = "submission.planned"
    submission: int
    lane: str
    isa13: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionComposed(Event):
    """Its interchange lies sealed in the vault, and as `wire` what goes on the wire: the same, unless the partner wants
    it wrapped. Every transmission sends exactly these `bytes`."""

    name: ClassVar[str] = "submission.composed"
    submission: int
    document: int
    wire: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransmitBegun(Event):
    """The intent to write the file at the partner; from here a crash leaves doubt."""

    name: ClassVar[str] = "submission.transmitting"
    submission: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadConfirmed(Event):
    """All bytes lie at the partner under the temporary name: its `size` was seen there, or it does not tell one and they
    are `unverified`."""

    name: ClassVar[str] = "submission.uploaded"
    submission: int
    bytes: int
    observed: str = "size"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameBegun(Event):
    """The intent to give the file its final name."""

    name: ClassVar[str] = "submission.renaming"
    submission: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionClosed(Event):
    """All is written and we logged out, for this partner takes files only then; we look in a new session after `wait`
    seconds."""

    name: ClassVar[str] = "submission.logged_out"
    submission: int
    wait: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transmitted(Event):
    """The partner took the file. `observed` says what we saw beside its word on the writing (see model.sending.Seen)."""

    name: ClassVar[str] = "submission.sent"
    submission: int
    observed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransmitFailed(Event):
    """Nothing can have been taken; it is tried again after `wait` seconds."""

    name: ClassVar[str] = "submission.failed"
    submission: int
    code: str
    wait: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransmitRefused(Event):
    """The partner said no and nothing was taken; the lane waits for a person."""

    name: ClassVar[str] = "submission.refused"
    submission: int
    lane: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLost(Event):
    """The file may or may not have arrived."""

    name: ClassVar[str] = "submission.in_doubt"
    submission: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalProven(Event):
    """Evidence says the partner has the file: listing, receipt, TA1, 999, 277CA, 835 or a person's word."""

    name: ClassVar[str] = "submission.proven"
    submission: int
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalDisproven(Event):
    """Evidence says the partner does not have the file: the same bytes are sent again after `wait` seconds."""

    name: ClassVar[str] = "submission.disproven"
    submission: int
    evidence: str
    wait: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeInconclusive(Event):
    """We looked and still do not know; we look again after `wait` seconds."""

    name: ClassVar[str] = "submission.still_in_doubt"
    submission: int
    next: str
    wait: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalObserved(Event):
    """One more thing was seen of a submission at its partner (see model.sending.Seen), by `evidence`."""

    name: ClassVar[str] = "submission.observed"
    submission: int
    observed: str
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtLasts(Event):
    """The partner's acknowledgment is overdue and the submission with its `count` claims still in doubt: a person has to
    ask the partner."""

    name: ClassVar[str] = "submission.doubt_lasts"
    submission: int
    lane: str
    count: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRefused(Event):
    """The partner marked the file as failed, and nobody there spoke well of it: its claims wait here, and the lane for a
    person."""

    name: ClassVar[str] = "submission.file_refused"
    kind: ClassVar[str] = "rejection"
    submission: int
    lane: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionAbandoned(Event):
    """It was never on the wire and will not be: its claims are judged anew."""

    name: ClassVar[str] = "submission.abandoned"
    submission: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionAbandonedInDoubt(Event):
    """A person gave it up on the payer's word: its claims are held, for they may have arrived."""

    name: ClassVar[str] = "submission.abandoned_in_doubt"
    submission: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateReported(Event):
    """The partner says it has seen this ISA13 before (TA1 025): an alarm, and nothing is un-accepted."""

    name: ClassVar[str] = "submission.duplicate_reported"
    submission: int


# Lanes.


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRefused(Event):
    """The partner refused our login; it is never tried again without a person."""

    name: ClassVar[str] = "lane.login_refused"
    lane: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostKeyChanged(Event):
    """The server showed another host key than the pinned one."""

    name: ClassVar[str] = "lane.host_key_changed"
    lane: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneStopped(Event):
    """What is to be sent there cannot be written as the partner wants it; a person mends that."""

    name: ClassVar[str] = "lane.stopped"
    lane: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesUsedUp(Event):
    """All names are given that the partner's counter has in its period; what waits goes in the next one."""

    name: ClassVar[str] = "lane.names_used_up"
    lane: str
    count: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InterchangeRejected(Event):
    """The partner rejected a whole interchange (TA1 R): what is wrong with one is wrong with the next."""

    name: ClassVar[str] = "lane.interchange_rejected"
    kind: ClassVar[str] = "rejection"
    lane: str
    submission: int
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneUnreachable(Event):
    """The partner could not be reached; the lane is tried again after `wait` seconds."""

    name: ClassVar[str] = "lane.unreachable"
    lane: str
    code: str
    wait: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerOpened(Event):
    """The lane failed `count` times in a row: from now on it is only tried, after `wait` seconds, and each further
    failure is no news."""

    name: ClassVar[str] = "lane.breaker_opened"
    lane: str
    code: str
    count: int
    wait: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageLasts(Event):
    """The breaker is open for hours: now it is an incident, told once."""

    name: ClassVar[str] = "lane.outage"
    lane: str
    code: str
    count: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerClosed(Event):
    """The partner answers again, after `count` failures."""

    name: ClassVar[str] = "lane.breaker_closed"
    lane: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneAsks(Event):
    """Before `count` claims go, a person is asked: the run is far larger than any before (RUN_LARGE), or too many claims
    of late were refused (REFUSED_MANY). Answers are fetched meanwhile."""

    name: ClassVar[str] = "lane.asks"
    lane: str
    code: str
    count: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerMoved(Event):
    """A person has a payer's claims go by this partner from now on; `count` claims that wait are judged again."""

    name: ClassVar[str] = "payer.moved"
    payer: str
    partner: str
    count: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerMovedBack(Event):
    """A moved payer's claims go by the routes of the settings again, which is by this partner."""

    name: ClassVar[str] = "payer.moved_back"
    payer: str
    partner: str
    count: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneResumed(Event):
    """A person resumed the lane."""

    name: ClassVar[str] = "lane.resumed"
    lane: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxTroubled(Event):
    """Something about a partner's mailbox needs a look, told once: `code` says what, `place` is the folder."""

    name: ClassVar[str] = "mailbox.troubled"
    lane: str
    code: str
    place: str = ""
    count: int = 0
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxRecovered(Event):
    """What was told of a mailbox is over."""

    name: ClassVar[str] = "mailbox.recovered"
    lane: str
    code: str
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxGap(Event):
    """A partner that counts by one left out `count` control numbers from `number` on: files that never came here. `code`
    is ISA13 or GS06, `form` the kind of answer behind the gap."""

    name: ClassVar[str] = "mailbox.gap"
    lane: str
    code: str
    form: str
    number: int
    count: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxGapClosed(Event):
    """The numbers that were missing from `number` on have all come."""

    name: ClassVar[str] = "mailbox.gap_closed"
    lane: str
    code: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDiscarded(Event):
    """A file that is committed here was removed at the partner, as its declaration asks."""

    name: ClassVar[str] = "mailbox.discarded"
    lane: str
    document: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReceived(Event):
    """A file that is no answer: kept, for a person to read. `form` is what it looks like."""

    name: ClassVar[str] = "mail.received"
    lane: str
    mail: int
    document: int
    form: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDone(Event):
    """A person has done with a file what there was to do."""

    name: ClassVar[str] = "mail.done"
    lane: str
    mail: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentOpened(Event):
    """A person was given a sealed document, whole or a part of it."""

    name: ClassVar[str] = "document.opened"
    document: int


# Answers, and where they leave a sent claim.


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFetched(Event):
    """A file from the partner is sealed in the vault; it has not been read yet."""

    name: ClassVar[str] = "answer.fetched"
    lane: str
    document: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReceived(Event):
    """One acknowledgment or remittance was read. `form` is TA1, 999, 277CA, 835; `count` what it speaks of."""

    name: ClassVar[str] = "answer.received"
    lane: str
    document: int
    answer: int
    form: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerUnreadable(Event):
    """A fetched file could not be read as X12; it is kept aside and shown."""

    name: ClassVar[str] = "answer.unreadable"
    lane: str
    document: int
    code: str
    place: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerUnsupported(Event):
    """A transaction set that nobody here reads, such as an 824: kept, and shown as mail. `form` is its ST01."""

    name: ClassVar[str] = "answer.unsupported"
    lane: str
    document: int
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveUnpacked(Event):
    """An archive from the partner was unpacked: `count` files, each a document of its own."""

    name: ClassVar[str] = "archive.unpacked"
    lane: str
    document: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerUnmatched(Event):
    """An answer speaks of work that is not ours, or of several candidates: kept and shown, no claim is moved."""

    name: ClassVar[str] = "answer.unmatched"
    answer: int
    form: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAcknowledged(Event):
    """A 999 or TA1 took the claim's set: syntax only, no word of the payer yet."""

    name: ClassVar[str] = "claim.acknowledged"
    claim: int
    payer: str
    answer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReturned(Event):
    """A TA1 or 999 rejected the set the claim travelled in."""

    name: ClassVar[str] = "claim.returned"
    kind: ClassVar[str] = "rejection"
    claim: int
    payer: str
    answer: int
    code: str
    place: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRequeued(Event):
    """A returned claim goes out again in a new attempt: the rejection did not name it, the lane was mended, or a
    person asked for it."""

    name: ClassVar[str] = "claim.requeued"
    claim: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAccepted(Event):
    """A 277CA took the claim into adjudication."""

    name: ClassVar[str] = "claim.accepted"
    claim: int
    payer: str
    answer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDeclined(Event):
    """A 277CA rejected the claim: it was never filed, and a corrected original must be sent."""

    name: ClassVar[str] = "claim.declined"
    kind: ClassVar[str] = "rejection"
    claim: int
    payer: str
    answer: int
    code: str
    place: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPaid(Event):
    """The ledger of adjudications pays the claim."""

    name: ClassVar[str] = "claim.paid"
    claim: int
    payer: str
    answer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPartlyPaid(Event):
    """The claim is paid but a denied line stands."""

    name: ClassVar[str] = "claim.partly_paid"
    kind: ClassVar[str] = "rejection"
    claim: int
    payer: str
    answer: int
    code: str
    place: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDenied(Event):
    """The payer adjudicated the claim and pays nothing."""

    name: ClassVar[str] = "claim.denied"
    kind: ClassVar[str] = "rejection"
    claim: int
    payer: str
    answer: int
    code: str
    place: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReversed(Event):
    """The payer took an earlier adjudication back and none stands now."""

    name: ClassVar[str] = "claim.reversed"
    claim: int
    payer: str
    answer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimContradicted(Event):
    """The world says something of this claim that our records exclude: an alarm for a person."""

    name: ClassVar[str] = "claim.contradicted"
    claim: int
    payer: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittanceUnbalanced(Event):
    """An 835 whose amounts do not add up: nothing of it is posted."""

    name: ClassVar[str] = "remittance.unbalanced"
    answer: int
    lane: str
    next: str


# Proposals: a payer's answers contradict our records of a provider.


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalOpened(Event):
    """`count` words of an answer contradict our records of one provider, and nobody has decided on that yet. The claims
    of that provider at that payer that wait are judged again, and held where the `cause` asks for it."""

    name: ClassVar[str] = "proposal.opened"
    proposal: int
    payer: str
    answer: int
    cause: str
    code: str
    count: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalExtended(Event):
    """`count` more words say the same: it is one root cause."""

    name: ClassVar[str] = "proposal.extended"
    proposal: int
    payer: str
    answer: int
    cause: str
    code: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalAccepted(Event):
    """A person found that the payer is right. What that changes in the records is a RosterChanged of its own."""

    name: ClassVar[str] = "proposal.accepted"
    proposal: int
    payer: str
    cause: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalDismissed(Event):
    """A person found that our records are right; the same answers do not open it again."""

    name: ClassVar[str] = "proposal.dismissed"
    proposal: int
    payer: str
    cause: str
    reason: str


# The site.


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSetAside(Event):
    """Something in the spool is no plain readable file; it lies unread in refused/ with an answer beside it."""

    name: ClassVar[str] = "spool.set_aside"
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChanged(Event):
    """Enrollment records were added or superseded; the claims they concern are judged again."""

    name: ClassVar[str] = "roster.changed"
    added: int
    superseded: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRefused(Event):
    """What an enrollment source brought has `count` problems, the first of them at `place`: nothing of it was applied,
    and the records stay as they were."""

    name: ClassVar[str] = "roster.refused"
    code: str
    place: str
    next: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginDisabled(Event):
    """Something of the plugin failed too often in a row, last as `code` says: nothing of it is called any more."""

    name: ClassVar[str] = "plugin.disabled"
    plugin: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginResumed(Event):
    """A person says that the plugin is mended."""

    name: ClassVar[str] = "plugin.resumed"
    plugin: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListImported(Event):
    """Another edition of a public list is in force: its `number` at this site, the day it speaks for, and how many rows it
    has. `reason` is why it was taken although it shrank. A code list of the guides is one too, without a number."""

    name: ClassVar[str] = "list.imported"
    list: str
    number: int
    dated: date
    rows: int
    sha256: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupTaken(Event):
    """A backup of database, vault and keyring was written."""

    name: ClassVar[str] = "backup.taken"
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRestored(Event):
    """The site was restored from a backup; every control number moved on by `skipped`."""

    name: ClassVar[str] = "site.restored"
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineNear(Event):
    """A filing limit comes close for a claim that has not been accepted, or by `code` the last day for what a denial asks
    for (APPEAL, CORRECTION), or nobody works on one (DENIAL). `days` are left; `step` is the step of the ladder that has
    come, each told once."""

    name: ClassVar[str] = "deadline.near"
    claim: int
    payer: str
    days: int
    next: str
    code: str = "FILING"
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinePassed(Event):
    """A filing limit passed for a claim that has not been accepted, or the last day for what a denial asks for, `days`
    below zero."""

    name: ClassVar[str] = "deadline.passed"
    claim: int
    payer: str
    days: int
    next: str
    code: str = "FILING"
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionNeeded(Event):
    """Waiting will not free this held claim: the approval is expected after the filing limit (`code` APPROVAL), or no
    approval can reach its dates of service (DECISION). A person decides, and need not wait for the limit."""

    name: ClassVar[str] = "deadline.decide"
    claim: int
    payer: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldAged(Event):
    """A claim is held for `days` days; `code` is of what holds it."""

    name: ClassVar[str] = "deadline.hold_aged"
    claim: int
    payer: str
    code: str
    step: str
    days: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryNear(Event):
    """Something that a provider holds, or that our account at a partner needs, runs out on the day `due`, `days` from
    now: `subject` is what says so (`enrollment 4`, `statement 7`, `lane alpha_edi/test`), `code` what it is. By the last
    weeks `count` claims with `dollars` a week stop at this payer, or at all of them where none is named."""

    name: ClassVar[str] = "deadline.expiry_near"
    subject: str
    payer: str
    code: str
    step: str
    days: int
    due: date | None
    count: int
    dollars: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryPassed(Event):
    """It ran out, `days` below zero, and nobody recorded a renewal."""

    name: ClassVar[str] = "deadline.expiry_passed"
    subject: str
    payer: str
    code: str
    step: str
    days: int
    due: date | None
    count: int
    dollars: int
    next: str


# Denials as work.


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialOpened(Event):
    """A denial stands that somebody has to work on. `times` is how often the payer has said it of the claim: more than
    once, and it was open before. `owner` is whose work it is. What it denied is told by the claim's own event."""

    name: ClassVar[str] = "denial.opened"
    denial: int
    claim: int
    payer: str
    answer: int
    code: str
    place: str
    category: str
    owner: str
    times: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialClosed(Event):
    """Nobody has to work on it any more: the payer paid or took the denial back, or a person, the event's actor, said
    so."""

    name: ClassVar[str] = "denial.closed"
    denial: int
    claim: int
    payer: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialAssigned(Event):
    """Somebody took it, or was given it. Who that is stays in the database."""

    name: ClassVar[str] = "denial.assigned"
    denial: int
    claim: int
    payer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialNoted(Event):
    """Somebody wrote down what was done. The words stay in the database."""

    name: ClassVar[str] = "denial.noted"
    denial: int
    claim: int
    payer: str


# Money against the bank.


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementImported(Event):
    """Deposits of a bank statement were taken in: `added` new ones, `count` rows in all."""

    name: ClassVar[str] = "bank.imported"
    added: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositLinked(Event):
    """A deposit is a remittance's money: `how` is trace, amount, or person with a reason."""

    name: ClassVar[str] = "bank.linked"
    deposit: int
    remittance: int
    how: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositUnlinked(Event):
    """A person parted a deposit from a remittance."""

    name: ClassVar[str] = "bank.unlinked"
    deposit: int
    remittance: int
    reason: str


# Silence: answers that do not come.


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOverdue(Event):
    """An answer of this `form` is overdue for `count` claims of a submission, those of one payer where it is named.
    `step` is the step of the ladder that has come, each told once."""

    name: ClassVar[str] = "answer.overdue"
    submission: int
    lane: str
    payer: str
    form: str
    step: str
    code: str
    count: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerNeverSeen(Event):
    """An answer is due that no file of this lane ever got: told once for the lane, until one comes."""

    name: ClassVar[str] = "answer.never_seen"
    lane: str
    form: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerArrivedLate(Event):
    """What was told to be overdue is not awaited any more: it came, or something that says more."""

    name: ClassVar[str] = "answer.arrived_late"
    submission: int
    lane: str
    payer: str
    form: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofGiven(Event):
    """Somebody was given the proof of one claim's filing; `sha256` is of its packet.json. It holds patient data."""

    name: ClassVar[str] = "proof.given"
    claim: int
    given_to: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestMailed(Event):
    """The morning's digest went to `count` addresses."""

    name: ClassVar[str] = "digest.mailed"
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFailed(Event):
    """The digest could not be sent by mail; nothing else waited for it."""

    name: ClassVar[str] = "digest.failed"
    code: str
    next: str
