"""A server that falls silent: whoever waits for it must give up by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from gateway.sftp import Limits, SftpTransport
from gateway.testing.kit.judge import Judge
from gateway.testing.kit.stand import Stand

PATIENCE = 100.0
"""Seconds in which a session must end. A running service gives a plugin's transport 120 (`transport_seconds`), and then
counts it as a failure of the plugin."""
_SOON = Limits(connect=3.0, reply=2.0)


async def silently(stand: Stand, judge: Judge, trial: str) -> None:
    """Run against the silent payer; the gateway's own transport waits less than it does in service."""
    with _impatient(stand):
        try:
            async with asyncio.timeout(stand.patience):
                await stand.run()
        except TimeoutError:
            judge.say("silence_ends", f"{trial}: nobody gave up within {stand.patience:.0f} seconds")
            await asyncio.to_thread(stand.payer.hang_up)


@contextmanager
def _impatient(stand: Stand) -> Iterator[None]:
    registry = stand.site.registry
    transports = {**registry.transports, "sftp": partial(SftpTransport, limits=_SOON)}
    stand.site.registry = replace(registry, transports=transports)
    try:
        yield
    finally:
        stand.site.registry = registry
