"""Mailboxes on other servers: OpenSSH's own, and one that removes what was read."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from gateway.daemon import Daemon
from gateway.model.habits import Discard, Mailbox
from gateway.store import StoreFailed, mailbox, pickups
from tests.mailboxes import MailSite, Server, ack_file, mail_site, named
from tests.servers import Sshd, make_key, require_sshd, running_sshd
from tests.sftp.stub import PASSWORD, Files, Stub, running


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    require_sshd()
    with running_sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


def at(sshd: Sshd, tmp_path: Path, mailbox: Mailbox | None = None, *more: str) -> MailSite:
    """A site that reads a fresh folder of that server, and these."""
    key = tmp_path / "key"
    key.write_bytes(sshd.private_keys["ed25519"])
    folder = tmp_path / "outgoing"
    folder.mkdir()
    server = Server(sshd.port, sshd.user, sshd.host_keys["ed25519"], key)
    return mail_site(tmp_path, server, mailbox, (*more, str(folder)))


def test_files_that_are_gone_before_they_are_fetched_are_told_when_it_stays_so(sshd: Sshd, tmp_path: Path) -> None:
    """Once is chance; a pattern means that somebody else reads here. The other files are fetched all the same."""
    box = at(sshd, tmp_path)
    (tmp_path / "outgoing" / "a.999").symlink_to(tmp_path / "nowhere")
    (tmp_path / "outgoing" / "b.999").write_bytes(ack_file(1))
    troubles = [line["code"] for _ in range(3) for line in named(box.run(), "mailbox.troubled")]
    assert troubles == ["VANISHING"]
    assert [answer["form"] for answer in box.ask("answers")] == ["999"]
    (tmp_path / "outgoing" / "a.999").unlink()
    (tmp_path / "outgoing" / "c.999").write_bytes(ack_file(2))
    assert [line["code"] for line in named(box.run(), "mailbox.recovered")] == ["VANISHING"]


def test_a_file_that_cannot_be_read_stops_no_other_and_is_told_after_a_while(sshd: Sshd, tmp_path: Path) -> None:
    """A file that only a running program may read stands for all that a server lists and does not give."""
    box = at(sshd, tmp_path)
    (tmp_path / "outgoing" / "a.999").symlink_to("/proc/self/mem")
    (tmp_path / "outgoing" / "b.999").write_bytes(ack_file(1))
    troubles = [line["code"] for _ in range(3) for line in named(box.run(), "mailbox.troubled")]
    assert troubles == ["FETCH_FAILS"]
    assert [answer["form"] for answer in box.ask("answers")] == ["999"]
    assert (box.health["waiting"], box.health["listed_at"] != "") == (1, True)


def test_a_missing_folder_of_openssh_stops_no_other(sshd: Sshd, tmp_path: Path) -> None:
    box = at(sshd, tmp_path, None, "/nowhere/at/all")
    (tmp_path / "outgoing" / "b.999").write_bytes(ack_file(1))
    assert [line["code"] for line in named(box.run(), "mailbox.troubled")] == ["FOLDER"]
    assert [answer["form"] for answer in box.ask("answers")] == ["999"]


def test_what_openssh_keeps_is_removed_after_its_days(sshd: Sshd, tmp_path: Path) -> None:
    box = at(sshd, tmp_path, Mailbox(discard=Discard.AFTER_DAYS, discard_after_days=7))
    (tmp_path / "outgoing" / "b.999").write_bytes(ack_file(1))
    box.run()
    box.clock.on(days=6)
    box.run()
    assert os.listdir(tmp_path / "outgoing") == ["b.999"]
    box.clock.on(days=2)
    box.run()
    assert os.listdir(tmp_path / "outgoing") == []


def test_where_no_size_and_no_time_is_told_a_name_is_looked_at_once_a_day(sshd: Sshd, tmp_path: Path) -> None:
    """OpenSSH tells nothing of what a link leads to; a broadcast that changes under its name is not missed."""
    box = at(sshd, tmp_path)
    notice = tmp_path / "notice"
    notice.write_bytes(b"open on Monday\n")
    (tmp_path / "outgoing" / "bcast.txt").symlink_to(notice)
    box.run()
    notice.write_bytes(b"closed Monday\n\n")
    box.clock.on(hours=23)
    box.run()
    assert len(box.ask("mail")) == 1
    for _ in range(2):
        box.clock.on(hours=25)
        box.run()
    assert len(box.ask("mail")) == 2
    assert len(box.states()) == 2


# A server that removes what was read.


@pytest.fixture
def stub(tmp_path: Path) -> Iterator[Stub]:
    require_sshd()
    make_key(tmp_path / "host", "ed25519")
    for name in ("in", "out"):
        (tmp_path / "payer" / name).mkdir(parents=True)
    (tmp_path / "password").write_text(PASSWORD)
    served = Stub(tmp_path / "payer", paramiko.Ed25519Key.from_private_key_file(str(tmp_path / "host")), eats=True)
    with running(served):
        yield served


def at_stub(stub: Stub, tmp_path: Path, mailbox: Mailbox | None = None) -> MailSite:
    """A site that reads its one folder."""
    return mail_site(tmp_path, Server(stub.port, "millpond", stub.host_key, tmp_path / "password"), mailbox)


@pytest.fixture
def eaten(stub: Stub, tmp_path: Path) -> MailSite:
    """A site whose partner removes what was read."""
    return at_stub(stub, tmp_path, Mailbox(reading_removes=True))


def test_where_reading_removes_a_file_it_is_committed_before_the_server_knows_that_it_was_read(
    stub: Stub, eaten: MailSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever dies in between finds the file there, or has it here."""
    there: list[bool] = []
    commit = pickups.fetched

    def watched(*args: object, **named: object) -> bool:
        there.append((stub.root / "out" / "a.999").exists())
        return commit(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(pickups, "fetched", watched)
    (stub.root / "out" / "a.999").write_bytes(ack_file(1))
    eaten.run()
    eaten.clock.on(minutes=5)
    eaten.run()
    assert (there, os.listdir(stub.root / "out")) == ([True], [])
    assert [answer["form"] for answer in eaten.ask("answers")] == ["999"]


def test_what_our_disk_had_no_room_for_is_kept_once_it_has_where_reading_removes_it(
    stub: Stub, eaten: MailSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has it no more: what was fetched and sealed is committed when the database takes it."""
    commit, full = pickups.fetched, [True]

    def keeping(*args: object, **named: object) -> bool:
        if full[0]:
            raise StoreFailed(OSError("no space left"))
        return commit(*args, **named)  # type: ignore[arg-type]

    async def through_a_full_disk() -> None:
        async with eaten.opened() as site:
            await Daemon(site).run_until_idle()  # it might still grow
            eaten.clock.on(minutes=5)
            with pytest.raises(StoreFailed):
                await Daemon(site).run_until_idle()
            full[0] = False
            await Daemon(site).run_until_idle()

    monkeypatch.setattr(pickups, "fetched", keeping)
    (stub.root / "out" / "a.999").write_bytes(ack_file(1))
    asyncio.run(through_a_full_disk())
    gone_by = time.monotonic() + 30
    while os.listdir(stub.root / "out") and time.monotonic() < gone_by:
        time.sleep(0.01)  # the server removes it once it was closed, and nobody waits for that
    assert os.listdir(stub.root / "out") == []
    assert [answer["form"] for answer in eaten.ask("answers")] == ["999"]


def test_what_grew_after_it_was_listed_is_kept_whole_where_reading_removes_it(
    stub: Stub, eaten: MailSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is gone there, so nothing that was read may be thrown away."""
    file, look = stub.root / "out" / "a.999", mailbox.listed
    file.write_bytes(ack_file(1))

    def growing(*args: object, **named: object) -> object:
        listing = look(*args, **named)  # type: ignore[arg-type]
        if listing.ready:
            file.write_bytes(ack_file(1) + ack_file(2))
        return listing

    monkeypatch.setattr(mailbox, "listed", growing)
    eaten.run()
    eaten.clock.on(minutes=5)
    eaten.run()
    assert os.listdir(stub.root / "out") == []
    assert {answer["control"] for answer in eaten.ask("answers")} == {"000000001", "000000002"}


def test_a_server_that_refuses_removal_is_told_once_and_nothing_is_lost(
    stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file stays there, known and not fetched again."""
    monkeypatch.setattr(Files, "remove", lambda self, path: paramiko.SFTP_PERMISSION_DENIED)
    stub.eats = False
    box = at_stub(stub, tmp_path, Mailbox(discard=Discard.AFTER_COMMIT))
    (stub.root / "out" / "a.999").write_bytes(ack_file(1))
    told = [line["code"] for _ in range(2) for line in named(box.run(), "mailbox.troubled")]
    assert (told, os.listdir(stub.root / "out"), len(box.states())) == (["DISCARD_REFUSED"], ["a.999"], 1)


def test_a_folder_that_may_not_be_listed_is_told_and_the_lane_goes_on(stub: Stub, tmp_path: Path) -> None:
    stub.eats, stub.tells_names = False, False
    box = at_stub(stub, tmp_path)
    assert [line["code"] for line in named(box.run(), "mailbox.troubled")] == ["FOLDER"]
    assert [lane["state"] for lane in box.ask("lanes")] == ["ACTIVE"]
    stub.tells_names = True
    assert [line["code"] for line in named(box.run(), "mailbox.recovered")] == ["FOLDER"]
