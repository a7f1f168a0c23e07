"""Sort what was fetched: answers are posted, archives unpacked, other mail kept."""

from __future__ import annotations

from itertools import chain

from gateway.errors import Malformed, Unlawful
from gateway.logs import logger
from gateway.model.answers import HEAD_BYTES, Answer, Note
from gateway.model.partners import Lane
from gateway.store import answers, mail, numbers, pickups, troubles
from gateway.store.connection import Row
from gateway.vault import ARCHIVES, nested
from gateway.workers.intake import VAULT_DAMAGED
from gateway.workers.reading import answers_in, guide_flags
from gateway.workers.site import Site
from gateway.workers.unpacking import unpack, unwrap
from gateway.x12.answers.kinds import opening_envelope

READ_AT_ONCE = 500
_CUT = {"X12_INCOMPLETE", "ARCHIVE_CUT"}


async def read_fetched(site: Site, lane: Lane) -> int:
    """Read what was fetched from this lane; returns how many files. One unreadable file is kept aside and reported,
    and the next is read all the same."""
    waiting = await site.store.read(pickups.unread, lane.key, READ_AT_ONCE)
    for row in waiting:
        await _read_one(site, lane, row)
    if not waiting and await site.store.read(numbers.due, lane.key):
        await site.store.write(numbers.settle, lane.key)
    await _look_at_the_clock(site, lane)
    return len(waiting)


async def _look_at_the_clock(site: Site, lane: Lane) -> None:
    """Tell of a mailbox that was not read, or had nothing new, for too long."""
    if not lane.account.host_keys:
        return
    changes = await site.store.read(troubles.aging, lane.key, lane.account.endpoint.inbound, lane.partner.habits)
    if changes:
        await site.store.write(troubles.aged, lane.key, changes)


async def _read_one(site: Site, lane: Lane, row: Row) -> None:
    """What one file is decides what becomes of it; what it is called does not."""
    try:
        found = await site.thread(_looked_through, site, row["vault_name"])
        if found.archive and row["within"] in ARCHIVES:
            raise nested()
        if found.archive and await unpack(site, lane, row, found.archive):
            return
        if found.mail and await unwrap(site, lane, row, await site.thread(_head, site, row["vault_name"])):
            return
        if found.mail and "pgp" in found.notes:
            raise _encrypted()
    except Malformed as wrong:
        if wrong.code == VAULT_DAMAGED:
            raise
        await _keep_aside(site, lane, row, wrong)
        return
    await _post(site, lane, row, found)


class _Found:
    """What a readable document holds, looked through once before any of it counts."""

    def __init__(self) -> None:
        self.answered = False
        self.notes: dict[str, bool] = {}

    def see(self, answer: object) -> None:
        """One answer, or a note of what is none; flags beside an answer say nothing of the document."""
        if not isinstance(answer, Note):
            self.answered = True
        elif not answer.kind.startswith("flag:") and len(self.notes) < 10:
            self.notes.setdefault(answer.kind, answer.envelope is not None)

    @property
    def mail(self) -> bool:
        """Nothing in it is an answer, and it is no X12."""
        return not self.answered and not any(self.notes.values())

    @property
    def archive(self) -> str:
        """`zip` or `gzip` where it is one."""
        return next((kind for kind in self.notes if self.mail and kind in ARCHIVES), "")

    @property
    def kind(self) -> str:
        """What people see: `text`, `pdf`, or the set that nobody here reads (`824`)."""
        first = next(iter(self.notes), "x12")
        return first.partition(" ")[0] if self.notes.get(first) else first


def _looked_through(site: Site, vault_name: str) -> _Found:
    """Prove that the whole document can be read."""
    found = _Found()
    for answer in answers_in(site, vault_name):
        found.see(answer)
    return found


def _head(site: Site, vault_name: str) -> bytes:
    return next(site.vault.open(vault_name), b"")[:HEAD_BYTES]


async def _keep_aside(site: Site, lane: Lane, row: Row, wrong: Malformed) -> None:
    """A file that cannot be read. Its interchange came all the same: its number is not missing."""
    envelope = opening_envelope(await site.thread(_head, site, row["vault_name"]))
    if envelope:
        await site.store.write(numbers.met, lane.key, "unreadable", envelope)
    if wrong.code in _CUT and not row["within"]:
        await site.store.write(pickups.cut_off, row["id"], wrong.code, wrong.place, wrong.next_step)
        return
    await site.store.write(
        pickups.unreadable, row["id"], lane.key, row["document"], wrong.code, wrong.place, wrong.next_step
    )


async def _post(site: Site, lane: Lane, row: Row, found: _Found) -> None:
    """Post one readable document. What breaks on it breaks on it alone: it is kept aside, and the next is read."""
    try:
        await _post_all(site, lane, row["document"], row["vault_name"])
        if found.answered:
            await site.store.write(answers.done, row["id"], "READ")
        else:
            await site.store.write(mail.keep, row["id"], lane.key, row["document"], found.kind, row["bytes"])
    except (ArithmeticError, LookupError, TypeError, ValueError, Unlawful) as broken:
        logger().error("answer.broke", document=row["document"], exc_info=broken)
        step = "The document is kept. Please report this with the log line `answer.broke`."
        await site.store.write(pickups.unreadable, row["id"], lane.key, row["document"], "NOT_UNDERSTOOD", "", step)


async def _post_all(site: Site, lane: Lane, document: int, vault_name: str) -> None:
    """The whole document was readable: post its answers one by one. What was posted before a crash is left alone."""
    flags = await site.thread(guide_flags, site, vault_name)
    found = enumerate(chain(answers_in(site, vault_name), flags))
    while (step := await site.thread(next, found, None)) is not None:
        ordinal, answer = step
        await site.store.write(answers.post, _meant(site, lane, answer), document, ordinal, answer)


def _meant(site: Site, lane: Lane, answer: Answer) -> Lane:
    """The lane that an answer is for: this one, or its partner's other, where ISA15 says so. Both may read one folder, and
    whichever looks first fetches the answers of both."""
    if answer.envelope is None or answer.envelope.usage == lane.account.stage.usage:
        return lane
    others = (other for other in site.directory.lanes.values() if other.partner.key == lane.partner.key)
    return next((other for other in others if other.account.stage.usage == answer.envelope.usage), lane)


def _encrypted() -> Malformed:
    """It may be any answer, so it is no mail."""
    return Malformed(
        "an OpenPGP message that nothing here opens",
        code="ENCRYPTED",
        place="",
        next_step="The document is kept. Name `pgp` in the partner's `wraps` and the secret of our key in options.pgp"
        " (`open_with`), then `gateway mail again`; or ask the partner to send it unencrypted.",
    )
