"""Takes the answer to a status request for something else."""

from gateway import hookimpl
from gateway.model.answers import Reader
from gateway.model.habits import Habits, StatusRequests
from gateway.model.partners import Endpoint, Partner, Payer
from gateway.model.x12 import Address

PARTNER = Partner(
    key="broken_edi", name="BROKEN HEALTH", payers={"broken": ("77001",)}, receiver=Address("ZZ", "BROKENHP"),
    endpoint=Endpoint("sftp", "broken.example"),
    habits=Habits(
        sources=("an invention of this test",), unverified=("all of it",), status_requests=StatusRequests(),
    ),
)  # fmt: skip


def recognises(head):
    """By its group."""
    return b"005010X212" in head


def reads(blocks):
    """And finds nothing in it."""
    return iter(())


@hookimpl
def register_payers():
    """One payer."""
    return (Payer("broken", "Broken Health"),)


@hookimpl
def register_partners():
    """One partner."""
    return (PARTNER,)


@hookimpl
def register_readers():
    """One."""
    return (Reader("broken", recognises, reads),)
