"""Mailboxes: whatever lies there, however it got there and whoever else reads it, what is ours is had once and told."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from gateway.desk.morning import mailboxes
from gateway.digest import Line
from gateway.model.habits import Discard, Expectation, Mailbox, Sends
from gateway.model.sending import RemoteFile
from gateway.store import pickups
from gateway.store.connection import Tx
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator
from tests.mailboxes import MailSite, ack_file, mail_site, named, zipped

LANE = "alpha_edi/production"


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def box(tmp_path: Path, payer: PayerSimulator) -> MailSite:
    return mail_site(tmp_path, payer)


# Files that move while we look.


def test_a_file_that_grew_is_read_once_it_is_whole(box: MailSite, payer: PayerSimulator) -> None:
    """Half an interchange is no error while it may still grow; the whole takes its place."""
    whole = ack_file(1)
    (payer.outbox / "a.999").write_bytes(whole[:150])
    box.run()
    (payer.outbox / "a.999").write_bytes(whole)
    box.run()
    assert box.states() == ["PARTIAL", "HANDED"]
    assert [answer["form"] for answer in box.ask("answers")] == ["999"]
    assert box.health["unreadable"] == 0


@pytest.mark.parametrize(
    "mailbox", [Mailbox(), Mailbox(discard=Discard.AFTER_COMMIT), Mailbox(reading_removes=True)], ids=repr
)
def test_files_without_a_byte_are_shown_told_once_and_fetched_when_they_hold_something(
    tmp_path: Path, payer: PayerSimulator, mailbox: Mailbox
) -> None:
    """A server may make a file long before it writes it. None is an error, none is removed, and no gap waits for one."""
    box = mail_site(tmp_path, payer, mailbox)
    for name in ("a.999", "b.999"):
        (payer.outbox / name).write_bytes(b"")
    assert (named(box.run(), "mailbox.troubled"), box.health["waiting"]) == ([], 2)
    box.clock.on(minutes=5)
    os.utime(payer.outbox / "a.999", (1, 1))
    assert [(line["code"], line["count"]) for line in named(box.run(), "mailbox.troubled")] == [("NO_BYTES", 2)]
    assert [box.health[key] for key in ("empty", "waiting", "unreadable")] == [["a.999", "b.999"], 0, 0]
    assert box.ask("mail") == []
    assert [line.what.split(".")[0] for line in mailbox_lines(box)] == [f"{LANE}: NO_BYTES"]
    box.clock.on(minutes=5)
    (payer.outbox / "a.999").write_bytes(ack_file(1))
    assert named(box.run(), "mailbox.troubled") == []
    box.clock.on(minutes=5)
    assert named(box.run(), "mailbox.recovered") == []
    assert (box.states(), box.health["empty"]) == (["HANDED"], ["b.999"])
    (payer.outbox / "b.999").unlink()
    assert [line["code"] for line in named(box.run(), "mailbox.recovered")] == ["NO_BYTES"]
    assert box.health["empty"] == []


def mailbox_lines(box: MailSite) -> Sequence[Line]:
    """What the digest says of mailboxes."""

    async def looked() -> Sequence[Line]:
        async with box.opened() as site:
            return (await mailboxes(site)).lines

    return asyncio.run(looked())


def test_a_file_that_stays_cut_off_is_told_once(box: MailSite, payer: PayerSimulator) -> None:
    (payer.outbox / "a.999").write_bytes(ack_file(1)[:150])
    assert [line["code"] for line in named(box.run(), "answer.unreadable")] == ["X12_INCOMPLETE"]
    assert named(box.run(), "answer.unreadable") == []
    assert box.health["unreadable"] == 1


@pytest.mark.parametrize(
    "mailbox", [Mailbox(grows=True), Mailbox(reading_removes=True)], ids=["grows", "reading_removes"]
)
def test_where_files_grow_in_sight_one_is_fetched_when_it_stands_still(
    tmp_path: Path, payer: PayerSimulator, mailbox: Mailbox
) -> None:
    """Two listings with some time between them must agree; a report in plain text shows nothing of its end."""
    box = mail_site(tmp_path, payer, mailbox)
    report = payer.outbox / "report.txt"
    report.write_bytes(b"claims received: 1\n")
    box.run()
    box.clock.on(minutes=5)
    report.write_bytes(b"claims received: 1\nclaims rejected: 1\n")
    box.run()
    assert (box.states(), box.health["waiting"]) == ([], 1)
    box.clock.on(minutes=5)
    box.run()
    assert (box.states(), box.health["waiting"]) == (["MAIL"], 0)
    assert [mail["bytes"] for mail in box.ask("mail")] == [38]


def test_other_bytes_under_a_known_name_are_another_file_and_the_same_bytes_are_known(
    box: MailSite, payer: PayerSimulator
) -> None:
    """A file is what it holds; where it lies only tells whether to look."""
    (payer.outbox / "daily.999").write_bytes(ack_file(1))
    box.run()
    (payer.outbox / "daily.999").write_bytes(ack_file(22222))
    os.utime(payer.outbox / "daily.999", (1, 1))
    (payer.outbox / "again.999").write_bytes(ack_file(1))
    box.run()
    assert sorted(box.states()) == ["HANDED", "HANDED", "KNOWN"]
    assert len(box.ask("answers")) == 2


def test_ten_thousand_old_files_cost_one_question(box: MailSite, payer: PayerSimulator) -> None:
    """However long the listing, what is known is found by one statement, and what is new is fetched."""
    listed = [RemoteFile(f"/out/{n}.999", n or None, n % 7 or None) for n in range(10_000)]

    async def asked() -> tuple[int, list[RemoteFile]]:
        statements: list[str] = []

        def know(tx: Tx) -> None:
            tx.run("INSERT INTO documents (id, name, sha256, size, kid, sealed_at) VALUES (1, 'x', x'', 0, '', '')")
            tx.many(
                "INSERT INTO pickups (lane, path, size, modified, document, state, fetched_at)"
                " VALUES (?, ?, ?, ?, 1, 'READ', ?)",
                [(LANE, f.path, f.size, f.modified, tx.at) for f in listed if f.path != "/out/77.999"],
            )

        def look(tx: Tx) -> list[RemoteFile]:
            tx.conn.set_trace_callback(statements.append)
            found = pickups.unknown(tx, LANE, listed)
            tx.conn.set_trace_callback(None)
            return found

        async with box.opened() as site:
            await site.store.write(know)
            found = await site.store.read(look)
            return len(statements), found

    count, found = asyncio.run(asked())
    assert (count, [file.path for file in found]) == (1, ["/out/77.999"])


# Removing what was fetched.


def test_nothing_is_removed_unless_it_is_declared(box: MailSite, payer: PayerSimulator) -> None:
    (payer.outbox / "a.999").write_bytes(ack_file(1))
    box.run()
    box.clock.on(days=90)
    box.run()
    assert [path.name for path in payer.outbox.iterdir()] == ["a.999"]


def test_what_is_committed_and_read_is_removed_and_what_is_not_stays(tmp_path: Path, payer: PayerSimulator) -> None:
    """Removed are answers, mail and what was known; what could not be read stays where a person can look at it."""
    box = mail_site(tmp_path, payer, Mailbox(discard=Discard.AFTER_COMMIT))
    (payer.outbox / "a.999").write_bytes(ack_file(1))
    (payer.outbox / "same.999").write_bytes(ack_file(1))
    (payer.outbox / "news.txt").write_bytes(b"office closed on Friday\n")
    (payer.outbox / "cut.999").write_bytes(ack_file(2)[:130])
    log = box.run()
    assert [path.name for path in payer.outbox.iterdir()] == ["cut.999"]
    assert len(named(log, "mailbox.discarded")) == 3
    assert named(box.run(), "mailbox.discarded") == []


def test_what_changed_since_it_was_committed_is_not_removed(tmp_path: Path, payer: PayerSimulator) -> None:
    """The new content is fetched first, as another file."""
    box = mail_site(tmp_path, payer, Mailbox(discard=Discard.AFTER_DAYS, discard_after_days=3))
    file = payer.outbox / "daily.txt"
    file.write_bytes(b"first day\n")
    box.run()
    box.clock.on(days=2)
    file.write_bytes(b"second day\n")
    box.run()
    box.clock.on(days=2)
    box.run()
    assert file.read_bytes() == b"second day\n"
    box.clock.on(days=2)
    box.run()
    assert not file.exists()
    assert len(box.ask("mail")) == 2


# Archives.


def test_what_is_zipped_is_read_and_a_bad_archive_stops_no_other(box: MailSite, payer: PayerSimulator) -> None:
    """Each member is a document of its own; names in it are no paths; the same answer zipped and bare counts once."""
    escape = "../../../../escaped.999"
    (payer.outbox / "a.zip").write_bytes(zipped({escape: ack_file(1), "in/report.txt": b"all well\n", "in/": b""}))
    (payer.outbox / "b.zip").write_bytes(zipped({"x.999": ack_file(3)})[:-30])
    (payer.outbox / "c.zip").write_bytes(zipped({"inner.zip": zipped({"x.999": ack_file(4)})}))
    (payer.outbox / "d.999").write_bytes(ack_file(1))
    (payer.outbox / "e.zip").write_bytes(zipped({"bomb.txt": bytes(40_000_000)}))
    (payer.outbox / "f.999").write_bytes(ack_file(2))
    log = box.run()
    assert sorted(line["code"] for line in named(log, "answer.unreadable")) == [
        "ARCHIVE_CUT",
        "ARCHIVE_NESTED",
        "ARCHIVE_TOO_LARGE",
    ]
    assert sorted(answer["control"] for answer in box.ask("answers") if answer["form"] == "999") == [
        "000000001",
        "000000002",
    ]
    assert [line["count"] for line in named(log, "archive.unpacked")] == [2, 1]
    assert list(box.site.root.parent.rglob("*escaped*")) == []
    origins = box.site.query("SELECT path FROM pickups WHERE container = 1")
    assert [row["path"] for row in origins] == [f"/out/a.zip#1!{escape}", "/out/a.zip#2!in/report.txt"]
    assert "a.zip#2!in/report.txt" in {each["file"] for each in box.site.ask("mail")}


def test_the_answers_of_a_zip_move_claims_and_are_handed_back(box: MailSite, payer: PayerSimulator) -> None:
    """A remittance that comes zipped, and again bare, is paid once."""
    box.site.drop("a.837", batch837p([ClaimSpec("A", payer_id="77001")]))
    box.run()
    payer.tick()
    files = {path.name: path.read_bytes() for path in payer.outbox.iterdir()}
    for name in files:
        (payer.outbox / name).unlink()
    (payer.outbox / "all.zip").write_bytes(zipped(files))
    box.run()
    while payer.tick():
        box.run()
    for name, content in files.items():
        (payer.outbox / f"again-{name}").write_bytes(content)
    box.run()
    assert [claim["stands"] for claim in box.ask("claims")] == ["PAID"]
    assert sum(answer["matched"] for answer in box.ask("answers") if answer["form"] == "835") == 1
    assert list((box.site.spool / "handback").iterdir())


class Turned:
    """A wrapping: the bits of every byte turned, behind a mark."""

    MARK = b"TURNED\x00\x01\x02\x03"

    def __init__(self, broken: bool = False) -> None:
        self.broken = broken

    def wrap(self, blocks: Iterable[bytes], name: str = "") -> Iterator[bytes]:
        yield self.MARK
        yield from (bytes(255 - byte for byte in block) for block in blocks)

    def opens(self, head: bytes) -> bool:
        return head.startswith(self.MARK)

    def unwrap(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        if self.broken:
            raise KeyError("a key that is not there")
        content = b"".join(blocks).removeprefix(self.MARK)
        yield bytes(255 - byte for byte in content)


def test_what_a_partner_wraps_is_unwrapped_by_what_it_is(box: MailSite, payer: PayerSimulator) -> None:
    """Also an archive within; whatever breaks on it keeps one file aside, which is read again once that is mended."""
    archive = zipped({"1.999": ack_file(1)})
    (payer.outbox / "a.bin").write_bytes(b"".join(Turned().wrap([archive])))
    (payer.outbox / "b.999").write_bytes(ack_file(2))
    box.wrappings = (Turned(broken=True),)
    assert [line["code"] for line in named(box.run(), "answer.unreadable")] == ["WRAPPING_BROKEN"]
    (mail,) = box.ask("mail")
    assert (mail["kind"], mail["code"]) == ("unreadable", "WRAPPING_BROKEN")
    box.wrappings = (Turned(),)
    box.ask("mail again", number=mail["mail"])
    box.run()
    assert {answer["control"] for answer in box.ask("answers") if answer["control"]} == {"000000001", "000000002"}
    assert (box.ask("mail"), box.health["unreadable"]) == ([], 0)


# Who else reads it.


def told(box: MailSite, payer: PayerSimulator, number: int, **more: int | str) -> list[str]:
    """What is told when the interchange of this number comes."""
    (payer.outbox / f"{number}-{len(list(payer.outbox.iterdir()))}.999").write_bytes(ack_file(number, **more))  # type: ignore[arg-type]
    return [line["event"] for line in box.run() if line["event"].startswith("mailbox.")]


def test_a_number_that_never_came_is_told_once_and_closed_when_it_comes(box: MailSite, payer: PayerSimulator) -> None:
    """Only of a partner that was seen to count by one."""
    for number in range(100, 105):
        assert told(box, payer, number) == []
    assert told(box, payer, 107) == ["mailbox.gap"]
    assert told(box, payer, 108) == []
    assert box.health["missing_numbers"][0] | {"told_at": ""} == {
        "level": "ISA13",
        "form": "999",
        "first": 105,
        "last": 106,
        "missing": 2,
        "told_at": "",
    }
    assert told(box, payer, 106) == []
    assert [(gap["first"], gap["last"], gap["missing"]) for gap in box.health["missing_numbers"]] == [(105, 105, 1)]
    assert told(box, payer, 105) == ["mailbox.gap_closed"]
    assert box.health["missing_numbers"] == []


def test_one_counter_for_all_kinds_leaves_no_gap_and_neither_does_an_unreadable_file(
    box: MailSite, payer: PayerSimulator
) -> None:
    """What came as an 824, or broken, came."""
    for number in range(100, 106):
        assert told(box, payer, number) == []
    assert told(box, payer, 106, form="824") == []
    assert told(box, payer, 107) == []
    (payer.outbox / "broken.999").write_bytes(ack_file(108).replace(b"GE*", b"ST*"))
    (payer.outbox / "cut.999").write_bytes(ack_file(109)[:150])
    box.run()
    assert told(box, payer, 110) == []


def test_who_numbers_each_kind_by_itself_is_followed_kind_by_kind(box: MailSite, payer: PayerSimulator) -> None:
    for number in range(100, 106):
        assert told(box, payer, number) == []
        assert told(box, payer, 400 + number, form="824") == []
    assert told(box, payer, 508, form="824") == ["mailbox.gap"]
    assert told(box, payer, 106) == []


def test_whoever_numbers_at_random_never_alarms(box: MailSite, payer: PayerSimulator) -> None:
    for number in (900, 12, 44, 45, 47, 700_000, 3, 49, 50, 53):
        assert told(box, payer, number) == []


def test_a_mailbox_that_held_files_for_weeks_and_is_empty_is_told(box: MailSite, payer: PayerSimulator) -> None:
    for number in range(5):
        (payer.outbox / f"{number}.txt").write_bytes(b"report %d\n" % number)
    box.run()
    box.clock.on(days=20)
    assert named(box.run(), "mailbox.troubled") == []
    for path in payer.outbox.iterdir():
        path.unlink()
    box.clock.on(days=1)
    assert [line["code"] for line in named(box.run(), "mailbox.troubled")] == ["EMPTIED"]
    assert named(box.run(), "mailbox.troubled") == []
    assert [trouble["code"] for trouble in box.health["troubles"]] == ["EMPTIED"]
    (payer.outbox / "new.txt").write_bytes(b"new\n")
    assert [line["code"] for line in named(box.run(), "mailbox.recovered")] == ["EMPTIED"]


def test_a_flood_is_fetched_bit_by_bit_the_oldest_first(
    box: MailSite, payer: PayerSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What there is to send does not wait for it."""
    monkeypatch.setattr("gateway.workers.pickup.FILES_AT_ONCE", 10)
    monkeypatch.setattr("gateway.store.mailbox.FLOOD", 20)
    for number in range(35):
        path = payer.outbox / f"{99 - number}.txt"
        path.write_bytes(b"report %d\n" % number)
        os.utime(path, (1_000_000 + number, 1_000_000 + number))
    log = box.run()
    rows = box.site.query("SELECT p.path, d.sha256 FROM pickups p JOIN documents d ON d.id = p.document ORDER BY p.id")
    assert [row["path"] for row in rows] == [f"/out/{99 - number}.txt" for number in range(35)]
    assert [(line["code"], line["count"]) for line in named(log, "mailbox.troubled")] == [("FLOODED", 35)]
    assert [line["code"] for line in named(log, "mailbox.recovered")] == ["FLOODED"]
    order = [line["event"] for line in log if line["event"] in ("mail.received", "answer.fetched")]
    assert order[:20] == ["answer.fetched"] * 10 + ["mail.received"] * 10


