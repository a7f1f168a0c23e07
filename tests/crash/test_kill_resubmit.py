"""Killed at any step, an ordered void is taken in once, linked once and sent once."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.testing.builders import batch837p
from gateway.testing.payer import PayerSimulator, Scenario
from tests.crash.nursery import Nursery
from tests.sites import make_site
from tests.test_resubmit import DOCTOR, SPEC, exchange, received, stands

POINTS = (
    "after batches.begin_reading",
    "after reading.add",
    "after batches.parsed",
    "before claims.judge_next",
    "after claims.judge_next",
    "within sftp.put",
    "before submissions.happened.Transmitted",
)


@pytest.mark.parametrize("point", POINTS)
def test_kill_9_loses_no_order_and_doubles_none(point: str, tmp_path: Path, nursery: Nursery) -> None:
    """The order itself is one transaction with its sealed bytes; all that follows is found where it stood."""
    with PayerSimulator(tmp_path / "payer", Scenario()) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[(DOCTOR, "alpha")])
        site.drop("a.837", batch837p([SPEC]))
        exchange(site, payer)
        site.ask("resubmit", claim="A1", way="void", reason="wrong patient")
        assert nursery.run(site.config, point, 1)
        for _ in range(2):
            site.skip_waits()
            exchange(site, payer)
        assert [claim.clm[5][-1] for claim in received(payer)] == ["1", "8"]
        assert stands(site) == [("C1", "REVERSED", "1 of 2"), ("C2", "ACCEPTED", "2 of 2")]
        assert site.query("SELECT count(*) AS n FROM versions")[0]["n"] == 1
        assert site.ask("audit")["intact"]
