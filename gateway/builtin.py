"""What the gateway brings itself, registered through the same hooks as everybody's."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.amendments import LINE_BREAKS, Amendment
from gateway.checks import Check
from gateway.checks.edits import BUILT_IN, CONTENT
from gateway.hookspecs import hookimpl
from gateway.model.answers import Reader
from gateway.ports import Edge, EnrollmentSourceMaker, NotifierMaker, WrappingMaker
from gateway.x12.answers import read_answers


@hookimpl
def register_checks() -> Sequence[Check]:
    """The edits that hold for every payer, those of content among them."""
    return (*CONTENT, *BUILT_IN)


@hookimpl
def register_transports() -> Sequence[tuple[str, Edge]]:
    """SFTP."""
    return (("sftp", Edge("gateway.sftp", "SftpTransport")),)


@hookimpl
def register_notifiers() -> Sequence[tuple[str, NotifierMaker]]:
    """MQTT, off unless the settings name a broker."""
    return (("mqtt", Edge("gateway.bus.notifier", "notifier")),)


@hookimpl
def register_amendments() -> Sequence[Amendment]:
    """The line breaks that a partner declares."""
    return (LINE_BREAKS,)


@hookimpl
def register_wrappings() -> Sequence[tuple[str, WrappingMaker]]:
    """A zip archive, and OpenPGP."""
    return (("zip", Edge("gateway.wrapping", "zip_wrapping")), ("pgp", Edge("gateway.wrapping", "pgp_wrapping")))


@hookimpl
def register_readers() -> Sequence[Reader]:
    """X12, which also says of a document that is none what it looks like."""
    return (Reader("x12", lambda head: True, read_answers),)


@hookimpl
def register_enrollment_sources() -> Sequence[tuple[str, EnrollmentSourceMaker]]:
    """The roster file, off unless the settings name one."""
    return (("roster_file", Edge("gateway.rosterfile", "roster_file")),)
