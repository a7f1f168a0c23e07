"""Defects of dental claims (837D). The first claim is a filling and an examination, the second a treatment with
braces."""

from __future__ import annotations

from functools import partial

from gateway.model.claims import Outcome
from tests.defects.catalogue import Defect, in_body
from tests.defects.editing import after, before, cut, drop, drop_from, instead, move, put, text, twice

_D = partial(in_body, "D")
_WARNED = Outcome.WARN

HEADER = (
    _D("the submitter has no contact", drop("PER"), at="1000A/PER"),
    _D("HL02 points to no level", put("HL", "02", "9", nth=2)),
    _D("the billing NPI has a wrong check digit", put("NM1*85", "09", "1234567894"), at="2010AA/NM109"),
    _D("the billing provider's tax id is missing", drop("REF*EI"), at="2010AA/REF"),
    _D("the billing provider's state is unknown", put("N4", "02", "QX"), at="2010AA/N402"),
    _D("the subscriber's demographics are missing", drop("DMG"), at="2010BA/DMG"),
    _D("the member id is missing", cut("NM1*IL", 8), at="2010BA/NM109"),
    _D("the payer is missing", drop("NM1*PR"), at="2010BB"),
    _D("the relationship is unknown", put("PAT", "01", "99"), at="2000C/PAT01"),
    _D("the patient's sex is unknown", put("DMG", "03", "X", nth=2), at="2010CA/DMG03"),
)

CLAIM = (
    _D("CLM01 is empty", put("CLM", "01", ""), at="2300/CLM01"),
    _D("CLM02 is not the sum of its lines", put("CLM", "02", "186"), at="2300/CLM02"),
    _D("CLM02 is no number", put("CLM", "02", "I85"), at="2300/CLM02"),
    _D("CLM05 is empty", put("CLM", "05", ""), at="2300/CLM05"),
    _D("the place of service is in no list", put("CLM", "05-1", "00"), at="2300/CLM05"),
    _D("the place of service is a bill type", put("CLM", "05-2", "A"), at="2300/CLM05"),
    _D("the frequency is unknown", put("CLM", "05-3", "9"), at="2300/CLM05"),
    _D("a replacement does not name what it replaces", put("CLM", "05-3", "7"), at="2300/"),
    _D("CLM06 is empty", put("CLM", "06", ""), at="2300/CLM06"),
    _D("CLM07 is unknown", put("CLM", "07", "D"), at="2300/CLM07"),
    _D("CLM09 is missing", cut("CLM", 8), at="2300/CLM09"),
    _D("CLM19 is an unknown kind", put("CLM", "19", "QQ"), at="2300/CLM19"),
    _D("the date of service is of an unknown kind", put("DTP*472", "01", "999")),
    _D("the date of service is no day", put("DTP*472", "03", "20261131"), at="2300/DTP03"),
    _D("the date of service has an unknown form", put("DTP*472", "02", "D6"), at="2300/DTP02"),
    _D("the date of service stands twice", twice("DTP*472")),
    _D("a line has no date, nor has its claim", drop("DTP*472", nth=2), drop("DTP*472"), at="2", at_least=Outcome.WARN),
    _D("the months of braces are no number", put("DN1", "01", "MANY"), at="2300/DN1"),
    _D("the braces stand twice", twice("DN1")),
    _D("a tooth's status is unknown", put("DN2", "02", "Q"), at="2300/DN202"),
    _D("a tooth's status is missing", instead("DN2", "DN2*12"), at="2300/DN202"),
    _D("a tooth's number is missing", put("DN2", "01", ""), at="2300/DN201"),
    _D("a tooth's number is of no tooth", put("DN2", "01", "45"), at="2300/DN201"),
    _D("a tooth's number is of an unknown list", put("DN2", "06", "QQ"), at="2300/DN206"),
    _D("a reference is of an unknown kind", after("DTP*472", "REF*QQ*1")),
    _D("a predetermination stands twice", after("DTP*472", "REF*G3*1", "REF*G3*2")),
    _D("a reference is empty", after("DTP*472", "REF*G1"), at="2300/REF02"),
    _D("a note is of an unknown kind", after("DTP*472", "NTE*QQQ*X"), at="2300/NTE01"),
    _D("a diagnosis is of an unknown kind", put("HI*ABK", "01-1", "QQQ"), at="2300/HI"),
    _D("no diagnosis is the principal one", put("HI*ABK", "01-1", "ABF"), at="2300/HI"),
    _D("a diagnosis has a point", put("HI*ABK", "01-2", "K02.9"), at="2300/HI"),
    _D("the braces stand before the date", move("DTP*472", "DN2", nth=4)),
    _D("an ambulance in a dental claim", after("DTP*472", "CR1*LB*150**A*DH*12")),
)

