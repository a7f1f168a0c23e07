"""One SQLCipher file: a single writer, one function a transaction, and a reader beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import aiosqlite.core
from sqlcipher3 import dbapi2 as sqlcipher

from gateway.errors import GatewayError, Refused
from gateway.store.chain import AuditKey, Chain
from gateway.store.schema import SCHEMA_VERSION, columns, create, migrate, version_of
from gateway.store.shelf import Shelves

P = ParamSpec("P")
T = TypeVar("T")
Row = Any
Clock = Callable[[], datetime]

NOON = time(12)
_CHUNK_ROWS = 64
_BUSY_SECONDS = 5.0


@dataclass
class Tx:
    """One transaction, in the writer's thread. `now` is fixed for all of it, `actor` is who asked."""

    conn: Any
    now: datetime
    actor: str
    zone: tzinfo
    chain: Chain
    head: bytes
    shelves: Shelves
    last: int | None = None  # the number of the last event, once this transaction recorded one

    @cached_property
    def at(self) -> str:
        """`now` as the database stores moments."""
        return moment(self.now)

    @property
    def today(self) -> date:
        """The calendar day at the site; decisions are made by it."""
        return self.now.astimezone(self.zone).date()

    def run(self, sql: str, *values: object) -> int:
        """Execute one statement; returns the row id of an insert."""
        return int(self.conn.execute(sql, values).lastrowid or 0)

    def changed(self, sql: str, *values: object) -> int:
        """Execute one statement; returns how many rows it touched."""
        return int(self.conn.execute(sql, values).rowcount)

    def many(self, sql: str, rows: list[tuple[object, ...]]) -> None:
        """Execute one statement for each row."""
        self.conn.executemany(sql, rows)

    def one(self, sql: str, *values: object) -> Row | None:
        """The first row, or None."""
        return self.conn.execute(sql, values).fetchone()

    def all(self, sql: str, *values: object) -> list[Row]:
        """Every row."""
        return list(self.conn.execute(sql, values).fetchall())

    def each(self, sql: str, *values: object) -> Iterator[Row]:
        """Every row as it is found; what is not asked for is not read."""
        return iter(self.conn.execute(sql, values))


def moment(when: datetime) -> str:
    """A UTC moment as stored: sortable text with milliseconds."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local_day(tx: Tx, at: str) -> date:
    """The site's own day of a stored moment."""
    return datetime.fromisoformat(at).astimezone(tx.zone).date()


def connect(path: Path, key: bytes, *, read_only: bool = False) -> Any:
    """A keyed connection. Raises Refused when the key does not open the file, or the engine is not SQLCipher."""
    conn = sqlcipher.connect(
        f"file:{path}{'?mode=ro' if read_only else ''}",
        uri=True,
        isolation_level=None,
        timeout=_BUSY_SECONDS,
        check_same_thread=False,
    )
    try:
        conn.execute("PRAGMA cipher_log_level=NONE")
        conn.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not conn.execute("PRAGMA cipher_version").fetchone():
            raise Refused("the database engine is not SQLCipher", code="STORE_ENGINE", next_step="Install sqlcipher3.")
    except sqlcipher.DatabaseError:
        conn.close()
        raise Refused(
            "the database does not open with this key",
            code="STORE_KEY",
            next_step="Check that master.key and keyring.json belong to this database; restore them from the backup.",
        ) from None
    except BaseException:
        conn.close()
        raise
    conn.row_factory = sqlcipher.Row
    if not read_only:
        conn.execute("PRAGMA journal_mode=WAL")
        conn.execute("PRAGMA synchronous=FULL")
    conn.execute("PRAGMA foreign_keys=ON")
    conn.execute("PRAGMA cache_size=-65536")
    conn.execute("PRAGMA temp_store=MEMORY")
    return conn


