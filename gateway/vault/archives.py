"""Read the members of a sealed zip or gzip within limits: nothing of it ever lies on disk in the clear.

Names are data, never paths. What is declared of sizes is not believed: bytes are counted as they come.
"""

from __future__ import annotations

import errno
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from gateway.errors import Malformed
from gateway.model.x12 import Span
from gateway.vault.documents import Vault

CUT = "ARCHIVE_CUT"
"""The archive has no end: it may still be being written."""

_PIECE = 256 * 1024
_DIRECTORY = 2 * 1024 * 1024
ARCHIVES = ("zip", "gzip")
"""The kinds of archive that are unpacked."""
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_KEPT = "The archive is kept. `gateway document` gives it to you; unpack it by hand, or ask the partner for the files."


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What an archive may unpack to: so many members, bytes in all, and bytes for each byte of the archive once more
    than `free` bytes came out."""

    members: int = 1000
    total: int = 1024**3
    ratio: int = 200
    free: int = 1024 * 1024


def unpacked(
    vault: Vault, name: str, kind: str, limits: ArchiveLimits | None = None
) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Each member's name and its bytes in blocks, to be read before the next is asked for. `kind` is `zip` or `gzip`.

    Raises Malformed: ARCHIVE_CUT, ARCHIVE_DAMAGED, ARCHIVE_ENCRYPTED, ARCHIVE_METHOD or ARCHIVE_TOO_LARGE; and what the
    vault raises. The members before that point count for nothing then.
    """
    with vault.reader(name) as document:
        yield from members(document, kind, limits)


class Packed(Protocol):
    """An archive's bytes, wherever they lie."""

    @property
    def size(self) -> int:
        """How many."""

    def read(self, span: Span) -> bytes:
        """Those of a span."""

    def blocks(self) -> Iterable[bytes]:
        """All, one block after another."""


def members(document: Packed, kind: str, limits: ArchiveLimits | None = None) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The same for an archive that is at hand."""
    count = _Count(document.size, limits or ArchiveLimits())
    yield from _zip(document, count) if kind == "zip" else _gzip(document, count)


def nested() -> Malformed:
    """What is wrong with an archive within another: nobody unpacks without end."""
    return Malformed(
        "an archive lies within an archive",
        code="ARCHIVE_NESTED",
        place="archive",
        next_step="The archive is kept. `gateway document` gives it to you; ask the partner for the files themselves.",
    )


class _Count:
    """How much came out so far."""

    def __init__(self, packed: int, limits: ArchiveLimits) -> None:
        self._packed, self._limits, self._bytes = packed, limits, 0

    def members(self, number: int) -> None:
        if number > self._limits.members:
            raise _fault("ARCHIVE_TOO_LARGE", "the archive holds more files than any answer would")

    def block(self, block: bytes) -> bytes:
        self._bytes += len(block)
        most = max(self._limits.free, self._packed * self._limits.ratio)
        if self._bytes > min(most, self._limits.total):
            raise _fault("ARCHIVE_TOO_LARGE", "the archive unpacks to far more than any answer holds")
        return block


def _zip(document: Packed, count: _Count) -> Iterator[tuple[str, Iterator[bytes]]]:
    with _opened(document) as archive:
        files = [info for info in archive.infolist() if not info.is_dir()]
        count.members(len(files))
        for info in files:
            if info.flag_bits & 0x1:
                raise _fault("ARCHIVE_ENCRYPTED", "the archive is encrypted")
            if info.compress_type not in _METHODS:
                raise _fault("ARCHIVE_METHOD", "the archive is packed in a way that we do not unpack")
        for info in files:
            yield info.filename, _member(archive, info, count)


def _opened(document: Packed) -> zipfile.ZipFile:
    sealed = _Sealed(document)
    try:
        return zipfile.ZipFile(sealed)
    except Malformed:
        raise
    except zipfile.BadZipFile:
        raise _fault(CUT, "the archive has no end that holds") from None
    except Exception as failure:
        raise _damaged(failure) from None


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, count: _Count) -> Iterator[bytes]:
    try:
        with archive.open(info) as file:
            while block := file.read(_PIECE):
                yield count.block(block)
    except Malformed:
        raise
    except Exception as failure:
        raise _damaged(failure) from None


def _gzip(document: Packed, count: _Count) -> Iterator[tuple[str, Iterator[bytes]]]:
    yield "", _inflated(document.blocks(), count)


def _inflated(blocks: Iterable[bytes], count: _Count) -> Iterator[bytes]:
    """All members of a gzip file, which follow each other and are one document."""
    inflater, begun = zlib.decompressobj(zlib.MAX_WBITS | 16), False
    for block in blocks:
        rest = block
        while rest:
            if inflater.eof:
                rest = rest.lstrip(b"\x00") if begun else rest
                if not rest:
                    break
                inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
            begun = True
            try:
                plain = inflater.decompress(rest, _PIECE)
            except zlib.error as failure:
                raise _damaged(failure) from None
            rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            if plain:
                yield count.block(plain)
    if not inflater.eof:
        raise _fault(CUT, "the archive has no end that holds")


class _Sealed(io.RawIOBase):
    """A sealed document as a file that can only be read. No single read is larger than a directory of files may be."""

    def __init__(self, document: Packed) -> None:
        self._document, self._at = document, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._document.size}[whence]
        if base + offset < 0:
            raise OSError(errno.EINVAL, "before the beginning")  # as a file does
        self._at = base + offset
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self._document.size - self._at)
        wanted = left if size is None or size < 0 else min(size, left)
        if wanted > _DIRECTORY:
            raise _fault("ARCHIVE_TOO_LARGE", "the archive lists more files than any answer would")
        data = self._document.read(
            Span(min(self._at, self._document.size), min(self._at, self._document.size) + wanted)
        )
        self._at += len(data)
        return data


def _damaged(failure: Exception) -> Malformed:
    """What the library makes of nonsense; what the disk says is no nonsense."""
    if isinstance(failure, OSError) and failure.errno != errno.EINVAL:
        raise failure
    return _fault("ARCHIVE_DAMAGED", f"the archive is damaged ({type(failure).__name__})")


def _fault(code: str, message: str) -> Malformed:
    return Malformed(message, code=code, place="archive", next_step=_KEPT)
