"""One SSH connection, in a thread of its own, cut when time is up."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import paramiko
from paramiko.common import MSG_DISCONNECT, MSG_USERAUTH_FAILURE, MSG_USERAUTH_INFO_REQUEST
from paramiko.packet import Packetizer
from paramiko.ssh_exception import IncompatiblePeer

from gateway.errors import GatewayError
from gateway.sftp.faults import classified, fault
from gateway.sftp.packets import StatusError

# Its messages hold file names and servers' texts; all it knows of a failure reaches the caller, classified.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)

# Best first. What paramiko offers beside these (CBC, SHA-1, MD5), now or in a later version, is not negotiated.
CIPHERS = ("aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr", "aes192-ctr", "aes128-ctr")
MACS = ("hmac-sha2-512-etm@openssh.com", "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512", "hmac-sha2-256")
GRACE = 3.0  # seconds for a thread to notice that its connection was cut: measured in hundredths

BUFFER = 256 * 1024  # bytes taken from the socket at once
UNREAD = 4 * 1024 * 1024  # bytes that the server may send before we have read them
PACKET = 256 * 1024  # bytes in one packet from the server, where it makes them so large

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long is too long. Seconds: `connect` from dialling to the open session, `reply` without any answer while one
    is due, `listing` for a whole folder. `slowest` is in bytes a second over a whole file, `largest` in bytes."""

    connect: float = 30.0
    reply: float = 30.0
    listing: float = 300.0
    slowest: int = 8 * 1024
    largest: int = 1024**3

    def transfer(self, size: int | None) -> float:
        """For a file of this size; None is a size that the server does not tell."""
        return self.reply + (self.largest if size is None else size) / self.slowest


