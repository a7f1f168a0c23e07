"""Real sites for tests: laid out as `gateway init` does, bound to simulated payers."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.desk.commands import answer
from gateway.desk.founding import found
from gateway.store import Tx
from gateway.testing.payer import PayerSimulator
from gateway.workers.site import open_site

PRACTICE_NPI = "1234567893"

_SETTINGS = """\
[site]
name = "test"
time_zone = "America/Chicago"

[spool]
settle_seconds = 0.0
scan_seconds = 0.1
quarantine_minutes = 0.02

[service]
poll_seconds = 0.2
"""

_DECLARATION = """\
[[payer]]
key = "{key}"
name = "{name} Health"
filing_limit_days = 3650

[[partner]]
key = "{key}_edi"
name = "{NAME} HEALTH"
receiver = "{NAME}HP"
payers = {{{key} = ["{payer_id}"]}}
accepts = ["005010X222A1", "005010X223A2"]
endpoint = {{host = "127.0.0.1", sweeps = {sweeps}}}
"""

_ACCOUNT = """\
sender = "OPENGATE"
submitter_id = "OGT77"
submitter_name = "OPENGATE GATEWAY"
contact_phone = "5555550100"
user = "{user}"
credential = "{key}_edi"
host_keys = ["{host_key}"]
stage = "{stage}"
endpoint = {{port = {port}}}
"""


@dataclass(frozen=True)
class TestSite:
    """A site on disk that no process has open."""

    __test__ = False

    root: Path

    @property
    def config(self) -> Path:
        return self.root / "conf" / "gateway.toml"

    @property
    def spool(self) -> Path:
        return self.root / "spool"

    def drop(self, name: str, content: bytes) -> None:
        """Put a file into the spool as billing software does: under a temporary name first."""
        hidden = self.spool / "incoming" / f".{name}"
        hidden.write_bytes(content)
        hidden.rename(hidden.with_name(name))

    def ask(self, command: str, **arguments: Any) -> Any:
        """Ask one command of the closed site."""

        async def asking() -> Any:
            async with open_site(self.config) as site:
                return await answer(site, command, arguments, "tester")

        return asyncio.run(asking())

    def query(self, sql: str) -> list[Any]:
        """Look straight into the closed site's database."""

        async def asking() -> Any:
            async with open_site(self.config) as site:
                return await site.store.read(lambda tx: tx.all(sql))

        return asyncio.run(asking())  # type: ignore[no-any-return]

    def skip_waits(self) -> None:
        """Let every waiting time be over: what backs off is due now."""

        def due(tx: Tx) -> None:
            tx.run("UPDATE submissions SET not_before = ''")
            tx.run("UPDATE lanes SET not_before = ''")

        async def skipping() -> None:
            async with open_site(self.config) as site:
                await site.store.write(due)

        asyncio.run(skipping())


def make_site(
    root: Path,
    payers: Mapping[str, PayerSimulator],
    enrolled: Sequence[tuple[str, str]] = (),
    stage: str = "production",
) -> TestSite:
    """A site with one partner KEY_edi for each simulator, payer ids 77001 and on; the practice and these providers
    are enrolled since 2020."""
    site = TestSite(root)
    found(root, _SETTINGS)
    routes = ""
    for number, (key, payer) in enumerate(payers.items(), 77001):
        _bind(root, key, str(number), payer, stage)
        routes += f'[[route]]\npayer = "{key}"\npartner = "{key}_edi"\n\n'
    (root / "conf" / "routes.toml").write_text(routes)
    rows = [
        {"provider_npi": npi, "payer": payer, "state": "active", "effective_from": "2020-01-01", "source": "test"}
        for payer in payers
        for npi in sorted({PRACTICE_NPI, *(npi for npi, at in enrolled if at == payer)})
    ]
    site.ask("roster apply", rows=rows, source="test")
    return site


def _bind(root: Path, key: str, payer_id: str, payer: PayerSimulator, stage: str) -> None:
    words = {"key": key, "name": key.title(), "NAME": key.upper(), "payer_id": payer_id}
    faults = payer.scenario.faults
    sweeps = str(faults.sweep or faults.vanish_on_close).lower()
    (root / "plugins" / f"{key}.toml").write_text(_DECLARATION.format(**words, sweeps=sweeps))
    (root / "plugins" / f"{key}.toml").chmod(0o644)
    (root / "conf" / "partners" / f"{key}_edi.toml").write_text(
        _ACCOUNT.format(**words, user=payer.user, host_key=payer.host_key, port=payer.port, stage=stage)
    )
    secret = root / "secrets" / f"{key}_edi"
    shutil.copy(payer.client_key, secret)
    os.chmod(secret, 0o600)
