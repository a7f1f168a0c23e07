"""What holds for every test."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from gateway.logs import set_up

# How long an example takes says how busy the machine is, and nothing of the gateway.
settings.register_profile("gateway", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gateway")


@pytest.fixture(autouse=True)
def a_log_of_its_own() -> Iterator[None]:
    """No test writes into a log that another one has closed."""
    stream = set_up(file=Path(os.devnull))
    yield
    stream.close()


def pytest_collection_finish() -> None:
    """What was imported and collected lives as long as the run; looking through it again and again cost a twelfth."""
    gc.collect()
    gc.freeze()
