"""`gateway check`: what is wrong with a file, and what would happen to it."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import PayerSimulator
from tests.commands import gateway, on
from tests.defects.editing import recounted
from tests.sites import TestSite


def test_check_says_what_would_happen_and_sends_nothing(site: TestSite, payer: PayerSimulator, tmp_path: Path) -> None:
    """By the records on file or another roster, on this or another day; exit 1 when a claim would not go."""
    file = tmp_path / "a.837"
    file.write_bytes(
        batch837p([ClaimSpec("A1", payer_id="77001"), ClaimSpec("H1", payer_id="77001", rendering="2000000028")])
    )
    told = on(site, "check", str(file))
    assert told.returncode == 1
    assert "H1: HELD" in told.stdout
    assert "1 held, 1 released" in told.stdout
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "provider_npi,payer,effective_from\n"
        + "".join(f"{npi},alpha,2020-01-01\n" for npi in ("1234567893", "2000000010", "2000000028"))
    )
    assert on(site, "check", str(file), "--roster", str(roster)).returncode == 0
    roster.write_text("provider_npi,payer,effective_from\n2000000028,alpha,2020-01-01\n2000000028,alpha,soon\n")
    wrong = on(site, "check", str(file), "--roster", str(roster))
    assert wrong.returncode == 1
    assert "row 3, column effective_from" in wrong.stderr
    early = on(site, "check", str(file), "--as-of", "2026-10-01", "--json")
    codes = {f["code"] for c in json.loads(early.stdout)["claims"] for f in c["findings"]}
    assert "DATE_FUTURE" in codes
    assert json.loads(on(site, "claims", "--json").stdout) == []
    assert payer.received_claims() == []


def test_check_alone_counts_the_warnings_on_claims_that_would_go(tmp_path: Path) -> None:
    """Nothing is called clean without a word of what was said about it; a warning alone is no problem found."""
    file = tmp_path / "a.837"
    clean = batch837p([ClaimSpec("A1"), ClaimSpec("A2", member_id="AHP000002")])
    file.write_bytes(clean)
    told = gateway("check", "--alone", str(file))
    assert told.returncode == 0
    assert "2 claims, 2 clean. Nothing was sent. Looked at alone" in told.stdout
    file.write_bytes(clean.replace(b"*AHP000002~", b"*AHP-000-002~", 1))
    told = gateway("check", "--alone", str(file))
    assert told.returncode == 0, told.stdout
    assert "2 claims, 2 clean. Nothing was sent. Warnings on 1 of the claims that would go." in told.stdout
    assert json.loads(gateway("check", "--alone", "--json", str(file)).stdout)["warned"] == 1


def test_check_says_that_a_claim_without_its_clm_is_lost(tmp_path: Path) -> None:
    """As a finding that rejects, and again where the claims are counted."""
    file = tmp_path / "a.837"
    lost = re.sub(rb"CLM\*B2[^~]*~", b"", batch837p([ClaimSpec("B1"), ClaimSpec("B2", dependent=True)]))
    file.write_bytes(recounted(lost))
    told = gateway("check", "--alone", str(file))
    assert told.returncode == 1
    assert "(CLAIM_MISSING at 2300/CLM, ISA 1/GS 1/ST 1/segment " in told.stdout
    assert "nothing is needed" not in told.stdout
    assert "1 claim, 1 clean. Nothing was sent. In 1 place a claim lacks its CLM and is not among them." in told.stdout


def test_check_prints_no_control_character_of_a_claim_number(tmp_path: Path) -> None:
    """A terminal obeys those from 0x80 to 0x9f too."""
    file = tmp_path / "a.837"
    file.write_bytes(batch837p([ClaimSpec("A1")]).replace(b"CLM*A1*", b"CLM*A\x9b1m*"))
    told = gateway("check", "--alone", "--all", str(file)).stdout
    assert "A 1m: " in told
    assert "\x9b" not in told


def test_check_says_which_claims_of_a_file_are_alike(tmp_path: Path) -> None:
    """Two numbers for one service: payers deny the second. Another day is another service."""
    file = tmp_path / "a.837"
    for other, told in ((LineSpec(), 1), (LineSpec(first_day=date(2026, 11, 4)), 0)):
        file.write_bytes(batch837p([ClaimSpec("A1"), ClaimSpec("A2", (other,))]))
        facts = json.loads(gateway("check", "--alone", "--json", str(file)).stdout)
        codes = [finding["code"] for claim in facts["claims"] for finding in claim["findings"]]
        assert codes.count("SIMILAR_CLAIM") == told
        assert {claim["would"] for claim in facts["claims"]} == {"CLEAN"}


def test_check_names_every_place_one_way_and_says_what_is_odd_about_the_wrapping(tmp_path: Path) -> None:
    """ISA, GS, ST and segment, each numbered in the one around it: of claims, of sets, and of what refuses the file."""
    one, two = batch837p([ClaimSpec("A1")], control=5), batch837p([ClaimSpec("B1"), ClaimSpec("B2")], claims_per_set=1)
    file = tmp_path / "a.837"
    wrong = (
        two.replace(b"~CLM*B2*", b"~clm*B2*")
        .replace(b"***11:B:1*", b"***ZZ:B:1*")
        .replace(b"HL*1**20*1", b"HL*1**20*0")
    )
    file.write_bytes(one + wrong + b"THE END 4711\n")
    told = gateway("check", "--alone", str(file)).stdout
    places = "2300/CLM05-1, ISA 2/GS 1/ST 2/segment ", "2000A/HL04, ISA 2/GS 1/ST 1/segment "
    for said in (*places, "TRAILING_DATA at ISA 2/after IEA", "(LOWER_CASE)", "13 bytes"):
        assert said in told
    assert "4711" not in told
    facts = json.loads(gateway("check", "--alone", "--json", str(file)).stdout)
    assert [claim["set"] for claim in facts["claims"]] == ["ISA 1/GS 1/ST 1", "ISA 2/GS 1/ST 1", "ISA 2/GS 1/ST 2"]
    assert {f["set"] for f in facts["file_findings"]} == {"ISA 2/GS 1/ST 1", "ISA 2/GS 1/ST 2", ""}
    file.write_bytes(one + two.replace(b"HL*2*1*22", b"HL*2*7*22", 1))
    assert "Where: ISA 2/GS 1/ST 1/segment " in gateway("check", "--alone", str(file)).stdout
    file.write_bytes(one + two.replace(b"SE*", b"SE*1", 1))
    assert "Where: ISA 2/GS 1/ST 1/SE01" in gateway("check", "--alone", str(file)).stdout


@pytest.mark.parametrize(
    ("found", "instead", "code"),
    [
        (rb"DMG\*D8\*\d{8}", b"DMG*D8*19800230", "DATE_INVALID"),
        (rb"DTP\*472\*D8\*\d{8}", b"DTP*472*RD8*20261103-20261131", "DATE_INVALID"),
        (rb"(SV1\*[^*]*\*[^*]*\*UN)\*\d+", rb"\1*+1", "NUMBER_INVALID"),
    ],
)
def test_one_defect_is_one_finding(tmp_path: Path, found: bytes, instead: bytes, code: str) -> None:
    """The guide and the reading see the same element; it is told once."""
    file = tmp_path / "a.837"
    file.write_bytes(re.sub(found, instead, batch837p([ClaimSpec("A1")]), count=1))
    (claim,) = json.loads(gateway("check", "--alone", "--json", str(file)).stdout)["claims"]
    assert [finding["code"] for finding in claim["findings"]] == [code]
