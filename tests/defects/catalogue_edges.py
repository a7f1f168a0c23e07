"""Defects at the edges: values that trip readers, and contradictions that only a look at two places shows (837P)."""

from __future__ import annotations

from functools import partial

from gateway.model.claims import Outcome
from gateway.testing.builders import ClaimSpec, batch837p
from tests.defects.catalogue import Defect, in_body, in_envelope, written_anew
from tests.defects.editing import after, cut, instead, put, repeated, text

_P = partial(in_body, "P")
_WARN = partial(in_body, "P", at_least=Outcome.WARN)
_SECOND = partial(in_body, "secondary", at_least=Outcome.WARN)
_FAR = partial(in_body, "two providers")

_NEW_YEAR = instead("DTP*472", "DTP*472*RD8*20251231-20260102")
_AGAIN = (
    *(repeated("LX", "LX"), put("LX", "01", "2", nth=2), put("LX", "01", "3", nth=3)),
    *(put("REF*6R", "02", "A1L9", nth=2), put("CLM", "02", "255")),
)

NUMBERS = (
    _P("CLM02 has an exponent", put("CLM", "02", "1.35E2"), at="2300/CLM02"),
    _P("CLM02 has a plus sign", put("CLM", "02", "+135"), at="2300/CLM02"),
    _P("CLM02 is no number by name", put("CLM", "02", "NAN"), at="2300/CLM02"),
    _P("CLM02 is infinite", put("CLM", "02", "INFINITY"), at="2300/CLM02"),
    _P("CLM02 has an underscore", put("CLM", "02", "1_35"), at="2300/CLM02"),
    _P("CLM02 is a point", put("CLM", "02", "."), at="2300/CLM02"),
    _P("CLM02 is a minus sign", put("CLM", "02", "-"), at="2300/CLM02"),
    _P("CLM02 has a space in front", put("CLM", "02", " 135"), at="2300/CLM02"),
    _P("CLM02 has a superscript", put("CLM", "02", "13\xb2"), at="2300/CLM02"),
    _P("the units have a superscript", put("SV1", "04", "\xb2"), at="2400/SV104"),
    _P("HL01 is a superscript", put("HL", "01", "\xb2", nth=2)),
    _P("HL02 is a superscript", put("HL", "02", "\xb9", nth=2)),
    _P("LX01 is a superscript", put("LX", "01", "\xb2", nth=2), at="2400/LX01"),
    _P("LX01 has a zero in front", put("LX", "01", "01"), at="2400/LX01"),
    _P("a pointer is a superscript", put("SV1", "07", "\xb9"), at="2400/SV107"),
    _P("the billing NPI has a superscript", put("NM1*85", "09", "123456789\xb3"), at="2010AA/NM109"),
    _P("the subscriber's birth is all zeros", put("DMG", "02", "00000000"), at="2010BA/DMG02"),
    _P("the date of service is all zeros", put("DTP*472", "03", "00000000"), at="2400/DTP03"),
    _P("the date of service has a superscript", put("DTP*472", "03", "2026110\xb3"), at="2400/DTP03"),
    _P("the first pointer is empty", put("SV1", "07", ":1"), at="2400/SV107"),
    _P("the place of service has a superscript", put("CLM", "05-1", "1\xb9"), at="2300/CLM05"),
    in_envelope("P", "SE01 is a superscript", put("SE", "01", "6\xb2")),
    in_envelope("P", "GE01 is a superscript", put("GE", "01", "\xb9")),
    in_envelope("P", "IEA01 is a superscript", put("IEA", "01", "\xb9")),
    in_envelope("P", "SE01 has a space in front", put("SE", "01", " 60")),
    in_envelope("P", "SE01 has a hundred digits", put("SE", "01", "6" * 100)),
    in_envelope("P", "GS06 has a superscript", put("GS", "06", "10\xb9"), put("GE", "02", "10\xb9")),
    in_envelope("P", "ISA16 is a space", put("ISA", "16", " "), at="ISA"),
    in_envelope("P", "the terminator is a letter", text(":~GS", ":XGS")),
    in_envelope("P", "ISA13 has a superscript", put("ISA", "13", "00000010\xb9"), put("IEA", "02", "00000010\xb9")),
)

