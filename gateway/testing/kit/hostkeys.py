"""Another host key than the pinned one: the lane stops at it, and nothing goes past it."""

from __future__ import annotations

from gateway.testing.kit.ending import ROUNDS
from gateway.testing.kit.judge import Judge
from gateway.testing.kit.stand import Stand


async def past_it(stand: Stand, judge: Judge, trial: str, before: int, logins: int) -> None:
    """What came of a run against it. `before` and `logins` are how many files and logins came until then. On a busy machine
    a handshake is given up before the key was seen; then the lane tries again, some times."""
    for _ in range(ROUNDS):
        if _through(stand, judge, trial, before, logins) or await _stopped(stand):
            return
        stand.move(hours=5)
        await stand.run()
    if not (_through(stand, judge, trial, before, logins) or await _stopped(stand)):
        judge.leave("pinned_key", f"{trial}: the lane never came as far as the key, in {ROUNDS + 1} tries")


def _through(stand: Stand, judge: Judge, trial: str, before: int, logins: int) -> bool:
    """Whether anything went past the key."""
    arrived, logged_in = len(stand.payer.arrivals()) > before, stand.payer.login_attempts > logins
    if arrived:
        judge.say("pinned_key", f"{trial}: the session went on past it")
    if logged_in:
        judge.say("pinned_key", f"{trial}: a login was sent to it")
    return arrived or logged_in


async def _stopped(stand: Stand) -> bool:
    return any(row["lane"] == stand.lane() and row["state"] == "SUSPENDED" for row in await stand.ask("lanes"))
