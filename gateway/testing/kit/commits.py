"""A commit that fails when an answer was fetched: nothing may be gone at the payer then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from gateway.store import StoreFailed, pickups
from gateway.testing.kit.judge import Judge
from gateway.testing.kit.stand import Stand

_NOTICE = "A notice that no database has room for."


async def uncommitted(stand: Stand, judge: Judge, folders: list[Path]) -> None:
    """Fetch what lies there while our database cannot keep it, and again once it can."""
    if stand.partner.habits.mailbox.reading_removes:
        return  # the server's own affair: it is asked for the bytes before anything can be kept
    probe = folders[0] / "kit_notice.txt"
    probe.write_text(_NOTICE)
    lying = [path for folder in folders for path in folder.iterdir() if path.is_file()]
    async with _full(stand):
        await stand.run()
    if gone := [path for path in lying if not path.exists()]:
        judge.say("deletes_late", f"{len(gone)} files are gone at the payer, though keeping them failed here")
    stand.move(hours=1)
    await stand.run()
    if not any(mail["bytes"] == len(_NOTICE) for mail in await stand.ask("mail", everything=True)):
        judge.say("deletes_late", "what could not be kept at first was not fetched again")


@asynccontextmanager
async def _full(stand: Stand) -> AsyncIterator[None]:
    """Nothing that was fetched can be committed, as on a full disk; all other transactions go on."""
    store, failed = stand.site.store, len(stand.raised)
    write = store.write

    async def refusing(fn: Any, *args: Any, **kwargs: Any) -> Any:
        if fn is pickups.fetched:
            raise StoreFailed(OSError("no space left"))
        return await write(fn, *args, **kwargs)

    store.write = refusing  # type: ignore[method-assign]
    try:
        yield
    finally:
        store.write = write  # type: ignore[method-assign]
        stand.raised[failed:] = [name for name in stand.raised[failed:] if name != StoreFailed.__name__]
