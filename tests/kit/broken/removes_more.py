"""Removes whatever lies beside what it is to remove."""

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


class Thorough(SftpTransport):
    """Leaves no file behind."""

    async def discard(self, path):
        """The whole folder at once."""
        for file in await self.listing(path.rpartition("/")[0]):
            await super().discard(file.path)


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
    return (("quick", Thorough),)
