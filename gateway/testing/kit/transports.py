"""A transport by itself: what it is asked to do it does, and nothing beside."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.errors import GatewayError
from gateway.model.partners import Stage, WriteHabit
from gateway.testing.kit.accounts import CREDENTIAL, kit_account
from gateway.testing.kit.judge import Judge
from gateway.testing.kit.stand import Stand
from gateway.workers.looking import final_path, temporary_path

_THEIRS = b"a file of the payer's, that is nobody's business"
_LONGEST, _APART = 5.0, 0.05
"""So many seconds, or the stand's patience, a session that was closed may take to be over at the payer; it is looked so
many seconds apart."""


async def transport_alone(stand: Stand, made: Callable[..., Any], judge: Judge) -> str:
    """Fetching leaves the file where it is, nothing else is touched, sessions end, and failures and reprs show nothing;
    returns what those said."""
    folder = stand.scenario.server.folders[0]
    probe = stand.payer.folder(folder.gives) / "kit_probe.x12"
    probe.write_bytes(b"a file that was not fetched before")
    said = []
    session = made(stand.site.directory.lanes[stand.lane()].account, stand.site._secret)
    try:
        async with asyncio.timeout(30), session:
            _ = [block async for block in session.get(f"{folder.gives.rstrip('/')}/{probe.name}")]
        said += [repr(session), str(session)]
    except Exception as failure:
        judge.say("deletes_late", f"a file of the mailbox could not be fetched: {type(failure).__name__}")
        said.append("".join(traceback.format_exception(failure)))
    if not probe.exists() and not stand.partner.habits.mailbox.reading_removes:
        judge.say("deletes_late", "fetching a file removed it at the payer, and nothing is declared to remove")
    probe.unlink(missing_ok=True)
    await _beside(stand, made, judge)
    said += [await _failing(stand, made, faults) for faults in ({"refuse_login": True}, {"permission_denied": True})]
    await _ended(stand, judge)
    return "\n".join(said)


async def _beside(stand: Stand, made: Callable[..., Any], judge: Judge) -> None:
    """What it was not asked to touch: another file of the mailbox, and one that bears the name it is to give."""
    lane = stand.site.directory.lanes[stand.lane()]
    box = stand.scenario.server.folders[0].gives.rstrip("/")
    removed, kept, taken = f"{box}/kit_removed.txt", f"{box}/kit_kept.txt", final_path(lane, "kit_taken.837")
    for path in (removed, kept, taken):
        _on_disk(stand, path).write_bytes(_THEIRS)
    hidden, before = temporary_path(lane, "kit_taken.837"), _all_beside(stand, taken)
    with suppress(Exception):  # what it raises is of no account here
        async with asyncio.timeout(30), made(lane.account, stand.site._secret) as session:
            if stand.partner.write is not WriteHabit.DIRECT:
                await _renamed(session, hidden, taken)
            await session.discard(removed)
            if _on_disk(stand, removed).exists():
                judge.say("parts_hold", "its discard leaves the file where it is, and says nothing")
    if _all_beside(stand, taken) - before - {_on_disk(stand, hidden)}:
        judge.say("parts_hold", "it leaves another file beside the one that it was asked to write")
    if not _lies(stand, kept):
        judge.say("deletes_late", "a file of the mailbox is gone that it was not asked to remove")
    if not _lies(stand, taken):
        judge.say("parts_hold", "its rename writes over a file that bears the name already")
    for path in (removed, kept, taken):
        _on_disk(stand, path).unlink(missing_ok=True)


async def _renamed(session: Any, hidden: str, taken: str) -> None:
    with suppress(GatewayError):
        await session.put(b"kit", 3, hidden, final=False)
        await session.rename(hidden, taken)


def _all_beside(stand: Stand, path: str) -> set[Path]:
    return set(_on_disk(stand, path).parent.iterdir())


def _on_disk(stand: Stand, path: str) -> Path:
    folder, _, name = path.rpartition("/")
    return stand.payer.folder(folder) / name


def _lies(stand: Stand, path: str) -> bool:
    file = _on_disk(stand, path)
    return file.exists() and file.read_bytes() == _THEIRS


async def _ended(stand: Stand, judge: Judge) -> None:
    """Once nothing is at work any more, nobody is logged in: servers allow few sessions, and some only one."""
    await stand.site.sessions.close()
    for _ in range(round(min(_LONGEST, stand.patience) / _APART)):
        if not stand.payer.open_sessions:
            return
        await asyncio.sleep(_APART)
    judge.say("parts_hold", f"{stand.payer.open_sessions} sessions were never ended")


async def _failing(stand: Stand, made: Callable[..., Any], faults: dict[str, Any]) -> str:
    """What a transport says of itself when the server says no."""
    account = kit_account(
        stand.partner, Stage.PRODUCTION, host=stand.payer.host, port=stand.payer.port, user=stand.payer.user,
        host_keys=(stand.payer.host_key,),
    )  # fmt: skip
    stand.payer.scenario = replace(stand.scenario, faults=replace(stand.scenario.faults, **faults))
    said = ""
    session = made(replace(account, credential=CREDENTIAL), stand.site._secret)
    try:
        async with asyncio.timeout(30), session:
            await session.put(b"kit", 3, f"{account.endpoint.outbound.rstrip('/')}/kit.837")
    except Exception as failure:
        said = f"{failure!r} {failure}\n{''.join(traceback.format_exception(failure))}"
    finally:
        stand.payer.scenario = stand.scenario
    return f"{said}\n{session!r} {session}"
