"""`gateway check --codes`: the reference of codes is whole, and says of each how grave it can be."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway import checks
from gateway.checks.edits import CONTENT
from gateway.checks.engine import EDITION
from gateway.cli.codes import REFUSED, meanings
from gateway.cli.main import gateway
from gateway.errors import Malformed
from gateway.model.claims import Outcome
from gateway.replies.faults import IK_CODES
from gateway.replies.statuses import DEFAULTED, ROWS
from gateway.x12.envelope_findings import OF_FILES
from tests.checks.test_content import TABLES
from tests.defects.bases import base
from tests.defects.catalogue import Defect
from tests.defects.everything import DEFECTS
from tests.defects.noticing import judged

PASSED = {"CHECKS_PASSED", "CONTENT_PASSED"}
BY_CODE = {each.code: each for each in meanings()}


def test_every_code_that_has_a_status_is_explained() -> None:
    """Whatever a 277CA or a 999 can speak of, and all that is said of files."""
    known = {*ROWS, *DEFAULTED, *(code.value for code in IK_CODES), *OF_FILES} - PASSED
    assert known - BY_CODE.keys() == set()


def test_no_code_is_found_that_is_not_explained_or_is_graver() -> None:
    """Over all defects that we know: the file is refused with a code of the reference, or claims are found with some."""
    for defect in DEFECTS:
        for code, outcome in _said_of(defect):
            graver = code == "CODE_UNKNOWN"  # each list says itself what an unknown code asks for
            assert graver or _rank(outcome) <= _rank(BY_CODE[code].outcome), code


def _said_of(defect: Defect) -> list[tuple[str, str]]:
    try:
        return [(finding.code, finding.outcome.name) for finding in judged(defect.spoiled(base(defect.base)))]
    except Malformed as refused:
        return [(refused.code, REFUSED)]


def _rank(outcome: str) -> int:
    return [*(each.name for each in Outcome), REFUSED].index(outcome)


@pytest.mark.parametrize("check", CONTENT, ids=lambda check: check.code)
def test_a_check_is_as_grave_as_it_says(check: checks.Check) -> None:
    """By the tables of its tests: no more, and no less."""
    hits = [hit for table in TABLES for _, expected in table.CASES for hit in expected]
    assert max(outcome for code, outcome, *_ in hits if code == check.code) == check.worst


def test_the_reference_is_printed() -> None:
    """For people as a table, for programs as JSON; a file is asked for only where one is to be looked at."""
    run = CliRunner().invoke
    told = json.loads(run(gateway, ["check", "--codes", "--json"]).output)["codes"]
    assert [row["code"] for row in told] == sorted(BY_CODE)
    assert set(told[0]) == {"code", "outcome", "about", "meaning", "next"}
    assert all(row["meaning"].endswith(".") and "{" not in row["meaning"] for row in told)
    table = run(gateway, ["check", "--codes"]).output
    assert all(code in table for code in ("DIAGNOSIS_GAP", "COB_PAID_MISSING", "ISA_REPEATED", "LOOP_ORDER"))
    assert run(gateway, ["check"]).exit_code == 2


EDITIONS = {"edits 2026-11.5": "b56ce1684e41"}


def test_the_edition_changes_when_the_checks_do() -> None:
    """A claim on file says by which edition of the checks it was read. Whoever changes a check gives EDITION a new name,
    and writes that here with the digest that the assertion shows."""
    folder = Path(checks.__file__).parent
    texts = [line for path in sorted(folder.glob("*.py")) for line in path.read_bytes().splitlines()]
    digest = hashlib.sha256(b"\n".join(line for line in texts if not line.startswith(b"EDITION ="))).hexdigest()[:12]
    assert EDITIONS.get(EDITION) == digest
