"""Notice what does not come: judge the answers that are due by now, and tell each step once."""

from __future__ import annotations

from datetime import date

from gateway.store import quiet, silences
from gateway.store.awaiting import Judging, look_again
from gateway.workers.site import Site

_CHUNK = 200


class Silence:
    """Looks at what is due, which mostly is nothing; the first look is at everything, for declarations may have changed."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._begun = False
        self._counted_on: date | None = None

    async def look(self) -> int:
        """Judge all that is due; returns how much was told."""
        store, told = self._site.store, 0
        if not self._begun:
            await store.write(look_again)
            self._begun = True
        medicare = {key for key, payer in self._site.registry.payers.items() if payer.medicare}
        by = Judging(self._site.directory.lanes, medicare)
        while await store.read(silences.is_due):
            told += await store.write(silences.tell, by, _CHUNK)
        return told + await self._remittances()

    async def _remittances(self) -> int:
        """Once a day: whose remittances stopped."""
        today = self._site.today()
        if self._counted_on == today:
            return 0
        self._counted_on = today
        return await self._site.store.write(quiet.tell)
