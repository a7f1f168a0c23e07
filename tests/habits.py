"""Sites whose partners have habits: declared in Python, on a simulated payer or a real sshd, at any moment of a clock."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.daemon import Daemon
from gateway.desk.commands import answer
from gateway.logs import set_up
from gateway.testing.payer import Scenario
from gateway.workers.site import open_site
from tests.servers import Sshd
from tests.sites import TestSite

_PLUGIN = """\
from datetime import UTC, date, datetime, timedelta

from gateway import hookimpl
from gateway.model.habits import *
from gateway.model.partners import *
from gateway.model.x12 import Address


@hookimpl
def register_payers():
    return (Payer(key="{key}", name="{name} Health", filing_limit=timedelta(days=3650)),)


@hookimpl
def register_partners():
    return (Partner(
        key="{key}_edi", name="{NAME} HEALTH", receiver=Address("ZZ", "{NAME}HP"), payers={{"{key}": ("{payer_id}",)}},
        accepts=("005010X222A1", "005010X223A2"), endpoint=Endpoint("sftp", "127.0.0.1", {folders}), {said}
    ),)
"""


def declare(site: TestSite, key: str, said: str, payer_id: str = "77001", folders: str = "") -> None:
    """Say in Python what the partner KEY_edi is like: `said` are arguments of its Partner, as source."""
    plugins = site.root / "plugins"
    (plugins / f"{key}.toml").unlink(missing_ok=True)
    words = {"key": key, "name": key.title(), "NAME": key.upper(), "payer_id": payer_id}
    (plugins / f"{key}.py").write_text(_PLUGIN.format(**words, said=said, folders=folders))
    (plugins / f"{key}.py").chmod(0o644)


@dataclass
class Clock:
    """A clock that stands still until it is moved. It starts in the real present, as certificates and files do."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        """On by so much."""
        self.now += timedelta(**span)


def run(site: TestSite, clock: Clock | None = None) -> list[str]:
    """Run until idle; returns the names of the events since."""
    log = site.root / "gateway.log"
    begun = log.stat().st_size if log.exists() else 0

    async def running() -> None:
        clocks = {"clock": clock} if clock else {}
        async with open_site(site.config, **clocks) as opened:
            await Daemon(opened).run_until_idle()

    stream = set_up(file=log)
    asyncio.run(running())
    stream.close()
    with log.open() as lines:
        lines.seek(begun)
        return [json.loads(line)["event"] for line in lines]


def order(site: TestSite, clock: Clock, command: str, **arguments: Any) -> Any:
    """Ask one command at this moment of the clock."""

    async def asking() -> Any:
        async with open_site(site.config, clock=clock) as opened:
            return await answer(opened, command, arguments, "tester")

    return asyncio.run(asking())


@dataclass(frozen=True)
class SshdPayer:
    """A real sshd where tests expect a payer: its people are the test itself."""

    server: Sshd
    client_key: Path
    scenario: Scenario = field(default_factory=Scenario)

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def user(self) -> str:
        return self.server.user

    @property
    def host_key(self) -> str:
        return self.server.host_keys["ed25519"]

    @property
    def folders(self) -> str:
        """Of the endpoint, as source."""
        return f'outbound="{self.server.incoming}", inbound=("{self.server.outgoing}",)'

    @classmethod
    def of(cls, server: Sshd, folder: Path) -> SshdPayer:
        """With its key for us in a file."""
        key = folder / "client_key"
        key.write_bytes(server.private_keys["ed25519"])
        return cls(server, key)


def seen(site: TestSite, submission: int = 1) -> list[str]:
    """What was seen of a submission at its partner, by name."""
    return sorted(one["seen"] for one in site.ask("submissions show", submission=submission)["seen"])


def states(site: TestSite) -> list[Any]:
    """The state of each submission, oldest first."""
    return [one["state"] for one in reversed(site.ask("submissions"))]


def stands(site: TestSite) -> set[str]:
    """Where claims stand."""
    return {claim["stands"] for claim in site.ask("claims")}
