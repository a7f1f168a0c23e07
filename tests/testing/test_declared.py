"""A simulated payer behaves as a partner is declared: each habit that can be shown is switched on."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from paramiko import SSHException

from gateway.errors import ConfigError
from gateway.model.habits import (
    Case,
    Counter,
    Discard,
    Expectation,
    Habits,
    Legacy,
    Mailbox,
    NameRules,
    Outage,
    Period,
    Receipts,
    Sends,
    SetBy,
    StageMarks,
    Wire,
)
from gateway.model.partners import Endpoint, LineBreak, Partner, Verify, Window, WriteHabit
from gateway.model.x12 import Address
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.declared import as_declared
from gateway.testing.opening import openers_of
from gateway.testing.payer import Folder, Mail, PayerSimulator, Rule, Scenario, Silent
from gateway.testing.payer import Receipts as Marks
from gateway.testing.payer.manners import Hours
from gateway.testing.payer.settings import read_scenario
from gateway.testing.payer.wrapping import zipped
from gateway.wrapping import pgp_wrapping
from tests.testing.payer_client import answered, session, wait_for

ORDINARY = Partner(
    "alpha_edi", "ALPHA", {"alpha": ("77001",)}, Address("ZZ", "ALPHAHP"), Endpoint("sftp", "alpha.example")
)


def declared(**partner: Any) -> Scenario:
    return as_declared(replace(ORDINARY, **partner)).scenario


def with_habits(**habits: Any) -> Scenario:
    return declared(habits=replace(Habits(), **habits))


def test_an_ordinary_partner_is_an_ordinary_server() -> None:
    """Its receiver and its names are checked all the same, and no TA1 comes that was not declared."""
    made = as_declared(ORDINARY)
    assert made.left_out == ()
    assert made.scenario.receiver == "ALPHAHP"
    assert made.scenario.faults == Scenario().faults
    assert made.scenario.server.folders == (Folder(),)
    assert made.scenario.server.names.extensions == (".837",)
    assert made.scenario.negative_only == ("TA1",)


@pytest.mark.parametrize(
    ("wire", "switch", "value"),
    [
        ({"packet_size": 4096}, "packet_size", 4096),
        ({"one_session": True}, "max_sessions", 1),
        ({"commit_on_logout": True}, "commit_on_logout", True),
        ({"password_days": 60}, "password_days", 60),
        ({"legacy": Legacy(("aes128-cbc", "ssh-rsa"), date(2027, 1, 1))}, "algorithms", ("aes128-cbc",)),
    ],
)
def test_how_a_session_is_held_is_shown(wire: dict[str, Any], switch: str, value: object) -> None:
    """What the server cannot speak is said."""
    assert getattr(with_habits(wire=Wire(**wire)).server, switch) == value
    assert getattr(with_habits().server, switch) != value


@pytest.mark.parametrize(
    ("habits", "switch", "value"),
    [
        ({"mailbox": Mailbox(Discard.NEVER, retention_days=30)}, "purge_days", 30),
        ({"mailbox": Mailbox(reading_removes=True)}, "reading_removes", True),
        ({"mailbox": Mailbox(mail=("user*.txt",))}, "mail", (Mail("user0001.txt"),)),
        ({"wraps": ("zip",)}, "wraps", ("zip",)),
        ({"receipts": Receipts("{name}-*-success", "{name}-*-FAILED")}, "receipts",
         Marks("{name}-*-success", "{name}-*-FAILED")),
    ],
)  # fmt: skip
def test_the_mailbox_is_shown(habits: dict[str, Any], switch: str, value: object) -> None:
    """As it is declared."""
    assert getattr(with_habits(**habits).server, switch) == value


def test_rules_for_names_are_enforced() -> None:
    """Letters, lengths, characters, and a counter that must not come again."""
    names = NameRules(Case.UPPER, 20, "._")
    made = with_habits(names=names, counter=Counter(period=Period.DAY)).server.names
    assert (made.case, made.longest, made.plain, made.punctuation, made.once) == ("upper", 20, True, "._", "day")
    assert made.extensions == (".837".upper(),)
    assert with_habits(counter=Counter(period=Period.EVER)).server.names.once == "ever"


def test_the_layout_is_enforced() -> None:
    """Sets in a file, claims in a set, providers in a set, line breaks."""
    habits = replace(Habits(), set_by=SetBy.BILLING_PROVIDER, sets_per_file=3)
    made = declared(habits=habits, claims_per_set=50, line_break=LineBreak.CRLF).server.layout
    assert (made.sets_per_file, made.claims_per_set, made.one_provider, made.line_break) == (3, 50, True, "crlf")


@pytest.mark.parametrize(
    ("partner", "fault"),
    [
        ({"verify": Verify.VANISHES}, "vanish_on_close"),
        ({"endpoint": Endpoint("sftp", "x", sweeps=True)}, "sweep"),
        ({"write": WriteHabit.DIRECT}, "refuse_rename"),
    ],
)
def test_how_it_takes_files_is_shown(partner: dict[str, Any], fault: str) -> None:
    """What a client may not rely on is not there."""
    assert getattr(declared(**partner).faults, fault)


def test_a_staging_folder_and_a_blind_stat_are_shown() -> None:
    """By the server's own words."""
    staged = declared(write=WriteHabit.STAGED, verify=Verify.LISTING, habits=replace(Habits(), staging="/staging"))
    assert (staged.server.staging, staged.server.stat_fails) == (("/staging",), True)


