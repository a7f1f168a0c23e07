"""Which claims share a set and a file, for any partner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from gateway.layout import Waiting, laid_out, numbered
from gateway.model.habits import Habits, SetBy
from gateway.model.partners import Endpoint, Partner
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


def test_each_claim_knows_its_set() -> None:
    """Sets count from 1."""
    assert numbered([[7, 9], [8]]) == [(7, 1), (9, 1), (8, 2)]
