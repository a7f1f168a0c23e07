"""Traps that other software fell into: each has its tests, listed in `traps.py`; those that nobody else has stand here."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from gateway.config.accounts import AccountFile
from gateway.config.leaks import secret_places
from gateway.model.habits import Habits
from gateway.model.partners import Partner
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import Delay, Note999, Pay, PayerSimulator, Reject277, Rule, Scenario
from tests.answers import PAID_CLAIM, interchange, payment_of
from tests.habits import run
from tests.sites import TestSite, make_site
from tests.traps import HABITS, TRAPS

TESTS, ROOT = Path(__file__).parent, Path(__file__).parents[1]


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    return make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])


def batch(*names: str, control: int = 101, **changes: object) -> bytes:
    claims = [ClaimSpec(name, payer_id="77001", member_id=f"M{name}", **changes) for name in names]  # type: ignore[arg-type]
    return batch837p(claims, control=control)


def exchange(site: TestSite, payer: PayerSimulator) -> None:
    """Both sides take turns until the payer has nothing to say."""
    run(site)
    while payer.tick():
        run(site)


def stands(site: TestSite) -> dict[str, str]:
    return {claim["control_number"]: claim["stands"] for claim in site.ask("claims")}


@lru_cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text())
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in found if node.name.startswith("test_"))


@pytest.mark.parametrize("trap", [*TRAPS, *HABITS], ids=lambda trap: trap.trap)
def test_every_trap_has_its_tests(trap: object) -> None:
    """None that is listed was renamed away."""
    assert trap.tests  # type: ignore[attr-defined]
    for each in trap.tests:  # type: ignore[attr-defined]
        file, _, name = each.partition("::")
        assert name in names_in(file), each


def test_two_files_of_one_name_are_two_batches(site: TestSite, payer: PayerSimulator) -> None:
    """Each with its own claims, once; the second is never behind the first in one file."""
    site.drop("batch.837", batch("A"))
    exchange(site, payer)
    site.drop("batch.837", batch("B", control=102))
    exchange(site, payer)
    assert [row["claims"] for row in site.ask("batches")] == [1, 1]
    assert sorted(claim.claim for claim in payer.received_claims()) == ["A", "B"]
    assert len({arrival.name for arrival, _ in payer.arrivals()}) == 2


def test_two_refused_files_of_one_name_are_both_given_back(site: TestSite) -> None:
    """With an answer beside each."""
    contents = {b"Dear payer, please pay.\n", b"Dear payer, please do.\n"}
    for content in sorted(contents):
        site.drop("letter.837", content)
        run(site)
    given = [path for path in (site.spool / "refused").iterdir() if path.suffix != ".txt"]
    assert {path.read_bytes() for path in given} == contents
    assert all(path.with_name(f"{path.name}.txt").exists() for path in given)


@pytest.mark.parametrize(
    "scenario", [Scenario(rules=(Rule(Note999()),)), Scenario(ta1="E/022")], ids=["IK5 E and AK9 E", "TA1 E"]
)
def test_accepted_with_errors_is_never_sent_again(site: TestSite, payer: PayerSimulator, scenario: Scenario) -> None:
    """The file was taken: to send it again would double every claim of it."""
    payer.scenario = scenario
    site.drop("a.837", batch("A", "B"))
    exchange(site, payer)
    assert len(payer.arrivals()) == 1
    assert stands(site) == {"A": "PAID", "B": "PAID"}
    assert {row["state"] for row in site.ask("lanes")} == {"ACTIVE"}


def test_what_the_patient_owes_is_never_posted_as_paid(site: TestSite, payer: PayerSimulator) -> None:
    """All of it is his deductible: CLP04 is nothing, and CLP05 everything."""
    payer.scenario = Scenario(default=Pay(contract=0, copay=0, deductible=10_000))  # type: ignore[arg-type]
    site.drop("a.837", batch("A"))
    exchange(site, payer)
    (row,) = site.query("SELECT paid, patient, charge FROM adjudications")
    assert (float(row["paid"]), float(row["patient"])) == (0.0, float(row["charge"]))


def test_a_remittance_of_another_edition_posts_nothing(site: TestSite, payer: PayerSimulator) -> None:
    """4010 has other elements in the same segments; it lies there for a person, with its edition."""
    (payer.outbox / "old.835").write_bytes(interchange(payment_of(*PAID_CLAIM, version="004010X091A1")))
    (payer.outbox / "plain.835").write_bytes(interchange(payment_of(*PAID_CLAIM, version="004010"), control=901))
    run(site)
    assert site.query("SELECT 1 FROM remittances") == []
    assert len(site.ask("mail")) == 2


def test_a_guide_that_the_partner_does_not_take_holds_the_claim(site: TestSite, payer: PayerSimulator) -> None:
    """It is neither sent as it is nor as another one."""
    plugin = site.root / "plugins" / "alpha.toml"
    plugin.write_text(plugin.read_text().replace('"005010X222A1", ', ""))
    site.drop("a.837", batch("A"))
    run(site)
    assert [(claim["stands"], claim["code"]) for claim in site.ask("claims")] == [("HELD", "VERSION_NOT_ACCEPTED")]
    assert payer.arrivals() == ()


def test_a_claim_that_the_payer_never_filed_cannot_be_replaced(site: TestSite, payer: PayerSimulator) -> None:
    """What was declined comes again as an original; without the payer's own number nothing is replaced at all."""
    payer.scenario = Scenario(rules=(Rule(Reject277(), claim="A"),))
    site.drop("a.837", batch("A"))
    exchange(site, payer)
    assert stands(site) == {"A": "DECLINED"}
    site.drop("b.837", batch("A", control=102, frequency="7", payer_control_number="MADEUP1"))
    site.drop("c.837", batch("C", control=103, frequency="7"))
    exchange(site, payer)
    assert [(claim["stands"], claim["code"]) for claim in site.ask("claims")][1:] == [
        ("HELD", "NEVER_ADJUDICATED"),
        ("REJECTED", "PAYER_NUMBER_MISSING"),
    ]
    assert len(payer.received_claims()) == 1


