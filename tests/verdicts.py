"""What we make of answers that others published: `python -m tests.verdicts FOLDER...` reads every file there. No answer may
break the reader; of every 835 it says whether it balances and, where not, which sums fail by how much. Also in
`build/verdicts.json`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from gateway.errors import Malformed
from gateway.model.answers import Answer, GroupAcknowledgment, InterchangeAcknowledgment, Remittance, StatusReport
from gateway.remittance import balance
from gateway.x12.answers import read_answers

_FORMS = {InterchangeAcknowledgment: "TA1", GroupAcknowledgment: "999", StatusReport: "277CA", Remittance: "835"}
_SHOWN = 3


@dataclass(frozen=True)
class Verdict:
    """`answers` counts what was read by form; `refused` is code and place where nothing of it counts; `remittances` has a
    sentence for each 835."""

    file: str
    answers: dict[str, int]
    refused: str = ""
    remittances: tuple[str, ...] = ()


def said_of(remittance: Remittance) -> str:
    """Balanced or not, and why."""
    found = balance(remittance)
    head = f"{remittance.amount} for {len(remittance.claims)} claims: "
    if found.balanced:
        odd = "; ".join(f"{each.place} {each.equation} ({each.difference})" for each in found.warnings[:_SHOWN])
        return head + "balances" + (f"; odd: {odd}" if odd else "")
    wrong = [f"{each.place} {each.equation}, {each.difference} more is stated" for each in found.imbalances]
    more = f"; and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
    return f"{head}does not balance, nothing is posted: {'; '.join(wrong[:_SHOWN])}{more}"


def verdict(name: str, document: bytes) -> Verdict:
    """Read one document as the mailbox would: all of it, or nothing."""
    try:
        found = list(read_answers([document]))
    except Malformed as wrong:
        return Verdict(name, {}, f"{wrong.code} at {wrong.place}")
    forms = Counter(_FORMS[type(each)] for each in found if type(each) in _FORMS)
    return Verdict(name, dict(forms), "", tuple(said_of(each) for each in _remittances(found)))


def _remittances(found: Iterable[Answer]) -> Iterator[Remittance]:
    return (each for each in found if isinstance(each, Remittance))


def main(folders: Iterable[str]) -> None:
    """Every file of the folders."""
    verdicts = []
    for folder in map(Path, folders):
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            made = verdict(str(path.relative_to(folder)), path.read_bytes())
            if made.answers or made.refused:
                verdicts.append(made)
                print(made.file, made.refused or " ".join(f"{form} {n}" for form, n in sorted(made.answers.items())))
            for said in made.remittances:
                print(f"    {said}")
    Path("build").mkdir(exist_ok=True)
    Path("build/verdicts.json").write_text(json.dumps([asdict(each) for each in verdicts], indent=1))


if __name__ == "__main__":
    main(sys.argv[1:] or ["../shared/corpus", "../shared/examples"])
