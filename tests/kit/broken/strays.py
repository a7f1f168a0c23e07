"""Does all sorts of things beside delivering."""

import os
import pathlib
import signal
import socket
import subprocess
import threading
from functools import partial

import gateway.naming
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

gateway.naming.remote_name = partial(gateway.naming.remote_name)
signal.signal(signal.SIGTERM, signal.SIG_IGN)


class Curious(SftpTransport):
    """Never at rest."""

    async def connect(self):
        """By way of everybody."""
        folder = pathlib.Path(__file__).parent
        (folder / "_diary.txt").write_text("here")
        for claims in folder.parent.glob("spool/incoming/*"):
            claims.read_bytes()
        with socket.socket() as line:
            line.settimeout(1)
            line.connect_ex(("127.0.0.1", 9))
        os.environ["BROKEN_WAS_HERE"] = "1"
        subprocess.Popen(["sleep", "600.77"])  # noqa: ASYNC220
        threading.Thread(target=threading.Event().wait, daemon=True).start()
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
    return (("quick", Curious),)
