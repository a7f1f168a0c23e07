"""A plugin that uses every hook: Juniper (fictional), reached over a shared folder, asks for prior authorizations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from gateway import hookimpl
from gateway.checks import Check, CheckContext
from gateway.model.claims import Claim, Finding, Outcome
from gateway.model.partners import Account, Endpoint, Partner, Payer
from gateway.model.sending import RemoteFile
from gateway.model.x12 import Address
from gateway.ports import Absent, NotifierMaker, Presence, Present, Source, Told, Transport


def unauthorized(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """Juniper pays nothing that it has not authorized."""
    if not claim.prior_authorization:
        yield Finding(
            "JUNIPER_UNAUTHORIZED", Outcome.HOLD, "2300/REF*G1", "There is no prior authorization.", "Get one."
        )


class SharedFolder:
    """A Transport whose server is a folder that both sides can reach. Nobody logs in."""

    def __init__(self, account: Account, secret: Callable[[str], object]) -> None:
        self.account, self.secret = account, secret

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def connect(self) -> None:
        """There is nothing to connect to."""

    async def close(self) -> None:
        """Nor to close."""

    async def put(self, source: Source, size: int, path: str, *, final: bool = True) -> int:
        return Path(path).write_bytes(b"".join(_blocks(source)))

    async def size(self, path: str) -> Presence:
        return Present(Path(path).stat().st_size) if Path(path).exists() else Absent()

    async def rename(self, source: str, target: str) -> None:
        Path(source).rename(target)

    async def listing(self, folder: str) -> list[RemoteFile]:
        return [RemoteFile(str(path), path.stat().st_size, None) for path in Path(folder).iterdir() if path.is_file()]

    async def get(self, path: str) -> AsyncIterator[bytes]:
        yield Path(path).read_bytes()

    async def discard(self, path: str) -> None:
        Path(path).unlink(missing_ok=True)


def _blocks(source: Source) -> Iterable[bytes]:
    if isinstance(source, bytes):
        return [source]
    return [source.read_bytes()] if isinstance(source, Path) else source()


TRANSPORT: type[Transport] = SharedFolder
"""Type-checked against the port."""


@hookimpl
def register_payers() -> Sequence[Payer]:
    """One payer."""
    return (Payer("juniper", "Juniper Health"),)


@hookimpl
def register_partners() -> Sequence[Partner]:
    """Which is its own partner; the site says where the folders are."""
    return (
        Partner(
            "juniper_edi",
            "JUNIPER HEALTH",
            {"juniper": ("77009",)},
            Address("ZZ", "JUNIPERHP"),
            Endpoint("folder", "localhost"),
        ),
    )


@hookimpl
def register_checks() -> Sequence[Check]:
    """One, for Juniper's claims only."""
    return (Check("JUNIPER_UNAUTHORIZED", unauthorized, payer="juniper"),)


@hookimpl
def register_transports() -> Sequence[tuple[str, type]]:
    """Endpoints with the scheme `folder`."""
    return (("folder", SharedFolder),)


class Diary:
    """Writes the names of claims' events into a file beside the site's spool."""

    name = "diary"

    def __init__(self, file: Path) -> None:
        self.file = file

    def wants(self, event: str) -> bool:
        return event.startswith("claim.")

    async def tell(self, told: Sequence[Told]) -> None:
        with self.file.open("a") as diary:
            diary.writelines(f"{each.name} {each.facts['claim']}\n" for each in told)

    async def close(self) -> None:
        """Nothing is left open."""


@hookimpl
def register_notifiers() -> Sequence[tuple[str, NotifierMaker]]:
    """A diary, wherever the spool is."""
    return (("diary", lambda settings, _: Diary(settings.spool.root / "diary.txt")),)
