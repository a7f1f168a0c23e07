"""The kit itself: drafts, exemptions, samples, reports, its commands and its plugin for pytest."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner

from gateway.cli.main import gateway
from gateway.errors import Refused
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.kit import Outcome, Tier, check_plugin
from gateway.testing.kit.rules import OF_ALL_FAULTS
from gateway.testing.payer import Deny, Faults, PayerSimulator, Rule, Scenario

PLUGINS = Path(__file__).parents[2] / "plugins"
FIRST = (Tier.DECLARATION,)
T = TypeVar("T")
GOOD = """\
[[payer]]
key = "good"
name = "Good Health"

[[partner]]
key = "good_edi"
name = "GOOD HEALTH"
receiver = "GOODHP"
payers = {good = ["77001"]}
endpoint = {host = "good.example"}
sources = ["an invention of this test"]
unverified = []
"""


def written(tmp_path: Path, text: str, name: str = "good.toml") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("kind", ["--toml", "--python"])
def test_a_draft_passes_the_first_tier_at_once(tmp_path: Path, kind: str) -> None:
    """With a test beside it that no site takes for a plugin; nothing is written over."""
    words = ["plugin", "new", "cedar_state", kind, "--into", str(tmp_path)]
    assert CliRunner().invoke(gateway, words).exit_code == 0
    plugin = tmp_path / f"cedar_state.{'py' if kind == '--python' else 'toml'}"
    report = check_plugin(plugin, tiers=FIRST)
    assert report.passed, report.text()
    assert "cedar_state_edi: payers.cedar_state" in report.facts.open
    test = (tmp_path / "_tests" / "test_cedar_state.py").read_text()
    assert plugin.name in test
    assert "@" not in test
    assert CliRunner().invoke(gateway, words).exit_code != 0
    assert check_plugin(plugin, tiers=FIRST).passed


def test_a_draft_says_where_every_key_is_shown_on_any_machine(tmp_path: Path) -> None:
    """By a command, for an installed gateway has no checkout beside it; what it prints is a declaration by itself."""
    CliRunner().invoke(gateway, ["plugin", "new", "cedar", "--into", str(tmp_path)])
    assert "`gateway plugin keys`" in (tmp_path / "cedar.toml").read_text()
    shown = CliRunner().invoke(gateway, ["plugin", "keys"]).output
    assert check_plugin(written(tmp_path, shown, "meadow.toml"), tiers=FIRST).of("loads").outcome is Outcome.PROVEN


def test_a_fault_that_there_is_not_proves_nothing(tmp_path: Path) -> None:
    """A slip of the pen would try nothing, and all would look proven."""
    plugin = written(tmp_path, GOOD)
    done = CliRunner().invoke(gateway, ["plugin", "check", str(plugin), "--trial", "disk fool"])
    assert isinstance(done.exception, Refused)
    assert "disk full" in done.exception.next_step


def test_a_draft_in_python_works_on_the_wire(tmp_path: Path) -> None:
    """Its check is tried too."""
    CliRunner().invoke(gateway, ["plugin", "new", "cedar", "--python", "--into", str(tmp_path)])
    report = check_plugin(tmp_path / "cedar.py", tiers=(Tier.WIRE,), trials=("cut after the rename",))
    assert report.passed, report.text()
    assert report.of("parts_hold").outcome is Outcome.PROVEN
    assert {report.of(rule).outcome for rule in OF_ALL_FAULTS} == {Outcome.NOT_PROVEN}
    assert "no other faults were tried than: cut after the rename" in report.limits


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("sources = [", "settings = ["), "loads"),
        (('sources = ["an invention of this test"]\n', ""), "sources_stated"),
        (("unverified = []\n", ""), "sources_stated"),
        (("unverified = []", 'filename = "a_{isa13}_{day:%Y}.837"\nnames = {longest = 12}'), "file_names"),
        (("unverified = []", 'unverified = []\nstages = {test = {outbound = "/in"}}'), "stages_agree"),
        (("unverified = []", "unverified = []\nsetup = [\"the token: 'abcd1234'\"]"), "no_secrets"),
    ],
)
def test_the_first_tier_names_the_rule(tmp_path: Path, change: tuple[str, str], rule: str) -> None:
    """And passes the same file without that change."""
    assert check_plugin(written(tmp_path, GOOD), tiers=FIRST).passed
    assert rule in check_plugin(written(tmp_path, GOOD.replace(*change)), tiers=FIRST).failed()


def test_an_exemption_needs_a_reason_and_is_shown_with_it(tmp_path: Path) -> None:
    """Of what failed alone; an empty one, one of no rule and one of the secrets are themselves mistakes."""
    bare = GOOD.replace('sources = ["an invention of this test"]\n', "")
    exempt = '[kit.exempt]\nsources_stated = "the guide is under embargo until March"\n'
    report = check_plugin(written(tmp_path, bare + exempt), tiers=FIRST)
    assert report.passed
    assert report.of("sources_stated").outcome is Outcome.EXEMPT
    assert "under embargo" in report.text()
    assert "under embargo" in report.markdown()
    assert "4 rules proven, none broken, 1 exempt\n" in report.text()
    needless = check_plugin(written(tmp_path, GOOD + exempt), tiers=FIRST)
    assert needless.of("sources_stated").outcome is Outcome.PROVEN
    assert "exempt without need: the guide is under embargo" in needless.text()
    for line in (
        'sources_stated = "no"',
        'sorces = "the guide is under embargo"',
        'no_secrets = "it is only a test one"',
    ):
        assert "loads" in check_plugin(written(tmp_path, f"{bare}[kit.exempt]\n{line}\n"), tiers=FIRST).failed()


def test_a_module_states_its_exemptions_without_being_run(tmp_path: Path) -> None:
    """By an attribute that is read from its text."""
    CliRunner().invoke(gateway, ["plugin", "new", "cedar", "--python", "--into", str(tmp_path)])
    path = tmp_path / "cedar.py"
    text = path.read_text().replace('sources=("none yet: a draft of `gateway plugin new`",),', "")
    path.write_text(text)
    assert check_plugin(path, tiers=FIRST).failed() == ("sources_stated",)
    path.write_text(text.replace("= {}\n", '= {"sources_stated": "under embargo until March"}\n', 1))
    assert check_plugin(path, tiers=FIRST).of("sources_stated").reason == "under embargo until March"


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ('["sources_stated"]', "must be a dict of texts, rule to reason (for example: "),
        ('"sources_stated"', "must be a dict of texts, rule to reason (for example: "),
        ('{"sources_stated": ["under embargo until March"]}', "must be a dict of texts, rule to reason (for example: "),
        (
            '{("sources_stated",): "under embargo until March"}',
            "must be a dict of texts, rule to reason (for example: ",
        ),
        (
            'dict(sources_stated="under embargo")',
            "must be written out, for the file is read and not run (for example: ",
        ),
        ("{**OTHERS}", "must be written out, for the file is read and not run (for example: "),
    ],
)
def test_exemptions_of_another_shape_are_a_mistake(tmp_path: Path, stated: str, said: str) -> None:
    """Who states one believes that it counts."""
    CliRunner().invoke(gateway, ["plugin", "new", "cedar", "--python", "--into", str(tmp_path)])
    path = tmp_path / "cedar.py"
    path.write_text("OTHERS = {}\n" + path.read_text().replace("= {}\n", f"= {stated}\n", 1))
    report = check_plugin(path, tiers=FIRST)
    assert report.failed() == ("loads",)
    assert f'KIT_EXEMPT {said}KIT_EXEMPT = {{"arrives": "it speaks AS2; ' in "".join(report.of("loads").details)


def test_exemptions_of_another_shape_are_a_mistake_in_toml_too(tmp_path: Path) -> None:
    """Of the declaration itself."""
    for stated in ('["arrives"]', '"arrives"', "3"):
        report = check_plugin(written(tmp_path, f"kit = {{exempt = {stated}}}\n{GOOD}"), tiers=FIRST)
        assert "kit.exempt: must be a table (for example: exempt = {arrives = " in "".join(report.of("loads").details)


HOURS = """
windows = [{opens = "06:00", closes = "11:00", zone = "America/Chicago"}]
maintenance = [{opens = "07:00", closes = "08:00", zone = "America/Chicago"}]
"""


def test_the_hours_of_a_declaration_are_tried(tmp_path: Path) -> None:
    """Where it is away in all the hours in which it takes files, nothing would ever go, which is told before that."""
    report = check_plugin(written(tmp_path, GOOD + HOURS), tiers=(Tier.WIRE,), trials=("none",))
    assert report.of("hours_kept").outcome is Outcome.PROVEN, report.text()
    assert "nothing_lost" not in report.failed()
    never = HOURS.replace("07:00", "05:30").replace("08:00", "11:30")
    assert check_plugin(written(tmp_path, GOOD + never), tiers=FIRST).failed() == ("loads",)


def test_an_outage_of_weeks_and_a_brake_that_asks_early_break_no_rule(tmp_path: Path) -> None:
    """What waited goes when the outage is over; and there is nobody here whom a brake could ask."""
    away = [f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}" for days in (-3, 17)]
    said = f"outages = [{{begins = {away[0]}, ends = {away[1]}}}]\nbrake = {{claims = 1, times = 2}}\n"
    report = check_plugin(written(tmp_path, GOOD + said), tiers=(Tier.WIRE,), trials=("none",))
    assert report.passed, report.text()
    assert report.of("hours_kept").outcome is Outcome.PROVEN


def test_the_largest_file_of_a_declaration_is_tried(tmp_path: Path) -> None:
    """In a small measure: what the payer takes at most is as large as a few claims."""
    plugin = written(tmp_path, GOOD.replace("unverified", "largest_file = 100_000_000\nunverified"))
    report = check_plugin(plugin, tiers=(Tier.WIRE,), trials=("none",))
    assert report.passed, report.text()
    assert report.of("sizes_kept").outcome is Outcome.PROVEN


QUESTIONS = """
[[payer]]
key = "other"
name = "Other Health"
"""


@pytest.mark.parametrize(
    "more", ["status_requests = {}", 'status_requests = {payers = ["other"], filename = "q{isa13}.276"}']
)
def test_a_question_for_a_claims_status_is_tried(tmp_path: Path, more: str) -> None:
    """Of a payer for which it is answered, under a name of its own; where none is declared nothing is proven."""
    text = QUESTIONS + GOOD.replace('payers = {good = ["77001"]}', 'payers = {good = ["77001"], other = ["77002"]}')
    report = check_plugin(written(tmp_path, f"{text}{more}\n"), tiers=(Tier.WIRE,), trials=("none",))
    assert report.passed, report.text()
    assert report.of("status_asked").outcome is Outcome.PROVEN
    without = check_plugin(written(tmp_path, GOOD), tiers=(Tier.WIRE,), trials=("none",)).of("status_asked")
    assert (without.outcome, without.details) == (Outcome.NOT_PROVEN, ("no status requests are declared",))


def test_a_partner_that_wants_encryption_is_tried_with_a_key_of_the_kits(tmp_path: Path) -> None:
    """The payer's own key is nobody's here; the report says so."""
    pgp = GOOD + 'wraps = ["zip", "pgp"]\noptions = {pgp = {recipient = "TO-BE-GIVEN", sign_with = "ours"}}\n'
    plugin = written(tmp_path, pgp.replace("unverified", 'filename = "{isa13}.zip.pgp"\nunverified'))
    report = check_plugin(plugin, tiers=(Tier.WIRE,), trials=("cut while writing",))
    assert report.passed, report.text()
    assert any("a key of the kit's own" in limit for limit in report.limits)
    assert not any("left off" in limit for limit in report.limits)


@pytest.mark.parametrize("longest", [12, 10])
def test_a_partner_whose_names_are_short_gives_short_ids(tmp_path: Path, longest: int) -> None:
    """The kit's own id is no reason why such a declaration could not be proven; where no id fits, none does."""
    names = f"""filename = "{{submitter}}{{day:%m%d}}{{n}}.dat"\nnames = {{longest = {longest}}}
counter = {{first = "01", last = "99"}}\nunverified"""
    report = check_plugin(written(tmp_path, GOOD.replace("unverified", names)), tiers=FIRST)
    assert report.failed() == (() if longest == 12 else ("file_names",)), report.text()


