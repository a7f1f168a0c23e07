"""Reads a scenario from TOML, with every problem at once.

default = "pay"                                  # or a table: { action = "pay", contract = "0.2", copay = "0" }
answers = ["TA1", "999", "277CA", "835"]         # the kinds it sends at all
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
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from gateway.errors import ConfigError
from gateway.testing.payer.scenario import (
    KINDS,
    Adjustment,
    Delay,
    Deny,
    Faults,
    Note999,
    Pay,
    PayPartly,
    Reject277,
    Reject999,
    Rule,
    Scenario,
    Silent,
)

_ACTIONS: Mapping[str, type[Any]] = {
    "pay": Pay,
    "pay_partly": PayPartly,
    "deny": Deny,
    "reject_277": Reject277,
    "reject_999": Reject999,
    "note_999": Note999,
    "silent": Silent,
}


def load_scenario(path: Path) -> Scenario:
    """Read a TOML file. Raises ConfigError with every problem and its place."""
    with path.open("rb") as file:
        return read_scenario(tomllib.load(file))


def read_scenario(values: Mapping[str, Any]) -> Scenario:
    """Build from parsed TOML. Raises ConfigError with every problem and its place."""
    return _Reader().scenario(values)


class _Reader:
    """Turns tables into dataclasses and gathers what is wrong."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def scenario(self, values: Mapping[str, Any]) -> Scenario:
        rest = dict(values)
        made: dict[str, Any] = {}
        if "default" in rest:
            made["default"] = self.action(rest.pop("default"), "default")
        made["rules"] = tuple(self.rule(each, f"rules[{n}]") for n, each in enumerate(rest.pop("rules", ())))
        made["delays"] = {k: self.build(Delay, v, f"delays.{k}") for k, v in rest.pop("delays", {}).items()}
        made["faults"] = self.build(Faults, rest.pop("faults", {}), "faults")
        made["provider_adjustments"] = tuple(
            self.build(Adjustment, each, f"provider_adjustments[{n}]")
            for n, each in enumerate(rest.pop("provider_adjustments", ()))
        )
        scenario = self.build(Scenario, {**rest, **made}, "")
        self.problems += _out_of_range(scenario) if isinstance(scenario, Scenario) else []
        if self.problems:
            raise ConfigError(self.problems)
        assert isinstance(scenario, Scenario)
        return scenario

    def rule(self, values: Mapping[str, Any], where: str) -> object:
        conditions = {f.name for f in fields(Rule)} - {"action", "then"}
        made: dict[str, Any] = {key: value for key, value in values.items() if key in conditions}
        if "then" in values:
            made["then"] = self.action(values["then"], f"{where}.then")
        wanted = {key: value for key, value in values.items() if key not in conditions | {"then"}}
        return self.build(Rule, {**made, "action": self.action(wanted, where)}, where)

    def action(self, values: str | Mapping[str, Any], where: str) -> object:
        rest = {"action": values} if isinstance(values, str) else dict(values)
        name = rest.pop("action", "")
        if name not in _ACTIONS:
            self.problems.append(f"{where}: action must be one of {', '.join(_ACTIONS)}")
            return None
        return self.build(_ACTIONS[name], rest, where)

    def build(self, kind: type[Any], values: Mapping[str, Any], where: str) -> object:
        known = {f.name: f for f in fields(kind)}
        wrong = [f"{where}.{key}".lstrip(".") + ": unknown key" for key in values if key not in known]
        required = [name for name, f in known.items() if f.default is MISSING and f.default_factory is MISSING]
        wrong += [f"{where}.{name}: missing" for name in required if name not in values]
        made = {}
        for key in values.keys() & known.keys():
            try:
                made[key] = _value(values[key], str(known[key].type))
            except (InvalidOperation, ValueError):
                wrong.append(f"{where}.{key}".lstrip(".") + f": must be {known[key].type}")
        self.problems += wrong
        return None if wrong else kind(**made)


_PLAIN: Mapping[str, tuple[type, ...]] = {
    "bool": (bool,),
    "str": (str,),
    "int": (int,),
    "int | None": (int,),
    "float": (int, float),
}


def _value(value: Any, kind: str) -> object:
    """A TOML value as its field wants it: arrays are tuples, amounts Decimal."""
    if kind == "Decimal":
        return Decimal(str(value))
    if kind == "tuple[str, ...]":
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise ValueError
        return tuple(value)
    if kind in _PLAIN and (type(value) not in _PLAIN[kind]):
        raise ValueError
    return value


def _out_of_range(scenario: Scenario) -> Iterator[str]:
    """Words that are not in their list: a switch misspelt must not be a switch off."""
    allowed = [
        ("answers", scenario.answers, KINDS),
        ("negative_only", scenario.negative_only, ("TA1", "999", "277CA")),
        ("delays", tuple(scenario.delays), (*KINDS, "correction")),
        ("faults.cut", scenario.faults.cut, ("before_rename", "after_rename", "after_close")),
        ("faults.unbalanced_835", (scenario.faults.unbalanced_835,), ("", "line", "claim", "transaction")),
    ]
    actions = [scenario.default, *(rule.action for rule in scenario.rules)]
    levels = tuple(action.level for action in actions if isinstance(action, Reject277))
    allowed.append(("level", levels, ("claim", "provider", "submitter")))
    for name, given, words in allowed:
        yield from (
            f"{name}: {word!r} is none of {', '.join(filter(None, words))}" for word in given if word not in words
        )
