"""The payer simulator is a trading partner one can believe: what arrives, what goes wrong, what survives."""

from __future__ import annotations

import ast
import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import paramiko
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gateway.testing.payer
from gateway.errors import ConfigError
from gateway.testing.builders import ClaimSpec, batch837i, batch837p
from gateway.testing.payer import (
    Adjustment,
    Delay,
    Deny,
    Faults,
    Pay,
    PayerSimulator,
    Reject277,
    Rule,
    Scenario,
    load_scenario,
    read_scenario,
)
from tests.testing.payer_client import LOST, Clock, answered, fetched, lines, session, upload


def test_it_shares_no_code_with_the_gateways_reader() -> None:
    """A mistake made twice would not be found: the package imports nothing of the gateway but its error words."""
    folder = Path(gateway.testing.payer.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                ours = name.startswith(("gateway.testing.payer", "gateway.errors"))
                outside = name.split(".")[0] in sys.stdlib_module_names | {"paramiko", "cryptography"}
                assert ours or outside, f"{path.name} imports {name}"


def test_a_renamed_file_arrives_once_and_whole(payer: PayerSimulator) -> None:
    """The hidden name is not looked at; the rename is the arrival."""
    data = batch837p([ClaimSpec("A1", trace="D9A")])
    with session(payer) as client:
        with client.open("/in/.one.837.part", "wb") as file:
            file.write(data)
        payer.tick()
        assert payer.arrivals() == ()
        client.rename("/in/.one.837.part", "/in/one.837")
        payer.tick()
        assert client.stat("/in/one.837").st_size == len(data)
    ((arrival, bytes_),) = payer.arrivals()
    assert (arrival.number, arrival.name, bytes_) == (1, "one.837", data)
    ((claim, trace, _, file_name, control),) = payer.received_claims()
    assert (claim, trace, file_name, control) == ("A1", "D9A", "one.837", "000000101")


def test_a_direct_write_arrives_when_it_is_closed(payer: PayerSimulator) -> None:
    """While the upload runs, a tick leaves the half file alone."""
    with session(payer) as client:
        with client.open("/in/one.837", "wb") as file:
            file.write(b"ISA")
            payer.tick()
            assert payer.arrivals() == ()
        assert [data for _, data in payer.arrivals()] == [b"ISA"]


def test_a_file_sent_twice_is_counted_twice(payer: PayerSimulator) -> None:
    """The journal is the witness against doubles, even of the same bytes under the same name."""
    data = batch837p([ClaimSpec("A1")])
    with session(payer) as client:
        upload(client, data)
        upload(client, data)
        payer.tick()
    assert [arrival.number for arrival, _ in payer.arrivals()] == [1, 2]
    assert [claim.claim for claim in payer.received_claims()] == ["A1", "A1"]
    assert len(payer.received_claims(accepted_only=True)) == 1


def test_a_file_that_came_past_the_server_is_found_by_a_tick(payer: PayerSimulator) -> None:
    """Once, however often it ticks."""
    (payer.inbox / "one.837").write_bytes(batch837p([ClaimSpec("A1")]))
    (payer.inbox / ".two").write_bytes(b"")
    (payer.inbox / "three.part").write_bytes(b"")
    payer.tick()
    payer.tick()
    assert [arrival.name for arrival, _ in payer.arrivals()] == ["one.837"]


@pytest.mark.parametrize(
    ("faults", "after_close", "after_tick"),
    [
        (Faults(), ["one.837"], ["one.837"]),
        (Faults(sweep=True), ["one.837"], []),
        (Faults(vanish_on_close=True), [], []),
        (Faults(rename_on_arrival=True), ["one.837.processed"], ["one.837.processed"]),
    ],
)
def test_what_becomes_of_the_file_after_it_arrived(
    payer: PayerSimulator, faults: Faults, after_close: list[str], after_tick: list[str]
) -> None:
    """Payers leave it, sweep it, take it at once, or rename it; it arrives once in each case."""
    payer.scenario = Scenario(faults=faults)
    with session(payer) as client:
        upload(client, batch837p([ClaimSpec("A1")]))
        assert client.listdir("/in") == after_close
        payer.tick()
        payer.tick()
        assert client.listdir("/in") == after_tick
    assert len(payer.arrivals()) == 1


def test_only_the_two_folders_can_be_seen(payer: PayerSimulator) -> None:
    """Nothing else of the machine, not even the simulator's own journal and keys."""
    with session(payer) as client:
        assert client.listdir("/") == ["in", "out"]
        for path in ("/keys/host", "/../../etc/passwd", "/in/../../keys/client", "/received", "/in/a/b"):
            with pytest.raises(FileNotFoundError):
                client.stat(path)
        with pytest.raises(PermissionError):
            client.open("/out/forged.x12", "wb")
        with pytest.raises(OSError, match="unsupported"):
            client.mkdir("/in/mine")


def test_who_may_come_in(payer: PayerSimulator) -> None:
    """Anybody with the key or the password, until the payer refuses everybody."""
    for login in ({"password": payer.password}, {"user": "cffm01"}):
        with session(payer, **login) as client:
            assert client.listdir("/out") == []
    for wrong in ({"password": "guess"}, {"key": str(payer.root / "keys" / "host")}):
        with pytest.raises(paramiko.AuthenticationException), session(payer, **wrong):
            pass
    payer.scenario = Scenario(faults=Faults(refuse_login=True))
    with pytest.raises(paramiko.AuthenticationException), session(payer):
        pass


def test_a_changed_host_key_meets_the_next_connection(payer: PayerSimulator) -> None:
    """So that pinning can be tested."""
    before = payer.host_key
    payer.change_host_key()
    assert payer.host_key != before
    with session(payer) as client:
        assert client.listdir("/out") == []


def test_refusals_reach_the_client_as_refusals(payer: PayerSimulator) -> None:
    """Nothing arrives, and what was written under the temporary name stays there."""
    data = batch837p([ClaimSpec("A1")])
    with session(payer) as client:
        payer.scenario = Scenario(faults=Faults(permission_denied=True))
        with pytest.raises(PermissionError):
            client.open("/in/.one.part", "wb")
        payer.scenario = Scenario(faults=Faults(refuse_rename=True))
        with pytest.raises(PermissionError):
            upload(client, data)
        assert client.stat("/in/.one.837.part").st_size == len(data)
    assert payer.arrivals() == ()


def test_a_rename_never_replaces_but_a_posix_rename_does(payer: PayerSimulator) -> None:
    """As servers have it."""
    with session(payer) as client:
        upload(client, b"first")
        with client.open("/in/.two.part", "wb") as file:
            file.write(b"second")
        with pytest.raises(OSError, match="Failure"):
            client.rename("/in/.two.part", "/in/one.837")
        client.posix_rename("/in/.two.part", "/in/one.837")
    assert [data for _, data in payer.arrivals()] == [b"first", b"second"]


def test_a_full_disk_keeps_what_fitted(payer: PayerSimulator) -> None:
    """The write fails; the bytes before it lie there."""
    payer.scenario = Scenario(faults=Faults(disk_full_after=1000))
    with session(payer) as client:
        with pytest.raises(OSError, match=r"Failure|size mismatch"):
            client.putfo(io.BytesIO(b"x" * 5000), "/in/.one.part", confirm=True)
        assert client.stat("/in/.one.part").st_size == 1000
        client.putfo(io.BytesIO(b"x" * 1000), "/in/.two.part", confirm=True)


def test_a_dropped_connection_leaves_a_part_file(payer: PayerSimulator) -> None:
    """Under a hidden name that is no arrival; written directly it is one, cut short, and the TA1 says so."""
    data = batch837p([ClaimSpec(f"A{n}") for n in range(5)])
    payer.scenario = Scenario(faults=Faults(drop_after=700))
    for name in (".one.part", "one.837"):
        with pytest.raises(LOST), session(payer) as client:
            client.putfo(io.BytesIO(data), f"/in/{name}")
    payer.hang_up()
    assert (payer.inbox / ".one.part").read_bytes() == data[:700]
    assert [received for _, received in payer.arrivals()] == [data[:700]]
    payer.scenario = Scenario()
    (name,) = payer.tick()
    assert lines((payer.outbox / name).read_bytes(), "TA1") == ["TA1*000000101*261110*0815*R*023"]


@pytest.mark.parametrize(("cut", "arrived"), [("before_rename", 0), ("after_rename", 1)])
def test_a_reply_lost_around_the_rename_leaves_the_client_in_doubt(
    payer: PayerSimulator, cut: str, arrived: int
) -> None:
    """The client sees the same in both cases; only the payer knows."""
    payer.scenario = Scenario(faults=Faults(cut=(cut,)))
    with pytest.raises(LOST), session(payer) as client:
        upload(client, batch837p([ClaimSpec("A1")]))
    assert len(payer.arrivals()) == arrived


def test_a_reply_lost_after_a_direct_write(payer: PayerSimulator) -> None:
    """The file is there and whole, though the client was never told."""
    data = batch837p([ClaimSpec("A1")])
    payer.scenario = Scenario(faults=Faults(cut=("after_close",)))
    with pytest.raises(LOST), session(payer) as client:
        client.putfo(io.BytesIO(data), "/in/one.837")
    payer.hang_up()
    assert [received for _, received in payer.arrivals()] == [data]


def test_a_server_that_tells_no_sizes_or_takes_its_time(payer: PayerSimulator) -> None:
    """Both are habits of real servers."""
    payer.scenario = Scenario(faults=Faults(hide_sizes=True, slow=0.05))
    with session(payer) as client:
        began = time.monotonic()
        upload(client, b"some bytes")
        assert time.monotonic() - began > 0.05
        assert client.stat("/in/one.837").st_size is None


def test_a_restart_on_the_same_root_goes_on(tmp_path: Path, clock: Clock) -> None:
    """Port, keys, control numbers, answers still due and everything received outlive the process."""
    scenario = Scenario(delays={"835": Delay(ticks=2)})
    with PayerSimulator(tmp_path, scenario, clock=clock) as payer:
        before = (payer.port, payer.host_key, payer.client_key.read_text(), payer.password)
        answered(payer, batch837p([ClaimSpec("A1")]))
    with PayerSimulator(tmp_path, scenario, clock=clock) as payer:
        assert (payer.port, payer.host_key, payer.client_key.read_text(), payer.password) == before
        assert payer.tick() == ()
        assert payer.tick() == ("000000004_835.x12",)
        assert lines(answered(payer, batch837p([ClaimSpec("A1")]))["TA1"][0], "TA1")[0].endswith("R*025")
        assert [arrival.number for arrival, _ in payer.arrivals()] == [1, 2]


def test_a_torn_journal_line_is_forgotten(tmp_path: Path) -> None:
    """A kill between bytes and line: the file still lies in /in and is noted anew."""
    payer = PayerSimulator(tmp_path)
    (payer.inbox / "one.837").write_bytes(batch837p([ClaimSpec("A1")]))
    payer.tick()
    journal = tmp_path / "received" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-5])
    again = PayerSimulator(tmp_path)
    assert again.arrivals() == ()
    again.tick()
    assert [claim.claim for claim in PayerSimulator(tmp_path).received_claims()] == ["A1"]