class Buffered:
    """A socket that is read in large pieces: paramiko asks it for the head of each packet, then for the rest."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._came, self._at = b"", 0

    def recv(self, count: int) -> bytes:
        """Up to `count` bytes, none at the end; raises as a socket does."""
        if self._at >= len(self._came):
            self._came, self._at = self._connection.recv(max(count, BUFFER)), 0
        piece = self._came[self._at : self._at + count]
        self._at += len(piece)
        return piece

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)


class Listener(Packetizer):  # type: ignore[misc]
    """Remembers a refusal: paramiko forgets it when the connection ends right after. And that more was asked for."""

    refused = asked = False

    def read_message(self) -> tuple[int, paramiko.Message]:
        kind, message = super().read_message()
        self.refused |= kind in (MSG_USERAUTH_FAILURE, MSG_DISCONNECT)
        self.asked |= kind == MSG_USERAUTH_INFO_REQUEST  # the same number asks for a new password
        return kind, message


class Line:
    """A connection to one server, the only thread that works on it, and the watch over both.

    Closing the transport is what frees a thread in paramiko: a keepalive does not notice a dead peer, and some of its
    waits know no time-out.
    """

    def __init__(self, host: str, port: int, limits: Limits, legacy: Sequence[str] = ()) -> None:
        """`legacy` are old algorithms that are spoken too, where the server has nothing better."""
        self._host, self._port, self._limits, self._legacy = host, port, limits, tuple(legacy)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sftp")
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._session: paramiko.Transport | None = None
        self._channel: paramiko.Channel | None = None
        self._heard = 0.0
        self.server = f"{host}:{port}"
        self.ended = False
        self.expired = False

    @property
    def alive(self) -> bool:
        """Whether nothing ended it, on either side."""
        return not self.ended and self._session is not None and self._session.is_active()

    async def within(self, seconds: float, work: Callable[[], T], silence: float | None = None) -> T:
        """Run `work` in the thread, for `seconds` at most and `silence` (default: a reply's limit) without an answer.

        Raises GatewayErrors, and StatusError for the server's no. After any other failure the line has ended, and so it
        has when the caller is cancelled.
        """
        if self.ended:
            raise fault("NOT_CONNECTED", self.server)
        self.heard()
        future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        future.add_done_callback(lambda done: done.cancelled() or done.exception())  # it may end unobserved
        try:
            await self._watch(future, time.monotonic() + seconds, silence or self._limits.reply)
            if not future.done():
                raise TimeoutError
            return future.result()
        except (GatewayError, StatusError):
            raise
        except Exception as error:
            self.abandon()
            raise self._failure(error) from None
        except BaseException:
            self.abandon()
            raise

    async def hang_up(self) -> None:
        """End the session in an orderly way where the server still listens, and in any case."""
        if self.ended:
            return
        try:
            with suppress(GatewayError):
                await self.within(GRACE, self._close)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """End it now. The thread cleans up and ends as soon as its present work has noticed."""
        if self.ended:
            return
        self.ended = True
        self._cut()
        self._thread.submit(self._close)
        self._thread.shutdown(wait=False)

    def heard(self) -> None:
        """The server gave a sign of life."""
        self._heard = time.monotonic()

    def dial(self, host_keys: Sequence[str]) -> paramiko.Transport:
        """In the thread: an encrypted session with whoever answers, its host key (the first of these algorithms that it
        has) not yet judged. Only the look-up of the name cannot be cut; the resolver's own limits end it."""
        try:
            connection = socket.create_connection((self._host, self._port), timeout=self._limits.connect)
        except OSError:
            raise fault("UNREACHABLE", self.server) from None
        self._socket = connection
        with self._lock:  # from here on a cut finds the socket, and one that came before is seen
            if self.ended or self.expired:
                raise EOFError
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(self._limits.reply * 1000))
        self._session = session = paramiko.Transport(Buffered(connection), packetizer_class=Listener)
        # Later than ours, which know what they mean: paramiko calls a time-out of the login a refusal.
        session.banner_timeout = session.handshake_timeout = self._limits.connect + GRACE
        session.auth_timeout = session.channel_timeout = self._limits.connect + GRACE
        allowed = session.get_security_options()
        allowed.ciphers = (*CIPHERS, *(name for name in self._legacy if name in allowed.ciphers))
        allowed.digests = (*MACS, *(name for name in self._legacy if name in allowed.digests))
        allowed.key_types = tuple(host_keys)
        session.start_client()
        return session

    def open_sftp(self) -> paramiko.Channel:
        """In the thread, after the login: the channel to speak SFTP on."""
        assert self._session is not None
        self._channel = channel = self._session.open_session(UNREAD, PACKET)
        channel.settimeout(self._limits.reply)
        try:
            channel.invoke_subsystem("sftp")
        except paramiko.SSHException:
            if self._session.is_active():
                raise fault("NO_SFTP", self.server) from None
            raise
        return channel

    async def _watch(self, future: asyncio.Future[T], end: float, silence: float) -> None:
        """Until it is done, or time was up. By hand, for `asyncio.wait` takes as long as a small file's round trip."""
        loop = asyncio.get_running_loop()
        while not future.done():
            left = min(end, self._heard + silence) - time.monotonic()
            if left <= 0:
                self.expired = True
                self._cut()
                await asyncio.wait({future}, timeout=GRACE)
                return
            woken: asyncio.Future[None] = loop.create_future()
            wake = partial(_wake, woken)
            timer = loop.call_later(left, wake)
            future.add_done_callback(wake)
            try:
                await woken
            finally:
                timer.cancel()
                future.remove_done_callback(wake)

    def _failure(self, error: Exception) -> GatewayError:
        """What paramiko's own exceptions mean, and all others as everywhere."""
        if isinstance(error, paramiko.SSHException) and not self.expired:
            if isinstance(error, IncompatiblePeer):
                return fault("NO_COMMON_ALGORITHM", self.server)
            if isinstance(error, paramiko.ChannelException):
                return fault("SESSION_REFUSED", self.server)
            return fault("CONNECTION_LOST", self.server)
        return classified(error, self.server, self.expired)

    def _cut(self) -> None:
        with self._lock:
            session, connection = self._session, self._socket
        if connection:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # wakes whoever waits on it, which closing alone does not
        if session:
            session.close()
        if connection:
            connection.close()

    def _close(self) -> None:
        """In the thread. Closing the channel first is what tells the server that we are done."""
        if self._channel:
            self._channel.close()
        self._cut()
        if self._session and self._session.ident:
            self._session.join(GRACE)
            self._session.packetizer.complete_handshake()  # else its timer, a thread, stays for `connect` seconds


def _wake(woken: asyncio.Future[None], *_: object) -> None:
    if not woken.done():
        woken.set_result(None)
