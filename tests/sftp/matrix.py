"""Every fault of a network at every step of the protocol: what the transport says of it, and after how long.

`python -m tests.sftp.matrix` prints the table; `make faults` does so, too.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gateway.errors import GatewayError, InDoubt, Transient
from gateway.sftp import Limits, SftpTransport, transport
from gateway.sftp.client import Client
from gateway.sftp.packets import Kind
from tests.servers import Direction, FaultProxy, Sshd, running_sshd
from tests.sftp.helpers import Kept, account_at

LIMITS = Limits(connect=1.5, reply=1.0, listing=3.0)
BOUND = 3.0
"""Seconds within which every fault is known by these limits: a reply's or a connection's, and closing on top."""
DATA = b"x" * 100_000


@dataclass(frozen=True)
class Fault:
    """What the network does (a method of the proxy), and when: at the next byte of a request, or of its answer."""

    does: Literal["cut", "hang_up", "swallow"]
    answer: bool

    def strike(self, proxy: FaultProxy, passed: int = 0) -> None:
        """Now, or where so many bytes of the server's have `passed`."""
        direction: Direction = "down" if self.answer or passed else "up"
        getattr(proxy, self.does)(direction, passed + self.answer)


FAULTS = {
    "reset, request lost": Fault("cut", answer=False),
    "reset, answer lost": Fault("cut", answer=True),
    "closed, request lost": Fault("hang_up", answer=False),
    "closed, answer lost": Fault("hang_up", answer=True),
    "silence, request lost": Fault("swallow", answer=False),
    "silence, answer lost": Fault("swallow", answer=True),
}


@dataclass(frozen=True)
class Step:
    """A moment of the protocol: `kind` is the request that is about to be made, or where there is none `connecting` the
    bytes of the server after which it comes. `act` is what leads there; `doubt` whether the partner may have the file."""

    act: Callable[[SftpTransport, Sshd], Awaitable[Any]]
    kind: Kind | None = None
    connecting: int = 0
    doubt: bool = False


async def _nothing(session: SftpTransport, sshd: Sshd) -> None:
    """Connecting was all."""


async def _put(session: SftpTransport, sshd: Sshd) -> None:
    await session.put(DATA, len(DATA), f"{sshd.incoming}/a.837")


async def _put_hidden(session: SftpTransport, sshd: Sshd) -> None:
    await session.put(DATA, len(DATA), f"{sshd.incoming}/.a.part", final=False)


async def _size(session: SftpTransport, sshd: Sshd) -> None:
    await session.size(f"{sshd.outgoing}/there")


async def _rename(session: SftpTransport, sshd: Sshd) -> None:
    await session.rename(f"{sshd.outgoing}/there", f"{sshd.incoming}/b.837")


async def _list(session: SftpTransport, sshd: Sshd) -> None:
    await session.listing(str(sshd.outgoing))


async def _get(session: SftpTransport, sshd: Sshd) -> None:
    async for _ in session.get(f"{sshd.outgoing}/there"):
        pass


async def _discard(session: SftpTransport, sshd: Sshd) -> None:
    await session.discard(f"{sshd.outgoing}/there")


STEPS = {
    "connect": Step(_nothing, connecting=0),
    "key exchange": Step(_nothing, connecting=60),
    "login": Step(_nothing, connecting=-1),
    "open": Step(_put, Kind.OPEN),
    "write": Step(_put, Kind.WRITE, doubt=True),
    "close": Step(_put, Kind.CLOSE, doubt=True),
    "write, hidden name": Step(_put_hidden, Kind.WRITE),
    "close, hidden name": Step(_put_hidden, Kind.CLOSE),
    "stat": Step(_size, Kind.STAT),
    "rename": Step(_rename, Kind.EXTENDED, doubt=True),
    "list": Step(_list, Kind.READDIR),
    "read": Step(_get, Kind.READ),
    "remove": Step(_discard, Kind.REMOVE),
}


@dataclass(frozen=True)
class Cell:
    """What became of one fault at one step."""

    step: str
    fault: str
    said: str
    seconds: float
    right: bool


async def cell(sshd: Sshd, step: str, fault: str) -> Cell:
    """Let it happen once. Right: said in time by whose turn it is, and as a doubt exactly where there is one."""
    wanted, happens = STEPS[step], FAULTS[fault]
    (sshd.outgoing / "there").write_bytes(DATA)
    begun = time.monotonic()
    try:
        async with asyncio.timeout(10 * BOUND), FaultProxy(sshd.port) as proxy:
            with _armed(wanted, happens, proxy) as moment:
                session = SftpTransport(
                    account_at(proxy.port, sshd.user, (sshd.host_keys["ed25519"],)),
                    lambda _: Kept(sshd.private_keys["ed25519"]),
                    LIMITS,
                )
                try:
                    async with session:
                        await wanted.act(session, sshd)
                except GatewayError as failure:
                    begun = moment[0] if moment else begun
                    seconds = time.monotonic() - begun
                    kind = InDoubt if wanted.doubt else Transient
                    return Cell(step, fault, failure.code, seconds, isinstance(failure, kind))
    except TimeoutError:
        return Cell(step, fault, "HUNG", time.monotonic() - begun, False)
    finally:
        for folder in (sshd.incoming, sshd.outgoing):
            for path in folder.iterdir():
                path.unlink()
    return Cell(step, fault, "NOTHING", time.monotonic() - begun, False)


@contextmanager
def _armed(step: Step, fault: Fault, proxy: FaultProxy) -> Iterator[list[float]]:
    """The fault happens when the step is reached; the list then holds that moment."""
    moment: list[float] = []
    ask, log_in = Client._ask, transport.log_in

    def strike() -> None:
        if not moment:
            moment.append(time.monotonic())
            fault.strike(proxy)

    def asking(self: Client, kind: Kind, *fields: bytes) -> int:
        if kind == step.kind:
            strike()
        return ask(self, kind, *fields)

    def logging_in(*args: Any) -> None:
        if step.connecting < 0:
            strike()
        log_in(*args)

    if step.kind is None and step.connecting >= 0:
        fault.strike(proxy, step.connecting)
    Client._ask, transport.log_in = asking, logging_in  # type: ignore[method-assign]
    try:
        yield moment
    finally:
        Client._ask, transport.log_in = ask, log_in  # type: ignore[method-assign]


async def matrix() -> list[Cell]:
    """Every cell, one after another."""
    with tempfile.TemporaryDirectory(prefix="matrix-") as folder, running_sshd(Path(folder)) as sshd:
        return [await cell(sshd, step, fault) for step in STEPS for fault in FAULTS]


def figures(cells: list[Cell]) -> dict[str, float]:
    """For build/faults.json."""
    return {
        "network_cells": len(cells),
        "network_wrong": sum(not cell.right for cell in cells),
        "network_slowest_s": round(max(cell.seconds for cell in cells), 2),
        "network_late": sum(cell.seconds > BOUND for cell in cells),
    }


def show(cells: list[Cell]) -> None:
    """A row for each step, a column for each fault: the code, and the seconds until it was known."""
    print(f"{'':<20}" + "".join(f"{fault:<26}" for fault in FAULTS))
    for step in STEPS:
        row = [f"{c.said} {c.seconds:.2f} s{'' if c.right else ' WRONG'}" for c in cells if c.step == step]
        print(f"{step:<20}" + "".join(f"{text:<26}" for text in row))


if __name__ == "__main__":
    found = asyncio.run(matrix())
    show(found)
    print(figures(found))
