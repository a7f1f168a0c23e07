"""One visit to a mailbox in a process of its own, which stands still at a named step to be killed there.

`python -m tests.mailbox_child CONFIG STEP NTH MAILBOX HOURS` writes `!` when it stands; MAILBOX is `discard`, `removes` or
`plain`, HOURS is how far its clock is ahead.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.daemon import Daemon
from gateway.logs import set_up
from gateway.model.habits import Discard, Mailbox
from gateway.sftp import SftpTransport
from tests.crash.child import Steps, _around_async, wrap
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


def main() -> None:
    config, step, nth, box, hours = sys.argv[1:]
    root = Path(config).parent.parent
    set_up(file=root / "gateway.log")
    steps = Steps(step, int(nth), sys.stdout.fileno())
    wrap(steps)
    discard = _around_async(steps, "sftp.discard", SftpTransport.discard)
    SftpTransport.discard = discard  # type: ignore[method-assign]
    clock = Clock(datetime.now(UTC) + timedelta(hours=float(hours)))
    asyncio.run(visit(MailSite(TestSite(root), BOXES[box], ("/out",), {}, clock)))


if __name__ == "__main__":
    main()
