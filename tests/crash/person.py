"""What only a person can do: say what arrived, let go what asks, and release what may have arrived and did not."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.desk.commands import answer
from gateway.testing.payer import PayerSimulator
from gateway.workers.site import open_site
from tests.sites import TestSite


def answered_by_a_person(site: TestSite, payer: PayerSimulator) -> bool:
    """Once nothing else can: whether there was anything to answer."""
    names = {arrival.name for arrival, _ in payer.arrivals()}

    async def answering() -> bool:
        async with open_site(site.config) as opened:

            async def ask(command: str, **words: Any) -> Any:
                return await answer(opened, command, words, "tester")

            async def order(command: str, **words: Any) -> None:
                await ask(command, reason="the payer says so", **words)

            stopped = [one["lane"] for one in await ask("lanes") if one["state"] in ("ASKING", "SUSPENDED")]
            doubted = [one for one in await ask("submissions") if one["state"] == "IN_DOUBT"]
            held = [one["claim"] for one in await ask("claims") if one["code"] == "MAY_HAVE_ARRIVED"]
            for lane in stopped:
                await order("resume", lane=lane)
            for one in doubted:
                await order("settle", submission=one["submission"], arrived=one["file"] in names)
            for claim in held:
                await order("release", claim=claim)
            return bool(stopped or doubted or held)

    return asyncio.run(answering())
