"""gateway payer rotate: try a new secret or an announced host key in one dry login, and use it from then on if it works."""

from __future__ import annotations

import asyncio
import re
import tomllib
from dataclasses import replace
from datetime import date
from typing import Any

import click

from gateway.cli.asking import config_path
from gateway.cli.days import today
from gateway.cli.lanes import STAGE, about, lane_of
from gateway.config.pinning import account_file, replace_file, with_key
from gateway.config.site import load_site
from gateway.config.writing import toml
from gateway.errors import GatewayError, Refused
from gateway.model.partners import Account, Lane, Stage
from gateway.partnership.typed import as_typed
from gateway.planner import same_login
from gateway.sftp import SftpTransport, is_password, scan_host_key
from gateway.vault import resolve_credential


@click.command("rotate")
@click.argument("partner")
@STAGE
@click.option("--credential", metavar="NAME", help="The name of the new secret, beside the present one in secrets/.")
@click.option("--next-key", is_flag=True, help="The host key that the partner announced.")
@click.pass_context
def rotate(context: click.Context, partner: str, stage: str | None, credential: str | None, next_key: bool) -> None:
    """Log in at PARTNER once with a new secret, or expecting the host key that it announced. If it works, it is written
    into the account file; if not, nothing changes and nothing is tried again."""
    if (credential is None) != next_key:
        raise click.UsageError("Say either --credential NAME or --next-key.")
    lane = lane_of(context, partner, Stage(stage) if stage else None)
    path = account_file(config_path(context).parent / "partners", lane.partner.key, lane.account.stage)
    text = path.read_bytes().decode("utf-8-sig")
    if credential:
        account = replace(lane.account, credential=credential)
        after = with_credential(text, credential, today(), dated=_runs_out(context, lane, credential))
    else:
        key = _announced(lane)
        account = replace(lane.account, host_keys=(key,))
        after = with_key(text, key)
    _dry_login(context, lane, account)
    replace_file(path, after)
    click.echo(f"It works, and stands now in {path}. A running service takes it up when it is started again.")
    if credential:
        back = f"gateway payer rotate {as_typed(lane.key)} --credential {lane.account.credential}"
        click.echo(f"The old one is untouched: `{back}` goes back to it.")
        _tell_of_the_other(context, lane)
    else:
        click.echo("Take the old line out of host_keys once the server shows it no more.")


def _tell_of_the_other(context: click.Context, lane: Lane) -> None:
    """An account of the same user that keeps the old secret is refused, and that stops both."""
    _, _, directory = load_site(config_path(context))
    for other in directory.lanes.values():
        if other.key != lane.key and same_login(other, lane):
            click.echo(f"Account {other.key} logs in as the same user: rotate it as well, before the old one ends.")


def _announced(lane: Lane) -> str:
    """The key among those announced that the server presents now. Raises Refused."""
    at = lane.account.endpoint
    shown = asyncio.run(scan_host_key(at.host, at.port, legacy=lane.account.on(today()).old_algorithms))
    announced = [key for key, _ in lane.account.next_host_keys]
    found = next((key for key in announced if key in shown), None)
    if found:
        return found
    if any(key in shown for key in lane.account.host_keys):
        step = "Nothing: the server still shows the pinned one. Try again on the announced day."
        raise Refused("the announced host key is not there yet", code="HOST_KEY_NOT_YET", next_step=step)
    raise Refused(
        "the server shows neither the pinned host key nor one that was announced",
        code="HOST_KEY_OTHER",
        next_step="Do not trust it: somebody may stand between. Ask the partner, by a number that you know.",
    )


def _dry_login(context: click.Context, lane: Lane, account: Account) -> None:
    """One login and one listing. Raises what that raises, with what it means here."""
    settings, _, _ = load_site(config_path(context))

    def secret(name: str) -> Any:
        return resolve_credential(name, settings.keys.secrets_dir)

    async def look() -> None:
        async with SftpTransport(replace(account, wire=account.on(today()).wire), secret) as session:
            await session.listing(account.endpoint.outbound)

    try:
        with about(lane):
            asyncio.run(look())
    except GatewayError as failure:
        click.echo("It does not work. Nothing was changed, and the present one stays in use.", err=True)
        raise failure


def _runs_out(context: click.Context, lane: Lane, credential: str) -> bool:
    """Whether it is a password, at a partner where these last for some days; one that cannot be read fails at the login."""
    try:
        secret = resolve_credential(credential, load_site(config_path(context))[0].keys.secrets_dir)
    except GatewayError:
        return False
    return bool(lane.partner.habits.wire.password_days) and is_password(secret.reveal())


def with_credential(text: str, name: str, today: date, *, dated: bool = False) -> str:
    """An account file's text with another credential, and the day of the change where it keeps one or must from now on
    (`dated`). Raises Refused where it is written too oddly."""
    wanted = tomllib.loads(text)
    wanted["credential"] = name
    new = re.sub(r"^credential[ \t]*=[^\n]*", f"credential = {toml(name)}", text, count=1, flags=re.MULTILINE)
    if dated and "password_changed" not in wanted:
        new = re.sub(
            r"^(credential[ \t]*=[^\n]*\n?)", rf"password_changed = {today}\n\1", new, count=1, flags=re.MULTILINE
        )
    if dated or "password_changed" in wanted:
        wanted["password_changed"] = today
        new = re.sub(r"^password_changed[ \t]*=[^\n]*", f"password_changed = {today}", new, count=1, flags=re.MULTILINE)
    if tomllib.loads(new) != wanted:
        raise Refused(
            "credential is written in a way that we cannot change",
            code="ACCOUNT_FILE",
            next_step=f'Set credential = "{name}" by hand.',
        )
    return new
