"""What a 277's status category says of a claim (code source 507), whose turn it is then, and how long to wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from gateway.data import STATUS_CODES, StatusCodes
from gateway.model.answers import Status
from gateway.model.habits import StatusRequests
from gateway.model.inquiries import Word

_WORDS: Mapping[str, Word] = {
    **dict.fromkeys(("A0", "A1", "A2", "A5"), Word.RECEIVED),
    **dict.fromkeys(("A3", "A6", "A7", "A8"), Word.REFUSED),
    **dict.fromkeys(("A4", "D0"), Word.NOT_FOUND),
    **dict.fromkeys(("F0", "F1", "F2", "F3", "F3F", "F3N", "F4"), Word.FINALIZED),
    **dict.fromkeys(("E1", "E2"), Word.UNABLE),
    "P3": Word.REQUESTED,  # pending, and for what it has asked the provider for
}
_BY_LETTER = {"P": Word.PENDING, "R": Word.REQUESTED, "E": Word.UNASKABLE}
# Of several statuses the first of these decides: what asks for our work goes before what lets us wait.
_ORDER = (Word.REQUESTED, Word.REFUSED, Word.FINALIZED, Word.PENDING, Word.RECEIVED, Word.NOT_FOUND, Word.UNASKABLE,
          Word.UNABLE)  # fmt: skip
WORK = frozenset({Word.REQUESTED, Word.REFUSED, Word.NOT_FOUND, Word.UNASKABLE, Word.UNCLEAR})
"""What somebody here has to act on."""
HAS_IT = frozenset({Word.RECEIVED, Word.PENDING, Word.FINALIZED, Word.REQUESTED})
"""What the payer can only say of a claim that it has."""

REMITTED_WITHIN = timedelta(days=7)
"""How long the 835 of a finalized claim may take beyond the day of its payment or decision."""
_SOON = timedelta(days=1)

_NEXT: Mapping[Word, str] = {
    Word.RECEIVED: "Nothing: the payer has the claim. It is asked about again by itself.",
    Word.PENDING: "Nothing: the payer works on the claim. It is asked about again by itself.",
    Word.FINALIZED: "Nothing yet: the payer has decided, so an 835 exists or is due. If none comes, that is told.",
    Word.REQUESTED: "The payer waits for us: send what the status names, in the way the payer wants it; then `gateway"
    " inquiries done`.",
    Word.REFUSED: "The payer did not take the claim: correct what the status names and send a new original, or ask the"
    " payer; then `gateway inquiries done`.",
    Word.NOT_FOUND: "The payer did not find it by what we asked with; that does not prove that it is lost. Compare member"
    " id, provider and days, call with the proof of filing (`gateway proof`), and do not send it again without the payer's"
    " word; then `gateway inquiries done`.",
    Word.UNABLE: "Nothing: the payer's system could not answer. It is asked again by itself.",
    Word.UNASKABLE: "The payer cannot answer the question as it was asked: see what the status names, mend our account or"
    " agreement there, or call; then `gateway inquiries done`.",
    Word.UNCLEAR: "Nobody here knows this status: call the payer, then `gateway inquiries done`.",
}  # fmt: skip


def word_of(statuses: Iterable[Status]) -> Word:
    """What all statuses of one claim say together; UNCLEAR where there is none, or none that is known."""
    found = {_word(status.category) for status in statuses}
    return next((word for word in _ORDER if word in found), Word.UNCLEAR)


def _word(category: str) -> Word:
    return _WORDS.get(category) or _BY_LETTER.get(category[:1], Word.UNCLEAR)


def next_step(word: Word, code: str = "") -> str:
    """What somebody does about it; where there is work, with what the statuses name."""
    named = about(code) if word in WORK else ""
    return f"{_NEXT[word]} The status names: {named}." if named else _NEXT[word]


def about(code: str, codes: StatusCodes = STATUS_CODES) -> str:
    """What statuses as written (`R0:21 A7:562:85`) name, in words as far as there are some; else empty."""
    named = [part.split(":")[1] for part in code.split() if part.count(":")]
    return "; ".join(dict.fromkeys(codes.meanings[each] for each in named if each in codes.meanings))


def quiet_until(
    word: Word, made_on: date, decided_on: date | None, remitted_on: date | None, asks: StatusRequests
) -> datetime | None:
    """Up to when nothing else need be heard of the claim; None where its silence says as much as before."""
    if word in (Word.PENDING, Word.RECEIVED):
        return _midnight(made_on + asks.every)
    if word is Word.UNABLE:
        return _midnight(made_on + _SOON)
    if word is Word.FINALIZED:
        return _midnight(max(made_on, decided_on or made_on, remitted_on or made_on) + REMITTED_WITHIN)
    return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
