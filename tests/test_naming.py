"""Names at a partner, and the counters in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model.habits import Case, Counter, Habits, NameRules, Period, StageMarks
from gateway.model.partners import Account, Endpoint, Lane, Partner, Stage
from gateway.model.x12 import Address
from gateway.naming import capacity, numeral, period_of, remote_name, type_of

NOW = datetime(2026, 11, 10, 15, 0, tzinfo=UTC)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ENDPOINT = Endpoint("sftp", "sftp.example.com")
PARTNER = Partner("alpha_edi", "ALPHA HEALTH", {"alpha": ("77001",)}, Address("ZZ", "ALPHAHP"), ENDPOINT)
ACCOUNT = Account(
    "alpha_edi", Address("ZZ", "OPENGATE"), "OGT77", "OPENGATE GATEWAY", "5555550100", "user", "secret",
    ("ssh-ed25519 AAAA",), Stage.PRODUCTION, ENDPOINT,
)  # fmt: skip
LANE = Lane(PARTNER, ACCOUNT)


def lane(template: str, habits: Habits | None = None, stage: Stage = Stage.PRODUCTION) -> Lane:
    return Lane(replace(PARTNER, filename=template, habits=habits or Habits()), replace(ACCOUNT, stage=stage))


def test_a_remote_name_has_all_the_fields_a_template_may_ask_for() -> None:
    """Sender ISA06, submitter GS02, ISA13 in nine digits, and the local day as the template wants it."""
    plain = lane("{submitter}-{sender}-{day:%y%j}-{isa13}.txt")
    assert remote_name(plain, datetime(2026, 2, 1, 23, 30), 42) == "OGT77-OPENGATE-26032-000000042.txt"
    assert remote_name(LANE, datetime(2026, 2, 1, 23, 30), 999_999_999) == "OPENGATE_20260201_999999999.837"


def test_a_name_can_tell_the_guide_the_stage_and_the_number_of_the_day() -> None:
    """As in T10001_S10002_837P_1110_03.dat."""
    habits = Habits(counter=Counter("01", "99"))
    template = "T{sender}_S{submitter}_837{type}{stage}_{day:%m%d}_{n}.dat"
    assert remote_name(lane(template, habits), NOW, 7, 2, "I") == "TOPENGATE_SOGT77_837IP_1110_03.dat"
    assert remote_name(lane(template, habits, Stage.TEST), NOW, 7, 98) == "TOPENGATE_SOGT77_837PT_1110_99.dat"


def test_a_stage_with_names_of_its_own_uses_them() -> None:
    """A file for production is never called as one for a test."""
    habits = Habits(stages={"test": StageMarks(filename="OATEST_{isa13}.837")})
    assert remote_name(lane("{isa13}.837", habits, Stage.TEST), NOW, 7) == "OATEST_000000007.837"
    assert remote_name(lane("{isa13}.837", habits), NOW, 7) == "000000007.837"


@pytest.mark.parametrize(("case", "name"), [(Case.UPPER, "OPENGATE_NOV_000000007"), (Case.LOWER, "opengate_nov_000000007"),
                                            (Case.KEEP, "OPENGATE_Nov_000000007")])  # fmt: skip
def test_names_are_in_the_letters_that_the_partner_wants(case: Case, name: str) -> None:
    """Those of ids and months too."""
    assert remote_name(lane("{sender}_{day:%b}_{isa13}", Habits(names=NameRules(case))), NOW, 7) == name


@given(st.integers(1, 999_999_999), st.integers(1, 999_999_999))
def test_two_control_numbers_never_share_a_name(one: int, other: int) -> None:
    """On the same day at the same partner, names differ as the numbers do."""
    assert (remote_name(LANE, NOW, one) == remote_name(LANE, NOW, other)) is (one == other)


@pytest.mark.parametrize(
    ("counter", "values", "count"),
    [
        (Counter("01", "99"), {0: "01", 8: "09", 9: "10", 98: "99"}, 99),
        (Counter("1", "120"), {0: "1", 8: "9", 9: "10", 119: "120"}, 120),
        (Counter("A", "Z", LETTERS), {0: "A", 25: "Z"}, 26),
        (Counter("A", "ZZ", LETTERS), {0: "A", 25: "Z", 26: "AA", 27: "AB", 52: "BA", 701: "ZZ"}, 702),
        (Counter("AA", "ZZ", LETTERS), {0: "AA", 1: "AB", 675: "ZZ"}, 676),
        (Counter("B", "AAA", LETTERS), {0: "B", 24: "Z", 25: "AA", 701: "AAA"}, 702),
        (Counter("00", "FF", "0123456789ABCDEF"), {0: "00", 16: "10", 255: "FF"}, 256),
        (Counter("9", "1"), {}, 0),
    ],
)
def test_a_counter_counts_as_people_do(counter: Counter, values: dict[int, str], count: int) -> None:
    """To a fixed width, on from 9 to 10, and on from Z to AA."""
    assert {index: numeral(counter, index) for index in values} == values
    assert capacity(counter) == count
    for beyond in (-1, count):
        with pytest.raises(ValueError, match="has no value number"):
            numeral(counter, beyond)


@given(st.text("0123AB", min_size=1, max_size=4), st.text("0123AB", min_size=1, max_size=4),
       st.permutations("0123AB").map("".join))  # fmt: skip
def test_no_counter_gives_a_value_twice(first: str, last: str, alphabet: str) -> None:
    """Whatever its alphabet; each value is made of it, the first is the first and the last the last."""
    if len(last) < len(first):
        return
    counter = Counter(first, last, alphabet)
    values = [numeral(counter, index) for index in range(capacity(counter))]
    assert len(set(values)) == len(values)
    assert set("".join(values)) <= set(alphabet)
    if values and (len(first) == len(last) or last[0] != "0"):
        assert (values[0], values[-1]) == (first, last)


@pytest.mark.parametrize(("period", "text"), [(Period.DAY, "2026-11-10"), (Period.YEAR, "2026"), (Period.EVER, "")])
def test_a_counter_begins_anew_with_its_period(period: Period, text: str) -> None:
    """The text by which one is told from the next."""
    assert period_of(Counter(period=period), date(2026, 11, 10)) == text


def test_the_type_of_a_guide_is_told_with_or_without_its_addendum() -> None:
    """P, I and D, as in 837P."""
    versions = ("005010X222A1", "005010X222", "005010X223A2", "005010X224A2")
    assert [type_of(version) for version in versions] == ["P", "P", "I", "D"]
