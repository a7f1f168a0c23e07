"""A claim's status, where the declaration says that it is answered: a 276 goes, once, and the payer's 277 is read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gateway.errors import GatewayError
from gateway.model.partners import Partner, Stage
from gateway.testing.kit.arrived import check_files, opened
from gateway.testing.kit.ending import ROUNDS, to_the_end
from gateway.testing.kit.judge import Judge
from gateway.testing.kit.stand import Stand
from gateway.testing.payer.inquiries import is_request

RULE = "status_asked"


def is_asked(partner: Partner) -> bool:
    """Whether it answers status requests."""
    return partner.habits.status_requests is not None


async def questions(stand: Stand, judge: Judge) -> None:
    """One claim that the payer has and does not decide is asked about by a person."""
    asks = stand.partner.habits.status_requests
    if asks is None:
        return
    undecided = tuple(kind for kind in stand.scenario.answers if kind != "835")
    stand.payer.scenario = replace(stand.scenario, answers=undecided)
    before = len(stand.payer.arrivals())
    (number,) = stand.drop(claims=1, payer=next(iter(asks.payers), ""))
    await stand.run()
    await to_the_end(stand, Stage.PRODUCTION, [number], before)
    await _asked(stand, judge, number)
    stand.payer.scenario = stand.scenario


async def _asked(stand: Stand, judge: Judge, number: str) -> None:
    before = len(stand.payer.arrivals())
    try:
        await stand.ask("inquire", claim=number, reason="the plugin kit")
    except GatewayError as refused:
        judge.say(RULE, f"no question could be put: {refused.code}")
        return
    await stand.run()
    came = sum(_is_question(stand, data) for _, data in stand.payer.arrivals()[before:])
    if came != 1:
        judge.say(RULE, f"one question was put, and {came} arrived{await _why(stand)}")
    await check_files(stand, judge, Stage.PRODUCTION, before, "a question")
    if came and not await _answered(stand):
        judge.say(RULE, "the payer's 277 lies there, and the question still waits for it")


def _is_question(stand: Stand, data: bytes) -> bool:
    return any(is_request(one) for one in opened(stand, data))


async def _answered(stand: Stand) -> bool:
    """Answers may grow for a while, as those to claims do."""
    for _ in range(ROUNDS):
        stand.move(hours=1)
        await stand.tick()
        await stand.run()
        if (await _question(stand))["state"] == "ANSWERED":
            return True
    return False


async def _question(stand: Stand) -> Any:
    found = await stand.ask("inquiries")
    return found[0]


async def _why(stand: Stand) -> str:
    lanes = dict.fromkeys(f"lane {row['state']} {row['code']}" for row in await stand.ask("lanes") if row["code"])
    return "".join(f"; {lane}" for lane in lanes)
