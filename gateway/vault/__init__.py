"""Safe keeping: the root key and the keyring, sealed documents, and secrets looked up when they are used."""

from __future__ import annotations

from gateway.vault.archives import ARCHIVES, Packed, members, nested, unpacked
from gateway.vault.credentials import CredentialKind, Secret
from gateway.vault.credentials import resolve as resolve_credential
from gateway.vault.documents import DocumentReader, SealedDocument, Vault
from gateway.vault.keyring import DataKey, Keyring, Purpose
from gateway.vault.root import (
    RootKey,
    check_value,
    create_root_key,
    recovery_text,
    root_from_recovery_text,
    root_key,
    write_root_key,
)

__all__ = [
    "ARCHIVES",
    "CredentialKind",
    "DataKey",
    "DocumentReader",
    "Keyring",
    "Packed",
    "Purpose",
    "RootKey",
    "SealedDocument",
    "Secret",
    "Vault",
    "check_value",
    "create_root_key",
    "members",
    "nested",
    "recovery_text",
    "resolve_credential",
    "root_from_recovery_text",
    "root_key",
    "unpacked",
    "write_root_key",
]
