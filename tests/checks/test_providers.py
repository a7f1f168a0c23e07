"""Providers beside their NPIs: numbers from examples, taxonomies, and who may stand in a role."""

from __future__ import annotations

import pytest

from gateway.checks.edits import check_content
from gateway.data import npi_illustrations
from gateway.model.claims import Claim, Provider
from gateway.npi import is_npi
from gateway.testing.builders import ClaimSpec, valid_npi
from tests.checks.claims import HOLD, REJECT, UNDATED, WARN, Hit, billing, claim, content, line, stay
from tests.checks.reading import professional
from tests.defects.editing import Edit, after, cut


def named(role: str, npi: str = "2000000010", entity_type: str = "1", **more: object) -> Claim:
    return claim(providers=(Provider(role, npi, entity_type, **more),))  # type: ignore[arg-type]


def two(*roles: str, **more: object) -> Claim:
    return claim(providers=tuple(Provider(role, "2000000010", "1", **more) for role in roles))  # type: ignore[arg-type]


def known(*edits: Edit) -> Claim:
    """A claim with all its providers, edited."""
    return professional(ClaimSpec("A1", referring=valid_npi(500), facility=valid_npi(600)), *edits)


CASES: list[tuple[Claim, list[Hit]]] = [
    (known(), []),
    (known(cut("NM1*82", 4)), [("PROVIDER_NUMBER_MISSING", HOLD, "2310B/NM109", None)]),
    (known(cut("NM1*82", 4), after("PRV*PE", "REF*G2*P1")), []),
    (known(cut("NM1*DN", 4)), [("PROVIDER_NUMBER_MISSING", WARN, "2310A/NM109", None)]),
    (known(cut("NM1*77", 3)), []),
    (named("DK", "2000000011", line=1), [("NPI_INVALID", REJECT, "2420E/NM109", 1)]),
    (claim(billing=billing(npi="9999999999")), [("NPI_ILLUSTRATION", WARN, "2010AA/NM109", None)]),
    (named("77", "432198765"), [("NPI_ILLUSTRATION", WARN, "2310C/NM109", None)]),
    (named("82", "1234567893"), [("RENDERING_IS_BILLING", WARN, "2310B/NM109", None)]),
    (named("82", "1234567893", line=1), [("RENDERING_IS_BILLING", WARN, "2420A/NM109", 1)]),
    (named("77", "1234567893"), []),
    (claim(billing=billing(npi="", secondary_id="PN77"), providers=(Provider("82", "", "1"),)), []),
    (named("DN", entity_type="2"), [("REFERRING_NOT_PERSON", WARN, "2310A/NM102", None)]),
    (named("82", entity_type="2"), []),
    *(
        (named("82", taxonomy=code), [("TAXONOMY_INVALID", WARN, "2310B/PRV03", None)])
        for code in ("999Z99999X", "357Q00000X", "2A7Q00000X", "207QABCD0X")
    ),
    *((named("82", taxonomy=code), []) for code in ("1041C0700X", "363LA2200X", "193200000X", "405300000X")),
    (named("82", taxonomy="207Q0000X"), [("TAXONOMY_INVALID", WARN, "2310B/PRV03", None)]),
    (named("82", taxonomy="207q00000X"), [("TAXONOMY_INVALID", WARN, "2310B/PRV03", None)]),
    (claim(billing=billing(taxonomy="207Q00000N")), [("TAXONOMY_INVALID", WARN, "2000A/PRV03", None)]),
    (claim(billing=billing(taxonomy="")), []),
    (two("DN", "P3"), []),
    (two("DN", "DN"), [("REFERRING_REPEATED", HOLD, "2310A/NM101", None)]),
    (two("P3", "P3", line=1), [("REFERRING_REPEATED", HOLD, "2420F/NM101", 1)]),
    (claim(providers=(Provider("DN", "2000000010", "1"), Provider("DN", "2000000010", "1", line=1))), []),
    (two("82", "82"), []),
    (stay(providers=()), [("ATTENDING_MISSING", HOLD, "2310A/NM109", None)]),
    (stay(line(revenue_code="0540"), providers=()), []),
    (
        stay(line(revenue_code="0540"), line(2, revenue_code="0250"), providers=()),
        [("ATTENDING_MISSING", HOLD, "2310A/NM109", None)],
    ),
]


@pytest.mark.parametrize(("one", "expected"), CASES)
def test_providers(one: Claim, expected: list[Hit]) -> None:
    """Each provider is judged in its role, at its loop."""
    assert content(one) == expected


def test_a_finding_names_the_segment_of_its_provider() -> None:
    """A biller who reads the file finds the NM1 by it."""
    found = check_content(claim(providers=(Provider("82", "2000000011", "1", segment=24),)), UNDATED)
    assert found[0].segment == 24
    assert check_content(claim(billing=billing(npi="2000000011")), UNDATED)[0].segment == 8


def test_no_number_of_an_example_is_an_npi() -> None:
    """Else a provider who has it could not be told from a copied example."""
    assert npi_illustrations()
    assert not any(map(is_npi, npi_illustrations()))


def test_a_number_of_an_example_is_said_to_fail_the_check_digit() -> None:
    """Who takes the warning for a matter of enrollment alone corrects nothing."""
    [found, _] = check_content(claim(billing=billing(npi="1234567890")), UNDATED)
    assert (found.code, found.outcome) == ("NPI_ILLUSTRATION", WARN)
    assert "check digit is wrong" in found.message
