"""Defects that one segment alone shows to a person, or two beside each other: addresses, names, transports, equipment,
codes without words, quantities that cannot be; and envelopes that most readers let pass."""

from __future__ import annotations

from functools import partial

from gateway.model.claims import Outcome
from tests.defects.catalogue import Defect, in_body, in_envelope
from tests.defects.editing import after, before, cut, drop, drop_from, instead, put, text, twice

_P = partial(in_body, "P")
_S = partial(in_body, "secondary")
_I = partial(in_body, "I")
_D = partial(in_body, "D")
_AMBULANCE = partial(in_body, "ambulance")
_RENTED = partial(in_body, "rented")
_WARN = partial(in_body, "P", at_least=Outcome.WARN)
_SVD = "SVD*OMEGA1*80*HC:99213**1"

ENVELOPE = (
    in_envelope("P", "GS02 has a component separator", put("GS", "02", "CFF:M01"), at="GS"),
    in_envelope("P", "GS03 has a repetition separator", put("GS", "03", "OPEN^GATE"), at="GS"),
    in_envelope("P", "GS02 has an accent", put("GS", "02", "CFFM\xe901"), at="GS"),
    in_envelope("P", "GS03 begins with a space", put("GS", "03", " OPENGATE"), at="GS"),
    in_envelope("P", "GS02 ends with spaces", put("GS", "02", "CFFM01  "), at_least=Outcome.WARN),
    in_envelope("P", "ISA06 has a component separator", put("ISA", "06", "CFFM:01        "), at="ISA"),
    in_envelope("P", "ST03 begins with a space", put("ST", "03", " 005010X222A1")),
    in_envelope("P", "GS08 is another addendum than ST03", put("GS", "08", "005010X222A2")),
    in_envelope("P", "GS08 is in lower case", put("GS", "08", "005010x222a1"), at="ISA 1/GS 1/GS08"),
    in_envelope("P", "GE02 has a zero in front", put("GE", "02", "0101")),
    in_envelope("P", "SE02 lacks the zeros in front", put("SE", "02", "1")),
    in_envelope("P", "the last terminator is missing", lambda data: data[:-1], at_least=Outcome.WARN),
    in_envelope("two sets", "both sets have one BHT03", text("CF20261110A2", "CF20261110A"), at_least=Outcome.WARN),
)

ADDRESSES = (
    _P("the facility has no state", put("N4", "02", "", nth=3), at="2310C/N402"),
    _P("the facility has no ZIP code", cut("N4", 2, nth=3), at="2310C/N403"),
    _P("the facility has neither", cut("N4", 1, nth=3), at="2310C/N40"),
    _P("the pay-to address has no state", after("REF*EI", "NM1*87*2", "N3*1 X", "N4*AMES**50010"), at="2010AB/N402"),
    _P("the payer's address has no ZIP code", after("NM1*PR", "N3*1 X", "N4*AMES*IA"), at="2010BB/N403"),
    _P("the facility's ZIP begins with a space", put("N4", "03", " 506130001", nth=3), at="2310C/N403"),
    _AMBULANCE("the pick-up has no state", put("N4", "02", "", nth=3), at="2310E/N402"),
    _WARN("the billing ZIP is of another state", put("N4", "03", "900120001"), at="2010AA/N403"),
)

NAMES = (
    _P("the billing organization has a first name", put("NM1*85", "04", "ANNA"), at="2010AA/NM104"),
    _P("the renderer is said to be an organization", put("NM1*82", "02", "2"), at="2310B/NM104"),
    _P("the facility has a first name", put("NM1*77", "04", "ANNA"), at="2310C/NM104"),
    _WARN("the subscriber has no first name", put("NM1*IL", "04", ""), at="2010BA/NM104"),
    _WARN("the patient has no first name", cut("NM1*QC", 3), at="2010CA/NM104"),
    _P("two referring providers of one role", twice("NM1*DN"), at="2310A/NM101"),
    _P("a line has two referring providers of one role", *[before("LX", "NM1*DN*1*X*Y****XX*2000005001", nth=2)] * 2),
)

