"""The routes as people have them now: those of the settings, with the payers that were moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gateway.config.directory import Directory
from gateway.model.partners import Route


def rerouted(directory: Directory, moves: Mapping[str, str]) -> Directory:
    """Each moved payer's route by that partner goes before its others. One that the settings have no longer leaves the
    payer where they put it."""

    def first(payer: str) -> dict[str, list[Route]]:
        ways = list(directory.routes[payer])
        return {payer: sorted(ways, key=lambda way: (way.partner != moves[payer], way.rank))}

    changed = {payer: ways for moved in moves if moved in directory.routes for payer, ways in first(moved).items()}
    return replace(directory, routes={**directory.routes, **changed})
