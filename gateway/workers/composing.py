"""Compose a planned submission from sealed spans and seal the result; equal bytes at every call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from gateway import events as e
from gateway.amendments import amended
from gateway.errors import Refused
from gateway.faithful import Says, claims, compare, prove_whole, questions
from gateway.hosting.plugin import PluginFailed
from gateway.model.partners import Lane
from gateway.model.sending import OutboundEnvelope, PlacedAttempt, PlacedSpan
from gateway.partnership.typed import RESUME, then_resumed
from gateway.store import inquiry_plans, submissions
from gateway.store.documents import Sealed
from gateway.store.inquiry_plans import PlacedQuestion
from gateway.store.submissions import Outline
from gateway.workers.asking import written
from gateway.workers.site import Site
from gateway.workers.transmit import failures_of, lane_failure
from gateway.x12.outbound import Composition


async def compose(site: Site, lane: Lane, submission: int) -> bool:
    """Write the bytes of one submission into the vault and commit where each claim stands in them. What may not be
    written stops the lane until a person mends it, and where a plugin broke it is tried again later: False."""
    outline, asked, named = await site.store.read(inquiry_plans.outlined, submission)
    try:
        placed: Sequence[PlacedAttempt] = ()
        if asked:
            sealed = await site.thread(_seal_questions, site, lane, outline, asked, named)
        else:
            sealed, placed = await site.thread(_seal_claims, site, lane, outline)
        wire = await site.thread(lambda: _wrap(site, lane, outline.remote_name, sealed))
        _refuse_larger(lane, wire.size)
    except Refused as refused:
        stopped = e.LaneStopped(lane=lane.key, code=refused.code, next=then_resumed(refused.next_step, lane.key))
        await site.store.write(submissions.happened, stopped)
        return False
    except PluginFailed as failed:
        await site.store.write(submissions.happened, *lane_failure(lane, failed, await failures_of(site, lane)))
        return False
    await site.store.write(submissions.composed, submission, sealed, placed, wire)
    return True


def _seal_questions(
    site: Site, lane: Lane, outline: Outline, asked: Sequence[PlacedQuestion], documents: dict[int, str]
) -> Sealed:
    with _reading(site, documents) as read:
        request = [written(envelope_of(lane, outline), asked, read)]
    return _seal(site, lane, lambda: request, questions)


def _seal_claims(site: Site, lane: Lane, outline: Outline) -> tuple[Sealed, Sequence[PlacedAttempt]]:
    with _reading(site, outline.documents) as read:
        composition = Composition(envelope_of(lane, outline), outline.levels, outline.claims, read)
        return _seal(site, lane, composition.blocks, claims), composition.placed


@contextmanager
def _reading(site: Site, documents: Mapping[int, str]) -> Iterator[Callable[[PlacedSpan], bytes]]:
    """What reads spans of these documents."""
    with ExitStack() as opened:
        readers = {row: opened.enter_context(site.vault.reader(name)) for row, name in documents.items()}
        yield lambda source: readers[source.document].read(source.span)


def _seal(site: Site, lane: Lane, compose: Callable[[], Iterable[bytes]], says: Says) -> Sealed:
    """Seal what is composed as the amendments leave it. Raises Refused where one changed what it says."""
    composed = compose()
    after = amended(composed, lane.partner, site.registry.amendments)
    sealed = site.vault.seal(after)
    if after is composed:
        prove_whole(site.vault.open(sealed.name))
    else:
        compare(compose(), site.vault.open(sealed.name), says)
    return sealed


def _wrap(site: Site, lane: Lane, name: str, sealed: Sealed) -> Sealed:
    """The bytes that go on the wire: the interchange itself, unless the partner wants it wrapped."""
    if not lane.partner.habits.wraps:
        return sealed
    blocks: Iterable[bytes] = site.vault.open(sealed.name)
    for wrapping in site.wrappings(lane.partner):
        blocks = wrapping.wrap(blocks, name)
    return site.vault.seal(blocks)


def _refuse_larger(lane: Lane, size: int) -> None:
    """Claims were chosen so that their file is small enough, whatever the gateway itself writes."""
    largest = lane.partner.habits.largest_file
    if largest and size > largest:
        raise Refused(
            f"the file has {size} bytes, and the partner takes no more than {largest}",
            code="FILE_TOO_LARGE",
            next_step="Correct the plugin whose amendment or wrapping makes it larger, or `largest_file` in the"
            f" declaration; then `{RESUME}`.",
        )


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
        payer_ids=outline.payer_ids,
    )
