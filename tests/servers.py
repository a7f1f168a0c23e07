"""Real servers for tests: an OpenSSH sshd of our own, and a TCP proxy that does to it what networks do."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

import pytest

SSHD = "/usr/sbin/sshd"  # sshd insists on being called by its absolute path
KEY_TYPES = {"ed25519": "256", "ecdsa": "256", "rsa": "2048"}
CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
{host_keys}
PidFile none
AuthorizedKeysFile {folder}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PubkeyAuthentication yes
PermitRootLogin prohibit-password
AllowUsers {user}
AllowTcpForwarding no
X11Forwarding no
PermitTTY no
PermitTunnel no
Subsystem sftp internal-sftp -l INFO
ForceCommand internal-sftp -l INFO
MaxStartups 100:30:200
MaxSessions 100
LogLevel VERBOSE
"""


def require_sshd() -> None:
    """Skip where no OpenSSH server is installed; in continuous integration that is a failure."""
    missing = [program for program in (SSHD, "ssh-keygen") if not shutil.which(program)]
    if not missing:
        return
    reason = f"{missing[0]} is missing: apt-get install --no-install-recommends openssh-server"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass(frozen=True, slots=True)
class Sshd:
    """A running server. `host_keys` are `ssh-ed25519 AAAA...`, `private_keys` open it for `user`, all by key type; the
    folders `incoming` and `outgoing` are the payer's, `log_file` tells every login."""

    port: int
    user: str
    host_keys: dict[str, str]
    private_keys: dict[str, bytes]
    incoming: Path
    outgoing: Path
    log_file: Path

    def log(self) -> str:
        """All that the server has said so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")


@contextmanager
def running_sshd(folder: Path) -> Iterator[Sshd]:
    """An sshd on a free port of the loopback, as whoever runs the tests, with fresh keys; it ends with the block."""
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # root's sshd insists on it
    user = pwd.getpwuid(os.geteuid()).pw_name
    hosts = {kind: make_key(folder / f"host_{kind}", kind) for kind in KEY_TYPES}
    users = {kind: make_key(folder / f"user_{kind}", kind) for kind in KEY_TYPES}
    (folder / "authorized_keys").write_text("\n".join(users.values()) + "\n", encoding="ascii")
    for name in ("incoming", "outgoing"):
        (folder / name).mkdir()
    port = free_port()
    lines = "\n".join(f"HostKey {folder}/host_{kind}" for kind in KEY_TYPES)
    config = folder / "sshd_config"
    config.write_text(CONFIG.format(port=port, host_keys=lines, folder=folder, user=user), encoding="ascii")
    log = folder / "sshd.log"
    process = subprocess.Popen([SSHD, "-D", "-f", str(config), "-E", str(log)])
    try:
        wait_for_port(port, process, log)
        private = {kind: (folder / f"user_{kind}").read_bytes() for kind in KEY_TYPES}
        yield Sshd(port, user, hosts, private, folder / "incoming", folder / "outgoing", log)
    finally:
        process.terminate()
        process.wait(timeout=5)


def make_key(path: Path, kind: str, passphrase: str = "") -> str:
    """A new key pair at `path`; returns the public key without its comment (paramiko misreads some that have none)."""
    command = ["ssh-keygen", "-q", "-t", kind, "-b", KEY_TYPES[kind], "-N", passphrase, "-C", "test", "-f", str(path)]
    subprocess.run(command, check=True)
    return path.with_name(path.name + ".pub").read_text(encoding="ascii").removesuffix(" test\n")


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server listens; what it said if it does not."""
    end = time.monotonic() + 10
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    pytest.fail(f"sshd did not start: {log.read_text(encoding='utf-8') if log.exists() else 'no log'}")


Direction = Literal["up", "down"]
Writers = tuple[asyncio.StreamWriter, asyncio.StreamWriter]
"""To the client and to the server."""


