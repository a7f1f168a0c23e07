"""Partners whose servers let nobody look at a file, or answer otherwise than others that it is not there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paramiko
import pytest
from paramiko.sftp import (
    SFTP_BAD_MESSAGE,
    SFTP_CONNECTION_LOST,
    SFTP_FAILURE,
    SFTP_OK,
    SFTP_OP_UNSUPPORTED,
    SFTP_PERMISSION_DENIED,
)

from gateway.testing.builders import ClaimSpec, batch837p
from tests.habits import Clock, declare, run, seen, states
from tests.mailboxes import MailSite, Server, ack_file, mail_site
from tests.servers import make_key, require_sshd
from tests.sftp.stub import PASSWORD, Stub, running

DIRECT = "write=WriteHabit.DIRECT, "
NOTHING, LISTING = "verify=Verify.NOTHING", "verify=Verify.LISTING"
BATCH = batch837p([ClaimSpec("A1", payer_id="77001", member_id="M1")])


@pytest.fixture
def stub(tmp_path: Path) -> Iterator[Stub]:
    require_sshd()
    make_key(tmp_path / "host", "ed25519")
    for name in ("in", "out"):
        (tmp_path / "payer" / name).mkdir(parents=True)
    (tmp_path / "password").write_text(PASSWORD)
    served = Stub(tmp_path / "payer", paramiko.Ed25519Key.from_private_key_file(str(tmp_path / "host")))
    with running(served):
        yield served


def at(stub: Stub, tmp_path: Path, said: str) -> MailSite:
    """A site with a batch dropped, whose partner is said to be like this."""
    box = mail_site(tmp_path, Server(stub.port, "millpond", stub.host_key, tmp_path / "password"))
    declare(box.site, "alpha", said)
    box.site.drop("a.837", BATCH)
    return box


def lanes(box: MailSite) -> list[tuple[Any, Any]]:
    return [(lane["state"], lane["code"]) for lane in box.ask("lanes")]


@pytest.mark.parametrize(
    ("said", "code", "ladder"),
    [
        (NOTHING, SFTP_PERMISSION_DENIED, ["unverified", "written"]),
        (DIRECT + NOTHING, SFTP_PERMISSION_DENIED, ["unverified", "written"]),
        (DIRECT + NOTHING, SFTP_OP_UNSUPPORTED, ["unverified", "written"]),
        (LISTING, SFTP_OP_UNSUPPORTED, ["listed", "size", "written"]),
        (DIRECT + LISTING, SFTP_FAILURE, ["listed", "size", "written"]),
        ("", SFTP_PERMISSION_DENIED, ["size", "written"]),
    ],
)
def test_a_server_that_answers_no_look_is_written_to_as_declared(
    stub: Stub, tmp_path: Path, said: str, code: int, ladder: list[str]
) -> None:
    """What can be listed is seen in the listing; where nothing can be looked at, nothing is said to have been seen. Its
    answers are fetched all the same."""
    stub.stat = lambda _: code
    (stub.root / "out" / "a.999").write_bytes(ack_file(1))
    box = at(stub, tmp_path, said)
    run(box.site)
    assert (states(box.site), seen(box.site), len(os.listdir(stub.root / "in"))) == (["SENT"], ladder, 1)
    assert [answer["control"] for answer in box.ask("answers")] == ["000000001"]


@pytest.mark.parametrize("said", ["", DIRECT])
def test_a_server_that_calls_it_a_failure_when_a_file_is_not_there(stub: Stub, tmp_path: Path, said: str) -> None:
    """Or denies permission, so that nobody can try names: what is there it shows."""
    stub.stat = lambda path: SFTP_OK if path.exists() else SFTP_FAILURE
    box = at(stub, tmp_path, said)
    run(box.site)
    assert (states(box.site), seen(box.site)) == (["SENT"], ["size", "written"])


def test_where_nobody_may_look_and_that_was_not_declared_a_person_is_told_how(stub: Stub, tmp_path: Path) -> None:
    stub.stat, stub.tells_names = lambda _: SFTP_PERMISSION_DENIED, False
    box = at(stub, tmp_path, "")
    run(box.site)
    (lane,) = box.ask("lanes")
    assert (lane["state"], lane["code"]) == ("SUSPENDED", "PERMISSION")
    assert "verify = nothing" in lane["next"]


def test_doubt_that_nobody_may_look_into_keeps_neither_the_lane_nor_the_run(stub: Stub, tmp_path: Path) -> None:
    """It is looked into seldom, and everything else goes on in the meantime."""
    box = at(stub, tmp_path, DIRECT)
    stub.closing = "lost"
    stub.stat = lambda path: SFTP_PERMISSION_DENIED if path.exists() else SFTP_OK
    stub.tells_names = False
    assert run(box.site).count("submission.still_in_doubt") == 1
    assert (states(box.site), lanes(box)) == (["IN_DOUBT"], [("ACTIVE", "")])
    stub.closing = "done"
    box.site.drop("b.837", batch837p([ClaimSpec("B1", payer_id="77001", member_id="M2")], control=2))
    run(box.site)
    assert (states(box.site), lanes(box)) == (["IN_DOUBT", "SENT"], [("ACTIVE", "")])


def test_a_hidden_file_that_was_taken_unseen_is_doubt(stub: Stub, tmp_path: Path) -> None:
    """It lay there whole at an earlier try; that the server finds nothing to rename is no word on a folder."""
    stub.stat, stub.renames = lambda _: SFTP_PERMISSION_DENIED, "refused"
    box = at(stub, tmp_path, NOTHING)
    run(box.site)
    assert lanes(box) == [("SUSPENDED", "RENAME_REFUSED")]
    (hidden,) = (stub.root / "in").iterdir()
    hidden.unlink()
    stub.renames = "done"
    box.ask("resume", lane="alpha_edi/production", reason="mended")
    run(box.site)
    assert (states(box.site), lanes(box)) == (["IN_DOUBT"], [("ACTIVE", "")])


@pytest.mark.parametrize("verify", ["LISTING", "VANISHES"])
def test_what_nobody_may_look_at_after_logging_out_is_sent_and_not_verified(
    stub: Stub, tmp_path: Path, verify: str
) -> None:
    """Its own reply to the writing is all that was observed."""
    said = f"{DIRECT}verify=Verify.{verify}, habits=Habits(wire=Wire(commit_on_logout=True))"
    stub.stat = lambda path: SFTP_PERMISSION_DENIED if path.is_file() else SFTP_OK
    stub.tells_names = False
    box = at(stub, tmp_path, said)
    run(box.site)
    assert (states(box.site), seen(box.site)) == (["SENT"], ["unverified", "written"])


@pytest.mark.parametrize("code", [SFTP_BAD_MESSAGE, SFTP_CONNECTION_LOST])
def test_a_look_that_broke_after_logging_out_is_no_word_on_the_file(stub: Stub, tmp_path: Path, code: int) -> None:
    """It is looked for again later; until then it is neither sent nor in doubt."""
    said = f"{DIRECT}verify=Verify.VANISHES, habits=Habits(wire=Wire(commit_on_logout=True))"
    stub.stat = lambda path: code if path.is_file() else SFTP_OK
    box, clock = at(stub, tmp_path, said), Clock()
    run(box.site, clock)
    assert (states(box.site), seen(box.site)) == (["TRANSMITTING"], ["written"])
    stub.stat = lambda _: SFTP_OK
    clock.move(hours=2)
    run(box.site, clock)
    assert (states(box.site), seen(box.site)) == (["SENT"], ["size", "written"])
