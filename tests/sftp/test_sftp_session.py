"""A session with a real OpenSSH server: who it is, who we are, and what goes to and fro."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.errors import GatewayError, InDoubt, Refused, Transient
from gateway.ports import Absent, Present, Source, Transport
from gateway.sftp import Limits, SftpTransport, fingerprint, scan_host_key
from gateway.sftp.login import read_pins
from tests.servers import FaultProxy, Sshd, make_key
from tests.sftp.helpers import Kept, Reach, account_at, eventually, sockets, threads, wait_until

LOGIN = re.compile("Accepted|Failed|authenticating|Postponed")  # what the server's log says of any login

CLAIMS = b"ISA*00*" + b"fictional " * 300_000 + b"~IEA*1*000000001~"


async def test_a_file_goes_out_under_a_temporary_name_and_gets_its_final_one(reach: Reach, sshd: Sshd) -> None:
    """Upload, look, rename, look again: the payer sees one whole file."""
    part, final = f"{sshd.incoming}/.claims.part", f"{sshd.incoming}/claims.837"
    transport: Transport = reach()
    async with transport as session:
        assert await session.put(CLAIMS, len(CLAIMS), part, final=False) == len(CLAIMS)
        assert await session.size(part) == Present(len(CLAIMS))
        assert await session.size(final) == Absent()
        await session.rename(part, final)
        assert await session.size(part) == Absent()
        assert await session.size(final) == Present(len(CLAIMS))
    assert [path.name for path in sshd.incoming.iterdir()] == ["claims.837"]
    assert (sshd.incoming / "claims.837").read_bytes() == CLAIMS


async def test_the_first_look_at_a_temporary_file_was_made_when_it_was_closed(reach: Reach, sshd: Sshd) -> None:
    """Once, at that file, and with nothing else in between; any other look is a new one."""
    part = sshd.incoming / ".claims.part"
    async with reach() as session:
        await session.put(b"ISA~IEA~", 8, str(part), final=False)
        part.write_bytes(b"grown since then")
        assert [await session.size(str(part)) for _ in range(2)] == [Present(8), Present(16)]
        await session.put(b"ISA~IEA~", 8, str(part), final=False)
        await session.listing(str(sshd.incoming))
        part.unlink()
        assert await session.size(str(part)) == Absent()


@pytest.mark.parametrize("kind", ["bytes", "path", "blocks"])
@pytest.mark.parametrize("size", [0, 32_768, 100_001])
async def test_every_kind_of_source_arrives_whole(
    reach: Reach, sshd: Sshd, tmp_path: Path, kind: str, size: int
) -> None:
    """Bytes, a file, or blocks of any length: the same bytes arrive."""
    data = os.urandom(size)
    (tmp_path / "claims").write_bytes(data)
    blocks = [data[start : start + 777] for start in range(0, size, 777)]
    sources: dict[str, Source] = {"bytes": data, "path": tmp_path / "claims", "blocks": lambda: blocks}
    async with reach() as session:
        await session.put(sources[kind], size, f"{sshd.incoming}/claims.837")
    assert (sshd.incoming / "claims.837").read_bytes() == data


async def test_an_upload_empties_what_was_left_of_an_earlier_one(reach: Reach, sshd: Sshd) -> None:
    """A retry never adds to a partial file, nor leaves a tail of it."""
    (sshd.incoming / ".claims.part").write_bytes(b"x" * 50_000)
    async with reach() as session:
        await session.put(b"ISA~IEA~", 8, f"{sshd.incoming}/.claims.part", final=False)
    assert (sshd.incoming / ".claims.part").read_bytes() == b"ISA~IEA~"


async def test_answers_are_listed_fetched_and_discarded(reach: Reach, sshd: Sshd) -> None:
    """Pick-up: a listing with sizes and times and without folders, the bytes, and a discard that may come twice."""
    answers = {"a.999": os.urandom(3_000_000), "b c.277": b"x", "empty.txt": b""}
    for name, data in answers.items():
        (sshd.outgoing / name).write_bytes(data)
        os.utime(sshd.outgoing / name, (1_900_000_000, 1_900_000_000))
    (sshd.outgoing / "archive").mkdir()
    async with reach() as session:
        found = {file.path.rpartition("/")[2]: file for file in await session.listing(f"{sshd.outgoing}/")}
        assert {name: file.size for name, file in found.items()} == {n: len(data) for n, data in answers.items()}
        assert {file.modified for file in found.values()} == {1_900_000_000}
        for name, data in answers.items():
            assert b"".join([block async for block in session.get(found[name].path)]) == data
            await session.discard(found[name].path)
            await session.discard(found[name].path)
        assert await session.listing(str(sshd.outgoing)) == []


async def test_a_name_that_is_not_utf8_is_listed_and_fetched_like_any_other(reach: Reach, sshd: Sshd) -> None:
    """One such name neither hides the rest of the folder nor becomes unreachable itself."""
    (sshd.outgoing / "a.999").write_bytes(b"one")
    odd = os.fsencode(sshd.outgoing) + b"/\xdcbersicht.txt"
    Path(os.fsdecode(odd)).write_bytes(b"two")
    async with reach() as session:
        found = await session.listing(str(sshd.outgoing))
        assert sorted(file.path.rpartition("/")[2] for file in found) == ["a.999", "Übersicht.txt"]
        path = next(file.path for file in found if file.path.endswith(".txt"))
        assert [block async for block in session.get(path)] == [b"two"]
        await session.discard(path)
    assert not os.path.exists(odd)


async def test_a_folder_that_is_missing_is_said_to_be(reach: Reach, sshd: Sshd) -> None:
    """A person must correct the settings; trying again would change nothing."""
    async with reach() as session:
        for act in (session.listing("/no/such"), session.put(b"x", 1, "/no/such/file")):
            with pytest.raises(Refused) as caught:
                await act
            assert caught.value.code == "NO_SUCH_FOLDER"
        assert await session.listing(str(sshd.outgoing)) == []


async def test_a_file_that_vanished_between_listing_and_fetching_does_not_end_the_session(
    reach: Reach, sshd: Sshd
) -> None:
    """Another client, or the payer, may take it: the next file is fetched all the same."""
    (sshd.outgoing / "b.999").write_bytes(b"here")
    async with reach() as session:
        with pytest.raises(Transient) as caught:
            _ = [block async for block in session.get(f"{sshd.outgoing}/a.999")]
        assert caught.value.code == "NO_SUCH_FILE"
        assert [block async for block in session.get(f"{sshd.outgoing}/b.999")] == [b"here"]


@pytest.mark.parametrize("extra", [1, -1])
async def test_a_target_of_another_size_is_never_replaced(reach: Reach, sshd: Sshd, extra: int) -> None:
    """The POSIX rename of OpenSSH would replace it silently."""
    (sshd.incoming / "claims.837").write_bytes(b"y" * (100 + extra))
    async with reach() as session:
        await session.put(b"x" * 100, 100, f"{sshd.incoming}/.part", final=False)
        with pytest.raises(Refused) as caught:
            await session.rename(f"{sshd.incoming}/.part", f"{sshd.incoming}/claims.837")
    assert caught.value.code == "TARGET_EXISTS"
    assert (sshd.incoming / "claims.837").read_bytes() == b"y" * (100 + extra)


async def test_a_target_of_our_size_may_be_ours_and_is_a_doubt(reach: Reach, sshd: Sshd) -> None:
    """The bytes may have arrived before; replacing them could have them taken twice."""
    (sshd.incoming / "claims.837").write_bytes(b"y" * 100)
    async with reach() as session:
        await session.put(b"x" * 100, 100, f"{sshd.incoming}/.part", final=False)
        with pytest.raises(InDoubt) as caught:
            await session.rename(f"{sshd.incoming}/.part", f"{sshd.incoming}/claims.837")
    assert caught.value.code == "TARGET_EXISTS"
    assert (sshd.incoming / "claims.837").read_bytes() == b"y" * 100


async def test_a_temporary_file_that_is_gone_is_a_doubt(reach: Reach, sshd: Sshd) -> None:
    """We did not rename it, so somebody took it."""
    async with reach() as session:
        with pytest.raises(InDoubt) as caught:
            await session.rename(f"{sshd.incoming}/.part", f"{sshd.incoming}/claims.837")
    assert caught.value.code == "SOURCE_GONE"


async def test_renaming_into_a_missing_folder_leaves_the_file_where_it_was(reach: Reach, sshd: Sshd) -> None:
    """The server said no, so there is no doubt."""
    async with reach() as session:
        await session.put(b"x", 1, f"{sshd.incoming}/.part", final=False)
        with pytest.raises(Refused) as caught:
            await session.rename(f"{sshd.incoming}/.part", f"{sshd.incoming}/no/claims.837")
        assert caught.value.code == "NO_SUCH_FOLDER"
        assert await session.size(f"{sshd.incoming}/.part") == Present(1)


@pytest.mark.parametrize(("given", "final", "kind"), [(99, False, Refused), (101, False, Refused), (99, True, InDoubt)])
async def test_a_source_of_another_length_than_recorded_is_noticed(
    reach: Reach, sshd: Sshd, given: int, final: bool, kind: type[GatewayError]
) -> None:
    """What we send is what we recorded, or the fault is ours; under a final name part of it is already out."""
    async with reach() as session:
        with pytest.raises(kind) as caught:
            await session.put(lambda: [b"x" * given], 100, f"{sshd.incoming}/claims.837", final=final)
    assert caught.value.code == ("OUTCOME_LOST" if final else "SOURCE_SIZE")


async def test_a_source_that_cannot_be_read_is_no_fault_of_the_connection(reach: Reach, sshd: Sshd) -> None:
    """A missing local file must not look like a missing remote folder, and nothing was sent even to a final name."""
    async with reach() as session:
        with pytest.raises(Refused) as caught:
            await session.put(Path("/no/such/document"), 100, f"{sshd.incoming}/claims.837")
    assert caught.value.code == "SOURCE_UNREADABLE"


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
async def test_each_kind_of_key_proves_the_server_and_us(reach: Reach, sshd: Sshd, kind: str) -> None:
    """The pinned kind is asked for, though the server has others, and a private key of each kind logs in."""
    async with reach(host_keys=(sshd.host_keys[kind],), secret=sshd.private_keys[kind]) as session:
        assert await session.listing(str(sshd.outgoing)) == []


async def test_either_of_two_pinned_keys_will_do(reach: Reach, sshd: Sshd, tmp_path: Path) -> None:
    """An announced key is pinned beside the present one before the change."""
    announced = make_key(tmp_path / "next", "ed25519")
    async with reach(host_keys=(announced + " from June", sshd.host_keys["ed25519"])) as session:
        assert await session.size("/") == Present(None)


async def test_without_a_pinned_key_nothing_is_dialled(reach: Reach, sshd: Sshd) -> None:
    """Trust on first use is trust in whoever answers first."""
    async with FaultProxy(sshd.port) as proxy:
        for host_keys, code in (((), "HOST_KEY_UNPINNED"), (("ssh-ed25519 nonsense",), "HOST_KEY_UNREADABLE")):
            with pytest.raises(Refused) as caught:
                await reach(port=proxy.port, host_keys=host_keys).connect()
            assert caught.value.code == code
        assert proxy.connections == 0


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
async def test_another_host_key_is_refused_before_any_login(
    reach: Reach, sshd: Sshd, tmp_path: Path, kind: str
) -> None:
    """Both fingerprints are shown as ssh-keygen prints them, and the server never learns our user name."""
    pinned = make_key(tmp_path / "other", kind)
    seen = len(sshd.log())
    with pytest.raises(Refused) as caught:
        await reach(host_keys=(pinned,)).connect()
    assert caught.value.code == "HOST_KEY_CHANGED"
    for key in (pinned, sshd.host_keys[kind]):
        assert printed_fingerprint(key) in str(caught.value)
    assert wait_until(lambda: "[preauth]" in sshd.log()[seen:])
    assert not LOGIN.search(sshd.log()[seen:])


def printed_fingerprint(key: str) -> str:
    """What ssh-keygen says."""
    said = subprocess.run(["ssh-keygen", "-lf", "-"], input=key, capture_output=True, text=True, check=True)
    return said.stdout.split()[1]


async def test_a_refused_key_is_tried_once(reach: Reach, sshd: Sshd, tmp_path: Path) -> None:
    """Repeated failures lock accounts at real payers."""
    make_key(tmp_path / "stranger", "ed25519")
    seen = len(sshd.log())
    with pytest.raises(Refused) as caught:
        await reach(secret=(tmp_path / "stranger").read_bytes()).connect()
    assert caught.value.code == "LOGIN_REFUSED"
    assert wait_until(lambda: "[preauth]" in sshd.log()[seen:])
    assert sshd.log()[seen:].count("Failed publickey") == 1


async def test_an_unusable_credential_is_noticed_before_dialling(reach: Reach, sshd: Sshd, tmp_path: Path) -> None:
    """A locked, damaged, empty or missing secret costs no login attempt, and no part of it is shown."""
    make_key(tmp_path / "locked", "ed25519", passphrase="under the stone")
    damaged = sshd.private_keys["ed25519"].replace(b"b3BlbnNz", b"c3BlbnNz")

    def missing(name: str) -> Kept:
        raise KeyError("under the stone")

    account = account_at(1, sshd.user, (sshd.host_keys["ed25519"],))
    for secret in ((tmp_path / "locked").read_bytes(), damaged, b"\n", b"\xff\xfe"):
        with pytest.raises(Refused) as caught:
            await SftpTransport(account, lambda _, secret=secret: Kept(secret)).connect()  # type: ignore[misc]
        assert caught.value.code == "CREDENTIAL_UNREADABLE"
    with pytest.raises(Refused) as caught:
        await SftpTransport(account, missing).connect()
    assert caught.value.code == "CREDENTIAL_UNREADABLE"
    assert "stone" not in repr(caught.value)
    assert caught.value.__suppress_context__


async def test_only_current_algorithms_are_spoken(reach: Reach, sshd: Sshd) -> None:
    """AES-GCM with OpenSSH, as its log tells; CBC, SHA-1 and MD5 are not even offered."""
    async with reach() as session:
        spoken = session._line._session
        assert spoken
        assert spoken.local_cipher == spoken.remote_cipher == "aes256-gcm@openssh.com"
        offered = [*spoken.preferred_ciphers, *spoken.preferred_macs, *spoken.preferred_kex, *spoken.preferred_pubkeys]
    assert not [name for name in offered if "cbc" in name or "md5" in name or name.endswith(("sha1", "sha1-96"))]


async def test_the_host_keys_of_a_server_are_shown_without_a_login(sshd: Sshd) -> None:
    """For a person to compare before pinning: one of each type the server has."""
    seen = len(sshd.log())
    shown = await scan_host_key("127.0.0.1", sshd.port)
    assert sorted(shown) == sorted(sshd.host_keys.values())
    assert all(fingerprint(key).startswith("SHA256:") for key in read_pins(shown, "sshd"))
    assert not LOGIN.search(sshd.log()[seen:])


async def test_the_library_below_logs_nothing(
    reach: Reach, sshd: Sshd, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its messages hold file names and servers' texts, at DEBUG and at ERROR."""
    caplog.set_level(logging.DEBUG)
    async with reach() as session:
        await session.put(b"x", 1, f"{sshd.incoming}/claims.837")
    with pytest.raises(Refused):
        await reach(host_keys=(make_key(tmp_path / "other", "ed25519"),)).connect()
    assert not [record for record in caplog.records if record.name.startswith("paramiko")]


