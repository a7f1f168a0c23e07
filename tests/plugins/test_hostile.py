"""Plugins that break, hang, leave, talk and lie: each is disabled alone, told once, and everything else goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gateway.daemon import Daemon, serve
from gateway.desk.commands import answer
from gateway.hosting.hosts import Hosts
from gateway.logs import set_up
from gateway.ports import Told
from gateway.store import claims
from gateway.testing.builders import batch837p
from gateway.testing.payer import PayerSimulator
from gateway.workers.site import open_site
from tests.answers import interchange, ta1
from tests.plugins.hostile import DEEDS, HEAD, WAITS, check_plugin, claims_for, put_in
from tests.sites import TestSite, make_site

COUNT = 3


class Town:
    """A site with two payers that are well; what is hostile concerns beta."""

    def __init__(self, root: Path, payers: dict[str, PayerSimulator]) -> None:
        people = [("2000000010", key) for key in payers]
        self.site = make_site(root / "site", payers, people)
        self.payers = payers
        self.log = root / "gateway.log"

    def settle(self, **plugins: float) -> None:
        """Settings of the plugins section."""
        keys = "".join(f"{key} = {value}\n" for key, value in plugins.items())
        with self.site.config.open("a") as file:
            file.write(f"\n[plugins]\n{keys}")

    def drop(self, first: int = 0) -> None:
        """Three claims for each payer."""
        for number, key in enumerate(("alpha", "beta"), 77001):
            content = batch837p(claims_for(key, str(number), COUNT, first), control=number + first)
            self.site.drop(f"{key}{first}.837", content)

    def run(self) -> None:
        """Do all there is to do now, as the daemon does it."""
        with set_up(file=self.log):
            asyncio.run(serve(self.site.config, until_idle=True))

    def stands(self, key: str) -> set[tuple[str, str]]:
        """How the claims for one payer stand, and why they are held."""
        rows = self.site.ask("claims")
        return {(row["stands"], row["code"]) for row in rows if row["control_number"].startswith(key)}

    def told(self, name: str = "plugin.disabled") -> list[str]:
        """The bodies of events of that name."""
        rows = self.site.query(f"SELECT body FROM events WHERE name = '{name}'")
        return [row["body"] for row in rows]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with ExitStack() as opened:
        yield Town(tmp_path, {key: opened.enter_context(PayerSimulator(tmp_path / key)) for key in ("alpha", "beta")})


@pytest.fixture
async def town_later(tmp_path: Path) -> AsyncIterator[Town]:
    """The same for a test that has a loop of its own."""
    with ExitStack() as opened:
        payers = {key: opened.enter_context(PayerSimulator(tmp_path / key)) for key in ("alpha", "beta")}
        yield await asyncio.to_thread(Town, tmp_path, payers)


@pytest.mark.parametrize("deed", DEEDS)
def test_a_hostile_check_is_disabled_alone(town: Town, deed: str, capfd: pytest.CaptureFixture[str]) -> None:
    """One event says so, its claims are held and say why, no value is in a log, and the other payer's claims all go."""
    put_in(town.site.root / "plugins", check_plugin(deed))
    town.settle(check_seconds=0.2 if deed in WAITS else 30)
    town.drop()
    town.run()
    assert town.stands("alpha") == {("SENT", "")}
    assert town.stands("beta") == {("HELD", "CHECK_FAILED")}
    [body] = town.told()
    assert f'"{DEEDS[deed][1]}"' in body
    assert "gateway plugin resume hostile.py" in body
    said = town.log.read_text() + "".join(capfd.readouterr())
    assert said.count("plugin.disabled") == 1
    assert "MEMBERBETA" not in said


def test_the_same_check_in_this_process_shows_its_values(town: Town, capfd: pytest.CaptureFixture[str]) -> None:
    """So the test above can see them: commands on a closed site load plugins in their own process."""
    put_in(town.site.root / "plugins", check_plugin("talks"))
    town.drop()

    async def work() -> None:
        async with open_site(town.site.config) as site:
            await Daemon(site).run_until_idle()

    with set_up(file=town.log):
        asyncio.run(work())
    assert "MEMBERBETA" in "".join(capfd.readouterr())


