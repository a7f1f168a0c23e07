"""What a partner names that a plugin should bring, and none does."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.config.wording import nearest
from gateway.model.partners import Partner
from gateway.plugins import Registry


def unmet(partner: Partner, registry: Registry) -> Iterator[str]:
    """As `place: what; the names there are`."""
    scheme = partner.endpoint.scheme
    if scheme not in registry.transports:
        yield f"endpoint.scheme: no plugin brings the transport {scheme}; {nearest(scheme, registry.transports)}"
    for wrapping in partner.habits.wraps:
        if wrapping not in registry.wrappings:
            yield f"wraps: no plugin brings the wrapping {wrapping}; {nearest(wrapping, registry.wrappings)}"
