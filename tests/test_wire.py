"""How a partner's server wants a session held is done as it is declared, and not only said."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import paramiko
import pytest

from gateway.config.values import LEGACY
from gateway.model import habits, partners
from gateway.model.habits import NOT_SPOKEN
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator, Scenario, Server
from tests.habits import Clock, declare, run, stands, states
from tests.sites import TestSite, make_site

PACKAGE = Path(__file__).parents[1] / "gateway"
OLD = ("aes128-cbc", "hmac-sha1")
MANY = batch837p([ClaimSpec(f"A{n}", payer_id="77001", member_id=f"M{n}") for n in range(40)])


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


def site_at(tmp_path: Path, payer: PayerSimulator, wire: str) -> TestSite:
    """A site whose partner is declared with this wire; one file is dropped."""
    site = make_site(tmp_path / "site", {"alpha": payer}, [("2000000010", "alpha")])
    declare(site, "alpha", f"habits=Habits(wire=Wire({wire}))")
    site.drop("a.837", MANY)
    return site


@pytest.mark.parametrize(("declared", "state"), [("packet_size=4096", "SENT"), ("", "PLANNED")])
def test_no_write_is_larger_than_the_server_takes(
    tmp_path: Path, payer: PayerSimulator, declared: str, state: str
) -> None:
    """A server that takes no more than so much at once gets no more; undeclared it refuses the file."""
    payer.scenario = Scenario(server=Server(packet_size=4096))
    site = site_at(tmp_path, payer, declared)
    run(site)
    assert states(site) == [state]
    assert len(payer.received_claims()) == (40 if state == "SENT" else 0)


@pytest.mark.parametrize(("days", "spoken"), [(0, True), (-1, False), (None, False)])
def test_old_algorithms_are_spoken_where_they_are_declared_and_until_their_day(
    tmp_path: Path, payer: PayerSimulator, days: int | None, spoken: bool
) -> None:
    """With this partner alone, and from the next day on no more: what no waiting mends stops the lane."""
    clock = Clock()
    payer.scenario = Scenario(server=Server(algorithms=OLD))
    until = clock().astimezone(ZoneInfo("America/Chicago")).date() + timedelta(days=days or 0)
    said = f"legacy=Legacy({OLD!r}, date({until.year}, {until.month}, {until.day}))" if days is not None else ""
    site = site_at(tmp_path, payer, said)
    run(site, clock)
    (lane,) = site.ask("lanes")
    assert (bool(lane["polled_at"]), lane["state"]) == (spoken, "ACTIVE" if spoken else "SUSPENDED")
    assert (stands(site) == {"SENT"}, len(payer.received_claims())) == (spoken, 40 * spoken)


@pytest.mark.parametrize(("network", "found"), [("127.0.0.0/8", 0), ("10.255.254.0/24", 1)])
def test_the_doctor_tells_who_would_come_from_the_wrong_network(
    tmp_path: Path, payer: PayerSimulator, network: str, found: int
) -> None:
    """A partner that is reached through a VPN or a network vendor alone would not let us in."""
    site = site_at(tmp_path, payer, f"from_networks=({network!r},)")
    told = [row for row in site.ask("doctor") if network in row["what"]]
    assert len(told) == found
    assert all("127.0.0.1" in row["what"] and row["next"] for row in told)


def test_which_old_algorithms_nobody_speaks_any_more_is_known() -> None:
    """A declaration that needs one of them is told that its server cannot be reached by it."""
    spoken = {*paramiko.Transport._preferred_kex, *paramiko.Transport._preferred_ciphers}
    spoken |= {*paramiko.Transport._preferred_macs, *paramiko.Transport._preferred_keys}
    assert {name for name in LEGACY if name not in spoken} == NOT_SPOKEN


KEPT_AT_THE_START = {"longest", "punctuation", "stages"}
"""Names are measured, and lanes get the folders of their stage, when the site is opened."""
SAID_ALONE = {"sources", "unverified", "setup", "password_rule"}
"""For whoever reads the declaration."""


def test_every_word_of_a_declaration_is_kept_by_the_running_gateway() -> None:
    """One that is only read, checked and shown would be a promise that nobody keeps."""
    told = ("config", "partnership", "testing", "demo")
    running = [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in told]
    used = {
        node.attr
        for path in running
        if path.name != "habits.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    kinds = [kind for module in (habits, partners) for kind in vars(module).values() if is_dataclass(kind)]
    words = {field.name for kind in kinds for field in fields(kind)}
    assert {"packet_size", "legacy", "windows"} <= words
    assert words - used - SAID_ALONE <= KEPT_AT_THE_START
