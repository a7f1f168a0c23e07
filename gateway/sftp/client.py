"""The requests of the SSH File Transfer Protocol that a gateway makes, with every answer accounted for.

paramiko's own client does not serve here: it never reads the last answers to pipelined writes, ignores the answer to
CLOSE, drops answers that come in another order, turns status codes into text, and fails on a whole folder when one
name in it is not UTF-8.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from gateway.sftp.packets import Attributes, Kind, ProtocolError, Reader, Status, StatusError, integer, string

CHUNK = 32 * 1024  # the largest piece of data that every server must take
WINDOW = 64  # requests under way at once: 2 MiB, as much as OpenSSH's own client
UNDER_WAY = 2 * 1024 * 1024  # bytes asked for at once, where each request asks for more
LARGEST_PIECE = 255 * 1024  # asked for at once, of a server that says it gives so much
LARGEST_PACKET = 1024 * 1024  # far above what any server sends; anything larger is not this protocol
TOGETHER = 64 * 1024  # bytes of requests that are sent as one, where no answer is waited for in between
AHEAD = 4 * 1024 * 1024  # bytes of answers that are taken at once, where so many have come
READ_ONLY = integer(0x01)
WRITE_CREATE_TRUNCATE = integer(0x02 | 0x08 | 0x10)
NO_ATTRIBUTES = integer(0)
POSIX_RENAME = b"posix-rename@openssh.com"
LIMITS = b"limits@openssh.com"


class Stream(Protocol):
    """A connected channel; both calls block, and raise when it is lost."""

    def send(self, data: bytes, /) -> int:
        """How many of these bytes were taken."""
        ...

    def recv(self, count: int, /) -> bytes:
        """Up to `count` bytes, none at the end."""
        ...


class Client:
    """One conversation over a connected channel. Paths and names are the server's bytes.

    Methods block, and raise StatusError when the server said no, ProtocolError when it said nonsense, EOFError when it
    hung up, and whatever the stream raises. `on_answer` is called at each sign of life.
    """

    def __init__(self, stream: Stream, on_answer: Callable[[], None] = lambda: None, chunk: int = CHUNK) -> None:
        """`chunk` is the most bytes of one write."""
        self._stream, self._chunk = stream, chunk
        self._on_answer = on_answer
        self._unsent, self._came = bytearray(), b""
        self._at = 0
        self._piece = 0
        self._asked_ahead = (b"", 0)
        self._last = 0
        self._awaited: set[int] = set()
        self._answers: dict[int, tuple[int, Reader]] = {}
        self.extensions = self._greet()

    def stat(self, path: bytes) -> Attributes:
        """Of the file itself, where the path is a link."""
        path_ahead, request = self._asked_ahead
        self._asked_ahead = (b"", 0)
        if path_ahead != path:
            request = self._ask(Kind.STAT, string(path))
        return self._answer(request, Kind.ATTRS).attributes()

    def stat_both(self, one: bytes, other: bytes) -> tuple[Attributes | StatusError, Attributes | StatusError]:
        """Of two files at once, asked before either is answered; a no to one is no word on the other."""
        asked = [self._ask(Kind.STAT, string(path)) for path in (one, other)]
        first, second = (self._attributes(request) for request in asked)
        return first, second

    def _attributes(self, request: int) -> Attributes | StatusError:
        try:
            return self._answer(request, Kind.ATTRS).attributes()
        except StatusError as refusal:
            return refusal

    def remove(self, path: bytes) -> None:
        """Remove a file."""
        self._done(self._ask(Kind.REMOVE, string(path)))

    def rename(self, source: bytes, target: bytes, *, free: bool = True) -> None:
        """By the POSIX extension where it is offered, which replaces `target`; where that is not known to be `free`, and
        else, by RENAME, which must not."""
        if free and POSIX_RENAME in self.extensions:
            try:
                return self._done(self._ask(Kind.EXTENDED, string(POSIX_RENAME), string(source), string(target)))
            except StatusError as refusal:
                if refusal.code != Status.OP_UNSUPPORTED:  # some servers offer it and then cannot
                    raise
        return self._done(self._ask(Kind.RENAME, string(source), string(target)))

    def names(self, folder: bytes) -> Iterator[tuple[bytes, Attributes]]:
        """Everything the folder holds but `.` and `..`."""
        with self._handle(self._ask(Kind.OPENDIR, string(folder))) as handle:
            while True:
                try:
                    page = self._answer(self._ask(Kind.READDIR, string(handle)), Kind.NAME)
                except StatusError as end:
                    if end.code == Status.EOF:
                        return
                    raise
                for _ in range(page.integer()):
                    name, _long, attributes = page.string(), page.string(), page.attributes()
                    if name not in (b".", b".."):
                        yield name, attributes

    def write(self, path: bytes, blocks: Iterable[bytes], *, looked_at: bool = False) -> int:
        """Write these bytes and no others, creating the file or emptying it first; `blocks` is not touched before it is
        open. Returns the number of bytes when every write and the closing are confirmed; the closing is asked for without
        waiting for the last writes, for it is asked for after a no as well. Where the file is `looked_at` next, that is
        asked with the closing: a server must do what concerns one file in order (6.1), and who asks gets that answer."""
        opened = self._ask(Kind.OPEN, string(path), WRITE_CREATE_TRUNCATE, NO_ATTRIBUTES)
        handle = self._answer(opened, Kind.HANDLE).string()
        under_way = deque[int]()
        try:
            count = self._write(handle, blocks, under_way)
        except StatusError:
            self._close(handle)
            raise
        under_way.append(self._ask(Kind.CLOSE, string(handle)))
        if looked_at:
            self._asked_ahead = (path, self._ask(Kind.STAT, string(path)))
        self._all_done(under_way)
        return count

    def read(self, path: bytes, size: int | None) -> Generator[bytes, None, None]:
        """The first `size` bytes, or up to the end of the file if that comes first or `size` is None."""
        with self._handle(self._ask(Kind.OPEN, string(path), READ_ONLY, NO_ATTRIBUTES)) as handle:
            offset, under_way = 0, deque[tuple[int, int, int]]()
            try:
                piece = self._largest_piece() if size is None or size > WINDOW * CHUNK else CHUNK
                most = min(WINDOW, UNDER_WAY // piece)
                while True:
                    while len(under_way) < most and (size is None or offset < size):
                        length = piece if size is None else min(piece, size - offset)
                        under_way.append((self._ask_data(handle, offset, length), offset, length))
                        offset += length
                    if not under_way:
                        return
                    request, at, length = under_way.popleft()
                    while length:  # a server may give less than was asked for
                        data = self._data(request, length)
                        if not data:
                            return
                        yield data
                        at, length = at + len(data), length - len(data)
                        if length:
                            request = self._ask_data(handle, at, length)
            finally:
                self._forget(request for request, _, _ in under_way)

    def _write(self, handle: bytes, blocks: Iterable[bytes], under_way: deque[int]) -> int:
        offset = 0
        for block in blocks:
            for start in range(0, len(block), self._chunk):
                piece = block[start : start + self._chunk]
                if len(under_way) == WINDOW:
                    self._done(under_way.popleft())
                under_way.append(self._ask(Kind.WRITE, string(handle), integer(offset, 8), string(piece)))
                offset += len(piece)
        return offset

    def _all_done(self, under_way: deque[int]) -> None:
        """Every answer is read, also after one that says no; the first no is what is told."""
        refusals = []
        while under_way:
            try:
                self._done(under_way.popleft())
            except StatusError as refusal:
                refusals.append(refusal)
        if refusals:
            raise refusals[0]

    def _largest_piece(self) -> int:
        """How much one read gives at this server, which is asked once, where it can be asked."""
        if not self._piece:
            self._piece = CHUNK
            if LIMITS in self.extensions:
                with suppress(StatusError):
                    told = self._answer(self._ask(Kind.EXTENDED, string(LIMITS)), Kind.EXTENDED_REPLY)
                    _packet, read = told.integer(8), told.integer(8)
                    self._piece = max(CHUNK, min(read, LARGEST_PIECE))
        return self._piece

    def _ask_data(self, handle: bytes, offset: int, length: int) -> int:
        return self._ask(Kind.READ, string(handle), integer(offset, 8), integer(length))

    def _data(self, request: int, length: int) -> bytes:
        """At most `length` bytes, none at the end of the file."""
        try:
            data = self._answer(request, Kind.DATA).string()
        except StatusError as end:
            if end.code == Status.EOF:
                return b""
            raise
        if len(data) > length:
            raise ProtocolError("more data than was asked for")
        return data

    @contextmanager
    def _handle(self, request: int) -> Iterator[bytes]:
        """A handle to read from, closed as long as there is someone to close it."""
        handle = self._answer(request, Kind.HANDLE).string()
        try:
            yield handle
        except StatusError:
            self._close(handle)
            raise
        except GeneratorExit:  # given up, perhaps because the line is dead, which is then nobody's concern
            with suppress(Exception):
                self._close(handle)
            raise
        self._close(handle)

    def _close(self, handle: bytes) -> None:
        """Where what the server says of it changes nothing."""
        with suppress(StatusError):
            self._done(self._ask(Kind.CLOSE, string(handle)))

    def _greet(self) -> frozenset[bytes]:
        self._send(integer(Kind.INIT, 1) + integer(3))
        kind, greeting = self._receive()
        if kind != Kind.VERSION or greeting.integer() < 3:
            raise ProtocolError("the server does not speak version 3")
        extensions = set()
        while not greeting.ended():
            extensions.add(greeting.string())
            greeting.string()  # its version
        return frozenset(extensions)

    def _ask(self, kind: Kind, *fields: bytes) -> int:
        if self._asked_ahead[1]:  # what was asked for nobody wants any more
            self._forget([self._asked_ahead[1]])
            self._asked_ahead = (b"", 0)
        self._last += 1
        self._awaited.add(self._last)
        self._send(integer(kind, 1) + integer(self._last) + b"".join(fields))
        return self._last

    def _answer(self, request: int, wanted: Kind) -> Reader:
        while request not in self._answers:
            kind, packet = self._receive()
            answered = packet.integer()
            if answered in self._awaited:
                self._awaited.remove(answered)
                self._answers[answered] = kind, packet
        kind, packet = self._answers.pop(request)
        if kind == Kind.STATUS and (code := packet.integer()) != Status.OK:
            raise StatusError(code)
        if kind != wanted:
            raise ProtocolError("an answer to another question")
        return packet

    def _done(self, request: int) -> None:
        self._answer(request, Kind.STATUS)

    def _forget(self, requests: Iterable[int]) -> None:
        for request in requests:
            self._awaited.discard(request)
            self._answers.pop(request, None)

    def _send(self, body: bytes) -> None:
        """At the latest before the next answer is waited for."""
        self._unsent += string(body)
        if len(self._unsent) >= TOGETHER:
            self._flush()

    def _flush(self) -> None:
        packet, self._unsent = bytes(self._unsent), bytearray()
        while packet:
            sent = self._stream.send(packet)
            if sent <= 0:
                raise EOFError
            packet = packet[sent:]

    def _receive(self) -> tuple[int, Reader]:
        self._flush()
        length = int.from_bytes(self._exactly(4), "big")
        if not 0 < length <= LARGEST_PACKET:
            raise ProtocolError("not a packet")
        packet = Reader(self._exactly(length))
        self._on_answer()
        return packet.integer(1), packet

    def _exactly(self, count: int) -> bytes:
        """The next bytes; whatever else has come by then is kept, for the stream is slow to give a little of much."""
        pieces: list[bytes] = []
        while True:
            piece = self._came[self._at : self._at + count]
            self._at += len(piece)
            count -= len(piece)
            if not count:
                return b"".join(pieces) + piece if pieces else piece
            pieces.append(piece)
            self._came, self._at = self._stream.recv(AHEAD), 0
            if not self._came:
                raise EOFError
