"""Does a partner count its interchanges by one, and which numbers never came?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

PROOF = 5
"""So many numbers in a row show that a sender counts by one; each gap that is told doubles what must be shown next."""

MOST_PROOF = 640
FARTHEST = 1000
"""A step further than this is a counter that was set anew, not a thousand lost files."""


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers of one kind of answer from one sender, as they came: the `last` one, how many in a row by one (`run`),
    and how many in a row it takes to believe in it (`needed`)."""

    last: int
    run: int = 1
    needed: int = PROOF

    @property
    def learned(self) -> bool:
        """Whether this sender counts by one, as far as anybody can see."""
        return self.run >= self.needed


def follow(series: Series | None, number: int, taken: Collection[int]) -> tuple[Series, list[int]]:
    """The series with its next number, and the numbers that are missing before it; none unless the sender was seen to
    count by one. `taken` are numbers between that other kinds of answer, or other lanes, have: a sender may number all
    it sends with one counter. A repeated number says nothing, a smaller one begins anew."""
    if series is None:
        return Series(number), []
    step = number - series.last
    if step == 0:
        return series, []
    if not 0 < step <= FARTHEST:
        return Series(number, 1, series.needed), []
    missing = [n for n in range(series.last + 1, number) if n not in taken]
    if not missing:
        return Series(number, series.run + 1, series.needed), []
    if series.learned:
        return Series(number, 1, min(2 * series.needed, MOST_PROOF)), missing
    return Series(number, 1, series.needed), []


def runs(numbers: Iterable[int], taken: Collection[int]) -> list[tuple[int, int]]:
    """What is left of these ascending numbers without those taken, as the first and last of each row without a hole."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if number in taken:
            continue
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found
