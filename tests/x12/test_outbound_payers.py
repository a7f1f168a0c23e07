"""A payer that goes by another id at its partner: one element of the copied bytes is written anew, and nothing else."""

from __future__ import annotations

import re

import pytest

from gateway.errors import Malformed
from gateway.model.x12 import Delimiters
from gateway.testing.builders import ClaimSpec, LineSpec, batch837i, batch837p
from tests.oracle import pyx12_verdict
from tests.x12.test_outbound import LINES, PIPES, Stored, segments

PAYER = b"NM1*PR*2*ALPHA HEALTH PLAN*****PI*77001~"
FAMILY = [
    ClaimSpec("F1", payer_id="77001"),
    ClaimSpec("F2", (LineSpec("99213", 60),), payer_id="77001"),
    ClaimSpec("F3", payer_id="77001", dependent=True),
    ClaimSpec("O1", payer_id="BETA1", payer_name="BETA MUTUAL", member_id="BMU000003"),
]


def payers(data: bytes) -> list[str]:
    """2010BB NM109 of each subscriber's level."""
    return [found.split(data[3:4].decode())[9] for found in segments(data) if re.match(r"NM1.PR", found)]


@pytest.mark.parametrize("marks", [None, PIPES, LINES], ids=["usual", "pipes", "lines"])
@pytest.mark.parametrize("line_break", ["", "\r\n"])
def test_only_the_id_of_that_payer_changes(marks: Delimiters | None, line_break: str) -> None:
    """Whatever the delimiters, and whether claims share a level; everything else is copied as it would be without."""
    if line_break and marks is LINES:
        return
    stored = Stored(batch837p(FAMILY, line_break=line_break, **({"delimiters": marks} if marks else {})))
    before, after = stored.composed(), stored.composed(payer_ids={"77001": "A7-22"})
    assert set(payers(before)) == {"77001", "BETA1"}
    assert payers(after) == [{"77001": "A7-22"}.get(one, one) for one in payers(before)]
    assert after.replace(b"A7-22", b"77001") == before
    assert pyx12_verdict(after)[0]


def test_claims_of_one_level_share_its_payer() -> None:
    """The level stands once in its set, and its own claims and a dependent's are answered by it."""
    stored = Stored(batch837p(FAMILY[:3]))
    composition = stored.composition(payer_ids={"77001": "A7"})
    found = b"".join(composition.blocks())
    assert payers(found) == ["A7"]
    assert len(composition.placed) == 3
    assert b"".join(composition.blocks()) == found


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"NM1*PR*2*ALPHA*****PI* 77001 ~", b"NM1*PR*2*ALPHA*****PI*A7~"),
        (b"NM1*PR*2*ALPHA*****PI*77001***~", b"NM1*PR*2*ALPHA*****PI*A7***~"),
        (b"\r\n nm1*PR*2*ALPHA*****XV*77001~\r\n", b"\r\nNM1*PR*2*ALPHA*****XV*A7~\r\n"),
        (b"NM1*PR*2*77001*****PI*77001~REF*2U*77001~", b"NM1*PR*2*77001*****PI*A7~REF*2U*77001~"),
        (b"NM1*PR*2*X*****PI*BETA1~NM1*PR*2*X*****PI*77001~", b"NM1*PR*2*X*****PI*BETA1~NM1*PR*2*X*****PI*A7~"),
    ],
    ids=["blanks", "more elements", "lower case and padding", "the same text elsewhere", "two payers"],
)
def test_however_the_payer_is_written(written: bytes, expected: bytes) -> None:
    """The element alone is replaced, whatever stands around it."""
    batch = batch837p([ClaimSpec("A1", payer_id="77001")])
    assert PAYER in batch
    found = Stored(batch.replace(PAYER, written)).composed(payer_ids={"77001": "A7"})
    assert expected in found


@pytest.mark.parametrize(
    "written", [b"NM1*PR*2*ALPHA~", b"NM1*PR*2*ALPHA*****PI*~", b"NM1*PR*2*ALPHA*****PI*77009~", b""]
)
def test_an_id_that_stands_in_no_level_stops_the_file(written: bytes) -> None:
    """Nothing goes out with an id that somebody else may have."""
    batch = batch837p([ClaimSpec("A1", payer_id="77001")])
    stored = Stored(batch.replace(PAYER, written))
    with pytest.raises(Malformed) as refused:
        stored.composed(payer_ids={"77001": "A7"})
    assert refused.value.code == "OUTBOUND_PAYER"


def test_other_payers_of_the_claim_stay() -> None:
    """2330B names whom the claim was sent to before, and SVD01 says that of lines; both by the ids that they had."""
    batch = batch837i([ClaimSpec("A1", payer_id="77001")])
    other = b"SBR*S*18*******CI~OI***Y***Y~NM1*IL*1*DOE*DANA****MI*M1~NM1*PR*2*ALPHA*****PI*77001~LX*1~"
    assert batch.count(b"LX*1~") == 1
    found = Stored(batch.replace(b"LX*1~", other)).composed(payer_ids={"77001": "A7"})
    assert payers(found) == ["A7", "77001"]


def test_a_payer_in_a_dependents_level_is_none_of_the_claim() -> None:
    """It is not read as the payer either; the subscriber's is."""
    batch = batch837p([ClaimSpec("A1", payer_id="77001", dependent=True)])
    assert batch.count(b"NM1*QC") == 1
    found = Stored(batch.replace(b"NM1*QC", b"NM1*PR*2*X*****PI*77001~NM1*QC")).composed(payer_ids={"77001": "A7"})
    assert payers(found) == ["A7", "77001"]


def test_lower_case_is_another_way_to_write_an_id() -> None:
    """Each spelling that claims have is named by itself."""
    batch = batch837p([ClaimSpec("A1", payer_id="a77"), ClaimSpec("A2", payer_id="A77", member_id="M2")])
    assert set(payers(Stored(batch).composed(payer_ids={"a77": "B1", "A77": "B1"}))) == {"B1"}


@pytest.mark.parametrize("payer_id", ["A", "A" * 81, "A*7", "A~7", "A\u00b27", "A\n7"])
def test_an_id_that_is_none_is_refused_before_the_first_byte(payer_id: str) -> None:
    """Its length, its characters, and the delimiters of the claims that it would stand among."""
    stored = Stored(batch837p([ClaimSpec("A1", payer_id="77001")]))
    with pytest.raises(Malformed) as refused:
        stored.composition(payer_ids={"77001": payer_id})
    assert (refused.value.code, refused.value.place) == ("OUTBOUND_ELEMENT", "2010BB/NM109")
    assert not stored.reads
