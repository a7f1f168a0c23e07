"""Writes a 276: one payer asked for the status of claims, by who billed them and whose they are (005010X212)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from gateway.model.inquiries import Party, Question
from gateway.model.sending import OutboundEnvelope
from gateway.model.x12 import Delimiters
from gateway.replies.writing import Element, Writer, plain
from gateway.x12.outbound_envelope import check_written

VERSION = "005010X212"
DELIMITERS = Delimiters(b"*", b":", b"~", b"^")
"""Nothing is copied as bytes, so they are our own."""

Segment = tuple[Element, ...]
Key = TypeVar("Key")


def request(envelope: OutboundEnvelope, questions: Sequence[Question]) -> bytes:
    """ISA to IEA with one set: all questions are put to one payer. Equal questions give equal bytes. Raises Malformed where
    an element of the envelope would break it."""
    check_written(replace(envelope, mode="CH"))  # a 276 has no BHT06
    writer, control = Writer(envelope.delimiters), str(envelope.control)
    body = [writer.segment(*each) for each in _body(envelope, questions)]
    day, time = f"{envelope.moment:%Y%m%d}", f"{envelope.moment:%H%M}"
    addresses = (envelope.group_sender, envelope.group_receiver)
    return b"".join(
        (
            _header(writer, envelope),
            writer.segment("GS", "HR", *addresses, day, time, control, "X", VERSION),
            writer.segment("ST", "276", "0001", VERSION),
            writer.segment("BHT", "0010", "13", envelope.reference, day, time),
            *body,
            writer.segment("SE", str(len(body) + 3), "0001"),
            writer.segment("GE", "1", control),
            writer.segment("IEA", "1", f"{envelope.control:09d}"),
        )
    )


def _header(writer: Writer, envelope: OutboundEnvelope) -> bytes:
    moment = envelope.moment
    return writer.header(
        *("ISA", "00", " " * 10, "00", " " * 10),
        *(envelope.sender_qualifier, f"{envelope.sender:<15}", envelope.receiver_qualifier, f"{envelope.receiver:<15}"),
        *(f"{moment:%y%m%d}", f"{moment:%H%M}", "", "00501"),
        *(f"{envelope.control:09d}", "1" if envelope.ack_requested else "0", envelope.usage),
    )


class _Levels:
    """Numbers the levels of a set."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, above: str, kind: str, children: str) -> Segment:
        """The next HL; HL04 is left out at the lowest."""
        self._last += 1
        return ("HL", str(self._last), above, kind, children)


def _body(envelope: OutboundEnvelope, questions: Sequence[Question]) -> Iterator[Segment]:
    levels = _Levels()
    yield levels.next("", "20", "1")
    yield _organization("PR", questions[0].payer)
    yield levels.next("1", "21", "1")
    yield ("NM1", "41", "2", envelope.submitter_name, *[""] * 4, "46", envelope.group_sender)
    for provider, of_provider in _by(questions, lambda each: each.provider).items():
        level = levels.next("2", "19", "1")
        yield level
        yield _named("1P", provider)
        for (subscriber, own), asked in _by(of_provider, lambda each: (each.subscriber, each.patient is None)).items():
            yield from _subscriber(levels, str(level[1]), subscriber, own, asked)


def _by(questions: Iterable[Question], key: Callable[[Question], Key]) -> dict[Key, list[Question]]:
    """In the order of first need, which is how a dict keeps them."""
    found: dict[Key, list[Question]] = {}
    for each in questions:
        found.setdefault(key(each), []).append(each)
    return found


def _subscriber(
    levels: _Levels, above: str, subscriber: Party, own: bool, asked: Sequence[Question]
) -> Iterator[Segment]:
    """A subscriber's own claims, or those of dependents, each of whom is a level below."""
    level = levels.next(above, "22", "0" if own else "1")
    yield level
    if own:
        yield from _born(subscriber)
    yield _named("IL", subscriber)
    if own:
        for each in asked:
            yield from _claim(each)
        return
    for patient, of_patient in _by(asked, lambda each: each.patient or subscriber).items():
        yield levels.next(str(level[1]), "23", "")
        yield from _born(patient)
        yield _named("QC", replace(patient, qualifier="", id=""))
        for each in of_patient:
            yield from _claim(each)


def _organization(role: str, party: Party) -> Segment:
    return ("NM1", role, "2", party.name, *[""] * 4, party.qualifier, party.id)


def _named(role: str, party: Party) -> Segment:
    names = (party.name, party.first, party.middle, "", party.suffix)
    return ("NM1", role, party.entity_type, *names, party.qualifier if party.id else "", party.id)


def _born(party: Party) -> Iterator[Segment]:
    if party.born:
        yield ("DMG", "D8", party.born, party.sex)


def _claim(asked: Question) -> Iterator[Segment]:
    """What the payer finds it by: its own number first, where it told us one."""
    yield ("TRN", "1", asked.trace)
    for qualifier, number in (
        ("1K", asked.number),
        ("BLT", asked.bill_type),
        ("EJ", asked.claim),
        ("D9", asked.attempt),
    ):
        if number:
            yield ("REF", qualifier, number)
    if asked.charge is not None:
        yield ("AMT", "T3", plain(asked.charge))
    if asked.first_day:
        yield ("DTP", "472", *_days(asked.first_day, asked.last_day or asked.first_day))


def _days(first: date, last: date) -> tuple[str, str]:
    if first == last:
        return "D8", f"{first:%Y%m%d}"
    return "RD8", f"{first:%Y%m%d}-{last:%Y%m%d}"