def test_it_ticks_by_itself_if_told_to(tmp_path: Path) -> None:
    """For demonstrations and the tests of a whole gateway."""
    with PayerSimulator(tmp_path, interval=0.01) as payer, session(payer) as client:
        upload(client, batch837p([ClaimSpec("A1")]))
        _wait_for(lambda: len(client.listdir("/out")) == 4)
        assert set(fetched(client, tuple(client.listdir("/out")))) == {"TA1", "999", "277CA", "835"}


def test_it_runs_as_a_process_of_its_own_and_survives_its_own_death(tmp_path: Path) -> None:
    """Killed and started again it keeps its port, its key and what it received."""
    config = tmp_path / "payer.toml"
    config.write_text('root = "there"\ninterval = 0.01\n[scenario]\nanswers = ["999"]\n')
    first, where = _process(config)
    _send(tmp_path / "there", batch837p([ClaimSpec("A1")]))
    first.kill()
    first.wait()
    second, again = _process(config)
    assert again == where
    _send(tmp_path / "there", batch837p([ClaimSpec("A2")], control=102))
    second.send_signal(signal.SIGTERM)
    assert second.wait(10) == 0
    seen = PayerSimulator(tmp_path / "there")
    assert [claim.claim for claim in seen.received_claims()] == ["A1", "A2"]
    assert len(list(seen.outbox.iterdir())) == 2


