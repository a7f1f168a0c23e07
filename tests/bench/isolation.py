"""One lane beside others: how many files a second a good payer gets alone, and beside a slow one and one that is silent.

The gateway is the whole daemon, and has the same site and the same claims in both: alone, the other two lanes are
suspended. All claims lie ready when it begins, so that it has nothing to do but to send; the payers are real SFTP servers
in processes of their own, the slow one takes minutes for each file, and the silent one never says a word to whoever
connects.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from gateway.daemon import Daemon
from gateway.errors import GatewayError
from gateway.logs import set_up
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator
from gateway.workers.intake import Intake, judge_due
from gateway.workers.site import Site, open_site
from tests.bench.payers import payer_apart
from tests.sites import TestSite, make_site

FILES, CLAIMS, TIMES = 60, 5, 3
_PEOPLE = [("2000000010", key) for key in ("alpha", "beta", "gamma")]


def measure_isolation() -> dict[str, float]:
    """`lane_alone_files_per_s`, `lane_beside_files_per_s`, and `lane_isolation`, the second as a share of the first: the
    medians of runs that take turns."""
    alone, beside = [], []
    for _ in range(TIMES):
        alone.append(_once(others=False))
        beside.append(_once(others=True))
    one, other = statistics.median(alone), statistics.median(beside)
    return {"lane_alone_files_per_s": one, "lane_beside_files_per_s": other, "lane_isolation": other / one}


def _once(*, others: bool) -> float:
    root = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        with ExitStack() as opened:
            good = opened.enter_context(payer_apart(root / "good"))
            slow = opened.enter_context(payer_apart(root / "slow", slow=120))
            silent = PayerSimulator(root / "silent")
            hole = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
            silent.port = hole.getsockname()[1]
            site = make_site(root / "site", {"alpha": good, "beta": slow, "gamma": silent}, _PEOPLE)
            few_to_a_file(site, CLAIMS)
            with set_up(file=root / "gateway.log"):
                return asyncio.run(_measured(site, good, others=others))
    finally:
        shutil.rmtree(root, ignore_errors=True)


def few_to_a_file(site: TestSite, claims: int) -> None:
    """Let no set have more claims than this, and so no file."""
    for plugin in (site.root / "plugins").glob("*.toml"):
        text = plugin.read_text()
        plugin.write_text(text.replace("[[partner]]", f"[[partner]]\nclaims_per_set = {claims}"))


async def _measured(site: TestSite, good: PayerSimulator, *, others: bool) -> float:
    """Files a second, from the first moment of the daemon to the last byte at the good payer."""
    async with open_site(site.config) as opened:
        await _fill(opened, site, ("alpha", "beta", "gamma"))
        if not others:
            await opened.store.write(
                lambda tx: tx.run("UPDATE lanes SET state = 'SUSPENDED' WHERE key NOT LIKE 'alpha%'")
            )
        daemon = Daemon(opened)
        begun = time.perf_counter()
        work = asyncio.create_task(daemon.run())
        while len(os.listdir(good.inbox)) < FILES:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        seconds = time.perf_counter() - begun
        work.cancel()
        with suppress(asyncio.CancelledError, GatewayError):
            await work
    return FILES / seconds


async def _fill(opened: Site, site: TestSite, keys: Sequence[str]) -> None:
    for number, key in enumerate(keys, 77001):
        claims = [
            ClaimSpec(f"{key}{n}", payer_id=str(number), member_id=f"{key}{n}".upper()) for n in range(FILES * CLAIMS)
        ]
        (site.spool / "incoming" / f"{key}.837").write_bytes(batch837p(claims, control=number))
    intake = Intake(opened)
    await intake.sweep(1e9)
    await intake.sweep(2e9)
    while await judge_due(opened):
        pass