@pytest.mark.parametrize(
    ("body", "longest", "word"),
    [("import os\nos._exit(7)", 120, "exit code 7"), ("while True: pass", 4, "hangs")],
)
def test_a_plugin_that_ends_or_hangs_is_told(tmp_path: Path, body: str, longest: float, word: str) -> None:
    """The kit itself goes on."""
    CliRunner().invoke(gateway, ["plugin", "new", "cedar", "--python", "--into", str(tmp_path)])
    path = tmp_path / "cedar.py"
    inside = "".join(f"    {line}\n" for line in body.splitlines())
    path.write_text(path.read_text().replace("    yield from ()\n", f"{inside}    yield from ()\n"))
    report = check_plugin(path, tiers=(Tier.WIRE,), longest=longest)
    assert not report.passed
    assert word in " ".join(report.of("arrives").details)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_check_that_is_ended_leaves_no_process_behind(tmp_path: Path, number: signal.Signals) -> None:
    """Nor its temporary site, where it had the chance to remove it."""
    path = written(tmp_path, GOOD)
    room = tmp_path / "room"
    room.mkdir()
    command = [sys.executable, "-m", "gateway", "plugin", "check", str(path), "--tier", "2"]
    check = subprocess.Popen(command, env={**os.environ, "TMPDIR": str(room)}, stdout=subprocess.DEVNULL)
    children = Path(f"/proc/{check.pid}/task/{check.pid}/children")
    child = int(until(lambda: children.read_text().split())[0])
    until(lambda: list(room.glob("*/*/payer")))
    check.send_signal(number)
    assert check.wait(30) == (143 if number == signal.SIGTERM else -number)
    line = Path(f"/proc/{child}/cmdline")
    until(lambda: not line.exists() or not line.read_bytes(), 4)
    assert number == signal.SIGKILL or not list(room.glob("gateway-kit-*"))


