"""Code lists as data: adjustment reasons (CARC), remarks (RARC), claim statuses, and the lists that guides refer to.

The lists are published three times a year. Whoever has newer ones parses them and hands the result to the rules,
which take these tables as arguments and meet a code they do not know as data.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from gateway.errors import Malformed
from gateway.model.claims import Outcome


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


@dataclass(frozen=True, slots=True)
class CodeList:
    """One edition of an outer code list: its codes with our own words for each, empty where the code says it all.
    `unknown` is what a code asks for that is not in it."""

    name: str
    source: str
    version: str
    dated: date
    unknown: Outcome
    meanings: Mapping[str, str]

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(self.meanings)


OF_SITES = frozenset({"taxonomy"})
"""Code lists that the guides ask for and the gateway does not bring: a code is unknown only where a site has loaded one."""


def code_lists() -> tuple[str, ...]:
    """The names of the code lists that the gateway brings."""
    entries = files(__name__).joinpath("lists").iterdir()
    return tuple(sorted(e.name.removesuffix(".toml") for e in entries if e.name.endswith(".toml")))


@cache
def code_list(name: str) -> CodeList:
    """The code list of that name, one of `code_lists()`."""
    return code_list_of(_packaged(f"lists/{name}.toml"))


def code_list_of(text: str) -> CodeList:
    """The code list of a TOML text shaped like lists/states.toml, or like lists/countries.toml: bare codes.

    Raises Malformed CODE_LIST.
    """
    try:
        said = tomllib.loads(text)
        name, source, version, dated, codes = (said[key] for key in ("name", "source", "version", "date", "codes"))
        unknown = Outcome[said.get("unknown", "WARN")]
        meanings = codes if isinstance(codes, dict) else dict.fromkeys(codes, "")
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        raise _no_list(
            "it is no TOML, or its name, source, version, date, codes or unknown is missing or wrong"
        ) from None
    if type(dated) is not date or not meanings or isinstance(codes, str):
        raise _no_list("`date` must be a date and `codes` a table or an array of at least one code")
    if not all(isinstance(word, str) for word in (name, source, version, *meanings, *meanings.values())):
        raise _no_list("`name`, `source`, `version`, the codes and their meanings must be text")
    return CodeList(name, source, version, dated, unknown, MappingProxyType(meanings))


def merged(ours: CodeList, theirs: CodeList) -> CodeList:
    """The newer of two editions of the same list; ours where both are of one day. Raises Malformed CODE_LIST."""
    if ours.name != theirs.name:
        raise _no_list(f"it is not an edition of the list {ours.name}")
    return theirs if theirs.dated > ours.dated else ours


@cache
def npi_illustrations() -> frozenset[str]:
    """Numbers in the place of an NPI in published examples: none has the form and check digit of one."""
    return frozenset(tomllib.loads(_packaged("npi_illustrations.toml"))["numbers"])


def _no_list(why: str) -> Malformed:
    return Malformed(
        f"The code list cannot be used: {why}.",
        code="CODE_LIST",
        next_step="Shape it like the lists that the gateway brings (gateway/data/lists) and import it again.",
    )


def _packaged(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


DENIAL_CODES = denial_codes(_packaged("carc.toml"), _packaged("rarc.toml"))
STATUS_CODES = status_codes(_packaged("claim_status.toml"))
