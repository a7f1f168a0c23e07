"""What the command line waits for before it begins: a question to the service for little, the list of commands for none;
and a plugin's process for what plugins are made of."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from gateway.cli.main import ROOMS
from gateway.config.reference import reference
from gateway.desk.counter import open_counter
from gateway.desk.founding import found
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.workers.site import open_site
from tests.habits import run
from tests.sites import TestSite
from tests.test_house import HOMES

DOOR = {"cli", "config", "desk", "errors"}
SMALL = {
    *("calendar", "data", "deadlines", "denials", "durable", "events"),
    *("exports", "lifecycle", "model", "partnership", "silence"),
}
"""Of these a question only needs words, or to write a file."""
OTHERS = {"house", "check", "payers", "lists", "rosterfile", "money"}
"""Rooms whose commands read files, send or make a site, or judge."""

_LOADED = """
import json, sys
from gateway.__main__ import main
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.fixture
def site(tmp_path: Path) -> TestSite:
    """A site as `gateway init` makes it, with every key in its settings; no partners, and one claim is held."""
    site = TestSite(tmp_path / "site")
    found(site.root, reference().replace("settle_seconds = 3.0", "settle_seconds = 0.0"))
    site.drop("a.837", batch837p([ClaimSpec("A1", payer_id="77001")]))
    run(site)
    return site


async def loaded(*words: str, script: str = _LOADED, cwd: Path | None = None) -> tuple[str, set[str]]:
    """What a command says in a process of its own, and every module that is loaded in the end."""
    pipe = asyncio.subprocess.PIPE
    command = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, *words, stdout=pipe, stderr=pipe, cwd=cwd
    )
    said, told = await command.communicate()
    assert command.returncode == 0, told
    return said.decode(), set(json.loads(told.splitlines()[-1]))


def rooms(modules: Iterable[str]) -> set[str]:
    """The rooms of the house among them."""
    return {name.split(".")[1] for name in modules if name.startswith("gateway.")} - {"__main__"}


def libraries(modules: Iterable[str]) -> set[str]:
    """The outside libraries among them that have a home in it."""
    return {name.split(".")[0] for name in modules} & set(HOMES)


@pytest.mark.parametrize("question", ["claims", "claims --json", "why A1", "tail"])
async def test_a_question_to_the_service_loads_nothing_of_what_answers_it(site: TestSite, question: str) -> None:
    """A person waits for it, and asks often: neither rules nor edges, and tables only for who reads them."""
    async with open_site(site.config) as opened, open_counter(opened, site.root / "run" / "gateway.sock"):
        said, modules = await loaded("-c", str(site.config), *question.split())
    assert "PAYER_UNKNOWN" in said
    assert rooms(modules) == DOOR
    assert libraries(modules) <= {"click", "pydantic", "rich"}
    assert ("rich" in libraries(modules)) == (question in ("claims", "why A1"))
    assert "asyncio" not in modules


async def test_what_asks_and_orders_is_loaded_without_the_house() -> None:
    """Whoever asks for help, or for what only some of them need, waits no longer."""
    asking = sorted(ROOMS.keys() - OTHERS)
    script = "import gateway.cli.main, importlib, json, sys\nfor room in sys.argv[1:]:\n"
    script += "    importlib.import_module(f'gateway.cli.{room}')\nprint(json.dumps([*sys.modules]), file=sys.stderr)"
    _, modules = await loaded(*asking, script=script)
    assert rooms(modules) <= DOOR | SMALL
    assert libraries(modules) == {"click", "pydantic"}


async def test_the_list_of_commands_loads_none_of_them(tmp_path: Path) -> None:
    """Where there is no site, and so no plugin, but what comes with the command line."""
    said, modules = await loaded("--help", cwd=tmp_path)
    assert "simulate-payer" in said
    assert rooms(modules) == DOOR | {"demo", "hookspecs"}
    assert not modules & {f"gateway.cli.{room}" for room in ROOMS}


async def test_plugins_are_listed_without_the_edges_that_come_with_us(site: TestSite) -> None:
    """Who looks through what is registered makes none of it."""
    said, modules = await loaded("-c", str(site.config), "--help")
    assert "simulate-payer" in said
    assert not rooms(modules) & {"sftp", "bus", "rosterfile", "store", "workers", "vault"}
    assert libraries(modules) == {"click", "pluggy", "pydantic"}


async def test_the_process_of_a_plugin_loads_what_plugins_are_made_of_alone(tmp_path: Path) -> None:
    """It starts whenever a plugin had to be ended: our own edits and readers, and all that is awaited, are not its own."""
    (tmp_path / "one.py").write_text(_PLUGIN)
    script = "from pathlib import Path; from gateway.hosting.running import load\n"
    script += (
        "import gateway.hosting.__main__, json, sys; registry = load(Boot('folder', 'one.py', sys.argv[1], (), 0))\n"
    )
    script += "print([check.code for check in registry.checks], json.dumps([*sys.modules]), sep='\\n', file=sys.stderr)"
    _, modules = await loaded(str(tmp_path), script="from gateway.hosting.wire import Boot\n" + script)
    assert "gateway.checks.engine" in modules
    assert not rooms(modules) - {"amendments", "checks", "errors", "hookspecs", "hosting", "model", "plugins", "ports"}
    assert not modules & {"gateway.checks.edits", "asyncio", "importlib.metadata"}


_PLUGIN = """
from gateway import hookimpl
from gateway.amendments import Amendment
from gateway.checks import Check

@hookimpl
def register_checks(): return [Check("ONE", lambda claim, context: ())]
@hookimpl
def register_amendments(): return [Amendment("two", lambda blocks, partner: blocks)]
"""