def test_each_stage_has_its_folders() -> None:
    """The other stage keeps the partner's own; mail comes to the last inbound folder."""
    test = StageMarks(outbound="/TEST/in", inbound=("/TEST/ack", "/TEST/mail"), sender="TST*")
    made = with_habits(stages={"test": test})
    assert made.server.folders == (
        Folder("/TEST/in", "/TEST/ack", "T", {"mail": "/TEST/mail"}),
        Folder("/in", "/out", "P"),
    )
    assert made.senders == ("TST*",)


def test_it_answers_as_is_to_be_expected() -> None:
    """Only bad news, or not at all."""
    expects = {"999": Expectation(Sends.NEGATIVE_ONLY), "277CA": Expectation(Sends.NEVER), "835": Expectation()}
    made = declared(expects=expects)
    assert made.answers == ("TA1", "999", "835")
    assert set(made.negative_only) == {"999", "TA1"}


def test_what_it_cannot_show_is_said() -> None:
    """In words, so that nobody takes silence for proof."""
    habits = replace(Habits(), wraps=("zip", "pgp"), wire=Wire(legacy=Legacy(("ssh-rsa",), date(2027, 1, 1))))
    partner = replace(ORDINARY, habits=habits, endpoint=Endpoint("ftps", "x"))
    assert len(as_declared(partner).left_out) == 3
    assert len(as_declared(partner, wrappings=("pgp",)).left_out) == 2


NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("hours", "connects", "takes"),
    [
        ({}, True, True),
        ({"windows": (Window("06:00", "20:00", "America/Chicago"),)}, True, True),
        ({"windows": (Window("13:00", "20:00", "America/Chicago"),)}, True, False),
        ({"windows": (Window("06:00", "20:00", "America/Chicago", ("sat",)),)}, True, False),
        ({"windows": (Window("20:00", "13:00", days=("tue",)),)}, True, True),
        ({"windows": (Window("20:00", "13:00", days=("wed",)),)}, True, False),
        ({"maintenance": (Window("11:30", "12:30"),)}, False, False),
        ({"maintenance": (Window("11:30", "12:30", days=("sun",)),)}, True, True),
        ({"habits": Habits(outages=(Outage(NOON - timedelta(hours=1), NOON + timedelta(hours=1)),))}, False, False),
        ({"habits": Habits(outages=(Outage(NOON, NOON),))}, True, True),
    ],
)
def test_hours_are_kept(tmp_path: Path, hours: dict[str, Any], connects: bool, takes: bool) -> None:
    """In the partner's own time zone: out of its windows no file may be opened, while it is away nobody is let in."""
    with PayerSimulator(tmp_path, declared(**hours), clock=lambda: NOON) as payer:
        try:
            with session(payer) as client:
                assert connects
                assert client.listdir("/out") == []
                with nullcontext() if takes else pytest.raises(PermissionError), client.open("/in/one.837", "wb"):
                    pass
        except (EOFError, SSHException):
            assert not connects


