"""Play a month of a practice's life on a clock of its own, and check the books of both sides at its end."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from gateway.cli import show
from gateway.daemon import Daemon
from gateway.demo import cast
from gateway.demo.books import RETURNED, Books
from gateway.demo.practice import SCENARIOS, Practice, letters
from gateway.demo.stage import build
from gateway.desk import claims, proposal_orders, proposals, roster, work
from gateway.logs import set_up
from gateway.partnership.phrases import counted
from gateway.store import ledger
from gateway.testing.payer import PayerSimulator
from gateway.workers.site import Site, open_site

BEGINS = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MOMENTS = (timedelta(0), timedelta(hours=5), timedelta(hours=11))
"""When something happens on each day, from nine o'clock on."""

_AFTERWARDS = 30
_TURNS = 50
_REFUSED = ("DECLINED", "REJECTED", *RETURNED)
_COLUMNS = {"stands": "Stands", "claims": "Claims", "charge": "Charged", "paid": "Paid"}


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = BEGINS

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Outcome:
    """The books at the end, what is wrong with them, and how long the days took, in seconds of real time."""

    books: Books
    wrong: tuple[str, ...]
    seconds: float


def show_month(folder: Path | None = None, days: int = 30, per_day: int = 40) -> int:
    """Play it and print what came of it; 0 only if both sides' books agree."""
    root = Path(folder or tempfile.mkdtemp(prefix="gateway-month-")).resolve()
    _say(
        f"{counted(days, 'day')} with {counted(per_day, 'claim')} each, at a new site in {root} with"
        f" {counted(len(SCENARIOS), 'simulated partner')}."
    )
    outcome = play_month(root, days, per_day)
    books = outcome.books
    show.table(_by_standing(books), _COLUMNS, empty="No claims.")
    _say(f"\nPaid for claims {books.paid_by_us()}, transferred {books.transferred()} with interest and take-backs.")
    _say(f"Received twice {books.doubled}, lost {len(books.lost)}. That took {outcome.seconds:.1f} s.")
    for each in outcome.wrong:
        _say(f"THE BOOKS DO NOT AGREE: {each}")
    return 1 if outcome.wrong else 0


def play_month(root: Path, days: int, per_day: int) -> Outcome:
    """Drop, send, answer and correct, day by day, and go on until no answer is due any more."""
    clock, begun = Clock(), time.monotonic()
    with ExitStack() as stack:
        payers = {
            name: stack.enter_context(PayerSimulator(root / "payers" / name, scenario, clock=clock))
            for name, scenario in SCENARIOS.items()
        }
        config = build(root, payers)
        log = set_up(file=root / "gateway.log")
        try:
            books, wrong = asyncio.run(_Month(clock, payers, Practice(per_day)).play(config, days))
        finally:
            log.close()
    return Outcome(books, wrong, time.monotonic() - begun)


class _Month:
    def __init__(self, clock: Clock, payers: dict[str, PayerSimulator], practice: Practice) -> None:
        self.clock, self.payers, self.practice = clock, payers, practice

    async def play(self, config: Path, days: int) -> tuple[Books, tuple[str, ...]]:
        async with open_site(config, self.clock) as site:
            self.site, self.daemon = site, Daemon(site)
            await roster.apply(site, cast.roster(site.today()), "roster.csv", "demo")
            await self.daemon.recover()
            for number in range(days):
                await self.day(number, letter=number == days // 2)
            for _ in range(_AFTERWARDS):
                await self.quiet_day()
                if all(payer.is_idle for payer in self.payers.values()) and not await proposals.listing(site):
                    break
            books = await self.books(site)
            intact = (await work.audit(site))["intact"]
            return books, (*books.wrong(), *(() if intact else ("the chain of events is broken",)))

    async def day(self, number: int, *, letter: bool) -> None:
        """One batch in the morning; a letter and yesterday's file once more where it is their day."""
        if letter:
            await roster.apply(self.site, letters(self.site.today()), "letter", "demo")
        content = self.practice.batch(self.site.today(), number, await self.refused())
        self.drop(f"day{number:02d}.837", content)
        if number % 7 == 4:
            self.drop(f"day{number:02d}_again.837", content)
        await self.quiet_day()

    async def quiet_day(self) -> None:
        """The site works, the partners work, and the clock goes on. What a payer said against the roster turned out to be
        its own mistake by the next morning."""
        for row in await proposals.listing(self.site):
            await proposal_orders.dismiss(self.site, row["proposal"], "their clerk erred", "demo")
        morning = self.clock.now
        for moment in MOMENTS:
            self.clock.now = morning + moment
            await self.turn()
            for payer in self.payers.values():
                payer.tick()
        self.clock.now = morning + timedelta(days=1)

    async def turn(self) -> None:
        """Let the site do all there is to do at this moment."""
        for _ in range(_TURNS):
            if not await self.daemon.round() and not self.site.spool.unsettled():
                return

    async def refused(self) -> list[str]:
        """What the practice corrects today."""
        rows = await claims.listing(self.site, stands=_REFUSED, limit=100_000)
        names = dict.fromkeys(row["control_number"] for row in rows)
        return [name for name in names if self.practice.can_correct(name)]

    def drop(self, name: str, content: bytes) -> None:
        (self.site.spool.folder("incoming") / name).write_bytes(content)

    async def books(self, site: Site) -> Books:
        rows = await claims.listing(site, limit=1_000_000)
        posted = await site.store.read(ledger.adjudications)
        return Books(self.practice.claims, rows, posted, list(self.payers.values()))


def _by_standing(books: Books) -> list[dict[str, object]]:
    paid: dict[int, Decimal] = defaultdict(Decimal)
    for row in books.posted:
        paid[row["claim"]] += Decimal(row["paid"])
    found: dict[str, list[Decimal]] = {}
    for row in books.rows:
        entry = found.setdefault(row["stands"], [Decimal(0)] * 3)
        entry[0] += 1
        entry[1] += Decimal(row["charge"])
        entry[2] += paid[int(row["claim"].removeprefix("C"))]
    return [
        {"stands": stands, "claims": int(count), "charge": f"{charge:.2f}", "paid": f"{money:.2f}"}
        for stands, (count, charge, money) in sorted(found.items())
    ]


def _say(line: str) -> None:
    show.console().print(line, markup=False)
