"""Who the server is, and who we are: pinned host keys, and one login with a key or a password."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial

import paramiko

from gateway.errors import Refused
from gateway.sftp.faults import fault
from gateway.sftp.line import Limits, Line

# Each type of host key with the algorithms that prove it; ssh-rsa's own, with SHA-1, is none of them.
HOST_KEYS = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}


def fingerprint(key: bytes) -> str:
    """As `ssh-keygen -l` prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def read_pins(host_keys: Sequence[str], server: str) -> dict[bytes, str]:
    """The pinned keys (`ssh-ed25519 AAAA...`, comment allowed), each with its type; at least one."""
    pins = {}
    for text in host_keys:
        try:
            kind, encoded = text.split()[:2]
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise fault("HOST_KEY_UNREADABLE", server) from None
        if kind not in HOST_KEYS or not key.startswith(len(kind).to_bytes(4, "big") + kind.encode()):
            raise fault("HOST_KEY_UNREADABLE", server)
        pins[key] = kind
    if not pins:
        raise fault("HOST_KEY_UNPINNED", server)
    return pins


def is_password(secret: bytes) -> bool:
    """Whether it is used as a password, and so may run out; else as a private key."""
    text = secret.strip(b"\r\n")
    return bool(text) and not text.startswith(b"-----BEGIN")


def read_credential(secret: bytes, server: str) -> paramiko.PKey | str:
    """A private key where it looks like one, else a password (UTF-8; the line end of its file is not part of it)."""
    text = secret.decode().strip("\r\n")
    if is_password(secret):
        return text
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        with suppress(Exception):  # each fails in its own way on the others' keys
            return kind.from_private_key(io.StringIO(text))
    raise fault("CREDENTIAL_UNREADABLE", server)


def dial_pinned(line: Line, pins: dict[bytes, str]) -> paramiko.Transport:
    """In the thread: an encrypted session with the pinned server and no other."""
    preferred = [name for kind in pins.values() for name in HOST_KEYS[kind]]
    others = [name for names in HOST_KEYS.values() for name in names]
    session = line.dial(tuple(dict.fromkeys(preferred + others)))
    shown = session.get_remote_server_key().asbytes()
    if shown not in pins:
        detail = f"it shows {fingerprint(shown)}, pinned is {_listed(pins)}"
        raise fault("HOST_KEY_CHANGED", line.server, detail)
    return session


def log_in(line: Line, session: paramiko.Transport, user: str, credential: paramiko.PKey | str) -> None:
    """In the thread: one attempt."""
    try:
        if isinstance(credential, str):
            unfinished = _give(line, session, user, credential)
        else:
            unfinished = session.auth_publickey(user, credential)
    except (EOFError, OSError, paramiko.SSHException) as error:
        if isinstance(credential, str) and session.packetizer.asked and not session.packetizer.refused:
            raise fault("LOGIN_REFUSED", line.server, _MORE) from None
        lost = line.expired or isinstance(error, EOFError | OSError) or "EOF" in str(error)
        unanswered = lost and not session.packetizer.refused
        raise fault("LOGIN_UNANSWERED" if unanswered else "LOGIN_REFUSED", line.server) from None
    if unfinished or not session.is_authenticated():
        raise fault("LOGIN_REFUSED", line.server, "it asks for a second factor")


_MORE = "it asks for more than the password, such as a new one"


def _give(line: Line, session: paramiko.Transport, user: str, password: str) -> list[str]:
    """A server that wants the password as keyboard-interactive gets it so, for it has judged nothing before that. It gets
    it once: whatever it asks for then, such as a new password, must not be answered with the old one."""
    asked = 0

    def answer(title: str, instructions: str, prompts: Sequence[tuple[str, bool]]) -> list[str]:
        nonlocal asked
        asked += len(prompts)
        if prompts and asked > 1:
            raise fault("LOGIN_REFUSED", line.server, _MORE)
        return [password] * len(prompts)

    try:
        return list(session.auth_password(user, password, fallback=False))
    except paramiko.BadAuthenticationType as other:
        if "keyboard-interactive" not in other.allowed_types:
            raise
    return list(session.auth_interactive(user, answer))


async def scan_host_key(
    host: str, port: int = 22, limits: Limits | None = None, legacy: Sequence[str] = ()
) -> list[str]:
    """The host keys a server shows (`ssh-ed25519 AAAA...`), one of each family it has. No login is sent."""
    limits, found = limits or Limits(), []
    for family in ("ed25519", "ecdsa", "rsa"):
        names = tuple(name for names in HOST_KEYS.values() for name in names if family in name)
        line = Line(host, port, limits, legacy)
        try:
            found.append(await line.within(limits.connect, partial(_show, line, names), limits.connect))
        except Refused:
            continue  # it has no key of this family
        finally:
            await line.hang_up()
    if not found:
        raise fault("NO_COMMON_ALGORITHM", f"{host}:{port}")
    return found


def _show(line: Line, names: Sequence[str]) -> str:
    key = line.dial(names).get_remote_server_key()
    return f"{key.get_name()} {key.get_base64()}"


def _listed(keys: Iterable[bytes]) -> str:
    return " or ".join(map(fingerprint, keys))
