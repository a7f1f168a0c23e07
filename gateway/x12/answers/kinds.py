"""What a fetched document is, told by how it begins and never by its name."""

from __future__ import annotations

import re

from gateway.errors import Malformed
from gateway.model.answers import AnswerEnvelope
from gateway.x12.envelope import interchange_of
from gateway.x12.syntax import ISA_LENGTH, delimiters_of

HEAD = 4096
"""So many bytes tell what a document is."""

_MAGIC = {b"PK\x03\x04": "zip", b"PK\x05\x06": "zip", b"\x1f\x8b": "gzip", b"%PDF": "pdf"}
_MARKUP = re.compile(rb"(<!doctype html|<html|<head|<body)", re.IGNORECASE)
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # UTF-16 with its mark
_AROUND = b"\xef\xbb\xbf\r\n \t\x00\x1a"
# An interchange, or what stands inside one and lost its envelope: both are for the reader of segments to judge.
_X12 = re.compile(rb"(ISA|GS|ST|TA1)[^A-Za-z0-9\s]")
# An OpenPGP message in its armor, or as it begins with a session key for somebody (tag 1, version 3 or 6).
_PGP = re.compile(
    rb"-----BEGIN PGP MESSAGE-----|(\x84.|\x85..|\xc1([\x00-\xbf]|[\xc0-\xdf].|\xff....))[\x03\x06]", re.DOTALL
)
_PLAIN = 20  # reports for printers have some control characters, one in so many at most
_CONTROL = bytes(range(9)) + bytes(range(14, 26)) + bytes(range(27, 32))


def kind_of(head: bytes) -> str:
    """`zip`, `gzip`, `pdf`, `pgp`, `html`, `text` or `binary`; empty where the document is X12, whole or not."""
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    content = head.strip(_AROUND)
    if _PGP.match(head) or _PGP.match(content):
        return "pgp"
    if b"ISA".startswith(content) or _X12.match(content) or begins_at(head):
        return ""
    if head.startswith(_WIDE):
        return "text"
    controls = len(content) - len(content.translate(None, _CONTROL))
    if b"\x00" in content or controls * _PLAIN > len(content):
        return "binary"
    return "html" if _MARKUP.match(content) else "text"


def begins_at(head: bytes) -> int:
    """Where the first interchange begins behind a preamble, such as a mailbox writes; 0 where there is no preamble."""
    if _X12.match(head.lstrip(_AROUND)):
        return 0
    for hit in re.finditer(rb"(?<![A-Za-z0-9])ISA", head):
        try:
            delimiters_of(head[hit.start() : hit.start() + ISA_LENGTH])
        except Malformed:
            continue
        return hit.start()
    return 0


def opening_envelope(head: bytes) -> AnswerEnvelope | None:
    """The first interchange's envelope, as far as a document that cannot be read shows one."""
    start = head.find(b"ISA")
    isa = head[start : start + ISA_LENGTH]
    try:
        delimiters = delimiters_of(isa)
        found = interchange_of(isa.rstrip(delimiters.segment).split(delimiters.element)[:17], delimiters, 0)
    except (Malformed, IndexError):
        return None
    return AnswerEnvelope(found.sender, found.receiver, found.control, found.usage)
