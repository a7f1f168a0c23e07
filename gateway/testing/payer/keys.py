"""The simulator's own keys: made once, kept under its root."""

from __future__ import annotations

import secrets
from pathlib import Path

import paramiko
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def key_file(path: Path) -> Path:
    """An OpenSSH Ed25519 private key, made where none is yet."""
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        _keep(path, key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode())
    return path


def load(path: Path) -> paramiko.PKey:
    """The key in that file."""
    return paramiko.Ed25519Key.from_private_key_file(str(path))


def public_line(path: Path) -> str:
    """Its public half as `ssh-ed25519 AAAA...`."""
    key = load(path)
    return f"{key.get_name()} {key.get_base64()}"


def password(path: Path) -> str:
    """A random password, made where none is yet."""
    if not path.exists():
        _keep(path, secrets.token_urlsafe(12))
    return path.read_text()


def _keep(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)
