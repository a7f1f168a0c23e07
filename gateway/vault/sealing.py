"""The sealed form of a document: bytes in, bytes out, every span readable by itself.

    header   "GWV1" | algorithm 1 | compression 1 | flags 0 | key id 8 | salt 32 | reserved 0      48 bytes
    chunk    length of the ciphertext, 4 bytes big-endian | ciphertext with its tag

A chunk holds 64 KiB of the document, the last one what is left (nothing, for an empty document): one byte that says
how it is stored (0 as it is, 1 by zlib), then its content. Each document has an AES-256-GCM key of its own, HKDF-SHA256
of the data key over salt and header. A chunk's nonce holds its number and whether it is the last, so that none can be
moved, repeated, left out or added; the last chunk is also bound to the document's name, so that one document cannot
stand in another's place. A length that was tampered with gives bytes that no tag fits.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.errors import Malformed

CHUNK = 64 * 1024
"""Bytes of the document in each chunk but the last."""

SALT = 32

_HEADER = struct.Struct(f">4sBBB8s{SALT}sB")
_MAGIC, _AES_256_GCM, _ZLIB, _NO_FLAGS, _RESERVED = b"GWV1", 1, 1, 0, 0
_LENGTH = struct.Struct(">I")
_NONCE = struct.Struct(">7xIB")
_AS_IT_IS, _PACKED = b"\x00", b"\x01"
_TAG = 16
_SHORTEST, _LONGEST = 1 + _TAG, 1 + CHUNK + _TAG


class Sealer:
    """Seals one document: write `header`, then each `chunk`, then the `last_chunk`. The salt is random, used once."""

    def __init__(self, kid: str, secret: bytes, salt: bytes) -> None:
        self.header = _HEADER.pack(_MAGIC, _AES_256_GCM, _ZLIB, _NO_FLAGS, kid.encode("ascii"), salt, _RESERVED)
        self._key = _document_key(secret, salt, self.header)
        self._number = 0

    def chunk(self, plain: bytes) -> bytes:
        """The next chunk; `plain` has exactly CHUNK bytes."""
        return self._seal(plain, False, b"")

    def last_chunk(self, plain: bytes, name: str) -> bytes:
        """The last chunk, of CHUNK bytes at most, which gives the document its name."""
        return self._seal(plain, True, name.encode("ascii"))

    def _seal(self, plain: bytes, last: bool, bound_to: bytes) -> bytes:
        packed = zlib.compress(plain, 1)
        body = _PACKED + packed if len(packed) < len(plain) else _AS_IT_IS + plain
        sealed = self._key.encrypt(_NONCE.pack(self._number, last), body, bound_to)
        self._number += 1
        return _LENGTH.pack(len(sealed)) + sealed


def chunks_of(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Blocks of any size as chunks, each with whether it is the last; only the last may be shorter than CHUNK."""
    held = bytearray()
    for block in blocks:
        held += block
        while len(held) > CHUNK:
            yield bytes(held[:CHUNK]), False
            del held[:CHUNK]
    yield bytes(held), True


class Opener:
    """Opens the sealed document `name`, any chunk in any order; what it gives is proved before it is given.

    `read_at(offset, length)` gives sealed bytes, of which there are `length`; `secret_of` gives the data key of an id.
    Whether all chunks are there, and whether it is this document, is proved at once. Raises Malformed VAULT_DAMAGED.
    """

    def __init__(
        self, read_at: Callable[[int, int], bytes], length: int, name: str, secret_of: Callable[[str], bytes]
    ) -> None:
        self._read_at, self._name = read_at, name
        header = read_at(0, _HEADER.size)
        self.kid, salt = self._header(header)
        self._key = _document_key(secret_of(self.kid), salt, header)
        self._bounds = self._walk(length)
        self.chunks = len(self._bounds) - 1
        self.size = (self.chunks - 1) * CHUNK + len(self.chunk(self.chunks - 1))

    def chunk(self, number: int) -> bytes:
        """The bytes of the document from `number * CHUNK` on."""
        start, end = self._bounds[number] + _LENGTH.size, self._bounds[number + 1]
        last = number == self.chunks - 1
        try:
            body = self._key.decrypt(
                _NONCE.pack(number, last), self._read_at(start, end - start), self._name.encode() if last else b""
            )
        except InvalidTag:
            raise damaged(self._name, "its bytes were changed", f"chunk {number}") from None
        plain = _unpacked(body)
        if plain is None or (len(plain) != CHUNK and not last):
            raise damaged(self._name, "a chunk has another size than it should", f"chunk {number}")
        return plain

    def _header(self, header: bytes) -> tuple[str, bytes]:
        if len(header) != _HEADER.size:
            raise damaged(self._name, "it is cut off", "header")
        magic, algorithm, compression, flags, kid, salt, reserved = _HEADER.unpack(header)
        form = (magic, algorithm, compression, flags, reserved)
        if form != (_MAGIC, _AES_256_GCM, _ZLIB, _NO_FLAGS, _RESERVED) or not kid.isalnum():
            raise damaged(self._name, "it does not begin as a sealed document", "header")
        return kid.decode("ascii"), salt

    def _walk(self, length: int) -> array[int]:
        """Where each chunk begins, by going from length to length, and where the last one ends."""
        bounds, at = array("Q"), _HEADER.size
        while at < length:
            bounds.append(at)
            prefix = self._read_at(at, _LENGTH.size)
            size = _LENGTH.unpack(prefix)[0] if len(prefix) == _LENGTH.size else 0
            if not _SHORTEST <= size <= _LONGEST:
                raise damaged(self._name, "a chunk's length is wrong", f"chunk {len(bounds) - 1}")
            at += _LENGTH.size + size
        if at != length or not bounds:
            raise damaged(self._name, "it is cut off", f"chunk {max(len(bounds) - 1, 0)}")
        bounds.append(at)
        return bounds


def damaged(name: str, what: str, place: str = "") -> Malformed:
    """The error of a document that is not what was sealed. Its name is a keyed hash."""
    return Malformed(
        f"document {name} is damaged: {what}",
        code="VAULT_DAMAGED",
        place=place,
        next_step="Restore this document's file in the vault from the latest backup, and check the disk.",
    )


def _document_key(secret: bytes, salt: bytes, header: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=salt, info=b"gwv1 file" + header).derive(secret))


def _unpacked(body: bytes) -> bytes | None:
    """A chunk's content, or None for what no Sealer wrote; never more than a chunk, whatever zlib promises."""
    content = body[1:]
    if body[:1] == _PACKED:
        inflater = zlib.decompressobj()
        try:
            content = inflater.decompress(content, CHUNK + 1)
        except zlib.error:
            return None
        if not inflater.eof:
            return None
    elif body[:1] != _AS_IT_IS:
        return None
    return content if len(content) <= CHUNK else None
