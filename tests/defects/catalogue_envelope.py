"""Defects of the document and its envelopes: ISA, GS, ST and their trailers, counts, numbers, order, stray bytes."""

from __future__ import annotations

from gateway.model.claims import Outcome
from tests.defects.catalogue import Defect, in_envelope
from tests.defects.editing import Edit, after, all_of, before, cut, drop, put, text, twice

_WARNED = Outcome.WARN


def _both(header: str, header_ref: str, trailer: str, value: str) -> Edit:
    """The control number of an envelope in its header and in its trailer."""
    return all_of(put(header, header_ref, value), put(trailer, "02", value))


def _version(value: str) -> Edit:
    return all_of(put("GS", "08", value), put("ST", "03", value))


def _ends_after(mark: str) -> Edit:
    """The document breaks off after `mark`."""
    return lambda data: data[: data.index(mark.encode()) + len(mark)]


ISA = (
    in_envelope("P", "ISA06 is one character short", put("ISA", "06", "CFFM01        "), at="ISA"),
    in_envelope("P", "ISA08 is one character long", put("ISA", "08", "OPENGATE        "), at="ISA"),
    in_envelope("P", "ISA01 is an unknown qualifier", put("ISA", "01", "99"), at="ISA"),
    in_envelope("P", "ISA01 is blank", put("ISA", "01", "  "), at="ISA"),
    in_envelope("P", "ISA03 is an unknown qualifier", put("ISA", "03", "77"), at="ISA"),
    in_envelope("P", "ISA05 is an unknown qualifier", put("ISA", "05", "XX"), at="ISA"),
    in_envelope("P", "ISA07 is an unknown qualifier", put("ISA", "07", "QQ"), at="ISA"),
    in_envelope("P", "ISA05 is a qualifier that health care does not use", put("ISA", "05", "12"), at="ISA"),
    in_envelope("P", "ISA06 names no sender", put("ISA", "06", " " * 15), at="ISA"),
    in_envelope("P", "ISA06 has an accent", put("ISA", "06", "CFFM\xe901        "), at="ISA"),
    in_envelope("P", "ISA08 has an accent", put("ISA", "08", "OPENGAT\xe9       "), at="ISA"),
    in_envelope("P", "ISA08 names no receiver", put("ISA", "08", " " * 15), at="ISA"),
    in_envelope("P", "ISA09 is no day in the calendar", put("ISA", "09", "261399"), at="ISA"),
    in_envelope("P", "ISA09 is no number", put("ISA", "09", "NOV 10"), at="ISA"),
    in_envelope("P", "ISA10 is no time of day", put("ISA", "10", "2560"), at="ISA"),
    in_envelope("P", "ISA10 is no number", put("ISA", "10", "8H15"), at="ISA"),
    in_envelope("P", "ISA11 is a digit", put("ISA", "11", "1"), at="ISA"),
    in_envelope("P", "ISA11 is the component separator too", put("ISA", "11", ":"), at="ISA"),
    in_envelope("P", "ISA11 is the element separator too", put("ISA", "11", "*"), at="ISA"),
    in_envelope("P", "ISA12 is an unknown version", put("ISA", "12", "00999"), at="ISA"),
    in_envelope("P", "ISA12 is the version before 5010", put("ISA", "12", "00401"), at="ISA"),
    in_envelope("P", "ISA13 is no number", _both("ISA", "13", "IEA", "0000A0101"), at="ISA"),
    in_envelope("P", "ISA13 is padded with spaces", _both("ISA", "13", "IEA", "      101"), at="ISA"),
    in_envelope("P", "ISA13 is zero", _both("ISA", "13", "IEA", "000000000"), at="ISA"),
    in_envelope("P", "ISA14 is neither 0 nor 1", put("ISA", "14", "2"), at="ISA"),
    in_envelope("P", "ISA15 is neither P nor T", put("ISA", "15", "X"), at="ISA"),
    in_envelope("P", "ISA16 is the element separator too", put("ISA", "16", "*"), at="ISA"),
    in_envelope("P", "ISA16 is a letter", put("ISA", "16", "A"), at="ISA"),
    in_envelope("P", "ISA16 is the segment terminator too", text(":~GS", "~~GS"), at="ISA"),
    in_envelope("P", "the ISA is missing", drop("ISA")),
    in_envelope(
        "two interchanges",
        "both have the same ISA13",
        *(put("ISA", "13", "000000101", nth=2), put("IEA", "02", "000000101", nth=2)),
        at="ISA 2/ISA13",
        at_least=_WARNED,
    ),
    in_envelope("P", "the ISA has a lower-case id", text("ISA*", "isa*"), at_least=_WARNED),
    in_envelope("P", "the ISA stands twice", twice("ISA")),
    in_envelope("P", "the ISA has an element too few", text("*P*:~", "*P:~"), at="ISA"),
)

