"""What a file is wrapped in on its way here: zip, or whatever the simulator was given."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence

Unwrap = Callable[[bytes], bytes]
"""Takes one wrapping off. Raises ValueError for what is not wrapped so."""

LARGEST = 100_000_000


def unwrapped(data: bytes, wraps: Sequence[str], given: Mapping[str, Unwrap]) -> bytes:
    """The file without its wrappings; the last one was put on last. Raises ValueError."""
    for name in reversed(wraps):
        take_off = given.get(name) or _OWN.get(name)
        if take_off is None:
            raise ValueError(f"nobody here can open {name}")
        data = take_off(data)
    return data


def zipped(name: str, content: bytes) -> bytes:
    """An archive with this one file; the same content gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def _unzipped(data: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            (inside,) = archive.infolist()
            if inside.file_size > LARGEST:
                raise ValueError("the archive holds too much")
            return archive.read(inside)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as wrong:
        raise ValueError("no archive") from wrong


_OWN: Mapping[str, Unwrap] = {"zip": _unzipped}
