"""Servers with manners of their own: what payers' products are known to do."""

from __future__ import annotations

import time

import pytest

from gateway.errors import GatewayError, InDoubt, Refused, Transient
from gateway.ports import Absent, Present
from gateway.sftp import Limits
from tests.sftp.helpers import Reach
from tests.sftp.stub import PASSWORD, Stub

SECRET = b"NM1*IL*1*FICTIONAL"


async def test_a_password_logs_in_and_files_travel(stub: Stub, visit: Reach) -> None:
    """The line end of the file the password lies in is not part of it."""
    async with visit() as session:
        await session.put(b"x" * 100_000, 100_000, "/in/.part", final=False)
        await session.rename("/in/.part", "/in/claims.837")
        assert [file.path for file in await session.listing("/in")] == ["/in/claims.837"]
    assert stub.logins == [PASSWORD]
    assert (stub.root / "in" / "claims.837").stat().st_size == 100_000


async def test_nothing_is_asked_of_a_server_that_it_may_refuse(stub: Stub, visit: Reach) -> None:
    """No chmod, no times, no folders, no locks: refusals of these made other clients send twice."""
    async with visit() as session:
        await session.put(b"x", 1, "/in/.part", final=False)
        await session.size("/in/.part")
        await session.rename("/in/.part", "/in/claims.837")
        await session.listing("/out")
    assert set(stub.requests) <= {"open", "close", "stat", "rename", "list"}


@pytest.mark.parametrize("door", ["open", "slams", "disconnects"])
async def test_a_wrong_password_is_sent_once(stub: Stub, visit: Reach, door: str) -> None:
    """Also where the server hangs up with its no, or instead of it, which must not look like a bad line."""
    stub.door = door
    with pytest.raises(Refused) as caught:
        await visit(secret=b"Old-Pond-2030").connect()
    assert caught.value.code == "LOGIN_REFUSED"
    assert stub.logins == ["Old-Pond-2030"]
    assert "Pond" not in repr(caught.value) + caught.value.next_step


@pytest.mark.parametrize(("methods", "door"), [("password", "expired"), ("keyboard-interactive", "asks_anew")])
async def test_an_expired_password_is_a_persons_turn(stub: Stub, visit: Reach, methods: str, door: str) -> None:
    """The server asks for a new one in the middle of the login; some do so every 60 days. The old one is no answer."""
    stub.methods, stub.door = methods, door
    with pytest.raises(Refused, match="such as a new one") as caught:
        await visit().connect()
    assert caught.value.code == "LOGIN_REFUSED"
    assert "expired" in caught.value.next_step
    assert len(stub.logins) == 1


async def test_a_line_lost_before_the_verdict_is_no_refusal(stub: Stub, visit: Reach) -> None:
    """It has its own code, since too many of them may be one after all."""
    stub.door = "dies"
    with pytest.raises(Transient) as caught:
        await visit().connect()
    assert caught.value.code == "LOGIN_UNANSWERED"
    assert len(stub.logins) == 1


async def test_a_server_may_ask_for_the_password_as_keyboard_interactive(stub: Stub, visit: Reach) -> None:
    """Many products take passwords in no other way; it is judged once."""
    stub.methods = "publickey,keyboard-interactive"
    async with visit() as session:
        assert await session.size("/in") == Present(None)
    assert stub.logins == [PASSWORD]


@pytest.mark.parametrize("methods", ["publickey", "gssapi-with-mic"])
async def test_a_server_that_takes_no_password_refuses_the_login(stub: Stub, visit: Reach, methods: str) -> None:
    """The credential is of the wrong kind: a person's turn."""
    stub.methods = methods
    with pytest.raises(Refused) as caught:
        await visit().connect()
    assert caught.value.code == "LOGIN_REFUSED"


