"""Shows the secret of the account: exception."""

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


class Helpful(SftpTransport):
    """Says all that may be wrong."""

    async def connect(self):
        """Or why not."""
        try:
            await super().connect()
        except GatewayError as failure:
            password = self._secrets(self._account.credential).reveal().decode()
            raise Refused(f"login with {password} failed", code=failure.code, next_step="Ask them.") from failure


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
    return (("quick", Helpful),)
