"""A roster file to rows, by what it is and not by its name: CSV, a CAQH roster, or an XLSX workbook."""

from __future__ import annotations

from pathlib import Path

from gateway.errors import Refused
from gateway.rosterfile import caqh
from gateway.rosterfile.text import decoded, read_text
from gateway.sheets import OURS, Headings

LARGEST = 64_000_000
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

Rows = list[dict[str, str]]
"""Rows of any of the sheets; each has its sheet under `sheet` and its place in the file under `#at`."""


def read_roster(file: Path, headings: Headings = OURS) -> Rows:
    """The rows of a roster file. Raises Refused with what is wrong with the file as a whole, or OSError."""
    with file.open("rb") as stream:
        return read_bytes(stream.read(LARGEST + 1), str(file), headings)


def read_bytes(content: bytes, name: str, headings: Headings = OURS) -> Rows:
    """The rows in the content of a roster file; `name` is how messages call it, `headings` what its columns are called.
    Raises Refused."""
    if len(content) > LARGEST:
        raise Refused(
            f"{name}: larger than {LARGEST // 1_000_000} MB",
            code="ROSTER_SIZE",
            next_step="A roster of a whole practice is far smaller; check that it is the right file.",
        )
    if not content.strip():
        raise Refused(
            f"{name}: the file is empty",
            code="ROSTER_TEXT",
            next_step="Save the roster again; its first row names the columns.",
        )
    if content.startswith(_ZIP):
        from gateway.rosterfile.workbook import read_workbook  # what reads workbooks is slow to load

        return read_workbook(content, name, headings)
    if content.startswith(_OLE):
        raise Refused(
            f"{name}: an old or password-protected workbook",
            code="ROSTER_TEXT",
            next_step="Take the password off and save it as XLSX (Excel workbook) or CSV UTF-8.",
        )
    return read_text(decoded(content, name), name, headings)


def is_for_caqh(content: bytes) -> bool:
    """Whether it is a file for CAQH, which holds social security numbers and birth dates beside what is read of it."""
    if content.startswith((_ZIP, _OLE)):
        return False
    try:
        return caqh.is_caqh(decoded(content, "this file"))
    except Refused:
        return False
