"""The command that writes the proof of a claim's filing into a folder of its own."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
from pathlib import Path

import click

from gateway.cli.asking import ask
from gateway.cli.mail import parts_of


@click.command()
@click.argument("claim")
@click.option("--out", type=click.Path(path_type=Path), help="A new folder; never an old one. Default: proof-C17 here.")
@click.option("--to", "given_to", default="", help="Who is given it, as the journal keeps it. Default: you.")
@click.pass_context
def proof(context: click.Context, claim: str, out: Path | None, given_to: str) -> None:
    """Write the proof of CLAIM's timely filing: a page to fax, the same as JSON, the documents, and a script that
    verifies them offline. It is patient data in the clear."""
    if out and out.exists():
        raise click.UsageError(f"{out} is there already; name a new folder.")
    found = ask(context, "proof", claim=claim, given_to=given_to)
    folder = out or Path(f"proof-{found['claim']}")
    folder.mkdir(mode=0o700)
    try:
        for name, content in found["files"].items():
            _write(folder / name, base64.b64decode(content))
        for name, document in found["documents"].items():
            _write(folder / name, b"".join(parts_of(context, document)))
        _write(folder / "SHA256SUMS", _sums(folder))
    except BaseException:
        shutil.rmtree(folder)
        raise
    if found["chosen"]:
        click.echo(found["chosen"])
    click.echo(found["proves"])
    click.echo(f"{folder}: fax proof.pdf; verify with `python3 -I {folder / 'verify.py'}`. Seal {found['seal']}.")
    click.echo("The whole documents in it may speak of other patients: README.txt says who may have them.")


def _sums(folder: Path) -> bytes:
    files = sorted(folder.iterdir())
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files).encode()


def _write(path: Path, content: bytes) -> None:
    """A new file that only its owner may read."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(content)


COMMANDS = (proof,)