NUMBERS = (
    _P("the billing NPI begins with a space", put("NM1*85", "09", " 1234567893"), at="2010AA/NM109"),
    _P("the member id begins with a space", put("NM1*IL", "09", " AHP000001"), at="2010BA/NM109"),
    _P("the claim number begins with a space", put("CLM", "01", " A1"), at="2300/CLM01"),
    _P("a prior authorization begins with a space", put("REF*G1", "02", " PA1001"), at="2300/REF02"),
    _P("a diagnosis begins with a space", put("HI*ABK", "02-2", " M545"), at="2300/HI02"),
    _P("a procedure begins with a space", put("SV1", "01-2", " 99213"), at="2400/SV101"),
    _P("the member id is a word", put("NM1*IL", "09", "UNKNOWN"), at="2010BA/NM109"),
    _P("the member id is zeros", put("NM1*IL", "09", "000000000"), at="2010BA/NM109"),
    _P("the units have four decimals", put("SV1", "04", "1.2345"), at="2400/SV104"),
    _P("the units have nine digits", put("SV1", "04", "123456789"), at="2400/SV104"),
    _I("the units of a revenue line have four decimals", put("SV2", "05", "1.2345"), at="2400/SV205"),
    _P("the frequency is that of an old adjustment", put("CLM", "05-3", "6"), at="2300/CLM05-3"),
    _P("the patient weighs nothing", after("SBR", "PAT*******01*0"), at="2000B/PAT08"),
    _P("a contract's amount is negative", before("REF*G1", "CN1*02*-80"), at="2300/CN102"),
    _P("a price of a repricer is negative", after("HI", "HCP*03*-100*20*RPO1001"), at="2300/HCP02"),
    _P("a sales tax is negative", after("REF*6R", "AMT*T*-1"), at="2400/AMT02"),
    _P("a purchased service costs less than nothing", after("REF*6R", "PS1*2000009011*-40"), at="2400/PS102"),
)

SERVICES = (
    _P("an unlisted service has no description", put("SV1", "01", "HC:99199:25"), at="2400/SV101"),
    _P("an unlisted drug has no description", put("SV1", "01", "HC:J3490"), at="2400/SV101"),
    _P("a description stands where the modifiers do", put("SV1", "01", "HC:E1399:NU:::"), at="2400/SV101"),
    _I("an unlisted drug of a hospital has no description", put("SV2", "02", "HC:J3490"), at="2400/SV202"),
    _D("an unspecified service has no description", put("SV3", "01", "AD:D2999"), at="2400/SV301"),
    _P("an attachment by fax has no number", before("REF*G1", "PWK*OZ*FX"), at="2300/PWK06"),
    _P("an attachment by mail has no number", before("REF*G1", "PWK*B4*BM***AC"), at="2300/PWK06"),
    _P("a man is pregnant", after("SBR", "PAT*********Y"), put("DMG", "03", "M"), at="2000B/PAT09"),
    _P("a man has a last menstrual period", after("CLM", "DTP*484*D8*20261001"), put("DMG", "03", "M"), at="2300/DTP"),
    _P("the patient died before birth", after("SBR", "PAT*****D8*19001101"), at="2000B/PAT06"),
    _P("the patient dies in the future", after("SBR", "PAT*****D8*20281101"), at="2000B/PAT06", by="gate"),
    _P("last seen after the service", after("CLM", "DTP*304*D8*20261109"), at="2300/DTP03"),
    _P("a prescription after the service", after("CLM", "DTP*471*D8*20261109"), at="2300/DTP03"),
    _P(
        "a visit in the ward before the admission",
        put("CLM", "05-1", "21"),
        after("CLM", "DTP*435*D8*20261107"),
        at="2300/DTP03",
    ),
    _P(
        "a visit in the ward after the discharge",
        put("CLM", "05-1", "21"),
        after("CLM", "DTP*435*D8*20261028", "DTP*096*D8*20261101"),
        at="2300/DTP03",
    ),
)

