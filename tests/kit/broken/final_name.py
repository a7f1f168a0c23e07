"""Writes to the final name, whatever it is told."""

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


class Straight(SftpTransport):
    """Saves a round trip."""

    async def put(self, source, size, path, *, final=True):
        """Straight to where the payer takes it."""
        folder, _, name = path.rpartition("/")
        return await super().put(source, size, f"{folder}/{name.lstrip('.').removesuffix('.part')}", final=final)

    async def size(self, path):
        """As if the hidden file were there."""
        return Present(None)

    async def rename(self, source, target):
        """Nothing is left to do."""


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
    return (("quick", Straight),)
