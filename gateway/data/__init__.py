"""Code lists as data: adjustment reasons (CARC), remarks (RARC) and claim statuses, read once at import.

The lists are published three times a year. Whoever has newer ones parses them and hands the result to the rules,
which take these tables as arguments and meet a code they do not know as data.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of denial: whose work it is (`credentialing`, `billing`) and the next step. `weight` 0 goes first."""

    name: str
    desk: str
    next_step: str
    weight: int


@dataclass(frozen=True, slots=True)
class Reason:
    """A CARC. `fix` holds letters as carc.toml explains them; `remark` says that its remark codes decide."""

    category: str
    meaning: str
    fix: str = ""
    remark: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """A RARC. An `alert` is no reason; `new_claim` asks for a new claim and not for a replacement."""

    category: str
    meaning: str
    alert: bool = False
    new_claim: bool = False


@dataclass(frozen=True, slots=True)
class DenialCodes:
    """Everything a denial is judged by. CARCs in `non_denial` reduce a payment and refuse nothing."""

    version: str
    dated: date
    reasons: Mapping[str, Reason]
    remarks: Mapping[str, Remark]
    categories: Mapping[str, Category]
    non_denial: frozenset[str]


@dataclass(frozen=True, slots=True)
class StatusCodes:
    """Everything a 277CA status is judged by: the class of each category, the words of each code, and which codes
    and entities together speak of enrollment or of the submitter's agreement."""

    version: str
    dated: date
    classes: Mapping[str, str]
    meanings: Mapping[str, str]
    enrollment_codes: frozenset[str]
    enrollment_entities: frozenset[str]
    edi_codes: frozenset[str]
    edi_entities: frozenset[str]


def denial_codes(carc: str, rarc: str) -> DenialCodes:
    """The tables of two TOML texts shaped like carc.toml and rarc.toml."""
    reasons, remarks = tomllib.loads(carc), tomllib.loads(rarc)
    categories = {
        name: Category(name, said["desk"], said["next_step"], weight)
        for weight, (name, said) in enumerate(reasons["categories"].items())
    }
    return DenialCodes(
        version=f"CARC {reasons['version']}, RARC {remarks['version']}",
        dated=min(reasons["date"], remarks["date"]),
        reasons=MappingProxyType({code: Reason(**said) for code, said in reasons["codes"].items()}),
        remarks=MappingProxyType({code: Remark(**said) for code, said in remarks["codes"].items()}),
        categories=MappingProxyType(categories),
        non_denial=frozenset(reasons["non_denial"]),
    )


def status_codes(text: str) -> StatusCodes:
    """The tables of a TOML text shaped like claim_status.toml."""
    said: dict[str, Any] = tomllib.loads(text)
    codes, enrollment = said["codes"], said["enrollment"]
    return StatusCodes(
        version=said["version"],
        dated=said["date"],
        classes=MappingProxyType({name: each["class"] for name, each in said["categories"].items()}),
        meanings=MappingProxyType({code: each["meaning"] for code, each in codes.items()}),
        enrollment_codes=frozenset(code for code, each in codes.items() if each.get("enrollment")),
        enrollment_entities=frozenset(enrollment["entities"]),
        edi_codes=frozenset(enrollment["edi_codes"]),
        edi_entities=frozenset(enrollment["edi_entities"]),
    )


def _packaged(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


DENIAL_CODES = denial_codes(_packaged("carc.toml"), _packaged("rarc.toml"))
STATUS_CODES = status_codes(_packaged("claim_status.toml"))