def _process(config: Path) -> tuple[subprocess.Popen[str], dict[str, object]]:
    command = [sys.executable, "-m", "gateway.testing.payer", "--config", str(config)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with process.stdout:
        return process, json.loads(process.stdout.readline())


def _send(root: Path, data: bytes) -> None:
    """Through the running process, to which a simulator that is never started knows the way."""
    before = len(list((root / "out").iterdir()))
    with session(PayerSimulator(root)) as client:
        upload(client, data)
        _wait_for(lambda: len(client.listdir("/out")) > before)


def _wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_wrong_settings_end_the_process_with_78(tmp_path: Path) -> None:
    """And every problem is named."""
    config = tmp_path / "payer.toml"
    config.write_text('rooot = "there"\n')
    command = [sys.executable, "-m", "gateway.testing.payer", "--config", str(config)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr.strip()) == (78, "rooot: unknown key")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 60), st.binary(max_size=12)), max_size=4))
@pytest.mark.parametrize("batch", [batch837p, batch837i])
def test_no_bytes_bring_it_down(
    tmp_path_factory: pytest.TempPathFactory, batch: Callable[..., bytes], edits: list[tuple[int, int, bytes]]
) -> None:
    """Whatever arrives is kept and answered or not; the next file is taken all the same."""
    data = batch([ClaimSpec("A1"), ClaimSpec("A2", dependent=True)])
    for place, length, new in edits:
        place %= len(data) or 1
        data = data[:place] + new + data[place + length :]
    rules = (Rule(Pay(), claim="A1", then=Deny()), Rule(Reject277(), claim="A2"))
    payer = PayerSimulator(tmp_path_factory.mktemp("payer"), Scenario(rules=rules))
    (payer.inbox / "odd.837").write_bytes(data)
    payer.tick()
    payer.tick()
    (payer.inbox / "good.837").write_bytes(batch837p([ClaimSpec("A3")], control=999))
    assert len(payer.tick()) == 4


