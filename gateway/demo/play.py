"""Play the demonstration and check that everything it promises really happened."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from gateway.cli import show
from gateway.daemon import Daemon
from gateway.demo import cast
from gateway.demo.stage import build
from gateway.desk import claims, roster, work
from gateway.logs import set_up
from gateway.partnership.phrases import counted
from gateway.testing.payer import PayerSimulator
from gateway.workers.site import Site, open_site

FIRST_DAY = {
    "D1001": ("PAID", "DUPLICATE"),
    "D1002": ("PARTLY_PAID",),
    "D1003": ("DENIED",),
    "D1004": ("DECLINED",),
    "D1005": ("HELD",),
    "D1006": ("HELD",),
    "D1007": ("REJECTED",),
    "D2001": ("PAID",),
}
AFTER_APPROVAL = {"D1006": ("PAID",)}
_COLUMNS = {"claim": "Claim", "control_number": "CLM01", "payer_name": "Payer", "stands": "Stands", "code": "Reason",
            "next": "Next step"}  # fmt: skip


def play(folder: Path | None = None) -> int:
    """Run it all; 0 only if every promised outcome was reached."""
    begun = time.monotonic()
    root = Path(folder or tempfile.mkdtemp(prefix="gateway-demo-")).resolve()
    with ExitStack() as stack:
        simulators = {
            name: stack.enter_context(PayerSimulator(root / "payers" / name, scenario))
            for name, scenario in cast.SCENARIOS.items()
        }
        _say(f"A new site in {root}, and {len(simulators)} simulated trading partners: real SFTP servers on 127.0.0.1.")
        config = build(root, simulators)
        log = set_up(file=root / "gateway.log")
        missed = asyncio.run(_acts(config, simulators))
        log.close()
    _say(f"\nThat took {time.monotonic() - begun:.1f} s. Look around:")
    for command in (
        "status",
        "claims",
        "why D1006",
        "timeline D1006",
        "submissions",
        "held",
        "proposals",
        "audit verify",
    ):
        _say(f"    {_program()} -c {config} {command}")
    _say(f"    tail {root / 'gateway.log'}")
    for wrong in missed:
        _say(f"NOT REACHED: {wrong}")
    return 1 if missed else 0


async def _acts(config: Path, simulators: dict[str, PayerSimulator]) -> list[str]:
    async with open_site(config) as site:
        await roster.apply(site, cast.roster(site.today()), "roster.csv", "demo")
        _say("\nDay one. A roster was imported, and two batches are dropped: one professional, one institutional.")
        _drop(site, "day1_professional.837", cast.professional(site.today()))
        _drop(site, "day1_institutional.837", cast.institutional(site.today()))
        await _until_nothing_is_left(site, simulators)
        missed = await _show(site, FIRST_DAY)
        _say("\nDay two. A letter comes: Dr Dogwood was enrolled at Beta Mutual all along. It goes into the roster.")
        change = await roster.apply(site, [cast.approval(site.today())], "letter", "demo")
        _say(f"{change['claims']} held claim is judged again.")
        await _until_nothing_is_left(site, simulators)
        missed += await _show(site, AFTER_APPROVAL)
        report = await work.audit(site)
        _say(
            f"\nOn record: {counted(report['events'], 'event')}, each chained to the one before it;"
            f" intact: {report['intact']}."
        )
        return missed + ([] if report["intact"] else ["an intact chain of events"])


async def _until_nothing_is_left(site: Site, simulators: dict[str, PayerSimulator]) -> None:
    """Let the gateway and the partners take turns until neither has anything left to do."""
    for _ in range(5):
        await Daemon(site).run_until_idle()
        answered = [simulator.tick() for simulator in simulators.values()]
        if not any(answered):
            return


def _drop(site: Site, name: str, content: bytes) -> None:
    (site.spool.folder("incoming") / name).write_bytes(content)


async def _show(site: Site, expected: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Print the claims that `expected` names; returns what is not as expected."""
    found = [row for row in await claims.listing(site) if row["control_number"] in expected]
    show.table(found, _COLUMNS, empty="No claims.", title="")
    missed = []
    for number, stands in expected.items():
        actual: tuple[Any, ...] = tuple(row["stands"] for row in found if row["control_number"] == number)
        if sorted(actual) != sorted(stands):
            missed.append(f"{number} stands {', '.join(actual) or 'nowhere'} instead of {', '.join(stands)}")
    return missed


def _program() -> str:
    """How the gateway command was called, as far as that can be told."""
    here = Path(".venv/bin/gateway")
    return str(here) if here.exists() else "gateway"


def _say(line: str) -> None:
    show.console().print(line, markup=False)
