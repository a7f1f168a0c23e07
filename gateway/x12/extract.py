"""An 837 to raw records in one pass: the hierarchy walked by HL02, each claim with its loops, nothing decoded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gateway.model.x12 import FunctionalGroup, Interchange, TransactionSet
from gateway.x12.extract_findings import Faults, FileFinding
from gateway.x12.extract_kinds import (
    BOUNDARIES,
    BOUNDARY,
    COLD,
    DAYS,
    DIAGNOSES,
    ELSEWHERE,
    ENVELOPE,
    LINE,
    PARTY,
    REFERENCE,
    SERVICE,
    TAXONOMY,
    Known,
)
from gateway.x12.extract_pieces import pieces_of
from gateway.x12.extract_records import RawClaim, RawLevel, RawLine, RawProvider
from gateway.x12.extract_segments import (
    COLD_SEGMENTS,
    PATIENTS,
    date,
    name_in_level,
    other_party,
    refer,
    refer_in_level,
)
from gateway.x12.extract_sets import Sets
from gateway.x12.syntax import ABSENT, runs

RawItem = Interchange | FunctionalGroup | TransactionSet | RawLevel | RawClaim | FileFinding


def extract(  # noqa: PLR0915 - one loop over all segments: a call for each would double the time
    blocks: Iterable[bytes], faults: Faults | None = None
) -> Iterator[RawItem]:
    """Everything of an 837 file that has an identity, in document order, as `claims.read_claims` gives it, but levels
    and claims raw. `faults` sees each run before it is read. Raises Malformed as `claims.read_claims` does.
    """
    sets = Sets(faults)
    waiting, found_in_set = sets.waiting, sets.found
    level: RawLevel | None = None
    claim: RawClaim | None = None  # what is open; while there is none, the level is
    line: RawLine | None = None
    named: RawProvider | None = None
    held: list[bytes] = []  # the segments of what is open that stand in earlier runs
    at = 0  # a segment's position in its set, ST = 1
    known: Known | None = None
    for run in runs(blocks):
        delimiters, element, terminator = run.delimiters, run.delimiters.element, run.delimiters.segment
        if known is None or known.delimiters is not delimiters:
            known = Known(delimiters)
        kinds, parsed, control = known.kinds, known.parsed, b"6R" + element
        texts, starts, gap = pieces_of(run)
        sets.judge(run, texts)
        before, done, start = at, 0, run.offset
        for found, text in zip(map(known.pieces.get, texts), texts, strict=True):
            at += 1
            if found is None:
                kind = kinds.get(text[:3], 0)
                if kind == REFERENCE:
                    if line is not None:
                        if text[4:7] == control:
                            line.control = text[7:]
                    elif claim is not None:
                        if claim.own:
                            refer(claim, text.split(element, 3), at)
                    elif level is not None:
                        refer_in_level(level, text.split(element, 3))
                    continue
                if kind == BOUNDARY:
                    elements = text.split(element)
                    if (id := elements[0]) not in BOUNDARIES:
                        continue
                    if id == b"CLM" or len(elements) < 5:
                        elements += ABSENT
                    sets.position = at
                    if not sets.opened:
                        sets.expect_set(id)
                    index = at - before - 1
                    pieces = texts[done:index]
                    content = terminator.join(pieces)
                    if starts:
                        start = starts[index]
                    elif pieces:
                        start += len(content) + 1 + (gap - 1) * len(pieces)
                    if held:
                        pieces, held = held + pieces, []
                        content = terminator.join(pieces)
                    done = index
                    if claim is not None:
                        claim.end, claim.pieces, claim.content = start, pieces, content
                        if waiting:
                            claim.findings = sets.findings_before(at)
                        yield claim
                    elif level is not None:
                        level.end, level.pieces, level.content = start, pieces, content
                        if waiting:
                            level.add(sets.findings_before(at))
                        yield level
                        level.pieces, level.content = [], b""
                    elif item := sets.leave_header(at):
                        yield item
                    claim = line = named = None
                    if id == b"CLM":
                        claim = sets.enter_claim(elements, delimiters)
                        claim.start = start
                    elif id == b"HL":
                        level = sets.enter_level(elements)
                        level.start = start
                    else:
                        sets.leave_set()
                        level = None
                    if found_in_set:
                        yield from found_in_set
                        found_in_set.clear()
                    continue
                if kind == ENVELOPE:
                    elements = text.split(element) + ABSENT
                    if elements[0] == b"ST":
                        at, before = 1, before - at + 1
                    if begun := sets.enter(elements, delimiters, at):
                        yield begun
                    elif elements[0] == b"BHT" and (around := claim or level):
                        around.unsaid += (at - around.position,)
                    continue
                if kind == COLD:
                    if claim is not None:
                        elements = text.split(element) + ABSENT
                        if elements[0] in COLD_SEGMENTS:
                            COLD_SEGMENTS[elements[0]](claim, line, elements, at)
                            named = None if claim.coverages and line is None else named
                    continue
                if kind == 0:
                    continue
                if claim is None and kind == PARTY and text[4:6] in PATIENTS:  # hardly one comes again
                    if level is not None:
                        elements = text.split(element)
                        name_in_level(level, elements if len(elements) > 9 else elements + ABSENT)
                    continue
                found = parsed(text, kind)
            kind = found.kind
            if kind == SERVICE:
                if line is not None:
                    line.service = found
                elif claim is None and level is not None:
                    sets.lose(level, at)
            elif kind == DAYS and line is not None:
                line.days = found
            elif claim is None:
                if level is not None:
                    if kind in (PARTY, ELSEWHERE):
                        name_in_level(level, found.elements)
                    elif kind in (LINE, DIAGNOSES):
                        sets.lose(level, at)
            elif kind == LINE:
                line = RawLine(found, at)
                claim.lines.append(line)
                claim.own = False
                named = None
            elif kind == PARTY:
                claim.own = False
                if claim.coverages and line is None:
                    other_party(claim, found.elements)
                else:
                    named = RawProvider(found, at, line)
                    claim.providers.append(named)
            elif kind == TAXONOMY:
                if named is not None:
                    named.prv = found
            elif kind == DIAGNOSES:
                claim.diagnoses += (found,)
            elif kind == ELSEWHERE:
                claim.own, named = False, None
            elif kind:  # a DTP
                date(claim, line, found)
        held = held + texts[done:] if claim is not None or level is not None else []
    sets.close()
