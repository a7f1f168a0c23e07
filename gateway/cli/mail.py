"""Commands about mail, and about sealed documents that a person wants to have."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask
from gateway.cli.questions import AS_JSON
from gateway.durable import whole
from gateway.errors import Refused

_SHOWN = 1024 * 1024
_BINARY = {"binary", "pdf", "zip", "gzip"}
OUT = click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it here; never over a file.")
COLUMNS = {
    "mail": "Mail",
    "lane": "Lane",
    "came_at": "Came",
    "kind": "What",
    "file": "File",
    "code": "Why",
    "bytes": "Bytes",
    "opened_at": "Read",
    "done_at": "Done",
    "next": "Next step",
}


@click.group(invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help="Also what somebody is done with.")
@AS_JSON
@click.pass_context
def mail(context: click.Context, everything: bool, as_json: bool) -> None:
    """What partners sent that is no answer or could not be read: reports, notices, broadcasts. Newest first."""
    if context.invoked_subcommand:
        return None
    rows = ask(context, "mail", everything=everything)
    if as_json:
        return show.as_json(rows)
    return show.table([_named(row) for row in rows], COLUMNS, empty="No mail.")


@mail.command("show")
@click.argument("number", type=int)
@OUT
@AS_JSON
@click.pass_context
def show_one(context: click.Context, number: int, out: Path | None, as_json: bool) -> None:
    """Print mail NUMBER, or write it to a file as it came."""
    found = ask(context, "mail show", number=number)
    if out:
        return _write(context, found["document"], out)
    if (found["looks"] or "binary") in _BINARY:
        raise Refused(f"mail {number} is no text", code="MAIL_BINARY", next_step="Write it to a file with --out FILE.")
    content = _first(context, found["document"])
    text = readable(content[:_SHOWN])
    if as_json:
        return show.as_json({**found, "text": text, "whole": found["bytes"] <= _SHOWN})
    labels = {"mail": "Mail", "lane": "Lane", "kind": "What", "file": "File", "came_at": "Came", "bytes": "Bytes"}
    show.facts(_named(found), labels)
    click.echo()
    click.echo(text)
    if found["bytes"] > _SHOWN:
        click.echo(f"\nOnly the beginning is shown, of {found['bytes']} bytes; --out FILE writes all of it.", err=True)
    return None


def _named(found: dict[str, Any]) -> dict[str, Any]:
    """With what the partner calls it on one line, and nothing in that which a terminal obeys."""
    return {**found, "file": " ".join(readable(found["file"].encode()).split())}


@mail.command("done")
@click.argument("number", type=int)
@click.pass_context
def done(context: click.Context, number: int) -> None:
    """Mail NUMBER needs nothing more; it stays in `gateway mail --all`."""
    show.table([_named(ask(context, "mail done", number=number))], COLUMNS, empty="")


@mail.command("again")
@click.argument("number", type=int)
@click.pass_context
def again(context: click.Context, number: int) -> None:
    """Read mail NUMBER again, once what kept it from being read is mended: a reader, a key."""
    ask(context, "mail again", number=number)
    click.echo(f"Mail {number} is read again in the next round.")


@click.command()
@click.argument("number", type=int)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Never over a file.")
@click.pass_context
def document(context: click.Context, number: int, out: Path) -> None:
    """Write sealed document NUMBER to a file, byte by byte as it was taken. The journal keeps who had it."""
    _write(context, number, out)


def _write(context: click.Context, number: int, out: Path) -> None:
    """Into a new file that only its owner may read."""
    parts = parts_of(context, number)
    first = next(parts)
    with whole(out, over=False) as file:
        file.write(first)
        for part in parts:
            file.write(part)
    click.echo(f"{out}: the whole document. It is in the clear there: remove it when you are done.")


def parts_of(context: click.Context, number: int) -> Iterator[bytes]:
    """A sealed document, part by part; the journal keeps who had it."""
    offset, size = 0, 1
    while offset < size or not offset:
        part: dict[str, Any] = ask(context, "document part", document=number, offset=offset)
        content = base64.b64decode(part["content"])
        yield content
        size, offset = part["bytes"], offset + len(content)
        if not content:
            return


def _first(context: click.Context, number: int) -> bytes:
    return next(parts_of(context, number))


def readable(content: bytes) -> str:
    """Text for a terminal: in whatever of the usual encodings it is, and nothing in it that a terminal would obey."""
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char if char in "\n\t" or char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


COMMANDS = (mail, document)