PROVIDERS = (
    _D("a provider has a role of a hospital", put("NM1*82", "01", "71")),
    _D("the rendering NPI has nine digits", put("NM1*82", "09", "200000001"), at="2310B/NM109"),
    _D("the rendering NPI has a wrong check digit", put("NM1*82", "09", "2000000011"), at="2310B/NM109"),
    _D("the rendering specialty has an old qualifier", put("PRV*PE", "02", "ZZ"), at="2310B/PRV02"),
    _D("the referring provider has no name", put("NM1*DN", "03", ""), at="2310A/NM103"),
    _D("the referring NPI has no qualifier", put("NM1*DN", "08", ""), at="2310A/NM108"),
    _D("the assistant surgeon's NPI has a letter", before("LX", "NM1*DD*1*ELM*****XX*20000000A3"), at="2310D/NM109"),
)

LINES = (
    _D("the SV3 is missing", drop("SV3"), at="2400/SV3"),
    _D("the service is a professional one", instead("SV3", "SV1*HC:99213*140*UN*1***1")),
    _D("the procedure is of the professional list", put("SV3", "01-1", "HC"), at="2400/SV301"),
    _D("the procedure has no code", put("SV3", "01", "AD"), at="2400/SV301"),
    _D("the procedure has no D", put("SV3", "01-2", "2150"), at="2400/SV301", at_least=_WARNED),
    _D("the charge is missing", put("SV3", "02", ""), at="2400/SV302"),
    _D("the charge is no number", put("SV3", "02", "I40"), at="2400/SV302"),
    _D("the line's place of service is in no list", put("SV3", "03", "00"), at="2400/SV303"),
    _D("the oral cavity is unknown", put("SV3", "04", "99"), at="2400/SV304", at_least=Outcome.WARN),
    _D("the prosthesis is neither first nor later", put("SV3", "05", "X"), at="2400/SV305"),
    _D("the procedure's count is no number", put("SV3", "06", "ONE"), at="2400/SV306"),
    _D("the procedure's count is zero", put("SV3", "06", "0"), at="2400/SV306"),
    _D("a pointer points behind the last diagnosis", put("SV3", "11", "2"), at="2400/SV311"),
    _D("the SV3 has an element too many", put("SV3", "12", "X"), at="2400/SV3"),
    _D("the tooth is of an unknown list", put("TOO", "01", "QQ"), at="2400/TOO"),
    _D("the tooth is none", put("TOO", "02", "33"), at="2400/TOO02"),
    _D("the tooth's number is missing", instead("TOO", "TOO*JP**M"), at="2400/TOO02"),
    _D("the tooth's surface is unknown", put("TOO", "03", "Z"), at="2400/TOO03"),
    _D("the line numbers are out of order", put("LX", "01", "3", nth=2), at="2400/LX01"),
    _D("the tooth stands after the date", move("TOO", "DTP*472")),
    _D("a line number stands twice", twice("REF*6R")),
    _D("a line's rendering NPI has a letter", after("REF*6R", "NM1*82*1*ELM*ERIN****XX*20000000A3"), at="2420A/NM109"),
    _D("a line's provider has a role of a hospital", after("REF*6R", "NM1*72*1*ELM*ERIN****XX*2000000093")),
    _D("a claim has no lines", drop_from("LX", "HL")),
    _D("a letter outside ASCII", text("ARBOR", "\xc1RBOR"), at="2310A/NM103"),
)

DEFECTS: tuple[Defect, ...] = (*HEADER, *CLAIM, *PROVIDERS, *LINES)
