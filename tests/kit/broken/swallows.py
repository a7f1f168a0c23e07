"""Takes a refusal for a success."""

from gateway import hookimpl
from gateway.errors import GatewayError
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


class Cheerful(SftpTransport):
    """Never fails."""

    async def put(self, source, size, path, *, final=True):
        """It will have arrived."""
        try:
            return await super().put(source, size, path, final=final)
        except GatewayError:
            return size

    async def size(self, path):
        """It will be there."""
        try:
            found = await super().size(path)
            return found if isinstance(found, Present) else Present(None)
        except GatewayError:
            return Present(None)

    async def rename(self, source, target):
        """It will have its name."""
        try:
            await super().rename(source, target)
        except GatewayError:
            return


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
    return (("quick", Cheerful),)
