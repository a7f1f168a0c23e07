"""Secrets by name, looked up at the moment of use and kept nowhere: a partner's password or our private key for it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from gateway.errors import Refused
from gateway.vault.files import read_given, read_private
from gateway.vault.root import NAME as ROOT_KEY

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_PRIVATE_KEY = re.compile(rb"-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----")
_PGP_KEY = re.compile(rb"-----BEGIN PGP PRIVATE KEY BLOCK-----")
_MARK = b"\xef\xbb\xbf"
"""What some editors write before a text: no part of a secret, and no server would take it for one."""
_LOOKALIKE = re.compile(rb"-----BEGIN|---- BEGIN|PuTTY-User-Key-File|(ssh|ecdsa|sk)-[a-z0-9@.-]+ AAAA")


class CredentialKind(StrEnum):
    """How it proves who we are: to log in, or by OpenPGP to sign and to open, which no server takes for a login."""

    PASSWORD = "password"
    PRIVATE_KEY = "private_key"
    PGP_KEY = "pgp_key"


@dataclass(frozen=True, slots=True)
class Secret:
    """A password without its line break, or a private key as its file has it. Its repr shows nothing of it."""

    kind: CredentialKind
    _value: bytes = field(repr=False)

    def reveal(self) -> bytes:
        """The secret itself, for the moment of use."""
        return self._value


def resolve(name: str, secrets_dir: Path | None, environ: Mapping[str, str] = os.environ) -> Secret:
    """The secret of this name: from the service manager where it gives one, else the file of that name in the secrets
    directory, which must be as private as the key file.

    Raises Refused with CREDENTIAL_NAME, CREDENTIAL_MISSING, CREDENTIAL_EMPTY, CREDENTIAL_KIND, or as `read_private`.
    """
    if not _NAME.fullmatch(name) or name == ROOT_KEY:
        raise _refusal("this cannot be a credential's name", "NAME", "", "Use letters, digits, dots, - and _ only.")
    value = read_given(name, environ)
    if value is None:
        value = _from_folder(name, secrets_dir)
    value = value.removeprefix(_MARK)
    value = value.strip() + b"\n" if _PRIVATE_KEY.match(value.lstrip()) else value.rstrip(b"\r\n")
    return Secret(_kind(name, value), value)


def _from_folder(name: str, secrets_dir: Path | None) -> bytes:
    try:
        if secrets_dir is not None:
            return read_private(secrets_dir / name)
    except FileNotFoundError:
        pass
    where = f"{secrets_dir / name}, mode 0600" if secrets_dir else "the directory that keys.secrets_dir names"
    raise _refusal(f"there is no credential {name}", "MISSING", name, f"Put the password or private key into {where}.")


def _kind(name: str, value: bytes) -> CredentialKind:
    """What the secret is. A key in another form is refused: taken for a password, it would be sent to the server."""
    if not value:
        raise _refusal(f"the credential {name} is empty", "EMPTY", name, "Put the password or private key into it.")
    if _PRIVATE_KEY.match(value):
        return CredentialKind.PRIVATE_KEY
    if _PGP_KEY.match(value.lstrip()):
        return CredentialKind.PGP_KEY
    if _LOOKALIKE.match(value.lstrip()):
        step = "Put the private key in OpenSSH form there (PuTTYgen: Conversions, Export OpenSSH key)."
        raise _refusal(f"the credential {name} is a key, but no private key in OpenSSH form", "KIND", name, step)
    return CredentialKind.PASSWORD


def _refusal(message: str, code: str, place: str, step: str) -> Refused:
    return Refused(message, code=f"CREDENTIAL_{code}", place=place, next_step=step)
