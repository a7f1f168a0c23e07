"""Checks of service lines: their numbers, what they bill, and whether two say the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import SERVICE, of_line
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome, ServiceLine

LINE_NUMBER = "2400/LX01"
PROCEDURE = {
    ClaimKind.PROFESSIONAL: "2400/SV101-2",
    ClaimKind.INSTITUTIONAL: "2400/SV202-2",
    ClaimKind.DENTAL: "2400/SV301-2",
}
MOST_LINES = {ClaimKind.PROFESSIONAL: 50, ClaimKind.INSTITUTIONAL: 999, ClaimKind.DENTAL: 50}
_WIDE = frozenset({"100", "210", "310"})
_BILL_TYPE = re.compile("[1-46-8][1-9]")
# Qualifier of the procedure code to the form of the code: CPT, which begins at 00100 and has none from 02000 to 09999, in
# its categories and kinds, HCPCS level II; dental codes.
_PROCEDURES = {
    "HC": re.compile("(?:0(?:0[1-9]|1[0-9])|[1-9][0-9]{2})[0-9]{2}|[0-9]{4}[AFMTU]|[A-V][0-9]{4}"),
    "AD": re.compile("D[0-9]{4}"),
}


def lines_too_many(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A professional or dental claim has 50 lines at most, an institutional one 999."""
    if len(claim.lines) <= MOST_LINES[claim.kind]:
        return ()
    return [
        Finding(
            "LINES_TOO_MANY",
            Outcome.REJECT,
            "2300/LX",
            "The claim has more service lines than the guide allows.",
            "Split it into several claims and send them again.",
            segment=claim.lines[MOST_LINES[claim.kind]].segment or None,
        )
    ]


