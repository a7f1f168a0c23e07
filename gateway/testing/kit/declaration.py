"""The first tier: the declaration by itself, without a server."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from gateway.config.leaks import secret_places
from gateway.config.switches import disagreements
from gateway.model.partners import Lane, Partner
from gateway.naming import capacity, remote_name
from gateway.testing.kit.accounts import kit_account, stages_of
from gateway.testing.kit.loading import TO_BE_GIVEN, Loaded
from gateway.testing.kit.report import Facts, Outcome, Result

_YEAR = [datetime(2032, 1, 1, 12, tzinfo=UTC) + timedelta(days=day) for day in range(366)]
_SECRETS = {
    "a private key": r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY|PuTTY-User-Key-File-",
    "a host key": r"\b(ssh-(ed25519|rsa|dss)|ecdsa-sha2-\S+)\s+AAAA[A-Za-z0-9+/]",
    "a fingerprint": r"\bSHA256:[A-Za-z0-9+/]{40,}|\b([0-9a-fA-F]{2}:){15}[0-9a-fA-F]{2}\b",
    "a password": r"""(?i)\b(pass(word|wd|phrase|code)?|pwd|secret|api_?key|token)["']?\s*[:=]\s*["'][^"'\s{}]{4,}["']""",
}


def first_tier(loaded: Loaded) -> list[Result]:
    """Every rule of the declaration."""
    tried = loaded.registry is not None
    return [
        _result("loads", [wrong for wrong in loaded.problems if _about(wrong) == "loads"], tried),
        _result("file_names", [*_told(loaded, "file_names"), *_each_lane(loaded, _names)], tried),
        _result("stages_agree", [*_told(loaded, "stages_agree"), *_each_lane(loaded, disagreements)], tried),
        _result("sources_stated", list(_unstated(loaded)), tried),
        _result("no_secrets", list(_secrets(loaded))),
    ]


def facts_of(loaded: Loaded) -> Facts:
    """What it says of itself."""
    habits = [partner.habits for partner in loaded.partners]
    return Facts(
        _shown(source for each in habits for source in each.sources),
        _shown(fact for each in habits for fact in each.unverified),
        _shown(step for each in habits for step in each.setup),
        tuple(_open(loaded)),
    )


def _shown(sentences: Iterable[str]) -> tuple[str, ...]:
    """Each once, and none that holds a secret."""
    secret = [re.compile(shape) for shape in _SECRETS.values()]
    return tuple(
        dict.fromkeys("(not shown, for it looks like a secret)" if any(s.search(said) for s in secret) else said
                      for said in sentences)
    )  # fmt: skip


def _result(rule: str, wrong: list[str], tried: bool = True) -> Result:
    good = Outcome.PROVEN if tried else Outcome.NOT_PROVEN
    return Result(rule, Outcome.FAILED if wrong else good, tuple(wrong))


def _about(problem: str) -> str:
    """The rule that a problem of loading belongs to."""
    place = problem.partition(" (for example")[0]
    if re.search(r"\bfilename\b", place):
        return "file_names"
    return "stages_agree" if re.search(r"\bstages\.", place) else "loads"


def _told(loaded: Loaded, rule: str) -> list[str]:
    return [wrong for wrong in loaded.problems if _about(wrong) == rule]


def _each_lane(loaded: Loaded, looks: object) -> Iterator[str]:
    for partner in loaded.partners:
        for stage in stages_of(partner):
            lane = Lane(partner, kit_account(partner, stage))
            yield from (f"{lane.key}: {wrong}" for wrong in looks(lane))  # type: ignore[operator]


def _names(lane: Lane) -> Iterator[str]:
    """The first and the last name of each day of a year, with control numbers that go on: none comes twice."""
    counter, rules = lane.partner.habits.counter, lane.partner.habits.names
    last = capacity(counter) - 1 if counter else 1
    plan = [(moment, n) for moment in _YEAR for n in sorted({0, last})]
    if counter and counter.period.value != "day":
        plan = [(_YEAR[n % 366], n) for n in range(min(last + 1, 3000))]
    names = [remote_name(lane, moment, 900_000_000 + at, n) for at, (moment, n) in enumerate(plan)]
    if len(set(names)) < len(names):
        yield f"{len(names) - len(set(names))} names come twice within a year"
    if any(len(name) > rules.longest for name in names):
        yield f"a name has more than {rules.longest} characters"
    allowed = set(rules.punctuation)
    if any(not (sign.isascii() and (sign.isalnum() or sign in allowed)) for name in names for sign in name):
        yield "a name has a character that names.punctuation does not allow"


def _unstated(loaded: Loaded) -> Iterator[str]:
    tables = _tables(loaded)
    for number, partner in enumerate(loaded.partners):
        if not partner.habits.sources:
            yield f'{partner.key}: sources are missing (for example: sources = ["companion guide 3.1, pages 4 to 9"])'
        stated = "unverified" in (tables[number] if number < len(tables) else loaded.text)
        if not stated:
            yield f"{partner.key}: unverified is missing; where all was seen to be so, say unverified = []"


def _tables(loaded: Loaded) -> list[dict[str, object]]:
    return list(tomllib.loads(loaded.text).get("partner", [])) if loaded.source.suffix == ".toml" else []


def _secrets(loaded: Loaded) -> Iterator[str]:
    """Where, and of which kind; never what."""
    for number, line in enumerate(loaded.text.splitlines(), 1):
        yield from (f"line {number} looks like {kind}" for kind, shape in _SECRETS.items() if re.search(shape, line))
    if loaded.source.suffix == ".toml":
        try:
            yield from (f"{place} looks like a secret" for place in secret_places(tomllib.loads(loaded.text)))
        except tomllib.TOMLDecodeError:
            return


def _open(loaded: Loaded) -> Iterator[str]:
    for partner in loaded.partners:
        if partner.endpoint.host.endswith(".invalid"):
            yield f"{partner.key}: endpoint.host"
        yield from (f"{partner.key}: {place}" for place in _given_later(partner))
        if not partner.payers:
            yield f"{partner.key}: payers"


def _given_later(partner: Partner) -> Iterator[str]:
    if partner.receiver.id == TO_BE_GIVEN:
        yield "receiver"
    yield from (
        f"payers.{payer}" for payer, ids in partner.payers.items() if any(i.startswith(TO_BE_GIVEN) for i in ids)
    )
