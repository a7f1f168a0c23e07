"""Reads a scenario from TOML, with every problem at once.

default = "pay"                                  # or a table: { action = "pay", contract = "0.2", copay = "0" }
answers = ["TA1", "999", "277CA", "277", "835"]  # the kinds it sends at all
negative_only = ["TA1"]                          # kinds it sends only with bad news

[delays]
"835" = { ticks = 2 }                            # or { seconds = 1.5 }

[[rules]]                                        # the first rule whose conditions all match decides
claim = "CF10*"                                  # CLM01, shell wildcards
rendering = "2000000044"                         # any rendering NPI (billing NPI where none is named)
payer = "77001"                                  # 2010BB NM109
procedure = "99214"                              # any line's procedure code
action = "reject_277"
code = "562"

[faults]
sweep = true

[server]
commit_on_logout = true

`gateway simulate-payer --example` shows every key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from gateway.errors import ConfigError
from gateway.testing.payer.reading import Builder
from gateway.testing.payer.scenario import (
    Deny,
    Forward,
    Note999,
    Pay,
    PayPartly,
    Price,
    Reject277,
    Reject999,
    Reverse,
    Rule,
    Scenario,
    Silent,
)
from gateway.testing.payer.words import out_of_range

ACTIONS: Mapping[str, type[Any]] = {
    "pay": Pay,
    "pay_partly": PayPartly,
    "deny": Deny,
    "forward": Forward,
    "price": Price,
    "reverse": Reverse,
    "reject_277": Reject277,
    "reject_999": Reject999,
    "note_999": Note999,
    "silent": Silent,
}
SHIPPED = Path(__file__).parent / "scenarios"
"""Scenarios that come with the simulator, each by the name of its file."""


def load_scenario(path: Path) -> Scenario:
    """Read a TOML file. Raises ConfigError with every problem and its place."""
    try:
        with path.open("rb") as file:
            return read_scenario(tomllib.load(file))
    except tomllib.TOMLDecodeError as wrong:
        raise ConfigError([f"{path.name}: {wrong}"]) from None
    except UnicodeDecodeError as wrong:
        raise ConfigError([f"{path.name}: must be UTF-8; byte {wrong.start + 1} is none"]) from None


def named_scenario(name: str) -> Path:
    """The file of that path, else the shipped scenario of that name. Raises ConfigError where there is neither."""
    shipped = {path.stem: path for path in sorted(SHIPPED.glob("*.toml"))}
    if Path(name).exists():
        return Path(name)
    if name not in shipped:
        raise ConfigError([f"{name}: neither a file nor one of {', '.join(shipped)}"])
    return shipped[name]


def read_scenario(values: Mapping[str, Any]) -> Scenario:
    """Build from parsed TOML. Raises ConfigError with every problem and its place."""
    reader = _Reader()
    scenario = reader.scenario(values)
    if problems := [*reader.builder.problems, *out_of_range(scenario)]:
        raise ConfigError(problems)
    return scenario


class _Reader:
    """Knows the two tables that are no plain dataclass: rules and their actions."""

    def __init__(self) -> None:
        self.builder = Builder()

    def scenario(self, values: Mapping[str, Any]) -> Scenario:
        rest = dict(values)
        made: dict[str, Any] = {}
        if "default" in rest:
            made["default"] = self.action(rest.pop("default"), "default")
        rules = rest.pop("rules", ())
        if isinstance(rules, list | tuple):
            made["rules"] = tuple(self.rule(each, f"rules[{n}]") for n, each in enumerate(rules))
        else:
            self.builder.problems.append("rules: must be tables, each [[rules]]")
        scenario: Scenario = self.builder.build(Scenario, rest, "", made)
        return scenario

    def rule(self, values: object, where: str) -> object:
        if not isinstance(values, Mapping):
            self.builder.problems.append(f"{where}: must be a table")
            return Rule(Pay())
        conditions = {f.name for f in fields(Rule)} - {"action", "then"}
        made = {"then": self.action(values["then"], f"{where}.then")} if "then" in values else {}
        wanted = {key: value for key, value in values.items() if key not in conditions | {"then"}}
        own = {key: value for key, value in values.items() if key in conditions}
        return self.builder.build(Rule, own, where, {**made, "action": self.action(wanted, where)})

    def action(self, values: object, where: str) -> object:
        rest = {"action": values} if isinstance(values, str) else dict(values) if isinstance(values, Mapping) else {}
        kind = ACTIONS.get(str(rest.pop("action", "")))
        if kind is None:
            self.builder.problems.append(f"{where}: action must be one of {', '.join(ACTIONS)}")
            return Pay()
        return self.builder.build(kind, rest, where)
