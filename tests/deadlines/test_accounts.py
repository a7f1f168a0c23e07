"""What runs out of our accounts: passwords and the leave to use old algorithms."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from gateway.deadlines import Kind, Stake
from gateway.deadlines.accounts import of_lanes
from gateway.deadlines.listing import entries_of, lines_of
from gateway.deadlines.words import command, event_of, sentence
from gateway.model.habits import Habits, Legacy, Wire
from tests.test_naming import ACCOUNT, LANE

SET = date(2026, 10, 5)
WIRE = Wire(password_days=60, legacy=Legacy(("ssh-rsa",), date(2027, 6, 30)))
OLD = replace(LANE, partner=replace(LANE.partner, habits=Habits(wire=WIRE)),
              account=replace(ACCOUNT, password_changed=SET))  # fmt: skip


def test_a_password_and_old_algorithms_have_a_last_day() -> None:
    """By what the partner says and when it was set; who says nothing has none."""
    found = list(of_lanes([LANE, OLD]))
    assert [(each.kind, each.due, each.who) for each in found] == [
        (Kind.PASSWORD, date(2026, 12, 4), "alpha_edi/production"),
        (Kind.LEGACY, date(2027, 6, 30), "alpha_edi/production"),
    ]
    unknown = replace(OLD, account=ACCOUNT)
    assert [each.kind for each in of_lanes([unknown])] == [Kind.LEGACY]


def test_a_new_password_starts_a_new_ladder() -> None:
    """What was told of the old day says nothing of the new one."""
    renewed = replace(OLD, account=replace(OLD.account, password_changed=SET + timedelta(days=50)))
    first, second = next(of_lanes([OLD])), next(of_lanes([renewed]))
    assert first.subject == second.subject
    assert first.due != second.due


def test_a_password_is_told_as_the_trade_does_it() -> None:
    """In the list with the command that says more, in the calendar, and as news without the password's rule."""
    password = next(of_lanes([OLD]))
    today = date(2026, 11, 29)
    (line,) = lines_of([(password, Stake())], today, None, ())
    assert (line.who, line.left, line.command) == ("alpha_edi/production", 5, "gateway payer show alpha_edi")
    assert sentence(password, today, Stake()) == "the password ends on 2026-12-04"
    assert command(password) == "gateway payer show alpha_edi"
    (entry,) = entries_of([(password, Stake())], today, {}, "test")
    assert entry.summary == "Lane alpha_edi/production: password"
    news = event_of(password, "days_7", today, Stake())
    assert (getattr(news, "subject", ""), getattr(news, "code", "")) == ("lane alpha_edi/production", "PASSWORD")
    assert lines_of([(password, Stake())], date(2026, 11, 19), None, ()) == []
    assert not password.stops_claims


def test_an_announced_host_key_has_its_day_until_it_is_pinned() -> None:
    """It counts from that day on, beside the pinned one, and not before."""
    new, day = f"ssh-ed25519 {'A' * 68}", date(2026, 12, 22)
    staged = replace(LANE, account=replace(ACCOUNT, next_host_keys=((new, day),)))
    (deadline,) = of_lanes([staged])
    assert (deadline.kind, deadline.due, deadline.who) == (Kind.HOST_KEY, day, "alpha_edi/production")
    assert command(deadline) == "gateway payer rotate alpha_edi --stage production --next-key"
    assert sentence(deadline, date(2026, 12, 20), Stake()) == "the new host key is due on 2026-12-22"
    assert new not in deadline.subject
    assert staged.account.on(day - timedelta(days=1)).host_keys == ACCOUNT.host_keys
    assert staged.account.on(day).host_keys == (*ACCOUNT.host_keys, new)
    pinned = replace(staged, account=replace(staged.account, host_keys=(f"{new} their comment",)))
    assert list(of_lanes([pinned])) == []
