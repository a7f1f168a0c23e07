"""One visit to a mailbox in a forked child of the nursery, which stands still at a named step to be killed there."""

from __future__ import annotations

import asyncio
import os
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.daemon import Daemon
from gateway.logs import set_up
from gateway.model.habits import Discard, Mailbox
from tests.crash.child import Steps, wrap
from tests.mailboxes import Clock, MailSite
from tests.sites import TestSite

BOXES = {
    "plain": Mailbox(),
    "discard": Mailbox(discard=Discard.AFTER_COMMIT),
    "removes": Mailbox(reading_removes=True),
}


async def visit(site: MailSite) -> None:
    async with site.opened() as opened:
        await Daemon(opened).run_until_idle()


def grow(config: Path, wanted: str, nth: int, more: str, tell: int) -> None:
    """The whole life of a forked child: it never returns. `more` is which of the BOXES, and how many hours its clock is
    ahead."""
    try:
        box, hours = more.split()
        root = config.parent.parent
        set_up(file=root / "gateway.log")
        wrap(Steps(wanted, nth, tell))
        clock = Clock(datetime.now(UTC) + timedelta(hours=float(hours)))
        asyncio.run(visit(MailSite(TestSite(root), BOXES[box], ("/out",), {}, clock)))
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)
