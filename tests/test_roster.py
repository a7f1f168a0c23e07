"""The roster: rows in, records out, nothing overwritten, and the claims concerned judged again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.daemon import serve
from gateway.errors import Refused
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator
from tests.sites import PRACTICE_NPI, TestSite, make_site

DOCTOR, COLLEAGUE = "2000000010", "2000000028"
Row = dict[str, str]


@pytest.fixture
def payers(tmp_path: Path) -> Iterator[dict[str, PayerSimulator]]:
    with PayerSimulator(tmp_path / "alpha") as alpha, PayerSimulator(tmp_path / "beta") as beta:
        yield {"alpha": alpha, "beta": beta}


@pytest.fixture
def site(tmp_path: Path, payers: dict[str, PayerSimulator]) -> TestSite:
    """The practice is enrolled with both payers, no doctor with any."""
    return make_site(tmp_path / "site", payers)


def row(npi: str = DOCTOR, payer: str = "alpha", **more: str) -> Row:
    return {
        "provider_npi": npi, "payer": payer, "state": "active", "effective_from": "2020-01-01", "source": "letter", **more
    }  # fmt: skip


def apply(site: TestSite, *rows: Row, **more: Any) -> dict[str, int]:
    """What came of the records, in numbers."""
    done = site.ask("roster apply", rows=list(rows), source="test", **more)
    return {name: n for name, n in done.items() if name != "reprocess"}


def spans(site: TestSite, npi: str = DOCTOR) -> list[tuple[str, str, str]]:
    """What is believed of a provider now: state, first and last day."""
    found = [(r["state"], r["effective_from"], r["effective_to"]) for r in site.ask("roster", npi=npi)]
    return sorted(found, key=lambda span: span[1])


def problems(site: TestSite, *rows: Row) -> tuple[str, ...]:
    """What a check by them, a preview and an import all say is wrong with these rows, the whole of it."""
    said = []
    for command, more in (("roster examine", {}), ("roster preview", {}), ("roster apply", {"source": "test"})):
        with pytest.raises(Refused) as caught:
            site.ask(command, rows=list(rows), **more)
        said.append(caught.value.problems)  # type: ignore[attr-defined]
    assert said[0] == said[1] == said[2]
    return tuple(said[0])


def run(site: TestSite) -> None:
    asyncio.run(serve(site.config, until_idle=True))


# What a change does to the records.


def test_a_new_row_takes_the_place_of_the_old_on_its_own_days_only(site: TestSite) -> None:
    """The days before and after it stay what they were."""
    apply(site, row())
    done = apply(site, row(state="denied", effective_from="2023-01-01", effective_to="2023-06-30"))
    assert (done["added"], done["superseded"]) == (3, 1)
    assert spans(site) == [
        ("active", "2020-01-01", "2022-12-31"),
        ("denied", "2023-01-01", "2023-06-30"),
        ("active", "2023-07-01", ""),
    ]


def test_an_end_ends_what_was_in_force(site: TestSite) -> None:
    """Nothing goes on behind it, and what came before it stays billable, whether or not it names its beginning."""
    apply(site, row())
    done = apply(site, row(state="termed", effective_from="", effective_to="2026-06-30"))
    assert (done["added"], done["superseded"]) == (1, 1)
    assert spans(site) == [("termed", "2020-01-01", "2026-06-30")]
    apply(site, row(effective_from="2026-09-01"))
    assert spans(site) == [("termed", "2020-01-01", "2026-06-30"), ("active", "2026-09-01", "")]


def test_rows_of_one_file_that_contradict_each_other_are_told(site: TestSite) -> None:
    """Nobody knows which is meant, so nothing is applied."""
    (problem,) = problems(site, row(effective_from="2026-07-01"), row(effective_from="2026-07-15", state="denied"))
    assert "row 3, column state: row 2 says something else of the same days" in problem
    assert problems_free(site, row(effective_to="2026-06-30"), row(effective_from="2026-07-01", state="denied"))


def test_rows_of_one_file_that_overlap_in_the_same_state_are_told(site: TestSite) -> None:
    """With both rows; a licence and a link too. The very same row twice is no question, nor is one after the other."""
    open_end, later = row(effective_from="2026-01-01"), row(effective_from="2026-07-01", taxonomy="207Q00000X")
    (problem,) = problems(site, open_end, later)
    assert "row 3, column effective_from: row 2 speaks of the same on some of the same days" in problem
    link = {"sheet": "links", "provider_npi": DOCTOR, "tax_id": "999990001"}
    (problem,) = problems(site, {**link, "first_day": "2020-01-01"}, {**link, "last_day": "2020-01-01"})
    assert problem.startswith("row 3, column first_day: row 2")
    licence = {"sheet": "credentials", "provider_npi": DOCTOR, "kind": "licence", "number": "L1"}
    (problem,) = problems(site, {**licence, "last_day": "2026-01-31"}, {**licence, "last_day": "2028-01-31"})
    assert problem.startswith("row 3, column first_day: row 2")
    assert problems_free(site, open_end, {**open_end, "observed_on": "2026-01-01"})
    assert problems_free(site, {**open_end, "effective_to": "2026-06-30"}, later)
    assert problems_free(site, {**licence, "last_day": "2026-01-31"}, {**licence, "number": "L2"})


def test_an_end_without_a_day_goes_out_and_in_beside_what_follows(site: TestSite) -> None:
    """It speaks of no day, and so contradicts none."""
    apply(site, row(state="termed"))
    apply(site, row(effective_from="2026-07-01"))
    rows = site.ask("roster", npi=DOCTOR)
    assert len(rows) == 2
    assert apply(site, *rows) == {"added": 0, "superseded": 0, "claims": 0}


def problems_free(site: TestSite, *rows: Row) -> bool:
    return bool(site.ask("roster preview", rows=list(rows))["added"])


@pytest.mark.parametrize(
    "other",
    [
        row(COLLEAGUE),
        row(payer="beta"),
        row(tax_id="999990002", state="denied"),
        row(billing_npi=PRACTICE_NPI, state="denied"),
        row(effective_from="2019-01-01", effective_to="2019-12-31"),
    ],
    ids=["another provider", "another payer", "another TIN", "another billing NPI", "other days"],
)
def test_a_row_that_speaks_of_something_else_supersedes_nothing(site: TestSite, other: Row) -> None:
    """Only the same provider, payer, TIN and billing NPI on a day in common are the same statement."""
    apply(site, row())
    assert apply(site, other)["superseded"] == 0
    assert len(site.ask("roster")) == 4


def test_the_last_day_of_one_and_the_first_of_the_next_overlap_if_they_are_the_same(site: TestSite) -> None:
    """Both ends of an interval are inclusive."""
    apply(site, row(effective_to="2022-12-31"))
    assert apply(site, row(state="termed", effective_from="2023-01-01"))["superseded"] == 0
    assert apply(site, row(state="denied", effective_from="2022-12-31", effective_to="2022-12-31"))["superseded"] == 1
    assert spans(site)[0] == ("active", "2020-01-01", "2022-12-30")


def test_what_was_believed_stays_in_the_table(site: TestSite) -> None:
    """A superseded record is unchanged but for the moment it ceased to be believed."""
    apply(site, row(source="old letter"))
    before = dict(site.query(f"SELECT * FROM enrollments WHERE provider_npi = '{DOCTOR}'")[0])
    apply(site, row(state="revoked", source="new letter"))
    after = dict(site.query(f"SELECT * FROM enrollments WHERE id = {before['id']}")[0])
    assert before["superseded_at"] is None
    assert after["superseded_at"] > before["recorded_at"]
    assert {**after, "superseded_at": None, "superseded_by": None, "superseded_who": ""} == before
    assert (after["superseded_by"], after["superseded_who"]) == (before["id"] + 1, "tester")
    assert spans(site) == [("revoked", "2020-01-01", "")]
    (event,) = site.query("SELECT actor FROM events WHERE name = 'roster.changed' ORDER BY seq DESC LIMIT 1")
    assert (event["actor"], after["recorded_by"]) == ("tester", "tester")


def test_rows_that_say_what_is_known_change_nothing(site: TestSite) -> None:
    """Imported again, also on a later day or twice in one file, there is no record, no event and no claim judged."""
    apply(site, row())
    tables = ("enrollments", "events")
    before = [[tuple(r) for r in site.query(f"SELECT * FROM {table}")] for table in tables]
    assert apply(site, row(), row(observed_on="2026-01-01")) == {"added": 0, "superseded": 0, "claims": 0}
    assert [[tuple(r) for r in site.query(f"SELECT * FROM {table}")] for table in tables] == before


def test_what_goes_out_comes_in_again_unchanged(site: TestSite) -> None:
    """The listing is a roster file."""
    apply(site, row(), row(COLLEAGUE, effective_to="2024-02-29", tax_id="99-9990001", retro_from="2019-12-01"))
    assert apply(site, *site.ask("roster"), replace_all=True) == {"added": 0, "superseded": 0, "claims": 0}


def test_a_preview_says_what_an_import_does_and_does_nothing(site: TestSite) -> None:
    """Rows, not numbers: a person sees what is lost before it is lost."""
    apply(site, row())
    before = site.ask("roster")
    seen = site.ask("roster preview", rows=[row(state="denied"), row(COLLEAGUE)])
    assert [(r["provider_npi"], r["state"]) for r in seen["added"]] == [(DOCTOR, "denied"), (COLLEAGUE, "active")]
    assert [(r["provider_npi"], r["state"]) for r in seen["superseded"]] == [(DOCTOR, "active")]
    assert site.ask("roster") == before
    done = apply(site, row(state="denied"), row(COLLEAGUE))
    assert (done["added"], done["superseded"]) == (2, 1)


def test_replacing_by_a_file_leaves_only_what_the_file_says(site: TestSite) -> None:
    """Everything it does not name is superseded, what it repeats stays the record it was."""
    apply(site, row(), row(COLLEAGUE))
    kept = site.query(f"SELECT id FROM enrollments WHERE provider_npi = '{COLLEAGUE}'")[0]["id"]
    assert apply(site, row(COLLEAGUE), replace_all=True) == {"added": 0, "superseded": 3, "claims": 0}
    current = site.query("SELECT id FROM enrollments WHERE superseded_at IS NULL")
    assert [r["id"] for r in current] == [kept]
    assert len(site.query("SELECT id FROM enrollments")) == 4


def test_a_site_is_never_replaced_by_nothing(site: TestSite) -> None:
    """An empty file is a broken export, not a practice without doctors."""
    before = site.ask("roster")
    with pytest.raises(Refused) as caught:
        apply(site, replace_all=True)
    assert caught.value.code == "ROSTER_EMPTY"
    assert site.ask("roster") == before


# Bad rows.


def test_all_problems_come_at_once_with_row_and_column(site: TestSite) -> None:
    """The header is row 1; the good rows beside the bad are not applied either."""
    before = site.ask("roster")
    said = problems(
        site,
        row(),
        row("2000000011", "gamma", state="enrolled"),
        row(effective_from="01/01/2020", billing_npi="123"),
        row(effective_from="2021-01-01", effective_to="2020-12-31"),
    )
    assert [problem.split(":")[0] for problem in said] == [
        "row 3, column provider_npi",
        "row 3, column payer",
        "row 3, column state",
        "row 4, column effective_from",
        "row 4, column billing_npi",
        "row 5, column effective_to",
    ]
    assert "alpha, beta" in said[1]
    assert site.ask("roster") == before


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"provider_npi": ""}, "provider_npi"),
        ({"payer": ""}, "payer"),
        ({"effective_to": "2020-02-30"}, "effective_to"),
        ({"retro_from": "20200101"}, "retro_from"),
        ({"observed_on": "yesterday"}, "observed_on"),
        ({"effektive_from": "2020-01-01"}, "effektive_from"),
        ({"Provider_NPI": DOCTOR}, "Provider_NPI"),
    ],
)
def test_a_bad_value_or_an_unknown_column_is_named(site: TestSite, changes: Row, column: str) -> None:
    """A misspelt column would silently lose its dates."""
    (problem,) = problems(site, row() | changes)
    assert problem.startswith(f"row 2, column {column}: ")


def test_a_record_may_be_of_one_day_and_of_open_ends(site: TestSite) -> None:
    """`effective_to` on the day of `effective_from` is not before it; either may be empty."""
    apply(site, row(effective_to="2020-01-01"), row(COLLEAGUE, effective_from="", effective_to="2020-01-01"))
    assert spans(site) == [("active", "2020-01-01", "2020-01-01")]
    assert spans(site, COLLEAGUE) == [("active", "", "2020-01-01")]


def test_a_day_is_year_month_and_day(site: TestSite) -> None:
    """A week date is as long as a date; as text it is no measure of before and after."""
    (problem,) = problems(site, row(effective_from="2020-05-01", effective_to="2020-W01-1"))
    assert problem.startswith("row 2, column effective_to: ")


def test_an_empty_state_is_as_good_as_none(site: TestSite) -> None:
    """A file with the column, and nothing in it, says what a file without the column says."""
    apply(site, row(state=""))
    assert spans(site) == [("active", "2020-01-01", "")]


# The claims concerned.


def stands(site: TestSite) -> dict[str, str]:
    return {claim["control_number"]: claim["stands"] for claim in site.ask("claims")}


def waiting(site: TestSite) -> TestSite:
    """Two doctors' claims at alpha and one at beta, all held for want of an enrollment."""
    claims = [
        ClaimSpec("A1", payer_id="77001"),
        ClaimSpec("A2", payer_id="77001", rendering=COLLEAGUE, member_id="M2"),
        ClaimSpec("B1", payer_id="77002", member_id="M3"),
    ]
    site.drop("a.837", batch837p(claims))
    run(site)
    assert stands(site) == {"A1": "HELD", "A2": "HELD", "B1": "HELD"}
    assert due(site) == []
    return site


