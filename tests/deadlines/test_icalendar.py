"""The calendar file, read back by a small reader of RFC 5545 that shares nothing with the writer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.deadlines import Deadline, Kind, Stake
from gateway.deadlines.icalendar import Entry, icalendar, same_but_for_the_stamp
from gateway.deadlines.listing import entries_of

MADE = datetime(2026, 11, 10, 9, 2, tzinfo=UTC)


@dataclass
class Component:
    """BEGIN to END: properties by name with parameters and value, and the components inside."""

    name: str
    properties: dict[str, tuple[str, str]] = field(default_factory=dict)
    inside: list[Component] = field(default_factory=list)


def parsed(data: bytes) -> Component:
    """The calendar. Fails on anything that RFC 5545 does not allow."""
    physical = data.split(b"\r\n")
    assert physical.pop() == b"", "the last line ends with CRLF"
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in physical)
    logical: list[bytes] = []
    for line in physical:
        line.decode("utf-8")  # no character is cut in two
        if line.startswith(b" "):
            logical[-1] += line[1:]
        else:
            logical.append(line)
    root = Component("")
    open_ones = [root]
    for text in (line.decode("utf-8") for line in logical):
        head, value = re.fullmatch(r"([A-Z-]+(?:;[A-Z]+=[A-Z]+)*):(.*)", text).groups()  # type: ignore[union-attr]
        name, _, parameters = head.partition(";")
        if name == "BEGIN":
            open_ones[-1].inside.append(Component(value))
            open_ones.append(open_ones[-1].inside[-1])
        elif name == "END":
            assert open_ones.pop().name == value
        else:
            assert name not in open_ones[-1].properties, "these properties stand once"
            open_ones[-1].properties[name] = (parameters, value)
    assert open_ones == [root]
    [calendar] = root.inside
    return calendar


def unescaped(value: str) -> str:
    """A TEXT value as it was meant; what must be escaped and is not fails."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value)
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def written(*entries: Entry) -> Component:
    return parsed(icalendar("Deadlines of a site, here", entries, MADE).encode())


def test_a_calendar_has_what_programs_need() -> None:
    """Version, producer, a name; each day whole, with the stamp of this edition."""
    entry = Entry(
        "a@b", date(2026, 12, 31), "Limit; 3 claims, $1,200", "One\\two,\nthree", (timedelta(days=30), timedelta(0))
    )
    calendar = written(entry)
    assert calendar.properties["VERSION"] == ("", "2.0")
    assert "PRODID" in calendar.properties
    [event] = calendar.inside
    assert event.properties["DTSTART"] == ("VALUE=DATE", "20261231")
    assert event.properties["DTEND"] == ("VALUE=DATE", "20270101")
    assert event.properties["DTSTAMP"] == ("", "20261110T090200Z")
    assert event.properties["UID"] == ("", "a@b")
    assert unescaped(event.properties["SUMMARY"][1]) == entry.summary
    assert unescaped(event.properties["DESCRIPTION"][1]) == entry.description
    assert [alarm.properties["TRIGGER"][1] for alarm in event.inside] == ["-P30D", "PT0S"]
    assert {alarm.properties["ACTION"][1] for alarm in event.inside} == {"DISPLAY"}


_PRINTED = st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" ,;\\\n:ü漢🙂"), max_size=300)


@given(st.lists(st.tuples(st.dates(date(1, 1, 1), date(9999, 12, 30)), _PRINTED, _PRINTED), max_size=5))
def test_any_text_comes_back_as_it_was(found: list[tuple[date, str, str]]) -> None:
    """However long, in whatever script, with whatever is special to the format."""
    entries = [Entry(f"{n}@x", day, one, two) for n, (day, one, two) in enumerate(found)]
    events = written(*entries).inside
    assert len(events) == len(entries)
    for event, entry in zip(events, entries, strict=True):
        assert unescaped(event.properties["SUMMARY"][1]) == entry.summary
        assert unescaped(event.properties.get("DESCRIPTION", ("", ""))[1]) == entry.description
        assert event.properties["DTSTART"][1] == entry.day.isoformat().replace("-", "")


@pytest.mark.parametrize("character", ["a", "ü", "漢", "🙂"])
def test_no_line_is_longer_than_75_octets_wherever_it_is_folded(character: str) -> None:
    """A character of several octets goes to the next line as a whole."""
    for before in range(80):
        text = "x" * before + character * 60
        [event] = written(Entry("u", date(2026, 1, 1), text)).inside
        assert unescaped(event.properties["SUMMARY"][1]) == text


@given(st.text(max_size=50))
def test_no_text_can_add_a_line(text: str) -> None:
    """Line ends and control characters of any kind stay inside their property or go."""
    calendar = written(Entry("u", date(2026, 1, 1), text, text))
    assert [event.name for event in calendar.inside] == ["VEVENT"]


def test_editions_are_compared_without_their_stamps() -> None:
    """A file is written anew only when it says something new."""
    one = Entry("a@b", date(2026, 12, 31), "Limit")
    first, later = icalendar("n", [one], MADE), icalendar("n", [one], MADE + timedelta(days=1))
    assert first != later
    assert same_but_for_the_stamp(first, later)
    assert not same_but_for_the_stamp(first, icalendar("n", [Entry("a@b", date(2026, 12, 30), "Limit")], MADE))


TODAY = date(2026, 11, 10)


def filing(claim: int, day: date, charge: str) -> tuple[Deadline, Stake]:
    return Deadline(
        Kind.FILING, f"claim {claim}", day, "alpha", claim, "HELD", charge=Decimal(charge), limit=day
    ), Stake()


def test_filing_limits_of_a_day_are_one_entry_that_names_no_claim() -> None:
    """Whoever sees the calendar sees totals by payer."""
    found = [filing(7711, TODAY, "100.50"), filing(7712, TODAY, "20"), filing(7713, TODAY + timedelta(days=1), "5")]
    entries = list(entries_of(found, TODAY, {"alpha": "Alpha Health Plan"}, "site"))
    assert [(entry.day, entry.summary) for entry in entries] == [
        (TODAY, "Filing limit at Alpha Health Plan: 2 claims, $120.50"),
        (TODAY + timedelta(days=1), "Filing limit at Alpha Health Plan: 1 claim, $5"),
    ]
    assert "771" not in icalendar("n", entries, MADE)


def test_what_is_renewed_moves_and_is_no_second_entry() -> None:
    """Its uid stays, and no two things have the same one."""
    licence = Deadline(Kind.LICENCE, "2000000010 licence IA", TODAY, npi="2000000010", record="statement 7")
    renewed = Deadline(Kind.LICENCE, licence.subject, date(2028, 1, 1), npi=licence.npi, record="statement 9")
    other = Deadline(Kind.DEA, "2000000010 dea IA", TODAY, npi="2000000010", record="statement 8")
    uids = [entry.uid for one in (licence, renewed, other) for entry in entries_of([(one, Stake())], TODAY, {}, "s")]
    assert uids[0] == uids[1] != uids[2]
    [entry] = entries_of([(licence, Stake(90, Decimal(9000), 90))], TODAY, {}, "s")
    assert "7 claims and $700 a week stop at all payers" in entry.description
    assert [before.days for before in entry.alarms] == [120, 90, 60, 30, 14, 7, 0]
