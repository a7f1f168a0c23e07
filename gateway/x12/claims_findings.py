"""What reading finds wrong with a claim: a place, never a value."""

from __future__ import annotations

from gateway.model.claims import Finding, Outcome


def not_a_number(element: str, loop: str, segment: int, line: int | None = None) -> Finding:
    """`element` (CLM02) of `loop` should be a number. `segment` counts from ST = 1, `line` is the LX number."""
    return Finding(
        code=f"{element}_NOT_A_NUMBER",
        outcome=Outcome.REJECT,
        place=f"{loop}/{element}",
        message=f"{element} should be a number and is none.",
        next_step="Correct it in the billing software and send the claim again.",
        segment=segment,
        line=line,
    )


def leading_zero(element: str, loop: str, segment: int, line: int | None = None) -> Finding:
    """`element` counts, with a zero in front."""
    return Finding(
        code=f"{element}_LEADING_ZERO",
        outcome=Outcome.REJECT,
        place=f"{loop}/{element}",
        message=f"{element} has a zero in front, and X12 numbers have none.",
        next_step="Have the vendor of the billing software number the lines 1, 2, 3 and send the claim again.",
        segment=segment,
        line=line,
    )


def bad_date(element: str, loop: str, what: str, segment: int, line: int | None = None) -> Finding:
    """`element` (DTP03) of `loop` should be a day or a range of days in the calendar; `what` is its meaning."""
    return Finding(
        code=f"{element[:3]}_DATE_INVALID",
        outcome=Outcome.REJECT,
        place=f"{loop}/{element}",
        message=f"The {what} is not a date in the calendar.",
        next_step="Correct the date in the billing software and send the claim again.",
        segment=segment,
        line=line,
    )