IEA = (
    in_envelope("P", "the IEA is missing", drop("IEA")),
    in_envelope("P", "the IEA stands twice", twice("IEA")),
    in_envelope("P", "the IEA has a lower-case id", text("IEA*", "iea*"), at_least=_WARNED),
    in_envelope("P", "IEA01 counts too many groups", put("IEA", "01", "2")),
    in_envelope("two groups", "IEA01 counts too few groups", put("IEA", "01", "1")),
    in_envelope("P", "IEA01 is no number", put("IEA", "01", "ONE")),
    in_envelope("P", "IEA01 is empty", put("IEA", "01", "")),
    in_envelope("P", "IEA02 is another number than ISA13", put("IEA", "02", "000000999")),
    in_envelope("P", "IEA02 is not padded to nine digits", put("IEA", "02", "101")),
    in_envelope("P", "IEA02 is missing", cut("IEA", 1)),
    in_envelope("P", "the IEA has an element too many", put("IEA", "03", "X")),
    in_envelope("two interchanges", "the second IEA has another number", text("IEA*1*000000102", "IEA*1*000000112")),
    in_envelope("two interchanges", "the first IEA is missing", drop("IEA")),
    in_envelope(
        "P", "text stands after the IEA", lambda data: data + b"END OF FILE", at="ISA 1/after IEA", at_least=_WARNED
    ),
    in_envelope("P", "a segment stands after the IEA", after("IEA", "SE*60*0001")),
    in_envelope("P", "a set stands after the IEA", after("IEA", "ST*837*0002*005010X222A1", "SE*2*0002")),
)

GS = (
    in_envelope("P", "the GS is missing", drop("GS")),
    in_envelope("P", "the GS stands twice", twice("GS")),
    in_envelope("P", "the GS has a lower-case id", text("GS*HC", "gs*HC"), at_least=_WARNED),
    in_envelope("P", "GS01 is that of a remittance", put("GS", "01", "HP"), at="GS"),
    in_envelope("P", "GS01 is empty", put("GS", "01", ""), at="GS"),
    in_envelope("P", "GS02 is empty", put("GS", "02", ""), at="GS"),
    in_envelope("P", "GS02 is one character long", put("GS", "02", "C"), at="GS"),
    in_envelope("P", "GS02 has sixteen characters", put("GS", "02", "CFFM01CFFM01CFFM"), at="GS"),
    in_envelope("P", "GS03 is empty", put("GS", "03", ""), at="GS"),
    in_envelope("P", "GS03 has sixteen characters", put("GS", "03", "OPENGATEOPENGATE"), at="GS"),
    in_envelope("P", "GS04 is no day in the calendar", put("GS", "04", "20261301"), at="GS"),
    in_envelope("P", "GS04 has six digits", put("GS", "04", "261110"), at="GS"),
    in_envelope("P", "GS04 is empty", put("GS", "04", ""), at="GS"),
    in_envelope("P", "GS05 is no time of day", put("GS", "05", "2460"), at="GS"),
    in_envelope("P", "GS05 is empty", put("GS", "05", ""), at="GS"),
    in_envelope("P", "GS06 is no number", _both("GS", "06", "GE", "1A1"), at="GS"),
    in_envelope("P", "GS06 is empty", _both("GS", "06", "GE", ""), at="GS"),
    in_envelope("P", "GS06 has ten digits", _both("GS", "06", "GE", "1000000101"), at="GS"),
    in_envelope("two groups", "GS06 is the same twice", text("*102*X*", "*101*X*"), text("GE*1*102", "GE*1*101")),
    in_envelope("P", "GS07 is that of the transport body", put("GS", "07", "T"), at="GS"),
    in_envelope("P", "GS07 is empty", put("GS", "07", ""), at="GS"),
    in_envelope("P", "GS08 and ST03 name no guide", _version("005010X999A1"), at="GS"),
    in_envelope("P", "GS08 and ST03 name the guide before 5010", _version("004010X098A1"), at="GS"),
    in_envelope("P", "GS08 and ST03 name the institutional guide", _version("005010X223A2")),
    in_envelope("P", "GS08 is empty", put("GS", "08", ""), at="GS"),
    in_envelope("P", "GS08 is another guide than ST03", put("GS", "08", "005010X223A2")),
    in_envelope("P", "the GS has an element too many", put("GS", "09", "X"), at="GS"),
    in_envelope("P", "the GE is missing", drop("GE")),
    in_envelope("P", "the GE stands twice", twice("GE")),
    in_envelope("P", "GE01 counts too many sets", put("GE", "01", "2")),
    in_envelope("two sets", "GE01 counts too few sets", put("GE", "01", "1")),
    in_envelope("P", "GE01 is no number", put("GE", "01", "ALL")),
    in_envelope("P", "GE01 is empty", put("GE", "01", "")),
    in_envelope("P", "GE02 is another number than GS06", put("GE", "02", "999")),
    in_envelope("P", "GE02 is missing", cut("GE", 1)),
    in_envelope("P", "the GE has an element too many", put("GE", "03", "X")),
)