async def test_a_session_that_has_ended_says_so(reach: Reach, sshd: Sshd) -> None:
    """Before connecting and after closing; closing twice is fine."""
    session = reach()
    with pytest.raises(Transient) as caught:
        await session.listing("/")
    assert caught.value.code == "NOT_CONNECTED"
    await session.connect()
    await session.close()
    await session.close()
    with pytest.raises(Transient) as caught:
        await session.listing("/")
    assert caught.value.code == "NOT_CONNECTED"


async def test_no_server_is_somebody_elses_bad_day(reach: Reach) -> None:
    """A refused connection and an unknown host are the clock's turn."""
    with pytest.raises(Transient) as caught:
        await reach(port=1).connect()
    assert caught.value.code == "UNREACHABLE"
    account = account_at(22, "millpond", reach()._account.host_keys)
    account = replace(account, endpoint=replace(account.endpoint, host="payer.invalid"))
    with pytest.raises(Transient) as caught:
        await SftpTransport(account, lambda _: Kept(b"x"), Limits(connect=5)).connect()
    assert caught.value.code == "UNREACHABLE"


async def test_two_hundred_refused_connections_leave_no_thread_and_no_socket(
    reach: Reach, sshd: Sshd, tmp_path: Path
) -> None:
    """paramiko keeps both for every connection that is not closed by hand."""
    pinned = make_key(tmp_path / "other", "ed25519")
    before, open_before = threads(), sockets()

    async def connect_ten_times() -> None:
        for _ in range(10):
            with pytest.raises(Refused, match="not the pinned one"):
                await reach(host_keys=(pinned,)).connect()

    await asyncio.gather(*(connect_ten_times() for _ in range(20)))
    assert await eventually(lambda: threads() <= before and sockets() <= open_before), (threads(), sockets())
