"""Defects of institutional claims (837I). The first claim is a visit to a hospital, the second an inpatient stay."""

from __future__ import annotations

from functools import partial

from gateway.model.claims import Outcome
from tests.defects.catalogue import Defect, in_body, written_anew
from tests.defects.editing import after, before, cut, drop, drop_from, instead, move, put, text, twice

_I = partial(in_body, "I")
_WARNED = Outcome.WARN

CLAIM = (
    _I("the bill type is missing", put("CLM", "05", ""), at="2300/CLM05"),
    _I("the facility code is missing", put("CLM", "05-1", ""), at="2300/CLM05"),
    _I("the facility code has three characters", put("CLM", "05-1", "131"), at="2300/CLM05"),
    _I("the bill type is a place of service", put("CLM", "05-2", "B"), at="2300/CLM05-2"),
    _I("the frequency is missing", put("CLM", "05-3", ""), at="2300/CLM05"),
    _I("the frequency is a sign", put("CLM", "05-3", "+"), at="2300/CLM05"),
    _I("a replacement does not name what it replaces", put("CLM", "05-3", "7"), at="2300/"),
    _I("a void does not name what it voids", put("CLM", "05-3", "8", nth=2), at="2300/"),
    _I("CLM06 is filled", put("CLM", "06", "Y"), at="2300/CLM06"),
    _I("CLM07 is unknown", put("CLM", "07", "D"), at="2300/CLM07"),
    _I("CLM08 is missing", put("CLM", "08", ""), at="2300/CLM08"),
    _I("CLM02 is not the sum of its lines", put("CLM", "02", "531"), at="2300/CLM02"),
    _I("CLM02 is no number", put("CLM", "02", "5E2X"), at="2300/CLM02"),
    _I("CLM20 is an unknown reason for delay", put("CLM", "20", "12"), at="2300/CLM20"),
    _I("the statement period is missing", drop("DTP*434"), at="2300/DTP"),
    _I("the statement period is a day", instead("DTP*434", "DTP*434*D8*20261103"), at="2300/DTP"),
    _I("the statement period ends before it begins", put("DTP*434", "03", "20261103-20261101"), at="2"),
    _I("the statement period is none of the calendar", put("DTP*434", "03", "20261103-20261144"), at="2300/DTP03"),
    _I("the statement period stands twice", twice("DTP*434")),
    _I("a line lies outside the statement period", put("DTP*472", "03", "20261109"), at="2400/DTP03"),
    _I("the admission has a time of no day", put("DTP*435", "03", "202611032960"), at="2300/DTP03"),
    _I("the admission is a range", put("DTP*435", "02", "RD8"), at="2300/DTP"),
    _I("the discharge hour is a date", instead("DTP*096", "DTP*096*D8*20261105"), at="2300/DTP"),
    _I("the discharge hour is none", put("DTP*096", "03", "2560"), at="2300/DTP03"),
    _I("the institutional codes are missing", drop("CL1"), at="2300/CL1"),
    _I("the patient status is missing", cut("CL1", 2), at="2300/CL103"),
    _I("the patient status is too long", put("CL1", "03", "001"), at="2300/CL103"),
    _I("the patient's due is no number", before("REF*G1", "AMT*F3*TEN"), at="2300/AMT02"),
    _I("the patient's payment is that of a professional claim", before("REF*G1", "AMT*F5*10")),
    _I("a reference is of an unknown kind", after("REF*G1", "REF*QQ*1")),
    _I("a prior authorization stands twice", twice("REF*G1")),
    _I("a trace stands twice", after("REF*G1", "REF*D9*T1", "REF*D9*T2")),
    _I("a note is of a professional claim", after("REF*G1", "NTE*CER*X"), at="2300/NTE"),
)

INFORMATION = (
    _I("the principal diagnosis is missing", drop("HI*ABK"), at="2300/HI"),
    _I("the principal diagnosis has another beside it", put("HI*ABK", "02", "ABF:M545"), at="2300/HI02"),
    _I("the principal diagnosis stands twice", twice("HI*ABK")),
    _I("the principal diagnosis has a point", put("HI*ABK", "01-2", "J06.9"), at="2300/HI"),
    _I("the admitting diagnosis stands twice", twice("HI*ABJ")),
    _I("present on admission is unknown", put("HI*ABF", "01-9", "Q", nth=2), at="2300/HI01"),
    _I("information is of an unknown kind", put("HI*BG", "01-1", "QQ"), at="2300/HI"),
    _I("an occurrence has no date", put("HI*BH", "01", "BH:11"), at="2300/HI01"),
    _I("an occurrence is on no day", put("HI*BH", "01-4", "20261131"), at="2300/HI01"),
    _I("an occurrence has a range", put("HI*BH", "01-3", "RD8"), at="2300/HI01"),
    _I("an occurrence span has a day", put("HI*BI", "01", "BI:71:D8:20261001"), at="2300/HI01"),
    _I("an occurrence span ends on no day", put("HI*BI", "01-4", "20261001-20261131"), at="2300/HI01"),
    _I("a value has no amount", put("HI*BE", "01", "BE:80"), at="2300/HI01"),
    _I("a value is no number", put("HI*BE", "01-5", "TWO"), at="2300/HI01"),
    _I("a condition has no code", put("HI*BG", "01", "BG"), at="2300/HI01"),
    _I("a procedure has no date", put("HI*BBR", "01", "BBR:0DTJ4ZZ"), at="2300/HI01"),
    _I("a procedure is on no day", put("HI*BBR", "01-4", "20261232"), at="2300/HI01"),
    _I("the diagnoses stand before a reference", move("REF*G1", "HI*ABK")),
)

