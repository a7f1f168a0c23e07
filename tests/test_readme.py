"""What the README tells people to type can be typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from gateway.cli.main import gateway

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
_FENCED = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(gateway [^`]+)`")
_EXPLAINED = re.compile(r"\s{2,}.*|\s+#.*")
_OTHERS = re.compile(r"(?: \| |, )[a-z]+\b")


def typed() -> Iterator[str]:
    """Every command that stands there, as far as it is one."""
    for block in _FENCED.findall(README):
        for line in block.splitlines():
            if line.startswith(("gateway ", "$ gateway ")):
                yield _EXPLAINED.sub("", line.removeprefix("$ "))
    for told in _INLINE.findall(re.sub(_FENCED, "", README)):
        yield " ".join(told.split())


def resolved(line: str) -> tuple[click.Command, list[str]]:
    """The command that a line means, and the words that are left for it."""
    words = _OTHERS.sub("", line).translate(str.maketrans("", "", "[]")).split()[1:]
    if words[0] == "-c":
        words = words[2:]
    command: click.Command = gateway
    context = click.Context(command)
    while isinstance(command, click.Group) and words and (found := command.get_command(context, words[0])):
        command, words = found, words[1:]
    return command, words


@pytest.mark.parametrize("line", sorted(set(typed())))
def test_what_the_readme_says_can_be_typed(line: str) -> None:
    """Commands that exist, with options that they have."""
    command, rest = resolved(line)
    if isinstance(command, click.Group):
        assert not rest or rest[0].startswith("-") or rest == ["..."], "no such command"
    known = {option for param in command.params for option in (*param.opts, *param.secondary_opts)} | {"--help"}
    assert {word.rstrip(".,:;") for word in rest if word.startswith("-")} <= known


def test_the_readme_names_every_command_of_ours() -> None:
    for name in gateway.rooms:  # type: ignore[attr-defined]
        assert re.search(rf"gateway {name}\b|[|,] {name}\b", README), name


def test_every_way_through_the_readme_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.*)$", _FENCED.sub("", README), re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    ways = re.findall(r"\]\(#([^)]*)\)", README)
    assert ways
    assert set(ways) <= anchors
