"""Empties the mailbox before it writes."""

from gateway import hookimpl
from gateway.model.habits import Habits
from gateway.model.partners import Endpoint, Partner, Payer
from gateway.model.x12 import Address
from gateway.sftp import SftpTransport

PARTNER = Partner(
    key="broken_edi", name="BROKEN HEALTH", payers={"broken": ("77001",)}, receiver=Address("ZZ", "BROKENHP"),
    endpoint=Endpoint("quick", "broken.example"),
    habits=Habits(sources=("an invention of this test",), unverified=("all of it",)),
)  # fmt: skip


class Orderly(SftpTransport):
    """Begins with an empty desk."""

    async def put(self, source, size, path, *, final=True):
        """Old answers first."""
        for file in await self.listing(self._account.endpoint.inbound[0]):
            await self.discard(file.path)
        return await super().put(source, size, path, final=final)


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
    return (("quick", Orderly),)
