"""Control numbers: a gap is told of a sender that counts by one, and of nobody else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.numbering import MOST_PROOF, PROOF, follow, runs


def gaps(numbers: Sequence[int], taken: Sequence[int] = ()) -> list[list[int]]:
    """What is missing at each step that misses something."""
    series, found = None, []
    for number in numbers:
        series, missing = follow(series, number, taken)
        found += [missing] if missing else []
    return found


@pytest.mark.parametrize(
    ("numbers", "missing"),
    [
        ([1, 2, 3, 4, 5, 7], [[6]]),
        ([1, 2, 3, 4, 6], []),  # four in a row are chance
        ([1, 2, 3, 4, 5, 5, 5, 6], []),
        ([1, 2, 3, 4, 5, 9, 10], [[6, 7, 8]]),
        ([1, 2, 3, 4, 5, 90_000], []),  # set anew
        ([999_999_997, 999_999_998, 999_999_999, 1, 2, 3, 4, 5, 6], []),
        ([1, 2, 3, 4, 5, 7, 9, 11, 13], [[6]]),  # it skips: believed no more
        ([7, 3, 99, 12, 50, 51, 53, 70], []),
    ],
)
def test_a_gap_is_told_once_a_sender_was_seen_to_count(numbers: list[int], missing: list[list[int]]) -> None:
    assert gaps(numbers) == missing


def test_numbers_that_other_kinds_of_answer_have_are_not_missing() -> None:
    assert gaps([1, 2, 4, 5, 8, 10], taken=[3, 6, 7, 9]) == []
    assert gaps([1, 2, 4, 5, 8, 11], taken=[3, 6, 7, 9]) == [[10]]


@given(st.integers(2, 40), st.integers(1, 60))
def test_whoever_leaves_out_numbers_for_ever_is_told_of_ever_more_rarely(every: int, rounds: int) -> None:
    """A partner that skips at each n-th file alarms a few times, and then no more."""
    numbers = [n for n in range(1, every * rounds) if n % every]
    assert len(gaps(numbers)) <= (MOST_PROOF // PROOF).bit_length()


@given(st.permutations(range(100, 130)))
def test_all_numbers_that_came_are_never_missing(numbers: list[int]) -> None:
    """In whatever order: each is looked at beside all that came by then."""
    assert gaps(sorted(numbers)) == []


def test_what_is_left_of_a_gap_is_told_in_rows() -> None:
    assert runs(range(9, 16), {10, 13, 14}) == [(9, 9), (11, 12), (15, 15)]
    assert runs(range(9, 11), {9, 10}) == []
