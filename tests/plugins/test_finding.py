"""Where plugins are found: installed packages, the plugins folder, and modules named in the settings."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gateway.config.declarations import read_declaration
from gateway.plugins import load_plugins
from tests.plugins.conftest import Folder, install, payer_plugin

DECLARATION = '[[payer]]\nkey = "acme"\nname = "Acme"'


def test_an_installed_package_is_found_by_its_entry_point(folder: Folder, library: Path) -> None:
    """pip install is all it takes; its name says from which package it came."""
    install(library, "gateway-acme", "gateway_acme", payer_plugin("acme"))
    registry = folder.load()
    assert list(registry.payers) == ["acme"]
    assert registry.origins["payer acme"] == "gateway-acme:acme"


def test_an_entry_point_may_be_an_object_with_hooks(folder: Folder, library: Path) -> None:
    """A package may keep its plugin as an object beside other things."""
    text = """
        from gateway import hookimpl
        from gateway.model.partners import Payer

        class Plugin:
            @hookimpl
            def register_payers(self):
                return (Payer("acme", "Acme"),)

        plugin = Plugin()
    """
    install(library, "gateway-acme", "gateway_acme", text)
    points = library / "gateway_acme-1.0.dist-info" / "entry_points.txt"
    points.write_text("[gateway]\nacme = gateway_acme:plugin\n[other]\nnothing = for.us\n")
    assert list(folder.load().payers) == ["acme"]


def test_a_python_file_in_the_folder_is_a_plugin(folder: Folder) -> None:
    """By its file name, which is where to look."""
    folder.write("acme.py", payer_plugin("acme"))
    assert folder.load().origins["payer acme"] == "acme.py"


def test_a_package_in_the_folder_is_a_plugin_and_may_import_its_own_modules(folder: Folder) -> None:
    """A plugin that outgrew one file."""
    folder.write("acme/__init__.py", "from .payers import register_payers")
    folder.write("acme/payers.py", payer_plugin("acme"))
    assert folder.load().origins["payer acme"] == "acme"


def test_a_toml_file_in_the_folder_is_a_plugin(folder: Folder) -> None:
    """A declaration needs no code."""
    folder.write("acme.toml", DECLARATION)
    registry = folder.load()
    assert registry.payers["acme"].name == "Acme"
    assert registry.origins["payer acme"] == "acme.toml"


def test_a_module_named_in_the_settings_is_a_plugin(folder: Folder, library: Path) -> None:
    """For a plugin that lies on Python's path without being installed."""
    (library / "practice_edits.py").write_text("\n".join(line[4:] for line in payer_plugin("acme").splitlines()))
    assert folder.load(named=["practice_edits"]).origins["payer acme"] == "practice_edits"


def test_all_of_them_work_together(folder: Folder, library: Path) -> None:
    """One registry, whoever brought what; a file, a declaration and a package may even share a name."""
    install(library, "gateway-a", "gateway_a", payer_plugin("a"))
    install(library, "gateway-b", "gateway_b", payer_plugin("b"))
    (library / "named.py").write_text("\n".join(line[4:] for line in payer_plugin("c").splitlines()))
    folder.write("same.py", payer_plugin("d"))
    folder.write("same.toml", DECLARATION)
    folder.write("same/__init__.py", payer_plugin("e"))
    registry = folder.load(named=["named"])
    assert set(registry.payers) == {"a", "b", "c", "d", "e", "acme"}
    assert registry.origins["payer e"] == "same"
    assert registry.checks, "the built-in checks are there as well"


@pytest.mark.parametrize(
    "name",
    [
        ".acme.py", "_acme.py", "_acme.toml", ".acme.toml", "_acme/__init__.py", ".git/__init__.py",
        "__pycache__/acme.py", "acme.py.bak", "acme.off", "README.md",
    ],
)  # fmt: skip
def test_what_is_hidden_put_aside_or_of_another_kind_is_no_plugin(folder: Folder, name: str) -> None:
    """An underscore in front is how to switch one off; what lies there is not even read."""
    folder.write(name, "this is neither Python nor TOML")
    assert folder.load().payers == {}


def test_a_folder_without_an_init_file_is_refused(folder: Folder) -> None:
    """Its author thinks that it is a plugin, and nothing of it would ever run."""
    folder.write("acme/plugin.py", payer_plugin("acme"))
    wrong = folder.refusal()
    assert "plugin acme does not load" in wrong.message
    assert "without __init__.py; put a _ before its name if it is no plugin" in wrong.message


def test_a_plugins_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A misspelt plugins.directory would otherwise be a gateway without payers."""
    wrong = Folder(tmp_path / "plugins")
    wrong.path.rmdir()
    refusal = wrong.refusal()
    assert refusal.code == "PLUGIN_FOLDER"
    assert "plugins.directory" in refusal.next_step


def test_without_folder_and_packages_there_are_the_built_ins(library: Path) -> None:
    """Tests and tools may ask for no more than that."""
    install(library, "gateway-acme", "gateway_acme", payer_plugin("acme"))
    registry = load_plugins(None, declared=read_declaration, entry_points=False)
    assert registry.payers == {}
    assert set(registry.origins.values()) == {"built in"}


def test_loading_again_reads_the_files_again(folder: Folder) -> None:
    """A command that loads plugins twice sees what is there, not what was; inside packages, too."""
    folder.write("acme.py", payer_plugin("acme"))
    folder.write("inner/__init__.py", "from .payers import register_payers")
    folder.write("inner/payers.py", payer_plugin("beta"))
    assert set(folder.load().payers) == {"acme", "beta"}
    folder.write("acme.py", payer_plugin("acne"))
    folder.write("inner/payers.py", payer_plugin("zeta"))
    assert set(folder.load().payers) == {"acne", "zeta"}


def test_loading_leaves_nothing_in_the_folder(folder: Folder) -> None:
    """It belongs to the administrator; and compiled code there would be one more thing to guard."""
    folder.write("acme/__init__.py", "from .payers import register_payers")
    folder.write("acme/payers.py", payer_plugin("acme"))
    folder.write("beta.py", payer_plugin("beta"))
    before = sorted(folder.path.rglob("*"))
    writes = sys.dont_write_bytecode
    assert folder.load().payers
    assert sorted(folder.path.rglob("*")) == before
    assert sys.dont_write_bytecode == writes


def test_a_plugin_that_does_not_load_leaves_nothing_behind(folder: Folder) -> None:
    """No half-made module that something else could import."""
    folder.write("half_made/__init__.py", "from . import part\nraise RuntimeError")
    folder.write("half_made/part.py", "")
    folder.refusal()
    assert not [name for name in sys.modules if "half_made" in name]
