"""Wraps a file in far more than the payer takes."""

from gateway import hookimpl
from gateway.model.habits import Habits
from gateway.model.partners import Endpoint, Partner, Payer
from gateway.model.x12 import Address

PARTNER = Partner(
    key="broken_edi", name="BROKEN HEALTH", payers={"broken": ("77001",)}, receiver=Address("ZZ", "BROKENHP"),
    endpoint=Endpoint("sftp", "broken.example"),
    habits=Habits(
        wraps=("padded",), largest_file=1_000_000,
        sources=("an invention of this test",), unverified=("all of it",),
    ),
)  # fmt: skip


class Padded:
    """Four bytes for each."""

    def __init__(self, options, secrets):
        pass

    def wrap(self, blocks, name):
        """Hexadecimal, twice."""
        yield b"PAD" + b"".join(blocks).hex().encode().hex().encode()

    def opens(self, head):
        """By its mark."""
        return head.startswith(b"PAD")

    def unwrap(self, blocks):
        """And back."""
        yield bytes.fromhex(bytes.fromhex(b"".join(blocks)[3:].decode()).decode())


@hookimpl
def register_payers():
    """One payer."""
    return (Payer("broken", "Broken Health"),)


@hookimpl
def register_partners():
    """One partner."""
    return (PARTNER,)


@hookimpl
def register_wrappings():
    """Its own."""
    return (("padded", Padded),)
