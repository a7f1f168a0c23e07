"""How long to wait before the next try: longer each time, and never everybody at the same moment."""

from __future__ import annotations

from zlib import crc32

RETRY_WAITS = (30, 60, 300, 900, 1800, 3600)
PROBE_WAITS = (60, 300, 900, 3600)
BREAKER_WAITS = (900, 1800, 3600)
_SPREAD = 4
"""Up to a quarter is added, by whose turn it is."""


def retry_wait(tries: int, subject: object) -> int:
    """Seconds until `subject` (a lane's key, a submission's number) tries again after `tries` failures."""
    return _spread(RETRY_WAITS, tries, subject)


def probe_wait(probes: int, subject: object) -> int:
    """Seconds until `subject` looks for evidence again."""
    return _spread(PROBE_WAITS, probes, subject)


def breaker_wait(trials: int, subject: object) -> int:
    """Seconds until a lane whose breaker is open is tried again, after so many trials."""
    return _spread(BREAKER_WAITS, trials, subject)


def _spread(waits: tuple[int, ...], count: int, subject: object) -> int:
    """The same for the same subject and count, so that it can be planned twice."""
    wait = waits[min(count, len(waits) - 1)]
    return wait + wait * (crc32(f"{subject} {count}".encode()) % 1000) // (1000 * _SPREAD)
