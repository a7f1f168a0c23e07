"""Run a real gateway until it is idle, but stand still for ever at one named step, to be killed there from outside.

Nothing in the gateway knows of this: the steps are wrapped here, in the child process of the harness.
"""

from __future__ import annotations

import asyncio
import os
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from gateway.daemon import serve
from gateway.logs import set_up
from gateway.sftp import SftpTransport
from gateway.spool import Spool
from gateway.store import Store
from gateway.vault import Vault
from tests.crash.mutants import MUTANTS

DURABLE = "durable"
"""The file in a site's root that says what was made durable."""


class Steps:
    """Counts how often each step is reached, and stands still at the wanted one."""

    def __init__(self, wanted: str, nth: int, tell: int) -> None:
        self.wanted, self.left, self.tell = wanted, nth, tell

    def reached(self, step: str) -> None:
        if step != self.wanted:
            return
        self.left -= 1
        if self.left == 0:
            os.write(self.tell, b"!")
            while True:
                time.sleep(60)


def wrap(steps: Steps) -> None:
    """Put a step before and after everything that commits or acts on the outside world."""
    _around_commits(steps)
    for kind, name in (
        (Spool, "take"),
        (Spool, "finish"),
        (Spool, "refuse"),
        (Vault, "seal"),
    ):
        setattr(kind, name, _around(steps, f"{kind.__name__}.{name}", getattr(kind, name)))
    for name in ("put", "rename", "size", "listing", "discard"):
        setattr(SftpTransport, name, _around_async(steps, f"sftp.{name}", getattr(SftpTransport, name)))
    _within_put(steps)


def _around_commits(steps: Steps) -> None:
    commit = Store.write_as

    async def write_as(self: Store, actor: str, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        told = [type(a).__name__ for a in args if type(a).__module__.startswith("gateway.events.")]
        step = ".".join([fn.__module__.rsplit(".", 1)[-1], fn.__name__, *told[:1]])
        steps.reached(f"before {step}")
        result = await commit(self, actor, fn, *args, **kwargs)
        steps.reached(f"after {step}")
        return result

    Store.write_as = write_as  # type: ignore[method-assign, assignment]


def _around(steps: Steps, step: str, act: Callable[..., Any]) -> Callable[..., Any]:
    def acting(*args: Any, **kwargs: Any) -> Any:
        steps.reached(f"before {step}")
        result = act(*args, **kwargs)
        steps.reached(f"after {step}")
        return result

    return acting


def _around_async(steps: Steps, step: str, act: Callable[..., Any]) -> Callable[..., Any]:
    async def acting(*args: Any, **kwargs: Any) -> Any:
        steps.reached(f"before {step}")
        result = await act(*args, **kwargs)
        steps.reached(f"after {step}")
        return result

    return acting


def _within_put(steps: Steps) -> None:
    """Stand still when half of a file's bytes are on the wire."""
    put = SftpTransport.put

    async def putting(self: SftpTransport, source: Any, size: int, path: str, **kwargs: Any) -> int:
        return await put(self, lambda: _halved(steps, source()), size, path, **kwargs)

    SftpTransport.put = putting  # type: ignore[method-assign, assignment]


def _halved(steps: Steps, blocks: Iterable[bytes]) -> Iterator[bytes]:
    for block in blocks:
        yield block[: len(block) // 2]
        steps.reached("within sftp.put")
        yield block[len(block) // 2 :]


def durable(record: Path) -> None:
    """Write down every file whose bytes were made durable, by its inode: a power cut takes the others."""
    fsync, fd = os.fsync, os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def noted(number: int) -> None:
        fsync(number)
        os.write(fd, f"{os.fstat(number).st_ino}\n".encode())

    os.fsync = noted  # type: ignore[assignment]


def grow(config: Path, wanted: str, nth: int, mutant: str, tell: int) -> None:
    """The whole life of a forked child: it never returns."""
    try:
        set_up(file=config.parent.parent / "gateway.log")
        durable(config.parent.parent / DURABLE)
        if mutant:
            MUTANTS[mutant][0]()
        wrap(Steps(wanted, nth, tell))
        asyncio.run(serve(config, until_idle=True))
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)
