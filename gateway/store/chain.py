"""The chain of events: each carries the HMAC of what it says and of its predecessor's HMAC.

A changed, removed, inserted or reordered event breaks every one after it. What a chain cannot show by itself is a cut
tail; the head's HMAC, published outside (log, news, printout), does.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_BIRTH = b"gateway events v1"


@dataclass(frozen=True, slots=True)
class AuditKey:
    """The key that signs new events, and every key that ever did, by its id."""

    kid: str
    secrets: Mapping[str, bytes]

    def __repr__(self) -> str:
        return f"AuditKey({self.kid})"


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a walk found: how many events, the head's HMAC, and the first event that does not fit (None if all do)."""

    events: int
    head: str
    broken_at: int | None


_JSON = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True)


class Chain:
    """Signs and verifies."""

    def __init__(self, key: AuditKey) -> None:
        self.key = key

    def sign(self, before: bytes, fields: tuple[object, ...], kid: str | None = None) -> bytes:
        """HMAC-SHA256 over the predecessor's HMAC and the event's columns."""
        secret = self.key.secrets[kid or self.key.kid]
        text = _JSON.encode(fields).encode()
        return hmac.digest(secret, (before or _BIRTH) + text, hashlib.sha256)

    def head(self, conn: Any) -> bytes:
        """The HMAC of the last event, or nothing before the first."""
        row = conn.execute("SELECT mac FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        return bytes(row[0]) if row else b""

    def verify(self, conn: Any) -> ChainReport:
        """Walk the whole chain; also finds a gap in the numbers."""
        before, count = b"", 0
        rows = conn.execute(
            "SELECT seq, at, name, actor, batch, claim, submission, lane, body, kid, mac FROM events ORDER BY seq"
        )
        for row in rows:
            *fields, kid, mac = tuple(row)
            count += 1
            known = kid in self.key.secrets
            if fields[0] != count or not known or self.sign(before, tuple(fields), kid) != bytes(mac):
                return ChainReport(count, before.hex(), count)
            before = bytes(mac)
        return ChainReport(count, before.hex(), None)