def test_a_scenario_is_read_from_toml(tmp_path: Path) -> None:
    """Everything a scenario holds can be written down."""
    file = tmp_path / "scenario.toml"
    file.write_text("""
        default = { action = "pay", contract = "0.2", copay = 0 }
        answers = ["999", "835"]
        negative_only = ["999"]
        receiver = "ALPHAHP"
        clearinghouse = true
        [delays]
        835 = { ticks = 2, seconds = 1.5 }
        [faults]
        sweep = true
        drop_after = 4096
        cut = ["after_rename"]
        [[rules]]
        claim = "CF10*"
        rendering = "2000000044"
        action = "reject_277"
        code = "562"
        [[rules]]
        action = "deny"
        then = "pay"
        [[provider_adjustments]]
        reason = "WO"
        amount = 25
    """)
    scenario = load_scenario(file)
    assert scenario.default == Pay(Decimal("0.2"), Decimal(0))
    assert scenario.rules == (Rule(Reject277(), claim="CF10*", rendering="2000000044"), Rule(Deny(), then=Pay()))
    assert scenario.delays == {"835": Delay(1.5, 2)}
    assert scenario.faults == Faults(sweep=True, drop_after=4096, cut=("after_rename",))
    assert scenario.provider_adjustments == (Adjustment("WO", Decimal(25)),)
    assert (scenario.answers, scenario.negative_only) == (("999", "835"), ("999",))
    assert (scenario.receiver, scenario.clearinghouse) == ("ALPHAHP", True)


def test_numbers_that_cannot_be_and_marks_of_nobody_are_told() -> None:
    """A disk that is full after less than nothing is full at once, and a mark without our name could be any file's."""
    with pytest.raises(ConfigError) as caught:
        read_scenario({
            "faults": {"disk_full_after": -1, "slow": -0.5}, "delays": {"835": {"ticks": -2}},
            "server": {"names": {"longest": -1}, "receipts": {"arrived": "done", "failed": "{batch}.bad"}},
        })  # fmt: skip
    places = [problem.split(":")[0] for problem in caught.value.problems]
    assert places == ["faults.disk_full_after", "faults.slow", "server.names.longest", "delays.835.ticks",
                      "server.receipts.arrived", "server.receipts.failed"]  # fmt: skip
    right = {"server": {"receipts": {"arrived": "{stem}.ok", "failed": ""}}, "faults": {"disk_full_after": 0}}
    assert read_scenario(right).faults.disk_full_after == 0