def until(what: Callable[[], T], seconds: float = 60) -> T:
    """What it gives, once that is anything."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Answers of a simulated payer: an 835 that does not add up, a zip, a text, an 835 with an unknown reason."""
    made = tmp_path_factory.mktemp("samples")
    scenario = Scenario(rules=(Rule(Deny(carc="ZZ9"), claim="B*"),), faults=Faults(unbalanced_835="claim"))
    payer = PayerSimulator(made / "payer", scenario)
    (payer.inbox / "a.837").write_bytes(batch837p([ClaimSpec("A1"), ClaimSpec("B1", member_id="M2")]))
    payer.tick()
    folder = made / "answers"
    folder.mkdir()
    for path in payer.outbox.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("inner.999", next(payer.outbox.glob("*999*")).read_bytes())
    (folder / "pack.zip").write_bytes(held.getvalue())
    (folder / "bcast.txt").write_text("We are closed on Monday.")
    return folder


def test_sample_answers_are_classified_and_added_up(tmp_path: Path, samples: Path) -> None:
    """And what no list of ours has is named; a sample that is cut off breaks the rule."""
    plugin = written(tmp_path, GOOD)
    report = check_plugin(plugin, samples, (Tier.SAMPLES,))
    assert report.of("samples_read").outcome is Outcome.PROVEN, report.text()
    rows = {row["file"]: row for row in report.samples}
    assert rows["pack.zip[1]"]["kind"] == "999 (1)"
    assert rows["bcast.txt"]["kind"].startswith("mail")
    (remittance,) = [row for row in rows.values() if row["kind"].startswith("835")]
    assert remittance["balance"].startswith("does not balance")
    assert remittance["unknown"] == ["CARC ZZ9"]
    assert "DOE" not in report.text()
    cut = tmp_path / "_samples"
    cut.mkdir()
    whole = next(samples.glob("*835*")).read_bytes()
    (cut / "cut.835").write_bytes(whole[: len(whole) // 2])
    assert check_plugin(plugin, None, (Tier.SAMPLES,)).failed() == ("samples_read",)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_sample_archive_that_is_damaged_within_breaks_the_rule_and_nothing_else(tmp_path: Path, method: int) -> None:
    """Its directory holds, and its members do not: each way of packing raises an error of its own."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        archive.writestr("x", b"ISA*00*          *" * 500)
    damaged = bytearray(held.getvalue())
    damaged[36:60] = bytes(byte ^ 0xFF for byte in damaged[36:60])
    (tmp_path / "_samples").mkdir()
    (tmp_path / "_samples" / "bad.zip").write_bytes(damaged)
    report = check_plugin(written(tmp_path, GOOD), None, (Tier.SAMPLES,))
    assert report.failed() == ("samples_read",)
    code = "ARCHIVE_DAMAGED" if method == zipfile.ZIP_DEFLATED else "ARCHIVE_METHOD"
    assert f"bad.zip: {code} at archive" in report.text()


def test_a_sample_that_is_gzipped_is_read_as_the_site_reads_it(tmp_path: Path, samples: Path) -> None:
    """So that an 835 in it that does not balance is seen."""
    (tmp_path / "_samples").mkdir()
    packed = gzip.compress(next(samples.glob("*835*")).read_bytes())
    (tmp_path / "_samples" / "era.835.gz").write_bytes(packed)
    (row,) = check_plugin(written(tmp_path, GOOD), None, (Tier.SAMPLES,)).samples
    assert (row["file"], row["kind"]) == ("era.835.gz[1]", "835 (1)")
    assert row["balance"].startswith("does not balance")
    assert row["unknown"] == ["CARC ZZ9"]


def zipped(data: bytes) -> bytes:
    """A zip archive with one member."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("x", data)
    return held.getvalue()


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        (zipped(zipped(b"ISA")), "odd[1]: ARCHIVE_NESTED at archive"),
        (zipped(gzip.compress(b"ISA")), "odd[1]: ARCHIVE_NESTED at archive"),
        (gzip.compress(zipped(b"ISA")), "odd[1]: ARCHIVE_NESTED at archive"),
        (gzip.compress(bytes(300_000_000)), "odd: ARCHIVE_TOO_LARGE at archive"),
        (gzip.compress(b"ISA" * 99)[:-9], "odd: ARCHIVE_CUT at archive"),
    ],
    ids=["zip in zip", "gzip in zip", "zip in gzip", "bomb", "cut"],
)
def test_a_sample_archive_that_the_site_does_not_unpack_breaks_the_rule(
    tmp_path: Path, packed: bytes, said: str
) -> None:
    """By the code that the site would tell."""
    (tmp_path / "_samples").mkdir()
    (tmp_path / "_samples" / "odd").write_bytes(packed)
    report = check_plugin(written(tmp_path, GOOD), None, (Tier.SAMPLES,))
    assert report.of("samples_read").details == (said,)


