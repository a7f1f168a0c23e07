"""Write the replacement or void of a claim from its sealed bytes, as a file that comes in like any other."""

from __future__ import annotations

from datetime import datetime

from gateway.errors import Refused
from gateway.model.partners import Lane
from gateway.model.sending import OutboundEnvelope, PlacedSpan
from gateway.resubmission import Wanted
from gateway.sending import stage_of
from gateway.store.resubmissions import Basis
from gateway.workers.site import Site
from gateway.x12.correcting import Correction

_FROM, _TO = "RESUBMISSION", "GATEWAY"
"""ISA06 and ISA08. The file goes from here to here: nothing of its envelope is sent on."""


def lane_of(site: Site, basis: Basis) -> Lane:
    """By which lane it would go. Raises Refused where none leads there."""
    payer = site.directory.payer_of(basis.claim.payer_id)
    lane = site.directory.lane_for(payer.key, stage_of(basis.usage)) if payer else None
    if lane is None:
        raise Refused(
            "no lane leads to the payer of this claim",
            code="ROUTE_MISSING",
            next_step="Add a route in conf/routes.toml and an account at its partner in conf/partners/.",
        )
    return lane


def compose(site: Site, basis: Basis, wanted: Wanted, control: int) -> bytes:
    """The whole interchange; a claim is small. Raises Refused and Malformed."""
    envelope = _envelope(site, basis, lane_of(site, basis), control)
    with site.vault.reader(basis.document) as reader:

        def read(source: PlacedSpan) -> bytes:
            return reader.read(source.span)

        correction = Correction(
            envelope, basis.levels, basis.source, read,
            kind=basis.situation.kind, frequency=wanted.frequency, number=basis.situation.number,
        )  # fmt: skip
        return b"".join(correction.blocks())


def _envelope(site: Site, basis: Basis, lane: Lane, control: int) -> OutboundEnvelope:
    account = lane.account
    moment = site.clock().astimezone(site.zone)
    return OutboundEnvelope(
        delimiters=basis.delimiters,
        sender_qualifier="ZZ",
        sender=_FROM,
        receiver_qualifier="ZZ",
        receiver=_TO,
        group_sender=account.submitter_id,
        group_receiver=account.submitter_id,
        submitter_name=account.submitter_name,
        contact_phone=account.contact_phone,
        receiver_name=account.submitter_name,
        moment=datetime.fromisoformat(moment.strftime("%Y-%m-%dT%H:%M:%S")),
        control=control,
        reference=f"RS{control}",
        mode=basis.mode,
        version=basis.version,
        usage=basis.usage,
        ack_requested=False,
    )
