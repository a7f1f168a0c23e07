"""Every hook, used by a plugin that lives: a site is founded with it, claims are dropped, and what it registered acts."""

from __future__ import annotations

import asyncio
import inspect
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway import builtin, hookspecs
from gateway.cli.main import gateway
from gateway.config.site import load_site
from gateway.daemon import serve
from gateway.desk.founding import found
from gateway.logs import set_up
from gateway.plugins import Registry
from gateway.plugins.entering import HOOKS
from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from tests.config.conftest import HOST_KEY
from tests.oracle import pyx12_verdict
from tests.plugins import living
from tests.sites import PRACTICE_NPI, TestSite

PLUGIN = living.__name__
RENDERING = "2000000010"


@dataclass(frozen=True)
class Juniper:
    """A site that sends to Juniper over a shared folder."""

    site: TestSite
    mailbox: Path
    registry: Registry

    def run(self, *claims: ClaimSpec) -> dict[str, tuple[str, str]]:
        """Drop these claims, if any, do all there is to do, and say by claim number how each stands, and why it is held."""
        if claims:
            self.site.drop("batch.837", batch837p(claims))
        stream = set_up(file=self.site.root / "gateway.log")
        asyncio.run(serve(self.site.config, until_idle=True))
        stream.close()
        return {row["control_number"]: (row["stands"], row["code"]) for row in self.site.ask("claims")}


def claim(number: str, authorization: str = "", payer_id: str = "77009", rendering: str = RENDERING) -> ClaimSpec:
    visit = LineSpec(first_day=date.today() - timedelta(days=20))
    return ClaimSpec(
        number,
        (visit,),
        payer_id=payer_id,
        member_id=number,
        prior_authorization=authorization,
        rendering=rendering,
    )


@pytest.fixture
def juniper(tmp_path: Path) -> Juniper:
    """The site; the practice and its provider are enrolled there."""
    site, mailbox = TestSite(tmp_path / "site"), tmp_path / "mailbox"
    for name in ("in", "out"):
        (mailbox / name).mkdir(parents=True)
    found(
        site.root,
        f'[spool]\nsettle_seconds = 0.0\nscan_seconds = 0.1\n[plugins]\ncheck_seconds = 30\nnamed = ["{PLUGIN}"]\n',
    )
    (site.root / "conf/partners/juniper_edi.toml").write_text(
        f'sender = "OPENGATE"\nsubmitter_id = "OGT77"\nsubmitter_name = "OPENGATE GATEWAY"\nuser = "us"\n'
        f'contact_phone = "5555550100"\ncredential = "none"\nhost_keys = ["{HOST_KEY}"]\nstage = "production"\n'
        f'endpoint = {{outbound = "{mailbox}/in", inbound = ["{mailbox}/out"]}}\n'
    )
    (site.root / "conf/routes.toml").write_text('[[route]]\npayer = "juniper"\npartner = "juniper_edi"\n')
    rows = [
        {"provider_npi": npi, "payer": "juniper", "state": "active", "effective_from": "2020-01-01", "source": "test"}
        for npi in (PRACTICE_NPI, RENDERING)
    ]
    site.ask("roster apply", rows=rows, source="test")
    return Juniper(site, mailbox, load_site(site.config)[1])


def test_register_payers_makes_a_payer_that_enrollments_speak_of(juniper: Juniper) -> None:
    """The roster took its key, and claims that name its id are its claims."""
    assert juniper.registry.payers["juniper"].name == "Juniper Health"
    assert {row["payer"] for row in juniper.site.ask("roster")} == {"juniper"}
    stands = juniper.run(claim("A1", "AUTH1"), claim("A2", payer_id="77008"))
    assert stands["A2"] == ("HELD", "PAYER_UNKNOWN")
    assert stands["A1"][0] != "HELD"


def test_register_partners_makes_a_lane_with_an_account(juniper: Juniper) -> None:
    """What goes there is addressed as the partner declares, and named by its template."""
    juniper.run(claim("A1", "AUTH1"))
    (sent,) = (juniper.mailbox / "in").iterdir()
    assert sent.name.startswith("OPENGATE_")
    assert b"*ZZ*JUNIPERHP      *" in sent.read_bytes()


def test_register_checks_holds_the_claims_it_objects_to_and_no_others(juniper: Juniper) -> None:
    """With its code as the reason; the other claim of the batch goes."""
    stands = juniper.run(claim("A1"), claim("A2", "AUTH1"))
    assert stands["A1"] == ("HELD", "JUNIPER_UNAUTHORIZED")
    assert stands["A2"][0] == "SENT"


def test_register_transports_carries_claims_and_answers(juniper: Juniper) -> None:
    """The gateway asks the scheme of the endpoint, and nothing else, for how to get there and back."""
    (juniper.mailbox / "out" / "notice.txt").write_text("We are closed on Friday.")
    juniper.run(claim("A1", "AUTH1"))
    (sent,) = (juniper.mailbox / "in").iterdir()
    assert b"CLM*A1*" in sent.read_bytes()
    assert [row["lane"] for row in juniper.site.ask("answers")] == ["juniper_edi/production"]


