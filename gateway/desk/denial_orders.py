"""A person's word on a denial: whose it is, what was done, how it ended."""

from __future__ import annotations

from typing import Any

from gateway.denials import OUTCOMES
from gateway.desk.denials import no_such, show
from gateway.errors import Refused, Unlawful
from gateway.store import denial_words
from gateway.workers.site import Site

Data = dict[str, Any]


async def assign(site: Site, denial: int, to: str, actor: str) -> Data:
    """It is theirs."""
    _need(to, "to", "Say who works on it.")
    try:
        await site.store.write_as(actor, denial_words.assign, denial, to.strip())
    except Unlawful as unlawful:
        raise _not_open(denial, unlawful) from None
    return await show(site, denial)


async def note(site: Site, denial: int, text: str, actor: str) -> Data:
    """What was done, in a person's words. They stay in the database."""
    _need(text, "TEXT", "Say what was done.")
    try:
        await site.store.write_as(actor, denial_words.note, denial, text.strip())
    except Unlawful as unlawful:
        raise _not_open(denial, unlawful) from None
    return await show(site, denial)


async def close(site: Site, denial: int, outcome: str, reason: str, actor: str) -> Data:
    """It ended so, unless the payer denies it again."""
    _need(reason, "reason", "Say why; it is kept with your name.")
    if outcome not in OUTCOMES:
        raise Refused("no such outcome", code="OUTCOME_UNKNOWN", next_step=f"Say one of {', '.join(OUTCOMES)}.")
    try:
        await site.store.write_as(actor, denial_words.close, denial, outcome, reason.strip())
    except Unlawful as unlawful:
        raise _not_open(denial, unlawful) from None
    return await show(site, denial)


def _need(text: str, name: str, step: str) -> None:
    if not text.strip():
        raise Refused(f"{name} is empty", code="NOTHING_SAID", next_step=step)


def _not_open(denial: int, unlawful: Unlawful) -> Refused:
    if unlawful.state == "absence":
        return no_such(denial)
    return Refused(
        f"denial {denial} is closed",
        code="CLOSED",
        next_step="`gateway denials show` tells how and by whom. It opens by itself when the payer denies it again.",
    )
