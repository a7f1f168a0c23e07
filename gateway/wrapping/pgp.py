"""OpenPGP (RFC 9580) around one file: encrypted to the partner, signed by us where it wants that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

from gateway.errors import Malformed, Refused
from gateway.partnership.typed import RESUME
from gateway.ports import Secret

_OPTIONS = {"recipient", "sign_with", "open_with", "armor"}
_ARMOR = b"-----BEGIN PGP MESSAGE-----"
_KEY, _LATER = "-----BEGIN PGP PUBLIC KEY BLOCK-----", "TO-BE-GIVEN"
_STEP = f"Correct options.pgp of the partner's declaration (`gateway doctor` says what is wrong), then `{RESUME}`."


def wrong_pgp_options(options: Mapping[str, str]) -> str:
    """What is wrong with them for sending, as far as they show by themselves; empty where nothing is. A key may be yet
    TO-BE-GIVEN."""
    if strange := sorted({*options} - _OPTIONS):
        return f"OpenPGP has no option {strange[0]}; there are {', '.join(sorted(_OPTIONS))}"
    recipient = options.get("recipient", "").strip()
    if recipient != _LATER and not recipient.startswith(_KEY):
        return "OpenPGP needs `recipient`, the partner's public key in its armor, not its name"
    return "" if options.get("armor", "no") in ("yes", "no") else 'OpenPGP option armor must be "yes" or "no"'


def pgp_wrapping(options: Mapping[str, str], secrets: Callable[[str], Secret]) -> Pgp:
    """Options: `recipient`, the partner's public key in its armor; `sign_with` and `open_with`, the names of secrets that
    hold our own key, to sign what we send and to open what it sends; `armor = "yes"` for a message in text. A secret key
    has no passphrase of its own. Raises Refused where any of them will not do."""
    if strange := sorted({*options} - _OPTIONS):
        raise _refused(f"OpenPGP has no option {strange[0]}; there are {', '.join(sorted(_OPTIONS))}")
    if "recipient" not in options and "open_with" not in options:
        raise _refused("OpenPGP needs `recipient`, the partner's public key in its armor")
    return Pgp(
        _library(),
        _key("recipient", options.get("recipient", "").encode()),
        _secret(options, "sign_with", secrets, "signer"),
        _secret(options, "open_with", secrets, "decryptor"),
        armor=options.get("armor", "no") == "yes",
    )


def new_pgp_key(name: str) -> tuple[bytes, bytes]:
    """A new secret key in its armor, and the public key to it. Raises Refused without the library."""
    key = _library().Tsk.generate(f"{name} <{name}@example.invalid>")
    return bytes(str(key), "ascii"), bytes(str(key.extract_certificate()), "ascii")


class Pgp:
    """Meets ports.Wrapping. Every wrapping is another ciphertext; one file is held in memory. `clock` gives UTC."""

    def __init__(
        self,
        library: Any,
        recipient: Any,
        signing: Any,
        opening: Any,
        *,
        armor: bool,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._library, self._recipient, self._signing, self._opening = library, recipient, signing, opening
        self._armor, self._clock = armor, clock

    @property
    def ends(self) -> date | None:
        """The day (UTC) on which the partner's key expires, where it does."""
        return self._recipient.expiration.date() if self._recipient and self._recipient.expiration else None

    def wrap(self, blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
        """The message. Raises Refused without a recipient, with one that expired or was revoked, and where a key cannot do
        it."""
        self._wants_recipient()
        try:
            yield self._library.encrypt(b"".join(blocks), [self._recipient], self._signing, armor=self._armor)
        except Exception:  # the library's own words may show what it read
            raise _refused("OpenPGP cannot encrypt and sign with these keys") from None

    def _wants_recipient(self) -> None:
        """The library encrypts to keys that nobody should use any more."""
        if self._recipient is None:
            raise _refused("OpenPGP needs `recipient`, the partner's public key in its armor")
        if self._recipient.is_revoked:
            raise _refused("the partner's OpenPGP key was revoked; ask it for the one it uses now")
        if self.ends and self._recipient.expiration <= self._clock():
            raise _refused(f"the partner's OpenPGP key expired on {self.ends}; ask it for the renewed one")

    def opens(self, head: bytes) -> bool:
        """Whether a document looks like a message, and there is a key to open it: an armor, or a packet of a session key
        for somebody (tag 1)."""
        packet = head[:1] and ((head[0] & 0xC0 == 0xC0 and head[0] & 0x3F == 1) or head[0] & 0xFC == 0x84)
        return self._opening is not None and (head.lstrip().startswith(_ARMOR) or bool(packet))

    def unwrap(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """What is within. Raises Malformed where our key does not open it, or it was changed on the way."""
        try:
            yield self._library.decrypt(b"".join(blocks), self._opening).bytes
        except Exception:  # as above
            raise Malformed(
                "the OpenPGP message cannot be opened with our key",
                code="PGP_UNREADABLE",
                place="",
                next_step="Ask the partner which key it encrypts to; ours is the secret that options.pgp names.",
            ) from None


def _library() -> Any:
    try:
        return import_module("pysequoia")
    except ImportError:
        raise _refused("OpenPGP needs its library: pip install 'claims-gateway[pgp]'") from None


def _key(option: str, armored: bytes) -> Any:
    if not armored:
        return None
    try:
        return _library().Cert.from_bytes(armored)
    except Exception:  # as above
        raise _refused(f"OpenPGP option {option} is no key in its armor") from None


def _secret(options: Mapping[str, str], option: str, secrets: Callable[[str], Secret], use: str) -> Any:
    """What signs or decrypts with our key."""
    if option not in options:
        return None
    armored = secrets(options[option]).reveal()
    try:
        key = _library().Tsk.from_bytes(armored)
    except Exception:  # as above
        raise _refused(f"the secret that OpenPGP option {option} names is no secret key") from None
    try:
        return getattr(key, use)()
    except Exception:  # as above
        raise _refused(
            f"the secret key that OpenPGP option {option} names cannot be used: it has a passphrase, or no part for this"
        ) from None


def _refused(message: str) -> Refused:
    return Refused(message, code="WRAPPING_OPTIONS", next_step=_STEP)
