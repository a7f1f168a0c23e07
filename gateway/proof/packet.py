"""The content of a packet: plain data, and a chain over its events that anybody can follow without a key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from gateway.proof.words import LIMITS, STRENGTH, strength

Data = dict[str, Any]

FORMAT = "claims-gateway proof 1"


def canonical(event: Mapping[str, Any]) -> bytes:
    """The bytes of an event that its link is about: JSON, keys sorted, no blanks, ASCII."""
    told = {key: value for key, value in event.items() if key != "link"}
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def chained(events: Iterable[Mapping[str, Any]]) -> list[Data]:
    """The events, each with its `link`: SHA-256 (hex) over the link before it (as text; none before the first) and its
    own canonical bytes."""
    link, found = "", list[Data]()
    for event in events:
        link = hashlib.sha256(link.encode() + canonical(event)).hexdigest()
        found.append({**event, "link": link})
    return found


def packet_of(
    about: Data, claim: Data, submissions: list[Data], acknowledgments: list[Data], events: Iterable[Mapping[str, Any]]
) -> Data:
    """All of it. `about` says who made it when and for whom."""
    links = chained(events)
    proves = strength(acknowledgments)
    return {
        "format": FORMAT,
        **about,
        "claim": claim,
        "strength": proves.value,
        "proves": STRENGTH[proves],
        "does_not_prove": list(LIMITS),
        "submissions": submissions,
        "acknowledgments": acknowledgments,
        "events": links,
        "head": links[-1]["link"] if links else "",
    }
