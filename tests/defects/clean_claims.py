"""Clean files: professional, institutional and dental claims with all that a guide allows. Every one must pass whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gateway.testing.builders import ClaimSpec, LineSpec, batch837d, batch837i
from tests.defects.bases import BRACES, FILLING, REPLACING, SECONDARY, STAY, VISIT
from tests.defects.cleanliness import Clean
from tests.defects.cleanliness import dental as _d
from tests.defects.cleanliness import institutional as _i
from tests.defects.cleanliness import professional as _p
from tests.defects.editing import after, before, cut, drop, instead, put, twice

_ADDENDUM = "it knows one addendum of each guide"
_FACILITY = ("NM1*77*2*RIVERSIDE*****XX*2000006009", "N3*1 X", "N4*AMES*IA*500100001")
_PLACES = ("NM1*PW*2", "N3*1 ELM", "N4*AMES*IA*50010", "NM1*45*2*MERCY", "N3*2 ELM", "N4*AMES*IA*50010")


_FIRST = ("SBR*P*18*******CI", "OI***Y***Y", "NM1*IL*1*DOE*DANA****MI*OTHER1", "NM1*PR*2*OMEGA*****PI*OMEGA1")


def _paid(rank: str, payer: str, *decided: str) -> tuple[str, ...]:
    """Loop 2320 with 2330A and 2330B of a payer that has decided."""
    benefits = () if any(segment.startswith("OI") for segment in decided) else ("OI***Y***Y",)
    insured = f"NM1*IL*1*DOE*DANA****MI*{payer}M"
    return (
        *(f"SBR*{rank}*18*******CI", *decided, *benefits, insured),
        *(f"NM1*PR*2*OTHER PLAN*****PI*{payer}", "DTP*573*D8*20261108", "REF*F8*ICN1001"),
    )


CLAIMS = (
    _p("a void", put("CLM", "05-3", "8"), claim=REPLACING),
    _p("a reason for delay", put("CLM", "20", "11")),
    _p("the patient's signature made by the provider", put("CLM", "10", "P")),
    _p("no assignment", put("CLM", "07", "C"), put("CLM", "08", "N"), put("CLM", "09", "I")),
    _p("cents", claim=ClaimSpec("A1", (LineSpec(charge="120.50"), LineSpec("36415", "0.25"), LineSpec("85025", 7)))),
    _p("a zero at the end of the cents", put("CLM", "02", "120.00"), put("SV1", "02", "120.0")),
    _p("a line without charge", claim=ClaimSpec("A1", (LineSpec(), LineSpec("3074F", 0)))),
    _p("a claim number of twenty characters", put("CLM", "01", "AB-12345/67890_1234X")),
    _p(
        "all dates of a claim, in no order",
        after(
            "CLM",
            *("DTP*096*D8*20261104", "DTP*435*D8*20261101", "DTP*431*D8*20261030", "DTP*304*D8*20261001"),
            *("DTP*454*D8*20260930", "DTP*453*D8*20261030", "DTP*484*D8*20260901", "DTP*455*D8*20260902"),
            *("DTP*471*D8*20260903", "DTP*314*RD8*20261101-20261109", "DTP*297*D8*20261029", "DTP*296*D8*20261110"),
            *("DTP*090*D8*20260701", "DTP*091*D8*20260731", "DTP*444*D8*20261030", "DTP*050*D8*20261109"),
        ),
    ),
    _p(
        "all references of a claim, in no order",
        before(
            "HI*ABK",
            *("REF*EA*1", "REF*D9*2", "REF*P4*3", "REF*1J*4", "REF*LX*5", "REF*9C*6", "REF*9A*7", "REF*X4*8"),
            *("REF*G1*9", "REF*9F*10", "REF*EW*11", "REF*F5*N", "REF*4N*1"),
        ),
    ),
    _p("attachments and a payment", before("HI*ABK", "PWK*OZ*EL***AC*X1001", "PWK*B4*AA", "CN1*02*80", "AMT*F5*20")),
    _p(
        "twelve diagnoses",
        claim=ClaimSpec("A1", (LineSpec(pointer="12:1:7:3"),), diagnoses=[f"E1{n}" for n in range(10, 22)]),
    ),
    _p("procedures of anesthesia, conditions", after("HI*ABK", "HI*BP:33426*BO:33405", "HI*BG:17*BG:67")),
    _p("a claim priced by another", after("HI*ABK", "HCP*03*100*20*RPO1001")),
    _p("a chiropractor", before("HI*ABK", "CR2********A**SPINE")),
    _p("glasses and a child's examination", before("HI*ABK", "CRC*E1*Y*L1", "CRC*ZZ*Y*AV")),
    _p(
        "an ambulance",
        before("HI*ABK", "NTE*ADD*FALL AT HOME", "CR1*LB*150**A*DH*12****STRETCHER", "CRC*07*Y*01*05"),
        before("LX", *_PLACES),
        after("DTP*472", "QTY*PT*2"),
        claim=ClaimSpec("A1", (LineSpec("A0429", 500), LineSpec("A0425", 120, 12)), place_of_service="41"),
    ),
    _p(
        "an ambulance whose line has the places",
        after("DTP*472", "QTY*PT*2"),
        after("SV1", "CR1*LB*150**A*DH*0"),
        before("SE", *_PLACES),
        claim=ClaimSpec("A1", (LineSpec("A0429", 500),), place_of_service="41", rendering=""),
    ),
    _p("an unlisted service with its description", put("SV1", "01", "HC:99199:25::::SCAR SHAVED")),
    _p("a drug without a code of its own", put("SV1", "01", "HC:J3490:::::NEW DRUG 5 MG")),
    _p(
        "Medicare pays second",
        put("SBR", "01", "S"),
        put("SBR", "05", "12"),
        put("SBR", "09", "MB"),
        before("LX", *_FIRST),
    ),
    _p("a visit in the ward", put("CLM", "05-1", "21"), after("CLM", "DTP*435*D8*20261103", "DTP*096*D8*20261103")),
    _p("a newborn on the day of birth", put("DMG", "02", "20261103")),
    _p("a patient who died on the day", after("SBR", "PAT*****D8*20261103")),
    _p("attachments that are on request or numbered", before("HI*ABK", "PWK*OZ*AA", "PWK*OZ*FX***AC*X1001")),
    _p("a ZIP code on a border", instead("N4", "N4*FISHERS ISLAND*NY*06390", nth=2)),
    _p("an address abroad without state or code", instead("N4", "N4*ROSEAU***DM", nth=2)),
    _p(
        "every provider of a claim",
        after("HI*ABK", "NM1*DN*1*ARBOR*ANNA****XX*2000005001", "NM1*P3*1*ELM*ERIN****XX*2000000093", "REF*0B*L1"),
        after("PRV*PE", "REF*G2*P1", *_FACILITY, "REF*0B*F1", "PER*IC*DESK*TE*5555550104"),
        before("LX", "NM1*DQ*1*ELM*ERIN****XX*2000000093", "REF*1G*U1"),
    ),
    _p("a renderer without NPI", cut("NM1*82", 4), after("PRV*PE", "REF*G2*P1001")),
    _p("an organization that renders", put("NM1*82", "02", "2"), put("NM1*82", "04", "")),
)

PRACTICE = (
    _p("an accident's part in what the patient has", claim=ClaimSpec("A1", diagnoses=("S52501A", "W19XXXA", "Y929"))),
    _p("a child's examination and what followed", before("HI*ABK", "CRC*ZZ*Y*ST*S2*AV"), put("SV1", "11", "Y")),
    _p("a child's examination of which nothing followed", before("HI*ABK", "CRC*ZZ*N*NU")),
    _p("a visit by telephone line", put("CLM", "05-1", "10"), put("SV1", "01", "HC:99213:95")),
    _p("supplies for months to come", put("DTP*472", "02", "RD8"), put("DTP*472", "03", "20261103-20270202")),
    _p(
        "a name with its ordinal, a rural route",
        put("NM1*IL", "03", "SMITH 3RD"),
        put("N3", "01", "RR 2 BOX 14", nth=2),
    ),
    _p(
        "denied as a whole by the first payer",
        put("SBR", "01", "S"),
        before("LX", *_paid("P", "OMEGA1", "CAS*PR*204*120", "AMT*D*0")),
    ),
    _p(
        "not covered by the first payer, who was not asked",
        *(put("SBR", "01", "S"), before("LX", _FIRST[0], "AMT*A8*120", *_FIRST[1:])),
    ),
    _p(
        "Medicare pays third",
        *(put("SBR", "01", "T"), put("SBR", "05", "12"), put("SBR", "09", "MB")),
        before("LX", *_paid("P", "OMEGA1", "CAS*CO*45*50", "CAS*PR*1*70", "AMT*D*0")),
        before("LX", *_paid("S", "SIGMA1", "CAS*OA*23*50", "CAS*PR*1*20", "AMT*D*50")),
        claim=ClaimSpec("A1", member_id="1EG4TE5MK73"),
    ),
    _p(
        "a line that another payer took apart",
        put("SBR", "01", "S"),
        before("LX", *_paid("P", "OMEGA1", "AMT*D*100")),
        after(
            "REF*6R",
            *("SVD*OMEGA1*60*HC:80048**1", "CAS*CO*45*20", "DTP*573*D8*20261108"),
            *("SVD*OMEGA1*40*HC:84443**1", "DTP*573*D8*20261108"),
        ),
    ),
    _p(
        "drops of a drug in milligrams",
        after("REF*6R", "LIN**N4*00001000102", "CTP****0.5*ME", "REF*VY*LINK1"),
        claim=ClaimSpec("A1", (LineSpec("J0585", 900, 100),)),
    ),
    _p(
        "what a plan of the state paid and asks back",
        put("BHT", "06", "31"),
        after("REF*EI", "NM1*PE*2*STATE PLAN*****PI*PLAN1", "N3*1 X", "N4*AMES*IA*500100001", "REF*EI*999990005"),
        why="it does not know BHT06 31",
    ),
    _p("a spouse", put("PAT", "01", "01"), claim=ClaimSpec("A1", dependent=True)),
    _i(
        "a month of a nursing facility",
        *(put("CLM", "05-3", "2"), put("CL1", "03", "30"), after("DTP*434", "DTP*435*D8*20261103")),
        after("HI*ABK", "HI*ABJ:R079"),
        claim=ClaimSpec(
            "I1",
            (LineSpec("", 900, 7, last_day=date(2026, 11, 9), revenue_code="0120"),),
            facility_type="21",
        ),
    ),
    _i(
        "a birth",
        *(put("CL1", "01", "4"), put("CL1", "02", "5"), after("DTP*434", "DTP*096*TM*1130", "DTP*435*DT*202611030915")),
        after("HI*ABK", "HI*ABJ:Z3800", "HI*BE:54:::3200"),
        claim=ClaimSpec("I1", (LineSpec("", 900, 1, revenue_code="0170"),), facility_type="11"),
    ),
    _i("an admission that is planned", after("HI*ABK", "HI*BH:40:D8:20281102")),
    _d("a quadrant scaled", put("SV3", "04", "10"), claim=ClaimSpec("D1", (LineSpec("D4341", 190),))),
    _d("a tooth of a child", claim=ClaimSpec("D1", (LineSpec("D7140", 90, tooth="A"),))),
)

LINES = (
    _p("a range of days", claim=ClaimSpec("A1", (LineSpec(last_day=date(2026, 11, 6), units=4),))),
    _p("half a unit", put("SV1", "04", "1.5")),
    _p("minutes of anesthesia", put("SV1", "03", "MJ"), put("SV1", "04", "95")),
    _p("four modifiers and a description", put("SV1", "01", "HC:99213:25:26:59:RT:SPECIAL VISIT")),
    _p(
        "an emergency, a screening, family planning, no copay",
        instead("SV1", "SV1*HC:99213*120*UN*1*23**1**Y**Y*Y***0"),
    ),
    _p("fifty lines", claim=ClaimSpec("A1", [LineSpec("97110", n + 1) for n in range(50)])),
    _p(
        "a drug with its prescription",
        after("REF*6R", "LIN**N4*00000000000", "CTP****1.5*ML", "REF*XZ*RX1001"),
        claim=ClaimSpec("A1", (LineSpec("J1885"),)),
    ),
    _p(
        "rented equipment with its certificate",
        after("SV1", "SV5*HC:E0100*DA*30*50*200*4", "PWK*CT*AB", "CR3*I*MO*12", "CRC*09*Y*38"),
        after("DTP*472", "DTP*607*D8*20261101", "DTP*463*D8*20261101", "DTP*461*D8*20261101"),
        before("SE", "LQ*UT*01.02", "FRM*1*Y", "FRM*2**A1"),
        claim=ClaimSpec("A1", (LineSpec("E0100"),)),
        why="it takes the certificate's PWK*CT*AB for an attachment",
    ),
    _p(
        "a laboratory",
        after(
            "DTP*472", "DTP*738*D8*20261102", "MEA*TR*R1*10.4", "MEA*OG*HT*70", "REF*X4*99D0000001", "REF*F4*99D0000002"
        ),
    ),
    _p("prior authorization by another payer", after("REF*6R", "REF*G1*PA1", "REF*9F*R1")),
    _p("taxes, notes and file information", after("REF*6R", "AMT*T*1", "AMT*F4*2", "K3*X", "NTE*ADD*A", "NTE*TPO*B")),
    _p(
        "every provider of a line",
        after(
            "REF*6R",
            *("PS1*2000009011*40", "NM1*82*1*ELM*ERIN****XX*2000000093", "PRV*PE*PXC*207Q00000X"),
            *("NM1*QB*2******XX*2000009011", *_FACILITY, "NM1*DQ*1*ELM*ERIN****XX*2000000093"),
            *("NM1*DK*1*ELM*ERIN****XX*2000000093", "N3*1 X", "N4*AMES*IA*50010", "PER*IC*DESK*TE*5555550104"),
            *("NM1*DN*1*ARBOR*ANNA****XX*2000005001", "NM1*P3*1*ARBOR*ANNA****XX*2000005001"),
        ),
    ),
    _p(
        "a third payer's claim, adjusted as a whole",
        before("LX", *_paid("P", "OMEGA1", "CAS*CO*45*50", "CAS*PR*2*70", "AMT*D*60", "AMT*EAF*70")),
        before(
            "LX",
            *_paid("S", "SIGMA1", "CAS*OA*23*110", "CAS*PR*3*20", "AMT*D*50", "OI***Y***Y", "MOA***MA01"),
        ),
        claim=replace(SECONDARY, other_payer_id="", responsibility="T"),
    ),
    _p("a second payer's claim, not decided by the first", claim=SECONDARY),
)

INSTITUTIONAL = (
    Clean("institutional, the third addendum", batch837i([VISIT, STAY], version="005010X223A3"), _ADDENDUM),
    _i("lines without a date", drop("DTP*472")),
    _i("a bill that others follow", put("CLM", "05-3", "2")),
    _i(
        "a stay of a week",
        claim=ClaimSpec("I1", (LineSpec("", 900, 7, last_day=date(2026, 11, 10), revenue_code="0120"),)),
    ),
    _i("a procedure of a revenue line in days", put("SV2", "04", "DA")),
    _i(
        "all kinds of information",
        after(
            "HI*ABK",
            *("HI*ABJ:R079", "HI*ABN:W19XXXA:::::::N", "HI*DR:470", "HI*ABF:E119:::::::Y*ABF:I10:::::::N"),
            *("HI*BBR:0DTJ4ZZ:D8:20261103", "HI*BBQ:0DJD8ZZ:D8:20261103", "HI*BI:71:RD8:20261001-20261005"),
            *("HI*BH:11:D8:20261102*BH:18:D8:20261001", "HI*BE:80:::2*BE:A1:::150.25", "HI*BG:C1*BG:09", "HI*TC:AA"),
        ),
        after("DTP*434", "DTP*435*D8*20261103"),
    ),
    _i(
        "references, notes and a child's examination",
        before(
            "HI*ABK", "REF*LU*IA", "REF*G4*1", "REF*LX*1", "REF*LX*2", "K3*X", "NTE*MED*A", "NTE*ADD*B", "CRC*ZZ*Y*AV"
        ),
    ),
    _i(
        "every provider",
        after(
            "NM1*71",
            *("PRV*AT*PXC*207Q00000X", "REF*0B*L1", "NM1*72*1*ELM*ERIN****XX*2000000093"),
            *("NM1*ZZ*1*ELM*ERIN****XX*2000000093", "NM1*82*1*ELM*ERIN****XX*2000000093", *_FACILITY),
            "NM1*DN*1*ARBOR*ANNA****XX*2000005001",
        ),
    ),
    _i(
        "a second payer's claim",
        put("SBR", "01", "S"),
        before("LX", *_paid("P", "OMEGA1", "CAS*CO*45*100", "AMT*D*800", "OI***Y***Y", "MIA*1***900")),
    ),
    _i("a drug", after("REF*6R", "LIN**N4*00000000000", "CTP****1*UN", "REF*XZ*RX1")),
)

DENTAL = (
    Clean("dental, the third addendum", batch837d([FILLING, BRACES], version="005010X224A3"), "it has no dental guide"),
    _d("surfaces of a tooth", put("TOO", "03", "M:O:D")),
    _d("two teeth of a line", twice("TOO")),
    _d("a cavity, a crown, its age", instead("SV3", "SV3*AD:D2150*140**10:20*R*1")),
    _d("a place of service on the line", put("SV3", "03", "22")),
    _d("a date on the claim alone", drop("DTP*472", nth=2)),
    _d("a date on the line alone", drop("DTP*472")),
    _d("no diagnosis", drop("HI*ABK")),
    _d("a pointer", put("SV3", "11", "1")),
    _d(
        "a question what a plan would pay",
        put("CLM", "19", "PB"),
        *(drop("DTP*472"), drop("DTP*472")),
        claim=ClaimSpec("D1", (LineSpec("D2150", 140, tooth="3"),), diagnoses=()),
    ),
    _d("missing teeth", after("DTP*472", "DN2*1*M****JP", "DN2*2*M****JP")),
    _d("months of braces that remain", after("DTP*472", "DTP*452*D8*20260901", "DN1*24*18")),
    _d("an assistant surgeon", before("LX", "NM1*DD*1*ELM*ERIN****XX*2000000093", "PRV*AS*PXC*1223S0112X")),
    _d("references and a note", before("HI*ABK", "REF*G3*P1", "REF*G1*A1", "REF*9F*R1", "REF*D9*T1", "NTE*ADD*X")),
)

CLEAN: tuple[Clean, ...] = (*CLAIMS, *PRACTICE, *LINES, *INSTITUTIONAL, *DENTAL)
