"""Every defect of the catalogue is noticed, every clean file passes, and the catalogue is what it says it is."""

from __future__ import annotations

from collections import Counter

import pytest

from gateway.errors import Malformed
from gateway.model.claims import Outcome
from tests.defects import catalogue_denials
from tests.defects.bases import base
from tests.defects.catalogue import Defect
from tests.defects.cleanliness import Clean
from tests.defects.everything import CLEAN, DEFECTS
from tests.defects.noticing import new_findings, screened, stopped
from tests.oracle import pyx12_verdict


@pytest.mark.parametrize("defect", DEFECTS, ids=[defect.name for defect in DEFECTS])
def test_a_defect_is_noticed(defect: Defect) -> None:
    """The file is refused, or a claim of it is kept back for a reason that the clean file does not have."""
    found = new_findings(defect)
    if isinstance(found, Malformed):
        return
    assert found, "nobody noticed"
    places = [finding.place for finding in found]
    assert any(place.startswith(defect.place) for place in places), f"{defect.place} expected, not {places}"


@pytest.mark.parametrize("clean", CLEAN, ids=[clean.name for clean in CLEAN])
def test_a_clean_file_passes(clean: Clean) -> None:
    """It is not refused, and none of its claims is kept back."""
    assert stopped(screened(clean.data)) == []


@pytest.mark.parametrize("clean", CLEAN, ids=[clean.name for clean in CLEAN])
def test_the_other_validator_agrees_that_it_is_clean(clean: Clean) -> None:
    """pyx12 passes it too, except where a reason is written down why it is wrong."""
    valid, answer = pyx12_verdict(clean.data)
    assert valid is not bool(clean.pyx12_says_no), answer


def test_each_defect_is_another_one() -> None:
    """No two have the same name, and no two make the same file."""
    assert [name for name, times in Counter(defect.name for defect in DEFECTS).items() if times > 1] == []
    files = Counter(defect.spoiled(base(defect.base)) for defect in DEFECTS)
    assert max(files.values()) == 1


def test_the_catalogue_is_large_enough() -> None:
    """At least 60 defects of the envelope, 150 of a professional claim, 40 of each other kind, and 40 clean files."""
    kinds = Counter(_kind(defect) for defect in DEFECTS)
    assert kinds["envelope"] >= 60
    assert kinds["professional"] >= 150
    assert min(kinds["I"], kinds["D"]) >= 40
    assert len(CLEAN) >= 40


def test_few_defects_may_pass_with_a_warning() -> None:
    """A clearing house that only warns sends the claim to be denied. The envelope is none of it: it is written anew; nor is
    what some payers deny by books of their own."""
    sent = [defect for defect in DEFECTS if not defect.of_envelope and defect not in catalogue_denials.DEFECTS]
    assert sum(defect.at_least < Outcome.HOLD for defect in sent) <= len(DEFECTS) // 16


def _kind(defect: Defect) -> str:
    if defect.of_envelope:
        return "envelope"
    return defect.base if defect.base in "ID" else "professional"
