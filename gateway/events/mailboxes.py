"""What partners lay out for us: their mailboxes, mail, and documents given to people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxTroubled(Event):
    """Something about a partner's mailbox needs a look, told once: `code` says what, `place` is the folder."""

    name: ClassVar[str] = "mailbox.troubled"
    lane: str
    code: str
    place: str = ""
    count: int = 0
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxRecovered(Event):
    """What was told of a mailbox is over."""

    name: ClassVar[str] = "mailbox.recovered"
    lane: str
    code: str
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxGap(Event):
    """A partner that counts by one left out `count` control numbers from `number` on: files that never came here. `code`
    is ISA13 or GS06, `form` the kind of answer behind the gap."""

    name: ClassVar[str] = "mailbox.gap"
    lane: str
    code: str
    form: str
    number: int
    count: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxGapClosed(Event):
    """The numbers that were missing from `number` on have all come."""

    name: ClassVar[str] = "mailbox.gap_closed"
    lane: str
    code: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDiscarded(Event):
    """A file that is committed here was removed at the partner, as its declaration asks."""

    name: ClassVar[str] = "mailbox.discarded"
    lane: str
    document: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReceived(Event):
    """A file that is no answer: kept, for a person to read. `form` is what it looks like."""

    name: ClassVar[str] = "mail.received"
    lane: str
    mail: int
    document: int
    form: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDone(Event):
    """A person has done with a file what there was to do."""

    name: ClassVar[str] = "mail.done"
    lane: str
    mail: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentOpened(Event):
    """A person was given a sealed document, whole or a part of it."""

    name: ClassVar[str] = "document.opened"
    document: int
