"""Breaks lines as its author likes them."""

from gateway import hookimpl
from gateway.model.habits import Habits
from gateway.model.partners import Endpoint, Partner, Payer
from gateway.model.x12 import Address
from gateway.ports import Present
from gateway.sftp import SftpTransport

PARTNER = Partner(
    key="broken_edi", name="BROKEN HEALTH", payers={"broken": ("77001",)}, receiver=Address("ZZ", "BROKENHP"),
    endpoint=Endpoint("quick", "broken.example"),
    habits=Habits(sources=("an invention of this test",), unverified=("all of it",)),
)  # fmt: skip


class Neat(SftpTransport):
    """Easier to read."""

    async def put(self, source, size, path, *, final=True):
        """A segment a line."""
        data = b"".join(source() if callable(source) else [source]).replace(b"~", b"~\r\n")
        await super().put(data, len(data), path, final=final)
        return size

    async def size(self, path):
        """Nobody need know."""
        found = await super().size(path)
        ours = path.startswith(self._account.endpoint.outbound)
        return Present(None) if ours and isinstance(found, Present) else found


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
    return (("quick", Neat),)
