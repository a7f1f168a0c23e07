"""Gateways that break one rule each, for the harness to catch: one that it missed would show that it looks at nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from functools import wraps
from typing import Any

from gateway import events as e
from gateway.ports import Transport
from gateway.spool import Taken
from gateway.store import Tx, batches, submissions
from gateway.workers import transmit
from gateway.workers.intake import Intake


def straight_to_the_final_name() -> None:
    """A file is written under the name that the payer takes, and a write cut short is taken for one that never was."""

    async def write(self: transmit.Delivery, transport: Transport) -> None:
        await transport.put(self.blocks, self.size, self.final, final=False)
        await transmit._commit(self.site, [e.UploadConfirmed(submission=self.submission, bytes=self.size)])
        await transmit._commit(self.site, [e.RenameBegun(submission=self.submission)])

    transmit.Delivery._write_and_rename = write  # type: ignore[method-assign]


def no_committed_intent() -> None:
    """Nothing is written down before the file is there."""
    happened, begin = submissions.happened, submissions.begin

    @wraps(begin)
    def begun(tx: Tx, submission: int, judge: Any) -> bool:
        return True

    @wraps(happened)
    def only_outcomes(tx: Tx, *events: e.Event) -> None:
        for event in events:
            if isinstance(event, e.UploadConfirmed | e.RenameBegun):
                continue
            if isinstance(event, e.Transmitted):
                happened(tx, e.TransmitBegun(submission=event.submission))
            happened(tx, event)

    submissions.begin, submissions.happened = begun, only_outcomes


def commit_before_fsync() -> None:
    """A document counts before it is durable."""
    fsync = os.fsync

    def later(fd: int) -> None:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            fsync(fd)

    os.fsync = later  # type: ignore[assignment]


def delete_before_commit() -> None:
    """The dropped file is forgotten before what it held is committed."""
    bring_in = Intake._bring_in

    async def forgetful(self: Intake, taken: Taken) -> None:
        sealed = await self.site.thread(lambda: self.site.vault.seal(self.site.spool.read(taken)))
        if await self.site.store.read(batches.by_work_name, taken.work_name) is None:
            await self.site.thread(self.site.spool.finish, taken)
            await self.site.store.write(batches.spool, taken.file_name, taken.work_name, sealed)
        await bring_in(self, taken)

    Intake._bring_in = forgetful  # type: ignore[method-assign]


MUTANTS: dict[str, tuple[Callable[[], None], tuple[tuple[str, str], ...]]] = {
    "straight to the final name": (
        straight_to_the_final_name,
        (("renamed", "within sftp.put"), ("renamed", "after sftp.put")),
    ),
    "no committed intent": (
        no_committed_intent,
        (("renamed", "after sftp.rename"), ("renamed", "before submissions.happened.Transmitted")),
    ),
    "commit before fsync": (
        commit_before_fsync,
        (("intake", "after batches.spool"), ("renamed", "after submissions.composed")),
    ),
    "delete before commit": (delete_before_commit, (("intake", "before batches.spool"),)),
}
"""What is broken, and the steps at which that shows."""
