"""Mailboxes on servers that say little of their files, say it otherwise than most, or break the line over one of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from gateway.model.habits import Mailbox
from gateway.testing.builders import ClaimSpec, batch837p
from tests.mailboxes import MailSite, Server, ack_file, mail_site, named
from tests.servers import make_key, require_sshd
from tests.sftp.stub import PASSWORD, Stub, running


@pytest.fixture
def stub(tmp_path: Path) -> Iterator[Stub]:
    require_sshd()
    make_key(tmp_path / "host", "ed25519")
    for name in ("in", "out", "more"):
        (tmp_path / "payer" / name).mkdir(parents=True)
    (tmp_path / "password").write_text(PASSWORD)
    served = Stub(tmp_path / "payer", paramiko.Ed25519Key.from_private_key_file(str(tmp_path / "host")))
    with running(served):
        yield served


def at(stub: Stub, tmp_path: Path, mailbox: Mailbox | None = None, *more: str) -> MailSite:
    """A site that reads its folder, and these."""
    server = Server(stub.port, "millpond", stub.host_key, tmp_path / "password")
    return mail_site(tmp_path, server, mailbox, ("/out", *more))


def controls(box: MailSite) -> set[str]:
    """The numbers of the interchanges that came."""
    return {answer["control"] for answer in box.ask("answers")}


@pytest.mark.parametrize("lists", ["{folder}/{name}", "./{name}", "out/{name}", "/home/millpond{folder}/{name}"])
def test_a_server_that_lists_whole_paths_is_read_like_any_other(stub: Stub, tmp_path: Path, lists: str) -> None:
    """Its mailbox would look empty for ever."""
    stub.lists = lists
    (stub.root / "out" / "a.999").write_bytes(ack_file(1))
    box = at(stub, tmp_path)
    box.run()
    box.run()
    assert (controls(box), len(box.states()), box.health["waiting"]) == ({"000000001"}, 1, 0)


def test_where_names_alone_are_listed_folders_are_left_alone(stub: Stub, tmp_path: Path) -> None:
    """A file among them is fetched, and no folder is told of as one that cannot be had."""
    stub.tells_attributes = False
    (stub.root / "out" / "a.999").write_bytes(ack_file(1))
    (stub.root / "out" / "archive").mkdir()
    box = at(stub, tmp_path)
    troubles = [line for _ in range(4) for line in named(box.run(), "mailbox.troubled")]
    assert (controls(box), box.health["waiting"], troubles) == ({"000000001"}, 0, [])


@pytest.mark.parametrize("time", [0, 315_532_800])
def test_a_time_at_the_beginning_of_clocks_is_none(stub: Stub, tmp_path: Path, time: int) -> None:
    """1970 or 1980 of every file: else the next answer of the same name and length would never be fetched."""

    def timeless(found: paramiko.SFTPAttributes) -> None:
        found.st_mtime = time

    stub.changes = timeless
    (stub.root / "out" / "ack.999").write_bytes(ack_file(1))
    box = at(stub, tmp_path)
    box.run()
    (stub.root / "out" / "ack.999").write_bytes(ack_file(2))
    box.clock.on(hours=25)
    box.run()
    assert controls(box) == {"000000001", "000000002"}


def test_a_size_of_nothing_is_not_believed(stub: Stub, tmp_path: Path) -> None:
    """Some servers do not measure what they make at the moment of reading: it is read to its end."""

    def unmeasured(found: paramiko.SFTPAttributes) -> None:
        found.st_size = 0

    stub.changes = unmeasured
    (stub.root / "out" / "a.999").write_bytes(ack_file(1))
    box = at(stub, tmp_path)
    box.run()
    box.clock.on(minutes=1)
    box.run()
    assert controls(box) == {"000000001"}


def test_a_file_over_which_the_line_breaks_stops_neither_other_answers_nor_claims(stub: Stub, tmp_path: Path) -> None:
    """What looks into files on the way may not like one of them. After some tries that is told of the file and no more
    of the partner: it would keep the lane's breaker open, and every claim here."""
    stub.drops_at = "a.835"
    (stub.root / "out" / "a.835").write_bytes(ack_file(1))
    (stub.root / "more" / "b.999").write_bytes(ack_file(2))
    box = at(stub, tmp_path, None, "/more")
    box.site.drop("a.837", batch837p([ClaimSpec("A1", payer_id="77001", member_id="M1")]))
    told = []
    for _ in range(5):
        told += named(box.run(), "mailbox.troubled")
        box.clock.on(hours=2)
    assert ([line["code"] for line in told], controls(box)) == (["FETCH_FAILS"], {"000000002"})
    assert ([lane["state"] for lane in box.ask("lanes")], len(os.listdir(stub.root / "in"))) == (["ACTIVE"], 1)
    box.site.drop("b.837", batch837p([ClaimSpec("B1", payer_id="77001", member_id="M2")], control=2))
    assert named(box.run(), "lane.breaker_opened") == []
    assert len(os.listdir(stub.root / "in")) == 2
    stub.drops_at = ""
    assert [line["code"] for line in named(box.run(), "mailbox.recovered")] == ["FETCH_FAILS"]
    assert controls(box) == {"000000001", "000000002"}


def test_a_listing_of_a_day_to_come_keeps_no_file_waiting_for_it(stub: Stub, tmp_path: Path) -> None:
    """The clock was wrong then; a file that may grow stands still from now on."""
    (stub.root / "out" / "a.999").write_bytes(ack_file(1))
    box = at(stub, tmp_path, Mailbox(grows=True))
    box.clock.on(days=400)
    box.run()
    box.clock.on(days=-400)
    box.run()
    assert controls(box) == set()
    box.clock.on(minutes=1)
    box.run()
    assert controls(box) == {"000000001"}
