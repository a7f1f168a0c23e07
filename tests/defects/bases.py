"""The clean batches that defects are made from, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

from gateway.testing.builders import BillingSpec, ClaimSpec, LineSpec, batch837d, batch837i, batch837p, valid_npi
from tests.defects.editing import after, all_of, before, put, recounted

FULL = ClaimSpec(
    "A1",
    (
        LineSpec("99213", 120, modifiers=("25",), pointer="1:2"),
        LineSpec("36415", 15, rendering=valid_npi(9), ordering=valid_npi(3)),
    ),
    referring=valid_npi(500),
    facility=valid_npi(600),
    supervising=valid_npi(6),
    prior_authorization="PA1001",
    record_number="MRN1001",
    diagnoses=("J069", "M545"),
    notes=(("NTE", "ADD", "SEEN TWICE THAT DAY"),),
)
CHILD = ClaimSpec("A2", (LineSpec("99214", 180),), dependent=True, member_id="AHP000002")
OTHER = ClaimSpec("B1", (LineSpec("99203", 200),), member_id="AHP000003")
SOLO = BillingSpec(valid_npi(902), "WILLOW", "WANDA", "1", "999990003", "SY", "207R00000X")
SOLO_CLAIM = ClaimSpec("C1", member_id="AHP000005", billing=SOLO, rendering="")
REPLACING = ClaimSpec("R1", frequency="7", payer_control_number="PCN0001")
SECONDARY = ClaimSpec(
    "S1",
    (LineSpec("99213", 120), LineSpec("93000", 60)),
    responsibility="S",
    other_payer_id="OMEGA1",
)
VISIT = ClaimSpec(
    "I1",
    (LineSpec("99283", 450, revenue_code="0450"), LineSpec("", 80, revenue_code="0250")),
    referring=valid_npi(500),
    operating=valid_npi(8),
    prior_authorization="PA1001",
    diagnoses=("J069", "M545"),
)
STAY = ClaimSpec(
    "I2",
    (LineSpec("", 900, 2, revenue_code="0120", last_day=date(2026, 11, 5)),),
    dependent=True,
    member_id="AHP000002",
    facility_type="11",
)
FILLING = ClaimSpec("D1", (LineSpec("D2150", 140, tooth="3"), LineSpec("D0120", 45)), referring=valid_npi(500))
BRACES = ClaimSpec(
    "D2",
    (LineSpec("D8080", 900),),
    dependent=True,
    member_id="AHP000002",
    supplements=(("DN1", "36"), ("DN2", "12", "E", "", "", "", "JP")),
    diagnoses=(),
)


def coordinated() -> bytes:
    """A claim to the second payer, with what the first one decided: charge = paid + adjusted, on the claim and on both
    lines."""
    return all_of(
        after("SBR*P", "AMT*D*130"),
        after("NM1*PR*2*OMEGA INSURANCE", "DTP*573*D8*20261108"),
        after("REF*6R*S1L1", "SVD*OMEGA1*80*HC:99213**1", "CAS*CO*45*20", "CAS*PR*2*15**3*5", "DTP*573*D8*20261108"),
        after("REF*6R*S1L2", "SVD*OMEGA1*50*HC:93000**1", "CAS*PR*2*10", "DTP*573*D8*20261108"),
        recounted,
    )(batch837p([SECONDARY]))


def institutional() -> bytes:
    """An emergency visit, and an inpatient stay with conditions, occurrences, values and a procedure."""
    return all_of(
        after("HI*ABK", "HI*APR:R079", "HI*BH:11:D8:20261102", "HI*BG:09"),
        after("DTP*434", "DTP*096*TM*1130", "DTP*435*DT*202611030915", nth=2),
        after(
            *("HI*ABK", "HI*ABJ:R079", "HI*ABF:E119:::::::Y", "HI*BBR:0DTJ4ZZ:D8:20261103"),
            *("HI*BI:71:RD8:20261001-20261005", "HI*BH:11:D8:20261102", "HI*BE:80:::2", "HI*BG:C1"),
            nth=2,
        ),
        recounted,
    )(batch837i([VISIT, STAY]))


def medicare() -> bytes:
    """A test and a therapy for Medicare, with all that it asks for."""
    lines = (LineSpec("80053", 40), LineSpec("97110", 60, modifiers=("GP",)))
    claim = ClaimSpec("M1", lines, filing_indicator="MB", member_id="1EG4TE5MK73", referring=valid_npi(500))
    return all_of(after("CLM", "REF*X4*16D0000001"), recounted)(batch837p([claim]))


def stay() -> bytes:
    """Two nights in a hospital and an operation, for Medicare, with all that belongs to them."""
    lines = (
        LineSpec("", 900, 2, revenue_code="0120", last_day=date(2026, 11, 5)),
        LineSpec("", 100, revenue_code="0250"),
    )
    insured = ClaimSpec("I3", lines, filing_indicator="MA", member_id="1EG4TE5MK73")
    return all_of(
        after("DTP*434", "DTP*096*TM*1130", "DTP*435*DT*202611030915"),
        put("HI*ABK", "01", "ABK:J069:::::::Y"),
        after("HI*ABK", "HI*ABJ:R079", "HI*BBR:0DTJ4ZZ:D8:20261103", "HI*BI:71:RD8:20261001-20261005"),
        after("HI*BI", "HI*BH:11:D8:20261102", "HI*BE:80:::2", "HI*BG:C1"),
        recounted,
    )(batch837i([replace(insured, facility_type="11", operating=valid_npi(8))]))


def filling() -> bytes:
    """A filling of three surfaces."""
    claim = ClaimSpec("D3", (LineSpec("D2160", 140, tooth="3"),))
    return all_of(put("TOO", "03", "M:O:D"), recounted)(batch837d([claim]))


def ambulance() -> bytes:
    """A transport by ambulance, from a home to a hospital."""
    return all_of(
        after("HI*ABK", "NM1*PW*2", "N3*1 ELM", "N4*AMES*IA*50010", "NM1*45*2*MERCY", "N3*2 ELM", "N4*AMES*IA*50010"),
        before("HI*ABK", "NTE*ADD*FALL AT HOME", "CR1*LB*150**A*DH*12", "CRC*07*Y*01"),
        after("DTP*472", "QTY*PT*2"),
        recounted,
    )(
        batch837p(
            [ClaimSpec("T1", (LineSpec("A0429", 500), LineSpec("A0425", 120, 12)), rendering="", place_of_service="41")]
        )
    )


def rented() -> bytes:
    """Equipment that is rented, with the certificate of its need."""
    return all_of(
        after("SV1", "SV5*HC:E0100*DA*30*50*200*4", "PWK*CT*AB", "CR3*I*MO*12", "CRC*09*Y*38"),
        after("DTP*472", "DTP*607*D8*20261101", "DTP*463*D8*20261101", "DTP*461*D8*20261101"),
        recounted,
    )(batch837p([ClaimSpec("E1", (LineSpec("E0100"),))]))


def two_groups() -> bytes:
    """One interchange of two functional groups."""
    first, second = batch837p([FULL]), batch837p([OTHER], control=102, reference="CF20261110B")
    group = second[second.index(b"GS*") : second.index(b"IEA*")]
    return first.replace(b"IEA*1*", group + b"IEA*2*")


_BASES: dict[str, Callable[[], bytes]] = {
    "P": lambda: batch837p([FULL, CHILD]),
    "family": lambda: batch837p([ClaimSpec("F1"), ClaimSpec("F2", dependent=True)]),
    "replacement": lambda: batch837p([REPLACING]),
    "secondary": coordinated,
    "two sets": lambda: batch837p([FULL, OTHER], claims_per_set=1),
    "two providers": lambda: batch837p([FULL, SOLO_CLAIM]),
    "two groups": two_groups,
    "two interchanges": lambda: batch837p([FULL]) + batch837p([OTHER], control=102, reference="CF20261110B"),
    "medicare": medicare,
    "stay": stay,
    "filling": filling,
    "ambulance": ambulance,
    "rented": rented,
    "I": institutional,
    "D": lambda: batch837d([FILLING, BRACES]),
}
NAMES = tuple(_BASES)


@cache
def base(name: str) -> bytes:
    """The clean batch of that name."""
    return _BASES[name]()
