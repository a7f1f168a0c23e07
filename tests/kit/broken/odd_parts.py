"""Each of its parts does what none may."""

from itertools import count

from gateway import hookimpl
from gateway.checks import Check
from gateway.model.claims import Finding, Outcome
from gateway.model.habits import Habits
from gateway.model.partners import Endpoint, Partner, Payer
from gateway.model.x12 import Address
from gateway.sftp import SftpTransport

PARTNER = Partner(
    key="broken_edi", name="BROKEN HEALTH", payers={"broken": ("77001",)}, receiver=Address("ZZ", "BROKENHP"),
    endpoint=Endpoint("quick", "broken.example"),
    habits=Habits(sources=("an invention of this test",), unverified=("all of it",)),
)  # fmt: skip

_TIMES = count()


class Untidy(SftpTransport):
    """Removes nothing, and leaves more than it was asked to."""

    async def put(self, source, size, path, *, final=True):
        """With a note beside it."""
        written = await super().put(source, size, path, final=final)
        await super().put(b"done", 4, f"{path}.note", final=False)
        return written

    async def discard(self, path):
        """Later."""


class Loud:
    """A notifier."""

    name = "loud"

    def wants(self, event):
        """All."""
        return True

    async def tell(self, told):
        """Nobody."""
        raise RuntimeError

    async def close(self):
        """Nothing."""


class Numbers:
    """An enrollment source."""

    name = "numbers"

    async def rows(self):
        """As numbers."""
        return [{"provider_npi": 2000000028, "payer": "broken"}]


class Short:
    """A wrapping, for what is short."""

    def wrap(self, blocks, name):
        """The beginning."""
        yield b"SHORT" + b"".join(blocks)[:50_000]

    def opens(self, head):
        """By its mark."""
        return head.startswith(b"SHORT")

    def unwrap(self, blocks):
        """And back."""
        yield b"".join(blocks)[5:]


def moody(claim, context):
    """Now and then."""
    if next(_TIMES) % 2:
        yield Finding("BROKEN_MOODY", Outcome.WARN, "2300/CLM", "Not today.", "Wait.")


def telling(claim, context):
    """Says whose claim it is."""
    yield Finding("BROKEN_TELLING", Outcome.WARN, "2300/CLM", f"{claim.control_number} is odd.", "Look at it.")


@hookimpl
def register_payers():
    """One payer."""
    return (Payer("broken", "Broken Health"),)


@hookimpl
def register_partners():
    """One partner."""
    return (PARTNER,)


@hookimpl
def register_transports():
    """Its own."""
    return (("quick", Untidy),)


@hookimpl
def register_checks():
    """Two."""
    return (Check("BROKEN_MOODY", moody, "broken"), Check("BROKEN_TELLING", telling, "broken"))


@hookimpl
def register_wrappings():
    """One that nobody wants."""
    return (("short", lambda options, secrets: Short()),)


@hookimpl
def register_notifiers():
    """One."""
    return (("loud", lambda settings, secrets: Loud()),)


@hookimpl
def register_enrollment_sources():
    """One."""
    return (("numbers", lambda settings, secrets: Numbers()),)
