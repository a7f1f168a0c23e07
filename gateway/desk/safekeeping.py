"""Backups that can be restored: database, vault and keyring, never the root key."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from gateway import events as e
from gateway.config import load_settings
from gateway.errors import Malformed, Refused
from gateway.store import AuditKey, Store, documents, journal, submissions
from gateway.store.connection import connect
from gateway.vault import Keyring, Vault, root_key
from gateway.workers.site import Site, exclusive, utc_now

SKIPPED_NUMBERS = 1000
"""Every control number moves on by so many after a restore, and by one more for each second since the backup's last
event: what was sent since then is unknown here, and the same backup may be restored twice."""
RESTORING = "restoring"


async def backup(site: Site, folder: str, actor: str) -> dict[str, Any]:
    """Write a backup into a new folder while the service goes on. The database copy has a key of its own."""
    final = Path(folder)
    if final.exists():
        raise Refused(f"{final} exists", code="BACKUP_EXISTS", next_step="Name a folder that does not exist yet.")
    target = final.with_name(f"{final.name}.part")
    await site.thread(shutil.rmtree, target, ignore_errors=True)
    target.mkdir(parents=True, mode=0o700)
    copied = await site.thread(_copy_vault, site, target)
    await site.store.backup(target / "gateway.db", site.keyring.key("backup").secret)
    copied += await site.thread(_copy_vault, site, target)
    await site.thread(shutil.copy2, site.settings.keys.keyring, target / "keyring.json")
    await site.thread(_verify, target, site.keyring)
    await site.thread(target.rename, final)
    await site.store.write_as(actor, journal.happened, [e.BackupTaken(documents=copied)])
    return {"folder": str(final), "documents": copied}


def _copy_vault(site: Site, target: Path) -> int:
    """Copy what is not there yet. Run before and after the database copy, so that no row lacks its document."""
    copied = 0
    for name in site.vault.names():
        source = site.vault.path(name)
        place = target / "vault" / source.parent.name / source.name
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copy2(source, place)
            copied += 1
    return copied


async def restore(config: Path, folder: Path) -> dict[str, Any]:
    """Put a backup in the place of a site that has no data yet. Nothing is sent again: what was not surely at its
    partner is in doubt or waits, and every control number moves on."""
    settings = load_settings(config)
    database = settings.site.data / "gateway.db"
    if database.exists():
        raise Refused(
            f"{settings.site.data} holds data",
            code="SITE_HAS_DATA",
            next_step="Move that folder away first; a restore never overwrites.",
        )
    root = root_key(settings.keys.key_file, os.environ)
    keyring = Keyring.open(folder / "keyring.json", root)
    checked = _verify(folder, keyring)
    with exclusive(settings.site.data):
        draft = settings.site.data / RESTORING
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        shutil.copytree(folder / "vault", settings.site.data / "vault", dirs_exist_ok=True)
        _copy_database(
            folder / "gateway.db", keyring.key("backup").secret, draft / "gateway.db", keyring.key("db").secret
        )
        skipped = await _move_on(draft / "gateway.db", keyring)
        if settings.keys.keyring.exists():
            settings.keys.keyring.rename(settings.keys.keyring.with_suffix(".before-restore"))
        shutil.copy2(folder / "keyring.json", settings.keys.keyring)
        (draft / "gateway.db").rename(database)
        draft.rmdir()
    return {"documents": checked, "skipped": skipped}


async def _move_on(database: Path, keyring: Keyring) -> int:
    """Make the copy safe to run: new numbers, and everything that may have been sent since in doubt or held. Done
    before it gets its final name, so that a restore that was cut off leaves no site that runs."""
    audit = AuditKey(keyring.key("audit").kid, keyring.secrets("audit"))
    store = await Store.open(database, keyring.key("db").secret, audit, utc_now)
    try:
        skipped = SKIPPED_NUMBERS + await store.read(submissions.seconds_since)
        await store.write_as("restore", submissions.restored, skipped)
    finally:
        await store.close()
    return skipped


def _verify(folder: Path, keyring: Keyring) -> int:
    """Open every document that the backup's database knows. Raises Malformed for one that is damaged or missing."""
    if not (folder / "gateway.db").is_file():
        raise Refused(
            f"{folder} is no whole backup: it has no gateway.db", code="BACKUP_BROKEN", next_step="Use another backup."
        )
    conn = connect(folder / "gateway.db", keyring.key("backup").secret, read_only=True)
    try:
        names = [row[0] for row in documents.all_names(conn)]
    finally:
        conn.close()
    vault = Vault(folder / "vault", keyring)
    for name in names:
        try:
            vault.verify(name)
        except (FileNotFoundError, Refused):
            raise Malformed(
                "a document is missing from the backup",
                code="VAULT_MISSING",
                place=name,
                next_step="Use another backup.",
            ) from None
    return len(names)


def _copy_database(source: Path, source_key: bytes, target: Path, target_key: bytes) -> None:
    conn = connect(source, source_key)
    try:
        copy = connect(target, target_key)
        try:
            conn.backup(copy)
        finally:
            copy.close()
    finally:
        conn.close()