async def test_a_second_factor_cannot_be_given(stub: Stub, visit: Reach) -> None:
    """Half a login is none."""
    stub.door = "second_factor"
    with pytest.raises(Refused, match="second factor") as caught:
        await visit().connect()
    assert caught.value.code == "LOGIN_REFUSED"


async def test_a_server_without_sftp_is_said_to_have_none(stub: Stub, visit: Reach) -> None:
    """The login works, the subsystem is missing."""
    stub.offers_sftp = False
    with pytest.raises(Refused) as caught:
        await visit().connect()
    assert caught.value.code == "NO_SFTP"


async def test_a_server_with_old_ciphers_only_cannot_be_spoken_to(stub: Stub, visit: Reach) -> None:
    """It is named as such, and no login is sent over a weak line."""
    stub.ciphers = ("aes128-cbc", "3des-cbc")
    with pytest.raises(Refused) as caught:
        await visit().connect()
    assert caught.value.code == "NO_COMMON_ALGORITHM"
    assert stub.logins == []


async def test_a_refused_rename_is_a_persons_turn_and_no_doubt(stub: Stub, visit: Reach) -> None:
    """The file still has its temporary name, and the declaration should say write = direct."""
    stub.renames = "refused"
    async with visit() as session:
        await session.put(b"x", 1, "/in/.part", final=False)
        with pytest.raises(Refused) as caught:
            await session.rename("/in/.part", "/in/claims.837")
        assert caught.value.code == "RENAME_REFUSED"
        assert "direct" in caught.value.next_step
        assert (await session.size("/in/.part"), await session.size("/in/claims.837")) == (Present(1), Absent())


async def test_a_rename_whose_answer_is_lost_is_a_doubt(stub: Stub, visit: Reach) -> None:
    """It was done; only looking again can tell."""
    stub.renames = "lost"
    async with visit() as session:
        await session.put(b"x", 1, "/in/.part", final=False)
        with pytest.raises(InDoubt) as caught:
            await session.rename("/in/.part", "/in/claims.837")
    assert caught.value.code == "OUTCOME_LOST"
    stub.renames = "done"
    async with visit() as session:
        assert await session.size("/in/claims.837") == Present(1)


async def test_a_plain_rename_is_not_asked_for_when_the_name_is_taken(stub: Stub, visit: Reach) -> None:
    """A server without the POSIX extension may replace all the same, as this one would."""
    stub.path("/in/claims.837").write_bytes(b"other")
    async with visit() as session:
        await session.put(b"x", 1, "/in/.part", final=False)
        with pytest.raises(Refused) as caught:
            await session.rename("/in/.part", "/in/claims.837")
    assert caught.value.code == "TARGET_EXISTS"
    assert "rename" not in stub.requests


async def test_an_unknown_size_is_known_to_be_unknown(stub: Stub, visit: Reach) -> None:
    """Present without a size, listed without a size, fetched whole, and no ground to call a target another file."""
    stub.tells_size = False
    stub.path("/out/a.999").write_bytes(b"y" * 100_001)
    async with visit() as session:
        assert await session.size("/out/a.999") == Present(None)
        assert [file.size for file in await session.listing("/out")] == [None]
        assert b"".join([block async for block in session.get("/out/a.999")]) == b"y" * 100_001
        with pytest.raises(InDoubt) as caught:
            await session.rename("/out/a.999", "/out/a.999")
    assert caught.value.code == "TARGET_EXISTS"


@pytest.mark.parametrize("most", [1, 1000, 32_767])
async def test_a_server_may_give_less_than_was_asked_for(stub: Stub, visit: Reach, most: int) -> None:
    """A short answer is not the end of the file."""
    data = bytes(range(256)) * (1 if most == 1 else 400)
    stub.largest_read = most
    stub.path("/out/a.999").write_bytes(data)
    for tells in (True, False):
        stub.tells_size = tells
        async with visit() as session:
            assert b"".join([block async for block in session.get("/out/a.999")]) == data


