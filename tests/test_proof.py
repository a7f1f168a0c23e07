"""Proof of filing: the packet of a real run, verified by its own script, and every byte of it tampered with."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from gateway.cli.main import gateway
from gateway.errors import Refused
from gateway.model.inquiries import Word
from gateway.paper import verifier
from gateway.proof import STRENGTH, Strength, canonical, naming, received, strength
from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import PayerSimulator, Reject277, Rule, Scenario
from tests.answers import acknowledgment, interchange, status_report, status_response, ta1
from tests.habits import run
from tests.sites import TestSite, make_site

OURS = {"isa13": "000000071", "gs06": "71", "st02": "0001", "bht03": "B71", "claim": "BL-1001", "trace": "D9A1"}


STATUS = ("HL*4*3*22*0", "TRN*2*T1", "STC*A2:20*20261201", "REF*1K*HH26-1")
"""Of a 277, without our own numbers."""
NUMBERED = {"number": "HH26-1", "code": "A2:20 P1:20"}


def packet_at(tmp_path: Path, scenario: Scenario, *more: str) -> Path:
    """The packet of claim A1, of two that a simulated payer answered."""
    with PayerSimulator(tmp_path / "payer", scenario) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, [("2000000010", "alpha")])
        site.drop("a.837", batch837p([ClaimSpec(f"A{n}", payer_id="77001", member_id=f"M{n}") for n in (1, 2)]))
        run(site)
        for _ in range(2):
            payer.tick()
            run(site)
    return written(site, tmp_path / "packet", *more)


def written(site: TestSite, folder: Path, *more: str) -> Path:
    done = CliRunner().invoke(
        gateway, ["-c", str(site.config), "proof", "A1", "--out", str(folder), *more], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def packet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packet_at(tmp_path_factory.mktemp("proof"), Scenario(two_reports=True), "--to", "appeals desk")


@pytest.fixture
def copy(packet: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(packet, tmp_path / "copy"))


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the shipped script as whoever gets the packet does: a plain interpreter, nothing of ours in reach."""
    command = [sys.executable, "-I", str(folder / "verify.py")]
    return subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)


def content(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "packet.json").read_bytes())
    return found


def sealed_again(folder: Path, changed: dict[str, Any]) -> None:
    """As somebody would who also makes the sums anew."""
    (folder / "packet.json").write_text(json.dumps(changed))
    files = sorted(path for path in folder.iterdir() if path.name != "SHA256SUMS")
    sums = "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)
    (folder / "SHA256SUMS").write_text(sums)


def test_the_packet_of_a_real_run_holds(packet: Path) -> None:
    done = verify(packet)
    assert (done.returncode, done.stderr) == (0, "")
    assert "BROKEN" not in done.stdout
    assert STRENGTH[Strength.PAYER] in done.stdout
    found = content(packet)
    assert {one["form"] for one in found["acknowledgments"]} >= {"999", "277CA"}
    assert {one["stage"] for one in found["acknowledgments"] if one["form"] == "277CA"} == {"clearinghouse", "payer"}
    assert "CLM*A1*" in found["submissions"][0]["excerpts"][-1]["text"]
    assert {one["seen"] for one in found["submissions"][0]["seen"]} >= {"written", "acknowledged"}


def test_only_its_owner_may_read_it_and_the_journal_says_who_has_it(packet: Path) -> None:
    assert stat.S_IMODE(packet.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in packet.iterdir()} == {0o600}
    (event,) = TestSite(packet.parent / "site").query("SELECT actor, body FROM events WHERE name = 'proof.given'")
    body = json.loads(event["body"])
    assert (body["given_to"], bool(event["actor"])) == ("appeals desk", True)
    assert body["sha256"] == hashlib.sha256((packet / "packet.json").read_bytes()).hexdigest()


