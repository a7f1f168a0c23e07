"""What networks do to a session with a real server: every end is bounded in time and says whose turn it is."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from gateway.errors import GatewayError, InDoubt, Transient
from gateway.ports import Present
from gateway.sftp import Limits, SftpTransport, scan_host_key
from tests.servers import FaultProxy, Sshd
from tests.sftp.helpers import QUICK, Reach, eventually, sockets, threads, wait_until
from tests.sftp.matrix import FAULTS, STEPS, cell

MEGABYTES = os.urandom(4_000_000)
HANG = QUICK.reply + 1.5  # seconds: the limit, and what the slowest of our machines needs to notice


@pytest.mark.parametrize(("final", "kind"), [(False, Transient), (True, InDoubt)])
@pytest.mark.parametrize("after", [100_000, 3_000_000])
async def test_a_reset_while_writing_is_noticed_at_once(
    reach: Reach, sshd: Sshd, final: bool, kind: type[GatewayError], after: int
) -> None:
    """Under a temporary name it is safe to repeat; under a final one the payer may have taken a part."""
    async with FaultProxy(sshd.port) as proxy, reach(port=proxy.port) as session:
        proxy.cut("up", after)
        started = time.monotonic()
        with pytest.raises(kind) as caught:
            await session.put(MEGABYTES, len(MEGABYTES), f"{sshd.incoming}/claims.837", final=final)
        assert time.monotonic() - started < 2
        assert caught.value.code == ("OUTCOME_LOST" if final else "CONNECTION_LOST")
        with pytest.raises(Transient) as after_it:
            await session.listing(str(sshd.incoming))
        assert after_it.value.code == "NOT_CONNECTED"
    assert (sshd.incoming / "claims.837").stat().st_size < len(MEGABYTES)


async def test_a_reset_after_the_last_byte_is_a_doubt_though_all_arrived(reach: Reach, sshd: Sshd) -> None:
    """Only confirmed writes and a confirmed closing count as sent."""
    async with FaultProxy(sshd.port) as proxy, reach(port=proxy.port) as session:

        def blocks() -> list[bytes]:
            proxy.cut("down", 1)  # the answer to the only write is lost
            return [b"x" * 1000]

        with pytest.raises(InDoubt):
            await session.put(blocks, 1000, f"{sshd.incoming}/claims.837")
    assert wait_until(lambda: (sshd.incoming / "claims.837").stat().st_size == 1000)


@pytest.mark.parametrize("after", [1_000, 2_000_000])
async def test_silence_while_writing_ends_within_the_limit(reach: Reach, sshd: Sshd, after: int) -> None:
    """A black hole, whether the bytes still fit into somebody's buffer or not."""

    async def send(name: str, final: bool) -> GatewayError:
        async with FaultProxy(sshd.port) as proxy, reach(port=proxy.port, limits=QUICK) as session:
            proxy.swallow("up", after)
            started = time.monotonic()
            with pytest.raises(GatewayError) as caught:
                await session.put(MEGABYTES, len(MEGABYTES), f"{sshd.incoming}/{name}", final=final)
            assert QUICK.reply <= time.monotonic() - started < HANG + 1  # some bytes get through before the silence
        return caught.value

    temporary, final = await asyncio.gather(send("a.part", False), send("a.837", True))
    assert isinstance(temporary, Transient)
    assert temporary.code == "TIMED_OUT"
    assert isinstance(final, InDoubt)
    assert "stopped answering" in str(final)


async def test_a_line_that_breaks_takes_no_other_with_it(reach: Reach, sshd: Sshd) -> None:
    """Of the proxy itself: else a test of two sessions would see a failure that no network made."""
    async with FaultProxy(sshd.port) as proxy, reach(port=proxy.port) as session:
        broken = socket.create_connection(("127.0.0.1", proxy.port))
        broken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        while proxy.connections < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        broken.close()
        for _ in range(20):
            await session.listing(str(sshd.incoming))


async def test_silence_ends_every_operation_within_the_limit(reach: Reach, sshd: Sshd) -> None:
    """Nothing hangs, and nothing was done: even a rename first asks what is there."""
    operations: list[Callable[[SftpTransport], Awaitable[object]]] = [
        lambda session: session.size("/a"),
        lambda session: session.listing("/a"),
        lambda session: anext(session.get("/a")),
        lambda session: session.discard("/a"),
        lambda session: session.rename("/a", "/b"),
    ]

    async def ask(operation: Callable[[SftpTransport], Awaitable[object]]) -> None:
        async with FaultProxy(sshd.port) as proxy, reach(port=proxy.port, limits=QUICK) as session:
            proxy.swallow("up", 1)
            started = time.monotonic()
            with pytest.raises(Transient) as caught:
                await operation(session)
            assert caught.value.code == "TIMED_OUT"
            assert QUICK.reply <= time.monotonic() - started < HANG

    await asyncio.gather(*map(ask, operations))


