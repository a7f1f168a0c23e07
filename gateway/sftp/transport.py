"""The Transport of an SFTP endpoint."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import aclosing, suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from gateway.errors import GatewayError, InDoubt
from gateway.model.partners import Account
from gateway.model.sending import RemoteFile
from gateway.ports import Absent, Presence, Present, Secret, Source
from gateway.sftp.client import Client
from gateway.sftp.entries import moment_of, own_name
from gateway.sftp.faults import GONE, classified, doubt, fault
from gateway.sftp.line import Limits, Line
from gateway.sftp.login import dial_pinned, log_in, read_credential, read_pins
from gateway.sftp.packets import Attributes, StatusError

BLOCK = 256 * 1024  # bytes at once from a local file, and from the thread
LARGEST_WRITE = 255 * 1024  # OpenSSH takes no packet of more than 256 KiB, its head included

T = TypeVar("T")


class _Act:
    """Something done to the other side: once `begun`, only the world can tell whether it happened."""

    begun = False


class SftpTransport:
    """Meets ports.Transport. `secrets` looks up a credential by its name when it is used, in this session's thread."""

    def __init__(self, account: Account, secrets: Callable[[str], Secret], limits: Limits | None = None) -> None:
        self._account, self._secrets, self._limits = account, secrets, limits or Limits()
        self._line = Line(account.endpoint.host, account.endpoint.port, self._limits, account.old_algorithms)
        self._client: Client | None = None
        self._listed: dict[str, bytes] = {}
        self._looked: tuple[str, Presence] | None = None

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def connect(self) -> None:
        try:
            pins = read_pins(self._account.host_keys, self._line.server)
            await self._line.within(self._limits.connect, lambda: self._open(pins), self._limits.connect)
        except BaseException:
            self._line.abandon()
            raise

    async def close(self) -> None:
        await self._line.hang_up()

    @property
    def alive(self) -> bool:
        """Meets ports.Lasting."""
        return self._client is not None and self._line.alive

    async def put(self, source: Source, size: int, path: str, *, final: bool = True) -> int:
        act = _Act()

        def measured(blocks: Iterable[bytes]) -> Iterator[bytes]:
            count = 0
            for block in blocks:
                count += len(block)
                if count > size:
                    break
                act.begun = final
                yield block
            if count != size:
                raise self._fault("SOURCE_SIZE")
            act.begun = final  # closing an empty file delivers it too

        def work(client: Client) -> tuple[int, tuple[str, Presence] | None]:
            count = client.write(self._bytes(path), measured(self._blocks(source)), looked_at=not final)
            return count, None if final else self._look(client, path)

        count, self._looked = await self._run(work, self._limits.transfer(size), act, missing="NO_SUCH_FOLDER")
        return count

    async def size(self, path: str) -> Presence:
        """The first time after `put` under a temporary name, what was seen when it was closed."""
        if self._looked and self._looked[0] == path:
            (_, found), self._looked = self._looked, None
            return found
        return await self._run(lambda client: self._presence(client, path))

    async def rename(self, source: str, target: str) -> None:
        act = _Act()

        def work(client: Client) -> None:
            free = self._prove_free(client, source, target)
            act.begun = True
            try:
                client.rename(self._bytes(source), self._bytes(target), free=free)
            except StatusError as refusal:
                act.begun = False
                self._prove_free(client, source, target)  # either may have changed meanwhile
                raise self._fault("NO_SUCH_FOLDER" if refusal.code in GONE else "RENAME_REFUSED") from None

        await self._run(work, act=act)

    async def listing(self, folder: str) -> list[RemoteFile]:
        def work(client: Client) -> list[RemoteFile]:
            entries = client.names(self._bytes(folder))
            named = ((own_name(self._bytes(folder), name), found) for name, found in entries if found.is_file)
            return [self._file(folder, name, found) for name, found in named if name]

        return await self._run(work, self._limits.listing, missing="NO_SUCH_FOLDER")

    async def get(self, path: str) -> AsyncGenerator[bytes, None]:
        before = await self._run(lambda client: self._attributes(client, path))
        if not before.is_file:  # it was listed without a word on what it is, or as a link
            raise self._fault("NOT_A_FILE")
        count = 0
        async with aclosing(self._blocks_of(path, before.size or None)) as blocks:  # 0 where a server does not measure
            async for block in blocks:
                count += len(block)
                if max(count, before.size or 0) > self._limits.largest:
                    raise self._fault("TOO_LARGE")
                yield block
        if before.size is None:  # nothing to compare with
            return
        after = await self.size(path)  # a server that deletes what was downloaded says Absent
        still = isinstance(after, Absent) or after.size == before.size
        if not (still and count == (before.size or count)):
            raise self._fault("FILE_CHANGED")

    async def discard(self, path: str) -> None:
        def work(client: Client) -> None:
            try:
                client.remove(self._bytes(path))
            except StatusError as answer:
                if answer.code not in GONE:
                    raise

        await self._run(work)

    async def _run(
        self,
        work: Callable[[Client], T],
        seconds: float | None = None,
        act: _Act | None = None,
        missing: str = "NO_SUCH_FILE",
    ) -> T:
        """Every operation ends here: well, or as a GatewayError. `missing` is what NO_SUCH_FILE would mean."""
        client, self._looked = self._client, None
        if client is None:
            raise self._fault("NOT_CONNECTED")
        try:
            return await self._line.within(seconds or self._limits.reply, lambda: work(client))
        except StatusError as answer:
            failure = self._fault(missing) if answer.code in GONE else classified(answer, self._line.server)
        except GatewayError as error:
            failure = error
        if act and act.begun and not isinstance(failure, InDoubt):
            failure = doubt("OUTCOME_LOST", self._line.server, failure.message)
        raise failure from None

    async def _blocks_of(self, path: str, size: int | None) -> AsyncGenerator[bytes, None]:
        """The file's bytes; time counts only while we wait for the server, not for our own reader."""
        blocks = await self._run(lambda client: client.read(self._bytes(path), size))
        left, count = self._limits.transfer(size), 0
        try:
            while left > 0:
                started, wanted = time.monotonic(), BLOCK if size is None else min(BLOCK, size - count)
                block = await self._run(partial(_next_of, blocks, wanted), left)
                count += len(block)
                left -= time.monotonic() - started
                if not block:
                    return
                yield block
            raise self._fault("TIMED_OUT")
        finally:
            if not self._line.ended:
                with suppress(GatewayError):
                    await self._run(lambda _: blocks.close())

    def _open(self, pins: dict[bytes, str]) -> None:
        """In the thread. The secret is looked up first, so that without one nothing is dialled."""
        try:
            credential = read_credential(self._secrets(self._account.credential).reveal(), self._line.server)
        except GatewayError:
            raise
        except Exception:  # whatever it says, it may hold the secret
            raise self._fault("CREDENTIAL_UNREADABLE") from None
        session = dial_pinned(self._line, pins)
        log_in(self._line, session, self._account.user, credential)
        chunk = min(self._account.wire.packet_size, LARGEST_WRITE)
        self._client = Client(self._line.open_sftp(), self._line.heard, chunk)

    def _look(self, client: Client, path: str) -> tuple[str, Presence] | None:
        """None where that fails: whoever asks then is told why."""
        with suppress(Exception):
            return path, self._presence(client, path)
        return None

    def _attributes(self, client: Client, path: str) -> Attributes:
        """None of them where the server lets nobody look; whether it lets us read is another question."""
        try:
            return client.stat(self._bytes(path))
        except StatusError as answer:
            if answer.code in GONE:
                raise
            return Attributes()

    def _presence(self, client: Client, path: str) -> Presence:
        try:
            return _seen(client.stat(self._bytes(path)))
        except StatusError as answer:
            return _seen(answer)

    def _prove_free(self, client: Client, source: str, target: str) -> bool:
        """That `source` is there and `target` is not, as far as the server tells; whether it told the latter."""
        ours, theirs = map(_told, client.stat_both(self._bytes(source), self._bytes(target)))
        if isinstance(ours, Absent):
            raise doubt("SOURCE_GONE", self._line.server)
        if theirs is None or isinstance(theirs, Absent):
            return theirs is not None
        if ours is None or None in (ours.size, theirs.size) or ours.size == theirs.size:
            raise doubt("TARGET_EXISTS", self._line.server)
        raise self._fault("TARGET_EXISTS")

    def _blocks(self, source: Source) -> Iterator[bytes]:
        try:
            if isinstance(source, bytes):
                yield source
            elif isinstance(source, Path):
                with source.open("rb") as file:
                    yield from iter(lambda: file.read(BLOCK), b"")
            else:
                yield from source()
        except GatewayError:
            raise
        except Exception as error:
            raise self._fault("SOURCE_UNREADABLE", type(error).__name__) from None

    def _file(self, folder: str, name: bytes, found: Attributes) -> RemoteFile:
        """Not every server names files in UTF-8: what was listed is found again by the server's own bytes."""
        try:
            text = name.decode()
        except UnicodeDecodeError:
            text = name.decode("latin-1")
        path = f"{folder.rstrip('/')}/{text}"
        self._listed[path] = self._bytes(folder).rstrip(b"/") + b"/" + name
        if found.is_link:
            return RemoteFile(path, None, None)
        return RemoteFile(path, found.size, moment_of(found))

    def _bytes(self, path: str) -> bytes:
        return self._listed.get(path) or path.encode()

    def _fault(self, code: str, detail: str = "") -> GatewayError:
        return fault(code, self._line.server, detail)


def _next_of(blocks: Iterator[bytes], most: int, _: Client) -> bytes:
    """So many bytes that the way to and from the thread is small beside them; none at the end. The end is not looked for
    with the last bytes: the file is closed there, and some servers remove it then."""
    pieces, count = [], 0
    for piece in blocks:
        pieces.append(piece)
        count += len(piece)
        if count >= most:
            break
    return b"".join(pieces)


def _told(answer: Attributes | StatusError) -> Presence | None:
    """What a STAT said; None where that is no word on the file, as of servers that let nobody look."""
    return None if isinstance(answer, StatusError) and answer.code not in GONE else _seen(answer)


def _seen(answer: Attributes | StatusError) -> Presence:
    """What a STAT said. Raises what is no word on the file."""
    if isinstance(answer, StatusError):
        if answer.code in GONE:
            return Absent()
        raise answer
    return Present(None if answer.is_folder else answer.size)