@dataclass(slots=True)
class FaultProxy:
    """A TCP proxy before `target` (a port of the loopback). `delay` is one way, in seconds.

    `cut`, `hang_up` and `swallow` count bytes from the moment they are called: `up` is towards the server.
    """

    target: int
    delay: float = 0.0
    port: int = 0
    _passed: dict[Direction, int] = field(default_factory=lambda: {"up": 0, "down": 0})
    _cuts: dict[Direction, int] = field(default_factory=dict)
    _ends: dict[Direction, int] = field(default_factory=dict)
    _holes: dict[Direction, int] = field(default_factory=dict)
    _listener: socket.socket | None = None
    _accepted: list[socket.socket] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def connections(self) -> int:
        """How many were ever made."""
        return len(self._accepted)

    def cut(self, direction: Direction, after: int) -> None:
        """Reset both connections (RST) once so many bytes have passed."""
        self._cuts[direction] = self._passed[direction] + after

    def hang_up(self, direction: Direction, after: int) -> None:
        """Close both connections (FIN) once so many bytes have passed."""
        self._ends[direction] = self._passed[direction] + after

    def swallow(self, direction: Direction, after: int) -> None:
        """From so many bytes on nothing arrives any more, in either direction, and nobody hangs up."""
        self._holes[direction] = self._passed[direction] + after

    async def __aenter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        asyncio.get_running_loop().add_reader(self._listener, self._accept, self._listener)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._listener
        asyncio.get_running_loop().remove_reader(self._listener)
        self._listener.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()
            with suppress(ConnectionError):
                await writer.wait_closed()
        for connection in self._accepted:
            connection.close()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    def _accept(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        self._accepted.append(connection)
        self._start(self._serve(connection))

    async def _serve(self, connection: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=connection)
        self._writers.append(writer)
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.target)
        self._writers.append(up_writer)
        both = (writer, up_writer)
        self._start(self._pump(reader, up_writer, "up", both))
        self._start(self._pump(up_reader, writer, "down", both))

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: Direction, both: Writers
    ) -> None:
        due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        sender = asyncio.create_task(self._send(due, writer))
        try:
            while True:
                data = await reader.read(16 * 1024)
                self._passed[direction] += len(data)
                if any(self._passed[way] >= at for way, at in self._cuts.items()):
                    return _reset(both)
                if any(self._passed[way] >= at for way, at in self._ends.items()):
                    return _close(both)
                if any(self._passed[way] >= at for way, at in self._holes.items()):
                    await asyncio.Event().wait()
                due.put_nowait((loop.time() + self.delay, data))
                if not data:
                    return await sender
        except ConnectionError:  # of these two, which says nothing of anybody else's
            _reset(both)
        finally:
            sender.cancel()

    async def _send(self, due: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        while True:
            at, data = await due.get()
            await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
            if not data:
                writer.close()
                return
            writer.write(data)
            await writer.drain()


def _close(writers: Writers) -> None:
    for writer in writers:
        writer.close()


def _reset(writers: Writers) -> None:
    for writer in writers:
        connection = writer.get_extra_info("socket")
        if connection.fileno() >= 0:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()


MOSQUITTO = "/usr/sbin/mosquitto"


def require_mosquitto() -> None:
    """Skip where no MQTT broker is installed; in continuous integration that is a failure."""
    if shutil.which(MOSQUITTO):
        return
    reason = f"{MOSQUITTO} is missing: apt-get install --no-install-recommends mosquitto"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass(slots=True)
class Mosquitto:
    """An MQTT broker on one port of the loopback, which a test may kill and start again; it remembers nothing then.

    `settings` are further lines of its configuration: who may come, and with what. It ends with the block.
    """

    folder: Path
    settings: str = "allow_anonymous true"
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def log_file(self) -> Path:
        """Where it tells what it does."""
        return self.folder / "mosquitto.log"

    def start(self) -> None:
        """Return once it listens."""
        user = "user root" if os.geteuid() == 0 else ""  # else it becomes a user who cannot read the test's files
        log = f"log_dest file {self.log_file}\nlog_type all"
        config = self.folder / "mosquitto.conf"
        lines = (f"listener {self.port} 127.0.0.1", user, log, self.settings, "persistence false")
        config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._process = subprocess.Popen([MOSQUITTO, "-c", str(config)], stderr=subprocess.DEVNULL)
        wait_for_port(self.port, self._process, self.log_file)

    def signal(self, number: int) -> None:
        """SIGSTOP leaves it deaf, with every connection open; SIGCONT lets it go on."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL: it dies without a word to anybody."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=5)
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