async def test_closing_a_session_that_went_silent_is_bounded_too(reach: Reach, sshd: Sshd) -> None:
    """Saying good-bye must not hang either."""
    async with FaultProxy(sshd.port) as proxy:
        session = reach(port=proxy.port, limits=QUICK)
        await session.connect()
        proxy.swallow("up", 1)
        started = time.monotonic()
        await session.close()
        assert time.monotonic() - started < HANG


async def test_silence_while_connecting_is_bounded_and_leaves_nothing(reach: Reach, sshd: Sshd) -> None:
    """Before the banner, after it, in the key exchange, in the login."""
    before, open_before = threads(), sockets()
    limits = Limits(connect=0.8, reply=0.8)

    async def connect(after: int) -> str:
        async with FaultProxy(sshd.port) as proxy:
            proxy.swallow("down", after)
            started = time.monotonic()
            with pytest.raises(Transient) as caught:
                await reach(port=proxy.port, limits=limits).connect()
            assert time.monotonic() - started < 2.5
        return caught.value.code

    codes = await asyncio.gather(*map(connect, (0, 30, 1_500, 2_500)))
    assert set(codes) <= {"TIMED_OUT", "LOGIN_UNANSWERED"}
    assert await eventually(lambda: threads() <= before and sockets() <= open_before, 2)


@pytest.mark.parametrize("after", range(0, 4000, 400))
async def test_a_reset_anywhere_in_connecting_is_the_clocks_turn(reach: Reach, sshd: Sshd, after: int) -> None:
    """Wherever the line breaks before the session is open, nothing was sent that a person must look at."""
    async with FaultProxy(sshd.port) as proxy:
        proxy.cut("down", after)
        try:
            async with reach(port=proxy.port) as session:
                await session.size("/")
        except Transient as error:
            assert error.code in ("CONNECTION_LOST", "LOGIN_UNANSWERED")  # noqa: PT017
        else:
            assert after > 2000


async def test_a_reset_while_reading_is_an_error_not_a_short_file(reach: Reach, sshd: Sshd) -> None:
    """What came so far is not the file."""
    (sshd.outgoing / "a.835").write_bytes(MEGABYTES)
    async with FaultProxy(sshd.port) as proxy, reach(port=proxy.port) as session:
        proxy.cut("down", 1_000_000)
        with pytest.raises(Transient) as caught:
            _ = [block async for block in session.get(f"{sshd.outgoing}/a.835")]
        assert caught.value.code == "CONNECTION_LOST"


async def test_silence_while_reading_ends_within_the_limit(reach: Reach, sshd: Sshd) -> None:
    """Not before it, though, and only our waiting counts, not our own reader's pace."""
    (sshd.outgoing / "a.835").write_bytes(MEGABYTES)
    async with FaultProxy(sshd.port) as proxy, reach(port=proxy.port, limits=QUICK) as session:
        blocks = session.get(f"{sshd.outgoing}/a.835")
        await anext(blocks)
        await asyncio.sleep(QUICK.reply + 0.2)
        await anext(blocks)
        proxy.swallow("down", 100_000)
        started = time.monotonic()
        with pytest.raises(Transient) as caught:
            async for _ in blocks:
                pass
        assert caught.value.code == "TIMED_OUT"
        assert time.monotonic() - started < HANG


@pytest.mark.parametrize("change", [-3_000_000, 1])
async def test_a_file_that_shrinks_or_grows_while_read_is_not_whole(reach: Reach, sshd: Sshd, change: int) -> None:
    """Read again later, once the payer has finished writing it."""
    path = sshd.outgoing / "a.835"
    path.write_bytes(MEGABYTES)
    async with reach() as session:
        with pytest.raises(Transient) as caught:  # noqa: PT012
            async for _ in session.get(str(path)):
                os.truncate(path, len(MEGABYTES) + change)
        assert caught.value.code == "FILE_CHANGED"
        assert await session.size(str(path)) == Present(len(MEGABYTES) + change)


async def test_a_file_that_is_taken_away_while_read_is_whole_all_the_same(reach: Reach, sshd: Sshd) -> None:
    """Some servers delete what was downloaded."""
    path = sshd.outgoing / "a.999"
    path.write_bytes(b"x" * 100_000)
    got = b""
    async with reach() as session:
        async for block in session.get(str(path)):
            path.unlink(missing_ok=True)
            got += block
    assert got == b"x" * 100_000


async def test_an_iteration_that_is_given_up_leaves_the_session_usable(reach: Reach, sshd: Sshd) -> None:
    """The answers still under way are told apart from those that are asked for next."""
    (sshd.outgoing / "a.835").write_bytes(MEGABYTES)
    async with reach() as session:
        for _ in range(3):
            blocks = session.get(f"{sshd.outgoing}/a.835")
            await anext(blocks)
            await blocks.aclose()
        assert await session.size(f"{sshd.outgoing}/a.835") == Present(len(MEGABYTES))
        assert session._client
        assert not session._client._awaited
        assert not session._client._answers


