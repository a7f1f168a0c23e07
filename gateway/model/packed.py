"""Many nouns kept small: a sequence that is written down some at a time and made again when it is looked at."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar, overload

T = TypeVar("T")

SOME = 1_000
"""Items of one piece."""

FEW = 10_000
"""No more than the guide lets one 835 set carry."""


class Packed(Sequence[T], Generic[T]):
    """Immutable. One piece of the items is there at a time, the others as compressed bytes that never leave memory."""

    def __init__(self, pieces: Iterable[bytes], length: int) -> None:
        self._pieces, self._length = tuple(pieces), length

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        for piece in range(len(self._pieces)):
            yield from self._piece(piece)

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...

    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        if isinstance(place, int):
            return self._piece(range(self._length)[place] // SOME)[range(self._length)[place] % SOME]
        places = range(self._length)[place]
        found: dict[int, list[T]] = {piece: self._piece(piece) for piece in sorted({each // SOME for each in places})}
        return tuple(found[each // SOME][each % SOME] for each in places)

    def _piece(self, number: int) -> list[T]:
        items: list[T] = pickle.loads(zlib.decompress(self._pieces[number]))  # our own, made below
        return items


class Packer(Generic[T]):
    """Takes items one by one; up to `FEW` stay as they are."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._rest: list[T] = []

    def add(self, item: T) -> None:
        """One more at the end."""
        self._rest.append(item)
        if len(self._rest) > FEW or (self._pieces and len(self._rest) == SOME):
            whole = len(self._rest) // SOME * SOME
            self._pieces += [_packed(self._rest[first : first + SOME]) for first in range(0, whole, SOME)]
            self._rest = self._rest[whole:]

    def packed(self) -> Sequence[T]:
        """All of them: a tuple where they are few."""
        if not self._pieces:
            return tuple(self._rest)
        rest = [_packed(self._rest)] if self._rest else []
        return Packed([*self._pieces, *rest], len(self._pieces) * SOME + len(self._rest))


def _packed(items: list[T]) -> bytes:
    return zlib.compress(pickle.dumps(items, pickle.HIGHEST_PROTOCOL), 1)
