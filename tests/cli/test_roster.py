"""`gateway roster`: records typed, taken in from files, taken back."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.conftest import PATIENCE
from tests.commands import on
from tests.sites import TestSite


def test_the_roster_goes_out_and_in_unchanged(site: TestSite, tmp_path: Path) -> None:
    """Export, import: nothing is added. All problems of a wrong file are told at once, by row and column."""
    out = tmp_path / "roster.csv"
    assert on(site, "roster", "export", str(out)).returncode == 0
    assert "0 added, 0 superseded" in on(site, "roster", "import", str(out), "--yes").stdout
    bad = tmp_path / "bad.csv"
    bad.write_text("provider_npi,payer,effective_from\n123,alpha,2026-01-01\n2000000010,nobody,soon\n")
    told = on(site, "roster", "import", str(bad))
    assert told.returncode == 1
    for place in ("row 2, column provider_npi", "row 3, column payer", "row 3, column effective_from"):
        assert place in told.stderr


def test_a_workbook_of_all_sheets_goes_out_and_in_unchanged(site: TestSite, tmp_path: Path) -> None:
    """What staff keep in a spreadsheet; only what they changed is shown, and a dry run changes nothing."""
    assert (
        on(site, "roster", "provider", "2000000010", "--last-name", "Arbor", "--taxonomy", "207Q00000X").returncode == 0
    )
    assert on(site, "roster", "group", "999990001", "1234567893", "--name", "Clinic").returncode == 0
    assert on(site, "roster", "link", "2000000010", "99-9990001", "--from", "2020-01-01").returncode == 0
    licence = (
        "roster",
        "credential",
        "2000000010",
        "licence",
        "--number",
        "L1",
        "--state",
        "tx",
        "--until",
        "2027-01-31",
    )
    assert "1 added" in on(site, *licence, "--dry-run", "--json").stdout.replace('"added": [', "1 added [")
    assert json.loads(on(site, "roster", "show", "--sheet", "credentials", "--json").stdout) == []
    assert on(site, *licence).returncode == 0
    out = tmp_path / "roster.xlsx"
    assert "6 records written" in on(site, "roster", "export", str(out)).stdout
    told = on(site, "roster", "import", str(out), "--json")
    seen = json.loads(told.stdout)
    assert (seen["added"], seen["superseded"], seen["unchanged"]) == ([], [], 6)
    assert (seen["done"]["added"], seen["done"]["superseded"], seen["done"]["claims"]) == (0, 0, 0)
    shown = on(site, "roster", "show", "--sheet", "all").stdout
    for word in ("Arbor", "Clinic", "207Q00000X", "999990001", "2027-01-31", "alpha"):
        assert word in shown


def test_a_wrong_record_is_corrected_or_taken_back_by_its_number(site: TestSite) -> None:
    """The preview says what stays without that, and how to have it otherwise."""
    typed = ("roster", "set", "2000000028", "alpha", "--effective")
    assert on(site, *typed, "2026-05-01").returncode == 0
    shown = on(site, *typed, "2026-07-01", "--dry-run").stdout
    assert "2026-06-30" in shown
    assert "--instead-of ID" in shown
    (old,) = json.loads(on(site, "roster", "show", "--npi", "2000000028", "--json").stdout)
    assert str(old["id"]) in on(site, "roster", "show", "--npi", "2000000028").stdout.splitlines()[2]
    assert on(site, *typed, "2026-07-01", "--instead-of", str(old["id"])).returncode == 0
    (new,) = json.loads(on(site, "roster", "show", "--npi", "2000000028", "--json").stdout)
    assert (new["effective_from"], new["effective_to"]) == ("2026-07-01", "")
    withdraw = ("roster", "withdraw", str(new["id"]), "--reason", "another clinic's")
    assert "2026-05-01" in on(site, *withdraw, "--dry-run").stdout
    assert json.loads(on(site, *withdraw, "--json").stdout)["done"] == {"withdrawn": new["id"], "claims": 0}
    assert on(site, *withdraw).returncode != 0
    assert "another clinic's" in on(site, "roster", "history", "2000000028").stdout
    assert json.loads(on(site, "roster", "show", "--npi", "2000000028", "--json").stdout) == []


def test_a_file_laid_out_by_a_payer_is_taken_in_by_a_mapping(site: TestSite, tmp_path: Path) -> None:
    """With the preview, and every problem at once."""
    file, mapping = tmp_path / "list.csv", tmp_path / "alpha.toml"
    file.write_text("Name,NPI #,Eff\nQuixwood,2000000028,07/01/2026\n")
    mapping.write_text('[columns]\n"NPI #" = "provider_npi"\nEff = "effective_from"\n[constants]\npayer = "alpha"\n')
    assert "1 added" in on(site, "roster", "import", str(file), "--map", str(mapping), "--yes").stdout
    (found,) = json.loads(on(site, "roster", "show", "--npi", "2000000028", "--json").stdout)
    assert found["effective_from"] == "2026-07-01"
    mapping.write_text('[columns]\n"NPI #" = "nobody"\n')
    told = on(site, "roster", "import", str(file), "--map", str(mapping))
    assert (told.returncode, "nobody: no column" in told.stderr) == (1, True)


def test_a_roster_is_written_in_what_can_be_read_again(site: TestSite, tmp_path: Path) -> None:
    """Nothing is written under a name that says it is something else."""
    told = on(site, "roster", "export", str(tmp_path / "roster.docx"))
    assert told.returncode == 2
    assert ".xlsx" in told.stderr
    assert ".csv" in told.stderr
    assert list(tmp_path.glob("roster.*")) == []


def test_a_day_is_checked_by_the_rule_for_claims(site: TestSite) -> None:
    """Run-out days before an end are covered; what is not says why, by exit 1; what is mistyped is told."""
    termed = ("roster", "set", "2000000010", "alpha", "--state", "termed", "--effective", "2020-01-01")
    assert on(site, *termed, "--until", "2026-01-31").returncode == 0
    covered = on(site, "roster", "check", "2000000010", "alpha", "2026-01-31")
    assert (covered.returncode, "2026-01-31" in covered.stdout) == (0, True)
    later = on(site, "roster", "check", "2000000010", "alpha", "2026-02-01")
    assert (later.returncode, "ENROLLMENT_ENDED" in later.stdout) == (1, True)
    said = json.loads(on(site, "roster", "check", "2000000028", "alpha", "2026-02-01", "--json").stdout)
    assert (said["covered"], said["code"], said["records"]) == (False, "ENROLLMENT_UNKNOWN", [])
    assert "Payers are alpha" in on(site, "roster", "check", "2000000010", "alhpa", "2026-02-01").stderr
    assert "not an NPI" in on(site, "roster", "check", "12", "alpha", "2026-02-01").stderr
    assert "No such records." in on(site, "roster", "show", "--npi", "2000000028").stdout


@pytest.mark.parametrize(
    ("typed", "option"),
    [
        (
            ("set", "2000000010", "alpha", "--effective", "2026-02-01", "--until", "2026-01-01"),
            "--until: before --effective",
        ),
        (("set", "123", "alpha", "--effective", "2026-02-01"), "NPI: not an NPI"),
        (("set", "2000000010", "nobody", "--effective", "2026-02-01"), "PAYER: not one of alpha"),
        (("set", "2000000010", "alpha", "--state", "denied", "--retro", "30days"), "which day? --effective is empty"),
        (("link", "2000000010", "12345", "--from", "2020-01-01"), "TIN: not a tax id"),
        (
            ("credential", "2000000010", "licence", "--from", "2026-02-01", "--until", "2026-01-01"),
            "--until: before --from",
        ),
    ],
)
def test_what_is_wrong_with_a_typed_record_is_told_by_option(
    site: TestSite, typed: tuple[str, ...], option: str
) -> None:
    """There is no row and no column where nobody gave a file."""
    told = on(site, "roster", *typed)
    assert told.returncode == 1
    assert option in told.stderr
    assert "row" not in told.stderr
    assert "column" not in told.stderr


def test_a_letter_stands_behind_what_was_typed_from_it(site: TestSite, tmp_path: Path) -> None:
    """Its number is shown with the record, and its bytes come back; the history tells both records."""
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 \x00\xff dear doctor")
    typed = ("roster", "set", "2000000010", "alpha", "--effective", "2020-01-01", "--kind", "participation")
    done = on(site, *typed, "--taxonomy", "207q00000x", "--recred-due", "2029-05-31", "--doc", str(letter))
    assert done.returncode == 0, done.stderr
    (record,) = json.loads(on(site, "roster", "show", "--npi", "2000000010", "--json").stdout)
    assert (record["taxonomy"], record["recred_due"]) == ("207Q00000X", "2029-05-31")
    back = tmp_path / "back.pdf"
    assert on(site, "roster", "evidence", str(record["document"]), "--out", str(back)).returncode == 0
    assert back.read_bytes() == letter.read_bytes()
    told = json.loads(on(site, "roster", "history", "2000000010", "--payer", "alpha", "--json").stdout)
    assert [bool(each["superseded_at"]) for each in told] == [True, False]
    assert "2029-05-31" in on(site, "roster", "history", "2000000010").stdout
    assert json.loads(on(site, "roster", "show", "--believed-on", "2019-12-31", "--json").stdout) == []
    assert on(site, "roster", "show", "--believed-on", "31 December").returncode == 2
    assert on(site, "roster", "evidence", "4711").returncode == 1


def test_a_person_is_asked_before_a_file_is_applied(site: TestSite, tmp_path: Path) -> None:
    """Where nobody answers, nothing is applied; `--yes` is an answer in itself."""
    file = tmp_path / "roster.csv"
    file.write_text("provider_npi,payer,effective_from\n2000000028,alpha,2026-01-01\n")

    def at_terminal(typed: bytes) -> str:
        command = [sys.executable, "-m", "gateway", "-c", str(site.config), "roster", "import", str(file)]
        own, theirs = pty.openpty()
        with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as asked:
            os.close(theirs)
            os.write(own, typed)
            said = b""
            with suppress(OSError):  # that is how a terminal ends
                while block := os.read(own, 4096):
                    said += block
            asked.wait(PATIENCE)
        os.close(own)
        return said.decode()

    def known() -> int:
        return len(json.loads(on(site, "roster", "show", "--npi", "2000000028", "--json").stdout))

    alone = on(site, "roster", "import", str(file))
    assert (alone.returncode, known()) == (2, 0)
    assert "Nothing was done." in alone.stderr
    said = at_terminal(b"n\n")
    assert "Apply this?" in said
    assert "Nothing was done." in said
    assert known() == 0
    assert "1 added" in at_terminal(b"y\n")
    assert known() == 1
    file.write_text("provider_npi,payer,effective_from\n2000000028,alpha,2026-02-01\n")
    assert "Apply this?" not in on(site, "roster", "import", str(file), "--yes").stdout
    assert known() == 2
