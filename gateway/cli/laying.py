"""Rows as lines: a table where it fits, else its widest columns beneath each row. No word is cut, and a command can be
copied as it stands."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

_GAP, _INDENT = "  ", "    "
_COMMAND = re.compile(r"`[^`]*`|(?:^|(?<=: ))gateway .*")
_JOINT = "\0"
_LEAST = 40

Rows = Sequence[Sequence[str]]


def laid(names: Sequence[str], rows: Rows, width: int) -> tuple[list[str], Iterator[str]]:
    """The lines of the heading, and those of the rows: each row, and beneath it what had no room in it, by its heading."""
    kept, beneath = _shares(names, rows, width)
    sizes = _sizes(names, rows, kept, width)
    return _heading([names[at] for at in kept], sizes), _body(names, rows, kept, beneath, sizes, width)


def wrapped(text: str, lead: str, width: int, indent: str) -> list[str]:
    """A text behind its lead, broken between words and never inside a command."""
    whole = _COMMAND.sub(lambda found: found[0].replace(" ", _JOINT), text)
    broken = textwrap.wrap(
        whole,
        max(width, len(indent) + _LEAST),
        initial_indent=lead,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_JOINT, " ") for line in broken]


def _heading(names: Sequence[str], sizes: Sequence[int]) -> list[str]:
    """The headings, at the feet of as many lines as the longest of them needs."""
    broken = [textwrap.wrap(name, size) for name, size in zip(names, sizes, strict=True)]
    high = max(map(len, broken))
    standing = [[""] * (high - len(words)) + words for words in broken]
    return [_line(level, sizes) for level in zip(*standing, strict=True)]


def _body(
    names: Sequence[str], rows: Rows, kept: Sequence[int], beneath: Sequence[int], sizes: Sequence[int], width: int
) -> Iterator[str]:
    for row in rows:
        yield _line([row[at] for at in kept], sizes)
        for piece in _packed([f"{names[at]}: {row[at]}".removeprefix(": ") for at in beneath if row[at]], width):
            yield from wrapped(piece, _INDENT, width, _INDENT * 2)


def _packed(pieces: Sequence[str], width: int) -> Iterator[str]:
    """Neighbours in one line where it holds them whole."""
    line = ""
    for piece in pieces:
        if line and len(_INDENT + line + _GAP + piece) > width:
            yield line
            line = ""
        line = f"{line}{_GAP}{piece}" if line else piece
    if line:
        yield line


def _shares(names: Sequence[str], rows: Rows, width: int) -> tuple[list[int], list[int]]:
    """Which columns stand in the table, and which beneath; the first always stands, and what is empty gives way first."""
    kept = list(range(len(names)))
    if _broad(names, rows, kept) <= width:
        return kept, []
    kept = [at for at in kept if at == 0 or any(row[at] for row in rows)]
    beneath = []
    while _broad(names, rows, kept) > width and len(kept) > 1:
        widest = max(kept[1:], key=lambda at: _narrow(names, rows, at))
        kept.remove(widest)
        beneath.append(widest)
    return kept, sorted(beneath)


def _sizes(names: Sequence[str], rows: Rows, kept: Sequence[int], width: int) -> list[int]:
    """How wide each column is: its heading in one line where there is room for all of them."""
    sizes = [max(len(names[at]), _longest(rows, at)) for at in kept]
    return sizes if _total(sizes) <= width else [_narrow(names, rows, at) for at in kept]


def _broad(names: Sequence[str], rows: Rows, kept: Sequence[int]) -> int:
    return _total([_narrow(names, rows, at) for at in kept])


def _total(sizes: Sequence[int]) -> int:
    return sum(sizes) + len(_GAP) * (len(sizes) - 1)


def _narrow(names: Sequence[str], rows: Rows, at: int) -> int:
    return max(1, _longest(rows, at), *map(len, names[at].split()))


def _longest(rows: Rows, at: int) -> int:
    return max((len(row[at]) for row in rows), default=0)


def _line(cells: Sequence[str], sizes: Sequence[int]) -> str:
    return _GAP.join(cell.ljust(size) for cell, size in zip(cells, sizes, strict=True)).rstrip()
