"""The daemon: four short loops over one site, signals, the service manager's watchdog, and a way to run until idle."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path

from gateway.desk.counter import open_counter
from gateway.errors import GatewayError
from gateway.hosting.hosts import Hosts
from gateway.logs import logger
from gateway.ports import EnrollmentSource, Notifier
from gateway.store import StoreFailed, batches, claims, submissions
from gateway.workers.asking import Asking
from gateway.workers.deadlines import Watch
from gateway.workers.dropped import Dropped
from gateway.workers.handing import export, hand_back, sweep
from gateway.workers.intake import Intake, judge_due
from gateway.workers.lanes import work_lane
from gateway.workers.news import tell_news, tell_notifier
from gateway.workers.plugins import disabled, tell_disabled
from gateway.workers.replies import reply
from gateway.workers.silence import Silence
from gateway.workers.site import Site, open_site
from gateway.workers.sources import Sources

_IDLE_ROUNDS = 2


class Daemon:
    """Drives one site. Each loop beats its heart; the watchdog is fed only while every heart is fresh."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.stopping = asyncio.Event()
        self.intake = Intake(site, self.stopping.is_set)
        self.hearts: dict[str, float] = {}
        self.poll_every = timedelta(seconds=site.settings.service.poll_seconds)
        self._troubled: set[str] = set()
        self._notifiers = site.notifiers()
        self._sources = Sources(site)
        self._dropped = Dropped(site)
        self._watch = Watch(site)
        self._silence = Silence(site)
        self._asking_after = Asking(site)
        self._lanes = {key: asyncio.Lock() for key in site.directory.lanes}

    async def recover(self) -> None:
        """Settle what a stopped process left half done, before anything new begins."""
        await self.site.store.write(submissions.abandon_orphans, list(self.site.directory.lanes))
        await self.intake.recover()
        await sweep(self.site)
        await self.site.store.write(claims.judge_all)

    async def round(self) -> int:
        """One pass over everything there is to do now; returns how much was done."""
        done = await self._intake()
        for source in self._sources.all:
            done += await self._tried(f"source {source.name}", self._asking(source))
        done += await self._tried("roster folder", self._dropped.take_in)
        done += await self._clockwork()
        worked = await asyncio.gather(*(self._lane_through(key) for key in self.site.directory.lanes))
        done += sum(worked) + await self._tried("silence", self._silence.look)
        done += await self._tried("claim status", self._asking_after.look)
        done += await self._tried("exports", self._export)
        done += await self._tried("hand-back", self._hand_back)
        return done + await self._tried("deadlines", self._watch.look)

    async def _intake(self) -> int:
        done = await self.intake.sweep(time.monotonic())
        return done + await judge_due(self.site)

    async def _clockwork(self) -> int:
        done = await tell_disabled(self.site)
        done += await self.site.store.write(claims.link_earlier)
        done += await judge_due(self.site)
        done += await reply(self.site)
        await self.site.store.write(batches.settle)
        return done

    def _telling(self, notifier: Notifier) -> Callable[[], Awaitable[int]]:
        async def work() -> int:
            return await tell_notifier(self.site, notifier)

        return work

    def _asking(self, source: EnrollmentSource) -> Callable[[], Awaitable[int]]:
        async def work() -> int:
            return await self._sources.take_in(source)

        return work

    async def _hand_back(self) -> int:
        return await hand_back(self.site)

    async def _export(self) -> int:
        return await export(self.site)

    async def _news(self) -> int:
        return await tell_news(self.site)

    async def _lane(self, key: str) -> int:
        """Do what one lane has to do now; lanes never wait for each other."""
        async with self._lanes[key]:
            if disabled(self.site, self.site.directory.lanes[key]):
                await self.site.sessions.let_go(key)
                return 0
            return await work_lane(self.site, key, self.poll_every)

    async def _lane_through(self, key: str) -> int:
        """Do what one lane has to do now, and what follows from that, without waiting for the others."""
        total = 0
        while not self.stopping.is_set() and (done := await self._lane(key)):
            total += done
        return total

    async def run(self) -> None:
        """Run until told to stop."""
        await self.recover()
        notify("READY=1")
        logger().info("service.started", pid=os.getpid())
        async with AsyncExitStack() as stack:
            if self.site.settings.service.socket:
                await stack.enter_async_context(open_counter(self.site, self.site.settings.service.socket))
            await self._run_loops()
        await tell_news(self.site)
        logger().info("service.stopped", pid=os.getpid())

    async def _run_loops(self) -> None:
        loops = [
            self._repeat("intake", self._intake, self.site.settings.spool.scan_seconds),
            self._repeat("clockwork", self._clockwork, 1.0),
            self._repeat("hand-back", self._hand_back, 1.0),
            self._repeat("deadlines", self._watch.look, 1.0),
            self._repeat("silence", self._silence.look, 5.0),
            self._repeat("claim status", self._asking_after.look, 5.0),
            self._repeat("news", self._news, 0.5),
            self._repeat("exports", self._export, 5.0),
            *(self._repeat(f"source {s.name}", self._asking(s), 3.0) for s in self._sources.all),
            *([self._repeat("roster folder", self._dropped.take_in, 1.0)] if self._dropped.folder else ()),
            *(self._repeat(f"notifier {n.name}", self._telling(n), 2.0) for n in self._notifiers),
            *(self._repeat(f"lane {key}", self._lane_work(key), 1.0) for key in self.site.directory.lanes),
        ]
        watchdog = asyncio.create_task(self._watchdog())
        try:
            async with asyncio.TaskGroup() as tasks:
                for loop in loops:
                    tasks.create_task(loop)
        except* StoreFailed as broken:
            raise broken.exceptions[0] from None
        finally:
            watchdog.cancel()
            for notifier in self._notifiers:
                await notifier.close()

    def _lane_work(self, key: str) -> Callable[[], Awaitable[int]]:
        async def work() -> int:
            return await self._lane(key)

        return work

    async def _repeat(self, name: str, work: Callable[[], Awaitable[int]], pause: float) -> None:
        """Repeat one loop's work: at once while there is more, else after a pause."""
        while not self.stopping.is_set():
            self.hearts[name] = time.monotonic()
            if not await self._tried(name, work):
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.stopping.wait(), pause)

    async def _tried(self, name: str, work: Callable[[], Awaitable[int]]) -> int:
        """Do one loop's work. What fails is told once and tried again after the pause; only a broken database ends
        the daemon, for nothing can be trusted then."""
        try:
            done = await work()
        except Exception as failure:
            if isinstance(failure, StoreFailed) and failure.broken:
                raise
            if name not in self._troubled:
                logger().error("service.troubled", err=name, code=_code_of(failure), exc_info=True)
            self._troubled.add(name)
            return 0
        if name in self._troubled:
            self._troubled.discard(name)
            logger().info("service.recovered", err=name)
        return done

    async def _watchdog(self) -> None:
        """Feed the service manager's watchdog while every heart is fresh, also while what was begun comes to its end."""
        limit = int(os.environ.get("WATCHDOG_USEC", "30000000")) / 1e6
        while True:
            oldest = min(self.hearts.values(), default=time.monotonic())
            if time.monotonic() - oldest < self.site.settings.service.stuck_seconds:
                notify("WATCHDOG=1")
            await asyncio.sleep(limit / 3)

    def stop(self) -> None:
        """End between two acts."""
        notify("STOPPING=1")
        self.stopping.set()

    async def run_until_idle(self) -> None:
        """Do all there is to do now and stop: no unsettled file, nothing due, and nothing new at any partner after
        the last thing was sent. It never waits for a window or a later try."""
        await self.recover()
        self.poll_every = timedelta(0)
        self._watch.pause = 0.0
        self._asking_after.pause = timedelta(0)
        quiet = 0
        while quiet < _IDLE_ROUNDS and not self.stopping.is_set():
            done = await self.round()
            waiting = self.site.spool.unsettled() + self._dropped.unsettled()
            quiet = 0 if done or waiting else quiet + 1
            if waiting and not done:
                await asyncio.sleep(min(0.2, self.site.settings.spool.settle_seconds or 0.01))
        await tell_news(self.site)
        for notifier in self._notifiers:
            await self._tried(f"notifier {notifier.name}", self._telling(notifier))
            await notifier.close()
        if await tell_disabled(self.site):
            await tell_news(self.site)
        await self._hand_back()  # what could not be until now ends the run with the reason, and kept no claim waiting


def _code_of(failure: Exception) -> str:
    """A stable word for what went wrong."""
    if isinstance(failure, GatewayError):
        return failure.code
    if isinstance(failure, OSError):
        return errno.errorcode.get(failure.errno or 0, "OS_ERROR")
    return "UNEXPECTED"


def notify(*lines: str) -> bool:
    """Tell the service manager how we are (sd_notify); nothing happens outside one."""
    path = os.environ.get("NOTIFY_SOCKET")
    if not path:
        return False
    address = "\0" + path[1:] if path.startswith("@") else path
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as speaker:
        speaker.sendto("\n".join(lines).encode(), address)
    return True


async def serve(config: Path, *, until_idle: bool) -> None:
    """Open the site and run its daemon; SIGTERM and SIGINT stop it between two acts."""
    async with open_site(config, hosts=Hosts()) as site:
        daemon = Daemon(site)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, daemon.stop)
        await (daemon.run_until_idle() if until_idle else daemon.run())
