"""Outer code lists: well formed, newer editions replace older ones, and elements are judged by them."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.data import CodeList, code_list, code_list_of, code_lists, merged
from gateway.errors import Malformed
from gateway.guidebook import standard_lists
from gateway.guides.validator import CodeLists, Validator
from gateway.model.claims import Outcome
from gateway.testing.builders import ClaimSpec, batch837p
from tests.guides.judging import GUIDES, edited, faults_of

SITE = """
name = "place_of_service"
source = "CMS"
version = "2"
date = 2099-01-01
unknown = "HOLD"

[codes]
11 = "office"
67 = "a place of the future"
"""
CLAIM = batch837p([ClaimSpec("A1")])


def test_the_lists_that_guides_refer_to_are_brought() -> None:
    """By the names that the guides' elements use."""
    assert {"states", "countries", "place_of_service", "currency", "adjustment_group", "oral_cavity", "tooth"} == set(
        code_lists()
    )


@pytest.mark.parametrize("name", code_lists())
def test_a_list_says_where_it_comes_from_and_when(name: str) -> None:
    """Each file holds the list of its own name, with source, version and date, its codes trimmed and in upper case."""
    found = code_list(name)
    assert found.name == name
    assert found.source
    assert found.version
    assert found.dated <= date(2030, 1, 1)
    assert all(code == code.strip().upper() for code in found.codes)


@pytest.mark.parametrize("name", ["states", "place_of_service", "oral_cavity", "adjustment_group"])
def test_a_code_that_does_not_speak_for_itself_has_a_meaning(name: str) -> None:
    """In our own words, for whoever looks it up."""
    assert all(code_list(name).meanings.values())


def test_a_list_may_hold_bare_codes() -> None:
    """Where nobody needs a word for each."""
    bare = SITE.replace('[codes]\n11 = "office"\n67 = "a place of the future"', 'codes = ["11", "67"]')
    assert code_list_of(bare).codes == {"11", "67"}


@pytest.mark.parametrize(
    ("name", "least", "most", "length"),
    [("states", 70, 80, 2), ("countries", 245, 252, 2), ("place_of_service", 52, 60, 2), ("currency", 150, 170, 3)],
)
def test_a_list_is_complete(name: str, least: int, most: int, length: int) -> None:
    """About as many codes as there are, each of its length."""
    codes = code_list(name).codes
    assert least <= len(codes) <= most
    assert {len(code) for code in codes} == {length}


@pytest.mark.parametrize("code", ["02", "10", "11", "27", "58", "66", "99"])
def test_places_of_service_that_came_lately_are_known(code: str) -> None:
    """Telehealth at home, street sites, opioid treatment, PACE centers."""
    assert code in code_list("place_of_service").codes


@pytest.mark.parametrize("code", ["28", "30", "35", "40", "43", "48", "59", "63", "67", "73", "82", "98", "00"])
def test_places_of_service_that_nobody_assigned_are_not(code: str) -> None:
    """Such a code is a mistake."""
    assert code not in code_list("place_of_service").codes


def test_teeth_are_numbered_as_dentists_here_do() -> None:
    """Thirty-two and twenty, each with one that is too many beside it; nine may have two digits."""
    codes = code_list("tooth").codes
    assert len(codes) == 2 * (32 + 20) + 9
    assert {"1", "32", "51", "82", "A", "T", "AS", "TS"} < codes
    assert not {"0", "33", "50", "83", "U", "US", "S1"} & codes


@pytest.mark.parametrize("code", ["PR", "GU", "VI", "AE", "AP", "AA", "DC", "NU", "NL", "QC"])
def test_territories_military_areas_and_provinces_are_states(code: str) -> None:
    """As addresses have them."""
    assert code in code_list("states").codes


@pytest.mark.parametrize("code", ["ME", "RS", "SS", "CW", "SX", "BQ", "IM", "JE", "GG", "AX", "TL"])
def test_countries_that_came_lately_are_known(code: str) -> None:
    """Countries that older lists lack."""
    assert code in code_list("countries").codes


@pytest.mark.parametrize(
    ("name", "outcome"), [("states", 3), ("countries", 3), ("place_of_service", 3), ("currency", 1)]
)
def test_a_list_says_what_an_unknown_code_means(name: str, outcome: int) -> None:
    """What every payer refuses is rejected, the rest only mentioned."""
    assert code_list(name).unknown == Outcome(outcome)


