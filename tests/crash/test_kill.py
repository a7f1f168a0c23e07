"""Killed at any step, the gateway loses nothing and sends nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.harness import POINTS, trial

SEEDS = 5


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_kill_9_loses_nothing_and_doubles_nothing(point: str, seed: int, tmp_path: Path) -> None:
    """SIGKILL from outside at this step, in half the trials again during recovery: each claim arrives exactly once."""
    result = trial(point, seed, tmp_path)
    assert result.clean, result
