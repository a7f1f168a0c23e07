"""A server that falls silent: whoever waits for it must give up by itself."""

from __future__ import annotations

import asyncio
import time
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
_SOON = (Limits(connect=0.6, reply=0.3), Limits(connect=3.0, reply=2.0), Limits(connect=15.0, reply=10.0))
"""What the gateway's own transport waits, in one try after the other, until a session came as far as the silent step: on a
busy machine the first may be given up before."""
_LOOK = 0.02


async def silently(stand: Stand, judge: Judge, trial: str) -> None:
    """Run against the silent payer; the gateway's own transport waits less than it does in service."""
    for limits in _SOON:
        before = stand.payer.silences
        with _impatient(stand, limits):
            if not await _given_up(stand, before):
                judge.say("silence_ends", f"{trial}: nobody gave up within {stand.patience:.0f} seconds")
                await asyncio.to_thread(stand.payer.hang_up)
                return
        if stand.payer.silences > before:
            return
        stand.move(hours=5)
    judge.leave("silence_ends", f"{trial}: no session came as far as that, in {len(_SOON)} tries")


async def _given_up(stand: Stand, before: int) -> bool:
    """Whether a run comes to its end, in the stand's patience from the moment in which the payer falls silent."""
    run, begun = asyncio.create_task(stand.run()), time.monotonic()
    while not run.done() and stand.payer.silences == before and time.monotonic() - begun < PATIENCE:
        await asyncio.wait({run}, timeout=_LOOK)
    await asyncio.wait({run}, timeout=stand.patience)
    if over := not run.done():
        run.cancel()
    await asyncio.wait({run})
    return not over


@contextmanager
def _impatient(stand: Stand, limits: Limits) -> Iterator[None]:
    registry = stand.site.registry
    transports = {**registry.transports, "sftp": partial(SftpTransport, limits=limits)}
    stand.site.registry = replace(registry, transports=transports)
    try:
        yield
    finally:
        stand.site.registry = registry
