"""Other payers: what they paid and adjusted is the charge, at the claim and at each line."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from gateway.checks.edits import check_content
from gateway.model.claims import Adjudication, Claim, ClaimText, Coverage
from gateway.model.x12 import Delimiters
from tests.checks.claims import DAY, DOS, HOLD, REJECT, UNDATED, WARN, Hit, claim, content, line


def money(amount: str) -> Decimal:
    return Decimal(amount)


def paid(
    amount: str, adjusted: str | None = None, payer_id: str = "FIRST", rank: str = "P", **more: Decimal
) -> Coverage:
    adjustment = money(adjusted) if adjusted else None
    return Coverage(rank, payer_id, "CI", money(amount), adjustment, paid_on=DOS + DAY, segment=30, **more)


def settled(amount: str, adjusted: str = "0", payer_id: str = "FIRST") -> Adjudication:
    return Adjudication(payer_id, money(amount), money(adjusted), segment=44)


def second(*coverages: Coverage, lines: tuple[tuple[Adjudication, ...], ...] = ((),)) -> Claim:
    """A claim for the second payer, with one line of 100 dollars for each group of adjudications."""
    made = (line(number, adjudications=own) for number, own in enumerate(lines, 1))
    return claim(*made, coverages=coverages, payer_responsibility="S")


def third(*coverages: Coverage) -> Claim:
    return claim(coverages=coverages, payer_responsibility="T")


def to_medicare(sbr: bytes, rank: str = "S") -> Claim:
    """A claim for Medicare, read from a subscriber's level with this SBR."""
    levels = ((5, b"HL*1**20*1"), (14, b"HL*2*1*22*0~" + sbr))
    text = ClaimText(levels, b"CLM*1*100", Delimiters(b"*", b":", b"~"))
    first = (paid("100"),) if rank != "P" else ()
    return claim(payer_responsibility=rank, filing_indicator="MB", coverages=first, text=text)


CASES: list[tuple[Claim, list[Hit]]] = [
    (to_medicare(b"SBR*S*18*******MB"), [("INSURANCE_TYPE_MISSING", HOLD, "2000B/SBR05", None)]),
    (to_medicare(b"SBR*S*18***12****MB"), []),
    (to_medicare(b"SBR*P*18*******MB", "P"), []),
    (claim(payer_responsibility="S"), [("COB_MISSING", WARN, "2320/SBR01", None)]),
    (claim(payer_responsibility="T"), [("COB_MISSING", WARN, "2320/SBR01", None)]),
    (claim(payer_responsibility="U"), []),
    (second(Coverage("P", "FIRST")), []),
    (claim(coverages=(Coverage("P"),)), [("COB_RANK_REPEATED", WARN, "2320/SBR01", None)]),
    (claim(coverages=(Coverage("S"), Coverage("S"))), [("COB_RANK_REPEATED", WARN, "2320/SBR01", None)]),
    (claim(coverages=(Coverage("U"), Coverage("U"))), []),
    (second(paid("60", "40")), []),
    (second(paid("60", "39.99")), [("COB_CLAIM_UNBALANCED", REJECT, "2320/AMT02", None)]),
    (second(paid("60")), [("COB_CLAIM_UNBALANCED", REJECT, "2320/AMT02", None)]),
    (second(paid("0", non_covered=money("100"))), []),
    (second(paid("0")), [("COB_CLAIM_UNBALANCED", REJECT, "2320/AMT02", None)]),
    (second(paid("0", rank="T")), [("COB_RANK_MISSING", WARN, "2320/SBR01", None)]),
    (third(paid("100")), [("COB_RANK_MISSING", WARN, "2320/SBR01", None)]),
    (third(paid("100"), paid("100", payer_id="NEXT", rank="S")), []),
    (third(paid("100"), paid("100", payer_id="NEXT", rank="U")), []),
    (
        third(paid("100"), paid("100", rank="S")),
        [("COB_PAYER_REPEATED", WARN, "2330B/NM109", None)],
    ),
    (second(replace(paid("60", "40"), paid_on=None)), [("COB_DATE_MISSING", WARN, "2330B/DTP03", None)]),
    (second(replace(paid("80"), paid_on=None), lines=((settled("80", "20"),),)), []),
    (
        second(replace(paid("0", "100"), paid=None)),
        [("COB_PAID_MISSING", HOLD, "2320/AMT02", None)],
    ),
    (claim(coverages=(paid("0", rank="S"),)), []),
    (claim(coverages=(paid("0", "90", rank="S"),)), [("COB_CLAIM_UNBALANCED", REJECT, "2320/AMT02", None)]),
    (second(paid("80"), lines=((settled("80", "20"),),)), []),
    (second(paid("30", "50"), lines=((settled("80", "20"),),)), []),
    (
        second(paid("75"), lines=((settled("75", "20"),),)),
        [("COB_CLAIM_UNBALANCED", REJECT, "2320/AMT02", None), ("COB_LINE_UNBALANCED", REJECT, "2430/SVD02", 1)],
    ),
    (second(paid("80"), lines=((settled("50", "10"), settled("30", "10")),)), []),
    (
        second(paid("180"), lines=((settled("80", "20"),), ())),
        [("COB_PAID_DIFFERS", HOLD, "2320/AMT02", None)],
    ),
    (
        second(
            paid("80"),
            paid("10", payer_id="NEXT", rank="T"),
            lines=((settled("80", "20"), settled("10", "90", "NEXT")),),
        ),
        [],
    ),
    (
        second(paid("80"), lines=((settled("80", "20", "OTHER"),),)),
        [("COB_PAYER_UNMATCHED", HOLD, "2430/SVD01", 1)],
    ),
    (
        claim(line(adjudications=(settled("80", "20"),))),
        [("COB_PAYER_UNMATCHED", HOLD, "2430/SVD01", 1)],
    ),
    (
        second(Coverage("P", "FIRST", segment=30), lines=((settled("80", "20"),),)),
        [("COB_PAID_MISSING", HOLD, "2320/AMT02", None)],
    ),
    (second(Coverage("P", "FIRST", segment=30), lines=((),)), []),
    (
        second(Coverage("P", "FIRST", paid_on=DOS - DAY, segment=30)),
        [("PAID_BEFORE_SERVICE", HOLD, "2330B/DTP03", None)],
    ),
    (second(Coverage("P", "FIRST", paid_on=DOS, segment=30)), []),
    (
        second(paid("80"), lines=((replace(settled("80", "20"), paid_on=DOS - DAY),),)),
        [("PAID_BEFORE_SERVICE", HOLD, "2430/DTP03", 1)],
    ),
    (second(paid("80"), lines=((replace(settled("80", "20"), paid_on=DOS),),)), []),
]


