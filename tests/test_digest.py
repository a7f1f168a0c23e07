"""The morning's digest: what it says and leaves out, as text, page and mail; and the log as people read it."""

from __future__ import annotations

import asyncio
import json
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from click.testing import CliRunner

from gateway.cli.main import gateway
from gateway.cli.tail import line
from gateway.daemon import serve
from gateway.desk import morning
from gateway.digest import Digest, Line, Plot, Section, Series, Table, page, text
from gateway.errors import Refused, Transient
from gateway.events import Event
from gateway.store.connection import moment
from gateway.telling import words
from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import Deny, Faults, PayerSimulator, Reject277, Rule, Scenario
from gateway.workers.site import open_site
from tests.bus.conftest import authority
from tests.servers import free_port
from tests.sites import TestSite, make_site

GATEWAY = [sys.executable, "-c", "from gateway.cli import main; main()"]


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    return make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])


def claim(number: str, **more: Any) -> ClaimSpec:
    return ClaimSpec(f"CANARY{number}", payer_id="77001", **more)


def lived(site: TestSite, payer: PayerSimulator) -> None:
    """A day on which something of everything happened."""
    payer.scenario = Scenario(
        rules=(Rule(Deny("50"), claim="CANARYD"), Rule(Reject277("A7", "21", ""), claim="CANARYR"))
    )
    site.drop("a.837", batch837p([claim("P"), claim("D"), claim("R"), claim("H", rendering="2000000028")]))
    asyncio.run(serve(site.config, until_idle=True))
    payer.tick()
    (payer.outbox / "CANARY.txt").write_bytes(b"CANARY\n")
    asyncio.run(serve(site.config, until_idle=True))


