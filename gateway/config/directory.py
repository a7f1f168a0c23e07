"""Bind declarations to this site: which lane leads to which payer, and which payer an id means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.model.partners import Account, Lane, Partner, Payer, Route, Stage


@dataclass(frozen=True, slots=True)
class Directory:
    """What the gate and the daemon look up. `warnings` are things that work less well than somebody may think."""

    lanes: Mapping[str, Lane]
    payers: Mapping[str, Payer]
    routes: Mapping[str, Sequence[Route]]
    ids: Mapping[str, str]
    warnings: Sequence[str] = ()

    def payer_of(self, payer_id: str) -> Payer | None:
        """The payer that 2010BB NM109 names: exactly, but for blanks around it and case. Names are no keys."""
        return self.payers.get(self.ids.get(payer_id.strip().upper(), ""))

    def lane_for(self, payer: str, stage: Stage) -> Lane | None:
        """The lane of the payer's first route that has one at this stage."""
        ways = (self.lanes.get(f"{route.partner}/{stage.value}") for route in self.routes.get(payer, ()))
        return next((lane for lane in ways if lane), None)


def bind(
    payers: Mapping[str, Payer],
    partners: Mapping[str, Partner],
    accounts: Sequence[Account],
    routes: Sequence[Route],
    problems: list[str],
) -> Directory:
    """The directory of this site; what does not fit together is added to `problems`."""
    lanes = {lane.key: lane for lane in (Lane(partners[a.partner], a) for a in accounts)}
    ways: dict[str, list[Route]] = {}
    for route in sorted(routes, key=lambda route: route.rank):
        ways.setdefault(route.payer, []).append(route)
    return Directory(lanes, payers, ways, _ids(routes, partners, problems), tuple(_warnings(lanes, ways, partners)))


def _ids(routes: Sequence[Route], partners: Mapping[str, Partner], problems: list[str]) -> dict[str, str]:
    """Every id that a routed partner gives to a payer; one that means two payers is a problem."""
    meant: dict[str, str] = {}
    for route in routes:
        for payer_id in partners[route.partner].payers[route.payer]:
            key = payer_id.strip().upper()
            other = meant.setdefault(key, route.payer)
            if other != route.payer:
                problems.append(
                    f"conf/routes.toml: the payer id {payer_id} means {other} and {route.payer}; drop a route"
                )
    return meant


def _warnings(
    lanes: Mapping[str, Lane], ways: Mapping[str, Sequence[Route]], partners: Mapping[str, Partner]
) -> list[str]:
    found = [
        f"lane {key} has no host key and cannot be dialled; `gateway payer trust {lane.partner.key}` helps"
        for key, lane in lanes.items()
        if not lane.account.host_keys
    ]
    reached = {lane.partner.key for lane in lanes.values()}
    found += [
        f"payer {payer} is routed to {route.partner}, where this site has no account"
        for payer, routes in ways.items()
        for route in routes
        if route.partner in partners and route.partner not in reached
    ]
    return found