def test_a_list_that_does_not_say_only_mentions_an_unknown_code() -> None:
    """The mildest word is the default."""
    assert code_list_of(SITE.replace('unknown = "HOLD"', "")).unknown is Outcome.WARN


def test_a_newer_edition_of_a_site_replaces_ours() -> None:
    """As a whole, with what it says of unknown codes."""
    newer = merged(code_list("place_of_service"), code_list_of(SITE))
    assert newer.codes == {"11", "67"}
    assert newer.unknown is Outcome.HOLD


@pytest.mark.parametrize("day", ["2020-01-01", str(code_list("place_of_service").dated)])
def test_an_edition_that_is_no_newer_changes_nothing(day: str) -> None:
    """An old file left behind does not undo a newer release."""
    ours = code_list("place_of_service")
    assert merged(ours, code_list_of(SITE.replace("2099-01-01", day))) is ours


def test_a_list_does_not_replace_another() -> None:
    """A file under the wrong name is told as such."""
    with pytest.raises(Malformed) as refused:
        merged(code_list("states"), code_list_of(SITE))
    assert refused.value.code == "CODE_LIST"


@pytest.mark.parametrize(
    ("here", "instead"),
    [
        ('name = "place_of_service"', ""),
        ('source = "CMS"', "source = 1"),
        ("date = 2099-01-01", 'date = "2099-01-01"'),
        ("date = 2099-01-01", "date = 2099-01-01T00:00:00"),
        ('unknown = "HOLD"', 'unknown = "SHOUT"'),
        ('unknown = "HOLD"', "unknown = []"),
        ("[codes]", "[other]"),
        ('11 = "office"', "11 = 11"),
        ('11 = "office"', "11 = office"),
        ('[codes]\n11 = "office"\n67 = "a place of the future"', "codes = []"),
        ('[codes]\n11 = "office"\n67 = "a place of the future"', "codes = [11]"),
        ('[codes]\n11 = "office"\n67 = "a place of the future"', "codes = [[]]"),
        ('[codes]\n11 = "office"\n67 = "a place of the future"', "codes = 11"),
        ('[codes]\n11 = "office"\n67 = "a place of the future"', 'codes = "11"'),
        ('11 = "office"\n67 = "a place of the future"', ""),
    ],
)
def test_a_text_of_another_shape_is_malformed(here: str, instead: str) -> None:
    """Whatever is in it, it is refused with what to do, and nothing else happens."""
    assert here in SITE
    with pytest.raises(Malformed) as refused:
        code_list_of(SITE.replace(here, instead))
    assert refused.value.code == "CODE_LIST"
    assert refused.value.next_step


def outcomes(document: bytes, lists: CodeLists) -> list[tuple[str, str, Outcome]]:
    faults = faults_of(document, Validator(GUIDES, lists))
    return [(fault.finding.code, fault.finding.place, fault.finding.outcome) for fault in faults]


def test_a_place_of_service_that_is_not_listed_is_rejected() -> None:
    """In the claim, where every payer would refuse it."""
    document = edited(CLAIM, (":B:1", ":B:1"), ("***11:B", "***28:B"))
    assert outcomes(document, standard_lists()) == [("CODE_UNKNOWN", "2300/CLM05-1", Outcome.REJECT)]


def test_a_sites_list_decides_instead_of_ours() -> None:
    """What it has is known, what it lacks means what it says."""
    newer = merged(code_list("place_of_service"), code_list_of(SITE))
    lists = CodeLists({newer.name: newer.codes}, {newer.name: newer.unknown})
    assert outcomes(edited(CLAIM, ("***11:B", "***67:B")), lists) == []
    assert outcomes(edited(CLAIM, ("***11:B", "***12:B")), lists) == [("CODE_UNKNOWN", "2300/CLM05-1", Outcome.HOLD)]


def test_a_state_is_looked_up_in_the_us_only() -> None:
    """Another country has states of its own."""
    ours: CodeList = code_list("states")
    assert "XX" not in ours.codes
    at = CLAIM.index(b"N4*")
    line = CLAIM[at : CLAIM.index(b"~", at)].decode()
    city, _, zip_code = line.split("*")[1:4]
    abroad = edited(CLAIM, (line, f"N4*{city}*XX*{zip_code}*DE"))
    wrong = edited(CLAIM, (line, f"N4*{city}*XX*{zip_code}"))
    assert outcomes(abroad, standard_lists()) == []
    assert [(code, outcome) for code, _, outcome in outcomes(wrong, standard_lists())] == [
        ("CODE_UNKNOWN", Outcome.REJECT)
    ]
