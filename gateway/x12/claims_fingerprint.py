"""A digest of segments that does not depend on how a document is wrapped."""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

from gateway.model.x12 import Delimiters

_ELEMENT, _COMPONENT, _REPETITION, _SEGMENT = b"\x1d", b"\x1f", b"\x1e", b"\x1c"


class Digest(NamedTuple):
    """How segments are digested that have these delimiters."""

    delimiters: Delimiters
    uniform: bytes

    def of(self, content: bytes, above: bytes = b"") -> bytes:
        """16 bytes over segments that are joined by their terminator, whatever the delimiters, and over `above`, the
        digest that they stand under."""
        return blake2b(above + content.translate(self.uniform), digest_size=16).digest()


def digest_under(delimiters: Delimiters) -> Digest:
    """What digests an interchange."""
    return Digest(delimiters, _uniform(delimiters))


def _uniform(delimiters: Delimiters) -> bytes:
    """Elements and segments by separators of our own, then components and repetitions: in this order, so that a digest
    is the same as ever where a document has one of our separators for another purpose."""
    inner = delimiters.component + (delimiters.repetition or b"")
    last = bytes.maketrans(inner, (_COMPONENT + _REPETITION)[: len(inner)])
    first = bytes.maketrans(delimiters.element + delimiters.segment, _ELEMENT + _SEGMENT)
    return first.translate(last)
