"""Which words and combinations a scenario may hold: a switch misspelt must not be a switch that is off."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from gateway.testing.payer.algorithms import unknown as unknown_algorithms
from gateway.testing.payer.inquiries import SAID
from gateway.testing.payer.manners import WEEK, Server
from gateway.testing.payer.scenario import KINDS, Action, Deny, Pay, PayPartly, Reject277, Scenario

SUBMITTERS = ("", "36", "40", "41", "AY", "PR")
"""Whom STC01-3 may name in 2200B (005010X214)."""
STEPS = ("connect", "login", "open", "write", "close", "rename", "list", "stat", "read")
DELAYED = (*KINDS, "payer_277CA", "correction")
OWN_FOLDERS = ("keys", "received", "drafts", "state.json", "port", "password_since")
NAME_FIELDS = ("control", "kind", "stem", "name", "day", "time", "file", "payer", "npi", "sender", "id")


def out_of_range(scenario: Scenario) -> Iterator[str]:
    """Every problem with its place and the words that may stand there."""
    faults, server = scenario.faults, scenario.server
    allowed = [
        ("answers", scenario.answers, KINDS),
        ("negative_only", scenario.negative_only, ("TA1", "999", "277CA")),
        ("delays", tuple(scenario.delays), DELAYED),
        ("repeats", (scenario.repeats,), ("", "277CA", "835")),
        ("claim_status", scenario.claim_status, tuple(SAID)),
        *((f"rules[{n}].claim_status", rule.claim_status, tuple(SAID)) for n, rule in enumerate(scenario.rules)),
        ("faults.cut", faults.cut, ("before_rename", "after_rename", "after_close")),
        ("faults.hang", faults.hang, STEPS),
        ("faults.unbalanced_835", (faults.unbalanced_835,), ("", "line", "claim", "transaction")),
        ("server.wraps", server.wraps, ("zip",)),
        ("server.names.case", (server.names.case,), ("", "upper", "lower")),
        ("server.names.once", (server.names.once,), ("", "day", "ever")),
        ("server.layout.line_break", (server.layout.line_break,), ("", "none", "lf", "crlf")),
        ("server.mail.every", tuple(mail.every for mail in server.mail), ("once", "day", "file")),
        ("server.zipped", server.zipped, KINDS),
        ("server.answer_names", tuple(server.answer_names), KINDS),
        ("server.folders.usage", tuple(folder.usage for folder in server.folders), ("", "P", "T", "PT", "TP")),
    ]
    for number, (place, action) in enumerate(_actions(scenario)):
        allowed += [(f"{place}.{name}", (word,), words) for name, word, words in _words_of(action, number)]
    for name, given, words in allowed:
        yield from (
            f"{name}: {word!r} is none of {', '.join(filter(None, words))}" for word in given if word not in words
        )
    yield from _negative(faults, "faults")
    yield from _negative(server, "server")
    for kind, delay in scenario.delays.items():
        yield from _negative(delay, f"delays.{kind}")
    if not re.fullmatch(r"|[ARE]/\d{3}", scenario.ta1):
        yield "ta1: must be as in R/006"
    for n, rule in enumerate(scenario.rules):
        if not 0 <= rule.share <= 1:
            yield f"rules[{n}].share: must be a share from 0 to 1"
        if rule.late:
            yield from _negative(rule.late, f"rules[{n}].late")
    for place, action in _actions(scenario):
        yield from _negative(action, place)
        yield from _shares(action, place, "contract", "coinsurance", "sequestration")
    yield from _unwritable(scenario)
    yield from _server(server)


def _unwritable(scenario: Scenario) -> Iterator[str]:
    """Codes and names that no element of an answer can hold."""
    tables: list[tuple[str, Any]] = [("", scenario), *((f"{place}.", action) for place, action in _actions(scenario))]
    tables += [(f"provider_adjustments[{n}].", each) for n, each in enumerate(scenario.provider_adjustments)]
    for place, table in tables:
        for key, (shape, example) in _SHAPES.items():
            given = getattr(table, key, ())
            for text in (given,) if isinstance(given, str) else given:
                if not re.fullmatch(shape, text):
                    yield f'{place}{key}: {text!r} cannot be written; it must be as in "{example}"'


_CODE, _NAME = "[A-Za-z0-9]", "[A-Za-z0-9 .,'&()/+-]"
_SHAPES = {
    "carc": (f"{_CODE}{{1,5}}", "29"),
    "rarc": (f"{_CODE}{{0,5}}", "N570"),
    "remarks": (f"{_CODE}{{2,5}}", "MA01"),
    "category": (f"{_CODE}{{2}}", "A7"),
    "code": (f"{_CODE}{{1,4}}", "562"),
    "entity": (f"{_CODE}{{0,3}}", "82"),
    "reason": (f"{_CODE}{{2}}", "WO"),
    "reference": (f"{_NAME}{{0,50}}", "OLD1"),
    "to": (f"{_NAME}{{2,80}}", "77099"),
    "crossover": (f"{_NAME}{{2,80}}|", "77099"),
    "name": (f"{_NAME}{{1,60}}", "ANOTHER PAYER"),
    "number_prefix": (f"{_NAME}{{0,30}}", "SIM"),
}


def _shares(table: Any, place: str, *keys: str) -> Iterator[str]:
    yield from (f"{place}.{key}: must be a share from 0 to 1" for key in keys if getattr(table, key, 0) > 1)


def _negative(table: Any, place: str) -> Iterator[str]:
    """Numbers of bytes, seconds, dollars, days and times, in the tables of this one too."""
    for key in (field.name for field in fields(table)):
        value = getattr(table, key)
        if is_dataclass(value):
            yield from _negative(value, f"{place}.{key}")
        elif isinstance(value, int | float | Decimal) and value < 0:
            yield f"{place}.{key}: must be 0 or more"


def _actions(scenario: Scenario) -> Iterator[tuple[str, Action]]:
    yield "default", scenario.default
    for n, rule in enumerate(scenario.rules):
        yield f"rules[{n}]", rule.action
        if rule.then:
            yield f"rules[{n}].then", rule.then


def _words_of(action: Action, _: int) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if isinstance(action, Reject277):
        yield "level", action.level, ("claim", "line", "provider", "submitter")
        yield "by", action.by, ("payer", "clearinghouse")
        if action.level == "submitter":
            yield "entity", action.entity, SUBMITTERS
    if isinstance(action, PayPartly | Deny):
        yield "group", action.group, ("CO", "CR", "OA", "PI", "PR")
    if isinstance(action, Pay | Deny):
        yield "at", action.at, ("line", "claim", "alone")
        yield "status", action.status, ("", "1", "2", "3", "4", "19", "20", "21", "22", "23", "25")


def _server(server: Server) -> Iterator[str]:
    """What is no list of words: paths, patterns, hours, templates, shares."""
    if not server.folders:
        yield "server.folders: at least one is needed"
    takes = [folder.takes for folder in server.folders]
    for n, folder in enumerate(server.folders):
        if takes.count(folder.takes) > 1 or {folder.takes} & {*server.staging, *server.other_folders}:
            yield f"server.folders[{n}].takes: {folder.takes!r} is another folder too"
        if given := {folder.gives, *folder.by_kind.values()} & set(takes):
            yield f"server.folders[{n}]: {min(given)!r} cannot take files and give answers"
        for path in (folder.takes, folder.gives, *folder.by_kind.values()):
            yield from _path(path, f"server.folders[{n}]")
        yield from (
            f"server.folders[{n}].by_kind: {kind!r} is none of {', '.join(KINDS)}, mail"
            for kind in folder.by_kind
            if kind not in (*KINDS, "mail")
        )
    for path in (
        *server.staging,
        *server.other_folders,
        *([server.receipts.folder] if server.receipts and server.receipts.folder else []),
    ):
        yield from _path(path, "server.other_folders or receipts.folder")
    if not _compiles(server.names.pattern):
        yield "server.names.pattern: no regular expression"
    yield from _hours(server)
    if not 0 <= server.stolen <= 1:
        yield "server.stolen: must be a share from 0 to 1"
    for kind, template in server.answer_names.items():
        yield from _template(template, NAME_FIELDS, f"server.answer_names.{kind}")
    for n, mail in enumerate(server.mail):
        yield from _template(mail.name, ("day", "stem", "name", "file"), f"server.mail[{n}].name")
    if server.receipts:
        for key in ("arrived", "failed"):
            yield from _mark(getattr(server.receipts, key), f"server.receipts.{key}")
    for name in unknown_algorithms(server.algorithms):
        yield f"server.algorithms: {name!r} is not spoken here"


_TIME = r"([01]\d|2[0-3]):[0-5]\d"


def _hours(server: Server) -> Iterator[str]:
    for key in ("hours", "maintenance"):
        span = getattr(server, key)
        if span and not re.fullmatch(f"{_TIME}-{_TIME}", span):
            yield f"server.{key}: must be as in 08:00-17:00"
    for key in ("windows", "closures"):
        for n, window in enumerate(getattr(server, key)):
            if not all(re.fullmatch(_TIME, time) for time in (window.opens, window.closes)):
                yield f"server.{key}[{n}]: opens and closes must be as in 08:00"
            if window.opens == window.closes != "00:00":
                yield f"server.{key}[{n}]: never opens; 00:00 to 00:00 is all day"
            if window.zone not in available_timezones():
                yield f"server.{key}[{n}].zone: must be as in America/Chicago"
            yield from (
                f"server.{key}[{n}].days: {day!r} is none of {', '.join(WEEK)}"
                for day in window.days
                if day not in WEEK
            )
    for n, outage in enumerate(server.outages):
        if not (outage.begins.tzinfo and outage.ends.tzinfo):
            yield f"server.outages[{n}]: must be moments with their zone, as in 2026-12-05T22:00:00-06:00"
        elif outage.ends <= outage.begins:
            yield f"server.outages[{n}]: must end after it begins"


def _path(path: str, place: str) -> Iterator[str]:
    parts = path.strip("/").split("/")
    if not path.startswith("/") or "" in parts or ".." in parts or "." in parts:
        yield f"{place}: {path!r} must be as in /PROD/HIPAA_Inbound"
    elif parts[0] in OWN_FOLDERS:
        yield f"{place}: {path!r} is where the simulator keeps its own"


def _mark(template: str, place: str) -> Iterator[str]:
    """Without our file's name in it, nobody knows whose mark it is."""
    wrong = list(_template(template, ("name", "stem", "batch"), place))
    yield from wrong
    if template and not wrong and not any(field in template for field in ("{name}", "{stem}")):
        yield f"{place}: must have {{name}} or {{stem}} in it"


def _compiles(pattern: str) -> bool:
    try:
        return re.compile(pattern) is not None
    except re.error:
        return False


def _template(template: str, known: tuple[str, ...], place: str) -> Iterator[str]:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]
    except ValueError:
        yield f"{place}: a brace is missing"
        return
    yield from (f"{place}: {{{name}}} is none of {', '.join(known)}" for name in names if name not in known)