def line_number_order(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Lines are numbered 1, 2, 3 and so on: answers name them by that number."""
    for expected, line in enumerate(claim.lines, 1):
        if line.number != expected:
            return [
                Finding(
                    "LINE_NUMBER_ORDER",
                    Outcome.REJECT,
                    LINE_NUMBER,
                    "The service lines are not numbered from 1 without a gap.",
                    "Have the billing software number the lines in order and send the claim again.",
                    line=line.number,
                    segment=line.segment or None,
                )
            ]
    return ()


def line_control_repeated(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Remittances name a line by its control number (REF*6R). Most payers take a repeated one, some refuse the claim."""
    if len({line.control for line in claim.lines}) == len(claim.lines):
        return ()
    seen: set[str] = set()
    found = []
    for line in claim.lines:
        if not line.control:
            continue
        if line.control in seen:
            found.append(
                Finding(
                    "LINE_CONTROL_REPEATED",
                    Outcome.WARN,
                    "2400/REF02",
                    "Another line of the claim has the same line control number (REF*6R), so payments of the two could "
                    "not be told apart.",
                    "Have the billing software give each line its own number.",
                    line=line.number,
                    segment=of_line(claim, line, "REF", "6R"),
                )
            )
        seen.add(line.control)
    return found


def line_repeated(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Payers deny a line as a duplicate that says the same as another. Dental lines differ by the tooth."""
    lines = claim.lines
    if len(lines) == 1 or claim.kind is ClaimKind.DENTAL or len({line.procedure for line in lines}) == len(lines):
        return ()
    seen: set[object] = set()
    found = []
    for line in lines:
        said = _said(line)
        if said in seen:
            found.append(
                Finding(
                    "LINE_REPEATED",
                    Outcome.WARN,
                    PROCEDURE[claim.kind],
                    "Another line of the claim bills the same service with the same modifiers, day and charge.",
                    "Remove the line; if the service was given twice, say so by a modifier or by its units.",
                    line=line.number,
                    segment=of_line(claim, line, SERVICE[claim.kind]),
                )
            )
        seen.add(said)
    return found


def _said(line: ServiceLine) -> object:
    return (line.revenue_code, line.procedure, line.modifiers, line.charge, line.first_day, line.last_day, line.units)


def procedure_invalid(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A CPT code has five digits, or four and a letter of its category, a HCPCS code a letter and four digits, a dental
    code a D and four digits."""
    found = []
    for line in claim.lines:
        if not is_procedure(line.procedure_qualifier, line.procedure):
            found.append(
                Finding(
                    "PROCEDURE_INVALID",
                    Outcome.WARN,
                    PROCEDURE[claim.kind],
                    "The procedure code has not the form of one.",
                    "Correct the procedure code.",
                    line=line.number,
                    segment=of_line(claim, line, SERVICE[claim.kind]),
                )
            )
    return found


@lru_cache(maxsize=16384)
def is_procedure(qualifier: str, code: str) -> bool:
    """Whether the code has the form that its qualifier asks for, or none is known."""
    form = _PROCEDURES.get(qualifier)
    return form is None or not code or form.fullmatch(code) is not None


def modifier_invalid(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A modifier has two digits or capital letters, and no empty place before it."""
    found = []
    for line in claim.lines:
        if line.modifiers and not _are_modifiers(line.modifiers):
            found.append(
                Finding(
                    "MODIFIER_INVALID",
                    Outcome.WARN,
                    PROCEDURE[claim.kind].replace("-2", "-3"),
                    "A modifier of the procedure has not two digits or letters, or stands behind an empty place.",
                    "Correct the modifiers.",
                    line=line.number,
                    segment=of_line(claim, line, SERVICE[claim.kind]),
                )
            )
    return found


@lru_cache(maxsize=4096)
def _are_modifiers(modifiers: tuple[str, ...]) -> bool:
    return all(len(each) == 2 and each.isascii() and each.isalnum() and each.upper() == each for each in modifiers)


def modifier_repeated(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A line has each modifier once."""
    found = []
    for line in claim.lines:
        if len(line.modifiers) > 1 and len(set(line.modifiers)) < len(line.modifiers):
            found.append(
                Finding(
                    "MODIFIER_REPEATED",
                    Outcome.WARN,
                    PROCEDURE[claim.kind].replace("-2", "-3"),
                    "The line has a modifier twice.",
                    "Remove one of the two.",
                    line=line.number,
                    segment=of_line(claim, line, SERVICE[claim.kind]),
                )
            )
    return found


def revenue_code_invalid(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Each institutional line has a revenue code of four digits, the leading zero among them."""
    if claim.kind is not ClaimKind.INSTITUTIONAL:
        return ()
    found = []
    for line in claim.lines:
        code = line.revenue_code
        if not (len(code) == 4 and code.isascii() and code.isdecimal()):
            found.append(
                Finding(
                    "REVENUE_CODE_INVALID",
                    Outcome.REJECT,
                    "2400/SV201",
                    "The line's revenue code is missing or has not four digits.",
                    "Correct the revenue code and send the claim again.",
                    line=line.number,
                    segment=of_line(claim, line, "SV2"),
                )
            )
    return found


def revenue_code_unknown(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Codes begin with 0, or with 100, 210 and 310 (behavioral health, alternative therapy, adult care); 0001, a total, is
    one of paper alone. What has no four digits is REVENUE_CODE_INVALID's."""
    if claim.kind is not ClaimKind.INSTITUTIONAL:
        return ()
    return [
        Finding(
            "REVENUE_CODE_UNKNOWN",
            Outcome.HOLD,
            "2400/SV201",
            "The line's revenue code is in no range that is assigned.",
            "Correct the revenue code and send the claim again; leave a line with the total (0001) out.",
            line=line.number,
            segment=of_line(claim, line, "SV2"),
        )
        for line in claim.lines
        if not _is_assigned(line.revenue_code)
    ]


@lru_cache(maxsize=4096)
def _is_assigned(code: str) -> bool:
    if not (len(code) == 4 and code.isascii() and code.isdecimal()):
        return True
    return code >= "0010" if code[0] == "0" else code[:3] in _WIDE


def bill_type_unknown(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A bill type's first digit is the kind of facility, of which there are no 0, 5 and 9, its second the class of bill,
    from 1 to 9."""
    code = claim.place_of_service
    if claim.kind is not ClaimKind.INSTITUTIONAL or not code or _BILL_TYPE.fullmatch(code):
        return ()
    return [
        Finding(
            "BILL_TYPE_UNKNOWN",
            Outcome.HOLD,
            "2300/CLM05-1",
            "The first two digits of the bill type are of no kind of facility and bill.",
            "Correct the bill type and send the claim again.",
            segment=claim.position,
        )
    ]


def place_of_service_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """The claim says where the services were given, an institutional one by its facility type."""
    if claim.place_of_service:
        return ()
    return [
        Finding(
            "PLACE_OF_SERVICE_MISSING",
            Outcome.REJECT,
            "2300/CLM05",
            "The claim does not say in what kind of place the services were given.",
            "Enter the place of service, or the type of facility, and send the claim again.",
            segment=claim.position,
        )
    ]


CHECKS = (
    Check("LINES_TOO_MANY", lines_too_many, worst=Outcome.REJECT, once=True),
    Check("LINE_NUMBER_ORDER", line_number_order, worst=Outcome.REJECT, once=True),
    Check("LINE_CONTROL_REPEATED", line_control_repeated, worst=Outcome.WARN, once=True),
    Check("LINE_REPEATED", line_repeated, worst=Outcome.WARN, once=True),
    Check("PROCEDURE_INVALID", procedure_invalid, worst=Outcome.WARN, once=True),
    Check("MODIFIER_INVALID", modifier_invalid, worst=Outcome.WARN, once=True),
    Check("MODIFIER_REPEATED", modifier_repeated, worst=Outcome.WARN, once=True),
    Check("REVENUE_CODE_INVALID", revenue_code_invalid, worst=Outcome.REJECT, once=True),
    Check("REVENUE_CODE_UNKNOWN", revenue_code_unknown, worst=Outcome.HOLD, once=True),
    Check("BILL_TYPE_UNKNOWN", bill_type_unknown, worst=Outcome.HOLD, once=True),
    Check("PLACE_OF_SERVICE_MISSING", place_of_service_missing, worst=Outcome.REJECT, once=True),
)
