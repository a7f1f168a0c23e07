"""Which SSH algorithms a simulated server speaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import paramiko

KINDS = ("kex", "ciphers", "digests", "key_types")


def limit(transport: paramiko.Transport, names: Iterable[str]) -> None:
    """Let the transport speak only these, of the kinds that they are of; of other kinds what it would speak anyway."""
    options = transport.get_security_options()
    for kind in KINDS:
        wanted = tuple(name for name in names if name in getattr(options, kind))
        if wanted:
            setattr(options, kind, wanted)


def unknown(names: Iterable[str]) -> Iterator[str]:
    """Those that this simulator cannot speak at all."""
    transport = paramiko.Transport
    spoken = {*transport._preferred_kex, *transport._preferred_ciphers, *transport._preferred_macs}
    spoken |= {*transport._preferred_keys}
    return (name for name in names if name not in spoken)
