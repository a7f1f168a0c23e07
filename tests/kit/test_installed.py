"""A plugin that an installed package brings: proven by its name, though the gateway finds it once more by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli.main import gateway
from gateway.errors import Refused

MODULE = '''\
"""Osprey Health (fictional), as a package of its own."""

from gateway import hookimpl
from gateway.model.habits import Habits
from gateway.model.partners import Endpoint, Partner, Payer
from gateway.model.x12 import Address


@hookimpl
def register_payers():
    return (Payer("osprey", "Osprey Health"),)


@hookimpl
def register_partners():
    said = Habits(sources=("an invention of this test",), unverified=("all of it",))
    way = Endpoint("sftp", "osprey.example")
    return (Partner("osprey_edi", "OSPREY HEALTH", {"osprey": ("77060",)}, Address("ZZ", "OSPREYHP"), way, habits=said),)
'''


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What pip leaves behind of a package with an entry point, on the path of this process and of those it starts."""
    library = tmp_path / "library"
    package, metadata = library / "osprey_gateway", library / "gateway_osprey-1.0.dist-info"
    package.mkdir(parents=True)
    metadata.mkdir()
    (package / "__init__.py").write_text(MODULE)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: gateway-osprey\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[gateway]\nosprey = osprey_gateway\n")
    monkeypatch.syspath_prepend(library)
    monkeypatch.setenv("PYTHONPATH", str(library))
    return package


@pytest.mark.parametrize("name", ["osprey", "gateway-osprey:osprey"])
def test_an_installed_plugin_is_proven_by_its_name(installed: Path, name: str) -> None:
    """On the wire too, where its keys are taken by nobody else."""
    told = CliRunner().invoke(gateway, ["plugin", "check", name, "--tier", "2", "--trial", "none"])
    assert told.exit_code == 0, told.output
    assert "proven      arrives" in told.output


def test_one_that_nobody_installed_is_not_found(installed: Path) -> None:
    """And it says how one is named."""
    told = CliRunner().invoke(gateway, ["plugin", "check", "heron"])
    assert isinstance(told.exception, Refused)
    assert "plugin list" in told.exception.next_step


def test_a_draft_needs_no_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An author outside the tree has none, and is told what to say instead."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GATEWAY_CONFIG", raising=False)
    told = CliRunner().invoke(gateway, ["plugin", "new", "heron"])
    assert isinstance(told.exception, Refused)
    assert "--into ." in told.exception.next_step
    assert CliRunner().invoke(gateway, ["plugin", "new", "heron", "--into", "."]).exit_code == 0
