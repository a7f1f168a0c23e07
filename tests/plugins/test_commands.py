"""Commands that plugins bring stand beside the gateway's own, and never in their way."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.brought import commands_of
from gateway.cli.main import gateway
from gateway.errors import PluginError

COMMAND = """
import click
from gateway import hookimpl

@click.command("{name}")
def command():
    "Say hello."
    click.echo("hello")

@hookimpl
def register_commands():
    return (command,)
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The settings of a site without plugins."""
    path = tmp_path / "conf" / "gateway.toml"
    path.parent.mkdir()
    path.write_text("")
    (tmp_path / "plugins").mkdir(mode=0o755)
    return path


def write(config: Path, text: str, name: str = "greeting.py") -> None:
    path = config.parent.parent / "plugins" / name
    path.write_text(text)
    path.chmod(0o644)


def ran(config: Path, *words: str) -> Result:
    return CliRunner().invoke(gateway, ["-c", str(config), *words])


def test_a_command_of_a_plugin_is_listed_and_run(config: Path) -> None:
    """Wherever the settings are named: by the option or by the variable."""
    write(config, COMMAND.format(name="greet"))
    assert ran(config, "greet").output == "hello\n"
    assert "Say hello." in ran(config, "--help").stdout
    assert "Say hello." in CliRunner().invoke(gateway, ["--help"], env={"GATEWAY_CONFIG": str(config)}).stdout


def test_plugins_are_not_loaded_for_a_command_of_our_own(config: Path) -> None:
    """What a plugin does when it is loaded does not happen for a built-in command's sake."""
    write(config, f"from pathlib import Path\nPath({str(config.parent / 'loaded')!r}).touch()\n" + COMMAND)
    assert ran(config, "status", "--help").exit_code == 0
    assert not (config.parent / "loaded").exists()
    ran(config, "nothing-of-this-name")
    assert (config.parent / "loaded").exists()


@pytest.mark.parametrize("text", ["raise RuntimeError('no\\nlicence')", "import sys\nsys.exit(1)", "def broken(:"])
def test_a_broken_plugin_does_not_break_help_nor_our_own_commands(config: Path, text: str) -> None:
    """One line says what is missing, and why."""
    write(config, text)
    listed = ran(config, "--help")
    assert listed.exit_code == 0
    for name in ("status", "demo", "simulate-payer"):
        assert f"\n  {name} " in listed.stdout
    assert listed.stderr.count("\n") == 1
    assert "greeting.py does not load" in listed.stderr
    shown = ran(config, "status", "--help")
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert ran(config, "demo", "--help").exit_code == 0


@pytest.mark.parametrize("text", [None, "[plugins]\nnamed = 7", "[plugins]\ndirectory = 'nowhere'"])
def test_help_and_the_demonstration_need_no_site(config: Path, text: str | None) -> None:
    """No settings are no problem; wrong ones are one line."""
    if text is None:
        config.unlink()
    else:
        config.write_text(text)
    listed = ran(config, "--help")
    assert listed.exit_code == 0
    assert "\n  demo " in listed.stdout
    assert listed.stderr.count("\n") == (text is not None)


def test_an_unknown_command_is_still_unknown(config: Path) -> None:
    """Whatever plugins there are."""
    write(config, COMMAND.format(name="greet"))
    unknown = ran(config, "gret")
    assert unknown.exit_code == 2
    assert "No such command 'gret'" in unknown.output


@pytest.mark.parametrize("name", ["status", "run", "demo"])
def test_a_plugin_may_not_take_the_name_of_our_own_command(config: Path, name: str) -> None:
    """Nobody should run a plugin's `run` and believe it is ours."""
    write(config, COMMAND.format(name=name))
    with pytest.raises(PluginError) as wrong:
        commands_of(config, gateway.rooms)
    assert wrong.value.code == "PLUGIN_KEY_TAKEN"
    assert "greeting.py" in wrong.value.message
    assert "hello" not in ran(config, name, "--help").output
    assert "greeting.py" in ran(config, "--help").stderr


def test_two_plugins_may_not_bring_the_same_command(config: Path) -> None:
    """As with every other key."""
    write(config, COMMAND.format(name="greet"))
    write(config, COMMAND.format(name="greet"), "welcome.py")
    with pytest.raises(PluginError, match=r"plugins greeting\.py and welcome\.py both register the command 'greet'"):
        commands_of(config)


def test_a_site_may_name_what_comes_with_us(config: Path) -> None:
    """Nothing is loaded twice."""
    config.write_text('[plugins]\nnamed = ["gateway.demo.commands"]\n')
    assert set(commands_of(config)) == {"demo", "simulate-payer"}


def test_what_can_be_called_but_is_no_click_command_is_refused(config: Path) -> None:
    """It has a name, and would fail only when somebody wants it."""
    write(config, COMMAND.format(name="greet").replace('@click.command("greet")', ""))
    text = (config.parent.parent / "plugins" / "greeting.py").read_text()
    write(config, text.replace("@hookimpl", 'command.name = "greet"\n\n@hookimpl'))
    with pytest.raises(PluginError, match="no click command"):
        commands_of(config)
