"""Which rules a plugin is exempt from, by its own file, and the reasons."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gateway.testing.kit.report import Outcome, Result
from gateway.testing.kit.rules import RULES

ATTRIBUTE = "KIT_EXEMPT"
"""What a module of a plugin calls its exemptions: `KIT_EXEMPT = {"arrives": "it speaks AS2; tried on ..."}`."""
_LEAST = 12


def exemptions(source: Path) -> tuple[dict[str, str], list[str]]:
    """Rule to reason, and what is wrong with them. The file is read and not run."""
    found = _of_toml(source) if source.suffix == ".toml" else _of_module(source)
    wrong = [
        f"exempts from {name}, which is no rule; rules are {', '.join(RULES)}" for name in found if name not in RULES
    ]
    wrong += [
        f"exempts from {name} without a reason that a reviewer could judge"
        for name, reason in found.items()
        if name in RULES and len(reason.strip()) < _LEAST
    ]
    wrong += [f"exempts from {name}, from which nothing is exempt" for name in found if name in ("loads", "no_secrets")]
    return {name: reason for name, reason in found.items() if name in RULES and not wrong}, wrong


def excused(results: Iterable[Result], reasons: Mapping[str, str]) -> tuple[Result, ...]:
    """The results, where what failed for a stated reason is exempt: what went wrong is still shown, and so is an exemption
    that nothing needs."""
    return tuple(_excused(one, reasons[one.rule]) if one.rule in reasons else one for one in results)


def _excused(one: Result, reason: str) -> Result:
    if one.outcome is Outcome.PROVEN:
        return Result(one.rule, one.outcome, (*one.details, f"exempt without need: {reason}"))
    return Result(one.rule, Outcome.EXEMPT, one.details, reason)


def _of_toml(source: Path) -> dict[str, str]:
    try:
        kit = tomllib.loads(source.read_text(encoding="utf-8")).get("kit", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}
    return _texts(kit.get("exempt") if isinstance(kit, dict) else None)


def _of_module(source: Path) -> dict[str, str]:
    try:
        tree = ast.parse(source.read_bytes())
    except (SyntaxError, ValueError):
        return {}
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        named = any(isinstance(target, ast.Name) and target.id == ATTRIBUTE for target in targets)
        if named and isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            try:
                return _texts(ast.literal_eval(node.value))
            except ValueError:
                return {ATTRIBUTE: ""}
    return {}


def _texts(value: Any) -> dict[str, str]:
    return {str(name): str(reason) for name, reason in value.items()} if isinstance(value, dict) else {}
