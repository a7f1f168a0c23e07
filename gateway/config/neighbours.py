"""Lanes that write to one folder: their files must not meet there under one name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import combinations
from pathlib import Path
from posixpath import normpath

from gateway.model.partners import Lane
from gateway.naming import capacity, remote_name
from gateway.planner import login_of

_ANY_MOMENT = datetime(2032, 1, 1, 12)


def meeting(lanes: Sequence[tuple[Path, Lane]]) -> Iterator[str]:
    """Two lanes of one user in one folder whose names could be the same, each with the file of the latter account. What
    counts for both of them gives no number twice: ISA13 between the same sender and receiver, `{n}` at one partner."""
    for (_, one), (path, other) in combinations(lanes, 2):
        if _place(one) == _place(other) and _name(one) == _name(other, one):
            yield (
                f"{path}: {other.key} writes to {other.account.endpoint.outbound} as {one.key} does, by names that could be"
                f" the same, such as {_name(one)}; put something of its own into the `filename` of one of them (for"
                ' example: filename = "B{isa13}.837")'
            )


def _place(lane: Lane) -> tuple[str, int, str, str]:
    return *login_of(lane), normpath(f"/{lane.account.endpoint.outbound.strip('/')}")


def _name(lane: Lane, beside: Lane | None = None) -> str:
    """The first name of a lane; `beside` another, the first that is left."""
    isa13 = 2 if beside and _ends(lane) == _ends(beside) else 1
    counter = lane.partner.habits.counter
    n = 1 if beside and lane.partner.key == beside.partner.key and counter and capacity(counter) > 1 else 0
    return remote_name(lane, _ANY_MOMENT, isa13, n)


def _ends(lane: Lane) -> tuple[object, object]:
    return lane.account.sender, lane.partner.receiver
