"""What segments are asked beyond their guide's table: each form, where it is asked for, and where it is not."""

from __future__ import annotations

import pytest

from gateway.guidebook import standard_lists
from gateway.guides.advice import not_followed
from gateway.guides.faults import AdviceCode
from gateway.guides.forms import ADVICE
from gateway.guides.tables import SegmentRule
from gateway.guides.validator import Validator
from gateway.model.claims import Outcome
from gateway.model.x12 import Delimiters
from gateway.replies.faults import is_guide_fault
from gateway.testing.builders import ClaimSpec, LineSpec, batch837d, batch837i, batch837p, valid_npi
from tests.guides.judging import GUIDES, edited, faults_of, said

P = batch837p([ClaimSpec("A1", facility=valid_npi(7)), ClaimSpec("A2", dependent=True)])
S = batch837p([ClaimSpec("S1", responsibility="S", other_payer_id="OMEGA1")])
I837 = batch837i([ClaimSpec("I1")])
D = batch837d([ClaimSpec("D1", (LineSpec("D2150", 140, tooth="3"),), facility=valid_npi(7))])

# The advice, a segment that does not follow it with the number of the element meant, or one that does, with 0.
FORMS = [
    ("contact", "PER*IC*X*TE*5555550100", 0),
    ("contact", "PER*IC**TE*5555550100*EX*12*EM*A@B.EXAMPLE", 0),
    ("contact", "PER*IC*TE*FX*5555550100", 0),
    ("contact", "PER*IC*X*TE*555-555-0100", 4),
    ("contact", "PER*IC**FX*5550100", 4),
    ("contact", "PER*IC*X*EM*NOBODY", 4),
    ("contact", "PER*IC*X*EM*A@B@C", 4),
    ("contact", "PER*IC*X*TE*5555550100*EX*1*FX*55555501000", 8),
    ("contact", "PER*IC*X*TE", 0),
    ("contact", "PER*IC*X*TE*0000000000", 4),
    ("contact", "PER*IC*X*TE*9999999999", 4),
    ("contact", "PER*IC*X*TE*9999999990", 0),
    ("zip", "N4*AMES*IA*50010", 0),
    ("zip", "N4*AMES*IA*500100001", 0),
    ("zip", "N4*AMES*IA", 0),
    ("zip", "N4*AMES*IA*5001", 3),
    ("zip", "N4*AMES*IA*50010-0001", 3),
    ("zip", "N4*AMES*IA*000000000", 3),
    ("zip", "N4*AMES*IA*5001*US", 3),
    ("zip", "N4*LONDON**SW1A 1AA*GB", 0),
    ("zip", "N4*LONDON**SW1A 1AA*GB***ENG", 0),
    ("zip of facility", "N4*AMES*IA*50010", 0),
    ("zip of facility", "N4*AMES*IA*5001", 3),
    ("zip4", "N4*AMES*IA*50010", 3),
    ("zip4", "N4*AMES*IA*500100001", 0),
    ("zip4", "N4*AMES*IA*500100000", 3),
    ("zip4", "N4*PARIS**75001*FR", 0),
    ("marks", "REF*EI*99-9990001", 2),
    ("marks", "REF*SY*999-99-0001", 2),
    ("marks", "REF*EI*999990001", 0),
    ("marks", "REF*EI*9999-0001", 0),
    ("person number", "REF*SY*99999000", 2),
    ("person number", "REF*SY*999990001", 0),
    ("person number", "REF*SY*999-99-0001", 0),
    ("clia", "REF*X4*16D0000001", 0),
    ("clia", "REF*X4*16D000001", 2),
    ("clia", "REF*X4*1600000001", 2),
    ("clia", "REF*F4*16D000001", 2),
    ("authorization", "REF*G1*PA1001", 0),
    ("authorization", "REF*G1*NONE1", 0),
    ("authorization", "REF*G1*NONE", 2),
    ("authorization", "REF*G1*N/A", 2),
    ("authorization", "REF*9F*PENDING", 2),
    ("authorization", "REF*9F*000000", 2),
    ("authorization", "REF*9F*0000001", 0),
    ("listed reference", "REF*4N*7", 0),
    ("listed reference", "REF*4N*8", 2),
    ("listed reference", "REF*4N*11", 2),
    ("listed reference", "REF*F5*N", 0),
    ("listed reference", "REF*F5*X", 2),
    ("examination", "CRC*ZZ*Y*AV", 0),
    ("examination", "CRC*ZZ*N*NU", 0),
    ("examination", "CRC*ZZ*N*AV", 3),
    ("examination", "CRC*ZZ*Y*AV*NU", 4),
    ("examination", "CRC*07*N*01", 0),
    ("external cause", "HI*ABK:S52501A*ABF:W19XXXA", 0),
    ("external cause", "HI*ABK:W19XXXA*ABF:S52501A", 1),
    ("external cause", "HI*ABK:U071", 0),
    ("external cause", "HI*ABK:Z0000", 0),
    ("value amount", "HI*BE:80:::2", 0),
    ("value amount", "HI*BE:80:::2*BE:81:::-2", 2),
    ("amount shape", "AMT*D*99999999.99", 0),
    ("amount shape", "AMT*D*-100000000", 2),
    ("amount shape", "AMT*F5*1.005", 2),
    ("amount shape", "SVD*X*80.125*HC:99213**1", 2),
    ("amount shape", "SVD*X*80*HC:99213**1.125", 0),
    ("amount shape", "CAS*CO*45*20.00*1.125", 0),
    ("amount shape", "CAS*CO*45*20.005", 3),
    ("amount shape", "CAS*CO*45*20**97*-1.005", 6),
    ("charge", "CLM*123456789*120", 0),
    ("charge", "CLM*A1*99999999.99", 0),
    ("charge", "CLM*A1*100000000", 2),
    ("charge", "SV1*HC:99213*100000000*UN*1", 2),
    ("charge", "SV2*0450*HC:99213*100000000*UN*1", 3),
    ("charge", "SV2*0450*HC:99213*120*UN*1", 0),
    ("name", "NM1*IL*1*O'NEIL-SMITH*ANN MARIE****MI*1", 0),
    ("name", "NM1*IL*1*D0E*DANA****MI*1", 3),
    ("name", "NM1*QC*1*DOE*12", 4),
    ("name", "NM1*IL*1*UNKNOWN*DANA****MI*1", 3),
    ("name", "NM1*IL*1*NAVARRO*NADIA****MI*1", 0),
    ("name", "NM1*IL*1*DOE*.****MI*1", 4),
    ("name", "NM1*IL*2*21ST CENTURY*****MI*1", 0),
    ("street", "N3*UNKNOWN ROAD 2", 0),
    ("street", "N3*UNKNOWN", 1),
    ("city", "N4*NASHUA*NH*03060", 0),
    ("city", "N4*03060*NH*03060", 1),
    ("city", "N4*NONE*NH*03060", 1),
    ("drug", "LIN**N4*00000000000", 0),
    ("drug", "LIN**N4*0000000000", 3),
    ("drug", "LIN**N4*00000-0000-00", 3),
    ("quantity", "CTP****1.5*ML", 0),
    ("quantity", "CTP****0*ML", 4),
    ("quantity", "CTP****0.00*ML", 4),
    ("quantity", "CTP****-1*ML", 4),
    ("quantity", "CTP****.5*ML", 0),
    ("paid units", "SVD*X*80*HC:99213**1", 0),
    ("paid units", "SVD*X*80*HC:99213**0", 5),
    ("paid units", "SVD*X*80*HC:99213**0.0*1", 5),
    ("paid units", "SVD*X*80*HC:99213**10", 0),
    ("paid units", "SVD*X*80*HC:99213**-1", 5),
    ("paid procedure", "SVD*X*80*HC:99213:25**1", 0),
    ("paid procedure", "SVD*X*80*HC:J3490**1", 0),
    ("paid procedure", "SVD*X*80*HC:9921**1", 3),
    ("paid procedure", "SVD*X*80*AD:D0120**1", 0),
    ("bundled line", "SVD*X*80*HC:99213**1*2", 0),
    ("bundled line", "SVD*X*80*HC:99213**1*0", 6),
    ("bundled line", "SVD*X*80*HC:99213**1*-2", 6),
    ("units", "SV1*HC:99213*120*UN*12345678", 0),
    ("units", "SV1*HC:99213*120*UN*1.125", 0),
    ("units", "SV1*HC:99213*120*UN*1.1255", 4),
    ("units", "SV1*HC:99213*120*UN*123456789", 4),
    ("units", "SV2*0120*HC:99213*120*UN*.0001", 5),
    ("units", "SV2*0120**120.12345*UN*1", 0),
    ("description", "SV1*HC:99199*120", 1),
    ("description", "SV1*HC:99199:25*120", 1),
    ("description", "SV1*HC:99199:25:::*120", 1),
    ("description", "SV1*HC:J3490", 1),
    ("description", "SV1*HC:99199:::::TATTOO REMOVED*120", 0),
    ("description", "SV1*HC:99213*120", 0),
    ("description", "SV1*HC:991990*120", 0),
    ("description", "SV2*0636*HC:J3490*120", 2),
    ("description", "SV2*0636*HC:J3490:::::NEW DRUG*120", 0),
    ("description", "SV2*0636**120", 0),
    ("description", "SV3*AD:D2999*120", 1),
    ("amount", "HCP*03*100*-20", 3),
    ("amount", "HCP*03*-100", 2),
    ("amount", "HCP*03*100*20*RPO-1", 0),
    ("amount", "CN1*02*-80", 2),
    ("amount", "PS1*X1*-40", 2),
    ("amount", "AMT*EAF*-1", 2),
    ("amount", "AMT*F5*-1", 0),
    ("amount", "SV5*HC:E0100*DA*30*-50", 4),
    ("amount", "SV5*HC:E0100*DA*30*50*-200", 5),
    ("number of", "SV5*HC:E0100*DA*30*50", 0),
    ("number of", "SV5*HC:E0100*DA*0*50", 3),
    ("number of", "CR3*I*MO*0.0", 3),
    ("number of", "QTY*PT*0", 2),
    ("number of", "QTY*PT*2", 0),
    ("weight", "PAT*******01*150", 0),
    ("weight", "PAT*******01*0", 8),
    ("weight", "PAT*19", 0),
    ("weight", "CR1*LB*-150**A*DH*12", 2),
    ("weight", "CR1****A*DH*12", 0),
    ("distance", "CR1*LB*150**A*DH*0", 0),
    ("distance", "CR1*LB*150**A*DH*-3", 6),
    ("attachment", "PWK*OZ*EL***AC*X1", 0),
    ("attachment", "PWK*OZ*AA", 0),
    ("attachment", "PWK*OZ*FX", 6),
    ("attachment", "PWK*OZ*BM***AC", 6),
    ("attachment", "PWK*OZ*BM***AC**X", 6),
    ("organization", "NM1*85*2*CEDAR FALLS", 0),
    ("organization", "NM1*85*2*CEDAR FALLS*****XX*1", 0),
    ("organization", "NM1*85*2*BIRCH*BEN****XX*1", 4),
    ("organization", "NM1*85*1*BIRCH*BEN****XX*1", 0),
    ("person", "NM1*82*1*BIRCH*BEN****XX*1", 0),
    ("person", "NM1*82*1*BIRCH", 4),
    ("person", "NM1*82*1*BIRCH**B***XX*1", 4),
    ("person", "NM1*82*2*BIRCH*****XX*1", 0),
    ("person", "NM1*82*1*****XX*1", 0),
    ("zip of state", "N4*AMES*IA*50010", 0),
    ("zip of state", "N4*AMES*IA*600100001", 3),
    ("zip of state", "N4*AMES*IA*60010*US", 3),
    ("zip of state", "N4*LYON*IA*69001*FR", 0),
    ("zip of state", "N4*FISHERS ISLAND*NY*06390", 0),
    ("zip of state", "N4*SAN JUAN*PR*00801", 3),
    ("zip of state", "N4*AMES*IA*X", 0),
    ("zip of state", "N4*AMES*ZZ*50010", 0),
    ("state", "N4*AMES*IA*50010", 0),
    ("state", "N4*AMES", 2),
    ("state", "N4*AMES**50010", 2),
    ("state", "N4*AMES**50010*US", 2),
    ("state", "N4*OTTAWA**K1A0B1*CA", 2),
    ("state", "N4*LONDON**SW1A1AA*GB", 0),
    ("zip missing", "N4*AMES*IA*50010", 0),
    ("zip missing", "N4*AMES", 3),
    ("zip missing", "N4*AMES*IA", 3),
    ("zip missing", "N4*AMES*IA**US", 3),
    ("zip missing", "N4*ROSEAU***DM", 0),
    ("space", "NM1*85*2*CEDAR FALLS*****XX* 1", 9),
    ("space", "NM1*85*2* CEDAR FALLS*****XX*1", 0),
    ("space", "REF*G1* 1", 2),
    ("space", "REF*G1*1", 0),
    ("space", "CLM* A1*120", 1),
    ("space", "N4*AMES*IA* 50010", 3),
    ("space", "REF*6R* 1", 0),
    ("space in reason", "CAS*CO* 45*20", 2),
    ("space in reason", "CAS*CO*45*20", 0),
    ("space in reason", "MOA*** MA01", 3),
    ("space in code", "HI*ABK:J069*ABF: M545", 2),
    ("space in code", "HI*ABK:J069*ABF:M545", 0),
    ("space in code", "SV1*HC: 99213*120", 1),
    ("bill codes", "HI*BG:09*BG:C1", 0),
    ("bill codes", "HI*BG:09*BG:C", 2),
    ("bill codes", "HI*BH:111:D8:20261102", 1),
    ("bill codes", "HI*BE:80:::2", 0),
    ("bill codes", "HI*BE:8o:::2", 1),
    ("bill codes", "HI*BG:!Q", 1),
    ("stay", "CL1*3*1*01", 0),
    ("stay", "CL1*3*D*30", 0),
    ("stay", "CL1***01", 0),
    ("stay", "CL1*7*1*01", 1),
    ("stay", "CL1*3*0*01", 2),
    ("stay", "CL1*3*1*1", 0),
    ("stay", "CL1*3*1*100", 3),
    ("stay", "CL1*3*1*ZZ", 3),
    ("amount", "SV2*0450**100*UN*1**-5", 7),
    ("number of", "DN1*24*-1", 2),
    ("number of", "DN1*24*0", 0),
    ("procedures", "HI*BBR:!DTJ4ZZ:D8:20261103", 1),
    ("procedures", "HI*BBR:0DTJ4ZZ:D8:20261103", 0),
    ("procedures", "HI*BBR:ODTJ4ZZ:D8:20261103", 1),
    ("procedures", "HI*BBQ:0DTJ4ZZ:D8:20261103*BBQ:4701:D8:20261103", 2),
]
MARKS = [Delimiters(b"*", b":", b"~", b"^"), Delimiters(b"|", b"^", b"\n"), Delimiters(b";", b"*", b"'", b"\\")]


