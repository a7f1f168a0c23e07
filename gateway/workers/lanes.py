"""One lane's turn: what the planner says, done in order."""

from __future__ import annotations

from datetime import timedelta

from gateway import events as e
from gateway.model.partners import Lane
from gateway.partnership.phrases import counted
from gateway.planner import (
    Action,
    Ask,
    Compose,
    LaneView,
    LookForMarks,
    Observe,
    OpenSubmission,
    Plan,
    PlanQuestions,
    Poll,
    Probe,
    ReadyGroup,
    Run,
    Send,
    TellDoubt,
    View,
    parse_moment,
    plan_lane,
)
from gateway.store import inquiry_plans, lanes, planning, submissions
from gateway.store.connection import Row
from gateway.workers import composing, transmit
from gateway.workers.pickup import pick_up, read_fetched
from gateway.workers.receipts import look_for_marks
from gateway.workers.site import Site

_ASKED = {
    "RUN_LARGE": "Today's run is of {claims}, and the most that went or was let go on a day is {run.largest}."
    ' If it is meant to go: `gateway resume {lane} --reason "..."`.',
    "REFUSED_MANY": "Of {sent} of the last 30 days {run.refused} were refused. See"
    ' `gateway claims --stands DECLINED` and RETURNED; then `gateway resume {lane} --reason "..."` lets today\'s go.',
}


async def work_lane(site: Site, key: str, poll_every: timedelta) -> int:
    """Do what one lane has to do now; returns how much was done, where looking and finding nothing is nothing. All of it
    is done in one session, and so is what it has to do next; with nothing more to do it logs out."""
    await transmit.recover(site, key)
    lane, done = site.directory.lanes[key], 0
    for action in plan_lane(await view_of(site, key), key, site.clock(), poll_every):
        count = await _do(site, lane, action)
        if count is None:
            break
        done += count
    done += await read_fetched(site, lane)
    if not done:
        await site.sessions.let_go(key)
    return done


async def _do(site: Site, lane: Lane, action: Action) -> int | None:
    """One action; None where those after it must not follow."""
    match action:
        case Plan(group):
            return await _plan_and_send(site, lane, group)
        case PlanQuestions():
            return 0 if await site.store.write(inquiry_plans.plan, lane, site.zone) is None else 1
        case Compose(submission):
            return 1 if await composing.compose(site, lane, submission) else None
        case Send(submission):
            await transmit.send(site, lane, submission)
        case Observe(submission):
            await transmit.observe(site, lane, submission)
        case Probe(submission):
            await transmit.probe(site, lane, submission)
        case TellDoubt(submission):
            await site.store.write(submissions.doubt_lasts, submission)
        case Ask(code, run):
            counts = {"claims": counted(run.claims, "claim"), "sent": counted(run.sent, "claim")}
            step = _ASKED[code].format(lane=lane.key, run=run, **counts)
            asks = e.LaneAsks(lane=lane.key, code=code, count=run.claims, next=step)
            await site.store.write(submissions.happened, asks)
        case LookForMarks():
            # An answer says more than a mark, so what was fetched is read first.
            return await read_fetched(site, lane) + await look_for_marks(site, lane)
        case Poll():
            return await pick_up(site, lane)
    return 1


async def _plan_and_send(site: Site, lane: Lane, group: ReadyGroup) -> int | None:
    """What is planned goes at once: nothing of what the planner looked at says otherwise by now."""
    submission = await site.store.write(planning.plan, group, lane, site.zone)
    if submission is None:
        return 0
    if not await composing.compose(site, lane, submission):
        return None
    await transmit.send(site, lane, submission)
    return 1


async def view_of(site: Site, key: str) -> View:
    """What the planner looks at for this lane, as of now."""
    rows = {row["key"]: row for row in await site.store.read(lanes.rows)}
    groups = await site.store.read(planning.ready_groups, key)
    lane = site.directory.lanes[key]
    found = {other: _lane_view(known, rows[other]) for other, known in site.directory.lanes.items() if other != key}
    run = await _run(site, lane, groups)
    marks = lane.partner.habits.receipts is not None and bool(await site.store.read(submissions.awaiting_marks, key))
    questions = await site.store.read(inquiry_plans.waiting, key)
    found[key] = _lane_view(lane, rows[key], run, marks, questions)
    opened = [_submission(site, row) for row in await site.store.read(submissions.open_ones)]
    return View(lanes=found, groups=groups, submissions=opened)


async def _run(site: Site, lane: Lane, groups: list[ReadyGroup]) -> Run | None:
    """Only where something is about to be planned: it is counted from many rows."""
    if not groups:
        return None
    return await site.store.read(lanes.run_of, lane.key, bool(lane.partner.habits.brake.rejected))


def _lane_view(lane: Lane, row: Row, run: Run | None = None, marks: bool = False, questions: int = 0) -> LaneView:
    return LaneView(
        lane=lane,
        active=row["state"] != "SUSPENDED",
        not_before=parse_moment(row["not_before"]),
        polled_at=parse_moment(row["polled_at"]),
        code=row["code"],
        asks=row["state"] == "ASKING",
        failures=row["failures"],
        writing_fails=bool(row["writing_fails"]),
        awaits_marks=marks,
        run=run,
        questions=questions,
    )


def _submission(site: Site, row: Row) -> OpenSubmission:
    return OpenSubmission(
        id=row["id"],
        lane=row["lane"],
        state=row["state"],
        composed=row["document"] is not None,
        not_before=parse_moment(row["not_before"]),
        filing_due=site.day(row["filing_due"]) if row["filing_due"] else None,
        step=row["step"],
        doubted_at=parse_moment(row["doubted_at"]),
        told=bool(row["told_at"]),
    )
