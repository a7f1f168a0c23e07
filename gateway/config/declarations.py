"""A payer or partner that needs no code: a TOML file in the plugins folder, as complete as a declaration in Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import Field

from gateway.config.habits import Line
from gateway.config.judging import contradictions_in, draft
from gateway.config.partners import PartnerTable
from gateway.config.payers import PayerTable
from gateway.config.reading import read_toml, validated
from gateway.config.settings import Section
from gateway.config.unmet import unmet
from gateway.config.values import Key
from gateway.errors import PluginError
from gateway.model.partners import Partner, Payer
from gateway.plugins import Registry


class KitTable(Section):
    """[kit]: what `gateway plugin check` is told about this file."""

    exempt: dict[Key, Line] = Field(
        default_factory=dict, description="Rules of the plugin kit that this file does not keep, each with the reason.",
        examples=[{"arrives": "it speaks AS2; tried with their test server on 2026-11-03"}],
    )  # fmt: skip


class DeclarationFile(Section):
    """A declaration: any number of payers and partners."""

    kit: KitTable = Field(
        KitTable(), description="For the plugin kit alone.", examples=[{"exempt": {"arrives": "it speaks AS2"}}]
    )

    payer: tuple[PayerTable, ...] = Field(
        (), description="Payers: who adjudicates.", examples=[[{"key": "prairie", "name": "Prairie Health Plan"}]]
    )
    partner: tuple[PartnerTable, ...] = Field(
        (), description="Trading partners: who receives.",
        examples=[[{"key": "bluestem", "name": "BLUESTEM EXCHANGE", "receiver": "BLUESTEM",
                    "payers": {"prairie": ["77001"]}, "endpoint": {"host": "sftp.partner.example"}}]],
    )  # fmt: skip


def read_declaration(path: Path) -> tuple[Sequence[Payer], Sequence[Partner]]:
    """The payers and partners of one file. Raises PluginError with all its problems."""
    problems: list[str] = []
    data = read_toml(path, problems) or {}
    file = validated(DeclarationFile, data, path, problems)
    problems += [f"{path}: partner[{number}].{wrong}" for number, wrong in _contradictions(data)]
    if file is None or problems:
        refusal = PluginError.of_all(
            problems,
            code="PLUGIN_DECLARATION",
            place=str(path),
            next_step="Correct the keys named here; nothing of the file was taken.",
        )
        refusal.beside = partial(_unmet, path, data)
        raise refusal
    return tuple(p.payer() for p in file.payer), tuple(p.partner() for p in file.partner)


def _contradictions(data: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """What does not go together in each partner, also beside keys that are wrong by themselves."""
    for number, entry in enumerate(_entries(data)):
        yield from ((number, wrong) for wrong in contradictions_in(entry))


def _unmet(path: Path, data: dict[str, Any], registry: Registry) -> list[str]:
    """What the partners of a file that is refused name, and none of these plugins brings."""
    drafts = enumerate(map(draft, _entries(data)))
    return [f"{path}: partner[{number}].{wrong}" for number, one in drafts if one for wrong in unmet(one, registry)]


def _entries(data: dict[str, Any]) -> list[Any]:
    entries = data.get("partner")
    return entries if isinstance(entries, list) else []
