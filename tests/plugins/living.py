"""A plugin that uses every hook: Juniper (fictional), reached over a shared folder, asks for prior authorizations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import click

from gateway import hookimpl
from gateway.amendments import Amendment
from gateway.checks import Check, CheckContext
from gateway.cli.asking import ask
from gateway.model.answers import Answer, AnswerEnvelope, InterchangeAcknowledgment, Reader
from gateway.model.claims import Claim, Finding, Outcome
from gateway.model.habits import Habits
from gateway.model.partners import Account, Endpoint, Partner, Payer
from gateway.model.sending import RemoteFile
from gateway.model.x12 import Address
from gateway.ports import (
    Absent,
    EnrollmentSourceMaker,
    NotifierMaker,
    Presence,
    Present,
    Source,
    Told,
    Transport,
    Wrapping,
    WrappingMaker,
)


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
            habits=Habits(wraps=("juniper_cover",)),
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


def spoiling(blocks: Iterable[bytes], _: Partner) -> Iterable[bytes]:
    """Leaves everything as it is, but for one claim's number, which nothing may change."""
    return (block.replace(b"CLM*SPOILT*", b"CLM*OTHER*") for block in blocks)


@hookimpl
def register_amendments() -> Sequence[Amendment]:
    """One, for what goes to Juniper."""
    return (Amendment("juniper_spoiling", spoiling, partner="juniper_edi"),)


class Cover:
    """Juniper wants a cover sheet before each file, and puts one before its own."""

    sheet = b"JUNIPER COVER\n"

    def wrap(self, blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
        yield self.sheet
        yield from blocks

    def opens(self, head: bytes) -> bool:
        return head.startswith(self.sheet)

    def unwrap(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        yield b"".join(blocks).removeprefix(self.sheet)


WRAPPING: type[Wrapping] = Cover
"""Type-checked against the port."""


@hookimpl
def register_wrappings() -> Sequence[tuple[str, WrappingMaker]]:
    """The cover sheet, which has no options."""
    return (("juniper_cover", lambda options, _: Cover()),)


@hookimpl
def register_notifiers() -> Sequence[tuple[str, NotifierMaker]]:
    """A diary, wherever the spool is."""
    return (("diary", lambda settings, _: Diary(settings.spool.root / "diary.txt")),)


def read_slip(blocks: Iterable[bytes]) -> Iterator[Answer]:
    """A line for each interchange: `TOOK`, then ISA13, ISA09 and ISA10 of what was taken."""
    _, *lines = b"".join(blocks).decode().splitlines()
    for line in lines:
        _, control, day, time = line.split()
        envelope = AnswerEnvelope(Address("ZZ", "JUNIPERHP"), Address("ZZ", "OPENGATE"), control, "P")
        yield InterchangeAcknowledgment(envelope, control, day, time, "A", "000")


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Juniper says on a slip of plain text what it took."""
    return (Reader("juniper_slip", lambda head: head.startswith(b"JUNIPER SLIP\n"), read_slip),)


class Portal:
    """Juniper's list of providers, one NPI a line, as somebody saves it beside the site's spool."""

    name = "juniper_portal"

    def __init__(self, file: Path) -> None:
        self.file, self.known = file, ""

    async def rows(self) -> list[dict[str, str]] | None:
        listed = self.file.read_text() if self.file.exists() else ""
        if listed == self.known:
            return None
        self.known = listed
        return [{"provider_npi": npi, "payer": "juniper", "effective_from": "2020-01-01"} for npi in listed.split()]


@hookimpl
def register_enrollment_sources() -> Sequence[tuple[str, EnrollmentSourceMaker]]:
    """The portal, wherever the spool is."""
    return (("juniper_portal", lambda settings, _: Portal(settings.spool.root / "portal.txt")),)


@click.command("juniper-claims")
@click.pass_context
def juniper_claims(context: click.Context) -> None:
    """Where Juniper's claims stand."""
    for row in ask(context, "claims"):
        if row["payer"] == "juniper":
            click.echo(f"{row['control_number']} {row['stands']}")


@hookimpl
def register_commands() -> Sequence[Any]:
    """One, about Juniper's claims."""
    return (juniper_claims,)
