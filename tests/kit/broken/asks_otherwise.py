"""Writes another claim's number into what is asked of a claim."""

from gateway import hookimpl
from gateway.amendments import Amendment
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


def amend(blocks, partner):
    """What goes as claims is left alone."""
    return (block.replace(b"REF*EJ*KIT", b"REF*EJ*KAT") for block in blocks)


@hookimpl
def register_payers():
    """One payer."""
    return (Payer("broken", "Broken Health"),)


@hookimpl
def register_partners():
    """One partner."""
    return (PARTNER,)


@hookimpl
def register_amendments():
    """One."""
    return (Amendment("broken", amend, "broken_edi"),)