async def test_a_file_that_ends_before_its_size_is_not_whole(stub: Stub, visit: Reach) -> None:
    """The server says the same size before and after, and gives less."""
    stub.path("/out/a.835").write_bytes(b"y" * 100_000)
    stub.ends_at = 99_999
    async with visit() as session:
        with pytest.raises(Transient) as caught:
            _ = [block async for block in session.get("/out/a.835")]
    assert caught.value.code == "FILE_CHANGED"


async def test_a_trickle_is_not_waited_for(stub: Stub, visit: Reach) -> None:
    """A byte now and then is a sign of life, but no way to fetch a file."""
    stub.path("/out/a.835").write_bytes(b"y" * 1_000_000)
    stub.largest_read = 1
    async with visit(limits=Limits(reply=0.3, slowest=10_000_000)) as session:
        started = time.monotonic()
        with pytest.raises(Transient) as caught:
            _ = [block async for block in session.get("/out/a.835")]
        assert caught.value.code == "TIMED_OUT"
        assert 0.3 < time.monotonic() - started < 2


async def test_a_download_that_is_given_up_is_closed_at_the_server(stub: Stub, visit: Reach) -> None:
    """Servers allow few open files, and some delete a file only once it is closed."""
    stub.path("/out/a.835").write_bytes(b"y" * 1_000_000)
    async with visit() as session:
        blocks = session.get("/out/a.835")
        await anext(blocks)
        await blocks.aclose()
        assert stub.requests == ["stat", "open", "close"]


async def test_a_server_may_take_the_file_the_moment_it_is_closed(stub: Stub, visit: Reach) -> None:
    """The upload is confirmed, and the name is gone: both are told."""
    stub.sweeps = True
    async with visit() as session:
        assert await session.put(b"x" * 70_000, 70_000, "/in/claims.837") == 70_000
        assert await session.size("/in/claims.837") == Absent()
    assert (stub.root / "taken" / "claims.837").stat().st_size == 70_000


@pytest.mark.parametrize("room", [0, 32_768, 199_999])
@pytest.mark.parametrize(("final", "kind"), [(False, Transient), (True, InDoubt)])
async def test_a_full_disk_is_never_a_success(
    stub: Stub, visit: Reach, room: int, final: bool, kind: type[GatewayError]
) -> None:
    """Even if only the very last write failed; afterwards the session goes on."""
    stub.room = room
    async with visit() as session:
        with pytest.raises(kind) as caught:
            await session.put(SECRET * 11_112, len(SECRET) * 11_112, "/in/claims.837", final=final)
        assert caught.value.code == ("OUTCOME_LOST" if final else "SERVER_FAILURE")
        assert "IL" not in str(caught.value)
        stub.room = None
        await session.put(b"x", 1, "/in/.part", final=False)
        await session.discard("/in/claims.837")


@pytest.mark.parametrize(("final", "kind"), [(False, Transient), (True, InDoubt)])
async def test_a_closing_without_an_answer_is_no_success(
    stub: Stub, visit: Reach, final: bool, kind: type[GatewayError]
) -> None:
    """Every byte was confirmed, the closing was not."""
    stub.closing = "lost"
    async with visit() as session:
        with pytest.raises(kind):
            await session.put(b"x" * 1000, 1000, "/in/claims.837", final=final)


async def test_a_folder_we_may_not_list_is_a_persons_turn(stub: Stub, visit: Reach) -> None:
    """Not an empty folder."""
    stub.tells_names = False
    async with visit() as session:
        with pytest.raises(Refused) as caught:
            await session.listing("/out")
    assert caught.value.code == "PERMISSION"


async def test_a_host_that_changed_its_key_learns_no_password(stub: Stub, visit: Reach) -> None:
    """The password stays here."""
    other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43
    with pytest.raises(Refused) as caught:
        await visit(host_keys=(other,)).connect()
    assert caught.value.code == "HOST_KEY_CHANGED"
    assert stub.logins == []
