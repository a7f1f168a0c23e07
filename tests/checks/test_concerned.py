"""A check that is not asked about a claim would have found nothing in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from gateway.checks import CONTENT, CheckContext, check_content
from gateway.checks.concerned import CONCERNED
from gateway.model.claims import Adjudication, Claim, ClaimKind, Coverage, Diagnosis, OtherDate
from gateway.testing.builders import realistic_batch
from gateway.x12.claims import read_claims
from tests.x12.documents import DENTAL, INSTITUTIONAL, PROFESSIONAL, wrapped

CONTEXT = CheckContext(None, date.min, version="005010X222A1")
LIMITED = [check for check in CONTENT if check.code in CONCERNED]
OTHER = Coverage("P", "OTHER1", "MB", None, None, segment=40)
PAID = Adjudication("OTHER2", None, None, paid_on=date(2000, 1, 1), segment=50)


def read(*blocks: bytes) -> list[Claim]:
    return [item for item in read_claims(blocks) if isinstance(item, Claim)]


def claims() -> Iterator[Claim]:
    """Claims of every kind, and each as every other kind, with another payer or none, with its days or none."""
    found = read(wrapped(PROFESSIONAL)) + read(wrapped(INSTITUTIONAL, version="005010X223A2"))
    found += read(wrapped(DENTAL, version="005010X224A2")) + read(*realistic_batch(20))
    for claim in found:
        paid = tuple(replace(line, adjudications=(PAID,)) for line in claim.lines)
        for kind in ClaimKind:
            for coverages, lines in (((), claim.lines), ((OTHER, OTHER), claim.lines), ((), paid), ((OTHER,), paid)):
                made = replace(claim, kind=kind, coverages=coverages, lines=lines)
                yield from (made, replace(made, first_day=None, last_day=None, providers=(), admitted=date(2030, 1, 1)))
        plain = replace(
            claim, frequency="1", accident_related=False, auto_accident=False, other_dates=(), filing_indicator="CI"
        )
        patient = replace(claim.patient, born=date(2026, 11, 1), died=date(2020, 1, 1), sex="M")
        line = replace(claim.lines[0], procedure="99397", modifiers=("26", "TC", "TC"))
        far = OtherDate("439", date(2025, 1, 1), date(2024, 1, 1))
        said = {
            "accident_related": True,
            "accident_state": "",
            "auto_accident": True,
            "frequency": "X",
            "patient": patient,
        }
        yield replace(plain, lines=tuple(replace(line, modifiers=(), procedure="99213") for line in claim.lines))
        yield from (replace(plain, diagnoses=(Diagnosis("ABK", code),)) for code in ("J069", "N400", "O0990"))
        for plan in ("MB", "MC", "WC"):
            yield replace(claim, **said, filing_indicator=plan, other_dates=(far,), lines=(line, *claim.lines[1:]))


def test_who_is_not_asked_would_have_found_nothing() -> None:
    """And each of these checks finds something where it is asked, or is at least asked."""
    assert {check.code for check in LIMITED} == set(CONCERNED)
    passed_over = dict.fromkeys(CONCERNED, 0)
    asked = dict.fromkeys(CONCERNED, 0)
    for claim in claims():
        for check in LIMITED:
            if CONCERNED[check.code](claim):
                asked[check.code] += 1
            else:
                passed_over[check.code] += 1
                assert not tuple(check.looks_at(claim, CONTEXT)), check.code
    assert all(passed_over.values())
    assert all(asked.values())


def test_all_that_checks_find_is_told_and_those_not_asked_count_as_passed() -> None:
    """The findings are those of asking every check about every claim."""
    hits = 0
    for claim in claims():
        bare = replace(claim, findings=())
        every = [tuple(check.looks_at(bare, CONTEXT)) for check in CONTENT]
        found = check_content(bare, CONTEXT)
        assert [one for one in found if one.code != "CONTENT_PASSED"] == [one for told in every for one in told]
        assert found[-1].code == "CONTENT_PASSED"
        assert found[-1] == check_content(bare, CONTEXT, [replace(c, code=f"X{c.code}") for c in CONTENT])[-1]
        hits += sum(bool(told) for check, told in zip(CONTENT, every, strict=True) if check.code in CONCERNED)
    assert hits > 100
