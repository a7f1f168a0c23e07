"""Sites whose partner has a mailbox with habits of its own, on a clock that tests move."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.daemon import Daemon
from gateway.desk.commands import answer
from gateway.logs import set_up
from gateway.model.habits import Expectation, Mailbox
from gateway.model.partners import Lane
from gateway.testing.payer import PayerSimulator, Scenario
from gateway.workers.site import Site, open_site
from tests.sites import TestSite, make_site


@dataclass
class Clock:
    """Moves only when told."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def __call__(self) -> datetime:
        return self.now

    def on(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class MailSite:
    """A site with one partner whose mailbox is like this, and its clock; `run` is one visit of cron's."""

    site: TestSite
    mailbox: Mailbox
    inbound: tuple[str, ...] = ("/out",)
    expects: Mapping[str, Expectation] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    wrappings: tuple[Any, ...] = ()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Site]:
        """The site, whose partner is as its declaration would have it."""
        async with open_site(self.site.config, self.clock) as site:
            site.directory = replace(
                site.directory, lanes={key: self._lane(lane) for key, lane in site.directory.lanes.items()}
            )
            if self.wrappings:
                site.wrappings = lambda partner: self.wrappings  # type: ignore[attr-defined]
            yield site

    def _lane(self, lane: Lane) -> Lane:
        habits = replace(lane.partner.habits, mailbox=self.mailbox, wraps=("turned",) * bool(self.wrappings))
        return Lane(
            replace(lane.partner, habits=habits, expects=self.expects),
            replace(lane.account, endpoint=replace(lane.account.endpoint, inbound=self.inbound)),
        )

    def run(self) -> list[dict[str, Any]]:
        """Everything there is to do now; returns the log lines of this run alone."""
        log = self.site.root / "run.log"
        log.unlink(missing_ok=True)
        stream = set_up(file=log)
        asyncio.run(self._run())
        stream.close()
        return [json.loads(line) for line in log.read_text().splitlines()]

    async def _run(self) -> None:
        async with self.opened() as site:
            await Daemon(site).run_until_idle()

    def ask(self, command: str, **arguments: Any) -> Any:
        """One command of the closed site."""

        async def asking() -> Any:
            async with self.opened() as site:
                return await answer(site, command, arguments, "tester")

        return asyncio.run(asking())

    @property
    def health(self) -> dict[str, Any]:
        """The one mailbox of `gateway status`."""
        (found,) = self.ask("status")["mailboxes"]
        return found  # type: ignore[no-any-return]

    def states(self) -> list[str]:
        """Of everything that was fetched, in that order."""
        return [row["state"] for row in self.site.query("SELECT state FROM pickups ORDER BY id")]


@dataclass(frozen=True)
class Server:
    """What a site must know of a server that is no simulator."""

    port: int
    user: str
    host_key: str
    client_key: Path
    scenario: Scenario = field(default_factory=Scenario)


def mail_site(
    root: Path,
    payer: PayerSimulator | Server,
    mailbox: Mailbox | None = None,
    inbound: tuple[str, ...] = ("/out",),
    expects: Mapping[str, Expectation] | None = None,
) -> MailSite:
    """A site with one partner of such a mailbox."""
    site = make_site(
        root / "site",
        {"alpha": payer},  # type: ignore[dict-item]
        enrolled=[("2000000010", "alpha")],
    )
    return MailSite(site, mailbox or Mailbox(), inbound, expects or {})


def named(log: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    """The lines of a log with this event."""
    return [line for line in log if line["event"] == event]


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


def ack_file(control: int, group: int = 1, form: str = "999") -> bytes:
    """An interchange of this number with a group that nobody here knows about: a 999 of ours that never was, or an 824."""
    kind, version = {"999": ("FA", "005010X231A1"), "824": ("AG", "005010X186A1")}[form]
    body = "AK1*HC*9999*005010X222A1~AK9*A*1*1*1~" if form == "999" else "BGN*00*1*20261116~"
    count = body.count("~") + 2
    return (
        f"ISA*00*{' ' * 10}*00*{' ' * 10}*ZZ*{'ALPHAHP':15}*ZZ*{'OPENGATE':15}*261116*0640*^*00501*{control:09}*0*P*:~"
        f"GS*{kind}*ALPHA*OGT77*20261116*0640*{group}*X*{version}~ST*{form}*0001*{version}~{body}SE*{count}*0001~"
        f"GE*1*{group}~IEA*1*{control:09}~"
    ).encode()
