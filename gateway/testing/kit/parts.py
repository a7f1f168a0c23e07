"""A plugin's own parts by themselves: transports, checks, readers, wrappings, amendments and those that speak with others,
on good input and bad."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.amendments import amended
from gateway.checks import CheckContext
from gateway.errors import GatewayError, Malformed
from gateway.faithful import claims, compare
from gateway.model.answers import HEAD_BYTES, Answer
from gateway.model.claims import Claim, Finding
from gateway.testing.kit.claims import batch_for
from gateway.testing.kit.judge import Judge
from gateway.testing.kit.loading import Loaded
from gateway.testing.kit.outsiders import outsiders
from gateway.testing.kit.showing import patient_words
from gateway.testing.kit.stand import Stand
from gateway.testing.kit.transports import transport_alone
from gateway.x12.claims import read_claims

_JUNK = (
    b"",
    b"ISA",
    b"\x00\xff" * 40,
    b"ISA*00*" + b"x" * 200,
    b"PK\x03\x04broken",
    b"Dear submitter,\r\n",
    b"{}" * 3000,
)

_MANY = 400
"""So many batches are a file larger than what is read or written at once."""


def hooks_of(loaded: Loaded) -> Callable[[str], Sequence[Any]]:
    """What each hook of the plugin itself returns, from a module of its own; nothing of a declaration."""
    if loaded.source.suffix != ".py":
        return lambda name: ()
    spec = importlib.util.spec_from_file_location("gateway_kit_plugin", loaded.source)
    if spec is None or spec.loader is None:
        return lambda name: ()
    module = importlib.util.module_from_spec(spec)
    sys.modules["gateway_kit_plugin"] = module
    spec.loader.exec_module(module)
    return lambda name: tuple(getattr(module, name)()) if hasattr(module, name) else ()


async def parts(stand: Stand, loaded: Loaded, judge: Judge) -> str:
    """Try them all; returns what exceptions and reprs of its transports said, for whoever looks for secrets in it."""
    hook = hooks_of(loaded)
    for rule_of in (_checks, _readers, _wrappings, _amendments):
        for wrong in rule_of(stand, hook):
            judge.say("parts_hold", wrong)
    await outsiders(stand, hook, judge)
    said = ""
    transports = dict(hook("register_transports"))
    if scheme := transports.get(stand.partner.endpoint.scheme):
        said = await transport_alone(stand, scheme, judge)
    elif stand.partner.endpoint.scheme == "sftp":
        said = await transport_alone(stand, stand.site.registry.transports["sftp"], judge)
    return said


def _claims(stand: Stand) -> tuple[bytes, list[Claim]]:
    batch = batch_for(stand.partner.accepts[0], ["KITP1", "KITP2"], stand.payer_id, "P", 77, stand.clock().date())
    return batch, [item for item in read_claims([batch]) if isinstance(item, Claim)]


def _checks(stand: Stand, hook: Callable[[str], Sequence[Any]]) -> Iterator[str]:
    _, claims = _claims(stand)
    context = CheckContext(stand.site.registry.payers.get(stand.payer_key), stand.clock().date())
    for check in hook("register_checks"):
        for claim in (claims[0], replace(claims[0], lines=())):
            try:
                found, again = list(check.looks_at(claim, context)), list(check.looks_at(claim, context))
            except Exception as failure:
                yield f"check {check.code}: raises {type(failure).__name__}"
                continue
            if any(not isinstance(one, Finding) for one in found):
                yield f"check {check.code}: gives something that is no Finding"
            if again != found:
                yield f"check {check.code}: finds something else when it looks at the same claim again"
            if any(_shown(f"{one}") or claim.control_number in f"{one}" for one in found):
                yield f"check {check.code}: shows a value of the claim"


def _shown(text: str) -> bool:
    return any(word in text for word in patient_words())


def _readers(stand: Stand, hook: Callable[[str], Sequence[Any]]) -> Iterator[str]:
    answers = [path.read_bytes() for folder in _outboxes(stand) for path in sorted(folder.iterdir()) if path.is_file()]
    for reader in hook("register_readers"):
        for document in (*_JUNK, *answers[:6]):
            try:
                read = reader.reads([document]) if reader.recognises(document[:HEAD_BYTES]) else ()
                if any(not isinstance(one, Answer) for one in read):
                    yield f"reader {reader.kind}: gives something that is no answer"
            except Malformed:
                continue
            except Exception as failure:
                yield f"reader {reader.kind}: raises {type(failure).__name__}, where only Malformed is meant"


def _outboxes(stand: Stand) -> list[Path]:
    return [stand.payer.folder(each.gives) for each in stand.scenario.server.folders]


def _wrappings(stand: Stand, hook: Callable[[str], Sequence[Any]]) -> Iterator[str]:
    batch, _ = _claims(stand)
    for name, maker in hook("register_wrappings"):
        try:
            made = maker(stand.partner.habits.options.get(name, {}), stand.site._secret)
            for blocks in ([batch * _MANY], [batch[:50], b"", batch[50:]]):
                wrapped = b"".join(made.wrap(blocks, "kit.837"))
                if b"".join(made.unwrap([wrapped])) != b"".join(blocks):
                    yield f"wrapping {name}: what it wraps does not come back the same"
            if not made.opens(wrapped[:HEAD_BYTES]):
                yield f"wrapping {name}: does not know its own files again"
        except GatewayError:
            continue  # it wants a key that is not here; the wire says that it was left off
        except Exception as failure:
            yield f"wrapping {name}: raises {type(failure).__name__}"


def _amendments(stand: Stand, hook: Callable[[str], Sequence[Any]]) -> Iterator[str]:
    batch, _ = _claims(stand)
    for amendment in hook("register_amendments"):
        try:
            compare([batch], amended([batch], stand.partner, [replace(amendment, partner=None)]), claims)
        except GatewayError as wrong:
            yield f"amendment {amendment.code}: {wrong.code}"
        except Exception as failure:
            yield f"amendment {amendment.code}: raises {type(failure).__name__}"
