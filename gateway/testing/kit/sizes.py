"""The largest file that a partner takes: what waits goes in as many files as it needs, and none is larger."""

from __future__ import annotations

from dataclasses import replace

from gateway.model.partners import Partner, Stage
from gateway.testing.declared import as_declared
from gateway.testing.kit.arrived import came_since
from gateway.testing.kit.claims import batch_for
from gateway.testing.kit.ending import to_the_end
from gateway.testing.kit.judge import Judge
from gateway.testing.kit.stand import Stand, take

RULE = "sizes_kept"
_CLAIMS, _IN_A_FILE, _AROUND = 24, 8, 4_000


def is_limited(partner: Partner) -> bool:
    """Whether it says how large a file may be."""
    return bool(partner.habits.largest_file)


async def sizes(stand: Stand, judge: Judge) -> None:
    """As declared, but so small that a few claims need several files."""
    if not is_limited(stand.partner):
        return
    largest, before = _small(stand), len(stand.payer.arrivals())
    limited = replace(stand.partner, habits=replace(stand.partner.habits, largest_file=largest))
    take(stand.site, limited)
    stand.payer.scenario = as_declared(limited, stand.scenario, tuple(stand.openers)).scenario
    numbers = stand.drop(claims=_CLAIMS)
    await stand.run()
    await to_the_end(stand, Stage.PRODUCTION, numbers, before)
    if any(len(data) > largest for _, data in stand.payer.arrivals()[before:]):
        judge.say(RULE, "a file of more bytes arrived than it takes")
    if any(came_since(stand, before)[number] != 1 for number in numbers):
        codes = "".join(f"; lane {row['state']} {row['code']}" for row in await stand.ask("lanes") if row["code"])
        judge.say(RULE, f"where claims need several files, not every one arrived once{codes}")
    take(stand.site, stand.partner)
    stand.payer.scenario = stand.scenario
    await to_the_end(stand, Stage.PRODUCTION, numbers, before)


def _small(stand: Stand) -> int:
    """The bytes of a third of the claims that are dropped, and room for what a wrapping puts around them."""
    numbers = [f"KITSIZE{n:02d}" for n in range(_IN_A_FILE)]
    return _AROUND + len(batch_for(stand.partner.accepts[0], numbers, stand.payer_id, "P", 1, stand.clock().date()))
