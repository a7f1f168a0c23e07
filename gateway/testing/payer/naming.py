"""What the payer calls the files it lays down."""

from __future__ import annotations

import uuid

from gateway.testing.payer.envelope import Stamp
from gateway.testing.payer.journal import Arrival
from gateway.testing.payer.wire import Interchange

_SPACE = uuid.UUID(int=0)


def answer_name(template: str, kind: str, arrival: Arrival, received: Interchange, stamp: Stamp) -> str:
    """The name of an answer; without a template one by which a person can tell answers apart."""
    first = next(iter(received.claims), None)
    words = {
        "control": f"{stamp.control:09d}",
        "kind": kind,
        "name": arrival.name,
        "stem": stem(arrival.name),
        "file": f"{arrival.number:09d}",
        "day": f"{stamp.moment:%Y%m%d}",
        "time": f"{stamp.moment:%H%M%S}",
        "sender": received.header[6].strip(),
        "payer": _plain(first.payer[9] if first else ""),
        "npi": _plain(first.billing[9] if first else ""),
        "id": str(uuid.uuid5(_SPACE, f"{arrival.sha256}/{stamp.control}")),
    }
    return (template or "{control}_{kind}.x12").format(**words)


def mark_name(pattern: str, arrival: Arrival) -> str:
    """The name of a receipt."""
    batch = f"{arrival.number:06d}"
    text = pattern.replace("*", "{batch}")
    return text.format(name=arrival.name, stem=stem(arrival.name), batch=batch)


def stem(name: str) -> str:
    """A name without its extension."""
    return name.rpartition(".")[0] or name


def _plain(text: str) -> str:
    """What came from a file must not lead out of a folder."""
    return "".join(c for c in text if c.isalnum())