def test_hours_of_a_scenario_are_read_with_all_their_problems() -> None:
    """A day misspelt must not be a day on which it is open."""
    wrong = {
        "windows": [{"opens": "6", "closes": "20:00", "days": ["mon", "thr"]}],
        "closures": [{"opens": "02:00", "closes": "06:00", "zone": "Mars/Olympus"}],
        "outages": [{"begins": datetime(2026, 12, 5), "ends": NOON}],
    }
    with pytest.raises(ConfigError) as caught:
        read_scenario({"server": wrong})
    places = [problem.split(":")[0] for problem in caught.value.problems]
    assert places == [f"server.{key}" for key in ("windows[0]", "windows[0].days", "closures[0].zone", "outages[0]")]
    right = read_scenario({"server": {"windows": [{"opens": "06:00", "closes": "20:00", "days": ["mon"]}]}})
    assert right.server.windows == (Hours("06:00", "20:00", "UTC", ("mon",)),)


def test_what_is_encrypted_to_it_is_opened_with_a_key_of_its_own(tmp_path: Path) -> None:
    """For nobody here has the payer's; with the same folder it keeps that key."""
    partner = replace(ORDINARY, habits=Habits(wraps=("zip", "pgp"), options={"pgp": {"recipient": "theirs"}}))
    openers = openers_of(partner, {"pgp": pgp_wrapping}, nobody, tmp_path / "keys")
    assert openers.recipient == openers_of(partner, {"pgp": pgp_wrapping}, nobody, tmp_path / "keys").recipient
    scenario = as_declared(partner, wrappings=tuple(openers.by_name)).scenario
    plain = batch837p([ClaimSpec("A1")], receiver="ALPHAHP")
    archive = zipped("one.837", plain)
    wrapped = b"".join(pgp_wrapping({"recipient": openers.recipient}, nobody).wrap([archive], "one.837"))
    with PayerSimulator(tmp_path / "payer", scenario, wrappings=openers.by_name) as payer:
        assert "999" in set(answered(payer, wrapped, "one.837"))
        assert "999" not in answered(payer, archive, "two.837")
        assert [claim.claim for claim in payer.received_claims()] == ["A1"]


def nobody(name: str) -> Any:
    raise AssertionError(f"nobody asked for {name}")


def test_the_rules_for_claims_stay_the_scenarios() -> None:
    """The declaration says how the server is, the scenario what becomes of claims."""
    base = Scenario(rules=(Rule(Silent(), claim="S*"),), seed=3)
    made = as_declared(ORDINARY, base).scenario
    assert (made.rules, made.seed) == (base.rules, 3)


def test_a_declared_server_works(tmp_path: Path) -> None:
    """Files of the agreed form are answered, and others are not."""
    settle = Wire(commit_on_logout=True, settle_for=timedelta(minutes=1))
    scenario = with_habits(wire=settle, names=NameRules(longest=30))
    batch = batch837p([ClaimSpec("A1")], receiver="ALPHAHP")
    with PayerSimulator(tmp_path, scenario) as payer:
        with session(payer) as client, client.open("/in/one.837", "wb") as file:
            file.write(batch)
        wait_for(lambda: payer.arrivals() != ())
        assert set(answered(payer, batch837p([ClaimSpec("A2")], control=102, receiver="ALPHAHP"), "b.837")) >= {"999"}
        assert sorted(claim.claim for claim in payer.received_claims()) == ["A1", "A2"]
