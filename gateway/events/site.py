"""The site: its roster, lists, plugins, backups and digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from gateway.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSetAside(Event):
    """Something in the spool is no plain readable file; it lies unread in refused/ with an answer beside it."""

    name: ClassVar[str] = "spool.set_aside"
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChanged(Event):
    """Enrollment records were added or superseded; the claims they concern are judged again."""

    name: ClassVar[str] = "roster.changed"
    added: int
    superseded: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRefused(Event):
    """What an enrollment source brought has `count` problems, the first of them at `place`: nothing of it was applied,
    and the records stay as they were."""

    name: ClassVar[str] = "roster.refused"
    code: str
    place: str
    next: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginDisabled(Event):
    """Something of the plugin failed too often in a row, last as `code` says: nothing of it is called any more."""

    name: ClassVar[str] = "plugin.disabled"
    plugin: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginResumed(Event):
    """A person says that the plugin is mended."""

    name: ClassVar[str] = "plugin.resumed"
    plugin: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListImported(Event):
    """Another edition of a public list is in force: its `number` at this site, the day it speaks for, and how many rows it
    has. `reason` is why it was taken although it shrank. A code list of the guides is one too, without a number."""

    name: ClassVar[str] = "list.imported"
    list: str
    number: int
    dated: date
    rows: int
    sha256: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupTaken(Event):
    """A backup of database, vault and keyring was written."""

    name: ClassVar[str] = "backup.taken"
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRestored(Event):
    """The site was restored from a backup; every control number moved on by `skipped`."""

    name: ClassVar[str] = "site.restored"
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestMailed(Event):
    """The morning's digest went to `count` addresses."""

    name: ClassVar[str] = "digest.mailed"
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFailed(Event):
    """The digest could not be sent by mail; nothing else waited for it."""

    name: ClassVar[str] = "digest.failed"
    code: str
    next: str
