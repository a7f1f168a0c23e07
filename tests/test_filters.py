"""What a listing is narrowed to is known: an empty list for something misspelt would say that all is well."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.main import gateway
from gateway.daemon import serve
from gateway.errors import Refused
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import Deny, PayerSimulator, Rule, Scenario
from tests.sites import TestSite, make_site

PROVIDER, HELD, STRANGER = "2000000010", "2000000028", "2000000036"
UNKNOWN = {
    "claims --batch 9": "There are 1 to 1; `gateway batches` lists them.",
    "claims --batch 0": "There are 1 to 1;",
    "denials --cause nope": f"There are: CRED {PROVIDER}.",
    "denials --causes --cause nope": f"There are: CRED {PROVIDER}.",
    "denials --owner physician": "There are: credentialing.",
    "denials --closed --assignee ms.lane": "There are: Ms. Lane.",
    f"metrics --npi {STRANGER}": "`gateway roster show` lists those known.",
    "metrics --npi 2000000011": "Give ten digits",
    f"proposals reprocess --npi {STRANGER}": "`gateway roster show` lists those known.",
    "roster show --npi 2000000011": "Give ten digits",
    "roster history 2000000011": "Give ten digits",
    f"roster history {PROVIDER} --payer alhpa": "`gateway payer list` shows their keys.",
}
KNOWN = {
    "claims --batch 1": "D1",
    f"denials --cause 'CRED {PROVIDER}' --owner credentialing --assignee 'Ms. Lane'": "C1",
    "denials --causes --assignee 'Ms. Lane'": PROVIDER,
    f"denials --closed --cause 'CRED {PROVIDER}'": "Nothing.",
    f"metrics --npi {PROVIDER}": "open_balance",
    f"metrics --npi {HELD}": "open_balance",
    f"roster show --npi {PROVIDER} --sheet links": "No such records.",
    f"proposals reprocess --npi {PROVIDER}": "No refused claim",
}
CONTRADICTIONS = (
    "denials --limit 0", "denials --causes --closed", "inquiries --work --state SENT", "lists look 2000000011",
)  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TestSite]:
    """One claim denied, and somebody works on that; one held."""
    with PayerSimulator(tmp_path / "payer", Scenario(rules=(Rule(Deny("B7"), claim="D1"),))) as payer:
        made = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[(PROVIDER, "alpha")])
        held = ClaimSpec("H1", payer_id="77001", rendering=HELD)
        made.drop("a.837", batch837p([ClaimSpec("D1", payer_id="77001"), held]))
        for _ in range(3):
            asyncio.run(serve(made.config, until_idle=True))
            payer.tick()
        made.ask("denials assign", denial=1, to="Ms. Lane")
        yield made


def called(site: TestSite, question: str) -> Result:
    return CliRunner().invoke(gateway, ["-c", str(site.config), *shlex.split(question)])


def test_a_filter_that_names_nothing_is_refused_with_what_there_is(site: TestSite) -> None:
    """What is known and has nothing today is no mistake; nor do two filters that exclude each other give an empty list."""
    for question, there_is in UNKNOWN.items():
        refused = called(site, question).exception
        assert isinstance(refused, Refused), question
        assert there_is in refused.next_step, question
    for question, told in KNOWN.items():
        found = called(site, question)
        assert (found.exit_code, told in found.output) == (0, True), question
    assert [called(site, question).exit_code for question in CONTRADICTIONS] == [2, 2, 2, 2]


def test_a_list_that_was_cut_says_so(site: TestSite) -> None:
    """On standard error, so that programs can read on."""
    assert "Only the first 1 are listed" in called(site, "claims --limit 1").stderr
    assert "Only the first" not in called(site, "denials --limit 1").stderr