def test_what_no_payer_could_do_is_told() -> None:
    """More than all of a charge, a folder that takes its own answers for files, hours that never are."""
    with pytest.raises(ConfigError) as caught:
        read_scenario({
            "default": {"action": "pay", "copay": -3, "contract": "1.2"}, "ta1": "X/999",
            "rules": [{"action": "deny", "group": "XX", "share": 1.5, "late": {"ticks": -1}}],
            "server": {
                "wraps": ["rar"], "windows": [{"opens": "06:00", "closes": "06:00"}],
                "folders": [{"takes": "/a", "gives": "/b"}, {"takes": "/a", "gives": "/a"}],
                "outages": [{"begins": datetime(2026, 12, 6, tzinfo=UTC), "ends": datetime(2026, 12, 5, tzinfo=UTC)}],
            },
        })  # fmt: skip
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "server.wraps", "rules[0].group", "ta1", "rules[0].share", "rules[0].late.ticks", "default.copay",
        "default.contract", "server.folders[0].takes", "server.folders[1].takes", "server.folders[1]",
        "server.windows[0]", "server.outages[0]",
    ]  # fmt: skip


def test_what_no_element_can_hold_is_told(tmp_path: Path) -> None:
    """With an example of what can; a separator in a name would end the element, and the answer would be another."""
    wrong = {
        "default": {"action": "forward", "name": "A*B~C"}, "number_prefix": "S:", "faults": {"swep": True, "x": 1},
        "rules": [{"action": "deny", "carc": ""}, {"action": "reject_277", "category": "A77"}],
        "provider_adjustments": [{"reason": "W", "amount": 1}],
    }  # fmt: skip
    with pytest.raises(ConfigError) as caught:
        read_scenario(wrong)
    problems = caught.value.problems
    assert [problem.split(":")[0] for problem in problems] == [
        "faults.swep", "faults.x", "number_prefix", "default.name", "rules[0].carc", "rules[1].category",
        "provider_adjustments[0].reason",
    ]  # fmt: skip
    assert problems[0].endswith("did you mean sweep?")
    assert "there are refuse_login, " in problems[1]
    assert problems[4].endswith('it must be as in "29"')
    (tmp_path / "latin.toml").write_bytes(b'default = "pay"  # \xe9\n')
    with pytest.raises(ConfigError, match=r"latin\.toml: must be UTF-8; byte 20 is none"):
        load_scenario(tmp_path / "latin.toml")


def test_what_is_of_another_kind_hides_no_other_problem() -> None:
    """Also behind a list of which one is wrong, in the table of a rule, and where something is missing."""
    with pytest.raises(ConfigError) as caught:
        read_scenario(
            {
                "seed": "x",
                "rules": [{"action": "pray"}, "A*", {"action": "pay", "copay": "much", "at": "moon", "share": 2}],
                "server": {
                    "stolen": 3,
                    "packet_size": "x",
                    "windows": [{"opens": "06:00"}],
                    "mail": [{"every": "hour"}],
                },
            }
        )
    assert {problem.split(":")[0] for problem in caught.value.problems} == {
        "rules[0]", "rules[1]", "rules[2].copay", "seed", "server.windows[0].closes", "server.packet_size",
        "server.mail.every", "rules[2].at", "rules[2].share", "server.stolen",
    }  # fmt: skip


def test_all_problems_of_a_scenario_are_told_at_once() -> None:
    """A switch misspelt must not be a switch that is off."""
    with pytest.raises(ConfigError) as caught:
        read_scenario(
            {
                "default": "pray",
                "rules": [{"action": "deny", "carrc": "B7"}, {"claim": "A*"}],
                "faults": {"sweeps": True, "drop_after": "many"},
                "delays": {"835": {"ticks": "two"}},
                "provider_adjustments": [{"reason": "WO"}],
                "colour": "blue",
            }
        )
    assert len(caught.value.problems) == 8
    assert any(problem.startswith("rules[0].carrc") for problem in caught.value.problems)
    with pytest.raises(ConfigError) as caught:
        read_scenario({"answers": ["997"], "faults": {"cut": ["rename"]}, "delays": {"278": {}}})
    assert len(caught.value.problems) == 3
