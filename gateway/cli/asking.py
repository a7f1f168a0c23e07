"""Ask the running service over its socket; where none runs, open the site ourselves under its lock."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from gateway.config import load_settings
from gateway.desk.calling import ask as ask_service
from gateway.errors import Refused

DEFAULTS = (Path("conf/gateway.toml"), Path("/etc/gateway/gateway.toml"))


def site_path(context: click.Context) -> Path | None:
    """The site's settings: -c, $GATEWAY_CONFIG, conf/gateway.toml here, or /etc/gateway/gateway.toml; None where there are
    none that we may look at."""
    given: Path | None = context.find_root().params.get("config")
    return given or next((path for path in DEFAULTS if os.path.exists(path)), None)


def config_path(context: click.Context) -> Path:
    """The same, for whoever needs a site. Raises Refused."""
    path = site_path(context)
    if path is None:
        raise Refused(
            f"there is no site here: neither {DEFAULTS[0]} in this folder nor {DEFAULTS[1]}",
            code="SITE_MISSING",
            next_step="Go to the site's folder, name its settings with -c, or make a new site: `gateway init FOLDER`.",
        )
    return path


_SERVED = "gateway.served"


def served(context: click.Context) -> bool:
    """Whether a running service gave the last answer: then it also acts on what was ordered."""
    return bool(context.meta.get(_SERVED))


def ask(context: click.Context, command: str, **arguments: Any) -> Any:
    """The answer to one command, from whoever has the site open."""
    path = config_path(context)
    settings = load_settings(path)
    if settings.service.socket is not None:
        try:
            found = ask_service(settings.service.socket, command, arguments)
            context.meta[_SERVED] = True
            return found
        except (FileNotFoundError, ConnectionRefusedError):
            pass
        except PermissionError:
            raise Refused(
                f"you may not ask the service at {settings.service.socket}",
                code="SOCKET_DENIED",
                next_step="Join the group that its folder belongs to, or ask as a user who is in it.",
            ) from None
    from gateway.cli.opening import ask_here  # the whole house: only who opens the site waits for it

    return ask_here(path, command, arguments)