@pytest.mark.parametrize("marks", MARKS, ids=["usual", "carets", "stars within"])
@pytest.mark.parametrize(("name", "text", "element"), FORMS, ids=[f"{name} {text}" for name, text, _ in FORMS])
def test_a_form_is_asked_for(name: str, text: str, element: int, marks: Delimiters) -> None:
    """Whatever the delimiters are; what is not there is not asked for its form."""
    segment = text.encode().translate(bytes.maketrans(b"*:", marks.element + marks.component))
    rule = SegmentRule(text.split("*", 1)[0], "", "S", 0, 1, (), advice=(name,))
    found = [(wrong.code, wrong.element) for wrong in not_followed(rule, segment, marks)]
    assert found == ([(ADVICE[name].code, element)] if element else [])


def test_every_form_is_shown_kept_and_broken() -> None:
    """A pattern that never matches, or always does, would be none."""
    assert {(name, bool(element)) for name, _, element in FORMS} == {
        (name, w) for name in ADVICE for w in (False, True)
    }
    assert {advice.code for advice in ADVICE.values()} == set(AdviceCode)


FACILITY = "N4*CEDAR FALLS*IA*506130001~LX"
SVD, PAID = "REF*6R*S1L1~SVD*OMEGA1*0*HC:99213", "DTP*573*D8*20261108"
ASKED = [
    (P, "CLM*A1*120*", "CLM*A1*1234567890*", "AMOUNT_SHAPE", "2300/CLM02"),
    (S, "PI*OMEGA1", "PI*OMEGA1~REF*G1*NONE", "AUTHORIZATION_DOUBTFUL", "2330B/REF02"),
    (P, "HI*ABK:J069", "REF*F5*X~HI*ABK:J069", "REFERENCE_INVALID", "2300/REF02"),
    (P, "HI*ABK:J069", "CRC*ZZ*Y*NU~HI*ABK:J069", "CONDITION_CONTRADICTS", "2300/CRC03"),
    (P, "HI*ABK:J069", "HI*ABK:W19XXXA", "DIAGNOSIS_EXTERNAL", "2300/HI01"),
    (P, "NM1*QC*1*DOE*", "NM1*QC*1*D0E*", "NAME_DOUBTFUL", "2010CA/NM103"),
    (P, "N3*12 EXAMPLE WAY", "N3*UNKNOWN", "ADDRESS_DOUBTFUL", "2010AA/N301"),
    (P, "PER*IC*EDI DESK*TE*5555550100", "PER*IC*EDI DESK*TE*5550100", "CONTACT_NUMBER_SHAPE", "1000A/PER04"),
    (P, "REF*EI*999990001", "REF*EI*99-9990001", "TAX_ID_MARKS", "2010AA/REF02"),
    (P, "REF*6R*A1L1", "REF*6R*A1L1~LIN**N4*12345~CTP****1*UN", "DRUG_CODE_SHAPE", "2410/LIN03"),
    (P, "REF*6R*A1L1", "REF*6R*A1L1~LIN**N4*00000000000~CTP****0*UN", "DRUG_QUANTITY_ZERO", "2410/CTP04"),
    (P, "HI*ABK:J069", "REF*X4*12~HI*ABK:J069", "CLIA_NUMBER_SHAPE", "2300/REF02"),
    (P, "DMG*D8*20150605*M", "DMG*D8*20150605*M~REF*SY*12", "PERSON_NUMBER_SHAPE", "2010CA/REF02"),
    (P, FACILITY, FACILITY.replace("506130001", "50613"), "FACILITY_ZIP4_MISSING", "2310C/N403"),
    (P, FACILITY, FACILITY.replace("506130001", "5061"), "FACILITY_ZIP_INVALID", "2310C/N403"),
    (S, "PI*OMEGA1", "PI*OMEGA1~N3*1 X~N4*AMES*IA*5001", "ADDRESS_ZIP_INVALID", "2330B/N403"),
    (D, FACILITY, FACILITY.replace("506130001", "50613"), "FACILITY_ZIP4_MISSING", "2310C/N403"),
    (S, "REF*6R*S1L1", "REF*6R*S1L1~SVD*OMEGA1*0*HC:99213**0~DTP*573*D8*20261108", "PAID_UNITS_ZERO", "2430/SVD05"),
    (S, "REF*6R*S1L1", f"{SVD[:-1]}**1~{PAID}", "PAID_PROCEDURE_SHAPE", "2430/SVD03"),
    (S, "REF*6R*S1L1", f"{SVD}**1*0~{PAID}", "BUNDLED_LINE_INVALID", "2430/SVD06"),
    (P, "HC:99213", "HC:99199", "DESCRIPTION_MISSING", "2400/SV101"),
    (P, "UN*1***1", "UN*1.0001***1", "UNITS_SHAPE", "2400/SV104"),
    (P, "HI*ABK:J069", "HI*ABK:J069~HCP*03*-1", "AMOUNT_NEGATIVE", "2300/HCP02"),
    (P, "HI*ABK:J069", "CR1*LB*0**A*DH*12~HI*ABK:J069", "WEIGHT_ZERO", "2300/CR102"),
    (P, "PAT*19", "PAT*19******01*0", "WEIGHT_ZERO", "2000C/PAT08"),
    (P, "HI*ABK:J069", "CR1*LB*150**A*DH*-1~HI*ABK:J069", "DISTANCE_NEGATIVE", "2300/CR106"),
    (P, "HI*ABK:J069", "PWK*OZ*EL~HI*ABK:J069", "ATTACHMENT_NUMBER_MISSING", "2300/PWK06"),
    (P, "~DTP*472", "~SV5*HC:99213*DA*0*50*200*4~DTP*472", "QUANTITY_ZERO", "2400/SV503"),
    (P, "NM1*85*2*CEDAR FALLS FAMILY MEDICINE*", "NM1*85*2*BIRCH*BEN", "ORGANIZATION_FIRST_NAME", "2010AA/NM104"),
    (P, "NM1*QC*1*DOE*ROBIN", "NM1*QC*1*DOE", "PERSON_FIRST_NAME_MISSING", "2010CA/NM104"),
    (P, FACILITY, FACILITY.replace("IA", "CA"), "STATE_ZIP_DIFFER", "2310C/N403"),
    (P, FACILITY, FACILITY.replace("IA", ""), "ADDRESS_STATE_MISSING", "2310C/N402"),
    (P, FACILITY, FACILITY.replace("506130001", "").replace("*~", "~"), "ADDRESS_ZIP_MISSING", "2310C/N403"),
    (P, "XX*1234567893", "XX* 1234567893", "IDENTIFIER_SPACE", "2010AA/NM109"),
    (I837, "HI*ABK:J069", "HI*ABK:J069~HI*BG:9", "BILL_CODE_SHAPE", "2300/HI01"),
    (I837, "HI*ABK:J069", "HI*ABK:J069~HI*BBR:4701:D8:20261103", "PROCEDURE_SHAPE", "2300/HI01"),
]


