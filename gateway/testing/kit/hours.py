"""The hours that a partner declares: nothing is written out of them, nobody is dialled while it is away, then all goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gateway.calendar import is_away, takes_files
from gateway.model.partners import Partner, Stage
from gateway.testing.declared import as_declared
from gateway.testing.kit.arrived import came_since
from gateway.testing.kit.ending import to_the_end
from gateway.testing.kit.judge import Judge
from gateway.testing.kit.stand import Stand, take

_STEP, _AHEAD = timedelta(minutes=15), 8 * 96
"""A week and a day in quarters of an hour."""


def has_hours(partner: Partner) -> bool:
    """Whether it declares any."""
    return bool(partner.windows or partner.maintenance or partner.habits.outages)


async def hours(stand: Stand, judge: Judge) -> None:
    """One batch while its windows are shut, one while it is away, each then in its hours."""
    partner = _with_hours(stand)
    for shut in (lambda at: not takes_files(partner, at) and not is_away(partner, at), lambda at: is_away(partner, at)):
        if moment := _next(stand, partner, shut):
            await _tried(stand, judge, partner, moment)


def _with_hours(stand: Stand) -> Partner:
    declared = stand.declared
    habits = replace(stand.partner.habits, outages=declared.habits.outages)
    return replace(stand.partner, windows=declared.windows, maintenance=declared.maintenance, habits=habits)


def _next(stand: Stand, partner: Partner, wanted: Callable[[datetime], bool]) -> datetime | None:
    """The first such moment from now on: within a week, or within a week of an outage's begin or end, which may be far."""
    edges = (edge.astimezone(UTC) for outage in partner.habits.outages for edge in (outage.begins, outage.ends))
    starts = (stand.clock(), *sorted(edge for edge in edges if edge > stand.clock()))
    moments = (start + count * _STEP for start in starts for count in range(_AHEAD))
    return next((at for at in moments if wanted(at)), None)


async def _tried(stand: Stand, judge: Judge, partner: Partner, moment: datetime) -> None:
    """The payer keeps its hours too, so that whoever does not is turned away there."""
    away, before, logins = is_away(partner, moment), len(stand.payer.arrivals()), stand.payer.login_attempts
    take(stand.site, partner)
    stand.clock.now = moment
    stand.payer.renew_password()
    stand.payer.scenario = as_declared(partner, stand.scenario, tuple(stand.openers)).scenario
    numbers = stand.drop()
    await stand.run()
    if len(stand.payer.arrivals()) > before or await _stopped(stand):
        judge.say("hours_kept", "a file was written while its windows are shut or it is away")
    if away and stand.payer.login_attempts > logins:
        judge.say("hours_kept", "somebody was dialled while it is away")
    if open_again := _next(stand, partner, lambda at: takes_files(partner, at)):
        stand.clock.now = open_again
        await stand.run()
        if not await _went(stand, numbers):
            judge.say("hours_kept", "what waited did not go when it took files again")
    else:
        judge.say("hours_kept", "it takes no file within a week")
    take(stand.site, stand.partner)
    stand.payer.scenario = stand.scenario
    await to_the_end(stand, Stage.PRODUCTION, numbers, before)
    if any(came_since(stand, before)[number] != 1 for number in numbers):
        judge.say("hours_kept", "after its hours not every claim arrived once")


async def _stopped(stand: Stand) -> bool:
    return any(row["lane"] == stand.lane() and row["state"] == "SUSPENDED" for row in await stand.ask("lanes"))


async def _went(stand: Stand, numbers: list[str]) -> bool:
    claims = [claim for claim in await stand.ask("claims") if claim["control_number"] in numbers]
    ids = {(await stand.ask("why", claim=claim["claim"]))["submission"] for claim in claims}
    states = {one["submission"]: one["state"] for one in await stand.ask("submissions")}
    return bool(ids) and all(number and states[number] != "PLANNED" for number in ids)
