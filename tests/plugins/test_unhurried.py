"""People's questions and orders with a check that takes its time: whoever writes to the store meanwhile need not wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.daemon import Daemon
from gateway.desk.commands import answer
from gateway.hosting.ahead import Ahead
from gateway.hosting.hosts import Hosts
from gateway.store import journal
from gateway.testing.builders import batch837p
from gateway.testing.payer import PayerSimulator
from gateway.workers.site import Site, open_site
from tests.plugins.hostile import HEAD, claims_for, put_in
from tests.sites import TestSite, make_site

NPI = "2000000010"
SLOW = """
def looks_at(claim, context):
    open({folder!r} + "/asked", "w")
    while os.path.exists({folder!r} + "/wait"): time.sleep(0.01)
    return [Finding("SLOW", Outcome.HOLD, "", "It holds.", "Wait.")] if claim.control_number.startswith("beta") else ()

@hookimpl
def register_checks(): return [Check("SLOW", looks_at)]
"""
ORDERS: dict[str, tuple[str, dict[str, Any]]] = {
    "hold": ("hold", {"claim": "beta0", "reason": "test"}),
    "release": ("release", {"claim": "beta0", "reason": "test"}),
    "preview": (
        "roster preview",
        {
            "rows": [
                {"provider_npi": NPI, "payer": "beta", "state": "termed", "effective_to": "2020-06-30", "source": "t"}
            ]
        },
    ),
    "move": ("payer move preview", {"payer": "beta", "partner": "alpha_edi"}),
}


@asynccontextmanager
async def opened(root: Path) -> AsyncIterator[tuple[Site, TestSite]]:
    """A site where a slow check of a plugin holds the claims for beta."""
    with ExitStack() as stack:
        payers = {key: stack.enter_context(PayerSimulator(root / key)) for key in ("alpha", "beta")}
        site = await asyncio.to_thread(make_site, root / "site", payers, [(NPI, "beta")])
        with site.config.open("a") as settings:
            settings.write("\n[plugins]\ncheck_seconds = 5\n")
        _let_alpha_stand_by(site)
        put_in(site.root / "plugins", HEAD + SLOW.format(folder=str(site.root)))
        site.drop("beta.837", batch837p(claims_for("beta", "77002", 2)))
        async with open_site(site.config, hosts=Hosts()) as running:
            await Daemon(running).run_until_idle()
            yield running, site


def _let_alpha_stand_by(site: TestSite) -> None:
    """The partner of alpha reaches beta too."""
    plugin = site.root / "plugins" / "alpha.toml"
    plugin.write_text(plugin.read_text().replace('["77001"]}', '["77001"], beta = ["77002"]}'))
    with (site.root / "conf" / "routes.toml").open("a") as routes:
        routes.write('[[route]]\npayer = "beta"\npartner = "alpha_edi"\nrank = 1\n')


@pytest.mark.parametrize("order", ORDERS)
async def test_the_store_is_free_while_a_check_looks(tmp_path: Path, order: str) -> None:
    """The check ends only once something else was written; were that to wait for it, it would fail for its silence."""
    command, arguments = ORDERS[order]
    async with opened(tmp_path) as (site, where):
        (where.root / "asked").unlink()
        (where.root / "wait").touch()
        asked = asyncio.create_task(answer(site, command, arguments, "jane"))
        while not (where.root / "asked").exists() and not asked.done():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await site.store.write(journal.happened, [])
        (where.root / "wait").unlink()
        await asked
        assert (where.root / "asked").exists()
        assert site.hosts is not None
        assert site.hosts.plugins["hostile.py"].failures == 0


def test_only_claims_to_the_payer_of_a_check_are_looked_at_beforehand() -> None:
    """Everybody else's would be read and judged twice for nothing."""
    ahead = Ahead()
    assert not ahead.asks("beta")
    ahead.checks["OF_BETA"] = "beta"
    assert [ahead.asks(payer) for payer in ("beta", "alpha", "")] == [True, False, False]
    ahead.checks["OF_ALL"] = None
    assert [ahead.asks(payer) for payer in ("beta", "alpha", "")] == [True, True, True]
