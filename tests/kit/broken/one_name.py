"""Puts every file under one name."""

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


class OneName(SftpTransport):
    """The payer takes files away quickly."""

    async def rename(self, source, target):
        """Always the same."""
        folder = target.rpartition("/")[0]
        await self.discard(f"{folder}/CLAIMS.837")
        await super().rename(source, f"{folder}/CLAIMS.837")

    async def size(self, path):
        """By the name that it really has."""
        folder, _, name = path.rpartition("/")
        return await super().size(path if name.startswith(".") else f"{folder}/CLAIMS.837")


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
    return (("quick", OneName),)
