"""Killed at any step of a visit to a mailbox, nothing is lost, nothing counts twice, nothing is removed too early."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.testing.payer import PayerSimulator
from tests.crash.nursery import Nursery
from tests.mailboxes import MailSite, ack_file, mail_site, zipped
from tests.sftp.stub import Stub
from tests.test_mailbox_servers import at_stub, stub  # noqa: F401

Visit = Callable[..., bool]

POINTS = (
    ("before pickups.fetched", 2),
    ("after pickups.fetched", 1),
    ("after Vault.seal", 5),
    ("before pickups.unpacked", 1),
    ("after pickups.unpacked", 1),
    ("before mail.keep", 1),
    ("after mail.keep", 1),
    ("after answers.post", 2),
    ("before numbers.settle", 1),
    ("before sftp.discard", 1),
    ("after sftp.discard", 1),
    ("after pickups.discarded", 2),
)


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """One process that forks every visit of this module."""
    held = Nursery("tests.mailbox_child")
    yield held
    held.close()


@pytest.fixture
def visit(nursery: Nursery) -> Visit:
    """One visit of a site to a mailbox; True when it was killed at the step."""

    def visiting(box: MailSite, mailbox: str, step: str = "never", nth: int = 1, hours: float = 0) -> bool:
        return nursery.run(box.site.config, step, nth, f"{mailbox} {hours}")

    return visiting


def had(box: MailSite) -> dict[str, int]:
    """How often each answer and each piece of mail is here."""
    counts: dict[str, int] = {}
    for answer in box.ask("answers"):
        if answer["control"]:
            counts[answer["control"]] = counts.get(answer["control"], 0) + 1
    counts["mail"] = len(box.ask("mail"))
    return counts


@pytest.mark.parametrize(("point", "nth", "again"), [(*point, n % 2 == 1) for n, point in enumerate(POINTS)])
def test_kill_9_loses_nothing_and_removes_nothing_too_early(
    tmp_path: Path, payer: PayerSimulator, visit: Visit, point: str, nth: int, again: bool
) -> None:
    """What is gone at the partner is committed here, at every moment; in the end each answer is here once and nothing that
    was read is left there. In half of the trials it is killed `again` during recovery."""
    box = mail_site(tmp_path, payer)
    (payer.outbox / "a.zip").write_bytes(zipped({"1.999": ack_file(1), "2.999": ack_file(2), "r.txt": b"one\n"}))
    (payer.outbox / "b.txt").write_bytes(b"two\n")
    (payer.outbox / "c.999").write_bytes(ack_file(3))
    (payer.outbox / "d.999").write_bytes(ack_file(1))
    names = {path.name for path in payer.outbox.iterdir()}
    assert visit(box, "discard", point, nth)
    for _ in range(2 if again else 1):
        left = {path.name for path in payer.outbox.iterdir()}
        committed = {os.path.basename(row["path"]) for row in box.site.query("SELECT path FROM pickups")}
        assert names - left <= committed
        visit(box, "discard", "after pickups.fetched" if again else "never")
    visit(box, "discard")
    assert had(box) == {"000000001": 1, "000000002": 1, "000000003": 1, "mail": 2}
    assert list(payer.outbox.iterdir()) == []
    assert box.ask("audit")["intact"]
    assert box.states().count("FETCHED") == 0


@pytest.mark.parametrize("point", ["after pickups.fetched", "before answers.post"])
def test_kill_9_where_reading_removes_the_file(
    tmp_path: Path,
    stub: Stub,  # noqa: F811
    visit: Visit,
    point: str,
) -> None:
    """From the commit on it is here, whatever the server makes of the broken session."""
    box = at_stub(stub, tmp_path)
    (stub.root / "out" / "a.999").write_bytes(ack_file(1))
    visit(box, "removes")
    assert visit(box, "removes", point, hours=1)
    (stub.root / "out" / "a.999").unlink(missing_ok=True)
    visit(box, "removes", hours=2)
    assert had(box) == {"000000001": 1, "mail": 0}
