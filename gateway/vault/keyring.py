"""The keyring: random data keys, each for one purpose, wrapped under the root key."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.errors import Refused
from gateway.vault.files import read_private, write_private
from gateway.vault.root import RootKey, check_value

Purpose = Literal["db", "doc", "idx", "cred", "audit", "backup"]
"""The database, sealed documents, names and blind indexes, stored secrets, the chain of events, backups."""

_FORMAT = "gateway keyring 1"
_NONCE = 12
_RESTORE = "Restore keyring.json from the latest backup."


@dataclass(frozen=True, slots=True)
class DataKey:
    """32 random bytes for one purpose. `kid` is 8 hex digits, unique in its keyring; `retired` is the moment from
    which it only reads what it once wrote (None: in use)."""

    kid: str
    secret: bytes = field(repr=False)
    purpose: str
    created: datetime
    retired: datetime | None = None


class Keyring:
    """The data keys of a site, unwrapped; the root key is not kept. The file is small, 0600, and part of each backup.

    Every purpose has one key in use, and any number of retired ones.
    """

    def __init__(self, path: Path, check: bytes, keys: Mapping[str, DataKey]) -> None:
        self._path, self._check, self._keys = path, check, dict(keys)

    @classmethod
    def create(cls, path: Path, root: RootKey, *, now: datetime | None = None) -> Keyring:
        """Make a keyring with one new key for each purpose. Raises Refused KEYRING_EXISTS, having changed nothing."""
        keys: dict[str, DataKey] = {}
        for purpose in get_args(Purpose):
            key = _new_key(purpose, keys, now)
            keys[key.kid] = key
        try:
            write_private(path, _wrapped(keys, root))
        except FileExistsError:
            raise _refusal(
                path, "EXISTS", "is there already", "Open it: what its keys protect is lost without it."
            ) from None
        return cls(path, check_value(root), keys)

    @classmethod
    def open(cls, path: Path, root: RootKey) -> Keyring:
        """Read and unwrap a keyring. Raises Refused with KEYRING_MISSING, KEYRING_ROOT (another root key made it),
        KEYRING_DAMAGED, or as `read_private` does."""
        try:
            content = read_private(path)
        except FileNotFoundError:
            raise _refusal(path, "MISSING", "does not exist", _RESTORE) from None
        try:
            document = json.loads(content)
            made_under = _made_under(document)
            if made_under != check_value(root):
                raise _other_root(path, made_under, root)
            keys = _unwrapped(document["keys"], root)
        except (ValueError, KeyError, TypeError, AttributeError, InvalidTag):
            raise _refusal(path, "DAMAGED", "is damaged", _RESTORE) from None
        return cls(path, made_under, keys)

    def key(self, purpose: Purpose) -> DataKey:
        """The key in use for this purpose."""
        return next(key for key in self._keys.values() if key.purpose == purpose and key.retired is None)

    def by_kid(self, kid: str, purpose: Purpose | None = None) -> DataKey:
        """The key of this id, in use or retired. Raises Refused KEY_UNKNOWN, also for a key of another purpose."""
        key = self._keys.get(kid)
        if key is None or purpose not in {None, key.purpose}:
            raise Refused(
                f"the keyring has no such key as {kid}" + (f" for {purpose}" if purpose else ""),
                code="KEY_UNKNOWN",
                next_step="Restore the newest keyring.json that was backed up with what this key protects.",
            )
        return key

    def secrets(self, purpose: Purpose) -> dict[str, bytes]:
        """Every key that ever served this purpose by its id, the one in use first, then from the newest."""
        own = [key for key in self._keys.values() if key.purpose == purpose]
        own.sort(key=lambda key: (key.retired is None, key.created), reverse=True)
        return {key.kid: key.secret for key in own}

    def rotate(self, purpose: Purpose, root: RootKey, *, now: datetime | None = None) -> DataKey:
        """Put a new key in use and retire the present one, which goes on reading what it wrote.

        It re-encrypts nothing: who owns a database opens it under the next of `secrets` and re-keys it.
        Raises Refused KEYRING_ROOT.
        """
        if check_value(root) != self._check:
            raise _other_root(self._path, self._check, root)
        old, new = self.key(purpose), _new_key(purpose, self._keys, now)
        keys = self._keys | {old.kid: replace(old, retired=new.created), new.kid: new}
        write_private(self._path, _wrapped(keys, root), replace=True)
        self._keys = keys
        return new

    def rewrap(self, new_root: RootKey) -> None:
        """Wrap the same data keys under another root key, which must already be stored safely: from now on only it
        opens the file."""
        write_private(self._path, _wrapped(self._keys, new_root), replace=True)
        self._check = check_value(new_root)


def _new_key(purpose: str, others: Mapping[str, DataKey], now: datetime | None) -> DataKey:
    kid = os.urandom(4).hex()
    while kid in others:
        kid = os.urandom(4).hex()
    return DataKey(kid, os.urandom(32), purpose, now or datetime.now(UTC))


def _wrapped(keys: Mapping[str, DataKey], root: RootKey) -> bytes:
    """The file's content. Each key is bound to its purpose and id, so that none passes for another."""
    kek = AESGCM(root.derive(b"kek"))
    entries = {}
    for key in keys.values():
        nonce = os.urandom(_NONCE)
        wrapped = nonce + kek.encrypt(nonce, key.secret, _binding(key.purpose, key.kid))
        entries[key.kid] = {
            "purpose": key.purpose,
            "created": _moment(key.created),
            "retired": key.retired and _moment(key.retired),
            "wrapped": wrapped.hex(),
        }
    document = {"format": _FORMAT, "root": check_value(root).hex(), "keys": entries}
    return json.dumps(document, indent=1).encode()


def _made_under(document: dict[str, str]) -> bytes:
    """The check value of the root key that the file names."""
    if document["format"] != _FORMAT:
        raise ValueError("another format")
    return bytes.fromhex(document["root"])


def _unwrapped(entries: dict[str, dict[str, str]], root: RootKey) -> dict[str, DataKey]:
    """The keys of a file's entries. Raises InvalidTag, or one of many for what `_wrapped` did not write."""
    kek = AESGCM(root.derive(b"kek"))
    keys = {}
    for kid, entry in entries.items():
        wrapped = bytes.fromhex(entry["wrapped"])
        secret = kek.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _binding(entry["purpose"], kid))
        retired = _parsed(entry["retired"]) if entry["retired"] else None
        keys[kid] = DataKey(kid, secret, entry["purpose"], _parsed(entry["created"]), retired)
    in_use = sorted(key.purpose for key in keys.values() if key.retired is None)
    if in_use != sorted(get_args(Purpose)):
        raise ValueError("not one key in use for each purpose")
    return keys


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def _parsed(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _binding(purpose: str, kid: str) -> bytes:
    return f"{purpose}|{kid}".encode()


def _other_root(path: Path, made_under: bytes, root: RootKey) -> Refused:
    what = f"was made under the root key with check value {made_under.hex()}, not {check_value(root).hex()}"
    return _refusal(path, "ROOT", what, "Use the root key that belongs to it, from its recovery copy if need be.")


def _refusal(path: Path, code: str, what: str, step: str) -> Refused:
    return Refused(f"{path} {what}", code=f"KEYRING_{code}", place=str(path), next_step=step)
