"""What people are told to type about a lane can be typed as it stands, also where a partner has two accounts."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from gateway.cli.main import gateway
from gateway.config.directory import Directory
from gateway.deadlines.accounts import of_lanes
from gateway.deadlines.words import next_step
from gateway.model.partners import Lane, Stage
from gateway.partnership.typed import ACCOUNT, RESUME, then_resumed
from gateway.sftp.faults import FAULTS, fault
from gateway.workers.transmit import lane_failure
from tests.commands import gateway as run
from tests.config.conftest import ACCOUNT as OURS
from tests.config.conftest import HOST_KEY, SiteFiles
from tests.test_house import modules

_OF_A_LANE = re.compile(r"gateway (payer (?:trust|test|rotate)|resume)\b([^`]*)")
_NAMES = {"ACCOUNT": ACCOUNT, "RESUME": RESUME}


@pytest.fixture
def site(tmp_path: Path) -> SiteFiles:
    """Two accounts at one partner, neither with a host key; a password and a host key of them run out."""
    site = SiteFiles(tmp_path)
    announced = f'password_changed = 2026-01-01\n[[next_host_keys]]\nkey = "{HOST_KEY}"\nvalid_from = 2026-12-22\n'
    production = OURS.replace(f'host_keys = ["{HOST_KEY}"]', "") + announced.replace("\n", "\n    ")
    site.write("conf/partners/alpha_edi.toml", production)
    site.write("conf/partners/alpha_edi.test.toml", production.replace('"production"', '"test"'))
    site.change("plugins/alpha.toml", 'receiver = "ALPHAHP"', 'receiver = "ALPHAHP"\nwire = {password_days = 60}')
    return site


def commands(text: str) -> Iterator[str]:
    """Each command of ours in a text, up to where it ends."""
    yield from re.findall(r"gateway [a-z][^`;,\n]*", text)


def named(site: SiteFiles, command: str) -> Lane | None:
    """Parse it as the shell and the command line would, and find the lane it is about."""
    at: click.Command = gateway
    words, context = shlex.split(command)[1:], click.Context(gateway, obj=site.config)
    while isinstance(at, click.Group):
        _, found, words = at.resolve_command(context, words)
        assert found, command
        at, context = found, click.Context(found, parent=context)
    parsed = at.make_context(at.name, words, parent=context.parent).params
    if "stage" not in parsed:
        assert parsed.get("lane", "") in ("", "alpha_edi/test", "alpha_edi/production"), command
        return None
    _, _, directory = site.load()
    lanes = [lane for lane in directory.lanes.values() if lane.account.stage.value == parsed["stage"]]
    assert [lane.partner.key for lane in lanes] == [parsed["partner"]], command
    return lanes[0]


def told(directory: Directory) -> Iterator[tuple[str, str]]:
    """What is said of each lane wherever the gateway speaks of one."""
    yield from (("", warning) for warning in directory.warnings)
    for lane in directory.lanes.values():
        yield from ((lane.key, next_step(each)) for each in of_lanes([lane]))
        for code in FAULTS:
            failure = fault(code, "edi.alpha.example:22")
            yield lane.key, then_resumed(failure.next_step, lane.key)
            yield from ((lane.key, getattr(event, "next", "")) for event in lane_failure(lane, failure, 3))


def test_every_command_about_a_lane_can_be_typed_as_it_is_told(site: SiteFiles) -> None:
    """It names the account and finds it, and no other."""
    _, _, directory = site.load()
    found = [(of, command) for of, text in told(directory) for command in commands(text)]
    assert {command.split(" alpha_edi")[0] for _, command in found} >= {
        "gateway payer trust", "gateway payer rotate", "gateway resume",
    }  # fmt: skip
    for of, command in found:
        lane = named(site, command)
        assert lane is None or of in ("", lane.key)
    shown = run("-c", str(site.config), "payer", "show", "alpha_edi").stdout
    assert {named(site, command).account.stage for command in commands(shown)} == {*Stage}  # type: ignore[union-attr]


def test_a_command_that_was_refused_says_how_it_is_typed(site: SiteFiles) -> None:
    """Nothing is dialled without a host key."""
    refused = run("-c", str(site.config), "payer", "test", "alpha_edi", "--stage", "test")
    assert "`gateway payer trust alpha_edi --stage test`" in refused.stderr


def said(path: Path) -> Iterator[str]:
    """The texts of a module, with what is put into them by name; no docstrings, and no descriptions of keys."""
    tree = ast.parse(path.read_text())
    silent = {id(call.value) for call in ast.walk(tree) if isinstance(call, ast.keyword) and call.arg == "description"}
    silent |= {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    inside = {id(part) for text in ast.walk(tree) if isinstance(text, ast.JoinedStr) for part in text.values}
    for text in ast.walk(tree):
        if id(text) in silent | inside:
            continue
        if isinstance(text, ast.JoinedStr):
            yield "".join(_part(part) for part in text.values)
        elif isinstance(text, ast.Constant) and isinstance(text.value, str):
            yield text.value


def _part(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    source = ast.unparse(part.value)
    return _NAMES.get(source) or (ACCOUNT if source.startswith("as_typed(") else "LANE" if "lane" in source else source)


@pytest.mark.parametrize("path", [*modules()], ids=lambda path: "/".join(path.parts[-2:]))
def test_no_text_names_a_lanes_command_without_the_lane(path: Path) -> None:
    """Neither a payer's command without account and stage, nor `resume` without a lane and a reason."""
    for text in said(path):
        for command, rest in _OF_A_LANE.findall(text):
            whole = "--stage" in rest if "payer" in command else re.match(r" \S*(LANE|\{lane\})\S* --reason", rest)
            assert whole or rest == " NAME", f"gateway {command}{rest}"
