"""Run a site until idle in a process of its own, on a clock so many hours ahead, standing still at a named step of handing
files over, to be killed there; exports are read row by row. `python -m tests.handing_child CONFIG STEP NTH HOURS` writes
`!` when it stands."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.daemon import Daemon
from gateway.logs import set_up
from gateway.spool import Spool
from gateway.workers import handing
from gateway.workers.site import open_site
from tests.crash.child import Steps, _around, wrap


async def run(config: Path, hours: float) -> None:
    ahead = timedelta(hours=hours)
    async with open_site(config, lambda: datetime.now(UTC) + ahead) as site:
        await Daemon(site).run_until_idle()


def main() -> None:
    config, step, nth, hours = sys.argv[1:]
    set_up(file=Path(config).parent.parent / "gateway.log")
    steps = Steps(step, int(nth), sys.stdout.fileno())
    wrap(steps)
    for name in ("stage", "reveal"):
        setattr(Spool, name, _around(steps, f"Spool.{name}", getattr(Spool, name)))
    handing.PAGE = 1
    handing.written = _around(steps, "exports.written", handing.written)
    asyncio.run(run(Path(config), float(hours)))


if __name__ == "__main__":
    main()