@pytest.mark.parametrize("frequency", ["7", "8"])
def test_what_has_only_a_999_is_not_changed_by_a_number_that_nobody_told(
    site: TestSite, payer: PayerSimulator, frequency: str
) -> None:
    """A payer has a claim once it says so: the change is held until then, and goes by itself with that word."""
    payer.scenario = Scenario(answers=("999", "277CA"), delays={"277CA": Delay(ticks=9)})
    site.drop("a.837", batch("A"))
    run(site)
    payer.tick()
    site.drop("b.837", batch("A", control=102, frequency=frequency, payer_control_number="MADEUP1"))
    run(site)
    told = [(claim["stands"], claim["code"]) for claim in site.ask("claims")]
    assert told == [("ACKNOWLEDGED", ""), ("HELD", "ORIGINAL_UNANSWERED")]
    for _ in range(9):
        payer.tick()
    run(site)
    assert [claim["stands"] for claim in site.ask("claims")] == ["ACCEPTED", "SENT"]


_OURS = ("gateway", "plugins", "conf", "systemd")
_UNVERIFIED = re.compile(r"AutoAddPolicy|WarningPolicy|MissingHostKey|StrictHostKeyChecking", re.IGNORECASE)
_SWITCH = re.compile(r"verify_host|(insecure|trust)_(any|all)|accept_(any|new)|ignore_host", re.IGNORECASE)
_KEY_BLOCK = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY( BLOCK)?-----\s+[A-Za-z0-9+/=:]{20}")


def ours() -> Iterator[Path]:
    for folder in _OURS:
        yield from (path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".toml", ".service", ".md"))
    yield from ROOT.glob("*.md")


def test_no_file_of_the_project_holds_a_secret() -> None:
    """No private key, and nothing in a table that is called like one."""
    seen = 0
    for path in ours():
        text, seen = path.read_text(), seen + 1
        assert not _KEY_BLOCK.search(text), path
        if path.suffix == ".toml" and "scenarios" not in path.parts and "data" not in path.parts:
            assert secret_places(tomllib.loads(text)) == [], path
    assert seen > 100


def test_nothing_turns_the_verification_of_host_keys_off() -> None:
    """No policy of the library that adds keys, and no word in a declaration or an account that would ask for one."""
    for path in ours():
        if path.suffix == ".py":
            assert not _UNVERIFIED.search(path.read_text()), path
    words = [*AccountFile.model_fields, *Partner.__dataclass_fields__, *Habits.__dataclass_fields__]
    assert "host_keys" in words
    assert not [word for word in words if _SWITCH.search(word)]
