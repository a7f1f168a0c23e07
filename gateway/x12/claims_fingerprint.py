"""A digest of segments that does not depend on how a document is wrapped."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

from gateway.model.x12 import Delimiters

_ELEMENT, _COMPONENT, _REPETITION, _SEGMENT = b"\x1d", b"\x1f", b"\x1e", b"\x1c"


def digest_of(segments: Sequence[Sequence[bytes]], delimiters: Delimiters, above: bytes = b"") -> bytes:
    """16 bytes over the segments' elements, whatever the delimiters, and over `above`, the digest they stand under."""
    content = _SEGMENT.join([_ELEMENT.join(elements) for elements in segments])
    return blake2b(above + content.translate(_uniform(delimiters)), digest_size=16).digest()


@lru_cache(maxsize=64)
def _uniform(delimiters: Delimiters) -> bytes:
    if delimiters.repetition is None:
        return bytes.maketrans(delimiters.component, _COMPONENT)
    return bytes.maketrans(delimiters.component + delimiters.repetition, _COMPONENT + _REPETITION)
