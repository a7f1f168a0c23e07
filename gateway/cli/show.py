"""How answers look: plain tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.days import local
from gateway.cli.laying import laid, wrapped

if TYPE_CHECKING:
    from rich.console import Console

_PIPE_WIDTH = 200


def console() -> Console:
    """Standard output; wide where nobody measures it, so that a pipe does not cut lines."""
    from rich.console import Console  # only what people read waits for it

    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False, soft_wrap=False)


def as_json(data: Any) -> None:
    """One JSON document."""
    print(json_text(data))


def json_text(data: Any) -> str:
    """The same as text."""
    return json.dumps(data, indent=2, default=str)


def table(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], *, empty: str, title: str = "") -> None:
    """Rows under these headings; a plain sentence when there are none."""
    if not rows:
        _print(console(), empty)
        return
    screen = console()
    cells = [[cell(name, row.get(name)) for name in columns] for row in rows]
    heading, lines = laid([*columns.values()], cells, screen.width)
    if title:
        _print(screen, title, "italic")
    for line in heading:
        _print(screen, line, "bold")
    for line in lines:
        _print(screen, line)


def cut(found: Sequence[object], limit: int) -> None:
    """Say on standard error where more was found than is listed."""
    if len(found) > limit:
        click.echo(f"Only the first {limit} are listed; --limit shows more.", err=True)


def listing(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], to_programs: bool, empty: str) -> None:
    """The same for people, or as JSON."""
    if to_programs:
        as_json(rows)
    else:
        table(rows, columns, empty=empty)


def _print(screen: Console, line: str, style: str = "") -> None:
    from rich.text import Text

    screen.print(Text(line, style=style), soft_wrap=True)


def cell(name: str, value: Any) -> str:
    """One value as people read it; moments in the site's own time."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if (name == "at" or name.endswith(("_at", "_since"))) and isinstance(value, str) and value:
        return local(value).strftime("%Y-%m-%d %H:%M:%S")
    return " ".join(str(value).splitlines())


def facts(data: Mapping[str, Any], labels: Mapping[str, str]) -> None:
    """A few labelled lines; what is empty is left out."""
    from rich.text import Text

    screen = console()
    width = max(len(label) for label in labels.values())
    for name, label in labels.items():
        text = "" if data.get(name) in ([], {}) else cell(name, data.get(name))
        for number, line in enumerate(wrapped(text, f"{label:<{width}}  ", screen.width, " " * (width + 2))):
            bold = width if number == 0 else 0
            screen.print(Text.assemble((line[:bold], "bold"), line[bold:]), soft_wrap=True)
