"""Compose a planned submission from sealed spans and seal the result; equal bytes at every call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack

from gateway import events as e
from gateway.amendments import amended, compare, prove_whole
from gateway.errors import Refused
from gateway.hosting.plugin import PluginFailed
from gateway.model.partners import Lane
from gateway.model.sending import OutboundEnvelope, PlacedAttempt, PlacedSpan
from gateway.store import inquiry_plans, submissions
from gateway.store.documents import Sealed
from gateway.store.submissions import Outline
from gateway.workers.asking import seal_request
from gateway.workers.site import Site
from gateway.workers.transmit import failures_of, lane_failure
from gateway.x12.outbound import Composition


async def compose(site: Site, lane: Lane, submission: int) -> bool:
    """Write the bytes of one submission into the vault and commit where each claim stands in them. What may not be
    written stops the lane until a person mends it, and where a plugin broke it is tried again later: False."""
    outline, questions, named = await site.store.read(inquiry_plans.outlined, submission)
    try:
        placed: Sequence[PlacedAttempt] = ()
        if questions:
            sealed = await site.thread(seal_request, site, lane, envelope_of(lane, outline), questions, named)
        else:
            sealed, placed = await site.thread(lambda: _seal(site, lane, outline))
        wire = await site.thread(lambda: _wrap(site, lane, outline.remote_name, sealed))
    except Refused as refused:
        stopped = e.LaneStopped(lane=lane.key, code=refused.code, next=refused.next_step)
        await site.store.write(submissions.happened, stopped)
        return False
    except PluginFailed as failed:
        await site.store.write(submissions.happened, *lane_failure(lane, failed, await failures_of(site, lane)))
        return False
    await site.store.write(submissions.composed, submission, sealed, placed, wire)
    return True


def _seal(site: Site, lane: Lane, outline: Outline) -> tuple[Sealed, Sequence[PlacedAttempt]]:
    with ExitStack() as opened:
        readers = {
            document: opened.enter_context(site.vault.reader(name)) for document, name in outline.documents.items()
        }

        def read(source: PlacedSpan) -> bytes:
            return readers[source.document].read(source.span)

        composition = Composition(envelope_of(lane, outline), outline.levels, outline.claims, read)
        composed = composition.blocks()
        written = amended(composed, lane.partner, site.registry.amendments)
        sealed = site.vault.seal(written)
        if written is composed:
            prove_whole(site.vault.open(sealed.name))
        else:
            compare(composition.blocks(), site.vault.open(sealed.name))
        return sealed, composition.placed


def _wrap(site: Site, lane: Lane, name: str, sealed: Sealed) -> Sealed:
    """The bytes that go on the wire: the interchange itself, unless the partner wants it wrapped."""
    if not lane.partner.habits.wraps:
        return sealed
    blocks: Iterable[bytes] = site.vault.open(sealed.name)
    for wrapping in site.wrappings(lane.partner):
        blocks = wrapping.wrap(blocks, name)
    return site.vault.seal(blocks)


def envelope_of(lane: Lane, outline: Outline) -> OutboundEnvelope:
    """Who we are to this partner, with the numbers this submission has taken."""
    partner, account = lane.partner, lane.account
    return OutboundEnvelope(
        delimiters=outline.delimiters,
        sender_qualifier=account.sender.qualifier,
        sender=account.sender.id,
        receiver_qualifier=partner.receiver.qualifier,
        receiver=partner.receiver.id,
        group_sender=account.submitter_id,
        group_receiver=partner.group_receiver or partner.receiver.id,
        submitter_name=account.submitter_name,
        contact_phone=account.contact_phone,
        receiver_name=partner.name,
        moment=outline.moment,
        control=outline.isa13,
        reference=outline.reference,
        mode=outline.mode,
        version=outline.version,
        usage=outline.usage,
        ack_requested=partner.sends("TA1"),
    )