def cli(site: TestSite, *words_: str, code: int = 0) -> str:
    result = CliRunner().invoke(gateway, ["-c", str(site.config), *words_], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.stdout


def test_a_site_where_all_is_well_says_one_calm_sentence(site: TestSite) -> None:
    """Nothing that is empty is shown."""
    said = cli(site, "digest").splitlines()
    assert said[1:] == ["All is well. Nothing waits for you."]


def test_what_wants_somebody_is_said_with_the_command_to_type_next(site: TestSite, payer: PayerSimulator) -> None:
    """And every command is one that there is; text within 80 columns; no claim's number or file's name anywhere."""
    lived(site, payer)
    told = json.loads(cli(site, "digest", "--format", "json"))
    lines = {section["title"]: section["lines"] for section in told["sections"]}
    assert {"Rejected", "Held", "Denials", "Mailboxes", "Posted"} <= set(lines)
    assert lines["Held"] == [{"what": "1 claim at alpha, $120: ENROLLMENT_UNKNOWN (C4).", "command": "gateway why C4"}]
    assert lines["Rejected"][0]["command"] == "gateway why C3"
    (denied,) = lines["Denials"]
    assert denied["what"] == "1 denial at alpha, $120: CO-50, for physician (C2)."
    assert denied["command"] == 'gateway denials --payer alpha --cause "MEDN CO-50"'
    for each in (one for some in lines.values() for one in some):
        assert each["command"].startswith("gateway ")
        assert each["command"].split()[1] in gateway.rooms
    plain, html = cli(site, "digest"), cli(site, "digest", "--format", "html")
    assert max(map(len, plain.splitlines())) <= 80
    assert all(each["command"] in plain for some in lines.values() for each in some)
    series = {one["name"]: sum(one["values"]) for one in told["plots"][0]["series"]}
    assert series == {"sent": 3, "held": 1, "rejected": 1}
    assert sum(told["plots"][1]["series"][0]["values"]) == 1
    assert "CANARY" not in plain + html + json.dumps(told)
    assert "<tr><td>alpha</td><td>" in html
    assert "<h2>By provider</h2>" in html
    assert "Percent by payer, claims received in 90 days" in html


@pytest.mark.parametrize(
    ("broken", "code", "first"),
    [("host key", "HOST_KEY_CHANGED", "gateway payer trust alpha_edi --stage production"),
     ("login", "LOGIN_REFUSED", 'gateway resume alpha_edi/production --reason "..."')],
)  # fmt: skip
def test_a_host_key_is_looked_at_before_its_lane_goes_on(
    site: TestSite, payer: PayerSimulator, broken: str, code: str, first: str
) -> None:
    """`gateway resume` comes after it, in the sentence; elsewhere it is what to type."""
    if broken == "host key":
        payer.change_host_key()
    else:
        payer.scenario = Scenario(faults=Faults(refuse_login=True))
    asyncio.run(serve(site.config, until_idle=True))
    [section] = json.loads(cli(site, "digest", "--format", "json"))["sections"]
    [line] = section["lines"]
    assert f"is suspended ({code})." in line["what"]
    assert line["command"] == first
    assert 'gateway resume alpha_edi/production --reason "..."' in " ".join(line.values())


def test_a_limit_that_passed_is_told_as_past(site: TestSite) -> None:
    """Nobody reads of days that are fewer than none."""
    plugin = site.root / "plugins" / "alpha.toml"
    plugin.write_text(plugin.read_text().replace("filing_limit_days = 3650", "filing_limit_days = 30"))
    day = datetime.now(ZoneInfo("America/Chicago")).date() - timedelta(days=40)
    site.drop("a.837", batch837p([claim("H", lines=[LineSpec(charge=120, first_day=day)])]))
    asyncio.run(serve(site.config, until_idle=True))
    (told,) = (one for one in json.loads(cli(site, "digest", "--format", "json"))["sections"] if one["title"] == "Held")
    assert told["lines"][0]["what"] == "1 claim at alpha, $120: FILING_PAST, filing limit 10 days ago (C1)."


def test_what_was_rejected_and_is_not_corrected_stays_until_it_is(site: TestSite, payer: PayerSimulator) -> None:
    """Its filing limit runs: a week later it is still told, with its age; a corrected claim ends that."""
    payer.scenario = Scenario(rules=(Rule(Reject277("A7", "21", ""), claim="CANARYR"),))
    site.drop("a.837", batch837p([claim("R", member_id="M1")]))
    for _ in range(2):
        asyncio.run(serve(site.config, until_idle=True))
        payer.tick()
    asyncio.run(serve(site.config, until_idle=True))
    assert "declined by the partner" in rejected(site)[0]
    changed(site, days=7)
    (told,) = rejected(site)
    assert told == "1 claim rejected or declined before at alpha, $120, not corrected: the oldest 7 days ago (C1)."
    payer.scenario = Scenario(answers=())
    site.drop("b.837", batch837p([claim("R", member_id="M1")], control=102))
    asyncio.run(serve(site.config, until_idle=True))
    assert rejected(site) == []
    changed(site, days=0)
    assert rejected(site) == []  # nor is it news of today


def rejected(site: TestSite) -> list[str]:
    sections = json.loads(cli(site, "digest", "--format", "json"))["sections"]
    return [line["what"] for each in sections if each["title"] == "Rejected" for line in each["lines"]]


def changed(site: TestSite, days: int) -> None:
    """As if all claims had last changed so many days ago."""
    at = moment(datetime.now(UTC) - timedelta(days=days))

    async def changing() -> None:
        async with open_site(site.config) as opened:
            await opened.store.write(lambda tx: tx.run("UPDATE claims SET changed_at = ?", at))

    asyncio.run(changing())


class Page(HTMLParser):
    """What a page would load, and how many bars it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.bars = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "xlink:href")]
        self.loads += [tag] if tag in ("script", "link", "img", "iframe") else []
        self.bars += tag == "title"


def test_the_page_loads_nothing_and_escapes_everything() -> None:
    """A name with markup stays text."""
    plot = Plot("<b>", ("a", "b"), (Series("sent", "#000", (3, 0)), Series("held", "#111", (0, 2))))
    made = Digest("<script>", datetime(2026, 11, 25, 6, 30), (Section("<i>", (Line("a < b", "gateway x"),)),), (plot,),
                  (Table("<u>", ("<script>",), (("<script>",),)),))  # fmt: skip
    found = Page()
    found.feed(page(made))
    assert (found.loads, found.bars) == ([], 3)  # its own title, and one for each bar that is not zero
    assert "<script>" not in page(made)
    assert "http" not in page(made)


def test_one_section_that_breaks_does_not_take_the_others_along(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said in its place."""

    async def broken(_: object) -> None:
        raise LookupError("CANARY")

    monkeypatch.setattr("gateway.desk.digest.SECTIONS", (("held", broken), *morning.SECTIONS))
    said = cli(site, "digest")
    assert "This part could not be made" in said
    assert "CANARY" not in said


def test_calm_things_alone_leave_all_well() -> None:
    """Money that was posted wants nobody."""
    made = Digest("s", datetime(2026, 11, 25), (Section("Posted", (Line("$5", "gateway answers"),), calm=True),))
    assert "All is well" in text(made)
    assert "$5" in text(made)


# By mail.


class Postbox:
    """What a real mail server took."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], Message]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 taken"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 fine"


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, int]]:
    box = Postbox()
    port = free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, port
    server.stop()


def mailing(site: TestSite, port: int, **changes: Any) -> None:
    """Set up [digest] anew."""
    keys = {"to": ["b@practice.example"], "sender": "g@practice.example", "host": "127.0.0.1", "port": port,
            "starttls": False} | changes  # fmt: skip
    before = site.config.read_text().partition("\n[digest]")[0]
    site.config.write_text(before + "\n[digest]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in keys.items()))


def events_of(site: TestSite) -> list[tuple[str, str]]:
    found = site.ask("tail", kind="digest")["events"]
    return [(event["event"], event["code"]) for event in found]


def test_the_digest_goes_by_mail(site: TestSite, payer: PayerSimulator, postbox: tuple[Postbox, int]) -> None:
    """Text as the body, the page beside it, no patient's data in either."""
    box, port = postbox
    lived(site, payer)
    mailing(site, port)
    cli(site, "digest", "--mail")
    ((to, mail),) = box.mails
    body, attached = (part.get_payload(decode=True) for part in mail.get_payload())  # type: ignore[union-attr]
    assert to == ["b@practice.example"]
    assert b"HELD" in body  # type: ignore[operator]
    assert attached.startswith(b"<!doctype html>")  # type: ignore[union-attr]
    assert "things to look at" in str(mail["Subject"])
    assert b"CANARY" not in mail.as_bytes() + body + attached  # type: ignore[operator]
    assert events_of(site) == [("digest.mailed", "")]
    assert site.ask("doctor") == []


def test_doctor_tells_of_a_mail_that_failed_until_one_goes(site: TestSite, postbox: tuple[Postbox, int]) -> None:
    """Nobody reads a digest that says that no digest comes."""
    mailing(site, 1)
    with pytest.raises(Transient):
        site.ask("digest mail")
    (found,) = site.ask("doctor")
    assert found["what"] == "the last digest could not be mailed (SMTP_UNREACHABLE)"
    assert "Check host and port" in found["next"]
    mailing(site, postbox[1])
    site.ask("digest mail")
    assert site.ask("doctor") == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": ["nobody@practice.example"]}, "SMTP_REFUSED"),
        ({"to": ["b@practice.example", "nobody@practice.example"]}, "SMTP_ADDRESS"),
        ({"port": 1}, "SMTP_UNREACHABLE"),
        ({"starttls": True}, "SMTP_TLS"),  # this server cannot: nothing goes in the clear
        ({"host": "mail.invalid"}, "SMTP_PLAIN"),
        ({"to": []}, "SMTP_NOT_SET_UP"),
        ({"to": ["b@practice.example\nBcc: x@x.example"]}, "SMTP_REFUSED"),
        ({"sender": "our gateway"}, "SMTP_NOT_SET_UP"),
        ({"username": "gateway"}, "SMTP_NOT_SET_UP"),
        ({"credential": "mail"}, "CREDENTIAL_MISSING"),
        ({"port": 465}, "SMTP_NOT_SET_UP"),
    ],
)
def test_a_mail_that_cannot_go_is_an_event(
    site: TestSite, postbox: tuple[Postbox, int], changes: dict[str, Any], code: str
) -> None:
    """With what to do, and without an address in it."""
    box, port = postbox
    mailing(site, **{"port": port} | changes)
    asked = [*GATEWAY, "-c", str(site.config), "digest", "--mail"]
    result = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "Next: " in result.stderr
    assert "@" not in result.stderr
    assert events_of(site) == [("digest.failed", code)]
    troubles = [found["what"] for found in site.ask("doctor") if "digest" in found["what"]]
    assert len(troubles) == ("to" not in changes or bool(changes["to"]))
    assert len(box.mails) == (code == "SMTP_ADDRESS")