def test_a_plugin_is_used_again_when_a_person_says_so(town: Town) -> None:
    """Its file is read anew, and the claims that were held for want of it go."""
    put_in(town.site.root / "plugins", check_plugin("raises"))
    town.settle(check_seconds=30)
    town.drop()

    async def work() -> tuple[list[str], list[str]]:
        async with open_site(town.site.config, hosts=Hosts()) as site:
            daemon = Daemon(site)
            await daemon.run_until_idle()
            before = await answer(site, "plugins", {}, "tester")
            warned = (await answer(site, "status", {}, "tester"))["warnings"]
            found = [row["what"] for row in await answer(site, "doctor", {}, "tester")]
            put_in(town.site.root / "plugins", check_plugin("raises").replace("raise ValueError", "return ()#"))
            await answer(site, "plugin resume", {"plugin": "hostile.py", "reason": "mended"}, "jane")
            await daemon.run_until_idle()
            after = await answer(site, "plugins", {}, "tester")
            assert [text for text in warned if "hostile.py" in text] == [t for t in found if "hostile.py" in t] != []
            return tuple([r["state"] for r in rows if r["plugin"] == "hostile.py"] for rows in (before, after))  # type: ignore[return-value]

    assert asyncio.run(work()) == (["DISABLED"], ["ACTIVE"])
    assert town.stands("beta") == {("SENT", "")}
    assert len(town.told("plugin.resumed")) == 1


TRANSPORT = """
from gateway.model.partners import Endpoint, Partner, Payer
from gateway.model.x12 import Address

class Hostile:
    def __init__(self, account, secrets): self.account, self.secrets = account, secrets
    async def __aenter__(self): await self.connect(); return self
    async def __aexit__(self, *error): await self.close()
    async def close(self): pass
    async def size(self, path): return Absent()
    async def connect(self): pass
    async def listing(self, folder): return []
    async def put(self, source, size, path, *, final=True): {put}

@hookimpl
def register_payers(): return [Payer("gamma", "Gamma Health")]
@hookimpl
def register_partners():
    return [Partner("gamma_edi", "GAMMA", {{"gamma": ("77003",)}}, Address("ZZ", "GAMMA"), Endpoint("odd", "localhost"))]
@hookimpl
def register_transports(): return [("odd", Hostile)]
"""


def bind_gamma(site: TestSite) -> None:
    """An account and a route for the plugin's own partner, and enrollments there."""
    account = (site.root / "conf/partners/alpha_edi.toml").read_text()
    (site.root / "conf/partners/gamma_edi.toml").write_text(
        account.replace("endpoint = {port", 'endpoint = {outbound = "/in", inbound = ["/out"]} #')
    )
    with (site.root / "conf/routes.toml").open("a") as routes:
        routes.write('[[route]]\npayer = "gamma"\npartner = "gamma_edi"\n')
    row = {"payer": "gamma", "state": "active", "effective_from": "2020-01-01", "source": "test"}
    npis = ("1234567893", "2000000010")
    site.ask("roster apply", rows=[row | {"provider_npi": npi} for npi in npis], source="test")


@pytest.mark.parametrize("put", ["raise ValueError", "os._exit(0)", "time.sleep(1e6)", "return 'much'"])
def test_the_lane_of_a_hostile_transport_waits(town: Town, put: str) -> None:
    """Nothing of its claims is lost, what may have arrived is in doubt, and nothing is called there any more."""
    put_in(town.site.root / "plugins", HEAD + "from gateway.ports import Absent\n" + TRANSPORT.format(put=put))
    bind_gamma(town.site)
    town.settle(failures=1, transport_seconds=1 if "sleep" in put else 60)
    town.drop()
    town.site.drop("gamma.837", batch837p(claims_for("gamma", "77003", COUNT), control=9))
    town.run()
    assert town.stands("alpha") == town.stands("beta") == {("SENT", "")}
    assert town.stands("gamma") == {("ASSIGNED", "")}
    assert len(town.told()) == 1


