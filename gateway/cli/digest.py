"""The morning's digest, on the terminal, as a page, and by mail."""

from __future__ import annotations

from pathlib import Path

import click

from gateway.cli import show
from gateway.cli.asking import ask
from gateway.durable import named


@click.command()
@click.option(
    "--format", "form", type=click.Choice(["text", "html", "json"]), default="text", show_default=True,
    help="html is one file with plots, without a patient's data.",
)  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it into a file.")
@click.option("--mail", "by_mail", is_flag=True, help="Send it to whom [digest] in gateway.toml names.")
@click.pass_context
def digest(context: click.Context, form: str, out: Path | None, by_mail: bool) -> None:
    """What somebody should look at this morning, each with the command to type next. Nothing is shown that is well."""
    if by_mail:
        done = ask(context, "digest mail")
        click.echo(f"Mailed to {done['mailed']}: {done['heading']}")
        return
    made = ask(context, "digest", form=form)
    if form == "json" and out is None:
        show.as_json(made)
    elif out is None:
        click.echo(made, nl=False)
    else:
        with named(out, 0o644) as file:
            file.write((show.json_text(made) if form == "json" else made).encode())
        click.echo(f"The digest is in {out}.")


COMMANDS = (digest,)