def test_a_server_without_a_login_is_told_as_that(site: TestSite, postbox: tuple[Postbox, int]) -> None:
    """It is neither the addresses nor the password."""
    mailing(site, postbox[1], username="gateway", credential="mail")
    secret = site.root / "secrets" / "mail"
    secret.write_text("word")
    secret.chmod(0o600)
    with pytest.raises(Refused, match="offers no login") as refused:
        site.ask("digest mail")
    assert refused.value.code == "SMTP_LOGIN"


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_server_that_wants_a_login_is_told_as_that(site: TestSite) -> None:
    """Most that a practice mails by want one; `to` and `sender` are right."""
    port = free_port()
    server = Controller(
        Postbox(), hostname="127.0.0.1", port=port, auth_required=True, auth_require_tls=False,
        authenticator=lambda *_: AuthResult(success=False),
    )  # fmt: skip
    server.start()
    mailing(site, port)
    with pytest.raises(Refused, match="wants a login") as refused:
        site.ask("digest mail")
    server.stop()
    assert refused.value.code == "SMTP_LOGIN"


@pytest.mark.filterwarnings("ignore:Session.login_data")
def test_a_mail_goes_encrypted_to_a_server_whose_certificate_holds(
    site: TestSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And to no other; nothing is trusted by itself."""
    port, box, signer = free_port(), Postbox(), authority(tmp_path / "authority")
    encrypted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    encrypted.load_cert_chain(*signer.issue("mail"))
    server = Controller(box, hostname="127.0.0.1", port=port, tls_context=encrypted, require_starttls=True)
    server.start()
    mailing(site, port, starttls=True)
    with pytest.raises(Transient, match="certificate") as refused:
        site.ask("digest mail")
    assert "certificate" in refused.value.next_step
    monkeypatch.setenv("SSL_CERT_FILE", str(signer.file))
    site.ask("digest mail")
    server.stop()
    assert [to for to, _ in box.mails] == [["b@practice.example"]]


# The log.


def test_every_event_has_words_of_its_own() -> None:
    """A new one without would be told by its bare name."""
    names = [kind.name for kind in Event.__subclasses__() if kind.name]
    assert names
    assert [name for name in names if words(name, {}) == name.replace(".", " ").replace("_", " ")] == []


def test_the_tail_filters(site: TestSite, payer: PayerSimulator) -> None:
    """By kind, claim, payer, lane and time; nothing that filters nothing."""
    lived(site, payer)
    every = site.ask("tail", limit=1000)["events"]

    def seqs(**filters: Any) -> list[int]:
        return [event["seq"] for event in site.ask("tail", limit=1000, **filters)["events"]]

    rejected = site.ask("tail", kind="rejection")["events"]
    assert [event["says"] for event in rejected] == ["C3 is declined", "C2 is denied"]
    assert all(event["code"] and event["next"] for event in rejected)
    assert seqs(kind="claim.held") == [event["seq"] for event in every if event["event"] == "claim.held"] != []
    of_two = site.ask("tail", claim="CANARYD", limit=99)["events"]
    assert {event["claim"] for event in of_two} == {None, 2}
    assert {"submission.sent", "claim.denied"} <= {event["event"] for event in of_two}
    assert seqs(payer="alpha")
    for wrong in ({"payer": "beta"}, {"lane": "alpha"}):
        with pytest.raises(Refused, match="there is no"):
            seqs(**wrong)
    assert seqs(lane="alpha_edi") == seqs(lane="alpha_edi/production") != []
    assert seqs(since="1d") == [event["seq"] for event in every]
    assert seqs(since="2100-01-01") == []
    middle = every[len(every) // 2]["seq"]
    assert seqs(after=middle) == [event["seq"] for event in every if event["seq"] > middle]
    shown = cli(site, "tail", "--kind", "rejection").splitlines()
    assert len(shown) == 2
    assert all(each.count(" -> ") == 1 and "[alpha]" in each for each in shown)
    assert "\x1b" not in "".join(shown)
    assert "\x1b[31m" in line(rejected[0])
    assert "CANARY" not in cli(site, "tail", "--json", "-n", "1000")


def test_following_shows_what_happens_and_ends_with_ctrl_c(site: TestSite) -> None:
    """Beside a running service, through its socket, also past a restart of it."""

    def started() -> subprocess.Popen[bytes]:
        child = subprocess.Popen([*GATEWAY, "-c", str(site.config), "run"], stdout=subprocess.DEVNULL)
        while not (site.root / "run" / "gateway.sock").exists():
            time.sleep(0.05)
        return child

    service = started()
    follower = subprocess.Popen([*GATEWAY, "-c", str(site.config), "tail", "-f", "--kind", "batch", "--json"],
                                stdout=subprocess.PIPE)  # fmt: skip
    try:
        assert follower.stdout
        for number in (1, 2):
            site.drop(f"{number}.837", batch837p([claim(str(number), rendering="2000000028")], control=number))
            told = json.loads(follower.stdout.readline())
            while told["event"] != "batch.parsed":
                told = json.loads(follower.stdout.readline())
            assert told["batch"] == number
            service.send_signal(signal.SIGTERM)
            assert service.wait(timeout=60) == 0
            service = started()
        follower.send_signal(signal.SIGINT)
        assert follower.wait(timeout=60) == 0
    finally:
        for child in (follower, service):
            child.kill()
            child.wait()
        if follower.stdout:
            follower.stdout.close()
