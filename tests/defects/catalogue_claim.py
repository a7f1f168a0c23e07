"""Defects of a professional claim from CLM to its providers (837P 2300 and 2310)."""

from __future__ import annotations

from functools import partial

from gateway.model.claims import Outcome
from tests.defects.catalogue import Defect, in_body
from tests.defects.editing import after, before, cut, drop, drop_from, instead, move, put, twice

_P = partial(in_body, "P")
_R = partial(in_body, "replacement")
_LONG = "A" * 90
_WARNED = Outcome.WARN

CLAIM = (
    _P("the CLM is missing", drop("CLM")),
    _P("the CLM stands twice", twice("CLM")),
    _P("CLM01 is empty", put("CLM", "01", ""), at="2300/CLM01"),
    _P("CLM01 has 39 characters", put("CLM", "01", "A" * 39), at="2300/CLM01"),
    _P("CLM02 is empty", put("CLM", "02", ""), at="2300/CLM02"),
    _P("CLM02 has a letter", put("CLM", "02", "13S"), at="2300/CLM02"),
    _P("CLM02 has a thousands separator", put("CLM", "02", "1,135"), at="2300/CLM02"),
    _P("CLM02 has a currency sign", put("CLM", "02", "$135"), at="2300/CLM02"),
    _P("CLM02 has two points", put("CLM", "02", "1.3.5"), at="2300/CLM02"),
    _P("CLM02 is negative", put("CLM", "02", "-135"), at="2300/CLM02"),
    _P("CLM02 is more than its lines", put("CLM", "02", "136"), at="2300/CLM02"),
    _P("CLM02 is a cent less than its lines", put("CLM", "02", "134.99"), at="2300/CLM02"),
    _P("CLM02 has three decimals", put("CLM", "02", "135.001"), at="2300/CLM02"),
    _P("CLM02 has nineteen digits", put("CLM", "02", "1" * 19), at="2300/CLM02"),
    _P("CLM03 is filled", put("CLM", "03", "1"), at="2300/CLM03"),
    _P("CLM05 is empty", put("CLM", "05", ""), at="2300/CLM05"),
    _P("the place of service is in no list", put("CLM", "05-1", "00"), at="2300/CLM05"),
    _P("the place of service is unassigned", put("CLM", "05-1", "88"), at="2300/CLM05"),
    _P("the place of service is missing", put("CLM", "05-1", ""), at="2300/CLM05"),
    _P("the place of service is a bill type", put("CLM", "05-2", "A"), at="2300/CLM05-2"),
    _P("CLM05-2 is unknown", put("CLM", "05-2", "Z"), at="2300/CLM05-2"),
    _P("CLM05-2 is empty", put("CLM", "05-2", ""), at="2300/CLM05-2"),
    _P("the frequency is missing", put("CLM", "05-3", ""), at="2300/CLM05"),
    _P("the frequency is unknown", put("CLM", "05-3", "Z"), at="2300/CLM05"),
    _P("the frequency is that of a final bill", put("CLM", "05-3", "9"), at="2300/CLM05"),
    _P("the frequency is too long", put("CLM", "05-3", "11"), at="2300/CLM05"),
    _P("CLM05 has a component too many", put("CLM", "05-4", "X"), at="2300/CLM05"),
    _P("CLM06 is neither yes nor no", put("CLM", "06", "X"), at="2300/CLM06"),
    _P("CLM06 is empty", put("CLM", "06", ""), at="2300/CLM06"),
    _P("CLM07 is a code of the older guide", put("CLM", "07", "P"), at="2300/CLM07"),
    _P("CLM07 is empty", put("CLM", "07", ""), at="2300/CLM07"),
    _P("CLM08 is unknown", put("CLM", "08", "X"), at="2300/CLM08"),
    _P("CLM08 is empty", put("CLM", "08", ""), at="2300/CLM08"),
    _P("CLM09 is a code of the older guide", put("CLM", "09", "M"), at="2300/CLM09"),
    _P("CLM09 is missing", cut("CLM", 8), at="2300/CLM09"),
    _P("CLM10 is a code of the older guide", put("CLM", "10", "B"), at="2300/CLM10"),
    _P("CLM11 names an unknown cause", put("CLM", "11", "XX"), at="2300/CLM11"),
    _P("CLM11 names an unknown state", put("CLM", "11", "AA:::QX"), at="2300/CLM11"),
    _P("CLM11 has a car accident in no state", put("CLM", "11", "AA"), after("CLM", "DTP*439*D8*20261101"), at="2300"),
    _P("CLM11 has an accident on no day", put("CLM", "11", "OA"), at="2300"),
    _P("CLM12 is unknown", put("CLM", "12", "99"), at="2300/CLM12"),
    _P("CLM16 is filled", put("CLM", "16", "P"), at="2300/CLM16"),
    _P("CLM20 is an unknown reason for delay", put("CLM", "20", "12"), at="2300/CLM20"),
    _P("the CLM has an element too many", put("CLM", "21", "X"), at="2300/CLM"),
)

