"""One open site: its settings, keys, vault, database, spool and rules, under an exclusive lock."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from gateway.config import Settings
from gateway.config.directory import Directory
from gateway.config.reread import Sources, sources
from gateway.config.severities import outcomes
from gateway.config.site import load_site
from gateway.errors import Refused
from gateway.gate import Gate
from gateway.guidebook import Guidebook
from gateway.hosting.hosts import Hosts
from gateway.model.partners import Lane, Partner
from gateway.model.sending import RemoteFile
from gateway.plugins import Registry
from gateway.ports import EnrollmentSource, Notifier, Secret, Transport, Wrapping
from gateway.spool import Spool
from gateway.store import AuditKey, Store, documents, lanes, routes, shelf_draft
from gateway.vault import Keyring, Vault, resolve_credential, root_key
from gateway.workers.routing import rerouted
from gateway.workers.screener import Progress
from gateway.workers.sessions import Sessions

P = ParamSpec("P")
T = TypeVar("T")


def utc_now() -> datetime:
    """The clock of a real site."""
    return datetime.now(UTC)


@dataclass
class Site:
    """Everything a running gateway holds. `wake` is set when there may be something to do before the next tick; `reading`
    is the batch that is being read just now. `base` is the directory as the settings have it, `directory` the same with
    the payers that people moved. `hosts` has the plugins in processes of their own, None where they run in this one.
    `unkept` is, by lane, what was fetched and sealed and could not be committed where fetching removes a file. `sources`
    are the files that it was read from."""

    settings: Settings
    registry: Registry
    directory: Directory
    keyring: Keyring
    vault: Vault
    store: Store
    spool: Spool
    gate: Gate
    clock: Callable[[], datetime]
    threads: ThreadPoolExecutor
    guides: Guidebook
    base: Directory
    wires: ThreadPoolExecutor
    sources: Sources
    sessions: Sessions = field(default_factory=Sessions)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    reading: Progress | None = None
    hosts: Hosts | None = None
    unkept: dict[str, list[tuple[RemoteFile, documents.Sealed, str]]] = field(default_factory=dict)

    @property
    def cache(self) -> Path:
        """What can be made again: the compiled guide tables."""
        return self.settings.site.data / "cache"

    @property
    def lists(self) -> Path:
        """The public lists that were loaded."""
        return self.settings.site.data / "lists"

    @property
    def codes(self) -> Path:
        """Newer editions of outer code lists than the gateway brings."""
        return self.lists / "codes"

    async def thread(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run blocking work off the loop; `StopIteration` cannot cross a future, so `fn` must not raise it."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, lambda: fn(*args, **kwargs))

    @property
    def zone(self) -> ZoneInfo:
        """The practice's own time zone."""
        return ZoneInfo(self.settings.site.time_zone)

    @property
    def give_up_seconds(self) -> float:
        """How long a file may stand still without being whole."""
        return self.settings.spool.quarantine_minutes * 60

    def today(self) -> date:
        """The present day, as decisions see it."""
        return self.clock().astimezone(self.zone).date()

    @staticmethod
    def day(text: str) -> date:
        """A stored day."""
        return date.fromisoformat(text)

    async def wire_thread(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run work that waits for a partner off the loop, where it keeps nobody's work but this lane's waiting."""
        return await asyncio.get_running_loop().run_in_executor(self.wires, lambda: fn(*args, **kwargs))

    def transport(self, lane: Lane) -> AbstractAsyncContextManager[Transport]:
        """A session on the lane's server when it is its turn: the one it just had, or a new one."""

        def dial() -> Transport:
            account = lane.account.on(self.today())
            session: Transport = self.registry.transports[account.endpoint.scheme](account, self._secret)
            return session

        return self.sessions.of(lane, dial)

    def reroute(self, moves: Mapping[str, str]) -> None:
        """From now on these payers' claims go by these partners first."""
        self.directory = rerouted(self.base, moves)
        self.gate = replace(self.gate, directory=self.directory)

    def wrappings(self, partner: Partner) -> list[Wrapping]:
        """What this partner's files are wrapped in, in that order. Raises Refused where its options will not do."""
        options = partner.habits.options
        return [self.registry.wrappings[name](options.get(name, {}), self._secret) for name in partner.habits.wraps]

    def notifiers(self) -> list[Notifier]:
        """Every notifier that the settings ask for. Raises ConfigError."""
        made = (maker(self.settings, self._secret) for maker in self.registry.notifiers.values())
        return [notifier for notifier in made if notifier is not None]

    def enrollment_sources(self) -> list[EnrollmentSource]:
        """Every enrollment source that the settings ask for. Raises ConfigError."""
        made = (maker(self.settings, self._secret) for maker in self.registry.enrollment_sources.values())
        return [source for source in made if source is not None]

    def _secret(self, name: str) -> Secret:
        return resolve_credential(name, self.settings.keys.secrets_dir)


@contextmanager
def exclusive(data: Path):  # type: ignore[no-untyped-def]
    """Only one process has a site open. Raises Refused when another does."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(data / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError:
        raise Refused(
            f"the service is not running, and only its own user may open {data}",
            code="SITE_DENIED",
            next_step="Start the service, or run the command as its user.",
        ) from None
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Refused(
            "another gateway process has this site open",
            code="SITE_BUSY",
            next_step="Commands reach a running service over its socket; check that you may use it, or stop the service.",
        ) from None
    finally:
        os.close(fd)


@asynccontextmanager
async def open_site(
    config: Path, clock: Callable[[], datetime] = utc_now, *, hosts: Hosts | None = None, installed: bool = True
) -> AsyncIterator[Site]:
    """Open the site that a configuration file describes; with `hosts`, which end with it, its plugins in Python run in
    processes of their own; without `installed` it has those of its folder alone. Raises ConfigError, PluginError or
    Refused, each saying what to do."""
    with closing(hosts) if hosts else nullcontext():
        settings, registry, directory = load_site(config, hosts.loading if hosts else None, installed=installed)
        if hosts:
            hosts.reserve([settings.mqtt.credential, *(lane.account.credential for lane in directory.lanes.values())])
        read_from = sources(config, settings.plugins.directory)
        async with _opened(settings, registry, directory, read_from, clock, hosts) as site:
            yield site


@asynccontextmanager
async def _opened(
    settings: Settings,
    registry: Registry,
    directory: Directory,
    read_from: Sources,
    clock: Callable[[], datetime],
    hosts: Hosts | None,
) -> AsyncIterator[Site]:
    with exclusive(settings.site.data):
        keyring = Keyring.open(settings.keys.keyring, root_key(settings.keys.key_file, os.environ))
        _refuse_half_a_site(settings.site.data)
        audit = AuditKey(keyring.key("audit").kid, keyring.secrets("audit"))
        store = await Store.open(
            settings.site.data / "gateway.db", keyring.key("db").secret, audit, clock, ZoneInfo(settings.site.time_zone)
        )
        threads = ThreadPoolExecutor(4, thread_name_prefix="site")
        wires = ThreadPoolExecutor(max(1, len(directory.lanes)), thread_name_prefix="wire")
        sessions = Sessions()
        try:
            site = Site(
                settings=settings,
                registry=registry,
                directory=directory,
                keyring=keyring,
                vault=Vault(settings.site.data / "vault", keyring),
                store=store,
                spool=spool_of(settings),
                gate=Gate(
                    directory, registry.gate_checks, outcomes(settings.checks.severity), settings.deadlines.closed
                ),
                clock=clock,
                threads=threads,
                guides=Guidebook(settings.site.data / "cache", settings.site.data / "lists" / "codes"),
                base=directory,
                wires=wires,
                sources=read_from,
                sessions=sessions,
                hosts=hosts,
            )
            site.reroute(await store.read(routes.moved))
            await site.thread(site.spool.prepare)
            await site.thread(site.vault.sweep)
            await site.thread(shelf_draft.sweep, site.lists)
            await store.write(lanes.enter, sorted(directory.lanes))
            yield site
        finally:
            await sessions.close()
            if hosts:
                hosts.close()  # what still waits for a plugin would be waited for below
            for pool in (threads, wires):
                pool.shutdown(wait=True, cancel_futures=True)
            await store.close()


def _refuse_half_a_site(data: Path) -> None:
    """A database that is missing beside documents, or a restore that was cut off, is nothing to start anew from: its
    control numbers and what was sent would be forgotten."""
    database = data / "gateway.db"
    begun = (data / "vault").is_dir() and any(path.is_file() for path in (data / "vault").glob("*/*"))
    if (data / "restoring").exists() or (begun and not (database.exists() and database.stat().st_size)):
        raise Refused(
            f"{data} holds documents but no whole database",
            code="STORE_MISSING",
            next_step="Restore the last backup (`gateway restore`); to start anew instead, move that folder away.",
        )


def spool_of(settings: Settings) -> Spool:
    """The spool as configured."""
    return Spool(
        settings.spool.root,
        settle=settings.spool.settle_seconds,
        max_bytes=settings.spool.max_bytes,
        patterns=tuple(settings.spool.patterns),
        group=settings.spool.group_id,
    )
