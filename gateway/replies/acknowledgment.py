"""999: what the implementation guide says of each set of a received interchange (005010X231A1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from gateway.guides.tables import Composite, Element, Guide, LoopRule, SegmentRule
from gateway.model.answers import SegmentError, SetAcknowledgment
from gateway.model.reports import GroupReport, InterchangeReport, Stamp
from gateway.model.x12 import TransactionSet
from gateway.replies import writing
from gateway.replies.faults import acknowledged
from gateway.replies.writing import Writer, functional_group

_GUIDE = writing.Guide("FA", "999", "005010X231A1")
_LONGEST_CONTEXT = 35
_MOST_NOTES = 5
_COUNT_DIFFERS = "5"
_NO_NUMBERS: Mapping[str, str] = MappingProxyType({})


def acknowledge(report: InterchangeReport, stamp: Stamp, numbers: Mapping[str, str] = _NO_NUMBERS) -> bytes:
    """One interchange with one 999 for each group received; empty where a TA1 refuses the interchange, or there is no
    group but acknowledgments, which are never acknowledged. `numbers` gives the data element number (IK402) of a place
    (`NM109`, `CLM05-3`) where it is known.

    No value of a claim is repeated: IK404 stays empty, and CTX holds CLM01 alone.
    """
    groups = [group for group in report.groups if group.group.functional_id != _GUIDE.functional_id]
    if report.refused or not groups:
        return b""
    writer = Writer(report.interchange.delimiters)
    return functional_group(report, stamp, _GUIDE, (_group(writer, group, numbers) for group in groups))


def element_numbers(guide: Guide) -> dict[str, str]:
    """The data element number of every place in a guide, as `acknowledge` wants them. A composite has none."""
    found: dict[str, str] = {}
    waiting: list[LoopRule | SegmentRule | Composite | Element] = [guide.root]
    while waiting:
        rule = waiting.pop()
        if isinstance(rule, LoopRule):
            waiting += rule.children
        elif isinstance(rule, SegmentRule):
            waiting += rule.elements
        elif isinstance(rule, Composite):
            waiting += rule.parts
        else:
            found[rule.ref] = rule.data_element
    return found


def _group(writer: Writer, report: GroupReport, numbers: Mapping[str, str]) -> Iterator[bytes]:
    group = report.group
    yield writer.segment("AK1", group.functional_id, group.control, group.version)
    verdicts = [acknowledged(each) for each in report.sets]
    for each, verdict in zip(report.sets, verdicts, strict=True):
        if _is_writable(each.set):
            yield writer.segment("AK2", each.set.code, each.set.control, each.set.version)
            for error in verdict.errors:
                yield from _segment(writer, error, numbers)
            yield writer.segment("IK5", verdict.code, *verdict.notes[:_MOST_NOTES])
    counts = (_stated(report), len(verdicts), sum(verdict.code != "R" for verdict in verdicts))
    yield writer.segment("AK9", _verdict(report, verdicts), *map(str, counts), *_notes(report)[:_MOST_NOTES])


def _is_writable(found: TransactionSet) -> bool:
    """Whether AK2 can hold the set's name. One that it cannot is only counted."""
    lengths = len(found.code) == 3 and 4 <= len(found.control) <= 9 and len(found.version) <= 12
    return lengths and found.code.isdecimal() and found.control.isalnum()


def _notes(report: GroupReport) -> tuple[str, ...]:
    """AK905 to AK909: a set that cannot be named counts as one that could not be read."""
    unread = () if all(_is_writable(each.set) for each in report.sets) else (_COUNT_DIFFERS,)
    return tuple(dict.fromkeys((*report.notes, *unread)))


def _verdict(report: GroupReport, verdicts: Sequence[SetAcknowledgment]) -> str:
    """AK901."""
    codes = {verdict.code for verdict in verdicts}
    if report.refused or codes == {"R"}:
        return "R"
    return next((said for code, said in (("R", "P"), ("E", "E")) if code in codes), "A")


def _stated(report: GroupReport) -> int:
    """AK902: GE01 where it is a number that fits, else what was counted."""
    stated = report.stated
    return stated if stated is not None and 0 <= stated <= 999_999 else len(report.sets)


def _segment(writer: Writer, error: SegmentError, numbers: Mapping[str, str]) -> Iterator[bytes]:
    yield writer.segment("IK3", error.segment_id, str(error.position), error.loop, error.code)
    claim = writer.clean(error.claim)
    if claim and len(claim) <= _LONGEST_CONTEXT:  # a cut number could name another claim
        yield writer.segment("CTX", ("CLM01", claim))
    for where, code in error.elements:
        element, _, component = where.partition(":")
        place = f"{error.segment_id}{int(element):02d}" + (f"-{component}" if component else "")
        yield writer.segment("IK4", (element, component), numbers.get(place, ""), code)
