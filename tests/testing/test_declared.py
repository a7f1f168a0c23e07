"""A simulated payer behaves as a partner is declared: each habit that can be shown is switched on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

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
from gateway.model.partners import Endpoint, LineBreak, Partner, Verify, WriteHabit
from gateway.model.x12 import Address
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.declared import as_declared
from gateway.testing.payer import Folder, Mail, PayerSimulator, Rule, Scenario, Silent
from gateway.testing.payer import Receipts as Marks
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
    outage = Outage(date(2026, 1, 1), date(2026, 1, 2))  # type: ignore[arg-type]
    habits = replace(
        Habits(), wraps=("zip", "pgp"), outages=(outage,), wire=Wire(legacy=Legacy(("ssh-rsa",), date(2027, 1, 1)))
    )
    partner = replace(ORDINARY, habits=habits, endpoint=Endpoint("ftps", "x"))
    assert len(as_declared(partner).left_out) == 4
    assert len(as_declared(partner, wrappings=("pgp",)).left_out) == 3


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
