"""Match account files and routes with the partners and payers that plugins declare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from gateway.config.accounts import AccountFile, RouteEntry
from gateway.config.filenames import wrong_with
from gateway.config.neighbours import meeting
from gateway.config.places import shared
from gateway.config.switches import disagreements
from gateway.config.wording import nearest
from gateway.model.partners import Account, Lane, Partner, Route
from gateway.partnership.phrases import listed
from gateway.plugins import Registry

Partners = Mapping[str, Partner]
"""The partners with nothing wrong; what is registered beyond them has its own problems, and needs no more."""


def bound_accounts(
    files: Mapping[Path, AccountFile | None], registered: Registry, partners: Partners, problems: list[str]
) -> list[Account]:
    """An account for each file that could be read (None could not) and is named as a partner's key: `KEY.toml`, or
    `KEY.test.toml` for a second account there at the other stage."""
    found: list[Account] = []
    lanes: list[tuple[Path, Lane]] = []
    for path, file in files.items():
        key = path.stem.partition(".")[0]
        if key not in registered.partners:
            problems.append(f"{path}: no partner is called {key}; {nearest(key, registered.partners)}")
        elif file and key in partners:
            account = file.account(partners[key])
            lane = Lane(partners[key], account)
            wrong = [*_wrong_names(lane), *_wrong_folders(lane), *disagreements(lane)]
            problems += [f"{path}: {one}" for one in wrong]
            lanes += [(path, lane)] if not wrong else []
            if any((other.partner, other.stage) == (key, account.stage) for other in found):
                problems.append(f"{path}: a second {account.stage.value} account at {key}; give it the other stage")
            found.append(account)
    problems += meeting(lanes)
    return found


def _wrong_names(lane: Lane) -> Iterator[str]:
    """A template that is fine by itself can still make bad names of these ids."""
    account, habits = lane.account, lane.partner.habits
    asks = habits.status_requests
    templates = {"filename": lane.filename} | (
        {"status_requests.filename": asks.filename} if asks and asks.filename else {}
    )
    for key, template in templates.items():
        ids = {"sender": account.sender.id, "submitter": account.submitter_id}
        if wrong := wrong_with(template, habits.counter, habits.names, **ids):
            yield f"with this sender and submitter_id, {lane.partner.key}'s {key} {template} {wrong}"


def _wrong_folders(lane: Lane) -> Iterator[str]:
    """Folders that differ in the declaration can still be one in an account."""
    at, staging = lane.account.endpoint, lane.partner.habits.staging
    for folder in shared((at.outbound, staging), at.inbound):
        yield (
            f"endpoint.inbound: names {folder}, which we write to: what we sent would be taken for an answer"
            ' (for example: endpoint = {outbound = "/in", inbound = ["/out"]})'
        )
    if shared((staging,), (at.outbound,)):
        yield f"endpoint.outbound: is {staging}, where files are written before they are moved"


def bound_routes(
    entries: Mapping[int, RouteEntry], path: Path, registered: Registry, partners: Partners, problems: list[str]
) -> list[Route]:
    """The routes whose payer and partner are both known, and known to each other."""
    for number, entry in entries.items():
        problems += [f"{path}: route[{number}]{wrong}" for wrong in _wrong_ends(entry, registered)]
    return [
        Route(way.payer, way.partner, way.rank, way.payer_id or "")
        for way in entries.values()
        if way.partner in partners and way.payer in partners[way.partner].payers
    ]


def _wrong_ends(entry: RouteEntry, registered: Registry) -> Iterator[str]:
    payers, partners = registered.payers, registered.partners
    ids = partners[entry.partner].payers.get(entry.payer, ()) if entry.partner in partners else ()
    if entry.payer not in payers:
        yield f".payer: no payer is called {entry.payer}; {nearest(entry.payer, payers)}"
    if entry.partner not in partners:
        yield f".partner: no partner is called {entry.partner}; {nearest(entry.partner, partners)}"
    elif entry.payer in payers and entry.payer not in partners[entry.partner].payers:
        reached = ", ".join(sorted(partners[entry.partner].payers))
        yield f": partner {entry.partner} does not reach {entry.payer}, but {reached}"
    elif ids and entry.payer_id and entry.payer_id not in ids:
        yield (
            f".payer_id: partner {entry.partner} does not know {entry.payer} as {entry.payer_id}, but as"
            f' {listed(ids, "or")} (for example: payer_id = "{ids[0]}")'
        )
