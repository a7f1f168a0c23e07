"""Which claims share a set and a file, for any partner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gateway.layout import Waiting, laid_out, numbered, too_large, weight
from gateway.model.habits import Habits, SetBy
from gateway.model.partners import Endpoint, LineBreak, Partner
from gateway.model.x12 import Address


def partner(claims_per_set: int, sets: int, by: SetBy) -> Partner:
    return Partner(
        key="p",
        name="P",
        payers={},
        receiver=Address("ZZ", "P"),
        endpoint=Endpoint("sftp", "p.example"),
        claims_per_set=claims_per_set,
        habits=Habits(set_by=by, sets_per_file=sets),
    )


@given(
    st.lists(st.sampled_from("ABC"), max_size=40), st.integers(1, 5), st.integers(1, 4), st.sampled_from(list(SetBy))
)
def test_a_file_takes_the_most_urgent_claims_that_fit(owners: list[str], per_set: int, most: int, by: SetBy) -> None:
    """No set is too large or mixes whom it may not, none is empty, and nobody is passed over for whom there was room."""
    waiting = [Waiting(number, owner) for number, owner in enumerate(owners)]
    sets = laid_out(iter(waiting), partner(per_set, most, by))
    owner_of = dict(enumerate(owners))
    assert len(sets) <= most
    assert all(0 < len(claims) <= per_set for claims in sets)
    taken = [claim for claims in sets for claim in claims]
    assert max(Counter(taken).values(), default=1) == 1
    if by is SetBy.ANY:
        assert taken == list(range(min(len(owners), per_set * most)))
        return
    assert all(len({owner_of[claim] for claim in claims}) == 1 for claims in sets)
    left = [claim for claim in owner_of if claim not in taken]
    room = {owner_of[claims[0]] for claims in sets if len(claims) < per_set}
    assert not room & {owner_of[claim] for claim in left}
    assert not left or len(sets) == most
    assert 0 in taken or not owners


def test_a_file_is_full_before_all_that_waits_is_read() -> None:
    """A million waiting claims cost no more than a file of them."""
    read = []

    def waiting() -> Iterator[Waiting]:
        for number in range(1000):
            read.append(number)
            yield Waiting(number, "A")

    laid_out(waiting(), partner(5, 2, SetBy.ANY))
    assert len(read) == 10


LEVELS = st.lists(st.integers(1, 6), min_size=2, max_size=3, unique=True)


@given(
    st.lists(st.tuples(st.integers(1, 9_000), LEVELS), max_size=30), st.integers(1_000, 30_000), st.integers(1, 5),
    st.sampled_from([None, *LineBreak]),
)  # fmt: skip
def test_no_file_is_larger_than_the_partner_takes(
    found: list[tuple[int, list[int]]], largest: int, per_set: int, breaks: LineBreak | None
) -> None:
    """By the most that its claims, their levels and all around them may have; whoever fits into no file is passed over."""
    to = replace(partner(per_set, 4, SetBy.ANY), line_break=breaks)
    to = replace(to, habits=replace(to.habits, largest_file=largest))
    waiting = {n: Waiting(n, "A", size, {row: row * 100 for row in rows}) for n, (size, rows) in enumerate(found)}
    fitting = [n for n, one in waiting.items() if not too_large(weight(one.bytes, one.levels.values()), to)]
    sets = laid_out(waiting.values(), to)
    taken = [claim for claims in sets for claim in claims]
    assert taken == fitting[: len(taken)]
    assert bool(taken) == bool(fitting)
    levels = sum({row: size for n in claims for row, size in waiting[n].levels.items()}[row] for claims in sets
                 for row in {row for n in claims for row in waiting[n].levels})  # fmt: skip
    assert sum(waiting[n].bytes for n in taken) + levels <= largest


def test_a_level_that_claims_share_counts_once_in_a_set() -> None:
    """Else a file would hold a part of what it may."""
    to = partner(500, 1, SetBy.ANY)
    to = replace(to, habits=replace(to.habits, largest_file=20_000))
    shared = [Waiting(n, "A", 1_000, {1: 5_000}) for n in range(100)]
    assert len(laid_out(shared, to)[0]) == 12


def test_each_claim_knows_its_set() -> None:
    """Sets count from 1."""
    assert numbered([[7, 9], [8]]) == [(7, 1), (9, 1), (8, 2)]
