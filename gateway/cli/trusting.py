"""gateway payer trust: compare a server's host key with what the partner published, and pin it if a person says so."""

from __future__ import annotations

import asyncio
import sys
from datetime import date, datetime
from pathlib import Path

import click

from gateway.cli import show
from gateway.cli.asking import config_path
from gateway.cli.days import DAY, today
from gateway.cli.lanes import STAGE, lane_of
from gateway.cli.questions import AS_JSON
from gateway.config.pinning import account_file, replace_file, with_key, with_next_key
from gateway.config.site import load_site
from gateway.config.writing import toml
from gateway.errors import Refused
from gateway.model.partners import Lane, Stage
from gateway.partnership.prints import EXAMPLES, is_one, matching, prints
from gateway.partnership.typed import ACCOUNT, written_out
from gateway.sftp import scan_host_key


@click.command()
@click.argument("partner")
@STAGE
@click.option("--fingerprint", metavar="PRINT", help="What the partner published: MD5, SHA1 or SHA256, hex or base64.")
@click.option("--key", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The public key itself, as the partner published it; then nothing is dialled.")  # fmt: skip
@click.option("--pin", is_flag=True, help="Write the key that matches into the account file.")
@click.option("--next", "later", is_flag=True, help="Write it as a key that counts from a day on.")
@click.option("--from", "day", type=DAY, help="That day.")
@AS_JSON
@click.pass_context
def trust(
    context: click.Context, partner: str, stage: str | None, fingerprint: str | None, file: Path | None, pin: bool,
    later: bool, day: datetime | None, as_json: bool,
) -> None:  # fmt: skip
    """Show the host keys that PARTNER's server presents, without logging in, and compare them with the fingerprint that
    the partner published. Nothing is trusted by itself: whoever answers could be somebody else."""
    if later != (day is not None) or (pin and later):
        raise click.UsageError("--next goes with --from DAY, and not with --pin")
    lane = lane_of(context, partner, Stage(stage) if stage else None)
    _refuse_no_print(fingerprint)
    keys = [_line_of(file)] if file else _scanned(lane)
    if not as_json:
        _show(lane, keys, file)
    published = fingerprint or (None if file or as_json else _asked())
    _refuse_no_print(published)
    if published is None and not file and (pin or later):
        raise click.UsageError("give the --fingerprint that the partner published, or its --key")
    key = _matched(keys, published) if published or file else None
    said = "It matches, and" if published else "Nothing was compared with a fingerprint; it"
    says = (
        _written(context, lane, key, pin, day.date() if day else None, said) if key else written_out(_COMPARE, lane.key)
    )
    if as_json:
        show.as_json({"keys": [_told(lane, one, key) for one in keys], "says": says})
    else:
        click.echo(says)


_COMPARE = (
    f"Compare with what the partner published: gateway payer trust {ACCOUNT} --fingerprint PRINT --pin writes the one that"
    " matches."
)


def _told(lane: Lane, key: str, chosen: str | None) -> dict[str, object]:
    return {"key": key, "fingerprints": prints(key), "chosen": key == chosen, "pinned": key in _pinned(lane)}


def _line_of(file: Path) -> str:
    """The key in a .pub file, without its comment."""
    words = file.read_text(encoding="utf-8").split()
    try:
        line = " ".join(words[:2])
        prints(line)
    except (ValueError, IndexError):
        raise Refused(
            f"{file} holds no public key", code="HOST_KEY", next_step="It is one line: its kind, and then AAAA..."
        ) from None
    return line


def _scanned(lane: Lane) -> list[str]:
    endpoint = lane.account.endpoint
    old = lane.account.on(today()).old_algorithms
    return asyncio.run(scan_host_key(endpoint.host, endpoint.port, legacy=old))


def _show(lane: Lane, keys: list[str], file: Path | None) -> None:
    at = lane.account.endpoint
    click.echo(f"{file} holds:" if file else f"{at.host}:{at.port} presents:")
    for key in keys:
        click.echo(f"    {key}{'  (pinned)' if key in _pinned(lane) else ''}")
        for text in prints(key).values():
            click.echo(f"        {text}")


def _pinned(lane: Lane) -> set[str]:
    return {" ".join(key.split()[:2]) for key in lane.account.host_keys}


def _asked() -> str | None:
    """What a person types; nothing where nobody sits there."""
    if not sys.stdin.isatty():
        return None
    said: str = click.prompt(
        "The fingerprint that the partner published (nothing to stop)", default="", show_default=False
    )
    return said.strip() or None


def _refuse_no_print(published: str | None) -> None:
    """What is no fingerprint matches no key either, and says nothing of whoever answers."""
    if published and not is_one(published):
        raise Refused(
            "this is no fingerprint, or not the whole of one",
            code="NO_FINGERPRINT",
            next_step=f"Copy all of what the partner published; it looks like {' or '.join(EXAMPLES)}.",
        )


def _matched(keys: list[str], published: str | None) -> str:
    found = matching(published, keys) if published else keys
    if not found:
        raise Refused(
            "none of these keys has the fingerprint that the partner published",
            code="HOST_KEY_OTHER",
            next_step="Do not trust it: somebody may stand between. Ask the partner, by a number that you know.",
        )
    return found[0]


def _written(context: click.Context, lane: Lane, key: str, pin: bool, day: date | None, said: str) -> str:
    """Write the key where that was asked for, and say what came of it; `said` is what is known of the key."""
    path = account_file(config_path(context).parent / "partners", lane.partner.key, lane.account.stage)
    if key in _pinned(lane):
        return f"{said} is pinned already in {path}."
    if not (pin or day):
        return f"{said} can be pinned: add it to host_keys in {path}, or let --pin do it:\n    {toml(key)}"
    if day:
        _refuse_staged(lane, key, day, path)
    text = path.read_bytes().decode("utf-8-sig")
    replace_file(path, with_next_key(text, key, day) if day else with_key(text, key))
    load_site(config_path(context))
    stands = f"{said} stands now in {path}{f' as valid from {day}' if day else ''}."
    return f"{stands}\nA running service takes it up when it is started again."


def _refuse_staged(lane: Lane, key: str, day: date, path: Path) -> None:
    """A key is announced once, and for a day to come."""
    if day <= today():
        step = "Give the day from which the partner shows it; one that it shows already is pinned with --pin."
        raise Refused(f"{day} is no day to come", code="HOST_KEY_DAY", next_step=step)
    if known := next((when for announced, when in lane.account.next_host_keys if announced == key), None):
        raise Refused(
            f"this key is announced already, for {known}",
            code="HOST_KEY_STAGED",
            next_step=f"Correct its day in {path}.",
        )