def test_the_page_says_what_the_packet_says(packet: Path) -> None:
    pages = "".join(page.extract_text() for page in PdfReader(packet / "proof.pdf").pages)
    text, found = "".join(pages.split()), content(packet)
    sent = found["submissions"][0]
    seal = hashlib.sha256((packet / "packet.json").read_bytes()).hexdigest()
    told = [
        found["proves"],
        *found["does_not_prove"],
        sent["trace"],
        sent["isa13"],
        sent["sha256"],
        seal,
        found["head"],
    ]
    told += [piece["text"] for each in (sent, *found["acknowledgments"]) for piece in each["excerpts"]]
    assert not [words for words in told if "".join(words.split()) not in text]


def test_a_changed_byte_anywhere_is_found(copy: Path) -> None:
    """In each file at its beginning, its end and between, one bit at a time."""
    for file in sorted(copy.iterdir()):
        if file.name == "verify.py":
            continue
        whole = file.read_bytes()
        for at in {0, len(whole) // 3, len(whole) // 2, len(whole) - 1}:
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            assert verify(copy).returncode == 1, (file.name, at)
        file.write_bytes(whole)
    (copy / "verify.py").write_bytes((copy / "verify.py").read_bytes() + b"\n")
    assert verify(copy).returncode == 1


def test_a_file_more_or_less_is_found(copy: Path) -> None:
    (copy / "more.txt").write_bytes(b"")
    assert verify(copy).returncode == 1
    (copy / "more.txt").unlink()
    assert verify(copy).returncode == 0
    (copy / "proof.pdf").unlink()
    assert verify(copy).returncode == 1


def _moved(found: dict[str, Any]) -> None:
    found["submissions"][0]["excerpts"][-1]["start"] += 1


def _another_claim(found: dict[str, Any]) -> None:
    found["claim"]["control_number"] = "A9"


def _another_trace(found: dict[str, Any]) -> None:
    found["acknowledgments"][-1]["names"] = ["D9OFANOTHER"]


def _no_name(found: dict[str, Any]) -> None:
    found["acknowledgments"][-1]["names"] = []


def _another_moment(found: dict[str, Any]) -> None:
    found["events"][2]["at"] = "2020-01-01T00:00:00.000Z"


def _left_out(found: dict[str, Any]) -> None:
    del found["events"][2]


def _cut(found: dict[str, Any]) -> None:
    del found["events"][-1]


@pytest.mark.parametrize(
    "lie",
    [_moved, _another_claim, _another_trace, _no_name, _another_moment, _left_out, _cut],
    ids=lambda lie: lie.__name__,
)
def test_a_lie_is_found_though_the_sums_are_made_anew(copy: Path, lie: Any) -> None:
    """What the packet claims of its documents and events is looked at, not only whether files changed."""
    found = content(copy)
    sealed_again(copy, found)
    assert verify(copy).returncode == 0
    lie(found)
    sealed_again(copy, found)
    done = verify(copy)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout


def test_a_999_alone_is_no_proof(tmp_path: Path) -> None:
    folder = packet_at(tmp_path, Scenario(answers=("999",)))
    assert (content(folder)["strength"], verify(folder).returncode) == ("syntax", 0)
    assert "A 999 alone is NOT proof" in verify(folder).stdout


@pytest.mark.parametrize(
    ("status", "strength", "says"),
    [
        ("pending", "had", "the payer has it: P1:20"),
        ("denied", "had", "the payer has it: F2:88"),
        ("returned", "not_taken", "not taken: A7:562:85"),
        ("not_found", "syntax", "nothing decided: D0:97"),
    ],
)
def test_a_277_is_evidence_that_the_payer_had_the_claim(tmp_path: Path, status: str, strength: str, says: str) -> None:
    """With the payer's own number for it, and as of its day; of two claims of one patient each has its own status."""
    scenario = Scenario(answers=("999", "277"), claim_status=(status,))
    with PayerSimulator(tmp_path / "payer", scenario) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, [("2000000010", "alpha")])
        with (site.root / "plugins" / "alpha.toml").open("a") as declaration:
            declaration.write("\n[partner.status_requests]\n")
        site.drop("a.837", batch837p([ClaimSpec(f"A{n}", payer_id="77001", member_id="M1") for n in (2, 1)]))
        for _ in range(2):
            run(site)
            payer.tick()
        run(site)
        for claim in ("A1", "A2"):
            site.ask("inquire", claim=claim, reason="its limit is near")
        run(site)
        payer.tick()
        run(site)
    folder = written(site, tmp_path / "packet")
    found, done = content(folder), verify(folder)
    assert (found["strength"], done.returncode) == (strength, 0), done.stdout
    (told,) = [one for one in found["acknowledgments"] if one["form"] == "277"]
    (text,) = [one["text"] for one in told["excerpts"] if one["what"] == "status"]
    assert "REF*EJ*A1~" in text
    assert "A2~" not in text
    assert (f"REF*1K*{told['payer_control_number']}~" in text) == bool(told["payer_control_number"])
    assert told["dated"]
    page = "".join(page.extract_text() for page in PdfReader(folder / "proof.pdf").pages)
    assert says in " ".join(page.split())
    assert told["names"][0] in found["submissions"][0]["excerpts"][-1]["text"]


