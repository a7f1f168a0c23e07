"""The root key: where it comes from, and the form of it that a person can keep on paper."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.errors import ConfigError, Malformed, Refused
from gateway.vault.files import read_given, read_private, write_private

NAME = "master.key"
"""What the root key is called among the service manager's credentials."""

_BYTES = 32
_SALT = b"gateway/v1"
_ROW, _ROW_CHECK, _ROW_LETTERS = 8, 2, 16  # a row of the paper form: 8 bytes of the key and 2 that check them
_REPLACE = "Put the key's 32 bytes there again, from the recovery copy if need be."


@dataclass(frozen=True, slots=True)
class RootKey:
    """32 random bytes that wrap every data key. Never in the database, the settings, argv or the environment."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != _BYTES:
            raise ValueError(f"a root key has {_BYTES} bytes")

    def derive(self, purpose: bytes, length: int = _BYTES) -> bytes:
        """HKDF-SHA256 (RFC 5869) of the root key under the house's salt."""
        return HKDF(SHA256(), length, salt=_SALT, info=purpose).derive(self.secret)


def check_value(root: RootKey) -> bytes:
    """8 bytes that tell two root keys apart and say nothing else about them; fit to be shown."""
    return root.derive(b"check", 8)


def root_key(key_file: Path | None, environ: Mapping[str, str]) -> RootKey:
    """The root key: from the service manager where it gives one, else from the key file.

    Raises ConfigError when neither is there, Refused with KEY_FILE_SIZE or as `read_private` does.
    """
    given = read_given(NAME, environ)
    if given is not None:
        return _checked(given, f"the credential {NAME}")
    if key_file is None:
        raise ConfigError([f"keys.key_file: not set, and the service manager gives no credential {NAME}"])
    try:
        return _checked(read_private(key_file), str(key_file))
    except FileNotFoundError:
        lacking = (
            f"keys.key_file: {key_file} does not exist. Where the service alone has the key, start the service and ask "
            "again; where it is lost, `gateway keys recover` makes it from the recovery copy"
        )
        raise ConfigError([lacking]) from None


def create_root_key(path: Path) -> RootKey:
    """Make a new root key and its 0600 file. Raises Refused KEY_FILE_EXISTS rather than touch one that is there."""
    root = RootKey(os.urandom(_BYTES))
    write_root_key(path, root)
    return root


def write_root_key(path: Path, root: RootKey) -> None:
    """Put a root key into a new 0600 file. Raises Refused KEY_FILE_EXISTS rather than touch one that is there."""
    try:
        write_private(path, root.secret)
    except FileExistsError:
        raise Refused(
            f"{path} is there already",
            code="KEY_FILE_EXISTS",
            place=str(path),
            next_step="Use the key that is there: what it protects is lost without it. Or choose another file.",
        ) from None


def recovery_text(root: RootKey) -> str:
    """The root key to print and type back: 4 lines of 4 groups of 4 letters (base32), each line checked by itself."""
    rows = [root.secret[start : start + _ROW] for start in range(0, _BYTES, _ROW)]
    lines = [base64.b32encode(row + _row_check(number, row)).decode() for number, row in enumerate(rows)]
    return "\n".join(" ".join(line[start : start + 4] for start in range(0, len(line), 4)) for line in lines)


def root_from_recovery_text(text: str) -> RootKey:
    """The root key from its paper form; case, spacing and punctuation do not matter, and 0, 1 and 8 are read as
    O, I and B. Raises Malformed RECOVERY_TEXT, whose place is the line with a slip."""
    letters = "".join(filter(str.isalnum, text)).upper().replace("8", "B")
    expected = _BYTES // _ROW * _ROW_LETTERS
    if len(letters) != expected:
        raise _slip(f"the recovery text has {len(letters)} letters instead of {expected}", "")
    starts = range(0, expected, _ROW_LETTERS)
    return RootKey(b"".join(_row(number, letters[at : at + _ROW_LETTERS]) for number, at in enumerate(starts)))


def _row(number: int, letters: str) -> bytes:
    try:
        row = base64.b32decode(letters, map01="I")
    except (binascii.Error, ValueError):
        row = b""
    if row[_ROW:] != _row_check(number, row[:_ROW]):
        raise _slip("the recovery text has a slip", f"line {number + 1}")
    return row[:_ROW]


def _row_check(number: int, row: bytes) -> bytes:
    return hashlib.sha256(b"gateway recovery" + bytes([number]) + row).digest()[:_ROW_CHECK]


def _slip(message: str, place: str) -> Malformed:
    return Malformed(
        message, code="RECOVERY_TEXT", place=place, next_step="Compare it with the printed copy and type it again."
    )


def _checked(secret: bytes, where: str) -> RootKey:
    if len(secret) != _BYTES:
        message = f"{where} has {len(secret)} bytes; a root key has exactly {_BYTES}"
        raise Refused(message, code="KEY_FILE_SIZE", place=where, next_step=_REPLACE)
    return RootKey(secret)
