"""Defects that payers deny for, and no table of a guide has: what one kind of plan asks for, services that do not fit the
patient or the place, stays, teeth, ranks of payers, and words that stand for nothing."""

from __future__ import annotations

from functools import partial

from gateway.model.claims import Outcome
from tests.defects.catalogue import Defect, in_body
from tests.defects.editing import after, before, cut, drop, instead, put

_P = partial(in_body, "P")
_R = partial(in_body, "replacement")
_S = partial(in_body, "secondary")
_M = partial(in_body, "medicare")
_I = partial(in_body, "stay")
_WARN = partial(in_body, "P", at_least=Outcome.WARN)
_WARN_M = partial(in_body, "medicare", at_least=Outcome.WARN)
_WARN_S = partial(in_body, "secondary", at_least=Outcome.WARN)
_WARN_I = partial(in_body, "stay", at_least=Outcome.WARN)
_WARN_D = partial(in_body, "filling", at_least=Outcome.WARN)
_MAN = put("DMG", "03", "M")

FORMS = (
    _P("a charge of ten digits", put("SV1", "02", "1234567890"), put("CLM", "02", "1234567905"), at="2400/SV102"),
    _P("the patient paid a part of a cent", before("REF*G1", "AMT*F5*1.005"), at="2300/AMT02"),
    _S("an adjustment has three decimals", put("CAS", "03", "20.000"), at="2430/CAS03"),
    _P("an exception is none of the seven", after("REF*G1", "REF*4N*9"), at="2300/REF02"),
    _P("a crossover is neither yes nor no", after("REF*G1", "REF*F5*X"), at="2300/REF02"),
    _P("a child's examination with and without referral", after("NTE", "CRC*ZZ*Y*NU"), at="2300/CRC03"),
    _P("a child's examination without referral, and one", after("NTE", "CRC*ZZ*N*AV"), at="2300/CRC03"),
    _P("how the injury came about is what the patient has", put("HI*ABK", "01-2", "W19XXXA"), at="2300/HI01"),
    _I("how the injury came about is what the patient has", put("HI*ABK", "01-2", "W19XXXA"), at="2300/HI01"),
    _I("a value is negative", put("HI*BE", "01-5", "-2"), at="2300/HI01"),
    _WARN("a prior authorization is the word for none", put("REF*G1", "02", "NONE"), at="2300/REF02"),
    _WARN("the subscriber's name has a digit", put("NM1*IL", "03", "D0E"), at="2010BA/NM103"),
    _WARN("the subscriber's street is unknown", put("N3", "01", "UNKNOWN", nth=2), at="2010BA/N301"),
    _WARN("a referring laboratory's number has no D", after("REF*6R", "REF*F4*1600000001"), at="2400/REF02"),
    _WARN("the billing ZIP ends with zeros", put("N4", "03", "506130000"), at="2010AA/N403"),
    _WARN("a procedure of zeros", put("SV1", "01", "HC:00000"), at="2400/SV101"),
)

NUMBERS = (
    _R("the original's number is the word for none", put("REF*F8", "02", "NONE"), at="2300/REF02"),
    _R("the original's number is zero", put("REF*F8", "02", "0"), at="2300/REF02"),
    in_body(
        "replacement",
        "the original's number is the practice's own",
        put("REF*F8", "02", "R1"),
        at="2300/REF02",
        at_least=Outcome.WARN,
    ),
    _P("the renderer has no number at all", cut("NM1*82", 4), at="2310B/NM109"),
    _P("a line's renderer has no number at all", cut("NM1*82", 4, nth=2), at="2420A/NM109"),
    _WARN("the referring provider has no number at all", cut("NM1*DN", 4), at="2310A/NM109"),
)

