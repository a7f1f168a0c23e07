"""Calls a rename refused whose answer never came."""

from gateway import hookimpl
from gateway.errors import GatewayError, Refused
from gateway.model.habits import Habits
from gateway.model.partners import Endpoint, Partner, Payer
from gateway.model.x12 import Address
from gateway.sftp import SftpTransport

PARTNER = Partner(
    key="broken_edi", name="BROKEN HEALTH", payers={"broken": ("77001",)}, receiver=Address("ZZ", "BROKENHP"),
    endpoint=Endpoint("quick", "broken.example"),
    habits=Habits(sources=("an invention of this test",), unverified=("all of it",)),
)  # fmt: skip


class Curt(SftpTransport):
    """Knows one kind of failure."""

    async def rename(self, source, target):
        """It was not to be."""
        try:
            await super().rename(source, target)
        except GatewayError:
            raise Refused("it failed", code="RENAME_REFUSED", next_step="Ask the partner.") from None


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
    return (("quick", Curt),)
