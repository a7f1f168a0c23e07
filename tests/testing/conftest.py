"""A payer simulator that runs, on a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.testing.payer import PayerSimulator
from tests.testing.payer_client import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def payer(tmp_path: Path, clock: Clock) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer", clock=clock) as simulator:
        yield simulator
