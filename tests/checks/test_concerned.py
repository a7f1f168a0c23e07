"""A check that is not asked about a claim would have found nothing in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from gateway.checks import CheckContext
from gateway.checks.concerned import CONCERNED
from gateway.checks.edits import CONTENT, check_content
from gateway.model.claims import Adjudication, Claim, ClaimKind, Coverage, Diagnosis, OtherDate
from gateway.testing.builders import realistic_batch
from gateway.x12.claims import read_claims
from tests.checks.test_content import TABLES
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


TEXTS = ("", "0", "00000", "A", "A-1", "X" * 21, "S", "1", "2", "8", "18", "30", "U", "UNKNOWN", "TOLD 9", "AD", "MJ")
CODES = (
    "00100",
    "21",
    "11",
    "99221",
    "A0428",
    "2000000010",
    "2000000011",
    "1234567893",
    "PO BOX 9",
    "CA",
    "BK",
    "J06.9",
)
AMOUNTS = (None, Decimal(0), Decimal(-1), Decimal("1.001"), Decimal("77.77"))
DAYS = (None, date(1850, 1, 1), date(2010, 1, 1), date(2035, 1, 1))
LISTS = ((), ("1", "1"), ("12",), ("26", "26"), ("2", "1"))
BY_TYPE = {"Decimal | None": AMOUNTS, "date | None": DAYS, "tuple[str, ...]": LISTS, "tuple[int, ...]": ((1,),)}


def one_thing_other(whole: Any) -> Iterator[Any]:
    """The same but for one field of it, or of what it holds, which says whatever a field of its type may say."""
    for field in fields(whole):
        if field.name in ("segment", "position"):
            continue
        said = getattr(whole, field.name)
        for other in _others(said) if field.name != "address_lacks" else ("N3", "N402"):
            yield replace(whole, **{field.name: other})
        for other in BY_TYPE.get(field.type, ()):  # type: ignore[call-overload]  # the text of an annotation
            yield replace(whole, **{field.name: other})


def _others(said: Any) -> Iterator[Any]:
    if isinstance(said, ClaimKind):
        yield from ClaimKind
    elif isinstance(said, bool):
        yield not said
    elif isinstance(said, int):
        yield from (0, 3, 99)
    elif isinstance(said, str):
        yield from TEXTS + CODES
    elif is_dataclass(said):
        yield from one_thing_other(said)
    elif isinstance(said, tuple) and said and is_dataclass(said[0]):
        yield from ((), said * 51, (*said, said[0]), *((*said[:-1], other) for other in _others(said[-1])))
        yield from ((other, *said[1:]) for other in _others(said[0]))


def nearly_ordinary() -> Iterator[Claim]:
    """Claims as they come, each but for one thing; and all of the tables of cases, alone and with such lines beside."""
    found = read(*realistic_batch(12)) + read(wrapped(PROFESSIONAL)) + read(wrapped(DENTAL, version="005010X224A2"))
    found = [claim for claim in found if not any(CONCERNED[code](claim) for code in ("CHARGE_SUM", "NPI_INVALID"))]
    yield from found
    few, many = min(found, key=lambda one: len(one.providers)), max(found, key=lambda one: len(one.lines))
    lines = tuple(replace(line, pointers=()) for line in few.lines)
    bill = replace(few, kind=ClaimKind.INSTITUTIONAL, place_of_service="13", lines=lines)
    for claim in (few, many, bill):
        yield from one_thing_other(claim)
    yield from (one for table in TABLES for one, _ in table.CASES)


def test_one_odd_thing_is_enough_to_be_asked() -> None:
    """Whatever a check finds in a claim that is ordinary but for one thing, it is asked about that claim."""
    found = set()
    for claim in nearly_ordinary():
        asked = {which: which(claim) for which in set(CONCERNED.values())}
        for check in LIMITED:
            hit = bool(tuple(check.looks_at(claim, CONTEXT)))
            assert asked[CONCERNED[check.code]] or not hit, check.code
            found |= {check.code} if hit else set()
    assert found == set(CONCERNED)


def test_who_is_not_asked_would_have_found_nothing() -> None:
    """And each of these checks is spared some claims."""
    assert {check.code for check in LIMITED} == set(CONCERNED)
    passed_over = dict.fromkeys(CONCERNED, 0)
    for claim in claims():
        for check in LIMITED:
            if not CONCERNED[check.code](claim):
                passed_over[check.code] += 1
                assert not tuple(check.looks_at(claim, CONTEXT)), check.code
    assert all(passed_over.values())


def test_all_that_checks_find_is_told_and_those_not_asked_count_as_passed() -> None:
    """The findings are those of asking every check about every claim."""
    hits = 0
    for claim in claims():
        bare = replace(claim, findings=())
        every = [tuple(check.looks_at(bare, CONTEXT)) for check in CONTENT]
        found = check_content(bare, CONTEXT)
        assert [one for one in found if one.code != "CONTENT_PASSED"] == [one for told in every for one in told]
        assert found[-1].code == "CONTENT_PASSED"
        assert found[-1] == check_content(bare, CONTEXT, [replace(c, concerns=None) for c in CONTENT])[-1]
        hits += sum(bool(told) for check, told in zip(CONTENT, every, strict=True) if check.code in CONCERNED)
    assert hits > 100
