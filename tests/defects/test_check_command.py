"""`gateway check FILE` over the catalogue: its exit code says no, and its JSON says where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.cli.checked import AGAINST_X12
from gateway.cli.main import gateway
from gateway.guidebook import Guidebook, default_cache
from gateway.model.claims import Outcome
from tests.defects.bases import base
from tests.defects.catalogue import Defect
from tests.defects.cleanliness import Clean
from tests.defects.everything import CLEAN, DEFECTS
from tests.defects.noticing import TODAY

GUIDES = Guidebook(default_cache())
"""A process has its own; the cases of one share what it has read of the guides."""
_ALONE = [defect for defect in DEFECTS if defect.by == "screen"]
_GRAVE = [defect for defect in _ALONE if defect.at_least > Outcome.WARN][::9]
_WARNED = [defect for defect in _ALONE if defect.at_least is Outcome.WARN]


@pytest.fixture(autouse=True)
def guides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.cli.check.Guidebook", lambda *folders: GUIDES)


def checked(data: bytes, folder: Path) -> tuple[int, dict[str, Any]]:
    """The exit code, and what is said."""
    file = folder / "a.837"
    file.write_bytes(data)
    result = CliRunner().invoke(gateway, ["check", "--alone", "--json", "--as-of", f"{TODAY}", str(file)])
    return result.exit_code, json.loads(result.stdout)


def findings(said: dict[str, Any]) -> list[tuple[str, str]]:
    """Code and place of all of them, or of what refuses the file."""
    if "refused" in said:
        return [(said["refused"]["code"], said["refused"]["place"])]
    found = [*said["file_findings"], *(each for claim in said["claims"] for each in claim["findings"])]
    return [(each["code"], each["place"]) for each in found]


@pytest.mark.parametrize("defect", _GRAVE, ids=[defect.name for defect in _GRAVE])
def test_a_defect_is_exit_1_and_has_its_place(defect: Defect, tmp_path: Path) -> None:
    """A sample of all that holds, rejects or refuses."""
    code, said = checked(defect.spoiled(base(defect.base)), tmp_path)
    assert code == 1
    assert "refused" in said or any(place.startswith(defect.place) for _, place in findings(said)), findings(said)


@pytest.mark.parametrize("defect", _WARNED, ids=[defect.name for defect in _WARNED])
def test_what_breaks_x12_is_exit_1_also_where_nothing_is_held_for_it(defect: Defect, tmp_path: Path) -> None:
    """Advice is not: the claim goes, and whoever reads on finds the warning."""
    data = defect.spoiled(base(defect.base))
    code, said = checked(data, tmp_path)
    held = "refused" in said or any(claim["would"] != "CLEAN" for claim in said["claims"])
    assert code == int(held or any(name in AGAINST_X12 for name, _ in findings(said)))
    assert findings(said)


@pytest.mark.parametrize("clean", CLEAN[::3], ids=[clean.name for clean in CLEAN[::3]])
def test_a_clean_file_is_exit_0(clean: Clean, tmp_path: Path) -> None:
    """Whatever is advised."""
    assert checked(clean.data, tmp_path)[0] == 0
