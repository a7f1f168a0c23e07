"""Files to and from a real sshd on the loopback, by our transport and by OpenSSH's own `sftp`, in one run."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from statistics import median

from gateway.model.partners import Account, Endpoint, Stage
from gateway.model.x12 import Address
from gateway.sftp import SftpTransport
from tests.servers import FaultProxy, Sshd, running_sshd

SMALL, SMALL_BYTES = 200, 50_000
LARGE_BYTES = 200_000_000
ROUNDS = 3
DELAYS = {"": 0.0, "_20ms": 0.020, "_80ms": 0.080}
FEWER = 40
"""Small files where each takes round trips of 20 or 80 ms."""
LESS = 20_000_000


@dataclass(frozen=True)
class _Credential:
    key: bytes

    def reveal(self) -> bytes:
        return self.key


@dataclass(frozen=True)
class Bench:
    """A server, the way to it, and the files on both sides."""

    sshd: Sshd
    port: int
    folder: Path

    def session(self) -> SftpTransport:
        """A new session of ours."""
        endpoint = Endpoint("sftp", "127.0.0.1", self.port)
        keys = (self.sshd.host_keys["ed25519"],)
        who = ("p", Address("ZZ", "S"), "S", "S", "5555550100", self.sshd.user, "k", keys, Stage.TEST, endpoint)
        return SftpTransport(Account(*who), lambda name: _Credential(self.sshd.private_keys["ed25519"]))

    def openssh(self, *lines: str) -> None:
        """OpenSSH's client, doing these lines of a batch file in one session."""
        (self.folder / "batch").write_text("\n".join(lines) + "\n")
        known = self.folder / "known_hosts"
        known.write_text(f"[127.0.0.1]:{self.port} {self.sshd.host_keys['ed25519']}\n")
        options = [f"UserKnownHostsFile={known}", f"IdentityFile={self.folder}/sshd/user_ed25519", "IdentitiesOnly=yes"]
        command = ["sftp", "-q", "-P", str(self.port), "-b", str(self.folder / "batch")]
        command += [word for option in options for word in ("-o", option)]
        subprocess.run([*command, f"{self.sshd.user}@127.0.0.1"], check=True, stdout=subprocess.DEVNULL)


def measure_sftp() -> dict[str, float]:
    """Ratios of ours to OpenSSH's: files a second, or megabytes a second. Logging in counts for both."""
    folder = Path(tempfile.mkdtemp(prefix="bench-sftp-"))
    try:
        return asyncio.run(_all(folder))
    finally:
        rmtree(folder)


async def _all(folder: Path) -> dict[str, float]:
    figures: dict[str, float] = {}
    (folder / "sshd").mkdir()
    (folder / "small").write_bytes(os.urandom(SMALL_BYTES))
    with running_sshd(folder / "sshd") as sshd:
        for name, delay in DELAYS.items():
            count, size = (FEWER, LESS) if delay else (SMALL, LARGE_BYTES)
            (folder / "large").write_bytes(os.urandom(1_000_000) * (size // 1_000_000))
            async with FaultProxy(sshd.port, delay=delay / 2) as proxy:
                bench = Bench(sshd, proxy.port if delay else sshd.port, folder)
                for what, work in _WORK.items():
                    figures |= _told(f"sftp_{what}{name}", await _compared(bench, work, count), count, size)
    return figures


async def _compared(bench: Bench, work: _Work, count: int) -> tuple[float, float]:
    """Seconds of ours and of OpenSSH's, in turn, the medians."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS):
        begun = time.perf_counter()
        await work.ours(bench, number, count)
        between = time.perf_counter()
        await asyncio.to_thread(bench.openssh, *work.theirs(bench, number, count))
        seconds[0].append(between - begun)
        seconds[1].append(time.perf_counter() - between)
        for path in [*bench.sshd.incoming.iterdir(), bench.folder / "fetched"]:
            path.unlink(missing_ok=True)
    return median(seconds[0]), median(seconds[1])


def _told(name: str, seconds: tuple[float, float], count: int, size: int) -> dict[str, float]:
    ours, theirs = seconds
    small = "small" in name
    unit, amount = ("files_per_s", count) if small else ("mb_per_s", size / 1e6)
    return {f"{name}_vs_openssh": theirs / ours, f"{name}_{unit}": amount / ours}


@dataclass(frozen=True)
class _Work:
    """One thing to do in both ways: (bench, round, how many small files)."""

    ours: Callable[[Bench, int, int], Awaitable[None]]
    theirs: Callable[[Bench, int, int], list[str]]


async def _put_small(bench: Bench, number: int, count: int) -> None:
    """As a submission is sent: written, its size seen, renamed, seen again; each answer is waited for."""
    source, into = bench.folder / "small", bench.sshd.incoming
    async with bench.session() as session:
        for n in range(count):
            hidden, final = f"{into}/.o{number}_{n}.part", f"{into}/o{number}_{n}"
            await session.put(source, SMALL_BYTES, hidden, final=False)
            await session.size(hidden)
            await session.rename(hidden, final)
            await session.size(final)


def _put_small_openssh(bench: Bench, number: int, count: int) -> list[str]:
    into = bench.sshd.incoming
    names = [f"{into}/t{number}_{n}" for n in range(count)]
    return [line for name in names for line in (f"put {bench.folder}/small {name}.part", f"rename {name}.part {name}")]


async def _put_large(bench: Bench, number: int, count: int) -> None:
    source = bench.folder / "large"
    async with bench.session() as session:
        await session.put(source, source.stat().st_size, f"{bench.sshd.incoming}/.o{number}", final=False)
        await session.rename(f"{bench.sshd.incoming}/.o{number}", f"{bench.sshd.incoming}/o{number}")


def _put_large_openssh(bench: Bench, number: int, count: int) -> list[str]:
    name = f"{bench.sshd.incoming}/t{number}"
    return [f"put {bench.folder}/large {name}.part", f"rename {name}.part {name}"]


async def _get_small(bench: Bench, number: int, count: int) -> None:
    async with bench.session() as session:
        for _ in range(count):
            async for _ in session.get(str(bench.folder / "small")):
                pass


def _get_small_openssh(bench: Bench, number: int, count: int) -> list[str]:
    return [f"get {bench.folder}/small {bench.folder}/fetched"] * count


async def _get_large(bench: Bench, number: int, count: int) -> None:
    async with bench.session() as session:
        with (bench.folder / "fetched").open("wb") as file:
            async for block in session.get(str(bench.folder / "large")):
                file.write(block)


def _get_large_openssh(bench: Bench, number: int, count: int) -> list[str]:
    return [f"get {bench.folder}/large {bench.folder}/fetched"]


_WORK = {
    "small": _Work(_put_small, _put_small_openssh),
    "large": _Work(_put_large, _put_large_openssh),
    "fetch_small": _Work(_get_small, _get_small_openssh),
    "fetch_large": _Work(_get_large, _get_large_openssh),
}

if __name__ == "__main__":
    for figure, value in measure_sftp().items():
        print(f"{figure:<34} {value:>12,.3f}")
