"""Mail: what is no answer is kept, shown safely, and done with; documents go to people and the journal says to whom."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.cli.mail import readable
from gateway.model.habits import Mailbox
from gateway.testing.payer import PayerSimulator
from tests.commands import on
from tests.mailboxes import MailSite, ack_file, mail_site, named, zipped

REPORT = b"835 999 277CA: your file 000000835 was received\r\nDOE JANE\x1b[2J\x07 rejected\r\n"


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def box(tmp_path: Path, payer: PayerSimulator) -> MailSite:
    return mail_site(tmp_path, payer, Mailbox(mail=("*EBR*", "bcast.txt")))


def test_what_a_file_is_called_never_says_what_it_is(box: MailSite, payer: PayerSimulator) -> None:
    """Numbers in names, and words in reports, make no remittance; an X12 answer under a mail's name is an answer."""
    (payer.outbox / "1835999277_ERA_835_5010.835").write_bytes(REPORT)
    (payer.outbox / "X_EBR_1.txt").write_bytes(ack_file(1))
    (payer.outbox / "Y_ebr_2.txt").write_bytes(b"EBR|1|accepted\n")
    (payer.outbox / "page.999").write_bytes(b"<html><body>maintenance on Sunday</body></html>")
    (payer.outbox / "letter.277").write_bytes(b"%PDF-1.7\n\xff\xfe\x00")
    log = box.run()
    assert {(mail["kind"], mail["looks"]) for mail in box.ask("mail")} == {
        ("text", "text"),
        ("*EBR*", "text"),
        ("html", "html"),
        ("pdf", "pdf"),
    }
    assert [answer["form"] for answer in box.ask("answers") if answer["control"]] == ["999"]
    assert not [line for line in log if line["level"] in ("error", "warning")]
    assert len(named(log, "mail.received")) == 4
    assert not [line for line in log if "835_5010" in json.dumps(line)]
    assert named(box.run(), "mail.received") == []


@pytest.mark.parametrize(
    "message",
    [
        b"\r\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n",
        b"\x85\x01\x0c\x03" + b"\xf0" * 300,
        b"\xc1\x5e\x03" + b"\xf0" * 99,
    ],
)
def test_an_answer_that_is_encrypted_to_nobody_here_is_no_mail(
    box: MailSite, payer: PayerSimulator, message: bytes
) -> None:
    """It may be a remittance: it is kept aside, and somebody is told what to do."""
    (payer.outbox / "note.txt").write_bytes(message)
    (told,) = named(box.run(), "answer.unreadable")
    assert (told["code"], "open_with" in told["next"]) == ("ENCRYPTED", True)
    assert [mail["kind"] for mail in box.ask("mail")] == ["unreadable"]


def test_x12_that_nobody_here_reads_is_kept_and_told_as_such(box: MailSite, payer: PayerSimulator) -> None:
    """An 824 is no error; beside an answer, in one file, it takes nothing away from it."""
    (payer.outbox / "a.824").write_bytes(ack_file(1, form="824"))
    (payer.outbox / "b.txt").write_bytes(ack_file(2, form="824") + ack_file(3))
    log = box.run()
    assert [line["form"] for line in named(log, "answer.unsupported")] == ["824", "824"]
    assert named(log, "answer.unreadable") == []
    assert [mail["kind"] for mail in box.ask("mail")] == ["824"]
    assert sorted(box.states()) == ["HANDED", "MAIL"]


def test_mail_is_read_and_done_with(box: MailSite, payer: PayerSimulator) -> None:
    """On a terminal nothing of it is obeyed; who read what stands in the journal."""
    (payer.outbox / "bcast.txt").write_bytes(REPORT)
    box.run()
    (mail,) = json.loads(on(box.site, "mail", "--json").stdout)
    shown = on(box.site, "mail", "show", str(mail["mail"]))
    assert "DOE JANE\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER} rejected" in shown.stdout
    assert "\x1b" not in shown.stdout
    assert json.loads(on(box.site, "mail", "--json").stdout)[0]["opened_at"]
    opened = box.site.query("SELECT actor, body FROM events WHERE name = 'document.opened'")
    assert [(row["actor"], json.loads(row["body"])) for row in opened] == [
        (_me(), {"document": mail["document"]}),
    ]
    assert on(box.site, "mail", "done", str(mail["mail"])).returncode == 0
    assert json.loads(on(box.site, "mail", "--json").stdout) == []
    assert len(json.loads(on(box.site, "mail", "--all", "--json").stdout)) == 1
    assert on(box.site, "mail", "done", "77").returncode == 1


