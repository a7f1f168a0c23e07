"""Take in what lies in a site's spool, and nothing else: prints the seconds from seeing the settled file until all of it is
stored.

    python -m tests.bench.taking SITE/conf/gateway.toml
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from gateway.workers.intake import Intake
from gateway.workers.site import open_site


async def main(config: Path) -> None:
    """Envelopes checked, claimed by rename, sealed, committed, read, validated, every claim stored and committed."""
    async with open_site(config) as site:
        intake = Intake(site)
        await intake.sweep(1e9)
        begun = time.perf_counter()
        assert await intake.sweep(2e9) == 1
        print(f"{time.perf_counter() - begun:.6f}")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
