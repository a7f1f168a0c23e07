"""News of a whole site: told after the commit, from where the broker last heard us, and never in a claim's way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiomqtt import Client

from gateway.daemon import serve
from gateway.logs import set_up
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator
from tests.servers import Mosquitto
from tests.sites import TestSite, make_site


@pytest.fixture
def site(tmp_path: Path, broker: Mosquitto) -> Iterator[TestSite]:
    """A site whose settings name the broker."""
    with PayerSimulator(tmp_path / "payer") as payer:
        made = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
        with made.config.open("a") as settings:
            settings.write(f'\n[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\n')
        yield made


async def run_and_listen(site: TestSite, broker: Mosquitto) -> list[dict[str, object]]:
    """Run until idle; returns what somebody at the broker heard meanwhile."""
    heard: list[dict[str, object]] = []
    async with Client("127.0.0.1", broker.port) as listener:
        await listener.subscribe("gateway/test/events/#")

        async def listen() -> None:
            async for message in listener.messages:
                heard.append(json.loads(str(message.payload, "utf-8")))  # type: ignore[arg-type]

        listening = asyncio.create_task(listen())
        await serve(site.config, until_idle=True)
        await asyncio.sleep(0.3)
        listening.cancel()
    return heard


async def test_events_reach_the_broker_and_wait_while_it_is_down(site: TestSite, broker: Mosquitto) -> None:
    """With the broker down claims go all the same; when it is back it hears everything, each once, in order."""
    stream = set_up(file=site.root / "gateway.log")
    site.drop("a.837", batch837p([ClaimSpec("CANARY1", payer_id="77001")]))
    first = await run_and_listen(site, broker)
    broker.kill()
    site.drop("b.837", batch837p([ClaimSpec("CANARY2", payer_id="77001"), ClaimSpec("C3", payer_id="99")], control=2))
    await serve(site.config, until_idle=True)
    broker.start()
    second = await run_and_listen(site, broker)
    stream.close()
    names = [event["type"] for event in first]
    assert "submission.sent" in names
    assert {"claim.held", "submission.sent"} <= {event["type"] for event in second}
    numbers = [int(str(event["id"])) for event in first + second]
    assert numbers == sorted(set(numbers))
    assert "CANARY" not in json.dumps(first + second)
    assert "2000000010" not in json.dumps(first + second)
