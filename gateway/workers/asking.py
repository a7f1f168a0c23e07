"""Ask for the status of claims that nothing is heard of, write the 276, and notice what is not answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.model.inquiries import Question, QuestionSource
from gateway.model.sending import OutboundEnvelope, PlacedSpan
from gateway.store import inquiries, inquiry_plans
from gateway.store.inquiry_plans import PlacedQuestion
from gateway.workers.site import Site
from gateway.x12.inquiry import request
from gateway.x12.inquiry_source import parties

_PAUSE = timedelta(minutes=1)


class Asking:
    """Looks now and then, for what is due here is due by days. `pause` lies between two looks that found nothing."""

    def __init__(self, site: Site, pause: timedelta = _PAUSE) -> None:
        self.pause = pause
        self._site = site
        self._not_before: datetime | None = None

    async def look(self) -> int:
        """Open, close and tell what is due; returns how much that was."""
        now = self._site.clock()
        if self._not_before and now < self._not_before <= now + self.pause:
            return 0
        done = await self._site.store.write(inquiries.missing)
        medicare = {key for key, payer in self._site.registry.payers.items() if payer.medicare}
        for lane in self._site.directory.lanes.values():
            if await self._site.store.read(inquiries.is_asking, lane.key):
                done += await self._site.store.write(inquiries.tidy, lane)
            if await self._site.store.read(inquiries.due, lane, medicare):
                done += await self._site.store.write(inquiry_plans.open_due, lane, medicare)
        self._not_before = None if done else now + self.pause
        return done


def written(envelope: OutboundEnvelope, placed: Sequence[PlacedQuestion], read: Callable[[PlacedSpan], bytes]) -> bytes:
    """One 276 from what its claims said as they were sent. Equal bytes at every call."""
    return request(envelope, [_asked(each, tuple(map(read, each.levels))) for each in placed])


def _asked(placed: PlacedQuestion, levels: tuple[bytes, ...]) -> Question:
    named = parties(QuestionSource(levels, placed.delimiters))
    payer = named["payer"]
    return Question(
        trace=placed.trace,
        payer=replace(payer, id=placed.payer_id) if placed.payer_id else payer,
        provider=named["provider"],
        subscriber=named["subscriber"],
        patient=named.get("patient"),
        number=placed.number,
        bill_type=placed.bill_type,
        claim=placed.claim,
        attempt=placed.attempt,
        charge=placed.charge,
        first_day=placed.first_day,
        last_day=placed.last_day,
    )
