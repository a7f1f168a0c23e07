"""Every key of every file: what it means, an example, and a value of a fixed kind."""

from __future__ import annotations

import grp
import tomllib
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from gateway.config import load_settings
from gateway.config.accounts import AccountFile, RoutesFile
from gateway.config.declarations import DeclarationFile
from gateway.config.reference import reference
from gateway.config.settings import Settings
from gateway.config.writing import toml

PROJECT = Path(__file__).parent.parent.parent
Table = type[BaseModel]


def tables(root: Table) -> Iterator[Table]:
    """A table and all tables inside it."""
    yield root
    for field in root.model_fields.values():
        for inner in (field.annotation, *typing.get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from tables(inner)


TABLES = [table for root in (Settings, AccountFile, RoutesFile, DeclarationFile) for table in tables(root)]
KEYS = [(table, name) for table in TABLES if table is not Settings for name in table.model_fields]


def key_id(value: object) -> str:
    return value.__name__ if isinstance(value, type) else str(value)


def with_example(table: Table, name: str) -> dict[str, Any]:
    """The table with the example of this key, and of every other that it must have."""
    names = {key for key, field in table.model_fields.items() if field.is_required()} | {name}
    return {key: (table.model_fields[key].examples or [None])[0] for key in names}


@pytest.fixture
def _spool_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine has the group that the example names."""
    gateway_spool = grp.struct_group(("gateway-spool", "x", 4711, []))
    real = grp.getgrnam
    monkeypatch.setattr(grp, "getgrnam", lambda name: gateway_spool if name == "gateway-spool" else real(name))


@pytest.mark.parametrize(("table", "name"), KEYS, ids=key_id)
def test_every_key_says_what_it_means(table: Table, name: str) -> None:
    """A key that nobody can explain is a key nobody can set."""
    description = table.model_fields[name].description
    assert description
    assert description[0].isupper() or description[0] == "`" or description[0].isdigit()
    assert description.endswith(".")


@pytest.mark.usefixtures("_spool_group")
@pytest.mark.parametrize(("table", "name"), KEYS, ids=key_id)
def test_every_key_has_an_example_that_is_right(table: Table, name: str) -> None:
    """What is shown to somebody who made a mistake must not be another; and it shows more than the default does."""
    example = with_example(table, name)
    assert example[name] is not None
    found = getattr(table.model_validate(example), name)
    assert found != table.model_fields[name].get_default(call_default_factory=True)


@pytest.mark.parametrize("table", TABLES, ids=key_id)
def test_every_table_says_what_it_is_and_knows_no_other_keys(table: Table) -> None:
    """A key that is ignored is a rule that somebody believes in."""
    assert table.__doc__
    with pytest.raises(ValidationError) as wrong:
        table.model_validate({"nobody_knows_this": 1})
    assert ("nobody_knows_this",) in [error["loc"] for error in wrong.value.errors()]


@pytest.mark.parametrize("table", TABLES, ids=key_id)
def test_nothing_changes_once_it_was_read(table: Table) -> None:
    """Settings are the same for everybody, from the first moment to the last."""
    assert table.model_config["frozen"]


@pytest.mark.usefixtures("_spool_group")
@pytest.mark.parametrize(("table", "name"), KEYS, ids=key_id)
def test_no_key_takes_a_value_of_another_kind(table: Table, name: str) -> None:
    """Numbers in quotes, 1 for true, a table for a text: nothing is guessed. Each key refuses all kinds but its own."""
    good = with_example(table, name)
    kind = type(good[name])
    others: list[Any] = [text for text in ("7", "true") if kind is not str]
    odd: list[Any] = [True, 7.5, [[]], {"a": {"b": 1}}]
    others += [value for value in odd if type(value) is not kind]
    for value in others:
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            continue
        with pytest.raises(ValidationError):
            table.model_validate(good | {name: value})


def test_the_sample_in_the_project_is_the_one_that_the_settings_make() -> None:
    """conf/gateway.toml is written by `reference`, never by hand."""
    assert (PROJECT / "conf" / "gateway.toml").read_text(encoding="utf-8") == reference()


def test_the_sample_loads_and_says_nothing_but_defaults(tmp_path: Path) -> None:
    """Whoever starts with the sample starts with what the gateway does anyway."""
    sample, empty = tmp_path / "conf" / "sample.toml", tmp_path / "conf" / "empty.toml"
    sample.parent.mkdir()
    sample.write_text(reference(), encoding="utf-8")
    empty.write_text("")
    assert load_settings(sample) == load_settings(empty)


@pytest.mark.usefixtures("_spool_group")
def test_every_example_in_the_sample_can_be_taken_over(tmp_path: Path) -> None:
    """Taking the `# Example:` away from a line is all it takes."""
    lines = reference().splitlines()
    taken = [line.removeprefix("# Example: ") for line in lines if line.startswith(("# Example: ", "["))]
    sample = tmp_path / "conf" / "gateway.toml"
    sample.parent.mkdir()
    sample.write_text("\n".join(taken), encoding="utf-8")
    settings = load_settings(sample)
    assert settings.site.name == "cedar-falls"
    assert settings.spool.group_id == 4711
    assert settings.checks.severity
    assert sum(len(section) for section in tomllib.loads(sample.read_text()).values()) == sum(
        len(table.model_fields) for table in tables(Settings) if table is not Settings
    )


def test_every_relative_path_starts_at_the_folder_above_conf(tmp_path: Path) -> None:
    """A site can be moved as a whole, and does not depend on where a command was typed."""
    config = tmp_path / "conf" / "gateway.toml"
    config.parent.mkdir()
    config.write_text('[logs]\nfile = "gateway.log"\n[spool]\nroot = "/srv/spool"\n')
    settings = load_settings(config)
    paths = {
        f"{section}.{key}": value
        for section in Settings.model_fields
        for key, value in getattr(settings, section)
        if isinstance(value, Path)
    }
    assert paths.pop("spool.root") == Path("/srv/spool")
    assert len(paths) >= 7
    assert all(path.is_relative_to(tmp_path) for path in paths.values()), paths


@pytest.mark.parametrize(
    "value",
    ["", 'a "quoted" \\ word', "ü\n\t\x00\x1f\x7f\x85", "\U0001f5c2", 7, 2.5, 1e16, 1e-7, True, [], [1, [2]],
     {"999": 24, "a b": {"c": ["d"]}, "": 1}],
)  # fmt: skip
def test_what_is_written_as_toml_is_read_back(value: object) -> None:
    """Samples and examples are written by us, so they had better be TOML."""
    assert tomllib.loads(f"value = {toml(value)}") == {"value": value}
