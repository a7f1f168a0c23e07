"""Answers a 276 with a 277 (005010X212): each question by what the payer knows of its claim, or as the scenario says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gateway.testing.payer.claims import Claim
from gateway.testing.payer.envelope import Elements, Set, Stamp, composite, plain
from gateway.testing.payer.segments import NONE, Segment, Segments, amount, cut, find
from gateway.testing.payer.wire import Interchange, TransactionSet

REQUESTS = "HR"
"""GS01 of a 276."""
STATUS = "277"
GUIDE = "005010X212"

# Category, status code and entity of each word that a scenario may say.
SAID = {
    "received": ("A2", "20", ""),
    "pending": ("P1", "20", ""),
    "paid": ("F1", "20", ""),
    "denied": ("F2", "88", "QC"),
    "no_payment": ("F4", "20", ""),
    "documents": ("R0", "21", ""),
    "returned": ("A7", "562", "85"),
    "not_found": ("D0", "97", ""),
    "unavailable": ("E1", "20", ""),
    "wrong": ("E0", "164", "IL"),
}
TRUTH = ""
"""What it says by itself: pending until its 835 was laid down, then what that decided; not found where it never came."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the payer knows of one claim: its `number` for it, whether the 835 lies there, and what that pays."""

    claim: Claim
    number: str
    settled: bool
    paid: Decimal


Look = Callable[[Segments], Known | None]
Say = Callable[[Known | None, str], str]
"""Of what is known of a claim and our CLM01, the word that the scenario has for it, TRUTH where it has none."""


def is_request(received: Interchange) -> bool:
    """Whether it holds questions and no claims."""
    return bool(received.groups) and all(group.header[1] == REQUESTS for group in received.groups)


def response(received: Interchange, asked: TransactionSet, look: Look, say: Say, stamp: Stamp) -> Set:
    """The 277 of one 276: its levels and names as they came, and a status for each trace."""
    head = ["BHT", "0010", "08", f"STATUS{stamp.control:09d}", stamp.day, stamp.time, "DG"]
    return [
        head,
        *(part for level in cut(asked.segments, "HL")[1:] for part in _level(received, level, look, say, stamp)),
    ]


def questions(asked: TransactionSet) -> Iterator[Segments]:
    """Each question: TRN and what stands below it."""
    for level in cut(asked.segments, "HL")[1:]:
        yield from (_own(block) for block in cut(level, "TRN")[1:])


def _level(received: Interchange, level: Segments, look: Look, say: Say, stamp: Stamp) -> Iterator[Elements]:
    names, *asked = cut(level, "TRN")
    yield from (list(each.elements) for each in names if each.id in ("HL", "NM1"))
    for block in asked:
        yield from _answer(received, _own(block), look, say, stamp)


def _own(block: Segments) -> Segments:
    return [each for each in block if each.id in ("TRN", "REF", "AMT", "DTP")]


def _answer(received: Interchange, block: Segments, look: Look, say: Say, stamp: Stamp) -> Iterator[Elements]:
    known, control = look(block), find(block, "REF", "EJ")[2]
    word = say(known, control) or _truth(known)
    found = known is not None and word not in ("not_found", "unavailable", "wrong")
    yield ["TRN", "2", find(block, "TRN")[2]]
    yield _stc(received, word, known if found else None, find(block, "AMT", "T3"), stamp)
    numbers = [("1K", known.number)] if known and found else []
    numbers += [(name, find(block, "REF", name)[2]) for name in ("BLT", "EJ", "D9")]
    yield from (["REF", name, number] for name, number in numbers if number)
    days = find(block, "DTP", "472")
    if days is not NONE:
        yield list(days.elements)


def _truth(known: Known | None) -> str:
    if known is None:
        return "not_found"
    if not known.settled:
        return "pending"
    return "paid" if known.paid else "denied"


def _stc(received: Interchange, word: str, known: Known | None, asked: Segment, stamp: Stamp) -> Elements:
    category, code, entity = SAID[word]
    charge = known.claim.charge if known else amount(asked[2]) or Decimal(0)
    status = ["STC", composite(received, category, code, entity), stamp.day, "", plain(charge)]
    if category[0] != "F":
        return status
    paid = known.paid if known else Decimal(0)
    return [*status, plain(paid), stamp.day, *(["", stamp.day, f"CHK{stamp.control:09d}"] if paid else [])]


def known_of(claims: Sequence[Known]) -> Look:
    """Finds a question's claim by its REF*D9, the payer's own number, or CLM01 with its charge."""

    def look(block: Segments) -> Known | None:
        trace, number, control = (find(block, "REF", name)[2] for name in ("D9", "1K", "EJ"))
        charge = amount(find(block, "AMT", "T3")[2])
        by_trace = [each for each in claims if trace and each.claim.trace == trace]
        by_number = [each for each in claims if number and each.number == number]
        named = [each for each in claims if each.claim.control == control and each.claim.charge == charge]
        return next(iter([*by_trace, *by_number, *named]), None)

    return look