PROVIDERS = (
    _I("the attending provider is missing", drop("NM1*71"), at="2310A"),
    _I("the attending provider is an organization", put("NM1*71", "02", "2"), at="2310A/NM102"),
    _I("the attending NPI has a wrong check digit", put("NM1*71", "09", "2000000011"), at="2310A/NM109"),
    _I("the attending NPI is missing", cut("NM1*71", 8), at="2310A/NM109"),
    _I("the attending specialty is that of a rendering one", after("NM1*71", "PRV*PE*PXC*207Q00000X")),
    _I("the attending provider stands twice", twice("NM1*71")),
    _I("the operating NPI has nine digits", put("NM1*72", "09", "200000008"), at="2310B/NM109"),
    _I("the operating provider has no name", put("NM1*72", "03", ""), at="2310B/NM103"),
    _I("a provider has a role of a professional claim", put("NM1*72", "01", "DQ")),
    _I("the billing provider is a person", put("NM1*85", "02", "1"), at="2010AA/NM102"),
    _I("the billing NPI has a wrong check digit", put("NM1*85", "09", "1234567894"), at="2010AA/NM109"),
    _I("the facility has no address", after("NM1*72", "NM1*77*2*X"), at="2310E/N3"),
    _I("the subscriber's demographics are missing", drop("DMG"), at="2010BA/DMG"),
    written_anew("I", "HL04 says no patient comes where one does", put("HL", "04", "0", nth=3)),
)

LINES = (
    _I("the SV2 is missing", drop("SV2"), at="2400/SV2"),
    _I("the service is a professional one", instead("SV2", "SV1*HC:99283*450*UN*1***1")),
    _I("the revenue code is missing", put("SV2", "01", ""), at="2400/SV201"),
    _I("the revenue code has three digits", put("SV2", "01", "450"), at="2400/SV201"),
    _I("the revenue code has a letter", put("SV2", "01", "O450"), at="2400/SV201"),
    _I("the procedure is of an unknown list", put("SV2", "02-1", "QQ"), at="2400/SV202"),
    _I("the procedure has no code", put("SV2", "02", "HC"), at="2400/SV202"),
    _I("the charge is missing", put("SV2", "03", ""), at="2400/SV203"),
    _I("the charge is no number", put("SV2", "03", "45O"), at="2400/SV203"),
    _I("the unit is that of minutes", put("SV2", "04", "MJ"), at="2400/SV204"),
    _I("the units are missing", cut("SV2", 4), at="2400/SV205"),
    _I("the units are negative", put("SV2", "05", "-1"), at="2400/SV205"),
    _I("SV206 is filled", put("SV2", "06", "1"), at="2400/SV206"),
    _I("the line numbers are out of order", put("LX", "01", "3", nth=2), at="2400/LX01"),
    _I("a line number stands twice", twice("REF*6R")),
    _I("the date of service ends before it begins", instead("DTP*472", "DTP*472*RD8*20261103-20261102"), at="2400/DTP"),
    _I("the date of service is no day", put("DTP*472", "03", "20261131"), at="2400/DTP03"),
    _I("a drug's code is a product code", after("REF*6R", "LIN**UP*1", "CTP****1*UN"), at="2410/LIN02"),
    _I("a line's operating NPI has a letter", after("REF*6R", "NM1*72*1*ELM*ERIN****XX*20000000A3"), at="2420A/NM109"),
    _I("a claim has no lines", drop_from("LX", "HL")),
    _I("a segment of a professional claim", after("SV2", "PS1*X1*10")),
    _I("a letter outside ASCII", text("ARBOR", "\xc1RBOR"), at="2310F/NM103"),
)

DEFECTS: tuple[Defect, ...] = (*CLAIM, *INFORMATION, *PROVIDERS, *LINES)
