"""Killed at any step, the gateway loses nothing and sends nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.harness import caught, trial
from tests.crash.manners import POINTS
from tests.crash.mutants import MUTANTS
from tests.crash.nursery import Nursery

SEEDS = 1


@pytest.mark.parametrize(("manner", "point"), POINTS)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_kill_9_loses_nothing_and_doubles_nothing(
    manner: str, point: str, seed: int, tmp_path: Path, nursery: Nursery
) -> None:
    """SIGKILL from outside at this step, in half the trials again during recovery: each claim arrives exactly once,
    every answer is posted exactly once."""
    result = trial(manner, point, seed, tmp_path, nursery)
    assert result.clean, result


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_gateway_that_breaks_a_rule_is_caught(mutant: str, nursery: Nursery) -> None:
    """Or these trials would prove nothing."""
    assert caught(mutant, nursery)
