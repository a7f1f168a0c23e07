"""All that a dropped 837 shows by itself: its envelopes, its guide, its content, claim by claim in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Protocol

from gateway.checks import Check, CheckContext, check_alone
from gateway.checks.edits import CONTENT
from gateway.errors import Malformed
from gateway.guides.faults import Fault
from gateway.guides.validator import CodeLists, Guides, Validator
from gateway.model.claims import Claim, Finding, Outcome
from gateway.model.x12 import Interchange, TransactionSet
from gateway.x12.claims import Item, read_claims
from gateway.x12.envelope import EnvelopeCheck, EnvelopeSummary
from gateway.x12.envelope_findings import of_wrapping
from gateway.x12.syntax import Run

UNKNOWN = CheckContext(payer=None, today=date.min)
"""For claims of a set that has no BHT."""

SOME = 64
"""So many items are read and then checked together."""

MOST_NUMBERS = 100_000
"""So many claim numbers are remembered to find one that comes again; memory stays flat beyond."""

REPEATED = Finding(
    "CLAIM_NUMBER_REPEATED",
    Outcome.HOLD,
    "2300/CLM01",
    "Another claim of this file has the same patient control number; payers' answers could not be told apart.",
    "Give each claim its own number and send it again; if it is the same claim twice, withdraw one.",
)


_set_findings = Claim.__dict__["findings"].__set__  # what object.__setattr__ comes to


class Judge(Protocol):
    """Follows the envelopes of a document and holds its sets against their guides, run by run."""

    def take(self, run: Run, pieces: list[bytes]) -> Sequence[Fault]:
        """The guide's faults in the next run, which is given without padding."""

    def close(self) -> EnvelopeSummary:
        """What the envelopes hold, once the document was read. Raises Malformed as `check_envelope` does."""


class JudgeHere:
    """Judges in this process."""

    def __init__(self, guides: Guides, lists: CodeLists) -> None:
        self._validator, self._envelopes = Validator(guides, lists), EnvelopeCheck()

    def take(self, run: Run, pieces: list[bytes]) -> Sequence[Fault]:
        """Of the next run."""
        self._envelopes.take(run, pieces)
        return self._validator.take(run, pieces)

    def close(self) -> EnvelopeSummary:
        """Of all runs."""
        return self._envelopes.close()


class Screening:
    """Reads one document. `envelope` is known when `items` has come to its end. `judge` may be one that works elsewhere,
    to the same effect. Without `today` nothing is said of the days of headers."""

    def __init__(
        self,
        guides: Guides,
        lists: CodeLists,
        checks: Sequence[Check] = CONTENT,
        judge: Judge | None = None,
        today: date | None = None,
    ) -> None:
        self._judge = judge or JudgeHere(guides, lists)
        self._checks, self._today = checks, today
        self._contexts: dict[int, CheckContext] = {}
        self._numbers: set[tuple[str, str, str]] = set()
        self.envelope: EnvelopeSummary | None = None

    def items(self, blocks: Iterable[bytes]) -> Iterator[Item]:
        """Everything in document order; a claim's findings are those of its reading, its guide and its content.

        Raises Malformed where the document as a whole cannot be taken: nothing that came before counts then.
        """
        items = self._read(blocks)
        while some := list(islice(items, SOME)):
            claims = [
                (item, self._contexts.get(item.transaction_set, UNKNOWN)) for item in some if isinstance(item, Claim)
            ]
            for (claim, _), found in zip(claims, check_alone(claims, self._checks), strict=True):
                all_found = claim.findings + found + self._repeated(claim)
                _set_findings(claim, all_found)  # frozen from here on: nobody else has it yet
            yield from some
            self._contexts = dict(list(self._contexts.items())[-1:])
        self.envelope = self._judge.close()
        yield from of_wrapping(self.envelope, self._today)

    def _read(self, blocks: Iterable[bytes]) -> Iterator[Item]:
        usage = ""
        try:
            for item in read_claims(blocks, self._judge):
                if isinstance(item, Interchange):
                    usage = item.usage
                elif isinstance(item, TransactionSet):
                    self._contexts[item.ordinal] = CheckContext(None, date.min, item.mode, usage, item.version)
                yield item
        except Malformed as wrong:
            raise self._worse(wrong) from None

    def _repeated(self, claim: Claim) -> tuple[Finding, ...]:
        """A replacement or void may name the claim it changes in the same file."""
        number = (claim.control_number, claim.billing.npi, claim.frequency)
        if number in self._numbers:
            return (replace(REPEATED, segment=claim.position),)
        if len(self._numbers) >= MOST_NUMBERS:
            self._numbers.clear()
        self._numbers.add(number)
        return ()

    def _worse(self, wrong: Malformed) -> Malformed:
        """A document that fails in its content may fail in its envelope too, which says more."""
        try:
            self._judge.close()
        except Malformed as envelope:
            if envelope.code != "X12_INCOMPLETE":
                return envelope
        return wrong


def screen(
    blocks: Iterable[bytes], guides: Guides, lists: CodeLists, checks: Sequence[Check] = CONTENT
) -> Iterator[Item]:
    """The same for whoever needs no more than the items."""
    return Screening(guides, lists, checks).items(blocks)
