"""The front-end edits: what a received interchange and its sets deserve by the payer's own simple checks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from gateway.testing.payer.claims import Claim
from gateway.testing.payer.scenario import Note999, Reject277, Reject999, Scenario, Silent
from gateway.testing.payer.segments import Segment, amount, find
from gateway.testing.payer.wire import Group, Interchange, TransactionSet

GUIDES = ("005010X222", "005010X223", "005010X224")  # 837 professional, institutional, dental
_TAKEN = {"HC": ("837", GUIDES), "HR": ("276", ("005010X212",))}
# Element and its data element number, by segment, where a number must stand.
_NUMBERS = {"CLM": (2, "782"), "SV1": (2, "782"), "SV2": (3, "782"), "SV3": (2, "782")}


@dataclass(frozen=True, slots=True)
class SegmentError:
    """IK3 and, where `element` is given, its IK4. `context` is the business unit of a CTX, such as CLM01:CF1001."""

    segment: Segment
    code: str
    context: tuple[str, str] = ("", "")
    element: str = ""
    reference: str = ""
    element_code: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class SetVerdict:
    """IK5: `code` A, E or R, `notes` IK502 to IK506."""

    set: TransactionSet
    code: str
    notes: tuple[str, ...] = ()
    errors: tuple[SegmentError, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupVerdict:
    """AK9: `code` A, E, P or R, `notes` AK905 to AK909. A group that is refused itself names no sets."""

    group: Group
    code: str
    sets: tuple[SetVerdict, ...]
    notes: tuple[str, ...] = ()

    @property
    def accepted(self) -> tuple[TransactionSet, ...]:
        """The sets that go on to adjudication."""
        return tuple(verdict.set for verdict in self.sets if verdict.code != "R")


def known_as(received: Interchange) -> str:
    """What must never repeat: ISA13 from one sender to one receiver with one usage indicator."""
    isa = received.header
    return "/".join(part.strip() for part in (isa[5], isa[6], isa[7], isa[8], isa[15], isa[13]))


def interchange_verdict(received: Interchange, seen: Collection[str], scenario: Scenario) -> tuple[str, str]:
    """TA104 and TA105. `seen` holds the interchanges accepted before."""
    isa, trailer = received.header, received.trailer
    if scenario.ta1:
        code, _, note = scenario.ta1.partition("/")
        return code, note or "000"
    refusals = (
        (not trailer.id, "023"),
        (trailer[2] != isa[13], "001"),
        (trailer[1] != str(len(received.groups)), "021"),
        (not (isa[13].isdigit() and len(isa[13]) == 9), "018"),
        (isa[15] not in ("P", "T"), "020"),
        (bool(scenario.senders) and not _is_any_of(isa[6].strip(), scenario.senders), "006"),
        (bool(scenario.receiver) and isa[8].strip() != scenario.receiver, "008"),
        (known_as(received) in seen, "025"),
    )
    refused = next((note for wrong, note in refusals if wrong), "")
    if refused:
        return "R", refused
    return ("A", "000") if isa[14] in ("0", "1") else ("E", "019")


def _is_any_of(sender: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(sender, pattern) for pattern in patterns)


def group_verdict(received: Interchange, group: Group, scenario: Scenario) -> GroupVerdict:
    """What a 999 says of one group."""
    header, trailer = group.header, group.trailer
    notes = (
        (header[1] not in _TAKEN or (header[1] == "HR" and "277" not in scenario.answers), "1"),
        (not trailer.id, "3"),
        (bool(trailer.id) and trailer[2] != header[6], "4"),
        (bool(trailer.id) and trailer[1] != str(len(group.sets)), "5"),
    )
    wrong = tuple(note for is_wrong, note in notes if is_wrong)
    if wrong or not group.sets:
        return GroupVerdict(group, "R", (), wrong[:5] or ("5",))
    controls = [each.header[2] for each in group.sets]
    sets = tuple(
        _set_verdict(received, group, each, controls[:n].count(each.header[2]) > 0, scenario)
        for n, each in enumerate(group.sets)
    )
    codes = {verdict.code for verdict in sets}
    code = "R" if codes == {"R"} else "P" if "R" in codes else "E" if "E" in codes else "A"
    return GroupVerdict(group, code, sets)


def _set_verdict(
    received: Interchange, group: Group, each: TransactionSet, repeated: bool, scenario: Scenario
) -> SetVerdict:
    trailer = find(each.segments, "SE")
    version = each.header[3] or group.header[8]
    code, guides = _TAKEN[group.header[1]]
    notes = (
        (each.header[1] != code, "1"),
        (not each.ended, "2"),
        (each.ended and trailer[2] != each.header[2], "3"),
        (each.ended and trailer[1] != str(trailer.position), "4"),
        (repeated, "23"),
        (version[:10] not in guides, "I6"),
    )
    wrong = [note for is_wrong, note in notes if is_wrong]
    errors = tuple(_errors(each))
    mark = received.delimiters.component
    named = [(claim, scenario.rule(claim, mark).action) for claim in each.claims]
    refused = tuple(_by_rule(claim, mark) for claim, action in named if isinstance(action, Reject999))
    noted = tuple(_by_rule(claim, mark) for claim, action in named if isinstance(action, Note999))
    found = tuple(sorted(errors + refused + noted, key=lambda error: error.segment.position))
    code = "R" if wrong or errors or refused else "E" if noted else "A"
    return SetVerdict(each, code, tuple([*wrong, *(["5"] if found else [])][:5]), found)


def _by_rule(claim: Claim, mark: str) -> SegmentError:
    """An error that fits any claim: the claim frequency code is not one this payer takes."""
    frequency = [*claim.clm[5].split(mark), "", ""][2]
    return SegmentError(claim.clm, "8", ("CLM01", claim.control), f"5{mark}3", "1325", "7", frequency)


def _errors(each: TransactionSet) -> Iterator[SegmentError]:
    """Impossible dates, amounts that are no numbers, levels that hang nowhere, claims without lines."""
    levels: set[str] = set()
    context = ("", "")
    for segment in each.segments:
        context = _context(context, segment)
        if segment.id == "HL":
            if segment[2] and segment[2] not in levels:
                yield SegmentError(segment, "8", ("", ""), "2", "734", "7", segment[2])
            levels.add(segment[1])
        element, reference = _NUMBERS.get(segment.id, (0, ""))
        if element and amount(segment[element]) is None:
            yield SegmentError(segment, "8", context, str(element), reference, "6", segment[element])
        place = {"DMG": (1, 2), "DTP": (2, 3)}.get(segment.id)
        if place and not _is_date(segment[place[0]], segment[place[1]]):
            yield SegmentError(segment, "8", context, str(place[1]), "1251", "8", segment[place[1]])
    for claim in each.claims:
        if not claim.lines:
            after = claim.segments[-1].position + 1
            yield SegmentError(Segment(("LX",), after, "2400"), "3", ("CLM01", claim.control))


def _context(context: tuple[str, str], segment: Segment) -> tuple[str, str]:
    if segment.id == "CLM":
        return "CLM01", segment[1]
    if segment.id == "HL":
        return "", ""
    if segment.id == "NM1" and segment[1] == "IL" and segment.loop == "2010":
        return "SUBSCRIBER NAME NM109", segment[9]
    return context


def _is_date(kind: str, text: str) -> bool:
    if kind == "RD8":
        first, _, last = text.partition("-")
        return _is_date("D8", first) and _is_date("D8", last)
    if kind != "D8":
        return True
    try:
        return len(text) == 8 and text.isascii() and text.isdigit() and bool(date.fromisoformat(text))
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim that passed the 999: accepted into adjudication under the payer's `number`, or refused by the 277CA."""

    claim: Claim
    number: str
    refused: Reject277 | None


def judge(claims: Sequence[Claim], scenario: Scenario, mark: str, number: Callable[[Claim], str]) -> list[Judged]:
    """The claims of one set that are spoken of at all. A refusal of the provider or the submitter takes all its
    claims with it."""
    spoken_of = [claim for claim in claims if not isinstance(scenario.rule(claim, mark).action, Silent)]
    refusals = {claim.ordinal: _refusal(claim, scenario, mark) for claim in spoken_of}
    providers, everything = {}, None
    for claim in spoken_of:
        refused = refusals[claim.ordinal]
        if refused and refused.level == "provider":
            providers[claim.billing.elements] = refused
        if refused and refused.level == "submitter":
            everything = refused
    return [
        Judged(claim, number(claim), everything or providers.get(claim.billing.elements) or refusals[claim.ordinal])
        for claim in spoken_of
    ]


def _refusal(claim: Claim, scenario: Scenario, mark: str) -> Reject277 | None:
    """By its rule, or because its lines do not add up to its charge."""
    action = scenario.rule(claim, mark).action
    if isinstance(action, Reject277):
        return action
    balanced = claim.charge == sum(line.charge for line in claim.lines)
    return None if balanced else Reject277("A7", "400", "")