DATES = (
    _P("a claim date is of an unknown kind", after("CLM", "DTP*999*D8*20261101"), at="2300/DTP"),
    _P("a claim date has an unknown form", after("CLM", "DTP*431*D6*261101"), at="2300/DTP02"),
    _P("a claim date is a range where one day is asked", after("CLM", "DTP*431*RD8*20261101-20261102")),
    _P("a claim date is no day in the calendar", after("CLM", "DTP*431*D8*20261131"), at="2300/DTP03"),
    _P("a claim date is empty", after("CLM", "DTP*431*D8"), at="2300/DTP03"),
    _P("a claim date has slashes", after("CLM", "DTP*431*D8*11/01/26"), at="2300/DTP03"),
    _P("a claim date has no form", after("CLM", "DTP*431**20261101"), at="2300/DTP02"),
    _P("a claim date stands twice", after("CLM", "DTP*431*D8*20261101", "DTP*431*D8*20261102")),
    _P("the admission is after the discharge", after("CLM", "DTP*435*D8*20261104", "DTP*096*D8*20261102"), at="2300"),
    _P("a claim date stands after a reference", after("REF*G1", "DTP*431*D8*20261101")),
)

SUPPLEMENTS = (
    _P("an attachment is of an unknown kind", before("REF*G1", "PWK*QQ*BM***AC*X1"), at="2300/PWK01"),
    _P("an attachment comes in an unknown way", before("REF*G1", "PWK*OZ*QQ***AC*X1"), at="2300/PWK02"),
    _P("an attachment's number has no qualifier", before("REF*G1", "PWK*OZ*BM****X1"), at="2300/PWK05"),
    _P("a contract is of an unknown kind", before("REF*G1", "CN1*99"), at="2300/CN101"),
    _P("the patient's payment is no number", before("REF*G1", "AMT*F5*TEN"), at="2300/AMT02"),
    _P("the patient's payment is empty", before("REF*G1", "AMT*F5"), at="2300/AMT02"),
    _P("the patient's payment is negative", before("REF*G1", "AMT*F5*-10"), at="2300", at_least=_WARNED),
    _P("the patient paid more than the charge", before("REF*G1", "AMT*F5*500"), at="2300", at_least=_WARNED),
    _P("the patient's payment stands twice", before("REF*G1", "AMT*F5*10", "AMT*F5*10")),
    _P("an amount is of an unknown kind", before("REF*G1", "AMT*QQ*10")),
    _P("a reference is of an unknown kind", after("REF*G1", "REF*QQ*1")),
    _P("a reference is empty", cut("REF*G1", 1), at="2300/REF02"),
    _P("a reference has no qualifier", put("REF*G1", "01", "")),
    _P("a reference is too long", put("REF*G1", "02", "A" * 51), at="2300/REF02"),
    _P("a prior authorization stands twice", twice("REF*G1")),
    _P("a record number stands twice", twice("REF*EA")),
    _P("a trace stands twice", before("REF*EA", "REF*D9*T1", "REF*D9*T2")),
    _P("a trace stands after the diagnoses", after("HI*ABK", "REF*D9*T1")),
    _P("a reference stands after the note", move("REF*EA", "NTE")),
    _P("a replacement has the original's number twice", after("CLM", "REF*F8*1", "REF*F8*2")),
    _R("a replacement does not name what it replaces", drop("REF*F8"), at="2300/"),
    _R("a void does not name what it voids", put("CLM", "05-3", "8"), drop("REF*F8"), at="2300/"),
    _R("an original names a claim it replaces", put("CLM", "05-3", "1"), at="2300", at_least=_WARNED),
    _P("file information is empty", before("NTE", "K3"), at="2300/K3"),
    _P("file information is too long", before("NTE", "K3*" + _LONG), at="2300/K301"),
    _P("a note is of an unknown kind", put("NTE", "01", "QQQ"), at="2300/NTE01"),
    _P("a note is empty", cut("NTE", 1), at="2300/NTE02"),
    _P("a note is too long", put("NTE", "02", _LONG), at="2300/NTE02"),
    _P("a note stands twice", twice("NTE")),
    _P("an ambulance's weight has no unit", after("NTE", "CR1**150**A*DH*12"), at="2300/CR1"),
    _P("an ambulance's reason is unknown", after("NTE", "CR1*LB*150**Q*DH*12"), at="2300/CR104"),
    _P("an ambulance's distance is missing", after("NTE", "CR1*LB*150**A*DH"), at="2300/CR106"),
    _P("a chiropractor's condition is unknown", after("NTE", "CR2********Q"), at="2300/CR208"),
    _P("a condition is of an unknown category", after("NTE", "CRC*QQ*Y*01"), at="2300/CRC"),
    _P("a condition is neither yes nor no", after("NTE", "CRC*07*Q*01"), at="2300/CRC02"),
    _P("a condition is unknown", after("NTE", "CRC*07*Y*99"), at="2300/CRC03"),
)

