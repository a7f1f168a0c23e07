"""pyx12 as a second judge: random changes of clean batches are judged alike, or ours sees more."""

from __future__ import annotations

from random import Random

import pytest

from gateway.guidebook import standard_lists
from gateway.guides.validator import Validator
from gateway.testing.builders import ClaimSpec, LineSpec, batch837i, batch837p, valid_npi
from tests.guides.judging import GUIDES, edited, faults_of
from tests.oracle import pyx12_verdict

BASES = (
    batch837p(
        [
            ClaimSpec("A1"),
            ClaimSpec("A2", dependent=True, referring=valid_npi(33), facility=valid_npi(40)),
            ClaimSpec(
                "A3",
                other_payer_id="OMEGA1",
                responsibility="S",
                frequency="7",
                payer_control_number="X1",
                lines=(LineSpec(), LineSpec("99214", 100, modifiers=("25", "59"), rendering=valid_npi(12))),
            ),
        ]
    ),
    batch837i([ClaimSpec("I1", operating=valid_npi(44)), ClaimSpec("I2", dependent=True, diagnoses=("J069", "I10"))]),
)
STRANGERS = (
    "REF*ZZ*1", "REF*G1*ABC", "K3*ABC", "NTE*ADD*X", "DTP*439*D8*20200101", "AMT*F5*10", "QTY*PT*2", "ZZZ*1", "N3*X",
    "PER*IC*A*TE*5551212", "HI*BK:123", "CRC*07*Y*01", "NM1*82*1*A*B****XX*1234567893", "PRV*PE*PXC*207Q00000X",
    "SBR*S*18*******CI", "DMG*D8*19800101*M", "OI***Y***Y", "MOA***A", "CAS*CO*45*10", "SVD*AB*10*HC:99213**1", "PAT*19",
)  # fmt: skip
VALUES = ("", "ZZ", "1", "A" * 104, "20261301", "20200101", "A:B", "-5", "12.345", "D8", "EI", "82", "Q")


def pyx12_refuses(document: bytes) -> bool:
    """pyx12's verdict; where it stumbles it has none."""
    valid, said = pyx12_verdict(document)
    return not valid and "ST*999" in said


def changed(random: Random, document: bytes) -> bytes | None:
    """One random change: a segment removed, doubled, moved, put in, or an element of it replaced."""
    lines = document.decode().split("~")[:-1]
    at, kind = random.randrange(3, len(lines) - 3), random.randrange(9)
    if lines[at].startswith(("HL*", "LX*")):  # numbering is judged elsewhere: by the reader, and by a check
        return None
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(at, lines[at])
    elif kind == 2:
        lines.insert(random.randrange(3, len(lines) - 3), lines.pop(at))
    elif kind == 3:
        lines.insert(at, random.choice(STRANGERS))
    else:
        elements = lines[at].split("*")
        number = random.randrange(1, len(elements) + 2)
        elements += [""] * (number + 1 - len(elements))
        elements[number] = random.choice(
            (*VALUES, elements[number] + "X", elements[number][:-1], elements[number] + ":1")
        )
        lines[at] = "*".join(elements).rstrip("*")
    return edited(("~".join(lines) + "~").encode())


@pytest.mark.parametrize("seed", range(4))
def test_whatever_pyx12_refuses_we_refuse_too(seed: int) -> None:
    """It may be the other way round: the practical rules of a claim repeated within its loop are seen by ours alone."""
    random = Random(seed)
    validator = Validator(GUIDES, standard_lists())
    refused = 0
    for _ in range(150):
        document = changed(random, random.choice(BASES))
        if document is None or not pyx12_refuses(document):
            continue
        refused += 1
        assert faults_of(document, validator), document
    assert refused > 40