class Store:
    """The one writer of state. `write` runs a function in a transaction of its own, `read` outside any.

    A write either happens whole or not at all, also when its caller is cancelled: a cancelled caller's transaction
    still commits, so functions given to it must be safe to find done.
    """

    def __init__(
        self,
        writer: aiosqlite.core.Connection,
        reader: aiosqlite.core.Connection,
        chain: Chain,
        clock: Clock,
        zone: tzinfo,
        shelves: Shelves,
    ):
        self._writer, self._reader, self._chain, self._clock, self._zone = writer, reader, chain, clock, zone
        self._shelves = shelves
        self._lock = asyncio.Lock()
        self._head = b""
        self.committed = asyncio.Event()

    @classmethod
    async def open(cls, path: Path, key: bytes, audit: AuditKey, clock: Clock, zone: tzinfo = UTC) -> Store:
        """Open or create the database. `zone` is the site's, for calendar days. Raises Refused for a wrong key or a
        newer schema."""
        writer = await aiosqlite.core.Connection(lambda: connect(path, key), _CHUNK_ROWS)
        try:
            await _hop(writer, _prepare)
            reader = await aiosqlite.core.Connection(lambda: connect(path, key, read_only=True), _CHUNK_ROWS)
        except BaseException:
            await writer.close()
            raise
        store = cls(writer, reader, Chain(audit), clock, zone, Shelves(path.parent / "lists"))
        store._head = await _hop(writer, store._chain.head)
        return store

    async def write(self, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(tx, ...)` in one transaction, as the service itself."""
        return await self.write_as("gateway", fn, *args, **kwargs)

    async def write_as(self, actor: str, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(tx, ...)` in one transaction, in the name of `actor`."""

        def run(conn: Any) -> T:
            tx = Tx(conn, self._clock(), actor, self._zone, self._chain, self._head, self._shelves)
            conn.execute("BEGIN IMMEDIATE")
            try:
                result = fn(tx, *args, **kwargs)
                conn.execute("COMMIT")
            except sqlcipher.Error as failure:
                _roll_back(conn)
                raise StoreFailed(failure) from None
            except BaseException:
                _roll_back(conn)
                raise
            self._head = tx.head
            return result

        async with self._lock:
            result = await asyncio.shield(_hop(self._writer, run))
        self.committed.set()
        return result

    async def rehearse(
        self, day: date | None, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `fn(tx, ...)` as a write of that site day (None: of now) would, and take all of it back: what would
        happen is told by the same code that makes it happen. The writer is busy meanwhile, so `fn` does a little."""

        def run(conn: Any) -> T:
            now = self._clock() if day is None else datetime.combine(day, NOON, self._zone).astimezone(UTC)
            conn.execute("BEGIN IMMEDIATE")
            try:
                return fn(
                    Tx(conn, now, "rehearsal", self._zone, self._chain, self._head, self._shelves), *args, **kwargs
                )
            except sqlcipher.Error as failure:
                raise StoreFailed(failure) from None
            finally:
                _roll_back(conn)

        async with self._lock:
            return await asyncio.shield(_hop(self._writer, run))

    async def read(self, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(tx, ...)` on one consistent view, writing nothing."""

        def run(conn: Any) -> T:
            conn.execute("BEGIN")
            try:
                return fn(Tx(conn, self._clock(), "", self._zone, self._chain, b"", self._shelves), *args, **kwargs)
            except sqlcipher.Error as failure:
                raise StoreFailed(failure) from None
            finally:
                _roll_back(conn)

        return await _hop(self._reader, run)

    async def backup(self, target: Path, key: bytes) -> None:
        """Write a consistent copy, keyed with `key`, while the service goes on."""

        def run(conn: Any) -> None:
            copy = connect(target, key)
            try:
                conn.backup(copy)
            finally:
                copy.close()

        await _hop(self._writer, run)

    async def close(self) -> None:
        """Close both connections; an unclosed one would keep the process alive."""
        await self._reader.close()
        await self._writer.close()
        self._shelves.close()


class StoreFailed(GatewayError):
    """The database could not do its work. `full` tells a full disk, which passes, from a broken one."""

    def __init__(self, failure: sqlcipher.Error) -> None:
        name = getattr(failure, "sqlite_errorname", "") or type(failure).__name__
        self.full = name.startswith("SQLITE_FULL")
        self.broken = name.startswith(("SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB"))
        super().__init__(
            f"the database answered {name}",
            code="STORE_FULL" if self.full else "STORE_FAILED",
            next_step="Free space on the disk of the data directory."
            if self.full
            else "Check the disk; then run `gateway doctor`.",
        )


async def _hop(connection: aiosqlite.core.Connection, fn: Callable[[Any], T]) -> T:
    """Run a whole function in the connection's thread: nothing can be cancelled in between. aiosqlite keeps this
    private; its version is pinned for it."""
    result: T = await connection._execute(fn, connection._conn)  # type: ignore[no-untyped-call]
    return result


def _prepare(conn: Any) -> None:
    """Create the schema in an empty file, bring an older one up to date, and refuse one that is newer than this program."""
    found = version_of(conn)
    if found == 0:
        create(conn)
    elif found < SCHEMA_VERSION:
        migrate(conn, found)
    elif found > SCHEMA_VERSION:
        raise Refused(
            f"the database has schema {found}, this program knows {SCHEMA_VERSION}",
            code="STORE_SCHEMA",
            next_step="Install the version of the gateway that wrote it, or a newer one.",
        )
    else:
        _refuse_half_a_version(conn)


def _refuse_half_a_version(conn: Any) -> None:
    """An edition that was never finished may have given a version's number to less than it has now. Better told at once
    than in the middle of a claim."""
    missing = sorted(_laid_out() - columns(conn))
    if missing:
        raise Refused(
            f"an unfinished edition of the gateway laid this database out: it lacks {', '.join(missing[:3])}"
            f"{' ...' if len(missing) > 3 else ''}, which belong to schema {SCHEMA_VERSION}",
            code="STORE_SCHEMA",
            next_step="Nothing was changed. Go on with the edition that made it, or begin a new site with this one.",
        )


@cache
def _laid_out() -> frozenset[str]:
    """Every column that a new database has."""
    with closing(sqlcipher.connect(":memory:")) as fresh:
        create(fresh)
        return columns(fresh)


def _roll_back(conn: Any) -> None:
    """Undo what is open; after a full disk the engine has already done so."""
    if conn.in_transaction:
        conn.execute("ROLLBACK")
