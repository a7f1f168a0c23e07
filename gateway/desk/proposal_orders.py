"""A person's word on a correction proposal: the payer is right, or our records are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from gateway.desk.proposals import day_of, no_such
from gateway.errors import Refused, Unlawful
from gateway.learning.correction import ENDING
from gateway.model.enrollment import EnrollmentState
from gateway.store import proposal_decisions
from gateway.store.proposal_decisions import Learned
from gateway.workers.site import Site

Data = dict[str, Any]


async def accept(
    site: Site, proposal: int, reason: str, actor: str, ended: str = "", state: str = "", effective: str = ""
) -> Data:
    """The payer is right. With `ended` (the last enrolled day) or a `state` the enrollment records follow."""
    _need_reason(reason)
    learned = _learned(day_of("ended", ended), state, day_of("effective", effective))
    try:
        done = await site.store.write_as(actor, proposal_decisions.accept, proposal, reason, learned)
    except Unlawful as unlawful:
        raise _not_open(proposal, unlawful) from None
    return {"proposal": proposal, "state": "ACCEPTED", **done}


async def dismiss(site: Site, proposal: int, reason: str, actor: str) -> Data:
    """Our records are right: what waited goes on."""
    _need_reason(reason)
    try:
        done = await site.store.write_as(actor, proposal_decisions.dismiss, proposal, reason)
    except Unlawful as unlawful:
        raise _not_open(proposal, unlawful) from None
    return {"proposal": proposal, "state": "DISMISSED", **done}


def _learned(ended: date | None, state: str, effective: date | None) -> Learned | None:
    """What the options say together. Raises Refused where they contradict each other or leave open when."""
    if state and state not in set(EnrollmentState):
        raise Refused(f"no such state; known are {', '.join(EnrollmentState)}", code="STATE_UNKNOWN")
    if not state:
        if effective and not ended:
            raise Refused("--effective needs a --state", code="STATE_MISSING", next_step="Say which state began then.")
        return Learned(EnrollmentState.TERMED, ended) if ended else None
    said = EnrollmentState(state)
    if said not in ENDING and ended:
        raise Refused(f"{state} is no ending", code="STATE_NO_ENDING", next_step="Give --effective instead of --ended.")
    if said not in ENDING:
        return Learned(said, effective=effective)
    last = ended or (effective - timedelta(days=1) if effective else None)
    if last is None:
        raise Refused(f"{state} since when?", code="DAY_MISSING", next_step="Give the last enrolled day with --ended.")
    return Learned(said, last)


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(
            "a reason is missing", code="NO_REASON", next_step="Say with --reason what the payer told you, and who did."
        )


def _not_open(proposal: int, unlawful: Unlawful) -> Refused:
    if unlawful.state == "absence":
        return no_such(proposal)
    return Refused(
        f"proposal {proposal} was decided before: {unlawful.state}",
        code="DECIDED",
        next_step="`gateway proposals show` tells by whom and why; records are changed with `gateway roster set`.",
    )
