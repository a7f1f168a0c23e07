"""What of an event leaves the house, and in what shape: names, codes, counts and places, nothing of a patient."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from gateway import events
from gateway.data import OWNERS
from gateway.data.causes import CAUSES
from gateway.deadlines import STEP_NAMES
from gateway.denials import OUTCOMES, Ended
from gateway.model.sending import Seen
from gateway.ports import Told
from gateway.silence import STEP_NAMES as SILENT_STEPS

KINDS: Final = {
    event.name: event.kind
    for event in vars(events).values()
    if isinstance(event, type) and issubclass(event, events.Event) and event.name
}

# What may leave the house. A number is one of our own ids, a count, a total or a duration in seconds: less than a
# billion, so that no NPI is one. A text has a shape that no sentence, date or long number has, whoever put it there; a
# lone word cannot be told from a code, and only the rule that codes and places hold no value of a claim keeps that out.
_NUMBERS: Final = frozenset(
    {
        "batch",
        "submission",
        "claim",
        "attempt",
        "proposal",
        "count",
        "dollars",
        "added",
        "superseded",
        "skipped",
        "documents",
        "wait",
        "number",
        "rows",
        "document",
        "mail",
        "denial",
        "times",
        "deposit",
        "remittance",
        "inquiry",
    }
)
_KEY: Final = r"(?![^/]*\d{8})[A-Za-z][A-Za-z0-9_-]{0,39}"
_NAMED: Final = r"(\d{4}[A-Z]{0,2}|[A-Z][A-Z0-9]{1,2}(\d\d(-\d\d?)?)?|row|line|segment)( \d{1,6})?"
_PLACE: Final = rf"({_NAMED}|byte \d{{1,10}})"
_TEXTS: Final = {
    "payer": re.compile(_KEY),
    "partner": re.compile(_KEY),
    "observed": re.compile("|".join(Seen)),
    "list": re.compile(_KEY),
    "plugin": re.compile(r"(?!.*\d{8})[A-Za-z][A-Za-z0-9_.:-]{0,79}"),
    "lane": re.compile(f"{_KEY}/{_KEY}"),
    "state": re.compile(r"[A-Z]+(_[A-Z]+){0,4}"),
    "cause": re.compile("|".join(CAUSES.causes)),
    "code": re.compile(r"(?!.*\d{4})[A-Z0-9]{1,20}([_:*/+.-][A-Z0-9]{1,20}){0,7}"),
    "place": re.compile(f"{_PLACE}(/{_PLACE}){{0,4}}"),
    "subject": re.compile(rf"(enrollment|statement) \d{{1,9}}|lane {_KEY}/{_KEY}"),
    "category": re.compile("[A-Z]{2,5}"),
    "owner": re.compile("|".join(OWNERS)),
    "outcome": re.compile("|".join([*OUTCOMES, *filter(None, Ended)])),
    "step": re.compile("|".join(sorted({*STEP_NAMES, *SILENT_STEPS}))),
}


def told_of(row: Mapping[str, Any]) -> Told | None:
    """A row of the journal (seq, at, name, batch, claim, submission, lane, and body as JSON) as notifiers see it.
    None for an event that this version does not know: nobody can say what of it may be told."""
    if row["name"] not in KINDS:
        return None
    subjects = {key: row[key] for key in ("batch", "claim", "submission", "lane")}
    facts = permitted(json.loads(row["body"]) | subjects)
    if row["claim"] is not None:
        facts.pop("step", None)  # with the payer's filing limit it would give away the day of service
    return Told(row["seq"], row["at"], row["name"], KINDS[row["name"]], facts)


def permitted(facts: Mapping[str, object]) -> dict[str, str | int]:
    """Those facts that may leave the house; every other key, and every value of another shape, is dropped."""
    return {key: value for key, value in facts.items() if isinstance(value, str | int) and _may_leave(key, value)}


def _may_leave(key: str, value: str | int) -> bool:
    if isinstance(value, str):
        return key in _TEXTS and _TEXTS[key].fullmatch(value) is not None
    return key in _NUMBERS and type(value) is int and 0 <= value < 10**9


def payload(told: Told) -> bytes:
    """What is published of an event: `id`, `type`, `time`, `kind` where it has one, and its permitted facts."""
    head: dict[str, str | int] = {"id": told.seq, "type": told.name, "time": told.at}
    if told.kind:
        head["kind"] = told.kind
    return json.dumps(permitted(told.facts) | head, separators=(",", ":"), sort_keys=True).encode()