def test_a_name_stays_on_its_line(box: MailSite, payer: PayerSimulator) -> None:
    """Names within archives may hold anything, and nobody is made to read a line that is none of ours."""
    (payer.outbox / "b.zip").write_bytes(zipped({"bcast\nMail   77\x1b[2J.txt": b"Dear submitter"}))
    box.run()
    (mail,) = json.loads(on(box.site, "mail", "--json").stdout)
    name = "b.zip#1!bcast Mail 77\N{REPLACEMENT CHARACTER}[2J.txt"
    assert name in " ".join(on(box.site, "mail").stdout.split())
    for words in (("show",), ("done",)):
        assert "\nMail   77" not in on(box.site, "mail", *words, str(mail["mail"])).stdout


def _me() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def test_what_is_no_text_goes_to_a_file_and_never_over_one(
    box: MailSite, payer: PayerSimulator, tmp_path: Path
) -> None:
    content = b"%PDF-1.7\n" + os.urandom(200_000)
    (payer.outbox / "letter.pdf").write_bytes(content)
    box.run()
    (mail,) = box.ask("mail")
    refused = on(box.site, "mail", "show", str(mail["mail"]))
    assert (refused.returncode, "--out" in refused.stderr) == (1, True)
    out = tmp_path / "letter.pdf"
    assert on(box.site, "mail", "show", str(mail["mail"]), "--out", str(out)).returncode == 0
    assert (out.read_bytes() == content, stat.S_IMODE(out.stat().st_mode)) == (True, 0o600)
    assert on(box.site, "mail", "show", str(mail["mail"]), "--out", str(out)).returncode == 1
    assert out.read_bytes() == content


def test_any_document_can_be_had_in_parts_whatever_its_size(
    box: MailSite, payer: PayerSimulator, tmp_path: Path
) -> None:
    """The raw answer, byte by byte; larger than one part."""
    content = ack_file(1) + b"\n" * 17_000_000
    (payer.outbox / "a.999").write_bytes(content)
    box.run()
    document = next(answer["document"] for answer in box.ask("answers") if answer["form"] == "999")
    out = tmp_path / "answer.999"
    assert on(box.site, "document", str(document), "--out", str(out)).returncode == 0
    assert out.read_bytes() == content
    assert len(box.site.query("SELECT 1 FROM events WHERE name = 'document.opened'")) == 3
    gone = on(box.site, "document", "999", "--out", str(tmp_path / "x"))
    assert (gone.returncode, (tmp_path / "x").exists()) == (1, False)


def test_status_says_how_each_mailbox_is(box: MailSite, payer: PayerSimulator) -> None:
    (payer.outbox / "a.txt").write_bytes(b"report\n")
    (payer.outbox / "b.zip").write_bytes(zipped({"x": b"y"})[:-5])
    box.run()
    shown = on(box.site, "status").stdout
    assert "Mailboxes" in shown
    (found,) = json.loads(on(box.site, "status", "--json").stdout)["mailboxes"]
    assert (found["files"], found["waiting"], found["unreadable"], found["mail"]) == (2, 0, 1, 1)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("naïve".encode(), "naïve"),
        ("naïve".encode("cp1252"), "naïve"),
        ("\ufeffreport".encode(), "report"),
        ("report".encode("utf-16"), "report"),
        (b"a\rb\r\nc\x00\x9b31m\xe2\x80\xae", "a\nb\nc"),
    ],
)
def test_text_of_any_usual_encoding_is_readable(content: bytes, text: str) -> None:
    """Controls, the C1 ones and those that turn the direction of writing among them, are replaced."""
    shown = readable(content)
    assert shown.startswith(text)
    assert all(char.isprintable() or char == "\n" for char in shown)