PLANS = (
    _WARN("Medicare is billed for a dependent", put("SBR", "09", "MB", nth=2), at="2000C/PAT01"),
    _WARN_M("the member id is none of Medicare's", put("NM1*IL", "09", "123456789A"), at="2010BA/NM109"),
    _WARN_M("Part A is billed by a physician", put("SBR", "09", "MA"), at="2000B/SBR09"),
    _WARN_M("Medicare pays first, and why it pays second", put("SBR", "05", "12"), at="2000B/SBR05"),
    _WARN_M("a laboratory without its number", drop("REF*X4"), at="2400/REF02"),
    _WARN_M("a test that nobody ordered", drop("NM1*DN"), at="2310A/NM109"),
    _WARN_M("a therapist's line without the plan", put("SV1", "01", "HC:97110"), at="2400/SV101"),
    _WARN("an accident on a day, of no kind", after("CLM", "DTP*439*D8*20261101"), at="2300/CLM11"),
    _WARN("an accident before birth", put("CLM", "11", "OA"), after("CLM", "DTP*439*D8*19700101"), at="2300/DTP03"),
    _WARN("an employer's insurer and no cause", put("SBR", "09", "WC"), at="2300/CLM11"),
    _P("a line's prescription after the service", after("DTP*472", "DTP*471*D8*20261109"), at="2400/DTP03"),
)

SERVICES = (
    _P("a man is pregnant by diagnosis", _MAN, put("HI*ABK", "02-2", "O0990"), at="2300/HI"),
    _WARN("a woman with a prostate", put("HI*ABK", "02-2", "N400"), at="2300/HI"),
    _WARN("a man gives birth", _MAN, put("SV1", "01", "HC:59400"), at="2400/SV101"),
    _WARN("an emergency visit in an office", put("SV1", "01", "HC:99284"), at="2400/SV101"),
    _WARN("a preventive visit of another age", put("SV1", "01", "HC:99391"), at="2400/SV101"),
    _WARN("both parts of a service and the part", put("SV1", "01", "HC:93000:26:TC"), at="2400/SV101"),
)

OTHER_PAYERS = (
    _WARN_S("the third payer after one", put("SBR*S", "01", "T"), at="2320/SBR01"),
    _S("the claim is adjusted and nothing is paid", drop("AMT*D"), after("SBR*P", "CAS*CO*45*20"), at="2320/AMT02"),
)

STAYS = (
    _I("the patient is there still, and the bill is final", put("CL1", "03", "30"), at="2300/CL103"),
    _WARN_I("the patient left, and other bills follow", put("CLM", "05-3", "2"), at="2300/CL103"),
    _I("an occurrence span ends before it begins", put("HI*BI", "01-4", "20261005-20261001"), at="2300/HI"),
    in_body("stay", "an occurrence is to come", put("HI*BH", "01-4", "20281102"), at="2300/HI", by="gate"),
    _WARN_I("no admitting diagnosis", drop("HI*ABJ"), at="2300/HI"),
    _WARN_I("nothing is said of the admission's diagnosis", put("HI*ABK", "01", "ABK:J069"), at="2300/HI01"),
    _WARN_I("no hour of the discharge", drop("DTP*096"), at="2300/DTP03"),
    _WARN_I("nobody operated", drop("NM1*72"), at="2310B/NM109"),
    _WARN_I("more nights than days", put("SV2", "05", "5"), at="2400/SV205"),
    _WARN_I("a condition twice", put("HI*BG", "02", "BG:C1"), at="2300/HI"),
    in_body("I", "an emergency of no procedure", cut("SV2", 0), at="2400/SV2"),
    _WARN_D("a filling at no tooth", drop("TOO"), at="2400/TOO02"),
    _WARN_D("fewer surfaces than the filling's", put("TOO", "03", "M"), at="2400/TOO03"),
    _WARN_D("a quadrant's surgery nowhere", instead("SV3", "SV3*AD:D4341*140"), drop("TOO"), at="2400/SV304"),
)

DEFECTS: tuple[Defect, ...] = (
    *(*FORMS, *NUMBERS, *PLANS, *SERVICES),
    *(*OTHER_PAYERS, *STAYS),
)
