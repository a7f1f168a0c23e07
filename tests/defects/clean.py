"""Clean files: ways to write an interchange, and the parties above a claim. Every one is legal and must pass whole."""

from __future__ import annotations

from gateway.model.x12 import Delimiters
from gateway.testing.builders import BillingSpec, ClaimSpec, batch837p
from tests.defects.bases import CHILD, FULL, NAMES, OTHER, base
from tests.defects.cleanliness import ONE, Clean
from tests.defects.cleanliness import professional as _p
from tests.defects.editing import after, drop, instead, put

_ADDENDUM = "it knows one addendum of each guide"
_CONTROL = "it takes no control character as component separator; X12.5 leaves the choice to the sender"
_LAST = "its verdict here looks for the last terminator by the first ISA"
_ATYPICAL = BillingSpec("", "CEDAR COUNTY TRANSPORT", taxonomy="", secondary_id="G2X1001")
_PIPES = Delimiters(b"|", b">", b"'", b"!")
_CONTROLS = Delimiters(b"\x1d", b"\x1f", b"\x1e", b"\x1c")
_LINES = Delimiters(b"*", b":", b"\n", b"^")
_NO_REPEAT = Delimiters(b"*", b":", b"~", None)
_MARKS = "O'NEIL & SONS, #4 (NORTH) @ 50% {A} [B] _C_ $1 =3; 4? 5! +6/7\\8"

_OF_BASES = {
    "D": "it has no dental guide",
    "filling": "it has no dental guide",
    "rented": "it takes the certificate's PWK*CT*AB for an attachment",
}

BASES = tuple(Clean(f"the base {name}", base(name), _OF_BASES.get(name, "")) for name in NAMES)

WRITTEN = (
    Clean("pipes, angles and quotes", batch837p([FULL, CHILD], delimiters=_PIPES)),
    Clean("control characters as delimiters", batch837p([FULL, CHILD], delimiters=_CONTROLS), _CONTROL),
    Clean("lines that end the segments", batch837p([FULL, CHILD], delimiters=_LINES)),
    Clean("a line break after each segment", batch837p([FULL, CHILD], line_break="\n")),
    Clean("CRLF after each segment", batch837p([FULL, CHILD], line_break="\r\n")),
    Clean("blank lines after the end", batch837p([FULL]) + b"\r\n\r\n"),
    Clean("Ctrl-Z after the end", batch837p([FULL]) + b"\r\n\x1a", "it takes it for text after the interchange"),
    Clean("a byte order mark", b"\xef\xbb\xbf" + batch837p([FULL]), "it cannot read a byte order mark"),
    Clean("no repetition separator", batch837p([FULL], delimiters=_NO_REPEAT)),
    Clean("delimiters by interchange", batch837p([FULL]) + batch837p([OTHER], control=102, delimiters=_PIPES), _LAST),
    Clean("a test batch", batch837p([FULL], usage="T")),
    Clean("encounters", batch837p([FULL], mode="RP")),
    Clean("a batch issued again", batch837p([FULL], purpose="18")),
    Clean("the guide without addendum", batch837p([FULL], version="005010X222"), _ADDENDUM),
    Clean("the second addendum", batch837p([FULL], version="005010X222A2"), _ADDENDUM),
    _p("no acknowledgment asked", put("ISA", "14", "0")),
    _p("a login and a password", put("ISA", "01", "03"), put("ISA", "02", "LOGIN     "), put("ISA", "03", "01")),
    _p("tax ids of sender and receiver", put("ISA", "05", "30"), put("ISA", "07", "30")),
    _p("times with seconds", put("GS", "05", "081530"), put("BHT", "05", "081530")),
    _p("a long control number", put("ST", "02", "000000001"), put("SE", "02", "000000001")),
    _p("names in lower case", put("NM1*IL", "03", "Doe"), put("NM1*85", "03", "Cedar Falls Family Medicine")),
    _p("marks in names", put("NM1*85", "03", _MARKS[:60])),
    _p("three ways to reach the submitter", instead("PER", "PER*IC*EDI*TE*5555550100*EX*12*EM*EDI@EXAMPLE.COM")),
)

PARTIES = (
    Clean("a provider without NPI", batch837p([ONE], billing=_ATYPICAL)),
    _p("nothing but what is required", drop("PRV*BI"), drop("NM1*82"), drop("PRV*PE"), drop("REF*6R")),
    _p("addresses with a second line", put("N3", "02", "SUITE 400"), put("N3", "02", "APT 2", nth=2)),
    _p("a Canadian subscriber", instead("N4", "N4*TORONTO*ON*M5V2T6*CA", nth=2)),
    _p("a British subscriber", instead("N4", "N4*LONDON**SW1A1AA*GB", nth=2)),
    _p("a provider in a territory", put("N4", "02", "PR"), put("N4", "03", "009010001")),
    _p("a soldier's address", instead("N4", "N4*APO*AE*09012", nth=2)),
    _p("a pay-to address", after("REF*EI", "NM1*87*2", "N3*PO BOX 12", "N4*AMES*IA*50010")),
    _p("a pay-to plan", after("REF*EI", "NM1*PE*2*X*****PI*PLAN1", "N3*1 X", "N4*AMES*IA*50010", "REF*EI*999990005")),
    _p("a license and a contact", after("REF*EI", "REF*0B*L1001", "REF*1G*U1001", "PER*IC*BILLING*TE*5555550102")),
    _p("dollars of Canada", after("PRV*BI", "CUR*85*CAD")),
    _p("a group and its name", instead("SBR", "SBR*P*18**EXAMPLE TRUST*****CI")),
    _p("a group's number", put("SBR", "03", "GRP1001")),
    _p("Medicaid", put("SBR", "09", "MC"), after("NM1*PR", "N3*1 STATE ST", "N4*DES MOINES*IA*50309")),
    _p("a payer with other ids", after("NM1*PR", "REF*2U*12345", "REF*FY*77", "REF*G2*P1001")),
    _p("a plan id", put("NM1*PR", "08", "XV")),
    _p("a subscriber without first name", put("NM1*IL", "04", "")),
    _p("a middle name and a suffix", put("NM1*IL", "05", "Q"), put("NM1*IL", "07", "JR")),
    _p("sex unknown", put("DMG", "03", "U")),
    _p("a pregnant subscriber", after("SBR", "PAT*********Y")),
    _p("a subscriber who died", after("SBR", "PAT*****D8*20261105*01*150")),
    _p(
        "an employer as subscriber, who insures an employee",
        put("SBR", "09", "WC"),
        instead("NM1*IL", "NM1*IL*2*EXAMPLE MILLS*****MI*WC1001"),
        put("PAT", "01", "20"),
        after("DMG", "REF*Y4*WCC1001"),
        put("CLM", "11", "EM"),
        after("CLM", "DTP*439*D8*20261101"),
        claim=ClaimSpec("W1", dependent=True),
    ),
    _p(
        "an accident by car",
        put("SBR", "09", "AM"),
        after("DMG", "REF*Y4*PC1001", "PER*IC*ADJUSTER*TE*5555550103*EX*7"),
        put("CLM", "11", "AA:::IA"),
        after("CLM", "DTP*439*D8*20261101"),
    ),
)

CLEAN: tuple[Clean, ...] = (*BASES, *WRITTEN, *PARTIES)