NOTIFIER = """
class Gossip:
    name = "gossip"
    def __init__(self, secrets):
        self.secrets = secrets
    def wants(self, event): return True
    async def tell(self, told): {tell}
    async def close(self): pass

@hookimpl
def register_notifiers(): return [("gossip", lambda settings, secrets: Gossip(secrets))]
"""


def test_a_notifier_that_hangs_stops_alone(town: Town) -> None:
    """The log is told everything all the same."""
    put_in(town.site.root / "plugins", HEAD + NOTIFIER.format(tell="time.sleep(1e6)"))
    town.settle(failures=1, step_seconds=0.2)
    town.drop()
    town.run()
    assert town.stands("alpha") == town.stands("beta") == {("SENT", "")}
    assert "submission.sent" in town.log.read_text()
    assert len(town.told()) == 1


SPINNER = """
def spin():
    while True: pass

class Spinner:
    name = "spinner"
    def wants(self, event): return True
    async def tell(self, told): told and threading.Thread(target=spin).start()
    async def close(self): pass

@hookimpl
def register_notifiers(): return [("spinner", lambda settings, secrets: Spinner())]
"""


async def test_what_computes_while_nothing_is_asked_stands_still_until_it_is(town_later: Town) -> None:
    """One that waits quietly is left alone."""
    put_in(town_later.site.root / "plugins", HEAD + SPINNER)
    async with open_site(town_later.site.config, hosts=Hosts()) as site:
        assert site.hosts
        [plugin] = site.hosts.plugins.values()
        [notifier] = site.notifiers()
        [process] = plugin._kept.values()
        await notifier.tell([])
        assert not process.pace.restless
        await notifier.tell([Told(1, "", "claim.sent", "", {})])
        await stands_still(process.pid)
        assert process.pace.restless
        await notifier.tell([])
        await stands_still(process.pid)


