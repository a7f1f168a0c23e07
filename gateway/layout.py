"""Which claims go together: how many to a set, how many sets and bytes to a file, and who may share one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.model.habits import SetBy
from gateway.model.partners import LineBreak, Partner

_FILE, _SET = 300, 1200
"""More bytes than ISA, GS, GE and IEA have, and than ST to 1000B and SE, each element as long as it may be."""
_TRACE, _LEVEL = 40, 40
"""More bytes than a claim grows by its REF*D9, and a level by its new HL."""
_SHORTEST = 5
"""Bytes of the shortest segment, LX*1~."""
_BREAKS = {None: 0, LineBreak.NONE: 0, LineBreak.LF: 1, LineBreak.CRLF: 2}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claim that may go: its row, and the NPI of its 2000A. Where the partner takes files of some size only: its own
    bytes, and those of each level that it hangs on, by row."""

    claim: int
    billing_npi: str
    bytes: int = 0
    levels: Mapping[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Set:
    claims: list[int] = field(default_factory=list)
    levels: set[int] = field(default_factory=set)


def weight(claim: int, levels: Iterable[int]) -> int:
    """The most bytes that a claim of so many bytes, with levels of so many, has as it is sent."""
    return claim + _TRACE + sum(level + _LEVEL for level in levels)


def too_large(weight: int, partner: Partner) -> bool:
    """Whether a file with nothing but this claim could be larger than the partner takes."""
    return bool(partner.habits.largest_file) and weight > _room(partner) - _SET


def _room(partner: Partner) -> int:
    """The bytes of a file beside its envelope, without the line breaks that this partner wants. A wrapping makes a file
    smaller, if anything; that is not counted on."""
    largest, more = partner.habits.largest_file, _BREAKS[partner.line_break]
    return largest * _SHORTEST // (_SHORTEST + more) - _FILE


def laid_out(waiting: Iterable[Waiting], partner: Partner) -> list[list[int]]:
    """The sets of the next file, as claim rows: claims are taken in the order given, the most urgent first, while there
    is room for them; those that found none go in a later file, and one that no file has room for in none. Reads no
    further than it must."""
    file = _File(partner)
    for one in waiting:
        file.add(one)
        if file.full:
            break
    return [each.claims for each in file.sets]


class _File:
    """One that is being filled; `full` once nothing more is to go into it."""

    def __init__(self, partner: Partner) -> None:
        self.sets: list[_Set] = []
        self.full = False
        self._most, self._sets = partner.claims_per_set, partner.habits.sets_per_file
        self._alone = partner.habits.set_by is SetBy.BILLING_PROVIDER
        self._open: dict[str, _Set] = {}
        self._claims = self._most * self._sets
        self._bytes = _room(partner) if partner.habits.largest_file else None

    def add(self, one: Waiting) -> None:
        """Where there is room for it. The first for which there are too few bytes closes the file."""
        owner = one.billing_npi if self._alone else ""
        chosen = self._open.get(owner)
        if chosen is None or len(chosen.claims) == self._most:
            if len(self.sets) == self._sets:
                return
            chosen = _Set()
        if not self._has_bytes(one, chosen):
            self.full = bool(self.sets)
            return
        if not chosen.claims:
            self._open[owner] = chosen
            self.sets.append(chosen)
        chosen.claims.append(one.claim)
        chosen.levels.update(one.levels)
        self._claims -= 1
        self.full = not self._claims

    def _has_bytes(self, one: Waiting, chosen: _Set) -> bool:
        """Takes them, too; a level stands once in its set."""
        if self._bytes is None:
            return True
        new = [size for row, size in one.levels.items() if row not in chosen.levels]
        needs = weight(one.bytes, new) + (0 if chosen.claims else _SET)
        if needs <= self._bytes:
            self._bytes -= needs
            return True
        return False


def numbered(sets: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Each claim with the number of its set, from 1."""
    return [(claim, number) for number, claims in enumerate(sets, 1) for claim in claims]
