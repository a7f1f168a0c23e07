"""One lane beside hostile plugins: how many claims a second a good payer gets alone, and beside each kind of them.

The gateway is the whole daemon. The good payer's claims lie ready when it begins, and those that the plugin's check looks
at are judged while they are sent. The payer is a real SFTP server.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from gateway.checks import CheckContext
from gateway.daemon import Daemon
from gateway.errors import GatewayError
from gateway.hosting.hosts import Hosts
from gateway.logs import set_up
from gateway.store import claims
from gateway.testing.builders import batch837p
from gateway.testing.payer import PayerSimulator
from gateway.workers.intake import Intake, judge_due
from gateway.workers.site import open_site
from tests.bench.isolation import few_to_a_file
from tests.plugins.hostile import HEAD, check_plugin, claims_for, put_in
from tests.sites import TestSite, make_site

FILES, CLAIMS, TIMES, LOOKED_AT = 400, 2, 5, 100

_NOTIFIER = """
class Hostile:
    name = "hostile"
    def wants(self, event): return True
    async def tell(self, told): {tell}
    async def close(self): pass

@hookimpl
def register_notifiers(): return [("hostile", lambda settings, secrets: Hostile())]
"""
_SPINNING = """
def spin():
    while True: pass
"""

_PEOPLE = [("2000000010", "alpha"), ("2000000010", "beta")]

KINDS = {
    "raises": check_plugin("raises"),
    "exits": check_plugin("exits"),
    "spins": check_plugin("spins"),
    "sleeps": check_plugin("sleeps"),
    "eats memory": check_plugin("eats_memory"),
    "talks": check_plugin("talks"),
    "scribbles": check_plugin("scribbles"),
    "hangs as a notifier": HEAD + _NOTIFIER.format(tell="time.sleep(1e6)"),
    "spins beside its work": HEAD + _SPINNING + _NOTIFIER.format(tell="threading.Thread(target=spin).start()"),
}
"""What each plugin does, and the plugin."""


def measure_hostile() -> dict[str, float]:
    """`good_lane_claims_per_s` alone, and `good_lane_beside_hostile`: the least share of it beside any kind of hostile
    plugin, each measured between two runs alone; medians. `hosted_check_us` is what one claim costs with a check of a
    plugin."""
    shares: dict[str, list[float]] = {kind: [] for kind in KINDS}
    alone = [_once("")]
    for _ in range(TIMES):
        for kind, found in shares.items():
            beside = _once(KINDS[kind])
            alone.append(_once(""))
            found.append(2 * beside / (alone[-2] + alone[-1]))
    medians = {kind: statistics.median(found) for kind, found in shares.items()}
    for kind, share in medians.items():
        print(f"good lane beside a plugin that {kind:<24} {share:>6.2f}", flush=True)
    figures = {"good_lane_claims_per_s": statistics.median(alone), "good_lane_beside_hostile": min(medians.values())}
    return figures | {"hosted_check_us": _check_cost()}


def _once(plugin: str) -> float:
    root = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        with PayerSimulator(root / "good") as good, PayerSimulator(root / "other") as other:
            site = make_site(root / "site", {"alpha": good, "beta": other}, _PEOPLE)
            few_to_a_file(site, CLAIMS)
            _unasked(site)
            with set_up(file=root / "gateway.log"):
                asyncio.run(_fill(site))
                if plugin:
                    put_in(site.root / "plugins", plugin)
                return asyncio.run(_measured(site, good))
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _unasked(site: TestSite) -> None:
    """Let a run of any size go: nothing was ever sent from here that it could be compared with."""
    for plugin in (site.root / "plugins").glob("*.toml"):
        plugin.write_text(plugin.read_text().replace("[[partner]]", "[[partner]]\nbrake = {claims = 1000000}"))


async def _fill(site: TestSite) -> None:
    for number, (key, count) in enumerate({"alpha": FILES * CLAIMS, "beta": LOOKED_AT}.items(), 77001):
        content = batch837p(claims_for(key, str(number), count), control=number)
        (site.spool / "incoming" / f"{key}.837").write_bytes(content)
    async with open_site(site.config) as opened:
        intake = Intake(opened)
        await intake.sweep(1e9)
        await intake.sweep(2e9)
        while await judge_due(opened):
            pass
        # In all runs nothing goes to beta: what is measured has the same to send.
        await opened.store.write(lambda tx: tx.run("UPDATE lanes SET state = 'SUSPENDED' WHERE key LIKE 'beta%'"))


async def _measured(site: TestSite, good: PayerSimulator) -> float:
    """Claims a second, from the first moment of the daemon to the last byte at the good payer."""
    async with open_site(site.config, hosts=Hosts()) as opened:
        daemon = Daemon(opened)
        begun = time.perf_counter()
        work = asyncio.create_task(daemon.run())
        while len(os.listdir(good.inbox)) < FILES:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        seconds = time.perf_counter() - begun
        work.cancel()
        with suppress(asyncio.CancelledError, GatewayError):
            await work
    return FILES * CLAIMS / seconds


def _check_cost() -> float:
    """Microseconds for each claim that a check of a plugin looks at and passes, beside what the gate does anyway."""
    root = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        with PayerSimulator(root / "good") as good, PayerSimulator(root / "other") as other:
            site = make_site(root / "site", {"alpha": good, "beta": other}, [("2000000010", "beta")])
            put_in(
                site.root / "plugins", check_plugin("raises").replace("raise ValueError(claim.member_id)", "return ()")
            )
            asyncio.run(_fill(site))
            return asyncio.run(_looked_at(site))
    finally:
        shutil.rmtree(root, ignore_errors=True)


async def _looked_at(site: TestSite) -> float:
    async with open_site(site.config, hosts=Hosts()) as opened:
        await opened.store.write(claims.judge_all)
        cases = await opened.store.read(claims.due_cases, 10_000)
        found = [case for case in cases if case.claim.payer_id == "77002"]
        [check] = [check for check in opened.registry.checks if check.code == "HOSTILE"]
        context = CheckContext(opened.registry.payers["beta"], opened.today())
        list(check.looks_at(found[0].claim, context))
        begun = time.perf_counter()
        for _ in range(10):
            for case in found:
                list(check.looks_at(case.claim, context))
        return (time.perf_counter() - begun) / (10 * len(found)) * 1e6
