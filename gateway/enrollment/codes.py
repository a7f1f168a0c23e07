"""What the gate can say about an enrollment: every code with its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.model.claims import Outcome


class Code(StrEnum):
    """Stable codes of findings. A site may change the severity of each."""

    OK = "ENROLLMENT_OK"
    LINKED = "ENROLLMENT_LINKED"
    VOID = "ENROLLMENT_VOID"
    EVIDENCE_OLD = "ENROLLMENT_EVIDENCE_OLD"
    REVALIDATION_DUE = "ENROLLMENT_REVALIDATION_DUE"
    OUT_OF_NETWORK_BILLABLE = "OUT_OF_NETWORK_BILLABLE"
    UNKNOWN = "ENROLLMENT_UNKNOWN"
    PENDING = "ENROLLMENT_PENDING"
    UNDATED = "ENROLLMENT_UNDATED"
    NOT_LINKED = "ENROLLMENT_NOT_LINKED"
    NO_DATE = "ENROLLMENT_NO_DATE"
    SPLIT_NEEDED = "ENROLLMENT_SPLIT_NEEDED"
    STARTS_LATER = "ENROLLMENT_STARTS_LATER"
    ENDED = "ENROLLMENT_ENDED"
    DENIED = "ENROLLMENT_DENIED"
    OUT_OF_NETWORK = "OUT_OF_NETWORK"
    IN_QUESTION = "ENROLLMENT_IN_QUESTION"


# Never payable as the records stand: waiting changes nothing, a person must decide. Every other hold is "not yet".
NEEDS_DECISION = frozenset({Code.SPLIT_NEEDED, Code.STARTS_LATER, Code.ENDED, Code.DENIED, Code.OUT_OF_NETWORK})


@dataclass(frozen=True, slots=True)
class Words:
    """What a biller reads; `{who}` is the provider's role."""

    outcome: Outcome
    message: str
    next_step: str = ""


WORDS: Mapping[Code, Words] = {
    Code.OK: Words(Outcome.PASS, "The records show {who} enrolled with this payer on every day of service."),
    Code.LINKED: Words(Outcome.PASS, "The records link {who} on every day of service."),
    Code.VOID: Words(Outcome.PASS, "A void takes a claim back, so it is never held for enrollment."),
    Code.EVIDENCE_OLD: Words(
        Outcome.WARN,
        "The records show {who} enrolled, but nobody has looked at the source for more than 180 days.",
        "Look again in the payer's portal or roster and record what it says.",
    ),
    Code.REVALIDATION_DUE: Words(
        Outcome.WARN,
        "The records show {who} enrolled, but the payer waits for a revalidation.",
        "Send the revalidation before the payer ends the enrollment.",
    ),
    Code.OUT_OF_NETWORK_BILLABLE: Words(
        Outcome.WARN,
        "The records show {who} out of network on some day of service; this payer can be billed all the same.",
        "Expect out-of-network payment, and check what the patient was told.",
    ),
    Code.UNKNOWN: Words(
        Outcome.HOLD,
        "Expected to be denied because no record says that {who} is enrolled with this payer on the date of service.",
        "Ask the payer or look in its portal, then record the enrollment with its dates.",
    ),
    Code.PENDING: Words(
        Outcome.HOLD,
        "Expected to be denied because the payer has not completed the enrollment of {who}.",
        "Follow up the application; record the approval with its effective date when it comes.",
    ),
    Code.UNDATED: Words(
        Outcome.HOLD,
        "Expected to be denied because the record for {who} has no usable effective dates.",
        "Find the effective date in the approval letter or the payer's portal and record it.",
    ),
    Code.NOT_LINKED: Words(
        Outcome.HOLD,
        "Expected to be denied because the payer knows {who} only under another tax id or billing NPI.",
        "Ask the payer to add the link, or record it if it is already there.",
    ),
    Code.NO_DATE: Words(
        Outcome.HOLD,
        "Without a valid date of service nobody can tell whether {who} was enrolled on it.",
        "Correct the date of service and send the claim again.",
    ),
    Code.SPLIT_NEEDED: Words(
        Outcome.HOLD,
        "Expected to be denied because the records show {who} enrolled on some days of service and not on others.",
        "Split the service at the day the enrollment changes and send the parts as lines or claims of their own.",
    ),
    Code.STARTS_LATER: Words(
        Outcome.HOLD,
        "Expected to be denied because the enrollment of {who} starts after the date of service.",
        "Decide: ask the payer for an earlier effective date, or withdraw the claim and settle the charge.",
    ),
    Code.ENDED: Words(
        Outcome.HOLD,
        "Expected to be denied because the enrollment of {who} ended or was suspended before the last day of service.",
        "Decide: have the payer reinstate it for that day, or withdraw the claim and settle the charge.",
    ),
    Code.DENIED: Words(
        Outcome.HOLD,
        "Expected to be denied because the payer turned down the enrollment of {who}.",
        "Decide now: appeal the payer's decision, or withdraw the claim and settle the charge.",
    ),
    Code.OUT_OF_NETWORK: Words(
        Outcome.HOLD,
        "Expected to be denied because {who} is out of network and this payer is not billed out of network.",
        "Decide: ask the payer for an agreement on this case, or withdraw the claim and settle the charge.",
    ),
    Code.IN_QUESTION: Words(
        Outcome.HOLD,
        "Expected to be denied because the payer has refused claims of {who} for a cause of enrollment, and nobody has"
        " decided yet whether it is right.",
        "`gateway proposals` shows what the payer said; ask it, then accept or dismiss the proposal.",
    ),
}
