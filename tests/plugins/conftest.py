"""A plugins folder for tests to fill, and what loading it gives."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from gateway.config.declarations import read_declaration
from gateway.errors import PluginError
from gateway.plugins import Registry, load_plugins

PAYER = """
    from gateway import hookimpl
    from gateway.model.partners import Payer

    @hookimpl
    def register_payers():
        return (Payer("{key}", "{key}"),)
"""


def payer_plugin(key: str) -> str:
    """A plugin that registers one payer."""
    return PAYER.format(key=key)


class Folder:
    """The plugins folder. Its files are the owner's alone to change, whatever the umask."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        path.chmod(0o755)

    def write(self, name: str, text: str) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        path.parent.chmod(0o755)
        path.chmod(0o644)
        return path

    def load(self, named: Sequence[str] = ()) -> Registry:
        return load_plugins(self.path, named, declared=read_declaration)

    def refusal(self, named: Sequence[str] = ()) -> PluginError:
        """Why the start is stopped. Whatever it is, it says what to do next."""
        with pytest.raises(PluginError) as wrong:
            self.load(named)
        assert wrong.value.next_step
        assert wrong.value.place
        return wrong.value


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty plugins folder."""
    return Folder(tmp_path / "plugins")


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on Python's path, as installed packages lie in; what was imported from it is forgotten afterwards."""
    path = tmp_path / "library"
    path.mkdir()
    monkeypatch.syspath_prepend(path)
    before = set(sys.modules)
    yield path
    for name in set(sys.modules) - before:
        if str(path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def install(library: Path, package: str, module: str, text: str, point: str = "acme") -> None:
    """What pip leaves behind of a distribution with an entry point for the gateway."""
    (library / f"{module}.py").write_text(textwrap.dedent(text), encoding="utf-8")
    metadata = library / f"{package.replace('-', '_')}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[gateway]\n{point} = {module}\n")
