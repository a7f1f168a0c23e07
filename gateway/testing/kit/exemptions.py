"""Which rules a plugin is exempt from, by its own file, and the reasons."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gateway.testing.kit.report import Outcome, Result
from gateway.testing.kit.rules import RULES

ATTRIBUTE = "KIT_EXEMPT"
"""What a module of a plugin calls its exemptions: `KIT_EXEMPT = {"arrives": "it speaks AS2; tried on ..."}`."""
_EXAMPLE = f'(for example: {ATTRIBUTE} = {{"arrives": "it speaks AS2; tried with their test server on 2026-11-03"}})'
_LEAST = 12


def exemptions(source: Path) -> tuple[dict[str, str], list[str]]:
    """Rule to reason, and what is wrong with them. The file is read and not run."""
    stated = _of_toml(source) if source.suffix == ".toml" else _of_module(source)
    found, wrong = (stated, []) if isinstance(stated, dict) else ({}, [stated])
    wrong += [
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
    """One of another shape is no declaration, which is told where that is read."""
    try:
        kit = tomllib.loads(source.read_text(encoding="utf-8-sig")).get("kit", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}
    stated = kit.get("exempt") if isinstance(kit, dict) else None
    return {name: str(reason) for name, reason in stated.items()} if isinstance(stated, dict) else {}


def _of_module(source: Path) -> dict[str, str] | str:
    """Rule to reason, or what is wrong with the attribute as a whole."""
    try:
        tree = ast.parse(source.read_bytes())
    except (SyntaxError, ValueError):
        return {}
    stated = next(_assigned(tree), None)
    if stated is None:
        return {}
    try:
        value = ast.literal_eval(stated)
    except (ValueError, TypeError):
        return f"{ATTRIBUTE} must be written out, for the file is read and not run {_EXAMPLE}"
    texts = isinstance(value, dict) and all(isinstance(text, str) for pair in value.items() for text in pair)
    return value if texts else f"{ATTRIBUTE} must be a dict of texts, rule to reason {_EXAMPLE}"


def _assigned(tree: ast.Module) -> Iterator[ast.expr]:
    """What the attribute is set to, wherever the module does so at its top."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id == ATTRIBUTE for target in targets):
                yield node.value
