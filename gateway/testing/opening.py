"""How a simulated payer opens what a partner wants its files wrapped in: with a key of its own where one is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gateway.errors import GatewayError
from gateway.model.partners import Partner
from gateway.ports import Secret, Wrapping, WrappingMaker
from gateway.testing.payer.wrapping import Unwrap
from gateway.wrapping import new_pgp_key


@dataclass(frozen=True, slots=True)
class Openers:
    """What takes each wrapping off, by name. `recipient` is the simulated payer's own OpenPGP key, to encrypt to."""

    by_name: Mapping[str, Unwrap]
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class _Held:
    secret: bytes

    def reveal(self) -> bytes:
        return self.secret


def openers_of(
    partner: Partner, makers: Mapping[str, WrappingMaker], secrets: Callable[[str], Secret], keys: Path
) -> Openers:
    """For each wrapping of this partner beside zip. A payer's OpenPGP key is nobody's but the payer's, so that the
    simulated one has its own in `keys`, made where none is yet. One that cannot be made is left out."""
    found: dict[str, Unwrap] = {}
    recipient = ""
    for name in (name for name in partner.habits.wraps if name != "zip"):
        try:
            if name == "pgp":
                own, recipient = _key_pair(keys)
                found[name] = _off(makers[name]({"open_with": "own"}, partial(_held, own)))
            else:
                found[name] = _off(makers[name](partner.habits.options.get(name, {}), secrets))
        except GatewayError:
            continue
    return Openers(found, recipient)


def _held(secret: bytes, name: str) -> Secret:
    return _Held(secret)


def _off(wrapping: Wrapping) -> Unwrap:
    """Raises ValueError, as the simulator wants it, for what is not wrapped so."""

    def take_off(data: bytes) -> bytes:
        try:
            return b"".join(wrapping.unwrap([data]))
        except GatewayError as wrong:
            raise ValueError(wrong.message) from None

    return take_off


def _key_pair(keys: Path) -> tuple[bytes, str]:
    """The secret and the public key in their armor. Raises Refused without the library."""
    secret, public = keys / "pgp", keys / "pgp.pub"
    if not secret.exists():
        keys.mkdir(parents=True, exist_ok=True)
        made, shown = new_pgp_key("simulated-payer")
        public.write_bytes(shown)
        secret.touch(mode=0o600)
        secret.write_bytes(made)
    return secret.read_bytes(), public.read_text()
