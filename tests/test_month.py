"""A month in a minute, here a few days of it: both sides' books agree, and the comparison sees when they do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.demo.books import Books
from gateway.demo.month import Outcome, play_month


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return play_month(tmp_path_factory.mktemp("month"), days=10, per_day=12)


@pytest.fixture
def books(outcome: Outcome) -> Iterator[Books]:
    return outcome.books  # type: ignore[return-value]


def test_the_books_agree_after_ten_days(outcome: Outcome) -> None:
    """Paid, denied, refused, corrected, frozen, released, reversed, repeated: each in one known state, each sent once."""
    assert outcome.wrong == ()
    stands = {row["stands"] for row in outcome.books.rows}
    assert stands >= {"PAID", "PARTLY_PAID", "DENIED", "REJECTED", "RETURNED", "DUPLICATE", "DECLINED"}
    assert outcome.books.paid_by_us() > 1000
    assert len(outcome.books.posted) > len({row["claim"] for row in outcome.books.posted})


def test_a_claim_that_came_twice_is_seen(books: Books) -> None:
    """Whoever hands over the same content again is found out, in whatever wrapper."""
    payer = next(payer for payer in books.payers if payer.arrivals())
    content = payer.arrivals()[0][1]
    doubled = replace(books, payers=[*books.payers, _Again(payer, content)])  # type: ignore[list-item]
    assert doubled.doubled > 0
    assert any("twice" in each for each in doubled.wrong())


class _Again:
    """A payer that received what another one has."""

    def __init__(self, payer: object, content: bytes) -> None:
        self._payer, self.outbox = payer, Path("/nonexistent")

    def claims_taken(self) -> list[object]:
        return self._payer.claims_taken()[:1]  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda b: replace(b, rows=b.rows[1:]), "are known"),
        (lambda b: replace(b, rows=b.rows[1:]), "lost"),
        (lambda b: replace(b, payers=b.payers[:1]), "lost"),
        (lambda b: replace(b, posted=b.posted[1:]), "was posted"),
        (lambda b: replace(b, posted=[{**b.posted[0], "claim": None}, *b.posted[1:]]), "no claim"),
        (lambda b: replace(b, rows=[{**b.rows[0], "stands": "SENT"}, *b.rows[1:]]), "still SENT"),
        (lambda b: replace(b, rows=[{**row, "stands": "HELD"} for row in b.rows]), "not to be sent"),
    ],
)
def test_books_that_do_not_agree_are_told(books: Books, change: object, words: str) -> None:
    """A comparison that finds nothing must be able to find something."""
    assert any(words in each for each in change(books).wrong())  # type: ignore[operator]
