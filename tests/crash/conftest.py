"""What the trials of kill -9 share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash.nursery import Nursery


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """One process that forks every gateway of this module."""
    running = Nursery()
    yield running
    running.close()