@pytest.mark.parametrize(
    ("word", "code", "number", "had"),
    [
        ("RECEIVED", "A1:20", "N1", True),
        ("RECEIVED", "A0:16", "N1", None),
        ("RECEIVED", "A0:16 A2:20", "N1", True),
        ("FINALIZED", "F1:20", "N1", True),
        ("REQUESTED", "R0:21", "N1", True),
        ("PENDING", "P1:20", "", None),
        ("REFUSED", "A3:21", "", False),
        ("NOT_FOUND", "D0:97", "N1", None),
        ("UNABLE", "E1:20", "", None),
    ],
)
def test_which_statuses_say_that_the_payer_has_a_claim(word: str, code: str, number: str, had: bool | None) -> None:
    assert received(Word(word), code, number) is had


def test_a_refused_claim_was_never_filed(tmp_path: Path) -> None:
    folder = packet_at(tmp_path, Scenario(rules=(Rule(Reject277(), claim="A1"),)))
    assert content(folder)["strength"] == "refused"


def test_of_the_versions_of_a_claim_the_latest_that_was_sent_is_proven(tmp_path: Path) -> None:
    """Neither the one that it replaces, nor a void, nor one that waits here; and it is said. Of two claims that have only
    their number in common nobody can know."""
    spec = ClaimSpec("A1", payer_id="77001", member_id="M1")
    with PayerSimulator(tmp_path / "payer") as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, [("2000000010", "alpha")])

        def comes(control: int, **changes: Any) -> None:
            site.drop(f"{control}.837", batch837p([replace(spec, **changes)], control=control))
            for _ in range(3):
                run(site)
                payer.tick()
            run(site)

        comes(1)
        number = site.ask("resubmit advice", claim="A1")["payer_number"]
        comes(2, frequency="7", payer_control_number=number, lines=(LineSpec("99214", charge=150),))
        newest = site.ask("resubmit advice", claim="C2")["payer_number"]
        comes(3, frequency="8", payer_control_number=newest, lines=(LineSpec("99214", charge=150),))
        comes(4, frequency="7", payer_control_number=newest, rendering="2000000028")
        found = [(c["claim"], c["stands"] == "HELD") for c in site.ask("claims")]
        assert found == [("C1", False), ("C2", False), ("C3", False), ("C4", True)]
        done = CliRunner().invoke(gateway, ["-c", str(site.config), "proof", "A1", "--out", str(tmp_path / "p")])
        assert "this is C2, the latest that was sent. C1, C3 went too" in done.output
        assert content(tmp_path / "p")["claim"]["claim"] == "C2"
        comes(5, member_id="M9", lines=(LineSpec("99215", charge=300, first_day=date(2026, 11, 2)),))
        done = CliRunner().invoke(gateway, ["-c", str(site.config), "proof", "A1", "--out", str(tmp_path / "q")])
        assert (done.exit_code, isinstance(done.exception, Refused)) == (1, True)
        assert "C5" in str(done.exception)