CONTRADICTIONS = (
    _FAR("a subscriber's level points to another billing provider", put("HL", "02", "1", nth=4)),
    _FAR("a billing provider's level points to another", put("HL", "02", "1", nth=3)),
    _P("a subscriber has more than a hundred claims", lambda _: batch837p([ClaimSpec(f"A{n}") for n in range(101)])),
    _P("a relationship stands in the subscriber's level", after("SBR", "PAT*19"), at="2000B/PAT01"),
    _P("the pay-to address is that of a person unknown", after("REF*EI", "NM1*87*3", "N3*1 X", "N4*AMES*IA*50010")),
    _P("an assignment without its qualifier", put("NM1*IL", "08", ""), at="2010BA/NM108"),
    _P("a city of one letter", put("N4", "01", "A"), at="2010AA/N401"),
    _P("an interim bill of a physician", put("CLM", "05-3", "2"), at="2300/CLM05"),
    _P("a date of service of one digit", put("DTP*472", "03", "0"), at="2400/DTP03"),
    _P("a member id in place of its qualifier", put("NM1*IL", "08", "AHP000001"), at="2010BA/NM108"),
    _P("elements slipped by one to the left", instead("CLM", "CLM*A1*135**11:B:1*Y*A*Y*Y"), at="2300/CLM"),
    _P("elements slipped by one to the right", instead("CLM", "CLM*A1*135****11:B:1*Y*A*Y*Y"), at="2300/CLM"),
    _P("a service without units of it", cut("SV1", 3), at="2400/SV104"),
)

DOUBTS = (
    written_anew("P", "a blank before the name of a segment", text("~NTE*", "~ NTE*")),
    written_anew("P", "a tab before the name of a segment", text("~LX*2", "~\tLX*2")),
    in_envelope("P", "a separator ends GS", text("005010X222A1~ST", "005010X222A1*~ST"), at_least=Outcome.WARN),
    in_envelope("P", "a separator ends GE", text("~IEA*", "*~IEA*"), at_least=Outcome.WARN),
    _SECOND("an adjustment has a reason that is none", put("CAS*CO", "02", "ZZ9"), at="2430/CAS02"),
    _SECOND("a remark that is none", after("AMT*D", "MOA***ZZ01"), at="2320/MOA03"),
    _SECOND("an adjustment reason stands twice", put("CAS*PR", "05", "2"), at="2430/CAS02"),
    _WARN("a billing ZIP without its last four digits", put("N4", "03", "50613"), at="2010AA/N403"),
    _WARN("a tax id of one digit nine times", put("REF*EI", "02", "111111111"), at="2010AA/REF"),
    _WARN("a renderer who is the billing provider", put("NM1*82", "09", "1234567893"), at="2310B"),
    _WARN("a member id with dashes", put("NM1*IL", "09", "AHP-000-001"), at="2010BA/NM109"),
    _WARN("a subscriber of 130 years", put("DMG", "02", "18960214"), at="2010BA/DMG02"),
    _WARN("a service after death", after("SBR", "PAT*****D8*20261001")),
    _WARN("a range over the end of a year, for Medicare", put("SBR", "09", "MB"), _NEW_YEAR, at="2400/DTP03"),
    _WARN("a line that repeats another", *_AGAIN),
    _WARN("a claim number longer than an answer gives back", put("CLM", "01", "A" * 21), at="2300/CLM01"),
    written_anew("P", "a trace longer than an answer gives back", after("REF*G1", "REF*D9*" + "A" * 21), at="2300/REF"),
    _WARN("a diagnosis in lower case", put("HI*ABK", "02-2", "m545"), at="2300/HI"),
    _WARN("a subscriber who is an organization and the patient", put("NM1*IL", "02", "2"), put("NM1*IL", "04", "")),
    _WARN("no kind of plan", cut("SBR", 2), at="2000B/SBR09"),
)

_D8 = "DTP*{}*D8*{}".format

DATES = (
    _P("a disability that ends before it begins", after("CLM", "DTP*314*RD8*20261101-20261001"), at="2300/DTP03"),
    _P("a disability in two dates, crossed", after("CLM", _D8(360, 20261101), _D8(361, 20261001)), at="2300/DTP03"),
    _P(
        "back at work before the last day of work",
        after("CLM", _D8(297, 20261101), _D8(296, 20261001)),
        at="2300/DTP03",
    ),
    _P("ICD-10 before its beginning", *(put("DTP*472", "03", "20150930", nth=n) for n in (1, 2)), at="2300/HI"),
    _P("the patient's ZIP code is all zeros", put("N4", "03", "00000", nth=2), at="2010BA/N403"),
    _P("the patient's ZIP code has lost its zero", put("N4", "03", "6001", nth=2), at="2010BA/N403"),
)

DEFECTS: tuple[Defect, ...] = (*DATES, *NUMBERS, *CONTRADICTIONS, *DOUBTS)
