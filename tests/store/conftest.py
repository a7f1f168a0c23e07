"""A real SQLCipher database on disk, with a clock that the test moves."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.store import AuditKey, Store

KEY = b"\x01" * 32
AUDIT = AuditKey("a1", {"a1": b"\x02" * 32})


@dataclass
class Clock:
    """Moves only when told."""

    now: datetime = datetime(2026, 11, 10, 9, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass(frozen=True)
class Sealed:
    """What the vault says of a document."""

    name: str
    sha256: bytes
    size: int
    kid: str = "d1"


def sealed(text: bytes) -> Sealed:
    return Sealed(hashlib.sha256(b"k" + text).hexdigest(), hashlib.sha256(text).digest(), len(text))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gateway.db"


@pytest.fixture
async def store(path: Path, clock: Clock) -> AsyncIterator[Store]:
    opened = await Store.open(path, KEY, AUDIT, clock)
    yield opened
    await opened.close()