async def test_a_file_above_the_limit_is_not_fetched(reach: Reach, sshd: Sshd) -> None:
    """Whatever lies there under an answer's name, it does not fill our disk."""
    (sshd.outgoing / "a.835").write_bytes(MEGABYTES)
    async with reach(limits=Limits(largest=len(MEGABYTES) - 1)) as session:
        with pytest.raises(GatewayError) as caught:
            await anext(session.get(f"{sshd.outgoing}/a.835"))
        assert caught.value.code == "TOO_LARGE"


async def test_distance_is_no_fault_and_costs_few_round_trips(reach: Reach, sshd: Sshd) -> None:
    """80 ms away a megabyte takes a few round trips, for requests do not wait for one another."""
    data = MEGABYTES[:1_000_000]
    (sshd.outgoing / "a.835").write_bytes(data)
    async with FaultProxy(sshd.port, delay=0.04) as proxy, reach(port=proxy.port) as session:
        started = time.monotonic()
        await session.put(data, len(data), f"{sshd.incoming}/claims.837")
        assert b"".join([block async for block in session.get(f"{sshd.outgoing}/a.835")]) == data
        assert time.monotonic() - started < 31 * 2 * 0.08 / 2  # half of one round trip per piece


@pytest.mark.parametrize("moment", [0.0, 0.03, 0.3])
async def test_a_cancelled_call_returns_at_once_and_frees_everything(reach: Reach, sshd: Sshd, moment: float) -> None:
    """While connecting or while writing into silence: no thread goes on working behind our back."""
    before, open_before = threads(), sockets()
    async with FaultProxy(sshd.port) as proxy:
        session = reach(port=proxy.port)
        proxy.swallow("up", 100_000)

        async def send() -> None:
            async with session:
                await session.put(MEGABYTES, len(MEGABYTES), f"{sshd.incoming}/claims.837")

        task = asyncio.create_task(send())
        await asyncio.sleep(moment)
        task.cancel()
        started = time.monotonic()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - started < 0.5
    assert await eventually(lambda: threads() <= before and sockets() <= open_before, 2)


async def test_a_cancelled_download_frees_everything_too(reach: Reach, sshd: Sshd) -> None:
    """Also what was half read, with nobody left to hear that its line is dead."""
    (sshd.outgoing / "a.835").write_bytes(MEGABYTES)
    before, open_before = threads(), sockets()
    async with FaultProxy(sshd.port) as proxy, reach(port=proxy.port) as session:
        blocks = session.get(f"{sshd.outgoing}/a.835")
        await anext(blocks)
        proxy.swallow("down", 10_000)

        async def drain(blocks: AsyncIterator[bytes]) -> None:
            async for _ in blocks:
                pass

        task = asyncio.create_task(drain(blocks))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        del blocks, task
        gc.collect()  # what Python cannot raise from there, pytest does
    assert await eventually(lambda: threads() <= before and sockets() <= open_before, 2)


async def test_a_cancelled_connection_that_comes_about_later_is_not_used(reach: Reach) -> None:
    """The server was too busy to answer, we gave up, and then it did: it must not get a login from nobody."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        address = server.getsockname()
        with socket.create_connection(address):  # with one waiting, the kernel lets the next ones knock in vain
            task = asyncio.create_task(reach(port=address[1]).connect())
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            server.accept()[0].close()
            server.settimeout(5)
            late, _ = await asyncio.to_thread(server.accept)  # the second knock
            with late:
                late.settimeout(5)
                assert await asyncio.to_thread(late.recv, 100) == b""


async def test_the_event_loop_runs_on_while_a_server_is_silent(reach: Reach, sshd: Sshd) -> None:
    """One payer's bad line must not be felt by the others."""
    async with FaultProxy(sshd.port) as proxy, reach(port=proxy.port, limits=QUICK) as session:
        proxy.swallow("up", 1)
        waiting = asyncio.create_task(session.size("/"))
        longest, last = 0.0, time.monotonic()
        while not waiting.done():
            await asyncio.sleep(0.01)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        assert isinstance(waiting.exception(), Transient)
        assert longest < 0.3


async def test_a_silent_server_shows_no_host_keys_within_the_limit(sshd: Sshd, tmp_path: Path) -> None:
    """Asking for host keys is bounded like everything else."""
    async with FaultProxy(sshd.port) as proxy:
        proxy.swallow("down", 30)
        with pytest.raises(Transient) as caught:
            await scan_host_key("127.0.0.1", proxy.port, Limits(connect=0.5, reply=0.5))
        assert caught.value.code == "TIMED_OUT"


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if "silence" not in fault])
async def test_a_broken_connection_at_any_step_is_told_by_whose_turn_it_is(sshd: Sshd, step: str, fault: str) -> None:
    """A doubt exactly where the partner may have the file, else the clock's turn; never a success."""
    found = await cell(sshd, step, fault)
    assert found.right, found


@pytest.mark.parametrize("step", ["login", "close", "rename", "read"])
async def test_silence_at_any_step_is_told_in_the_same_way(sshd: Sshd, step: str) -> None:
    """The others are in `make faults`, with how long each takes."""
    found = await cell(sshd, step, "silence, answer lost")
    assert found.right, found
