"""A run of segments to pieces without padding, and where each one starts."""

from __future__ import annotations

from typing import NamedTuple

from gateway.x12.syntax import PADDING, Run


class Pieces(NamedTuple):
    """`texts` are the segments without terminator and padding, none of them empty. `starts` are their places in the
    document, or None where each lies its own length and `gap` behind the one before it."""

    texts: list[bytes]
    starts: list[int] | None
    gap: int


def pieces_of(run: Run) -> Pieces:
    """Cut a run: at once where no segment is padded or all are by the same line break, else one by one."""
    texts = run.pieces()
    if not texts or min(texts)[:1] > b" ":  # a piece that is padded, or empty, sorts before all others
        return Pieces(texts, None, 1)
    for line_break in (b"\r\n", b"\n"):
        mark = run.delimiters.segment + line_break
        if len(texts) > 1 and texts[1].startswith(line_break) and run.data.endswith(mark):
            plain = run.data.split(mark)
            plain.pop()
            if len(plain) == len(texts) and min(plain)[:1] > b" ":
                return Pieces(plain, None, len(mark))
    return _one_by_one(run, texts)


def _one_by_one(run: Run, padded: list[bytes]) -> Pieces:
    texts, starts, position = list[bytes](), list[int](), run.offset
    for piece in padded:
        position += len(piece) + 1
        if text := piece.lstrip(PADDING):
            texts.append(text)
            starts.append(position - 1 - len(text))
    return Pieces(texts, starts, 1)