def test_a_folder_that_is_missing_stops_no_other(tmp_path: Path, payer: PayerSimulator) -> None:
    """It is told once, the lane goes on, and it is over when the folder is there."""
    box = mail_site(tmp_path, payer, inbound=("/nowhere", "/out"))
    (payer.outbox / "a.999").write_bytes(ack_file(1))
    box.site.drop("a.837", batch837p([ClaimSpec("A", payer_id="77001")]))
    log = box.run()
    assert [(line["code"], line["place"]) for line in named(log, "mailbox.troubled")] == [("FOLDER", "/nowhere")]
    assert named(box.run(), "mailbox.troubled") == []
    assert [answer["form"] for answer in box.ask("answers")] == ["999"]
    assert [claim["stands"] for claim in box.ask("claims")] == ["SENT"]


def test_a_lane_that_is_down_tells_when_half_the_partners_retention_is_over(
    tmp_path: Path, payer: PayerSimulator
) -> None:
    box = mail_site(tmp_path, payer, Mailbox(retention_days=30))
    box.run()
    payer.stop()
    box.clock.on(days=14)
    assert named(box.run(), "mailbox.troubled") == []
    box.clock.on(days=2)
    assert [line["code"] for line in named(box.run(), "mailbox.troubled")] == ["RETENTION_NEAR"]
    assert named(box.run(), "mailbox.troubled") == []
    payer.start()
    box.site.skip_waits()
    box.clock.on(hours=2)
    assert [line["code"] for line in named(box.run(), "mailbox.recovered")] == ["RETENTION_NEAR"]


