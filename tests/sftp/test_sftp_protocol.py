"""The conversation itself, with a server that exists only as bytes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import GatewayError, Refused, Transient
from gateway.sftp.client import Client
from gateway.sftp.faults import FAULTS, classified, doubt, fault
from gateway.sftp.packets import Kind, ProtocolError, Reader, Status, StatusError, integer, string

Answer = tuple[Kind, bytes]
OK = (Kind.STATUS, integer(Status.OK))
HANDLE = (Kind.HANDLE, string(b"h1"))


class Scripted:
    """A server in memory: `answer` sees each request; the answers to a burst of requests come back last first, in pieces
    of `most` bytes."""

    most = 7

    def __init__(self, answer: Callable[[Kind, Reader], Answer], greeting: bytes = b"") -> None:
        self.answer = answer
        self.asked: list[Kind] = []
        self.held: list[bytes] = [string(integer(Kind.VERSION, 1) + integer(3) + greeting)]
        self.ready = b""

    def send(self, data: bytes) -> int:
        sent = Reader(data)
        while not sent.ended():
            self._asked(Reader(sent.string()))
        return len(data)

    def _asked(self, packet: Reader) -> None:
        kind = Kind(packet.integer(1))
        if kind != Kind.INIT:
            number = packet.integer()
            self.asked.append(kind)
            answered, body = self.answer(kind, packet)
            self.held.append(string(integer(answered, 1) + integer(number) + body))

    def recv(self, count: int) -> bytes:
        while not self.ready and self.held:
            self.ready = self.held.pop()
        most = min(count, self.most)
        taken, self.ready = self.ready[:most], self.ready[most:]
        return taken


def status(code: int) -> Answer:
    return Kind.STATUS, integer(code) + string(b"DOE JOHN") + string(b"en")


def test_answers_in_another_order_belong_to_their_questions() -> None:
    """Nothing in the protocol promises an order; the blocks come out in that of the file."""
    data = bytes(range(256)) * 700

    def answer(kind: Kind, packet: Reader) -> Answer:
        if kind == Kind.READ:
            packet.string()
            offset, length = packet.integer(8), packet.integer()
            piece = data[offset : offset + length]
            return (Kind.DATA, string(piece)) if piece else status(Status.EOF)
        return HANDLE if kind == Kind.OPEN else OK

    for size in (len(data), None):
        assert b"".join(Client(Scripted(answer)).read(b"/a", size)) == data


@pytest.mark.parametrize("failing", range(10))
def test_each_single_write_must_be_confirmed(failing: int) -> None:
    """Whichever of ten writes fails, and in whatever order the answers come."""
    writes: list[int] = []

    def answer(kind: Kind, packet: Reader) -> Answer:
        if kind == Kind.WRITE:
            packet.string()
            writes.append(packet.integer(8))
            return status(Status.FAILURE) if len(writes) == failing + 1 else OK
        return HANDLE if kind == Kind.OPEN else OK

    server = Scripted(answer)
    with pytest.raises(StatusError) as caught:
        Client(server).write(b"/a", [b"x" * 327_680])
    assert caught.value.code == Status.FAILURE
    assert writes == list(range(0, 327_680, 32_768))
    assert server.asked[-1] == Kind.CLOSE


def attributes(size: int) -> Answer:
    return Kind.ATTRS, integer(0x01) + integer(size, 8)


def test_what_is_looked_at_next_is_asked_with_the_closing_and_answered_once() -> None:
    """In order, so that it says what lies there after it; and never for another file, or after something else."""
    sizes = iter(range(1, 9))
    answers = {Kind.OPEN: lambda: HANDLE, Kind.STAT: lambda: attributes(next(sizes))}
    server = Scripted(lambda kind, _: answers.get(kind, lambda: OK)())
    client = Client(server)
    client.write(b"/a", [b"x"], looked_at=True)
    assert server.asked == [Kind.OPEN, Kind.WRITE, Kind.CLOSE, Kind.STAT]
    assert client.stat(b"/a").size == 1
    assert client.stat(b"/a").size == 2
    client.write(b"/a", [b"x"], looked_at=True)
    assert client.stat(b"/b").size == 4
    client.write(b"/a", [b"x"], looked_at=True)
    client.remove(b"/c")
    assert client.stat(b"/a").size == 6


def test_a_no_to_what_was_asked_with_the_closing_is_told_to_who_asks() -> None:
    """The writing itself is confirmed."""
    no = {Kind.OPEN: HANDLE, Kind.STAT: status(Status.NO_SUCH_FILE)}
    client = Client(Scripted(lambda kind, _: no.get(kind, OK)))
    assert client.write(b"/a", [b"x"], looked_at=True) == 1
    with pytest.raises(StatusError) as caught:
        client.stat(b"/a")
    assert caught.value.code == Status.NO_SUCH_FILE


@pytest.mark.parametrize(("told", "asked"), [(261_120, 261_120), (1_000_000, 261_120), (100, 32_768), (0, 32_768)])
def test_a_large_file_is_asked_for_in_the_pieces_that_the_server_gives(told: int, asked: int) -> None:
    """As its limits say, and never in smaller ones than every server must give."""
    lengths: list[int] = []
    data = bytes(3_000_000)

    def answer(kind: Kind, packet: Reader) -> Answer:
        if kind == Kind.EXTENDED:
            assert packet.string() == b"limits@openssh.com"
            return Kind.EXTENDED_REPLY, b"".join(integer(number, 8) for number in (262_144, told, 261_120, 1_000))
        if kind == Kind.READ:
            packet.string()
            offset, length = packet.integer(8), packet.integer()
            lengths.append(length)
            return Kind.DATA, string(data[offset : offset + length])
        return HANDLE if kind == Kind.OPEN else OK

    server = Scripted(answer, string(b"limits@openssh.com") + string(b"1"))
    server.most = 10_000
    assert b"".join(Client(server).read(b"/a", len(data))) == data
    assert lengths[0] == asked


def test_a_closing_that_fails_is_a_failure() -> None:
    """A quota, for one, may be noticed only then."""
    server = Scripted(lambda kind, _: {Kind.OPEN: HANDLE, Kind.CLOSE: status(Status.QUOTA_EXCEEDED)}.get(kind, OK))
    with pytest.raises(StatusError):
        Client(server).write(b"/a", [b"x"])


def test_a_file_is_opened_to_be_written_anew_and_nothing_else() -> None:
    """Write, create, truncate; no append, no attributes."""
    seen: list[tuple[bytes, int, int]] = []

    def answer(kind: Kind, packet: Reader) -> Answer:
        if kind == Kind.OPEN:
            seen.append((packet.string(), packet.integer(), packet.integer()))
            assert packet.ended()
            return HANDLE
        return OK

    Client(Scripted(answer)).write(b"/a", [])
    assert seen == [(b"/a", 0x1A, 0)]


def test_an_extension_that_is_offered_and_then_not_done_is_done_without() -> None:
    """The plain rename is asked for only after the server said that it does not support the other."""
    server = Scripted(
        lambda kind, _: status(Status.OP_UNSUPPORTED) if kind == Kind.EXTENDED else OK,
        greeting=string(b"posix-rename@openssh.com") + string(b"1"),
    )
    Client(server).rename(b"/a", b"/b")
    assert server.asked == [Kind.EXTENDED, Kind.RENAME]


def test_what_may_replace_a_file_is_not_asked_for_where_the_name_may_be_taken() -> None:
    """The plain rename must not replace anything."""
    server = Scripted(lambda _, __: OK, greeting=string(b"posix-rename@openssh.com") + string(b"1"))
    Client(server).rename(b"/a", b"/b", free=False)
    assert server.asked == [Kind.RENAME]


@given(st.binary(max_size=200), st.sampled_from(["stat", "names", "read", "write"]), st.booleans())
@settings(max_examples=300, deadline=None)
def test_no_bytes_of_a_server_do_more_harm_than_an_error(noise: bytes, act: str, greets: bool) -> None:
    """Nonsense ends in an error that is known and classified, never in a crash or a hang."""

    class Noise:
        left = (string(integer(Kind.VERSION, 1) + integer(3)) if greets else b"") + noise

        def send(self, data: bytes) -> int:
            return len(data)

        def recv(self, count: int) -> bytes:
            taken, self.left = self.left[:count], self.left[count:]
            return taken

    with pytest.raises((ProtocolError, EOFError, StatusError)) as caught:
        ask(Client(Noise()), act)
    assert classified(caught.value, "payer:22").code != "UNEXPECTED"


@given(st.sampled_from([Kind.STATUS, Kind.HANDLE, Kind.DATA, Kind.NAME, Kind.ATTRS]), st.binary(max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_answer_out_of_place_does_more_harm_than_an_error(kind: Kind, body: bytes) -> None:
    """Also where the packet is well formed and answers our question, with anything in it."""
    for act in ("stat", "names", "write"):
        server = Scripted(lambda asked, _: HANDLE if asked in (Kind.OPEN, Kind.OPENDIR) else (kind, body))
        server.answer = limited(server.answer, 50)
        try:
            ask(Client(server), act)
        except (ProtocolError, EOFError, StatusError) as error:
            assert classified(error, "payer:22").code != "UNEXPECTED"  # noqa: PT017


def limited(answer: Callable[[Kind, Reader], Answer], most: int) -> Callable[[Kind, Reader], Answer]:
    """A server that would give empty pages of names for ever says after some that this was all."""
    left = iter(range(most))
    return lambda kind, packet: status(Status.EOF) if next(left, None) is None else answer(kind, packet)


def ask(client: Client, act: str) -> object:
    match act:
        case "stat":
            return client.stat(b"/a")
        case "names":
            return list(client.names(b"/a"))
        case "read":
            return list(client.read(b"/a", None))
        case _:
            return client.write(b"/a", [b"x"])


@pytest.mark.parametrize("code", [*range(1, 32), 255, 2**32 - 1])
def test_every_status_is_somebodys_turn_and_its_text_nobodys(code: int) -> None:
    """Known or not: a code of ours, a next step, and nothing of what the server wrote."""
    with pytest.raises(StatusError) as caught:
        Client(Scripted(lambda *_: status(code))).stat(b"/a")
    error = classified(caught.value, "payer:22")
    assert isinstance(error, Transient | Refused)
    assert error.next_step
    assert error.place == "payer:22"
    assert "DOE" not in str(error)


LOST = (EOFError("DOE"), ConnectionResetError("DOE"), TimeoutError("DOE"), OSError("DOE"), ProtocolError("DOE"))
OTHERS = (KeyError("DOE"), ValueError("DOE"), AssertionError("DOE"), UnicodeDecodeError("utf-8", b"DOE", 0, 1, "DOE"))


@pytest.mark.parametrize("error", [*LOST, *OTHERS], ids=lambda error: type(error).__name__)
def test_no_exception_falls_through(error: Exception) -> None:
    """What nobody foresaw is told by its kind and place, without its text."""
    found = classified(error, "payer:22")
    assert isinstance(found, Transient)
    assert (found.code == "UNEXPECTED") == (error in OTHERS)
    assert "DOE" not in str(found)


@pytest.mark.parametrize("code", FAULTS)
def test_every_fault_says_what_to_do(code: str) -> None:
    """A message, the server, a next step that is a sentence."""
    error: GatewayError = fault(code, "payer:22", "detail")
    assert error.message.endswith(": detail")
    assert error.next_step.endswith(".")
    assert doubt("OUTCOME_LOST", "payer:22").next_step.endswith(".")