def due(site: TestSite) -> list[str]:
    """The claims that are to be judged now."""
    found = site.query(
        "SELECT control_number FROM claims WHERE judge_on IS NOT NULL AND judge_on <= (SELECT substr(max(at), 1, 10)"
        " FROM events) ORDER BY id"
    )
    return [claim["control_number"] for claim in found]


def test_only_the_claims_concerned_are_judged_again_and_counted(site: TestSite) -> None:
    """Those of this provider at this payer; the next run sends them and no others."""
    waiting(site)
    assert apply(site, row())["claims"] == 1
    assert due(site) == ["A1"]
    run(site)
    assert stands(site) == {"A1": "SENT", "A2": "HELD", "B1": "HELD"}
    assert apply(site, row("2000000036"))["claims"] == 0
    assert apply(site, row(PRACTICE_NPI, state="active_revalidation_due"))["claims"] == 1


def test_a_record_taken_away_concerns_its_claims_too(site: TestSite) -> None:
    """Replaced by a file that no longer names the practice, what waits is judged again."""
    waiting(site)
    assert apply(site, row("2000000036"), replace_all=True)["claims"] == 3
    assert due(site) == ["A1", "A2", "B1"]


def test_a_claim_is_counted_once_however_many_of_its_providers_change(site: TestSite) -> None:
    """The number tells a person how many claims move."""
    waiting(site)
    changed = row(PRACTICE_NPI, state="active_revalidation_due")
    assert apply(site, row(), changed)["claims"] == 2


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_rows_does_not_matter(site: TestSite, order: int) -> None:
    """Evidence that meets on the calendar releases a claim whichever row was written first."""
    waiting(site)
    rows = [row(effective_to="2022-12-31"), row(state="active_revalidation_due", effective_from="2023-01-01")]
    apply(site, *rows[::order])
    assert spans(site) == [("active", "2020-01-01", "2022-12-31"), ("active_revalidation_due", "2023-01-01", "")]
    run(site)
    assert stands(site)["A1"] == "SENT"


@pytest.mark.parametrize("state", ["revoked", "lapsed", "deactivated", "stay", "termed"])
def test_a_new_enrollment_does_not_make_the_ended_one_before_it_good(site: TestSite, state: str) -> None:
    """Nobody knows when an end without a day was: the days before the new enrollment stay held."""
    apply(site, row(state=state))
    waiting(site)
    apply(site, row(effective_from="2026-11-20"))
    run(site)
    assert stands(site)["A1"] == "HELD"
