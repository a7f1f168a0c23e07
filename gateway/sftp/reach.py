"""By which address of ours a server would be reached: some let in only who comes through their network."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import ip_address, ip_network


def own_address(host: str, port: int) -> str:
    """The address of this machine that a connection would leave from; nothing is sent. Empty where the name is not known
    or no way leads there. Blocks while the name is looked up."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except OSError:
        return ""
    for family, kind, protocol, _, address in found:
        try:
            with socket.socket(family, kind, protocol) as probe:
                probe.connect(address)
                return str(probe.getsockname()[0])
        except OSError:
            continue
    return ""


def let_in(address: str, networks: Sequence[str]) -> bool:
    """Whether an address lies in one of these networks (`10.20.0.0/16`)."""
    return any(ip_address(address) in ip_network(network) for network in networks)