ST = (
    in_envelope("P", "the ST is missing", drop("ST")),
    in_envelope("P", "the ST stands twice", twice("ST")),
    in_envelope("P", "the ST has a lower-case id", text("ST*837", "st*837"), at_least=_WARNED),
    in_envelope("P", "ST01 is that of a remittance", put("ST", "01", "835")),
    in_envelope("P", "ST01 is empty", put("ST", "01", "")),
    in_envelope("P", "ST02 has three characters", _both("ST", "02", "SE", "001")),
    in_envelope("P", "ST02 has ten characters", _both("ST", "02", "SE", "0000000001")),
    in_envelope("P", "ST02 is empty", _both("ST", "02", "SE", "")),
    in_envelope("two sets", "ST02 is the same twice", text("ST*837*0002", "ST*837*0001"), text("*0002~GE", "*0001~GE")),
    in_envelope("P", "ST03 is missing", cut("ST", 2)),
    in_envelope("P", "ST03 is another guide than GS08", put("ST", "03", "005010X223A2")),
    in_envelope("P", "ST03 names no guide", put("ST", "03", "005010X999A1")),
    in_envelope("P", "the ST has an element too many", put("ST", "04", "X")),
    in_envelope("P", "the SE is missing", drop("SE")),
    in_envelope("P", "the SE stands twice", twice("SE")),
    in_envelope("P", "the SE has a lower-case id", text("~SE*", "~se*"), at_least=_WARNED),
    in_envelope("P", "SE01 counts one too many", put("SE", "01", "61")),
    in_envelope("P", "SE01 counts one too few", put("SE", "01", "59")),
    in_envelope("P", "SE01 is no number", put("SE", "01", "SIXTY")),
    in_envelope("P", "SE01 is empty", put("SE", "01", "")),
    in_envelope("P", "SE02 is another number than ST02", put("SE", "02", "0009")),
    in_envelope("P", "SE02 is missing", cut("SE", 1)),
    in_envelope("P", "the SE has an element too many", put("SE", "03", "X")),
    in_envelope("two sets", "the first SE is missing", drop("SE")),
    in_envelope("two sets", "the second ST is missing", drop("ST", nth=2)),
)

ORDER = (
    in_envelope("P", "a segment stands between GS and ST", after("GS", "NTE*ADD*X")),
    in_envelope("P", "a segment stands between ISA and GS", after("ISA", "NTE*ADD*X")),
    in_envelope("P", "a segment stands between SE and GE", after("SE", "NTE*ADD*X")),
    in_envelope("P", "a segment stands between GE and IEA", after("GE", "NTE*ADD*X")),
    in_envelope("P", "a TA1 stands within the group", after("GS", "TA1*000000101*261110*0815*A*000")),
    in_envelope("P", "GE and SE have changed places", drop("GE"), before("SE", "GE*1*101")),
    in_envelope("P", "the group has no set", lambda data: data[: data.index(b"ST*")] + b"GE*0*101~IEA*1*000000101~"),
    in_envelope("P", "an interchange within the interchange", before("ST", "ISA*00*          *00*          *ZZ*X")),
)

BYTES = (
    in_envelope("P", "an empty segment", text("~REF*G1", "~~REF*G1")),
    in_envelope("P", "a control character in a name", text("RIVERSIDE", "RIVER\x07SIDE")),
    in_envelope("P", "a NUL in a name", text("RIVERSIDE", "RIVER\x00SIDE")),
    in_envelope("P", "a delete character in a name", text("RIVERSIDE", "RIVER\x7fSIDE")),
    in_envelope("P", "a line break within a name", text("RIVERSIDE ", "RIVERSIDE\n")),
    in_envelope("P", "a segment with another element separator", text("GS*HC*", "GS|HC|")),
    in_envelope("P", "a terminator is missing", text("~HL*2*", "HL*2*")),
    in_envelope("P", "the document breaks off within a claim", _ends_after("CLM*A2*180")),
    in_envelope("P", "the document breaks off after a segment", _ends_after("DMG*D8*20150605*M~")),
    in_envelope("P", "the document breaks off after the SE", _ends_after("SE*60*0001~")),
    in_envelope("P", "the document breaks off within the ISA", _ends_after("OPENGATE ")),
    in_envelope("P", "the document is empty", lambda _: b""),
    in_envelope("P", "the document is blank", lambda _: b"\r\n \r\n"),
    in_envelope("P", "the document is no X12", lambda _: b"PATIENT;AMOUNT\r\nA1;120.00\r\n"),
    in_envelope("P", "the document is in UTF-16", lambda data: data.decode().encode("utf-16")),
    in_envelope("P", "text stands before the ISA", lambda data: b"FILE 1 OF 1\r\n" + data),
    in_envelope("P", "the ISA alone, cut after it", _ends_after("*P*:~")),
)

DEFECTS: tuple[Defect, ...] = (*ISA, *IEA, *GS, *ST, *ORDER, *BYTES)
