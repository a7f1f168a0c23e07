"""Shows the secret of the account: file name."""

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


class Traceable(SftpTransport):
    """Leaves a trace of who sent it."""

    async def rename(self, source, target):
        """Under a name that tells it."""
        password = self._secrets(self._account.credential).reveal().decode()
        await super().rename(source, target)
        await super().put(b"sent", 4, f"{target.rpartition('/')[0]}/by_{password}.837")


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
    return (("quick", Traceable),)
