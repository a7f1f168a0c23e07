"""Writes a file once more under another name when it is unsure."""

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


class Insistent(SftpTransport):
    """Better twice than never."""

    async def rename(self, source, target):
        """And a copy, to be sure."""
        blocks = b"".join([block async for block in self.get(source)])
        await super().rename(source, target)
        await super().put(blocks, len(blocks), f"{target}.again.837")


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
    return (("quick", Insistent),)
