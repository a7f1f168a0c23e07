"""A set of any number of claims is kept small, and is the same to whoever looks at it."""

from __future__ import annotations

import pytest

from gateway.model.packed import FEW, SOME, Packed, Packer


@pytest.mark.parametrize("count", [0, 1, SOME, FEW, FEW + 1, FEW + SOME, FEW + SOME + 7])
def test_what_is_packed_is_the_same_sequence(count: int) -> None:
    """In its order, by place and by range, whether it was packed or was few."""
    packer: Packer[int] = Packer()
    for item in range(count):
        packer.add(item)
    packed = packer.packed()
    assert isinstance(packed, Packed if count > FEW else tuple)
    assert len(packed) == count
    assert list(packed) == list(range(count))
    assert tuple(packed[SOME - 1 : SOME + 2]) == tuple(range(count))[SOME - 1 : SOME + 2]
    assert tuple(packed[FEW:]) == tuple(range(count))[FEW:]
    if count:
        assert (packed[0], packed[-1]) == (0, count - 1)
    with pytest.raises(IndexError):
        packed[count]
