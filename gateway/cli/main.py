"""The group that all commands belong to, and how errors end: a sentence, what to do next, and a stable exit code."""

from __future__ import annotations

import errno
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from socket import gaierror

import click

from gateway import __version__
from gateway.cli.plugged import CONFIG_VARIABLE, PluggedGroup
from gateway.errors import ConfigError, GatewayError, PluginError

FOUND_PROBLEMS, WRONG_USAGE, NO_STORE = 1, 2, 3
INTERRUPTED = 128 + signal.SIGINT
DISK, LATER, CONFIGURATION = 74, 75, 78
_BUSY = "SITE_BUSY"
_STORE_FAILED = ("STORE_FULL", "STORE_FAILED")
_CANNOT_REACH = ("STORE_", "KEYRING_", "KEY_", "SOCKET_", "SITE_DENIED", "SITE_MISSING", _BUSY)


_NEXT = {
    "ENOSPC": "The disk of the data or of the spool is full: make room, and start again; nothing is lost.",
    "EDQUOT": "The service's user may not fill the disk any further: raise its quota, and start again; nothing is lost.",
    "EROFS": "The disk of the data or of the spool is mounted read-only: look at the machine's own log.",
    "EACCES": "Give the service its folders in the data and the spool back, as they were made at the installation.",
}

ROOMS = {
    "house": ("init", "run", "doctor", "backup", "restore", "audit", "keys"),
    "questions": ("status", "batches", "claims", "held", "answers", "why", "timeline"),
    "sending": ("submissions",),
    "orders": ("hold", "release", "withdraw", "resend", "resume", "settle"),
    "resubmitting": ("resubmit",),
    "rosterfile": ("roster",),
    "lists": ("lists",),
    "proposals": ("proposals",),
    "deadlines": ("deadlines",),
    "check": ("check",),
    "payers": ("payer",),
    "mail": ("mail", "document"),
    "denials": ("denials",),
    "money": ("remits", "bank"),
    "plugins": ("plugin",),
    "silence": ("overdue",),
    "inquiries": ("inquiries", "inquire"),
    "proof": ("proof",),
    "metrics": ("metrics",),
    "exporting": ("export",),
    "digest": ("digest",),
    "tail": ("tail",),
}
"""The commands of each module beside this one. A module is loaded when one of its commands is asked for: nobody waits
for the others."""


@click.group(
    cls=PluggedGroup, rooms=ROOMS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar=CONFIG_VARIABLE,
    is_eager=True,  # the commands that --help lists depend on it
    help="The site's gateway.toml. Default: conf/gateway.toml here, then /etc/gateway/gateway.toml.",
)
@click.version_option(__version__, prog_name="gateway")
def gateway(config: Path | None) -> None:
    """A clearinghouse gateway: releases X12 837 claims to payers only when the provider is enrolled, and follows
    each claim until it is paid.

    Start with `gateway init DIR`, or see everything work with `gateway demo`.
    """


def main(words: Sequence[str] | None = None) -> None:
    """Run one command, the one that was typed or these words, and end with its exit code."""
    words = sys.argv[1:] if words is None else words
    try:
        sys.exit(gateway(words, standalone_mode=False) or 0)
    except click.Abort as stopped:
        if isinstance(stopped.__cause__, KeyboardInterrupt):
            sys.exit(INTERRUPTED)
        click.echo("Nothing was done.", err=True)  # whoever was asked did not say yes
        sys.exit(WRONG_USAGE)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(WRONG_USAGE)
    except (OSError, UnicodeError) as problem:
        if "run" in words:
            # The service's standard error is a log: a path there could name a patient.
            from gateway.logs import logger

            code = errno.errorcode.get(getattr(problem, "errno", None) or 0, "")
            logger().error("process.failed", code=code, next=_NEXT.get(code, ""), exc_info=problem)
            sys.exit(DISK)
        click.echo(f"Error: {_said(problem)}", err=True)
        click.echo(f"Next: {_step(problem)}", err=True)
        sys.exit(FOUND_PROBLEMS)
    except GatewayError as problem:
        _explain(problem)
        sys.exit(exit_code(problem, running="run" in words))


def _said(problem: OSError | UnicodeError) -> str:
    """In words and with the file, without the system's number."""
    if not isinstance(problem, OSError) or not problem.strerror:
        return str(problem)
    return f"{problem.filename}: {problem.strerror}" if problem.filename else problem.strerror


def _step(problem: OSError | UnicodeError) -> str:
    if isinstance(problem, gaierror) or getattr(problem, "errno", None) in (errno.EADDRINUSE, errno.EADDRNOTAVAIL):
        return "name another address or port: another program has this one, or it is none of this machine's."
    return "check the file or folder that the command names, and that you may use it."


def exit_code(problem: GatewayError, *, running: bool) -> int:
    """What a problem ends with. The service manager starts again after 74 (disk) and 75 (somebody has the site open
    for a moment), and not after 78: a wrong key or setting does not mend itself."""
    if running:
        return DISK if problem.code in _STORE_FAILED else LATER if problem.code == _BUSY else CONFIGURATION
    unreachable = isinstance(problem, ConfigError | PluginError)
    return NO_STORE if unreachable or problem.code.startswith(_CANNOT_REACH) else FOUND_PROBLEMS


def _explain(problem: GatewayError) -> None:
    """What is wrong, where, and what to do next, on standard error."""
    several = problem.problems if isinstance(problem, ConfigError | PluginError) else ()
    for line in several or (problem.message,):
        click.echo(f"Error: {line}", err=True)
    if problem.next_step:
        click.echo(f"Next: {problem.next_step}", err=True)
