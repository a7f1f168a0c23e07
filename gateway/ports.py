"""What an edge must offer so that the shell can drive it: one Protocol for each outside thing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeAlias, runtime_checkable

from gateway.model.sending import RemoteFile


class Secret(Protocol):
    """A password or a private key whose `repr` shows nothing of it."""

    def reveal(self) -> bytes:
        """The secret itself, for the moment of use."""
        ...


@dataclass(frozen=True, slots=True)
class Present:
    """The server has something of this name. `size` is None where it does not tell, or it is not a file."""

    size: int | None


@dataclass(frozen=True, slots=True)
class Absent:
    """The server says that nothing of this name is there; this alone does not say whether it ever was."""


Presence: TypeAlias = Present | Absent

Source: TypeAlias = bytes | Path | Callable[[], Iterable[bytes]]
"""What to send: the bytes, a local file, or a function that gives the bytes in blocks, called once per attempt."""


class Transport(Protocol):
    """One session on one lane's server: connect once, act, close; never held open to wait.

    Every failure is a GatewayError that says whose turn it is. Transient: nothing can have been taken. Refused: a
    person must act, and the same call will fail again. InDoubt, from `put` and `rename` alone: the other side may
    have taken the file. A failure of the connection ends the session, and so does cancelling a call; after an answer
    of the server, even a no, the session goes on. Paths are absolute, with `/`, as the server shows them. It is made with
    the account as of today, whose `wire` says how the partner wants a session held, and a function that finds a secret.
    """

    async def __aenter__(self) -> Self:
        """Connect, as `connect` does."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, as `close` does."""
        ...

    async def connect(self) -> None:
        """Reach the server, prove that it is the pinned one, and only then log in: one attempt, never repeated."""
        ...

    async def close(self) -> None:
        """End the session and free its thread and socket. Safe at any time, and more than once."""
        ...

    async def put(self, source: Source, size: int, path: str, *, final: bool = True) -> int:
        """Write exactly `size` bytes to exactly `path`, emptying what was there, and return the number of bytes.

        The server has confirmed every write and the closing when this returns. `final` says that the payer takes
        files of this name: then any failure after the first byte is InDoubt. With `final=False`, for a temporary
        name that nobody takes, a failure is safe to repeat.
        """
        ...

    async def size(self, path: str) -> Presence:
        """What the server says of this name."""
        ...

    async def rename(self, source: str, target: str) -> None:
        """Give the file at `source` its final name; never replaces anything.

        InDoubt when the reply was lost (OUTCOME_LOST), when `source` is gone (SOURCE_GONE), or when `target` is there
        with our size or an unknown one (TARGET_EXISTS); Refused when `target` is there with another size.
        """
        ...

    async def listing(self, folder: str) -> list[RemoteFile]:
        """The files in this folder, without its subfolders, in the server's order."""
        ...

    def get(self, path: str) -> AsyncIterator[bytes]:
        """The file's bytes in blocks. The bytes count only once the iteration has ended without an error: a file that
        grew, shrank or was written meanwhile ends it with Transient (FILE_CHANGED)."""
        ...

    async def discard(self, path: str) -> None:
        """Remove this file; one that is already gone is fine."""
        ...


@runtime_checkable
class Lasting(Transport, Protocol):
    """One that can tell whether it can still be used, so that what a lane does next at once is done in it as well."""

    @property
    def alive(self) -> bool:
        """Whether it is connected and nothing failed or hung up so far."""
        ...


class Wrapping(Protocol):
    """What a partner wants its files wrapped in, such as an archive or an encryption; it knows nothing of X12."""

    def wrap(self, blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
        """The wrapped file in blocks; `name` is the one it will have at the partner. Refused where it cannot be done and
        a person must mend that, an expired key for instance: nothing is sent then."""
        ...

    def opens(self, head: bytes) -> bool:
        """Whether a document of the partner that begins so is wrapped like this, and `unwrap` would open it; pure."""
        ...

    def unwrap(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """What is within. Malformed when it is broken or not for us: the document is kept aside then."""
        ...


WrappingMaker: TypeAlias = Callable[[Mapping[str, str], Callable[[str], Secret]], Wrapping]
"""(options of the declaration, secrets) to a wrapping. Raises Refused where the options will not do."""


@dataclass(frozen=True, slots=True)
class Told:
    """A committed event, with nothing in it that may not leave the house.

    `seq` is its number in the journal, `at` the UTC moment it was committed (ISO 8601, milliseconds), `name` what
    happened (`claim.held`), `kind` `rejection` or empty. `facts` are our own ids and keys, counts, codes and places.
    """

    seq: int
    at: str
    name: str
    kind: str
    facts: Mapping[str, str | int]


class Notifier(Protocol):
    """Tells somebody outside what happened: every event at least once and in order, each notifier on its own.

    Its `name` keeps its place in the journal across restarts, so it never changes. It has one caller at a time.
    """

    name: str

    def wants(self, event: str) -> bool:
        """Whether events of this name are to be told; the others are passed over."""
        ...

    async def tell(self, told: Sequence[Told]) -> None:
        """Return once the other side has every one of them; with none, only see that it can be reached.

        Transient when the other side is not there, Refused when a person must act. Some may have been taken then: all
        of them are told again, later, and the other side drops those it has seen by `seq` and `at`.
        """
        ...

    async def close(self) -> None:
        """Take leave of the other side, if it is there, within bounded time. Safe more than once."""
        ...


NotifierMaker: TypeAlias = Callable[[Any, Callable[[str], Secret]], Notifier | None]
"""(settings, secrets) to a notifier, or to None where the settings do not ask for it."""


class EnrollmentSource(Protocol):
    """Somebody outside who knows who is enrolled with whom, asked every few seconds. It has one caller at a time.

    Its `name` stands in the journal as who changed the roster, so it never changes.
    """

    name: str

    async def rows(self) -> list[dict[str, str]] | None:
        """What it knows now, as rows of the roster file (`provider_npi`, `payer` and so on, days as YYYY-MM-DD; a sheet
        other than the enrollments stands under `sheet`), or None when nothing changed since the last call. Rows that are
        left out later stay on record, and what it knew at last is not applied again.

        Transient when it cannot be reached now, Refused when what it has cannot be read: it is asked again either way,
        and a person is told of each different refusal once.
        """
        ...


EnrollmentSourceMaker: TypeAlias = Callable[[Any, Callable[[str], Secret]], EnrollmentSource | None]
"""(settings, secrets) to an enrollment source, or to None where the settings do not ask for it."""


@dataclass(frozen=True, slots=True)
class Edge:
    """What an edge makes. It is imported when it is first called: rules never import edges, and who only looks through
    what is registered waits for none."""

    module: str
    name: str

    def __call__(self, *given: Any) -> Any:
        """What it makes of this."""
        return getattr(import_module(self.module), self.name)(*given)
