"""`make agreement`: where pyx12 and we judge a document differently, who is right, and why."""

from __future__ import annotations

import json
import re
import select
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.checks.edits import CONTENT
from gateway.errors import Malformed
from gateway.guidebook import Guidebook, standard_lists
from gateway.guides.faults import GuideCode
from gateway.guides.validator import Validator
from gateway.model.answers import Note
from gateway.model.claims import Claim, Finding, Outcome
from gateway.screening import Screening
from gateway.x12.answers import read_answers
from gateway.x12.claims import FileFinding
from gateway.x12.syntax import PADDING, runs

GUIDES = Guidebook()
_TIME_LIMIT = 60
_READY = b"ready\n"
_KNOWN = ("005010X222A1", "005010X223A2", "005010X221A1", "005010X214", "005010X231", "005010X231A1")
_GUIDE_CODES = frozenset(code.value for code in GuideCode)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`word` is clean, findings, refused, crash or unread; `said` are codes with places, the gravest of ours only."""

    word: str
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """One document with both verdicts."""

    name: str
    data: bytes
    pyx12: Verdict
    ours: Verdict

    @property
    def agree(self) -> bool:
        """Both find it clean, or both object. A crash is no verdict, so nobody agrees with it."""
        return self.pyx12.word != "crash" and (self.pyx12.word == "clean") == (self.ours.word == "clean")

    @property
    def codes(self) -> set[str]:
        """Ours, without places."""
        return {said.split(" ")[0] for said in self.ours.said}

    def versions(self) -> set[str]:
        """Every GS08."""
        mark = self.data[self.data.find(b"ISA") + 3 : self.data.find(b"ISA") + 4] or b"*"
        m = re.escape(mark)
        found = re.findall(rb"GS%b(?:[^%b]*%b){7}([0-9A-Z]+)" % (m, m, m), self.data)
        return {version.decode("latin-1") for version in found}


Rule = tuple[Callable[[Compared], bool], str, str]


def _passes_it(*said: str) -> Callable[[Compared], bool]:
    """We object with one of these codes (or `CODE place`), pyx12 does not."""

    def holds(c: Compared) -> bool:
        return c.pyx12.word == "clean" and any(s in c.codes or s in c.ours.said for s in said)

    return holds


def _refuses_it(pattern: str) -> Callable[[Compared], bool]:
    """pyx12 objects so, and we do not."""
    return lambda c: c.ours.word == "clean" and any(re.search(pattern, said) for said in c.pyx12.said)


def _crashed(c: Compared) -> bool:
    return c.pyx12.word == "crash"


def _guideless(c: Compared) -> bool:
    sets = ("837", "835", "277", "276", "999")
    return bool(c.versions()) and not any(GUIDES(code, version) for version in c.versions() for code in sets)


def _refused(c: Compared) -> bool:
    return c.ours.word == "refused" and c.pyx12.word == "clean"


def _edited(c: Compared) -> bool:
    return c.pyx12.word == "clean" and bool(c.codes - _GUIDE_CODES - {"FLAG"})


def _in_small_letters(c: Compared) -> bool:
    return c.ours.word == "clean" and bool(re.search(rb"(^|~)\s*[a-z]{2}[a-z0-9]?\*", c.data))


RULES: tuple[Rule, ...] = (
    (_guideless, "neither", "no guide of this version here (4010, 834, 820, X291 ...): data, or no 837 that we take"),
    (lambda c: _crashed(c) and bool(c.versions() - set(_KNOWN)), "no verdict", "pyx12 has no map for this version"),
    (lambda c: _crashed(c) and not c.data.isascii(), "no verdict", "pyx12 reads ASCII alone and raises on any other byte"),
    (_crashed, "no verdict", "pyx12 raises over it"),
    (_passes_it("X12_HIERARCHY"), "we", "a level under another than its guide's parent, which pyx12 lets pass"),
    (_passes_it("X12_VERSION"), "we", "an ST03 that is missing or is not GS08: pyx12 goes by GS08 alone"),
    (_refused, "we", "an envelope that is wrong and that pyx12 lets pass: text after IEA, an empty ISA06 ..."),
    (_edited, "we", "an edit of ours (balance, consistency, practical edits): pyx12 has none"),
    (_passes_it("ELEMENT_MISSING"), "we", "pyx12 takes a composite without its required component"),
    (_passes_it("CODE_UNKNOWN"), "we", "an outer code list that pyx12 does not look at there"),
    (_passes_it("HIERARCHY_NUMBER"), "we", "pyx12 does not see a level that follows another than its own"),
    (_passes_it("DATE_INVALID", "CHARACTER_INVALID", "NUMBER_INVALID"), "we", "pyx12 does not look at that"),
    (_passes_it("REPEATS_TOO_MANY"), "we", "pyx12 takes a repetition where the guide has none"),
    (_passes_it("FLAG"), "we", "an answer's envelope or balance that does not hold, which pyx12 does not look at"),
    (_refuses_it(r"\(CUR02\)"), "both", "an unknown code of an outer list: a warning of ours"),
    (_refuses_it(r"\(PWK02\)"), "we", "PWK02 AD (AB) is in the guide, and AD in X12's own example"),
    (_refuses_it(r"\(BHT06\)"), "we", "BHT06 31, a plan that asks its payment back, is in the guide"),
    (_refuses_it(r"ZIP Code"), "we", "a five-digit ZIP of a biller: published examples have it, so we warn"),
    (_refuses_it(r"trailing (element|spaces)"), "both", "separators or spaces at an end: a warning of ours"),
    (_refuses_it(r"Interchange Control Trailer.*missing"), "both", "a lost last terminator: a warning of ours"),
    (_refuses_it(r"not unique within file"), "both", "an ISA13 that comes twice in a file: a warning of ours"),
    (_refuses_it(r"leading space|Segment \t"), "both", "a blank or tab before the name of a segment: a warning of ours"),
    (_refuses_it(r"\(1000A\) missing"), "both", "the receiver first: a warning of ours, both are written anew"),
    (_in_small_letters, "both", "names of segments in small letters: read, sent in capitals, a warning of ours"),
    (_refuses_it(r"invalid control character"), "we", "control characters are delimiters in X12's extended control set"),
)  # fmt: skip


def main() -> int:
    """Print the table and write build/agreement.txt; exit 1 where a difference stays unexplained."""
    lines, counts = [], Counter[str]()
    for name, data in documents():
        compared = Compared(name, data, pyx12_verdict(data), our_verdict(data))
        who, why = explained(compared)
        counts[who] += 1
        lines.append(
            f"{who:<12} pyx12 {compared.pyx12.word:<9} ours {compared.ours.word:<9} {name}{why and ': ' + why}"
        )
        if who != "agree":
            lines += [f"    pyx12: {said[:140]}" for said in compared.pyx12.said[:3]]
            lines += [f"    ours:  {said}" for said in compared.ours.said[:3]]
    lines.append("")
    lines += [f"{count:>5} {who}" for who, count in sorted(counts.items())]
    text = "\n".join(lines)
    print(text)
    Path("build").mkdir(exist_ok=True)
    Path("build/agreement.txt").write_text(text + "\n", encoding="utf-8")
    return 1 if counts["UNEXPLAINED"] else 0


def explained(c: Compared) -> tuple[str, str]:
    """Who is right where the verdicts differ, and why."""
    if c.agree:
        return "agree", ""
    for holds, who, why in RULES:
        if holds(c):
            return f"{who} right" if who in ("we", "both") else who, why
    return "UNEXPLAINED", ""


def documents() -> Iterator[tuple[str, bytes]]:
    """Our own fixtures, and the sample files of other projects where they lie beside this one."""
    from tests.defects.bases import base
    from tests.defects.everything import CLEAN, DEFECTS

    for clean in CLEAN:
        yield f"clean: {clean.name}", clean.data
    for defect in DEFECTS:
        yield f"defect: {defect.name}", defect.spoiled(base(defect.base))
    corpus = Path("../shared/corpus")
    for path in sorted(corpus.rglob("*")):
        if path.is_file() and b"ISA" in path.read_bytes()[:4096] and path.suffix != ".md":
            yield str(path.relative_to(corpus)), path.read_bytes()


def our_verdict(data: bytes) -> Verdict:
    """An 837 is screened, anything else read as an answer and held against its guide."""
    try:
        said = _screened(data) if b"837" in data and b"CLM" in data else _flagged(data)
    except Malformed as wrong:
        return Verdict("refused", (f"{wrong.code} {wrong.place}",))
    return Verdict("findings" if said else "clean", tuple(said))


def _screened(data: bytes) -> list[str]:
    found: list[Finding] = []
    for item in Screening(GUIDES, standard_lists(), CONTENT).items([data]):
        if isinstance(item, Claim):
            found += item.findings
        elif isinstance(item, FileFinding):
            found.append(item.finding)
    return _grave(found)


def _flagged(data: bytes) -> list[str]:
    validator, found = Validator(GUIDES, standard_lists()), list[Finding]()
    notes = [answer.kind for answer in read_answers([data]) if isinstance(answer, Note)]
    for run in runs([data[max(0, data.find(b"ISA")) :]]):
        pieces = [text for piece in run.pieces() if (text := piece.lstrip(PADDING))]
        found += [fault.finding for fault in validator.take(run, pieces)]
    return _grave(found) + [f"FLAG {kind[5:]}" for kind in notes if kind.startswith("flag:")]


def _grave(findings: list[Finding]) -> list[str]:
    """Codes and places of what is worse than a warning."""
    return [f"{finding.code} {finding.place}" for finding in findings if finding.outcome > Outcome.WARN]


class _Pyx12:
    """pyx12 in a process of its own, so that a crash or a hang is a verdict; a new one is started after either."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def verdict(self, data: bytes) -> Verdict:
        """What it says of one document."""
        if self._process is None:
            command = [sys.executable, "-m", "tests.agreement", "--pyx12"]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            if not (self._process.stdout and self._process.stdout.readline() == _READY):
                raise SystemExit("pyx12 could not be started, so nothing was compared")
        process = self._process
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(f"{len(data)}\n".encode() + data)
            process.stdin.flush()
            ready = select.select([process.stdout], [], [], _TIME_LIMIT)[0]
            word, *errors = json.loads(process.stdout.readline() if ready else b"")
        except (OSError, ValueError):
            process.kill()
            process.wait()
            self._process = None
            return Verdict("crash", ("no answer",))
        return Verdict(word, tuple(errors))


pyx12_verdict = _Pyx12().verdict


def _pyx12_child() -> None:
    import functools
    import io
    import logging

    import pyx12.map_if
    import pyx12.params
    import pyx12.x12n_document

    messages: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(record.getMessage())

    logger = logging.getLogger("pyx12")
    logger.handlers, logger.propagate = [Keep(level=logging.ERROR)], False
    load = functools.cache(pyx12.map_if.load_map_file)
    pyx12.map_if.load_map_file = lambda name, param, *_: load(name, param)
    param = pyx12.params.params()
    print(_READY.decode(), end="", flush=True)
    while line := sys.stdin.buffer.readline():
        data = sys.stdin.buffer.read(int(line))
        messages.clear()
        try:
            source = io.StringIO(data.decode("ascii"), newline="")
            good = pyx12.x12n_document.x12n_document(param, source, io.StringIO(), None)
            answer = ["clean" if good else "findings", *messages[:20]]
        except Exception as crash:
            answer = ["crash", f"{type(crash).__name__}: {crash}"[:200]]
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    if "--pyx12" in sys.argv:
        _pyx12_child()
    else:
        sys.exit(main())