def test_the_command_reports_for_people_programs_and_reviewers(tmp_path: Path) -> None:
    """With exit code 1 where a rule is broken."""
    plugin, review = written(tmp_path, GOOD), tmp_path / "review.md"
    words = ["plugin", "check", str(plugin), "--tier", "1"]
    said = CliRunner().invoke(gateway, [*words, "--report", str(review)])
    assert (said.exit_code, "none broken" in said.output) == (0, True)
    assert "| `loads` | proven |" in review.read_text()
    plugin.write_text(GOOD.replace("unverified = []\n", ""))
    told = CliRunner().invoke(gateway, [*words, "--json"])
    assert told.exit_code == 1
    assert json.loads(told.output)["passed"] is False
    assert CliRunner().invoke(gateway, ["plugin", "check", "stedi", "--tier", "1"]).exit_code == 0


def test_pytest_has_a_test_for_each_rule(tmp_path: Path) -> None:
    """For an author outside the tree, without a file of tests."""
    plugin = written(tmp_path, GOOD.replace("unverified = []\n", ""))
    installed = entry_points(group="pytest11", name="gateway_kit")
    named = "gateway_kit" if installed else "gateway.testing.kit.pytest_plugin"  # not yet, in an older environment
    command = [sys.executable, "-m", "pytest", "-p", named, "-p", "no:cacheprovider", "-rA", "--gateway-tier", "1",
               "--gateway-plugin", str(plugin), "--rootdir", str(tmp_path), "-c", "/dev/null", str(tmp_path)]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert ran.returncode == 1
    assert "good.toml::sources_stated" in ran.stdout
    assert "1 failed" in ran.stdout
    assert "unverified is missing" in ran.stdout
    command[command.index(str(plugin))] = "nowhere.toml"
    lost = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (lost.returncode, "there is no file nowhere.toml" in lost.stderr) == (4, True)


@pytest.mark.parametrize("name", ["bluestem_exchange.toml", "prairie_health.py"])
def test_the_fictional_examples_pass_the_first_tier(name: str) -> None:
    """What a newcomer copies is as it should be."""
    report = check_plugin(PLUGINS / name, tiers=FIRST)
    assert report.passed, report.text()
