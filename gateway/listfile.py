"""Files of public lists as streams: plain, .gz, .zip with one CSV file in it, .xlsx. Nothing is ever unpacked to disk."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from io import BufferedIOBase, RawIOBase
from pathlib import Path
from typing import IO, Any

from gateway.errors import Malformed

Moved = Callable[[int], object]
"""Is told how many more bytes of the file were read."""

MOST_TIMES = 150
"""A file that unpacks to more times its size was made to do harm; lists come to about twelve times."""
_HARMLESS = 50_000_000
MOST_CELLS = 2_000
LONGEST_LINE = 1_000_000
_BLOCK = 1 << 20
_MARK = b"\xef\xbb\xbf"
_BESIDE = ("fileheader", "othername", "pl_pfile", "endpoint")
"""What lies beside the list itself in the archives of NPPES."""


@dataclass(frozen=True, slots=True)
class ListFile:
    """An open file: its `lines` if it is text, else its `cells`; `names` are its own and that of the file in it."""

    names: tuple[str, ...]
    lines: Iterator[str] | None
    cells: Iterator[Sequence[str]] | None


@contextmanager
def open_list(path: Path, moved: Moved) -> Iterator[ListFile]:
    """Open a list by what its name ends in. Raises Malformed for what is no such file, or was made to do harm."""
    suffix = path.suffix.lower()
    with path.open("rb", buffering=0) as raw:
        counted = _Counted(raw, moved)
        try:
            if suffix == ".zip":
                with zipfile.ZipFile(counted) as archive, archive.open(inside := _the_list(archive)) as member:
                    yield ListFile((inside.filename.rsplit("/", 1)[-1], path.name), _lines(member), None)
            elif suffix == ".xlsx":
                yield ListFile((path.name,), None, _sheet(counted))
            elif suffix == ".gz":
                limit = max(_HARMLESS, MOST_TIMES * path.stat().st_size)
                with gzip.GzipFile(fileobj=counted, mode="rb") as unpacked:
                    yield ListFile((path.name,), _lines(unpacked, limit), None)
            else:
                yield ListFile((path.name,), _lines(counted), None)
        except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError) as broken:
            raise _damaged(f"it cannot be unpacked ({type(broken).__name__})") from None


def fingerprint(path: Path) -> str:
    """SHA-256 of the file as it lies there."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Counted(RawIOBase):
    """A file that tells how far its reading has come. Jumps, as a ZIP archive needs them, tell nothing."""

    def __init__(self, raw: IO[bytes], moved: Moved) -> None:
        self._raw, self._moved = raw, moved

    def read(self, size: int = -1) -> bytes:
        block = self._raw.read(size)
        self._moved(len(block))
        return block

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()


def _the_list(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one list in an archive."""
    found = [
        info
        for info in archive.infolist()
        if info.filename.lower().endswith(".csv") and not any(word in info.filename.lower() for word in _BESIDE)
    ]
    if len(found) != 1:
        raise _damaged(f"it holds {len(found)} CSV files that may be the list; unpack the right one and import that")
    if found[0].flag_bits & 1:
        raise _damaged("it is encrypted; unpack it and import what lies in it")
    _refuse_bombs(found)
    return found[0]


def _refuse_bombs(inside: Iterable[zipfile.ZipInfo]) -> None:
    for info in inside:
        if info.file_size > max(_HARMLESS, MOST_TIMES * info.compress_size):
            raise _damaged("what lies in it is far larger than a list can be")


def _lines(file: BufferedIOBase | RawIOBase | IO[bytes], limit: int | None = None) -> Iterator[str]:
    """Lines without their ends, a byte order mark aside. UTF-8, or Windows-1252 where it is not."""
    rest, total = b"", 0
    while block := file.read(_BLOCK):
        total += len(block)
        if limit is not None and total > limit:
            raise _damaged("what lies in it is far larger than a list can be")
        if total == len(block):
            block = block.removeprefix(_MARK)
        text, end, rest = (rest + block).rpartition(b"\n")
        if end:
            yield from _decoded(text)
        if len(rest) > LONGEST_LINE:
            raise _damaged("a line of it is far longer than a row of a list can be")
    if rest:
        yield from _decoded(rest)


def _decoded(block: bytes) -> list[str]:
    """All lines at once where they are UTF-8, else each by itself."""
    try:
        return block.decode().split("\n")
    except UnicodeDecodeError:
        return [_either(line) for line in block.split(b"\n")]


def _either(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def _sheet(file: Any) -> Iterator[Sequence[str]]:
    """The cells of a workbook's first sheet as text."""
    import openpyxl  # half of what a command takes to start, and few read a workbook
    from openpyxl.utils.exceptions import InvalidFileException

    with zipfile.ZipFile(file) as archive:
        _refuse_bombs(archive.infolist())
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for row in sheet.iter_rows(values_only=True):
            if len(row) > MOST_CELLS:
                raise _damaged("a row of it has more cells than a list has columns")
            if any(cell is not None for cell in row):
                yield [_text(cell) for cell in row]
    except (InvalidFileException, KeyError, ValueError, IndexError, SyntaxError, TypeError) as broken:
        raise _damaged(f"it cannot be read as a workbook ({type(broken).__name__})") from None


def _text(cell: object) -> str:
    """A cell as text. A number that is not whole stays what it is, so that it is found wrong where an NPI must stand."""
    if isinstance(cell, datetime | date):
        return f"{cell:%Y%m%d}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _damaged(why: str) -> Malformed:
    return Malformed(
        f"the file cannot be taken: {why}", code="LIST_FILE", next_step="Download it again, and import it as it is."
    )
