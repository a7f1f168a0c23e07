"""999 to submission, and in a rejected set who is the culprit and who travelled with him (005010X231)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gateway.matching.interchanges import chosen
from gateway.matching.rows import Says, SentAttempt, SentSubmission, Unmatched, same_number
from gateway.model.answers import GroupAcknowledgment, SegmentError, SetAcknowledgment, code_of

_SAYS = {"A": Says.ACCEPTED, "E": Says.ACCEPTED} | dict.fromkeys("RMWX", Says.REJECTED)
CLAIMS, STATUS_REQUESTS = "HC", "HR"
"""GS01 of what we send."""
# IK304 where something is missing: it may have belonged to what ended one segment before.
_MISSING = frozenset({"3", "I6", "I7", "I8"})


@dataclass(frozen=True, slots=True)
class Implicated:
    """An attempt that an error may be of. `code` is `IK304 8 IK403 8`, `place` the loop and element as the 999 has
    them (`2010/DMG02`); of a set that was rejected as a whole they are its IK5's."""

    attempt: int
    code: str
    place: str


@dataclass(frozen=True, slots=True)
class SetMatch:
    """One of our sets. `attempts` is all it carried.

    REJECTED: the `implicated` are to be looked at and the `innocent` are not, if `culprit_known`; else everybody is
    implicated. ACCEPTED: the `implicated` are claims that errors were noted on. UNKNOWN implicates nobody.
    """

    control: str
    says: Says
    attempts: tuple[int, ...]
    implicated: tuple[Implicated, ...] = ()
    innocent: tuple[int, ...] = ()
    culprit_known: bool = False


@dataclass(frozen=True, slots=True)
class GroupMatch:
    """`submission` is None where none is meant; then `unmatched` says why. `strangers` are ST02 that the submission
    does not have."""

    submission: int | None = None
    sets: tuple[SetMatch, ...] = ()
    strangers: tuple[str, ...] = ()
    unmatched: Unmatched = Unmatched.NONE
    candidates: tuple[int, ...] = ()


def match_group(answer: GroupAcknowledgment, submissions: Iterable[SentSubmission]) -> GroupMatch:
    """AK102 names our GS06, AK202 our ST02, IK302 a segment of it, a CTX perhaps a claim."""
    numbered = [each for each in submissions if _bare(each.group_control) == _bare(answer.control)]
    fitting = [each for each in numbered if each.functional_id == answer.functional_id]
    submission, unmatched = chosen(answer.envelope, numbered, fitting)
    if submission is None:
        return GroupMatch(unmatched=unmatched, candidates=tuple(each.id for each in numbered))
    attempts = next(each.attempts for each in fitting if each.id == submission)
    controls = dict.fromkeys(attempt.set_control for attempt in attempts)
    ours = {_bare(control) for control in controls}
    return GroupMatch(
        submission=submission,
        sets=tuple(_set(answer, control, attempts) for control in controls),
        strangers=tuple(each.control for each in answer.sets if _bare(each.control) not in ours),
    )


def request_says(answer: GroupAcknowledgment) -> Says:
    """The word on a 276 of ours, which is one set."""
    return _says(answer, answer.sets[0] if answer.sets else None)


def _set(answer: GroupAcknowledgment, control: str, all_attempts: Sequence[SentAttempt]) -> SetMatch:
    attempts = [each for each in all_attempts if each.set_control == control]
    ids = tuple(each.id for each in attempts)
    spoken = next((each for each in answer.sets if _bare(each.control) == _bare(control)), None)
    says = _says(answer, spoken)
    if says is Says.UNKNOWN:
        return SetMatch(control, says, ids)
    errors = spoken.errors if spoken and _SAYS.get(spoken.code) is says else ()
    found = [(error, _hit(error, attempts)) for error in errors]
    if says is Says.REJECTED and (not found or any(not hit for _, hit in found)):
        code = _whole(answer, spoken)
        return SetMatch(control, says, ids, tuple(Implicated(each, code, f"ST {control}") for each in ids))
    implicated = tuple(dict.fromkeys(_implicated(found)))
    named = {each.attempt for each in implicated}
    innocent = tuple(each for each in ids if each not in named)
    return SetMatch(control, says, ids, implicated, innocent, culprit_known=bool(named))


def _says(answer: GroupAcknowledgment, spoken: SetAcknowledgment | None) -> Says:
    """IK5 decides. A group that was rejected although none of its sets was is rejected for reasons of its own, with
    all it held; a set that the 999 does not name shares the group's fate, unless that differs from set to set."""
    group = _SAYS.get(answer.code, Says.UNKNOWN)
    own = _SAYS.get(spoken.code, Says.UNKNOWN) if spoken else group
    sets_say = {_SAYS.get(each.code, Says.UNKNOWN) for each in answer.sets}
    if group is Says.REJECTED and Says.REJECTED not in sets_say:
        return Says.REJECTED
    if group is Says.REJECTED and spoken is None:
        return Says.UNKNOWN
    return own


def _whole(answer: GroupAcknowledgment, spoken: SetAcknowledgment | None) -> str:
    """Why everything was rejected, in the words of the segment that said so."""
    if spoken and _SAYS.get(spoken.code) is Says.REJECTED:
        return " ".join(("IK501", *(code_of(each) for each in (spoken.code, *spoken.notes))))
    return f"AK901 {code_of(answer.code)}"


def _hit(error: SegmentError, attempts: Sequence[SentAttempt]) -> list[int]:
    """The attempts an error may be of: the claim its segment stands in, all below the level it stands in, and the
    claim that a CTX names. Empty where nobody can tell."""
    positions = [] if error.position is None else [error.position]
    if error.code in _MISSING:
        positions += [position - 1 for position in positions]
    return [
        each.id
        for each in attempts
        if (error.claim and same_number(error.claim, each.control_number))
        or any(_holds(each, position) for position in positions)
    ]


def _holds(attempt: SentAttempt, position: int) -> bool:
    placed = attempt.placed
    if placed is None:
        return False
    ranges = ((placed.first, placed.last), *placed.levels)
    return any(first <= position <= last for first, last in ranges)


def _implicated(found: Iterable[tuple[SegmentError, list[int]]]) -> Iterator[Implicated]:
    for error, hit in found:
        code, where = f"IK304 {code_of(error.code)}", code_of(error.segment_id)
        for at, element_code in error.elements[:1]:
            element = at.partition(":")[0]
            code += f" IK403 {code_of(element_code)}"
            where += element.zfill(2) if element.isdigit() else ""
        place = "/".join(filter(None, (error.loop and code_of(error.loop, 6), where)))
        yield from (Implicated(attempt, code, place) for attempt in hit)


def _bare(control: str) -> str:
    """Some pad numbers that we do not, or the other way round."""
    return control.strip().lstrip("0")
