"""Bind declarations to this site: which lane leads to which payer, and which payer an id means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gateway.model.partners import Account, Lane, Partner, Payer, Route, Stage
from gateway.partnership.phrases import listed
from gateway.partnership.typed import as_typed


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
        return self.payers.get(self.ids.get(_plain(payer_id), ""))

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
    lanes = {lane.key: lane for lane in (Lane(partners[a.partner], a, _named(a.partner, routes)) for a in accounts)}
    ways: dict[str, list[Route]] = {}
    for route in sorted(routes, key=lambda route: route.rank):
        ways.setdefault(route.payer, []).append(route)
    problems += _doubled(ways)
    warnings = (*_warnings(lanes, ways), *_strange(ways, partners))
    return Directory(lanes, payers, ways, _ids(routes, payers, partners, problems), warnings)


def _named(partner: str, routes: Sequence[Route]) -> dict[str, str]:
    """The ids that routes to a partner name, by payer."""
    return {route.payer: route.payer_id for route in routes if route.partner == partner and route.payer_id}


def _strange(ways: Mapping[str, Sequence[Route]], partners: Mapping[str, Partner]) -> Iterator[str]:
    """Backup routes by which nothing could go: claims name the payer as the partner of its first route knows it."""
    for payer, (first, *others) in ways.items():
        usual = set(map(_plain, partners[first.partner].payers[payer]))
        for route in others:
            ids = partners[route.partner].payers[payer]
            if not route.payer_id and usual.isdisjoint(map(_plain, ids)):
                yield (
                    f"the backup route of payer {payer} by {route.partner} could take no claim: {route.partner} knows the"
                    f' payer as {listed(ids, "or")}, {first.partner} by other ids; add `payer_id = "{ids[0]}"` to that'
                    " [[route]] in conf/routes.toml"
                )


def _plain(payer_id: str) -> str:
    return payer_id.strip().upper()


def _doubled(ways: Mapping[str, Sequence[Route]]) -> list[str]:
    """Routes of one payer among which nobody could choose."""
    found = []
    for payer, routes in ways.items():
        for earlier, later in pairwise(routes):
            if earlier.rank == later.rank:
                found.append(
                    f"payer {payer} has two routes of rank {later.rank}, by {earlier.partner} and {later.partner}; give"
                    f" the backup another (for example: rank = {later.rank + 1})"
                )
        names = [route.partner for route in routes]
        found += [f"payer {payer} is routed to {name} twice; drop one" for name in {*names} if names.count(name) > 1]
    return found


def _ids(
    routes: Sequence[Route], payers: Mapping[str, Payer], partners: Mapping[str, Partner], problems: list[str]
) -> dict[str, str]:
    """Every id that a routed partner gives to a payer; one that means two payers is a problem. Payers without a route
    are known by what any partner calls them, so that their claims wait for a route and not for a declaration."""
    meant: dict[str, Route] = {}
    for route in routes:
        for payer_id in partners[route.partner].payers[route.payer]:
            other = meant.setdefault(_plain(payer_id), route)
            if other.payer != route.payer:
                problems.append(
                    f"the payer id {payer_id} means {other.payer} at {other.partner} and {route.payer} at"
                    f" {route.partner}; drop one of these routes"
                )
    routed = {route.payer for route in routes}
    others = {
        _plain(payer_id): payer
        for partner in partners.values()
        for payer, ids in partner.payers.items()
        if payer in payers and payer not in routed
        for payer_id in ids
    }
    return others | {payer_id: route.payer for payer_id, route in meant.items()}


def _warnings(lanes: Mapping[str, Lane], ways: Mapping[str, Sequence[Route]]) -> list[str]:
    """Accounts and routes that lead nowhere as yet."""
    routed = {route.partner: payer for payer, routes in ways.items() for route in routes}
    reached = {lane.partner.key for lane in lanes.values()}
    found = [
        f"lane {key} has no host key and cannot be dialled; `gateway payer trust {as_typed(key)}` helps"
        for key, lane in lanes.items()
        if not lane.account.host_keys
    ]
    found += [
        f"lane {key} is used by no payer; add a [[route]] to {lane.partner.key} in conf/routes.toml"
        for key, lane in lanes.items()
        if lane.partner.key not in routed
    ]
    found += [
        f"payer {payer} is routed to {route.partner}, where this site has no account"
        for payer, routes in ways.items()
        for route in routes
        if route.partner not in reached
    ]
    return found
