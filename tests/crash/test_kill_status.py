"""Killed while it asks for a claim's status, the gateway puts each question once, under numbers of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator, Scenario
from tests.crash.nursery import Nursery
from tests.sites import TestSite, make_site

POINTS = (
    "after inquiry_plans.plan",
    "before submissions.composed",
    "after submissions.composed",
    "after submissions.begin",
    "within sftp.put",
    "after submissions.happened.UploadConfirmed",
    "after sftp.rename",
    "before submissions.happened.Transmitted",
    "after submissions.happened.Transmitted",
    "after answers.post",
)


@pytest.mark.parametrize("point", POINTS)
def test_kill_9_puts_each_question_once(point: str, tmp_path: Path, nursery: Nursery) -> None:
    """SIGKILL at this step and then on: two claims are asked about in one file, whose number no other file has, and both
    answers are read once."""
    with PayerSimulator(tmp_path / "payer", Scenario(answers=("999", "277CA", "277"))) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, [("2000000010", "alpha")])
        with (site.root / "plugins" / "alpha.toml").open("a") as declaration:
            declaration.write("\n[partner.status_requests]\n")
        specs = [ClaimSpec(f"A{n}", payer_id="77001", member_id=f"M{n}") for n in range(2)]
        site.drop("a.837", batch837p(specs))
        for _ in range(2):
            assert not nursery.run(site.config, "never", 1, "")
            payer.tick()
        assert not nursery.run(site.config, "never", 1, "")
        for claim in ("A0", "A1"):
            site.ask("inquire", claim=claim, reason="to see")
        if point == "after answers.post":
            assert not nursery.run(site.config, "never", 1, "")
            payer.tick()
        assert nursery.run(site.config, point, 1, ""), "the step was not reached"
        _settle(site, payer, nursery)
        arrived = [arrival for arrival in sorted(payer.inbox.iterdir()) if not arrival.name.startswith(".")]
        numbers = [path.read_bytes()[90:99] for path in arrived]
        asked = [path.read_bytes() for path in arrived if b"*276*" in path.read_bytes()]
        assert len(set(numbers)) == len(numbers) == 2
        assert [document.count(b"TRN*1*GWQ") for document in asked] == [2]
        assert {one["state"] for one in site.ask("inquiries")} == {"ANSWERED"}
        told = site.query("SELECT claim, count(*) AS n FROM events WHERE name = 'claim.status_told' GROUP BY claim")
        assert [row["n"] for row in told] == [1, 1]
        assert site.ask("audit")["intact"]


def _settle(site: TestSite, payer: PayerSimulator, nursery: Nursery) -> None:
    """Let everything come to its end: waits are over, evidence is looked for, the payer answers."""
    for _ in range(4):
        assert not nursery.run(site.config, "never", 1, "")
        payer.tick()
        site.skip_waits()
