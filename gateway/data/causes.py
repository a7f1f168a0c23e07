"""Causes: what the codes that speak of enrollment have in common, and whom they speak of."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any

LISTS = ("status", "carc", "rarc")
"""Claim status codes, CARCs and RARCs: three lists whose numbers overlap and mean different things."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One root cause. `means` completes "the payer ...". `dated`: earlier days of service are not in question;
    `freezes`: claims that wait are held until a person has decided."""

    name: str
    means: str
    dated: bool
    freezes: bool


@dataclass(frozen=True, slots=True)
class Causes:
    """`by_code` gives the name of a cause by list and code, `roles` whom a code speaks of, as NM101."""

    causes: Mapping[str, Cause]
    by_code: Mapping[tuple[str, str], str]
    roles: Mapping[tuple[str, str], tuple[str, ...]]


def causes_of(text: str) -> Causes:
    """The tables of a TOML text shaped like causes.toml."""
    said: dict[str, Any] = tomllib.loads(text)
    named = said["causes"].items()
    return Causes(
        MappingProxyType({name: Cause(name, c["means"], c["dated"], c["freezes"]) for name, c in named}),
        MappingProxyType({(list_, code): name for name, c in named for list_ in LISTS for code in c[list_]}),
        MappingProxyType(
            {(list_, code): tuple(roles) for list_, codes in said["roles"].items() for code, roles in codes.items()}
        ),
    )


CAUSES = causes_of(files("gateway.data").joinpath("causes.toml").read_text(encoding="utf-8"))
