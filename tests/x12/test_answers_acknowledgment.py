"""A 999 or 997 says what became of our group and its sets, and where the errors stand."""

from __future__ import annotations

import pytest

from gateway.errors import Malformed
from gateway.model.answers import GroupAcknowledgment, Note, SegmentError, SetAcknowledgment
from gateway.x12.answers import read_answers
from tests.answers import acknowledgment, group, interchange, one_set

Read = tuple[GroupAcknowledgment, list[str]]


def read(document: bytes) -> Read:
    first, *rest = read_answers([document])
    assert isinstance(first, GroupAcknowledgment)
    return first, [each.kind for each in rest if isinstance(each, Note)]


def test_an_accepted_group_names_its_set() -> None:
    """AK1 names our group, AK2 our set, IK5 and AK9 what became of them."""
    answer, flags = read(interchange(acknowledgment("AK2*837*0001*005010X222A1", "IK5*A")))
    assert (answer.functional_id, answer.control, answer.version, answer.code) == ("HC", "71", "005010X222A1", "A")
    assert answer.sets == (SetAcknowledgment("0001", "A"),)
    assert flags == []


def test_an_error_keeps_its_place_and_no_value() -> None:
    """IK3 gives segment, position and loop, IK4 element and code, a CTX perhaps our claim."""
    answer, _ = read(
        interchange(
            acknowledgment(
                "AK2*837*0001*005010X222A1",
                "IK3*DMG*17*2010*8",
                "CTX*SUBSCRIBER NAME NM109:HH-SECRET-1",
                "IK4*2*1251*8*19760230",
                "IK3*SV1*44**8",
                "CTX*CLM01:BL-1002",
                "IK4*1:2*234*I12*9921",
                "IK4*7:1*1328*2",
                "IK5*R*5*I5",
                code="R",
            ),
            separators="*>~^",
        )
    )
    assert answer.sets == (
        SetAcknowledgment(
            "0001",
            "R",
            ("5", "I5"),
            (
                SegmentError("DMG", 17, "2010", "8", (("2", "8"),)),
                SegmentError("SV1", 44, "", "8", (("1:2", "I12"), ("7:1", "2")), "BL-1002"),
            ),
        ),
    )


def test_several_sets_have_a_verdict_each() -> None:
    """A group may be accepted in part."""
    answer, _ = read(
        interchange(
            acknowledgment("AK2*837*0001", "IK5*A", "AK2*837*0002", "IK3*CLM*9*2300*3", "IK5*R*5", code="P"),
        )
    )
    assert [(each.control, each.code) for each in answer.sets] == [("0001", "A"), ("0002", "R")]
    assert (answer.code, answer.sets[1].errors[0].position) == ("P", 9)


@pytest.mark.parametrize("version", ["005010X230", "004010"])
def test_a_997_is_read_as_far_as_it_says_the_same(version: str) -> None:
    """AK3, AK4 and AK5 are what IK3, IK4 and IK5 are in a 999."""
    body = ("AK1*HC*71", "AK2*837*0001", "AK3*NM1*31*2010*8", "AK4*9**7*HH-SECRET-3", "AK5*R*5", "AK9*R*1*1*0")
    answer, flags = read(interchange(group("FA", version, one_set("997", *body))))
    assert answer.sets == (
        SetAcknowledgment("0001", "R", ("5",), (SegmentError("NM1", 31, "2010", "8", (("9", "7"),)),)),
    )
    assert flags == []


def test_a_verdict_that_is_missing_stays_empty_and_is_flagged() -> None:
    """Nobody said that the set was taken, so the answer does not either."""
    answer, flags = read(interchange(group("FA", "005010X231A1", one_set("999", "AK1*HC*71", "AK2*837*0001"))))
    assert (answer.code, answer.sets) == ("", (SetAcknowledgment("0001", ""),))
    assert flags == ["flag:ST03", "flag:AK9", "flag:IK5"]


def test_a_position_that_is_no_number_is_none() -> None:
    """The error is kept all the same."""
    answer, _ = read(interchange(acknowledgment("AK2*837*0001", "IK3*CLM*?*2300*8", "IK5*R", code="R")))
    assert answer.sets[0].errors == (SegmentError("CLM", None, "2300", "8"),)


@pytest.mark.parametrize("body", [("IK5*A",), ("IK3*CLM*9*2300*8",), ("AK2*837*0001", "IK4*2**8*X")])
def test_a_verdict_of_nothing_is_malformed(body: tuple[str, ...]) -> None:
    """An error points to its segment, never to what the 999 quotes."""
    with pytest.raises(Malformed) as caught:
        read(interchange(acknowledgment(*body)))
    assert caught.value.code == "X12_STRUCTURE"
    assert caught.value.place == f"ISA 1/GS 1/ST 1/segment {len(body) + 2}/{body[-1][:3]}"