TRADES = (
    _AMBULANCE("no pick-up", drop_from("NM1*PW", "NM1*45"), at="2310E/NM1"),
    _AMBULANCE("no drop-off", drop_from("NM1*45", "LX"), at="2310F/NM1"),
    _AMBULANCE("no reason and no distance", drop("CR1"), at="2300/CR1"),
    _AMBULANCE("a distance below zero", put("CR1", "06", "-3"), at="2300/CR106"),
    _AMBULANCE("a patient without weight", put("CR1", "02", "0"), at="2300/CR102"),
    _AMBULANCE("no patient at all", put("QTY*PT", "02", "0"), at="2400/QTY02"),
    _AMBULANCE("a reason of no list", put("CR1", "04", "Z"), at="2300/CR104"),
    _AMBULANCE("a distance without its unit", put("CR1", "05", ""), at="2300/CR105"),
    _AMBULANCE("a pick-up that is a person", put("NM1*PW", "02", "1"), at="2310E/NM102"),
    _RENTED("the price is of another item", put("SV5", "01-2", "E0105"), at="2400/SV501"),
    _RENTED("rented for no days", put("SV5", "03", "0"), at="2400/SV503"),
    _RENTED("a rent below zero", put("SV5", "04", "-50"), at="2400/SV504"),
    _RENTED("a price below zero", put("SV5", "05", "-200"), at="2400/SV505"),
    _RENTED("needed for no months", put("CR3", "03", "0"), at="2400/CR303"),
)

OTHER_PAYERS = (
    _S("a line is bundled into line 0", put("SVD", "06", "0"), at="2430/SVD06"),
    _S("a line is bundled into one that is not there", put("SVD", "06", "9"), at="2430/SVD06"),
    _S("a line is bundled into a line below 0", put("SVD", "06", "-1"), at="2430/SVD06"),
    _S("what the patient still owes is negative", after("AMT*D", "AMT*EAF*-1"), at="2320/AMT02"),
    _S("an adjustment's reason begins with a space", put("CAS", "02", " 45"), at="2430/CAS02"),
    in_body("secondary", "paid for units below zero", put("SVD", "05", "-1"), at="2430/SVD05", at_least=Outcome.WARN),
    in_body(
        "secondary", "paid for what is no procedure", instead(_SVD, "SVD*OMEGA1*80*HC:X**1"), at_least=Outcome.WARN
    ),
)

LEVELS = (
    _I("a procedure is after the statement", put("HI*BBR", "01-4", "20261109"), at="2300/HI01"),
    _I("the discharge status is no number", put("CL1", "03", "ZZ"), at="2300/CL103"),
    _I("the priority of the admission is none", put("CL1", "01", "7"), at="2300/CL101"),
    _I("a condition is of marks", put("HI*BG", "01-2", "#Q"), at="2300/HI01"),
    _I("an amount not covered is negative", put("SV2", "07", "-5"), at="2400/SV207"),
    _D("braces for less than no months", put("DN1", "01", "-36"), at="2300/DN101"),
    _I("the operating physician has no NPI", cut("NM1*72", 8), at="2310B/NM109"),
    _I("the referring NPI begins with a space", put("NM1*DN", "09", " 2000005001"), at="2310F/NM109"),
    _D("the billing organization has a first name", put("NM1*85", "04", "ANNA"), at="2010AA/NM104"),
    _D("the member id is a word", put("NM1*IL", "09", "NONE"), at="2010BA/NM109"),
    _D("two referring providers of one role", twice("NM1*DN"), at="2310A/NM101"),
)

DEFECTS: tuple[Defect, ...] = (
    *(*ENVELOPE, *ADDRESSES, *NAMES, *NUMBERS),
    *(*SERVICES, *TRADES, *OTHER_PAYERS, *LEVELS),
)
