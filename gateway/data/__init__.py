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

OWNERS = ("biller", "credentialing", "front_desk", "physician")
"""Whose work a denial can be."""


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of denial: whose work it is, one of OWNERS, and the next step. `weight` 0 goes first."""

    name: str
    desk: str
    next_step: str
    weight: int


@dataclass(frozen=True, slots=True)
class Reason:
    """A CARC. `fix` holds letters as carc.toml explains them; `remark` says that its remark codes decide; `desk` whose
    work it is where that is not its category's."""

    category: str
    meaning: str
    fix: str = ""
    remark: bool = False
    desk: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A RARC. An `alert` is no reason; `new_claim` asks for a new claim and not for a replacement; after a `final` one
    there is no appeal."""

    category: str
    meaning: str
    alert: bool = False
    new_claim: bool = False
    final: bool = False


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
    """Everything a 277CA status is judged by: the class and the words of each category, the words of each code, and which
    codes and entities together speak of enrollment or of the submitter's agreement."""

    version: str
    dated: date
    classes: Mapping[str, str]
    categories: Mapping[str, str]
    meanings: Mapping[str, str]
    enrollment_codes: frozenset[str]
    enrollment_entities: frozenset[str]
    edi_codes: frozenset[str]
    edi_entities: frozenset[str]


def denial_codes(carc: str, rarc: str) -> DenialCodes:
    """The tables of two TOML texts shaped like carc.toml and rarc.toml. Raises Malformed CODE_LIST."""
    try:
        return _denial_codes(tomllib.loads(carc), tomllib.loads(rarc))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError):
        raise _no_list("a key of it is missing or has another shape") from None


def _denial_codes(reasons: dict[str, Any], remarks: dict[str, Any]) -> DenialCodes:
    categories = {
        name: Category(name, said["desk"], said["next_step"], weight)
        for weight, (name, said) in enumerate(reasons["categories"].items())
    }
    found = DenialCodes(
        version=f"CARC {reasons['version']}, RARC {remarks['version']}",
        dated=min(reasons["date"], remarks["date"]),
        reasons=MappingProxyType({code: Reason(**said) for code, said in reasons["codes"].items()}),
        remarks=MappingProxyType({code: Remark(**said) for code, said in remarks["codes"].items()}),
        categories=MappingProxyType(categories),
        non_denial=frozenset(reasons["non_denial"]),
    )
    _check_denial_codes(found)
    return found


def _check_denial_codes(found: DenialCodes) -> None:
    """Texts are texts, a reason's category is one of the categories, and work is somebody's."""
    words = [text for each in found.reasons.values() for text in (each.meaning, each.fix, each.category, each.desk)]
    words += [text for each in found.remarks.values() for text in (each.meaning, each.category)]
    words += [each.next_step for each in found.categories.values()]
    if not all(isinstance(word, str) for word in (*words, *found.non_denial)):
        raise _no_list("codes, meanings, fixes, categories and next steps must be text")
    if {each.category for each in found.reasons.values()} - {"", *found.categories}:
        raise _no_list("a reason has a category that is in none of its categories")
    desks = [each.desk for each in found.categories.values()] + [each.desk for each in found.reasons.values()]
    if {*desks} - {"", *OWNERS}:
        raise _no_list(f"a desk is none of {', '.join(OWNERS)}")


def status_codes(text: str) -> StatusCodes:
    """The tables of a TOML text shaped like claim_status.toml."""
    said: dict[str, Any] = tomllib.loads(text)
    codes, enrollment = said["codes"], said["enrollment"]
    return StatusCodes(
        version=said["version"],
        dated=said["date"],
        classes=MappingProxyType({name: each["class"] for name, each in said["categories"].items()}),
        categories=MappingProxyType({name: each["meaning"] for name, each in said["categories"].items()}),
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


@dataclass(frozen=True, slots=True)
class Edition:
    """Which edition of the CARC or the RARC list a text is: its name, version, day, and how many codes it has."""

    name: str
    source: str
    version: str
    dated: date
    codes: int


OF_DENIALS = ("carc", "rarc")


def denial_edition(text: str) -> Edition | None:
    """What a TOML text says it is, where it names itself `carc` or `rarc`; None for anything else. Raises Malformed."""
    try:
        said = tomllib.loads(text)
        if said.get("name") not in OF_DENIALS:
            return None
        found = Edition(said["name"], said["source"], said["version"], said["date"], len(said["codes"]))
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        raise _no_list("it is no TOML, or its name, source, version, date or codes is missing") from None
    if type(found.dated) is not date or not isinstance(found.source, str) or not isinstance(found.version, str):
        raise _no_list("`date` must be a date, `source` and `version` text")
    return found


def own_denial_editions() -> list[Edition]:
    """The editions that the gateway brings."""
    found = (denial_edition(_packaged(f"{name}.toml")) for name in OF_DENIALS)
    return [edition for edition in found if edition]


@cache
def denial_codes_with(carc: str, rarc: str) -> DenialCodes:
    """Ours, with what these newer editions name in its place; an empty text adds nothing. Raises Malformed."""
    theirs = [tomllib.loads(text) if text else {} for text in (carc, rarc)]
    ours = [tomllib.loads(_packaged(f"{name}.toml")) for name in OF_DENIALS]
    try:
        return _denial_codes(*(_laid_over(one, other) for one, other in zip(ours, theirs, strict=True)))
    except (KeyError, TypeError, AttributeError, ValueError):
        raise _no_list("a key of it is missing or has another shape") from None


def _laid_over(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    return {**ours, **theirs, "codes": {**ours["codes"], **theirs.get("codes", {})}}


DENIAL_CODES = denial_codes(_packaged("carc.toml"), _packaged("rarc.toml"))
STATUS_CODES = status_codes(_packaged("claim_status.toml"))
