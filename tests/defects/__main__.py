"""`python -m tests.defects [--pyx12]`: which defects go unnoticed, by us or by pyx12, and which clean files do not pass."""

from __future__ import annotations

import sys

from gateway.errors import Malformed
from tests.defects.bases import base
from tests.defects.catalogue import Defect
from tests.defects.cleanliness import Clean
from tests.defects.everything import CLEAN, DEFECTS
from tests.oracle import pyx12_verdict


def main(options: list[str]) -> None:
    """A row for each defect and each clean file, then the totals. pyx12 knows no dental guide and sits those out."""
    if "--pyx12" in options:
        noticed, passes = _pyx12_notices, _pyx12_passes
    else:
        noticed, passes = _we_notice, _we_pass
    told = {defect.name: noticed(defect) for defect in DEFECTS}
    told |= {f"clean: {clean.name}": passes(clean) for clean in CLEAN}
    for name, word in told.items():
        print(f"{word[:60]:<60} {name}")
    missed = sum(word.startswith("MISSED") for word in told.values())
    wrong = sum(word.startswith("STOPPED") for word in told.values())
    print(f"{len(DEFECTS)} defects, {missed} not noticed; {len(CLEAN)} clean files, {wrong} stopped")


def _pyx12_notices(defect: Defect) -> str:
    if defect.base == "D":
        return "-"
    return "MISSED" if pyx12_verdict(defect.spoiled(base(defect.base)))[0] else "noticed"


def _pyx12_passes(clean: Clean) -> str:
    if pyx12_verdict(clean.data)[0]:
        return "passed"
    return f"STOPPED, though {clean.pyx12_says_no}" if clean.pyx12_says_no else "STOPPED"


def _we_notice(defect: Defect) -> str:
    from tests.defects.noticing import new_findings

    try:
        found = new_findings(defect)
    except Exception as broken:  # the table goes on: a reader that breaks has noticed nothing
        return f"MISSED, {type(broken).__name__}"
    if isinstance(found, Malformed):
        return f"refused: {found.code}"
    return " ".join(sorted({f"{finding.code}@{finding.place}" for finding in found})) or "MISSED"


def _we_pass(clean: Clean) -> str:
    from tests.defects.noticing import screened, stopped

    try:
        findings = stopped(screened(clean.data))
    except Malformed as refused:
        return f"STOPPED {refused.code}"
    return f"STOPPED {findings}" if findings else "passed"


if __name__ == "__main__":
    main(sys.argv[1:])
