"""What the SFTP tests share: an account, quick limits, and a look at what a transport leaves behind."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import paramiko

from gateway.model.partners import Account, Endpoint, Stage
from gateway.model.x12 import Address
from gateway.sftp import Limits, SftpTransport
from gateway.sftp.line import Listener

QUICK = Limits(connect=10, reply=0.6)

Reach = Callable[..., SftpTransport]


@dataclass(frozen=True)
class Kept:
    """A secret in memory."""

    value: bytes

    def reveal(self) -> bytes:
        return self.value


def account_at(port: int, user: str, host_keys: tuple[str, ...]) -> Account:
    return Account(
        partner="acme_edi",
        sender=Address("ZZ", "MILLPOND"),
        submitter_id="MILLPOND",
        submitter_name="MILL POND CLINIC",
        contact_phone="5550100",
        user=user,
        credential="acme_sftp",
        host_keys=host_keys,
        stage=Stage.TEST,
        endpoint=Endpoint("sftp", "127.0.0.1", port),
    )


def threads() -> set[threading.Thread]:
    """Those that a transport starts: its own, paramiko's for the client's side, and the timer that this one starts."""
    return {
        thread
        for thread in threading.enumerate()
        if thread.name.startswith("sftp")
        or isinstance(getattr(getattr(thread, "function", None), "__self__", None), Listener)
        or (isinstance(thread, paramiko.Transport) and not thread.server_mode)
    }


def sockets() -> int:
    """How many this process has open."""
    found = 0
    for name in os.listdir("/proc/self/fd"):
        try:
            found += os.readlink(f"/proc/self/fd/{name}").startswith("socket:")
        except OSError:
            continue
    return found


def wait_until(done: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.02)
    return done()


async def eventually(done: Callable[[], bool], seconds: float = 5.0) -> bool:
    """As wait_until, for what the event loop has a part in."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    return done()