def test_a_mailbox_without_anything_new_for_too_many_business_days_is_told(
    tmp_path: Path, payer: PayerSimulator
) -> None:
    box = mail_site(tmp_path, payer, Mailbox(quiet_days=5))
    box.clock.now = box.clock.now.replace(2026, 11, 30)  # a Monday
    (payer.outbox / "a.txt").write_bytes(b"report\n")
    box.run()
    box.clock.on(days=7)
    assert named(box.run(), "mailbox.troubled") == []
    box.clock.on(days=1)
    assert [line["code"] for line in named(box.run(), "mailbox.troubled")] == ["QUIET"]
    (payer.outbox / "b.txt").write_bytes(b"report\n2")
    assert [line["code"] for line in named(box.run(), "mailbox.recovered")] == ["QUIET"]


def test_what_a_partner_never_sent_is_shown(tmp_path: Path, payer: PayerSimulator) -> None:
    """Of what it declares to send for every file, and only once something was sent."""
    expects = {"999": Expectation(Sends.NEGATIVE_ONLY), "277CA": Expectation(), "835": Expectation(Sends.NEVER)}
    box = mail_site(tmp_path, payer, expects=expects)
    box.run()
    assert box.health["never_seen"] == []
    box.site.drop("a.837", batch837p([ClaimSpec("A", payer_id="77001")]))
    box.run()
    assert box.health["never_seen"] == ["277CA"]
    payer.tick()
    box.run()
    assert box.health["never_seen"] == []
