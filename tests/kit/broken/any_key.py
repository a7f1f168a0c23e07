"""Trusts whatever host key is presented."""

from dataclasses import replace

from gateway import hookimpl
from gateway.model.habits import Habits
from gateway.model.partners import Endpoint, Partner, Payer
from gateway.model.x12 import Address
from gateway.sftp import SftpTransport, scan_host_key

PARTNER = Partner(
    key="broken_edi", name="BROKEN HEALTH", payers={"broken": ("77001",)}, receiver=Address("ZZ", "BROKENHP"),
    endpoint=Endpoint("quick", "broken.example"),
    habits=Habits(sources=("an invention of this test",), unverified=("all of it",)),
)  # fmt: skip


class Trusting(SftpTransport):
    """Never stops for a changed key."""

    def __init__(self, account, secrets):
        super().__init__(account, secrets)
        self._given = (account, secrets)

    async def connect(self):
        """Pin what is presented."""
        account, secrets = self._given
        keys = await scan_host_key(account.endpoint.host, account.endpoint.port)
        super().__init__(replace(account, host_keys=tuple(keys)), secrets)
        await super().connect()


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
    return (("quick", Trusting),)
