"""How each trial ends: hours go by, the payer answers, and a person does what only a person can."""

from __future__ import annotations

from gateway.model.partners import Stage, WriteHabit
from gateway.testing.kit.arrived import came_since, outbound_of, whole
from gateway.testing.kit.stand import Stand

ROUNDS = 5
"""So often the clock goes on and a person answers what is asked, until a trial has come to its end."""


async def to_the_end(stand: Stand, stage: Stage, numbers: list[str], before: int) -> None:
    """Hours go by, the payer answers, and a person resumes and settles by what the payer really has."""
    lane = stand.lane(stage)
    for _ in range(ROUNDS):
        stand.move(hours=5)
        await stand.tick()
        await _answered_by_a_person(stand, stage, lane, numbers)
        await stand.run()
        if all(came_since(stand, before)[number] for number in numbers) and await _settled(stand, lane):
            break
    await stand.tick()
    await stand.tick()
    stand.move(hours=1)
    await stand.run()


async def _answered_by_a_person(stand: Stand, stage: Stage, lane: str, numbers: list[str]) -> None:
    """Once the payer's own answers had their chance to end a doubt."""
    if any(row["lane"] == lane and row["state"] == "SUSPENDED" for row in await stand.ask("lanes")):
        _cleared(stand, stage)
        await stand.order("resume", lane=lane)
    for claim in await stand.ask("claims"):
        if claim["stands"] == "HELD" and claim["code"] == "MAY_HAVE_ARRIVED" and claim["control_number"] in numbers:
            await stand.order("release", claim=claim["claim"])
    doubted = [one for one in await stand.ask("submissions") if one["state"] == "IN_DOUBT" and one["lane"] == lane]
    if doubted:
        await stand.run()
        for one in doubted:
            arrived = any(a.name == one["file"] and whole(stand, data) for a, data in stand.payer.arrivals())
            _cleared(stand, stage)
            await stand.order("settle", submission=one["submission"], arrived=arrived)


async def _settled(stand: Stand, lane: str) -> bool:
    states = {one["state"] for one in await stand.ask("submissions") if one["lane"] == lane}
    return states <= {"SENT", "ABANDONED"}


def _cleared(stand: Stand, stage: Stage) -> None:
    """The payer's people move a broken file out of the way, where files are written under their own name."""
    if stand.partner.write is WriteHabit.DIRECT:
        for file in stand.payer.folder(outbound_of(stand, stage)).iterdir():
            if file.is_file() and not whole(stand, file.read_bytes()) and file.suffix != ".part":
                file.unlink()