async def stands_still(pid: int) -> None:
    """Until the kernel has it as stopped."""
    await eventually(lambda: Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")


async def eventually(holds: Callable[[], bool]) -> None:
    """Until it is so."""
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def test_no_plugin_gets_the_secret_of_another(town: Town) -> None:
    """A notifier asks for what an account names, and is refused; its own it would get."""
    seen = town.site.root / "seen"
    own = town.site.root / "secrets" / "own"
    own.write_bytes(b"ours")
    own.chmod(0o600)
    tell = f"""
        for name in ("alpha_edi", "own"):
            try: text = self.secrets(name).reveal().decode()
            except Exception as error: text = error.code
            open({str(seen)!r}, "a").write(text + "\\n")"""
    put_in(town.site.root / "plugins", HEAD + NOTIFIER.format(tell=tell))
    town.drop()
    town.run()
    assert seen.read_text().split()[:2] == ["SECRET_DENIED", "ours"]


READER = """
def recognises(head): {recognises}
def reads(blocks): yield from ()
@hookimpl
def register_readers(): return [Reader("hostile", recognises, reads)]
"""


def test_while_a_reader_is_disabled_x12_is_read_and_the_rest_kept_aside(town: Town) -> None:
    """What is no X12 may have been its to read."""
    put_in(town.site.root / "plugins", HEAD + READER.format(recognises="os._exit(0)"))
    town.settle(failures=1)
    town.payers["alpha"].outbox.joinpath("letter.txt").write_text("We are closed on Friday.")
    town.payers["beta"].outbox.joinpath("answer.txt").write_bytes(interchange(ta1()))
    town.run()
    assert [(row["kind"], row["code"]) for row in town.site.ask("mail")] == [("unreadable", "READER_BROKEN")]
    assert [row["form"] for row in town.site.ask("answers")] == ["TA1"]
    assert len(town.told()) == 1


@pytest.mark.parametrize("deed", ["os._exit(0)", "yield 'text'", "raise ValueError"])
def test_the_lane_of_a_hostile_amendment_waits(town: Town, deed: str) -> None:
    """And no other: nothing of its claims was sent."""
    put_in(
        town.site.root / "plugins",
        f"{HEAD}\ndef amends(blocks, partner):\n    {deed}\n    yield b''\n"
        "@hookimpl\ndef register_amendments(): return [Amendment('hostile', amends, partner='beta_edi')]\n",
    )
    town.settle(failures=1)
    town.drop()
    town.run()
    assert town.stands("alpha") == {("SENT", "")}
    assert town.stands("beta") == {("ASSIGNED", "")}
    assert len(town.told()) == 1


async def test_nothing_is_kept_waiting_while_a_check_looks(town_later: Town) -> None:
    """The store's one writer goes on: this check is done only once something was written."""
    town, folder = town_later, town_later.site.root
    wait = (
        f"open({str(folder / 'asked')!r}, 'w')\n    while not os.path.exists({str(folder / 'go')!r}): time.sleep(0.01)"
    )
    put_in(
        folder / "plugins",
        check_plugin("raises").replace("raise ValueError(claim.member_id)", f"{wait}\n    return ()"),
    )
    town.settle(check_seconds=10)
    town.drop()
    async with open_site(town.site.config, hosts=Hosts()) as site:
        work = asyncio.create_task(Daemon(site).run_until_idle())
        while not (folder / "asked").exists():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await site.store.write(claims.judge_all)
        (folder / "go").touch()
        await work
        rows = await answer(site, "claims", {}, "tester")
    assert {row["stands"] for row in rows} == {"SENT"}


def test_processes_of_plugins_end_with_the_daemon(town: Town) -> None:
    """Also with kill -9, and also those that spin at that moment."""
    put_in(town.site.root / "plugins", check_plugin("spins"))
    town.settle(check_seconds=60)
    town.drop()
    command = [sys.executable, "-m", "gateway", "-c", str(town.site.config), "run"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as daemon:
        until = time.monotonic() + 120
        while not (hosts := hosts_of(daemon.pid)) or not is_reading(town):
            assert daemon.poll() is None
            assert time.monotonic() < until, daemon.kill()
            time.sleep(0.05)
        daemon.send_signal(signal.SIGKILL)
    until = time.monotonic() + 30
    while left := [pid for pid in hosts if is_alive(pid)]:
        assert time.monotonic() < until, [os.kill(pid, signal.SIGKILL) for pid in left]
        time.sleep(0.05)


STARTER = """
from subprocess import Popen
import time
from gateway import hookimpl
from gateway.checks import Check

def looks_at(claim, context):
    Popen(["sh", "-c", "setsid sleep 600.78 &"])
    time.sleep(1e6)

@hookimpl
def register_checks(): return [Check("STARTER", looks_at, payer="beta")]
"""


def test_what_a_plugin_started_ends_with_it(town: Town) -> None:
    """Also what took leave of its group, as a daemon does: nobody else would ever end that."""
    put_in(town.site.root / "plugins", STARTER)
    town.settle(check_seconds=2)
    town.drop()
    town.run()
    assert town.stands("beta") == {("HELD", "CHECK_FAILED")}
    found = [path for path in Path("/proc").glob("[0-9]*/cmdline") if b"600.78" in path.read_bytes()]
    left = [int(path.parent.name) for path in found if is_alive(int(path.parent.name))]
    assert not left, [os.kill(pid, signal.SIGKILL) for pid in left]


def is_reading(town: Town) -> bool:
    return not list((town.site.spool / "incoming").iterdir())


def hosts_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task").glob("*/children")
    pids = [int(child) for path in children for child in path.read_text().split()]
    return [child for child in pids if b"gateway.hosting" in Path(f"/proc/{child}/cmdline").read_bytes()]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_site_without_python_plugins_starts_no_process(town: Town) -> None:
    """Declarations, and Python that only declares, need none once they are read."""
    payer = "from gateway import hookimpl\nfrom gateway.model.partners import Payer\n"
    put_in(town.site.root / "plugins", f'{payer}@hookimpl\ndef register_payers(): return [Payer("delta", "Delta")]\n')

    async def work() -> list[int]:
        async with open_site(town.site.config, hosts=Hosts()) as site:
            assert "delta" in site.registry.payers
            return hosts_of(os.getpid())

    assert asyncio.run(work()) == []