DIAGNOSES = (
    _P("the diagnoses are missing", drop("HI*ABK"), at="2300/HI"),
    _P("the diagnoses have no element", instead("HI*ABK", "HI")),
    _P("a diagnosis is of an unknown kind", put("HI*ABK", "02-1", "QQQ"), at="2300/HI02"),
    _P("no diagnosis is the principal one", put("HI*ABK", "01-1", "ABF"), at="2300/HI"),
    _P("two diagnoses are the principal one", put("HI*ABK", "02-1", "ABK"), at="2300/HI02"),
    _P("a diagnosis has a point", put("HI*ABK", "02-2", "M54.5"), at="2300/HI"),
    _P("a diagnosis has no code", put("HI*ABK", "02-2", ""), at="2300/HI02"),
    _P("a diagnosis has no kind", put("HI*ABK", "02-1", ""), at="2300/HI02"),
    _P("a diagnosis is too long", put("HI*ABK", "02-2", "A" * 31), at="2300/HI02"),
    _P("a diagnosis is none of ICD-10", put("HI*ABK", "02-2", "99213"), at="2300/HI", at_least=_WARNED),
    _P("a diagnosis is of ICD-9 after its end", put("HI*ABK", "02", ""), put("HI*ABK", "01", "BK:4659"), at="2300/HI"),
    _P("diagnoses are of ICD-9 and ICD-10", put("HI*ABK", "02", "BF:7245"), at="2300/HI"),
    _P("a diagnosis stands twice", put("HI*ABK", "02-2", "J069"), at="2300/HI", at_least=_WARNED),
    _P("a diagnosis has components of another guide", put("HI*ABK", "02-3", "D8"), at="2300/HI02"),
    _P("there are thirteen diagnoses", put("HI*ABK", "13", "ABF:E119"), at="2300/HI"),
    _P("the diagnoses stand twice", twice("HI*ABK")),
    _P("the diagnoses stand before a reference", move("REF*EA", "HI*ABK")),
)