@pytest.mark.parametrize(("one", "expected"), CASES)
def test_what_others_paid_adds_up(one: Claim, expected: list[Hit]) -> None:
    """A later payer refuses what does not balance, so it is found here; what cannot be told is let pass."""
    assert content(one) == expected


def test_two_coverages_of_one_payer_are_not_told_apart_at_the_lines() -> None:
    """Nothing is said against a sum of which nobody knows whose it is."""
    hits = content(second(paid("10"), paid("20", rank="T"), lines=((settled("80", "20"),),)))
    assert [hit[0] for hit in hits] == ["COB_PAYER_REPEATED"]


def test_numbers_as_in_published_examples_balance() -> None:
    """Adjusted at the claim and at a line; and adjusted at the line alone."""
    lines = (
        line(1, charge=money("43"), adjudications=(settled("40", "3"),)),
        line(2, charge=money("15"), adjudications=(settled("15"),)),
        line(3, charge=money("21.04"), adjudications=(settled("21.04"),)),
    )
    assert content(claim(*lines, coverages=(paid("39.15", "36.89"),), payer_responsibility="S")) == []
    alone = line(charge=money("120"), adjudications=(settled("80", "40"),))
    assert content(claim(alone, coverages=(paid("80", non_covered=money("15")),), payer_responsibility="S")) == []


def test_an_amount_that_is_no_number_is_not_added_up() -> None:
    """Reading has objected to it already."""
    unread = Adjudication("FIRST", None, None)
    assert content(second(paid("80"), lines=((unread,),))) == []


def test_a_finding_of_a_lines_adjudication_names_its_segment() -> None:
    """The SVD stands where the reader saw it."""
    unknown = second(paid("80"), lines=((settled("80", "20", "OTHER"),),))
    unbalanced = second(paid("75"), lines=((settled("75", "20"),),))
    assert [found.segment for found in check_content(unknown, UNDATED)[:-1]] == [44]
    assert [found.segment for found in check_content(unbalanced, UNDATED)[:-1]] == [30, 44]
