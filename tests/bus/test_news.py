"""News of a whole site: told after the commit, from where the broker last heard us, and never in a claim's way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiomqtt import Client

from gateway.daemon import serve
from gateway.logs import set_up
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import Deny, PayerSimulator, Rule, Scenario
from tests.servers import Mosquitto
from tests.sites import TestSite, make_site


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, broker: Mosquitto, payer: PayerSimulator) -> TestSite:
    """A site whose settings name the broker."""
    made = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
    with made.config.open("a") as settings:
        settings.write(f'\n[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\n')
    return made


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


async def test_questions_and_deadlines_are_news(site: TestSite, broker: Mosquitto, payer: PayerSimulator) -> None:
    """A proposal that opens and is dismissed, and a licence that runs out, each once and without naming the provider."""
    payer.scenario = Scenario(rules=(Rule(Deny("B7", ""), claim="CANARY1"),))
    soon = (datetime.now(UTC).date() + timedelta(days=10)).isoformat()
    licence = {
        "sheet": "credentials",
        "provider_npi": "2000000010",
        "kind": "licence",
        "number": "QX77",
        "last_day": soon,
    }
    await asyncio.to_thread(site.ask, "roster apply", rows=[licence], source="test")
    site.drop("a.837", batch837p([ClaimSpec("CANARY1", payer_id="77001")]))
    heard = await run_and_listen(site, broker)
    while await asyncio.to_thread(payer.tick):
        heard += await run_and_listen(site, broker)
    (opened,) = [event for event in heard if event["type"] == "proposal.opened"]
    (expiry,) = [event for event in heard if event["type"] == "deadline.expiry_near"]
    await asyncio.to_thread(site.ask, "proposals dismiss", proposal=1, reason="their clerk named CANARY1")
    after = await run_and_listen(site, broker)
    (dismissed,) = [event for event in after if event["type"] == "proposal.dismissed"]
    assert [event["proposal"] for event in (opened, dismissed)] == [1, 1]
    assert (expiry["code"], expiry["step"]) == ("LICENCE", "days_14")
    assert not any(word in json.dumps(heard + after) for word in ("CANARY", "2000000010", "QX77", "clerk"))
