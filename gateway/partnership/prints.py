"""Fingerprints of host keys, in every form in which partners publish them."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import md5, sha1, sha256


def prints(key: str) -> dict[str, str]:
    """The fingerprints of a public key (`ssh-ed25519 AAAA...`) as OpenSSH writes them: SHA256 and SHA1 in base64, MD5 in
    hex. MD5 and SHA1 are for comparing with what a partner published, and prove less."""
    blob = b64decode(key.split()[1])
    return {
        "SHA256": "SHA256:" + _base64(sha256(blob).digest()),
        "SHA1": "SHA1:" + _base64(sha1(blob, usedforsecurity=False).digest()),
        "MD5": "MD5:" + md5(blob, usedforsecurity=False).digest().hex(":"),
    }


def matching(published: str, keys: Iterable[str]) -> list[str]:
    """The keys that a published text is about: a fingerprint in MD5, SHA1 or SHA256, hex or base64, with or without its
    name, colons, blanks and `=`; a line as `ssh-keygen -l` prints it; or the whole key."""
    said = published.strip()
    told = set().union(*(_plain(text) for text in (said, *said.split())))
    return [key for key in keys if said.split()[:2] == key.split()[:2] or told & _forms(key)]


def is_one(published: str) -> bool:
    """Whether a text is a fingerprint, or a key, of whatever key: as long as a digest is, in hex or base64. One that was
    cut off is none."""
    words = published.split()
    told = set().union(*(_plain(text) for text in (published.strip(), *words)))
    return any(_HEX.fullmatch(text) or _BASE64.fullmatch(text) for text in told) or (
        len(words) > 1 and _KIND.match(words[0]) is not None and words[1].startswith("AAAA")
    )


_HEX = re.compile("[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")
_BASE64 = re.compile("[A-Za-z0-9+/]{22}|[A-Za-z0-9+/]{27}|[A-Za-z0-9+/]{43}")
_KIND = re.compile("ssh-|ecdsa-|sk-")
EXAMPLES = (
    "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
    "MD5:d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e",
)
"""How fingerprints look: these are of nothing at all."""


def _forms(key: str) -> set[str]:
    blob = b64decode(key.split()[1])
    digests = (sha256(blob), sha1(blob, usedforsecurity=False), md5(blob, usedforsecurity=False))
    return {form for digest in digests for form in (digest.hexdigest(), _base64(digest.digest()))}


def _plain(said: str) -> set[str]:
    """What was typed as hex digits alone, and as base64 alone."""
    for name in ("SHA256", "SHA-256", "SHA1", "SHA-1", "MD5"):
        if said.upper().startswith(name):
            said = said[len(name) :].lstrip(": ")
            break
    return {"".join(said.replace(":", " ").replace("-", " ").split()).lower(), "".join(said.split()).rstrip("=")}


def _base64(digest: bytes) -> str:
    return b64encode(digest).decode().rstrip("=")
