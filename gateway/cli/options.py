"""What is wrong with a record that was typed, by the option that says it: there is no row of a file to look at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import click

from gateway.desk.words import PROBLEMS, PROBLEMS_HEAD
from gateway.errors import Refused

_ROW, _COLUMN, _NAME = re.compile(r"\brow [0-9]+, "), re.compile(r"\bcolumn (\w+)"), re.compile(r"\b\w+_\w+\b")


@contextmanager
def by_option(command: click.Command) -> Iterator[None]:
    """Inside, a refusal speaks of this command's own options and arguments."""
    try:
        yield
    except Refused as wrong:
        if wrong.code != PROBLEMS:
            raise
        raise Refused(
            _worded(wrong.message, _called(command)),
            code=wrong.code,
            next_step="Give the command again with that corrected; nothing was recorded.",
        ) from None


def _called(command: click.Command) -> dict[str, str]:
    """What each column is called on the command line."""
    return {
        param.name: param.opts[0] if isinstance(param, click.Option) else str(param.metavar or param.name.upper())
        for param in command.params
        if param.name
    }


def _worded(message: str, called: dict[str, str]) -> str:
    text = _ROW.sub("", message.removeprefix(PROBLEMS_HEAD).strip())
    text = _COLUMN.sub(lambda found: called.get(found[1], found[0]), text)
    return _NAME.sub(lambda found: called.get(found[0], found[0]), text)
