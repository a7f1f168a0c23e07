"""Rules of silence: by when each answer is due, what excuses a partner, and what somebody does next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.calendar import due, is_away
from gateway.model.habits import Business, Expectation, Outage, Sends
from gateway.model.partners import Partner

WARN, ESCALATE = "warn", "escalate"
STEP_NAMES = (WARN, ESCALATE)
LATE, NEVER_SEEN = "LATE", "NEVER_SEEN"
QUIET = "QUIET"
"""A payer of whom no remittance came for longer than is usual."""
PENDING = "PENDING"
"""The excuse of a payer whose 277 said that it has the claims."""


class Awaited(StrEnum):
    """An answer that is waited for. Stored by name. REPORT is the first 277CA that accepts or refuses a claim, of whoever
    gives it; PAYER_REPORT that of the payer, where a clearinghouse gave the first."""

    INTERCHANGE = "TA1"
    GROUP = "999"
    REPORT = "277CA"
    PAYER_REPORT = "277CA_PAYER"
    REMITTANCE = "835"


@dataclass(frozen=True, slots=True)
class Patience:
    """After what time an answer is overdue (`warn`), and when waiting on is no use (`escalate`). Business time is that of
    the partner."""

    warn: timedelta
    escalate: timedelta
    business: bool = False


# Where a partner declares no time.
USUAL: Mapping[Awaited, Patience] = {
    Awaited.INTERCHANGE: Patience(timedelta(hours=1), timedelta(hours=4)),
    Awaited.GROUP: Patience(timedelta(days=1), timedelta(days=2), business=True),
    Awaited.REPORT: Patience(timedelta(days=2), timedelta(days=5), business=True),
    Awaited.PAYER_REPORT: Patience(timedelta(days=5), timedelta(days=10), business=True),
    Awaited.REMITTANCE: Patience(timedelta(days=30), timedelta(days=45)),
}
# It owes interest after the thirtieth day, and pays no clean electronic claim before the fourteenth.
MEDICARE = Patience(timedelta(days=16), timedelta(days=30))


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known of a lane when its silence is judged: since when its breaker is open, when its folders were last
    listed, and what is wrong with its mailbox (codes)."""

    out_since: datetime | None = None
    polled_at: datetime | None = None
    troubles: tuple[str, ...] = ()


def expected(kind: Awaited, partner: Partner) -> bool:
    """Whether its absence says anything: only where one comes for each file."""
    told = partner.expects.get(_declared(kind))
    return told is not None and told.sends is Sends.ALWAYS


def steps(kind: Awaited, sent: datetime, partner: Partner, *, medicare: bool = False) -> list[tuple[str, datetime]]:
    """The ladder for what was sent at that moment, in the order of time; empty where the answer is not expected."""
    if not expected(kind, partner):
        return []
    patience, business = _patience(kind, partner, medicare), partner.habits.business
    return [
        (name, _after(sent, within, patience.business, business, partner.habits.outages))
        for name, within in ((WARN, patience.warn), (ESCALATE, patience.escalate))
    ]


def _declared(kind: Awaited) -> str:
    return Awaited.REPORT.value if kind is Awaited.PAYER_REPORT else kind.value


def _patience(kind: Awaited, partner: Partner, medicare: bool) -> Patience:
    """What is declared of the 277CA is about the first one."""
    told = partner.expects[_declared(kind)]
    if told.within is not None and kind is not Awaited.PAYER_REPORT:
        return Patience(told.within, 2 * told.within, told.business)
    return MEDICARE if medicare and kind is Awaited.REMITTANCE else USUAL[kind]


def _after(
    sent: datetime, within: timedelta, in_business: bool, business: Business, outages: Iterable[Outage]
) -> datetime:
    """Time in which the partner announced to be away does not count."""
    found = due(sent, Expectation(within=within, business=in_business), business) or sent
    counted = sent
    for outage in sorted(outages, key=lambda one: one.begins):
        begins, ends = max(outage.begins, counted), outage.ends
        if begins < ends and begins < found:
            found += ends - begins
            counted = ends
    return found


def excuse(partner: Partner, sight: Sight, due_at: datetime, now: datetime) -> str:
    """What explains that nothing is here although it is due; empty where nothing does. A mailbox that nobody could look
    into since then says nothing of its partner."""
    if sight.out_since is not None:
        return "OUTAGE"
    if is_away(partner, now):
        return "ANNOUNCED"
    if sight.troubles:
        return "MAILBOX"
    if sight.polled_at is None or sight.polled_at < due_at:
        return "NOT_LOOKED"
    return ""


EXCUSES: Mapping[str, str] = {
    "OUTAGE": "The partner cannot be reached just now; nothing to do but what `gateway status` says of the lane.",
    "ANNOUNCED": "The partner announced that it is away; it is looked at again when it is back.",
    "MAILBOX": "Our mailbox there has troubles of its own: `gateway status` names them and what to do.",
    PENDING: "The payer said in a 277 that it has these claims (`gateway inquiries`); they are asked about again.",
    "NOT_LOOKED": "Its mailbox was not listed since this was due; the next pickup tells.",
}

_NEXT: Mapping[tuple[Awaited, str], str] = {
    (Awaited.INTERCHANGE, WARN): "Look whether the file was taken; the 999 says more. Do not send it again.",
    (Awaited.INTERCHANGE, ESCALATE): "Ask the partner whether it has the interchange, by its ISA13.",
    (Awaited.GROUP, WARN): "Ask the partner for the 999, by ISA13 and file name. Do not send again: that makes duplicates.",
    (Awaited.GROUP, ESCALATE): "Call the partner: did the file arrive, who else fetches from this mailbox? Then `gateway"
    " settle` where it is in doubt; never send it again without its word.",
    (Awaited.REPORT, WARN): "Ask the partner for the 277CA of this file, by ISA13: until one accepts, no claim is filed.",
    (Awaited.REPORT, ESCALATE): "Ask for each claim's status (276, portal or phone): nobody has said that it is filed, and"
    " the filing limit runs.",
    (Awaited.PAYER_REPORT, WARN): "The clearinghouse has it, the payer has not said so: ask the clearinghouse for the"
    " payer's own report. Only that proves timely filing.",
    (Awaited.PAYER_REPORT, ESCALATE): "Ask the payer for the claim's status; if it has none, open a ticket at the"
    " clearinghouse with the REF*D9.",
    (Awaited.REMITTANCE, WARN): "Ask for the claim's status (276, portal or phone), and whether the bank has money for it.",
    (Awaited.REMITTANCE, ESCALATE): "Call the payer: prompt-pay time is over. Ask for the payment trace or the reason, and"
    " for a copy of the 835.",
}  # fmt: skip


def next_step(kind: Awaited, step: str, why: str) -> str:
    """What somebody does about it."""
    if why != NEVER_SEEN:
        return _NEXT[kind, step]
    what = "payer-level 277CA" if kind is Awaited.PAYER_REPORT else kind.value
    return (
        f"No {what} ever came from this partner: ask it to switch them on for us, or declare in `expects` that it sends"
        " none. It is a matter of set-up, not of these claims."
    )


def code_of_silence(kind: Awaited, why: str) -> str:
    """As events carry it: `LATE:999`, `NEVER_SEEN:277CA`."""
    return f"{why}:{kind.value}"
