"""A payer that falls silent: the kit counts from that moment on, and proves nothing by a session that never came so far."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.testing.kit.judge import Judge
from gateway.testing.kit.loading import load
from gateway.testing.kit.silence import PATIENCE, silently
from gateway.testing.kit.stand import Stand, standing, template

PLUGIN = Path(__file__).parents[2] / "plugins" / "generic_sftp.toml"


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    """A partner, and a batch for it."""
    loaded = load(PLUGIN)
    template(tmp_path)
    async with standing(tmp_path, loaded, loaded.partners[0]) as built:
        built.patience = PATIENCE
        built.drop()
        yield built


async def test_a_silence_that_was_met_and_given_up_proves_it(stand: Stand) -> None:
    """In one try where the machine is quick enough, else in a later one."""
    judge = Judge()
    stand.payer.scenario = replace(stand.scenario, faults=replace(stand.scenario.faults, hang=("login",)))
    await silently(stand, judge, "silent at the login")
    assert stand.payer.silences
    assert not stand.payer.arrivals()
    assert (judge.wrong, judge.untried) == ({}, {})


async def test_one_that_was_never_met_proves_nothing(stand: Stand) -> None:
    """All went well, so nobody had to give up."""
    judge = Judge()
    await silently(stand, judge, "silent nowhere")
    assert stand.payer.arrivals()
    assert not judge.wrong
    assert "no session came as far" in judge.untried["silence_ends"][0]
