"""Defects that no table of a guide shows: forms of numbers, loops out of order, and what payers look at."""

from __future__ import annotations

from functools import partial

from gateway.model.claims import Outcome
from tests.defects.catalogue import Defect, in_body, written_anew
from tests.defects.editing import after, before, drop, put

_P = partial(in_body, "P")
_I = partial(in_body, "I")
_S = partial(in_body, "secondary")
_R = partial(in_body, "replacement")
_WARN = partial(in_body, "P", at_least=Outcome.WARN)
_RECEIVER = "NM1*40*2*OPENGATE GATEWAY*****46*OPENGATE"
_SUBMITTER = "NM1*41*2*CEDAR FALLS FAMILY MEDICINE*****46*CFFM01"
_PAYER = "NM1*PR*2*ALPHA HEALTH PLAN*****PI*ALPHA1"
_OTHER_PAYER = ("NM1*PR*2*OMEGA INSURANCE*****PI*OMEGA1", "DTP*573*D8*20261108")

ORDER = (
    written_anew(
        "P", "the submitter's telephone number has seven digits", put("PER", "04", "5550100"), at="1000A/PER04"
    ),
    written_anew("P", "the receiver's loop stands first", before("NM1*41", _RECEIVER), drop("NM1*40", nth=2)),
    _P("the payer's loop stands before the subscriber's", before("NM1*IL", _PAYER), drop("NM1*PR", nth=2), at="2000B"),
    _P("the pay-to address stands first", before("NM1*85", "NM1*87*2", "N3*1 X", "N4*AMES*IA*50010"), at="2000A"),
    _S(
        "the other payer's loop stands before the other insured's",
        *(before("NM1*IL", *_OTHER_PAYER, nth=2), drop("NM1*PR*2*OMEGA INSURANCE", nth=2), drop("DTP*573", nth=2)),
        at="2320",
    ),
)

FORMS = (
    _P("a drug's code has ten digits", after("REF*6R", "LIN**N4*0000000000", "CTP****1*UN"), at="2410/LIN03"),
    _P("a drug's code has dashes", after("REF*6R", "LIN**N4*00000-0000-00", "CTP****1*UN"), at="2410/LIN03"),
    _P("a drug's quantity has no unit", after("REF*6R", "LIN**N4*00000000000", "CTP****1"), at="2410/CTP05"),
    _P("a drug's quantity is zero", after("REF*6R", "LIN**N4*00000000000", "CTP****0*UN"), at="2410/CTP04"),
    _WARN("the pay-to ZIP has four digits", after("REF*EI", "NM1*87*2", "N3*1 X", "N4*AMES*IA*5001"), at="2010AB/N403"),
    _P("the facility's ZIP has seven digits", put("N4", "03", "5061300", nth=3), at="2310C/N403"),
    _P("the facility's ZIP is all zeros", put("N4", "03", "000000000", nth=3), at="2310C/N403"),
    _P("the patient's social security number has eight digits", after("DMG", "REF*SY*99999000", nth=2), at="2010CA"),
    _I("a condition has one place", put("HI*BG", "01-2", "9"), at="2300/HI01"),
    _I("an occurrence has three places", put("HI*BH", "01-2", "111"), at="2300/HI01"),
    _I("an occurrence span is in small letters", put("HI*BI", "01-2", "m1"), at="2300/HI01"),
    _I("a value code has one place", put("HI*BE", "01-2", "8"), at="2300/HI01"),
    _I("a procedure is one of ICD-9", put("HI*BBR", "01-2", "4701"), at="2300/HI01"),
    _I("a procedure has an O for a zero", put("HI*BBR", "01-2", "ODTJ4ZZ"), at="2300/HI01"),
    _WARN(
        "a billing contact's telephone number has seven digits",
        after("REF*EI", "PER*IC*X*TE*5550100"),
        at="2010AA/PER04",
    ),
    _WARN("a line's CLIA number has no D", after("REF*6R", "REF*X4*1600000001"), at="2400/REF02"),
    _WARN("a tax id with a dash", put("REF*EI", "02", "99-9990001"), at="2010AA/REF02"),
    _WARN("the facility's ZIP lacks its last four digits", put("N4", "03", "50613", nth=3), at="2310C/N403"),
    _WARN("a taxonomy code of no group of providers", put("PRV*BI", "03", "999Z99999X"), at="2000A/PRV03"),
)

PRACTICE = (
    _S("Medicare pays second and nothing says why", put("SBR*S", "09", "MB"), at="2000B/SBR05"),
    _R("Medicare Part B is asked to replace a claim", put("SBR", "09", "MB"), at="2300/CLM05"),
    _P("an onset after the last service", after("CLM", "DTP*431*D8*20261105"), at="2300/DTP03"),
    _P("an accident after the last service", put("CLM", "11", "OA"), after("CLM", "DTP*439*D8*20261105"), at="2300"),
    _I("a revenue code that is the total's", put("SV2", "01", "0001"), at="2400/SV201"),
    _I("a revenue code of no range", put("SV2", "01", "4500"), at="2400/SV201"),
    _I("a bill type of no facility", put("CLM", "05-1", "51"), at="2300/CLM05"),
    _I("a bill type of no class", put("CLM", "05-1", "10"), at="2300/CLM05"),
    _P("a drug's quantity is negative", after("REF*6R", "LIN**N4*00000000000", "CTP****-1*UN"), at="2410/CTP04"),
    _WARN("an inpatient's visit without the admission", put("CLM", "05-1", "21"), at="2300/DTP03"),
    _WARN("a modifier behind an empty place", put("SV1", "01", "HC:99213::25"), at="2400/SV101"),
    _WARN("a modifier twice", put("SV1", "01", "HC:99213:25:25"), at="2400/SV101"),
    _WARN("minutes of what is no anesthesia", put("SV1", "03", "MJ"), at="2400/SV103"),
    in_body("secondary", "another payer paid for no units", put("SVD", "05", "0"), at="2430", at_least=Outcome.WARN),
)

DEFECTS: tuple[Defect, ...] = (*ORDER, *FORMS, *PRACTICE)
