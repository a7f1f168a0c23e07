"""Every field of a declaration is spoken of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gateway.deadlines.accounts import password_ends
from gateway.model.claims import ClaimKind
from gateway.model.habits import WEEK, Counter, Expectation, Habits, Legacy, Outage, Period, Sends, Wire
from gateway.model.partners import (
    Anchor,
    Endpoint,
    FilingRule,
    Partner,
    Payer,
    Policy,
    Route,
    Rule,
    Unit,
    Window,
    WriteHabit,
)
from gateway.model.x12 import Address
from gateway.partnership.accounts import account_says
from gateway.partnership.partners import partner_says
from gateway.partnership.payers import payer_says, routes_say
from gateway.partnership.phrases import counted, listed, span, weekdays, window
from tests.config.test_declarations import PARTNER
from tests.test_naming import ACCOUNT, LANE

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 9, 30)
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKUwOJhmoYOX23F10Nn3oGDA02yFCVs4ahsiHnsIyhFK"
NEXT_KEY = f"{KEY[:-4]}AAAA"


def words(partner: Partner) -> str:
    return "\n".join(
        f"{topic.heading}: {sentence}" for topic in partner_says(partner, TODAY) for sentence in topic.says
    )


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each single value that a declaration holds."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from leaves(getattr(value, field.name), (*path, field.name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, tuple) and value and is_dataclass(value[0]):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, number))
    else:
        yield path


def changed(value: Any, path: tuple[Any, ...]) -> Any:
    """The same with another value at the end of the way."""
    if not path:
        return another(value)
    step, rest = path[0], path[1:]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{step: changed(getattr(value, step), rest)})
    if isinstance(value, Mapping):
        return {**value, step: changed(value[step], rest)}
    return (*value[:step], changed(value[step], rest), *value[step + 1 :])


def another(value: Any) -> Any:
    """Something of the same kind that says something else."""
    match value:
        case bool():
            return not value
        case int():
            return value + 7
        case datetime() | date():
            return value + timedelta(days=3)
        case timedelta():
            return value + timedelta(days=5)
        case tuple():
            return ("sat", "sun") if set(value) <= set(WEEK) else value[:-1]
        case None:
            return timedelta(hours=17)
        case str() if not hasattr(value, "value"):
            return f"{value}9" if value != "{submitter}_{day:%y%m%d}_{n}.dat" else "{isa13}"
    return next(other for other in type(value) if other is not value)


FULL = replace(PARTNER, habits=replace(PARTNER.habits, counter=replace(PARTNER.habits.counter, alphabet="abz9")))  # type: ignore[type-var]
LEAVES = [path for path in leaves(FULL) if path != ("habits", "mailbox", "discard_after_days")]


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_every_value_of_a_declaration_is_spoken_of(path: tuple[Any, ...]) -> None:
    """Were it another, the words would be others. A rule over all fields, also those that come later."""
    partner = FULL
    if path[:2] == ("expects", "TA1") and path[-1] != "sends":
        partner = replace(FULL, expects={**FULL.expects, "TA1": Expectation(within=timedelta(hours=1))})
    if path[:2] == ("expects", "277CA"):
        partner = replace(FULL, expects={**FULL.expects, "277CA": Expectation(Sends.ALWAYS, timedelta(hours=1))})
    if path == ("temporary_suffix",):
        partner = replace(FULL, write=WriteHabit.TEMP_RENAME)
    assert words(changed(partner, path)) != words(partner), path


def test_days_after_which_a_file_is_removed_are_told() -> None:
    """Where we do remove it then."""
    assert "We remove a file 14 days after it was fetched." in words(PARTNER)


def test_no_sentence_is_broken() -> None:
    """Each begins with a capital or a name, ends with a full stop, and has no hole in it."""
    usual = Partner("a_edi", "A", {"a": ("1",)}, Address("ZZ", "AHP"), Endpoint("sftp", "edi.example"))
    own = ("Ask before the first file", "Not verified", "Sources")
    for partner in (usual, PARTNER):
        for topic in partner_says(partner, TODAY):
            for sentence in topic.says:
                assert topic.heading in own or sentence.endswith(".")
                assert not [bad for bad in ("None", "  ", "()", "<", "Habits") if bad in sentence]


def test_what_is_as_usual_is_short() -> None:
    """An ordinary partner is told in one look."""
    usual = Partner("a_edi", "A", {"a": ("1",)}, Address("ZZ", "AHP"), Endpoint("sftp", "edi.example"))
    assert words(usual).count("\n") < 20


def test_old_algorithms_that_ended_are_told_as_ended() -> None:
    """We accepted them."""
    wire = Wire(legacy=Legacy(("ssh-rsa",), date(2026, 11, 20)))
    said = words(replace(PARTNER, habits=Habits(wire=wire)))
    assert "It still needs ssh-rsa; we accepted them until the end of 2026-11-20 (6 days ago)." in said


def test_an_account_tells_what_runs_out_and_no_secret() -> None:
    """The name of the secret, never itself; the fingerprint, not the key."""
    habits = Habits(wire=Wire(password_days=60))
    lane = replace(LANE, partner=replace(LANE.partner, habits=habits),
                   account=replace(ACCOUNT, host_keys=(KEY,), password_changed=date(2026, 10, 5),
                                   next_host_keys=((NEXT_KEY, date(2026, 12, 22)), (KEY, date(2026, 12, 1)))))  # fmt: skip
    said = "\n".join(account_says(lane, NOW).says)
    assert "The password ends in 8 days, on 2026-12-04." in said
    assert " --stage production --credential NAME" in said
    assert "A new host key counts in 26 days, on 2026-12-22: ssh-ed25519 SHA256:" in said
    assert said.count("A new host key") == 1  # the other is pinned by now
    assert "The first file of all would be called OPENGATE_20261126_000000001.837." in said
    assert KEY.split()[1] not in said
    assert password_ends(LANE) is None
    late = replace(lane, account=replace(lane.account, password_changed=date(2026, 9, 1)))
    assert "The password ended 26 days ago, on 2026-10-31." in account_says(late, NOW).says
    unknown = replace(lane, account=replace(lane.account, password_changed=None))
    assert "password_changed does not say since when" in " ".join(account_says(unknown, NOW).says)
    bare = replace(lane, account=replace(lane.account, host_keys=()))
    assert "No host key is pinned" in " ".join(account_says(bare, NOW).says)


@pytest.mark.parametrize(
    ("period", "said"),
    [
        (Period.DAY, "No file name is left until names begin anew, by the day: what is more waits."),
        (Period.EVER, "No file name is left: what is more waits."),
    ],
)
def test_an_account_without_a_name_left_says_so(period: Period, said: str) -> None:
    """The name of a file that was sent long ago is no example of the next."""
    habits = Habits(counter=Counter("1", "3", period=period))
    lane = replace(LANE, partner=replace(LANE.partner, habits=habits))
    assert said in account_says(lane, NOW, "").says
    assert "The next file would be called a.837." in account_says(lane, NOW, "a.837").says
    assert "The first file of all" in " ".join(account_says(lane, NOW).says)


PAYER = Payer(
    "alpha", "Alpha Health", timedelta(days=120), Policy.LEARNING, True, True, True, {Rule.ERA: Policy.OFF},
    (FilingRule(Anchor.DOS_FROM, 1, Unit.YEARS, "MB", "corrected", True, "42 CFR 424.44", TODAY),), timedelta(days=60),
    True, "555-555-0142", no_replacements=(ClaimKind.DENTAL,),
)  # fmt: skip


@pytest.mark.parametrize("path", list(leaves(PAYER)), ids=lambda path: ".".join(map(str, path)))
def test_every_value_of_a_payer_is_spoken_of(path: tuple[Any, ...]) -> None:
    """As of a partner."""
    assert payer_says(changed(PAYER, path)) != payer_says(PAYER)


def test_the_ways_to_a_payer_are_told_with_what_is_missing() -> None:
    """First, backup, an account that is not there, a partner that nobody routes to."""
    other = replace(LANE.partner, key="beta_edi", name="BETA EXCHANGE", payers={"alpha": ("B1", "B2")})
    third = replace(LANE.partner, key="gamma_edi")
    partners = {found.key: found for found in (LANE.partner, other, third)}
    routes = [Route("alpha", "alpha_edi"), Route("alpha", "beta_edi", 1, "B2")]
    assert routes_say("alpha", routes, partners, {LANE.key: LANE}).says == (
        "First by ALPHA HEALTH (alpha_edi), as 77001; our lane there is alpha_edi/production.",
        "As backup by BETA EXCHANGE (beta_edi), as B1 or B2; but there is no account: add conf/partners/beta_edi.toml."
        " Claims that name it by another id go with B2.",
        "It could also be reached by gamma_edi, to which no route leads.",
    )
    assert "No route leads there" in routes_say("alpha", (), {}, {}).says[0]


@pytest.mark.parametrize(
    ("days", "said"),
    [(WEEK, "every day"), (("mon", "tue", "wed", "thu", "fri"), "Monday to Friday"), (("sun",), "Sunday"),
     (("sat", "mon"), "Monday and Saturday"), (("fri", "sat"), "Friday and Saturday")],
)  # fmt: skip
def test_days_of_the_week_are_said_as_people_say_them(days: tuple[str, ...], said: str) -> None:
    """By their ends where they stand in a row."""
    assert weekdays(days) == said


def test_a_window_from_midnight_to_midnight_is_all_day() -> None:
    assert window(Window("00:00", "00:00", days=("sun",))) == "Sunday all day, UTC"
    assert window(Window("22:00", "00:00", days=("sun",))) == "Sunday 22:00 to 00:00, UTC"


@pytest.mark.parametrize(
    ("time", "said"),
    [(timedelta(days=2), "2 days"), (timedelta(hours=24), "24 hours"), (timedelta(minutes=90), "90 minutes"),
     (timedelta(minutes=1), "1 minute"), (timedelta(seconds=90), "1.5 minutes"), (timedelta(hours=36), "36 hours")],
)  # fmt: skip
def test_spans_are_said_in_their_largest_whole_unit(time: timedelta, said: str) -> None:
    """A day is said as 24 hours, as contracts do."""
    assert span(time) == said


def test_lists_and_counts_are_said_in_words() -> None:
    """One, two and many."""
    assert [listed("a"), listed("ab"), listed("abc", "or"), listed("")] == ["a", "a and b", "a, b or c", "none"]
    assert [counted(1, "day"), counted(2, "day")] == ["1 day", "2 days"]
    assert Outage(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)).reason == ""
    assert Window("06:00", "20:00").days == WEEK
