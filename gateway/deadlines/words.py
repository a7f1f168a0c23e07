"""What is said of a deadline: in a biller's sentence with the command to type next, and as an event without any value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from gateway import events as e
from gateway.deadlines.ladders import PASSED, Kind
from gateway.deadlines.running import Deadline
from gateway.deadlines.stakes import Stake, dollars
from gateway.partnership.phrases import counted
from gateway.partnership.typed import ACCOUNT, written_out

_ENDS: Mapping[Kind, tuple[str, str]] = {
    Kind.ENROLLMENT: ("the enrollment", "Have the payer extend it, and record what it says."),
    Kind.RECREDENTIALING: ("recredentialing", "Send the application; record the new date when the payer decided."),
    Kind.REVALIDATION: ("revalidation", "Send the revalidation; record the new due date when it was taken."),
    Kind.LICENCE: ("the licence", "Renew it with the state, and record its new last day."),
    Kind.DEA: ("the DEA registration", "Renew it, and record its new last day."),
    Kind.BOARD: ("the board certificate", "Renew it with the board, and record its new last day."),
    Kind.MALPRACTICE: ("the malpractice policy", "Renew it, send it to the payers, and record its new last day."),
    Kind.CAQH: ("the CAQH attestation", "Attest again in CAQH, and record the day of attestation."),
    Kind.CLIA: ("the CLIA certificate", "Renew it, and record its new last day."),
    Kind.PASSWORD: (
        "the password",
        f"Have a new one set at the partner, store it beside the old one, and `gateway payer rotate {ACCOUNT} --credential"
        " NAME` tries it once, uses it and writes its day.",
    ),
    Kind.LEGACY: (
        "the use of old algorithms",
        "Ask the partner whether its server can do without; extend it only if not.",
    ),
    Kind.HOST_KEY: (
        "the new host key",
        f"From its day on it counts too; once the server shows it, `gateway payer rotate {ACCOUNT} --next-key` pins it.",
    ),
}
_DUE = (Kind.RECREDENTIALING, Kind.REVALIDATION, Kind.HOST_KEY)
"""What is due rather than ends."""
_LIMITS = {Kind.APPEAL: "the last day to appeal", Kind.CORRECTION: "the last day for a corrected claim"}
_RETURNED, _REFUSED = "RETURNED", ("REJECTED", "DECLINED")
_STEPS: Mapping[Kind, str] = {
    Kind.APPROVAL: "Ask the payer to hurry, for an earlier date or more time to file; or decide what becomes of the claim.",
    Kind.DECISION: "Decide: have the records or the claim corrected, or withdraw it; no approval on its way reaches it.",
    Kind.HOLD: "Find out what keeps it, and who works on that.",
    Kind.APPEAL: "Appeal, or send the documents that the payer asks for, so that they arrive by then; or close it.",
    Kind.CORRECTION: "See that the corrected claim arrives by then, or close it.",
    Kind.DENIAL: "Give it to somebody, or write down what was done.",
}


def next_step(deadline: Deadline) -> str:
    """What to do, without naming more than a lane."""
    if deadline.kind in _ENDS:
        return written_out(_ENDS[deadline.kind][1], deadline.lane)
    if deadline.kind in _STEPS:
        return _STEPS[deadline.kind]
    if deadline.state in _REFUSED:
        return "Correct the claim and send a new one: the payer has not filed this one, and the clock runs on."
    if deadline.state == _RETURNED:
        return "Send it again, or a corrected one: the payer has not filed it, and the clock runs on."
    if deadline.state in ("SENT", "ACKNOWLEDGED", "ASSIGNED"):
        return "Find out whether the payer has it: nobody has said so, and the day it is received counts."
    return "See that it leaves in time: the day the payer receives it counts."


def command(deadline: Deadline) -> str:
    """What to type next."""
    if deadline.claim and deadline.record:
        return f"gateway denials show {deadline.record.rpartition(' ')[2]}"
    if deadline.lane:
        return f"gateway payer show {deadline.lane.partition('/')[0]}"
    if not deadline.claim:
        return f"gateway roster show --npi {deadline.npi}"
    if deadline.state == _RETURNED:
        return f'gateway resend {deadline.who} --reason "..."'
    return f"gateway {'timeline' if deadline.state in ('SENT', 'ACKNOWLEDGED', 'ASSIGNED') else 'why'} {deadline.who}"


def sentence(deadline: Deadline, today: date, stake: Stake) -> str:
    """What is at stake, and when."""
    if deadline.kind in _ENDS:
        return _of_expiry(deadline, today, stake)
    match deadline.kind:
        case Kind.HOLD:
            return f"held for {counted((today - deadline.due).days, 'day')} ({deadline.code})"
        case Kind.APPROVAL:
            return f"the approval is expected about {deadline.due}, after the filing limit"
        case Kind.DECISION:
            return f"no approval on its way can reach its dates of service ({deadline.code})"
        case Kind.DENIAL:
            return f"denied ({deadline.code}), and nobody has worked on it"
    left = deadline.left(today)
    when = (
        f"passed {counted(-left, 'day')} ago" if left < 0 else f"is in {counted(left, 'day')}" if left else "is today"
    )
    if deadline.kind in _LIMITS:
        return f"{_LIMITS[deadline.kind]} {when} ({deadline.code})"
    return f"the filing limit {when}, and the claim is {deadline.state}{f' ({deadline.code})' if deadline.code else ''}"


def _of_expiry(deadline: Deadline, today: date, stake: Stake) -> str:
    what, left = _ENDS[deadline.kind][0], deadline.left(today)
    due = deadline.kind in _DUE
    verb = ("was due" if due else "ended") if left < 0 else ("is due" if due else "ends")
    said = f"{what} {verb} on {deadline.due}"
    if not stake.claims:
        return said
    weekly = stake.weekly_claims
    stops = f"{weekly} claim{'s' * (weekly != 1)} and {dollars(stake.weekly_dollars)} a week stop"
    where = f"at {deadline.payer}" if deadline.payer else "at all payers"
    return f"{said}, and {stops} {where}" if left < 0 and not due else f"{said}; if it lapses, {stops} {where}"


def event_of(deadline: Deadline, step: str, today: date, stake: Stake) -> e.Event:
    """The news of one step."""
    code, days, next_ = deadline.kind.name, deadline.left(today), next_step(deadline)
    if not deadline.claim:
        kind = e.ExpiryPassed if step == PASSED else e.ExpiryNear
        return kind(
            subject=deadline.record, payer=deadline.payer, code=code, step=step, days=days, due=deadline.due,
            count=stake.weekly_claims, dollars=int(stake.weekly_dollars), next=next_,
        )  # fmt: skip
    claim, payer = deadline.claim, deadline.payer
    match deadline.kind:
        case Kind.HOLD:
            held = (today - deadline.due).days
            return e.HoldAged(claim=claim, payer=payer, code=deadline.code, step=step, days=held, next=next_)
        case Kind.APPROVAL | Kind.DECISION:
            return e.DecisionNeeded(claim=claim, payer=payer, code=code, next=next_)
        case _:
            near = e.DeadlinePassed if step == PASSED else e.DeadlineNear
            return near(claim=claim, payer=payer, code=code, step=step, days=days, next=next_)