@pytest.mark.parametrize(("batch", "old", "new", "code", "place"), ASKED, ids=[f"{row[3]} {row[4]}" for row in ASKED])
def test_it_is_asked_where_it_belongs(batch: bytes, old: str, new: str, code: str, place: str) -> None:
    """By the validator, at its place, with words; it is no fault by the guide, so a 999 does not have it."""
    [fault] = faults_of(edited(batch, (old, new)))
    finding = fault.finding
    assert (finding.code, finding.place) == (code, place)
    assert finding.outcome in (Outcome.WARN, Outcome.HOLD)
    assert finding.message.endswith(".")
    assert finding.next_step.endswith(".")
    assert not is_guide_fault(finding)


def test_every_code_is_reached_in_a_guide() -> None:
    """No advice is given to segments that no guide has."""
    assert {row[3] for row in ASKED} == {code.value for code in AdviceCode}


@pytest.mark.parametrize("zip_code", ["50613", "5061"])
def test_content_checks_look_at_the_other_addresses(zip_code: str) -> None:
    """The billing provider's and the patient's ZIP codes are no affair of the guide's."""
    for old in ("N4*CEDAR FALLS*IA*506130001~REF", "N4*CEDAR FALLS*IA*50613~DMG"):
        where, code, rest = old.rpartition("*")[0], zip_code, old.rpartition("~")[2]
        assert said(edited(P, (old, f"{where}*{code}~{rest}"))) == []


def test_what_follows_is_remembered_and_what_does_not_is_told_each_time() -> None:
    """A segment that was found good costs a look-up the next time; a bad one is a finding of each claim."""
    validator = Validator(GUIDES, standard_lists())
    bad = edited(P, (FACILITY, FACILITY.replace("506130001", "5061")))
    assert [fault.finding.code for fault in faults_of(bad * 3, validator)] == ["FACILITY_ZIP_INVALID"] * 3