PROVIDERS = (
    _P("a provider's role is unknown", put("NM1*82", "01", "9Z")),
    _P("a provider's role is that of a hospital", put("NM1*82", "01", "71")),
    _P("the rendering NPI is missing", cut("NM1*82", 8), at="2310B/NM109"),
    _P("the rendering NPI has no qualifier", put("NM1*82", "08", ""), at="2310B/NM108"),
    _P("the rendering NPI has an old qualifier", put("NM1*82", "08", "34"), at="2310B/NM108"),
    _P("the rendering NPI has nine digits", put("NM1*82", "09", "200000001"), at="2310B/NM109"),
    _P("the rendering NPI has a wrong check digit", put("NM1*82", "09", "2000000011"), at="2310B/NM109"),
    _P("the rendering NPI has spaces", put("NM1*82", "09", "2000 000010"), at="2310B/NM109"),
    _P("the rendering provider has no name", put("NM1*82", "03", ""), at="2310B/NM103"),
    _P("the rendering provider's entity type is unknown", put("NM1*82", "02", "9"), at="2310B/NM102"),
    _P("the rendering provider stands twice", before("NM1*77", "NM1*82*1*ELM*ERIN****XX*2000000093")),
    _P("the rendering specialty has an old qualifier", put("PRV*PE", "02", "ZZ"), at="2310B/PRV02"),
    _P("the rendering specialty has no code", cut("PRV*PE", 2), at="2310B/PRV03"),
    _P("the rendering specialty is no taxonomy code", put("PRV*PE", "03", "MD"), at="2310B", at_least=_WARNED),
    _P("the specialty stands before its provider", move("NM1*82", "PRV*PE")),
    _P("the referring provider has a specialty", after("NM1*DN", "PRV*RF*PXC*207Q00000X")),
    _P("the referring provider is an organization", put("NM1*DN", "02", "2"), at="2310A", at_least=_WARNED),
    _P("the referring NPI has a wrong check digit", put("NM1*DN", "09", "2000005002"), at="2310A/NM109"),
    _P("there are three referring providers", twice("NM1*DN"), twice("NM1*DN")),
    _P("the referring provider has an unknown reference", after("NM1*DN", "REF*QQ*1")),
    _P("the facility is a person", put("NM1*77", "02", "1"), at="2310C/NM102"),
    _P("the facility has no name", put("NM1*77", "03", ""), at="2310C/NM103"),
    _P("the facility's NPI has a letter", put("NM1*77", "09", "200000600A"), at="2310C/NM109"),
    _P("the facility's street is missing", drop("N3", nth=3), at="2310C/N3"),
    _P("the facility's city is missing", drop("N4", nth=3), at="2310C/N4"),
    _P("the facility's state is unknown", put("N4", "02", "QX", nth=3), at="2310C/N402"),
    _P("the facility's country is unknown", put("N4", "04", "QQ", nth=3), at="2310C/N404"),
    _P("the supervising NPI has a wrong check digit", put("NM1*DQ", "09", "2000000060"), at="2310D/NM109"),
    _P("the supervising provider is an organization", put("NM1*DQ", "02", "2"), at="2310D/NM102"),
    _P("an ambulance's pick-up has no address", after("NM1*DQ", "NM1*PW*2"), at="2310E/N3"),
    _P("an ambulance's drop-off has no city", after("NM1*DQ", "NM1*45*2", "N3*1 X"), at="2310F/N4"),
)

WITHOUT_LINES = (
    _P("a claim has no lines", drop_from("LX", "HL")),
    _P("the diagnoses stand after the lines", after("REF*6R", "HI*ABK:J069", nth=3)),
)

DEFECTS: tuple[Defect, ...] = (*CLAIM, *DATES, *SUPPLEMENTS, *DIAGNOSES, *PROVIDERS, *WITHOUT_LINES)
