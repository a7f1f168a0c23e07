"""What a defect is, and all of them together."""

from __future__ import annotations

from typing import NamedTuple

from gateway.model.claims import Outcome
from tests.defects.editing import Edit, recounted


class Defect(NamedTuple):
    """A clean batch with one thing spoiled.

    `base` names the clean batch, `spoil` are the edits in order. `place` is where the finding should point, as a
    beginning of its place (`2300/CLM02`); empty where opinions may differ. `at_least` is the mildest outcome that
    counts as noticed. `by` is who must notice: `screen`, who reads one file and knows no more, or `gate`, who knows
    today's date and what else came.
    """

    name: str
    base: str
    spoil: tuple[Edit, ...]
    place: str = ""
    at_least: Outcome = Outcome.HOLD
    by: str = "screen"
    of_envelope: bool = False

    def spoiled(self, clean: bytes) -> bytes:
        """The clean batch with the defect in it. AssertionError where an edit found nothing to change."""
        for edit in self.spoil:
            clean = edit(clean)
        return clean


def in_body(
    base: str, name: str, *spoil: Edit, at: str = "", at_least: Outcome = Outcome.HOLD, by: str = "screen"
) -> Defect:
    """A defect between ST and SE: SE01 is right again, so that it is the only one."""
    return Defect(f"{base}: {name}", base, (*spoil, recounted), at, at_least, by)


def written_anew(base: str, name: str, *spoil: Edit, at: str = "", at_least: Outcome = Outcome.WARN) -> Defect:
    """A defect between ST and SE of what no payer gets to see, for it is written anew or left out on the way."""
    return Defect(f"{base}: {name}", base, (*spoil, recounted), at, at_least, of_envelope=True)


def in_envelope(base: str, name: str, *spoil: Edit, at: str = "", at_least: Outcome = Outcome.HOLD) -> Defect:
    """A defect of the document or its envelopes. Nothing is put right behind it."""
    return Defect(f"{base}: {name}", base, spoil, at, at_least, of_envelope=True)