def test_a_claim_that_was_never_sent_has_no_proof(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site", {})
    site.drop("a.837", batch837p([ClaimSpec("A1", payer_id="77001", member_id="M1")]))
    run(site)
    done = CliRunner().invoke(gateway, ["-c", str(site.config), "proof", "A1", "--out", str(tmp_path / "p")])
    assert done.exception is not None
    assert "reached no partner" in str(done.exception)
    assert not (tmp_path / "p").exists()


def test_the_script_needs_nothing_and_is_short() -> None:
    text = verifier().decode()
    assert len(text.splitlines()) < 60
    named = {node.module for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)}
    named |= {one.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for one in node.names}
    assert named <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("form", "document", "names"),
    [
        ("TA1", interchange(ta1()), ["000000071"]),
        ("TA1", interchange(ta1(72)), []),
        ("999", interchange(acknowledgment("AK2*837*0001", "IK5*A")), ["71", "0001"]),
        ("999", interchange(acknowledgment("AK2*837*0002", "IK5*A")), []),
        ("277CA", interchange(status_report("HL*2*1*21*1", "TRN*2*B71", "HL*3*2*PT", "REF*D9*d9a1")), ["D9A1"]),
        ("277CA", interchange(status_report("HL*3*2*PT", "TRN*2*BL-1001"), separators="|>\n^"), ["BL-1001"]),
        ("277CA", interchange(status_report("HL*2*1*21*0", "TRN*2*B71", "STC*A3:21**U")), ["B71"]),
        ("277CA", interchange(status_report("HL*3*2*PT", "TRN*2*BL-1002", "REF*D9*D9A2")), []),
        ("277", interchange(status_response(*STATUS, "REF*D9*D9A1", "REF*EJ*BL-1001")), ["D9A1"]),
        ("277", interchange(status_response(*STATUS, "REF*EJ*bl-1001")), ["BL-1001"]),
        ("277", interchange(status_response(*STATUS, "REF*EJ*BL-1001"), separators="|>\n^"), ["BL-1001"]),
        ("277", interchange(status_response(*STATUS, "REF*EJ*BL-1001", "REF*D9*D9A2")), []),
        ("277", interchange(status_response(*STATUS, "TRN*2*T2", "STC*P1:20*20261201", "REF*EJ*BL-1001")), []),
        ("277", interchange(status_response(*STATUS, "TRN*2*T2", *STATUS[1:], "REF*EJ*BL-1001")), ["BL-1001"]),
    ],
)
def test_an_acknowledgment_names_a_claim_by_our_numbers_only(form: str, document: bytes, names: list[str]) -> None:
    found, excerpts = naming(b"preamble\n" + document, form, **OURS, **NUMBERED)
    assert found == names
    for one in excerpts:
        assert (b"preamble\n" + document)[one.start : one.end].decode("latin-1") == one.text


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ([], "sent"),
        ([("999", "", True)], "syntax"),
        ([("999", "", False)], "returned"),
        ([("999", "", True), ("277CA", "clearinghouse", None)], "received"),
        ([("277CA", "payer", None)], "received"),
        ([("277CA", "clearinghouse", True), ("277CA", "payer", None)], "clearinghouse"),
        ([("277CA", "clearinghouse", False)], "turned_away"),
        ([("277CA", "payer", True), ("277CA", "clearinghouse", False)], "payer"),
        ([("277CA", "payer", True), ("277CA", "payer", False)], "refused"),
        ([("277CA", "payer", False), ("277CA", "payer", True), ("277CA", "payer", None)], "payer"),
        ([("999", "", True), ("277", "payer", True)], "had"),
        ([("277CA", "clearinghouse", False), ("277", "payer", True)], "had"),
        ([("277CA", "payer", True), ("277", "payer", False)], "payer"),
        ([("277", "payer", True), ("277CA", "payer", False)], "refused"),
        ([("277", "payer", True), ("277", "payer", False)], "not_taken"),
        ([("999", "", True), ("277", "payer", None)], "syntax"),
    ],
)
def test_the_payers_last_word_counts(told: list[tuple[str, str, bool | None]], found: str) -> None:
    words = [{"form": form, "stage": stage, "accepted": accepted} for form, stage, accepted in told]
    assert strength(words) == found
    assert STRENGTH[Strength(found)]


def test_an_events_link_is_about_all_of_it_but_the_link() -> None:
    assert canonical({"b": 1, "a": "é", "link": "x"}) == b'{"a":"\\u00e9","b":1}'