def test_register_notifiers_hears_what_it_wants_once_and_in_order(juniper: Juniper) -> None:
    """Events of claims alone, each once, also after a restart."""
    juniper.run(claim("A1"), claim("A2", "AUTH1"))
    juniper.run(claim("A3", "AUTH1"))
    told = (juniper.site.spool / "diary.txt").read_text().splitlines()
    assert told == ["claim.held 1", "claim.passed 2", "claim.passed 3"]


def test_register_readers_reads_what_no_other_reader_knows(juniper: Juniper) -> None:
    """Juniper's slip moves the claim; its other mail still goes to the reader that takes whatever is left."""
    juniper.run(claim("A1", "AUTH1"))
    (sent,) = (juniper.mailbox / "in").iterdir()
    isa = sent.read_bytes().decode().split("*")
    (juniper.mailbox / "out" / "slip.txt").write_text(f"JUNIPER SLIP\nTOOK {isa[13]} {isa[9]} {isa[10]}\n")
    (juniper.mailbox / "out" / "notice.txt").write_text("We are closed on Friday.")
    assert juniper.run() == {"A1": ("ACKNOWLEDGED", "")}
    assert {row["form"] for row in juniper.site.ask("answers")} == {"TA1", "text"}
    assert [reader.kind for reader in juniper.registry.readers] == ["juniper_slip", "x12"]


def test_register_enrollment_sources_frees_the_claims_of_whom_it_lists(juniper: Juniper) -> None:
    """The records it brings are in its name, and what was held for want of them goes by itself."""
    assert juniper.run(claim("A1", "AUTH1", rendering="2000000028"))["A1"] == ("HELD", "ENROLLMENT_UNKNOWN")
    (juniper.site.spool / "portal.txt").write_text("2000000028\n")
    assert juniper.run()["A1"][0] == "SENT"
    (changed,) = juniper.site.query("SELECT actor FROM events WHERE name = 'roster.changed' ORDER BY seq DESC LIMIT 1")
    assert changed["actor"] == "juniper_portal"


def test_register_commands_adds_a_command_that_asks_the_site(juniper: Juniper) -> None:
    """It is listed beside the others, and asks as they do."""
    juniper.run(claim("A1"), claim("A2", "AUTH1"))
    listed = CliRunner().invoke(gateway, ["-c", str(juniper.site.config), "--help"])
    assert "juniper-claims  Where Juniper's claims stand." in listed.output
    told = CliRunner().invoke(gateway, ["-c", str(juniper.site.config), "juniper-claims"])
    assert told.output.splitlines() == ["A1 HELD", "A2 SENT"]


def test_register_amendments_may_not_change_a_claim(juniper: Juniper) -> None:
    """What it leaves alone goes; where it changes a claim nothing is sent, and the lane waits for a person."""
    assert juniper.run(claim("A1", "AUTH1"))["A1"][0] == "SENT"
    assert juniper.run(claim("SPOILT", "AUTH2"))["SPOILT"][0] == "ASSIGNED"
    assert len(list((juniper.mailbox / "in").iterdir())) == 1
    (lane,) = juniper.site.ask("lanes")
    assert (lane["state"], lane["code"]) == ("SUSPENDED", "AMENDMENT_CHANGED")


def test_register_wrappings_puts_a_cover_on_what_is_sent(juniper: Juniper) -> None:
    """The interchange is whole within, and is what we keep."""
    assert juniper.run(claim("A1", "AUTH1"))["A1"][0] == "SENT"
    [sent] = (juniper.mailbox / "in").iterdir()
    cover, _, interchange = sent.read_bytes().partition(b"\n")
    assert (cover, interchange[:4]) == (b"JUNIPER COVER", b"ISA*")
    assert pyx12_verdict(interchange)[0]


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_says_what_it_is_and_has_a_test_and_a_user_that_lives(hook: str) -> None:
    """A hook arrives with its first real user, and nobody should have to guess what it is for."""
    spec = getattr(hookspecs, hook)
    assert inspect.getdoc(spec)
    assert inspect.signature(spec).return_annotation is not inspect.Signature.empty
    assert any(name.startswith(f"test_{hook}_") for name in vars(sys.modules[__name__]))
    assert hasattr(getattr(living, hook), "gateway_impl")


def test_every_function_among_the_hooks_is_a_hook() -> None:
    """A spec without its mark would refuse every plugin that implements it."""
    functions = {name for name, value in vars(hookspecs).items() if inspect.isfunction(value)}
    assert functions == set(HOOKS)


def test_the_built_ins_come_through_the_same_hooks() -> None:
    """What a plugin can do is what the gateway itself does."""
    own = {name for name in vars(builtin) if name.startswith("register_")}
    assert own
    assert own <= set(HOOKS)
    assert all(hasattr(getattr(builtin, name), "gateway_impl") for name in own)


def test_the_registry_says_who_brought_what(juniper: Juniper) -> None:
    """So that a listing can, too."""
    mine = {what for what, plugin in juniper.registry.origins.items() if plugin == PLUGIN}
    assert mine == {
        "payer juniper",
        "partner juniper_edi",
        "check JUNIPER_UNAUTHORIZED",
        "amendment juniper_spoiling",
        "transport folder",
        "wrapping juniper_cover",
        "notifier diary",
        "reader juniper_slip",
        "enrollment source juniper_portal",
        "command juniper-claims",
    }
