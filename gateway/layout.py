"""Which claims go together: how many to a set, how many sets to a file, and who may share one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.model.habits import SetBy
from gateway.model.partners import Partner


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claim that may go: its row, and the NPI of its 2000A."""

    claim: int
    billing_npi: str


def laid_out(waiting: Iterable[Waiting], partner: Partner) -> list[list[int]]:
    """The sets of the next file, as claim rows: claims are taken in the order given, the most urgent first, while there
    is room for them; those that found none go in a later file. Reads no further than it must."""
    habits = partner.habits
    alone = habits.set_by is SetBy.BILLING_PROVIDER
    sets: list[list[int]] = []
    open_sets: dict[str, list[int]] = {}
    room = habits.sets_per_file * partner.claims_per_set
    for one in waiting:
        owner = one.billing_npi if alone else ""
        chosen = open_sets.get(owner)
        if chosen is None or len(chosen) == partner.claims_per_set:
            if len(sets) == habits.sets_per_file:
                continue
            chosen = open_sets[owner] = []
            sets.append(chosen)
        chosen.append(one.claim)
        room -= 1
        if not room:
            break
    return sets


def numbered(sets: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Each claim with the number of its set, from 1."""
    return [(claim, number) for number, claims in enumerate(sets, 1) for claim in claims]
