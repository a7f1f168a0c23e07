"""A trading partner in a box: SFTP server, back office and clock, on loopback, without an account or root."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import paramiko

from gateway.testing.payer import algorithms, keys
from gateway.testing.payer.back_office import BackOffice
from gateway.testing.payer.casebook import ReceivedClaim
from gateway.testing.payer.door import Door, Guard
from gateway.testing.payer.hours import is_down
from gateway.testing.payer.journal import Arrival
from gateway.testing.payer.scenario import Scenario
from gateway.testing.payer.server import Folders
from gateway.testing.payer.wrapping import Unwrap

_LOOK = 0.05
_LOG = "gateway.testing.payer.ssh"
# A client that vanishes is this server's daily bread, not news.
logging.getLogger(_LOG).addHandler(logging.NullHandler())
logging.getLogger(_LOG).propagate = False


def _now() -> datetime:
    return datetime.now(UTC)


class PayerSimulator:
    """Takes files in /in, answers in /out, or in the folders of its scenario.

    Everything it knows lies under `root`, so that another simulator with the same root goes on where this one stopped:
    keys, port, control numbers, answers still due, what was received. One that is never started may read what a
    running one received.

    `interval` is the seconds between ticks of a loop of its own; with 0 nothing moves until `tick()` is called.
    `scenario` may be replaced at any time, and answers still due follow the new one. `inbox` and `outbox` are the
    local folders behind its first drop folder and that one's answers. `wrappings` take off what a file may be wrapped in
    beside zip, by name (`pgp`). `tell` hears of everything that happens: a word, and facts that name files and numbers,
    never a patient.
    """

    user = "submitter"  # any other will do as well

    def __init__(
        self,
        root: Path,
        scenario: Scenario | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        interval: float = 0,
        clock: Callable[[], datetime] = _now,
        wrappings: Mapping[str, Unwrap] | None = None,
        tell: Callable[..., None] = lambda what, **facts: None,
    ) -> None:
        self.root, self.host, self._interval, self._clock = root, host, interval, clock
        self._office = BackOffice(root, scenario or Scenario(), clock, wrappings, tell)
        self._guard = Guard(self._office)
        self._host_key_file = keys.key_file(root / "keys" / "host")
        self._next_host_key_file = keys.key_file(root / "keys" / "host.next")
        self.client_key = keys.key_file(root / "keys" / "client")
        self.password = keys.password(root / "keys" / "password")
        self._port_file = root / "port"
        self.port = port or (int(self._port_file.read_text()) if self._port_file.exists() else 0)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._doors: list[Door] = []
        self._silent: list[socket.socket] = []
        self._doors_lock = threading.Lock()

    @property
    def scenario(self) -> Scenario:
        """What it does now."""
        return self._office.scenario

    @scenario.setter
    def scenario(self, scenario: Scenario) -> None:
        self._office.scenario = scenario

    @property
    def host_key(self) -> str:
        """The public host key to pin, `ssh-ed25519 AAAA...`."""
        return keys.public_line(self._current_host_key())

    @property
    def next_host_key(self) -> str:
        """The key that takes its place on the day of `new_host_key_on`."""
        return keys.public_line(self._next_host_key_file)

    def _current_host_key(self) -> Path:
        day = self.scenario.server.new_host_key_on
        return self._next_host_key_file if day and self._clock().date() >= day else self._host_key_file

    @property
    def inbox(self) -> Path:
        """The local folder behind the first drop folder."""
        return self._office.drops.local(self.scenario.server.folders[0].takes)

    @property
    def outbox(self) -> Path:
        """The local folder behind the one for its answers."""
        return self._office.drops.local(self.scenario.server.folders[0].gives)

    def folder(self, path: str) -> Path:
        """The local folder behind any of those that a partner sees."""
        return self._office.drops.local(path)

    def start(self) -> None:
        """Listen, and tick by itself if there is an interval. Raises OSError where the port is taken."""
        self._stopping.clear()
        listener = socket.create_server((self.host, self.port))
        self.port = listener.getsockname()[1]
        self._port_file.write_text(str(self.port))
        self._listener = listener
        self._run(self._accept, listener)
        self._run(self._patience)
        if self._interval:
            self._run(self._loop)

    def stop(self) -> None:
        """Hang up on everybody and wait until what they left open is closed."""
        if self._stopping.is_set() or not self._threads:
            return
        self._stopping.set()
        # Closing alone does not wake a thread that waits in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self.hang_up()

    def hang_up(self) -> None:
        """Drop every connection now."""
        with self._doors_lock:
            doors, self._doors = self._doors, []
            silent, self._silent = self._silent, []
        for connection in silent:
            connection.close()
        for door in doors:
            door.transport.close()
        for door in doors:
            if door.session:
                door.session.join(5)

    def change_host_key(self) -> None:
        """New connections meet a host key that nobody has pinned."""
        self._host_key_file.unlink()
        keys.key_file(self._host_key_file)

    @property
    def login_attempts(self) -> int:
        """How often anybody tried to log in since it was made, also in vain."""
        return self._guard.attempts

    @property
    def silences(self) -> int:
        """How often a session came to a step at which it fell silent."""
        return self._guard.silences

    @property
    def open_sessions(self) -> int:
        """How many are logged in now."""
        return self._sessions()

    def renew_password(self) -> None:
        """Its days and the counted logins begin anew, and a locked account is open again."""
        self._guard.renew_password()

    def tick(self) -> tuple[str, ...]:
        """Take what arrived and write the answers that are due. Returns the names of all that was laid down."""
        return self._office.tick()

    def arrivals(self) -> tuple[tuple[Arrival, bytes], ...]:
        """Every file that ever arrived, in order, with its bytes."""
        journal = self._office.drops.journal
        return tuple((arrival, journal.read(arrival)) for arrival in journal.arrivals)

    def received_claims(self, *, accepted_only: bool = False) -> list[ReceivedClaim]:
        """Every claim in everything that ever arrived, in order and repeated as often as it came; or only those in
        interchanges that a tick judged and no TA1 refused."""
        with self._office.drops.lock:
            return self._office.casebook.received_claims(accepted_only=accepted_only)

    def claims_taken(self) -> list[ReceivedClaim]:
        """Those that neither a TA1 nor a 999 refused: what must never come twice."""
        with self._office.drops.lock:
            return self._office.casebook.claims_taken()

    @property
    def is_idle(self) -> bool:
        """Whether no answer is due any more."""
        return self._office.is_idle

    def __enter__(self) -> PayerSimulator:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _run(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, name="payer-simulator", daemon=True)
        thread.start()
        self._threads.append(thread)

    def _loop(self) -> None:
        while not self._stopping.wait(self._interval):
            self.tick()

    def _patience(self) -> None:
        """Hang up on sessions that are idle for too long."""
        while not self._stopping.wait(_LOOK):
            limit = self.scenario.server.idle_seconds
            if not limit:
                continue
            with self._doors_lock:
                idle = [door for door in self._doors if time.monotonic() - door.active_at > limit]
            for door in idle:
                door.transport.close()

    def _sessions(self) -> int:
        with self._doors_lock:
            return sum(door.in_session for door in self._doors)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self._welcome(connection)

    def _welcome(self, connection: socket.socket) -> None:
        if is_down(self.scenario.server, self._clock()):
            connection.close()
            return
        if "connect" in self.scenario.faults.hang:
            with self._doors_lock:
                self._silent.append(connection)
            return
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport = paramiko.Transport(connection)
        transport.set_log_channel(_LOG)
        algorithms.limit(transport, self.scenario.server.algorithms)
        transport.add_server_key(keys.load(self._current_host_key()))
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Folders)
        client_key = keys.load(self.client_key)
        door = Door(self._office, self._guard, transport, self.password, client_key, self._sessions)
        with self._doors_lock:
            self._doors = [*(each for each in self._doors if each.transport.is_alive()), door]
        # With an event to set, the negotiation runs on the transport's own thread.
        transport.start_server(event=threading.Event(), server=door)
