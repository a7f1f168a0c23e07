"""The registry on a real site: never overwritten, its evidence kept, and exactly the claims concerned judged again."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.daemon import serve
from gateway.desk.commands import answer
from gateway.desk.roster import RosterProblems
from gateway.errors import Refused
from gateway.model.evidence import Evidence
from gateway.rosterfile import read_bytes
from gateway.rosterfile.pages import as_workbook
from gateway.store import Tx, claims
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator
from gateway.workers.site import open_site
from tests.sites import PRACTICE_NPI, TestSite, make_site

DOCTOR, COLLEAGUE = "2000000010", "2000000028"
TIN = "999990001"
Row = dict[str, Any]

PROVIDER: Row = {
    "sheet": "providers", "provider_npi": DOCTOR, "entity_type": "1", "last_name": "Quixwood", "first_name": "Zelda",
    "taxonomies": "207Q00000X",
}  # fmt: skip
LINK: Row = {"sheet": "links", "provider_npi": DOCTOR, "tax_id": TIN, "first_day": "2020-01-01"}
LICENCE: Row = {
    "sheet": "credentials", "provider_npi": DOCTOR, "kind": "licence", "number": "L1", "state": "TX",
    "first_day": "2024-01-01", "last_day": "2025-12-31",
}  # fmt: skip
GROUP: Row = {"sheet": "groups", "tax_id": TIN, "group_npi": PRACTICE_NPI, "name": "Vexborough Clinic"}
ENROLLED: Row = {"provider_npi": DOCTOR, "payer": "alpha", "effective_from": "2020-01-01", "source": "letter"}
ALL_KINDS = [PROVIDER, LINK, LICENCE, GROUP, ENROLLED]


@pytest.fixture
def payers(tmp_path: Path) -> Iterator[dict[str, PayerSimulator]]:
    with PayerSimulator(tmp_path / "alpha") as alpha, PayerSimulator(tmp_path / "beta") as beta:
        yield {"alpha": alpha, "beta": beta}


@pytest.fixture
def site(tmp_path: Path, payers: dict[str, PayerSimulator]) -> TestSite:
    """The practice is enrolled with both payers, no doctor with any."""
    return make_site(tmp_path / "site", payers)


def apply(site: TestSite, *rows: Row, **more: Any) -> dict[str, int]:
    """What came of the records, in numbers."""
    done = site.ask("roster apply", rows=list(rows), source="test", **more)
    return {name: n for name, n in done.items() if name != "reprocess"}


def listed(site: TestSite, sheet: str, **more: Any) -> list[Row]:
    found: list[Row] = site.ask("roster", sheet=sheet, **more)
    return found


def on_day(site: TestSite, day: str, *rows: Row) -> Any:
    """Apply these rows on a day: noon at the site."""

    async def asking() -> Any:
        async with open_site(site.config, lambda: datetime.fromisoformat(f"{day}T18:00:00+00:00")) as opened:
            return await answer(opened, "roster apply", {"rows": list(rows), "source": "test"}, "tester")

    return asyncio.run(asking())


# Nothing is overwritten.


def test_every_kind_goes_in_and_comes_out_and_says_who_and_when(site: TestSite) -> None:
    """As rows of its own sheet; applied again nothing changes."""
    assert apply(site, *ALL_KINDS)["added"] == 5
    (provider,) = listed(site, "providers")
    assert {name: provider[name] for name in PROVIDER} == PROVIDER
    assert {row["sheet"] for row in listed(site, "all")} == {
        "providers",
        "links",
        "credentials",
        "groups",
        "enrollments",
    }
    (row,) = site.query("SELECT recorded_by, observed_on FROM statements WHERE kind = 'provider'")
    assert row["recorded_by"] == "tester"
    assert row["observed_on"]
    assert apply(site, *ALL_KINDS) == {"added": 0, "superseded": 0, "claims": 0}


def test_an_exported_workbook_imported_again_changes_nothing(site: TestSite) -> None:
    """Neither added to the records nor in their place."""
    apply(site, *ALL_KINDS, {**ENROLLED, "payer": "beta", "kind": "edi_837", "submitter": "OGT77"})
    rows = read_bytes(as_workbook(listed(site, "all")), "roster.xlsx")
    for replace_all in (False, True):
        seen = site.ask("roster preview", rows=rows, replace_all=replace_all)
        assert (seen["added"], seen["superseded"], seen["unchanged"]) == ([], [], len(rows))


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [
        (LINK, {**LINK, "last_day": "2024-06-30"}, [("2020-01-01", "2024-06-30")]),
        (LINK, {**LINK, "first_day": "", "last_day": ""}, [("", "")]),
        (
            {**LINK, "last_day": "2021-12-31"},
            {**LINK, "first_day": "2024-01-01"},
            [("2020-01-01", "2021-12-31"), ("2024-01-01", "")],
        ),
        (LINK, {**LINK, "tax_id": "999990002"}, [("2020-01-01", ""), ("2020-01-01", "")]),
        (
            LICENCE,
            {**LICENCE, "first_day": "2026-01-01", "last_day": "2027-12-31"},
            [("2024-01-01", "2025-12-31"), ("2026-01-01", "2027-12-31")],
        ),
        (LICENCE, {**LICENCE, "last_day": "2027-12-31"}, [("2024-01-01", "2027-12-31")]),
    ],
    ids=["ended", "days forgotten", "came back", "another TIN", "renewed", "prolonged"],
)
def test_a_new_statement_takes_the_place_of_those_it_meets(
    site: TestSite, before: Row, after: Row, left: list[tuple[str, str]]
) -> None:
    """Whole, for a link that ended has no days left behind its end; one of other days or another TIN stands beside it."""
    apply(site, before)
    apply(site, after)
    assert sorted((r["first_day"], r["last_day"]) for r in listed(site, before["sheet"])) == left


def test_a_superseded_statement_says_what_took_its_place_and_who_did_it(site: TestSite) -> None:
    """Also where nothing did, because a file that replaces all no longer names it."""
    apply(site, PROVIDER)
    apply(site, {**PROVIDER, "last_name": "Newname"})
    old, new = site.query("SELECT * FROM statements ORDER BY id")
    assert (old["superseded_by"], old["superseded_who"]) == (new["id"], "tester")
    assert "Quixwood" in old["body"]
    apply(site, {**PROVIDER, "provider_npi": COLLEAGUE}, replace_all=True)
    _, new, _ = site.query("SELECT * FROM statements ORDER BY id")
    assert (new["superseded_by"], new["superseded_who"]) == (None, "tester")


def current(site: TestSite) -> list[tuple[int, str, str]]:
    rows = [row for row in site.ask("roster") if row["provider_npi"] == DOCTOR]
    return [(row["id"], row["effective_from"], row["effective_to"]) for row in rows]


def test_a_later_first_day_says_what_stays_and_how_to_correct_it(site: TestSite) -> None:
    """A new record takes only its own days; the preview shows the others, by the number of the record they stay of."""
    apply(site, {**ENROLLED, "effective_from": "2026-05-01"})
    [(old, _, _)] = current(site)
    later = {**ENROLLED, "effective_from": "2026-07-01"}
    found = site.ask("roster preview", rows=[later])
    assert [(r["id"], r["effective_from"], r["effective_to"]) for r in found["kept"]] == [
        (old, "2026-05-01", "2026-06-30")
    ]
    ended = {**ENROLLED, "state": "termed", "effective_from": "2026-07-01", "effective_to": "2026-07-31"}
    assert site.ask("roster preview", rows=[ended])["kept"] == []
    found = site.ask("roster preview", rows=[later], instead_of=[old])
    assert found["kept"] == []
    assert [r["id"] for r in found["superseded"]] == [old]
    apply(site, later, instead_of=[old])
    assert [days for _, *days in current(site)] == [["2026-07-01", ""]]
    told = site.ask("roster history", npi=DOCTOR)
    assert [(row["effective_from"], bool(row["superseded_at"])) for row in told] == [
        ("2026-05-01", True),
        ("2026-07-01", False),
    ]


def test_a_correction_tells_which_claims_it_holds(site: TestSite) -> None:
    """What was payable by the wrong first day is held by the right one, and said to be before it is done."""
    site.drop("a.837", batch837p([ClaimSpec("A1", payer_id="77001", rendering=DOCTOR)]))
    asyncio.run(serve(site.config, until_idle=True))
    [claim] = site.ask("claims")
    apply(site, {**ENROLLED, "effective_from": "2026-05-01"})
    [(old, _, _)] = current(site)
    judge(site)
    assert [one["stands"] for one in site.ask("claims")] == ["READY"]
    later = {**ENROLLED, "effective_from": "2027-01-01"}
    assert later["effective_from"] > claim["first_day"]
    assert site.ask("roster preview", rows=[later])["claims"]["held"]["claims"] == 0
    assert site.ask("roster preview", rows=[later], instead_of=[old])["claims"]["held"]["claims"] == 1
    assert site.ask("roster withdraw preview", record=old)["claims"]["held"]["claims"] == 1
    assert site.ask("roster withdraw", record=old, reason="of another clinic")["claims"] == 1
    judge(site)
    assert [one["code"] for one in site.ask("claims")] == ["ENROLLMENT_UNKNOWN"]


def judge(site: TestSite) -> None:
    """Judge what is due, and send nothing."""

    async def judging() -> None:
        async with open_site(site.config) as opened:
            await opened.store.write(claims.judge_next, opened.gate.judge)

    asyncio.run(judging())


def test_the_first_agreement_about_files_at_a_payer_concerns_all_that_waits_there(site: TestSite) -> None:
    """From then on who has none is held; a second one concerns its own claims alone, and taking the last back all."""
    site.drop("a.837", batch837p([ClaimSpec("A1", payer_id="77001", rendering=DOCTOR)]))
    site.drop("b.837", batch837p([ClaimSpec("B1", payer_id="77002", rendering=DOCTOR)], control=2))
    asyncio.run(serve(site.config, until_idle=True))
    agreed = {"provider_npi": COLLEAGUE, "payer": "alpha", "kind": "edi_837", "effective_from": "2020-01-01"}
    assert site.ask("roster preview", rows=[agreed])["claims"]["concerned"] == 1
    assert apply(site, agreed)["claims"] == 1
    judge(site)
    assert "EDI_NOT_AGREED" in {finding["code"] for finding in site.ask("why", claim="A1")["findings"]}
    assert apply(site, {**agreed, "provider_npi": "2000000036"})["claims"] == 0
    assert apply(site, {**agreed, "effective_from": "2021-01-01"})["claims"] == 0
    kept = [row["id"] for row in site.ask("roster", payer="alpha") if row["kind"] == "edi_837"]
    done = [site.ask("roster withdraw", record=number, reason="a mistake")["claims"] for number in kept]
    assert done == [0] * (len(kept) - 1) + [1]


def test_a_question_about_a_payer_that_is_not_declared_says_so(site: TestSite) -> None:
    """And does not look like a payer at which nothing is on record."""
    with pytest.raises(Refused) as refused:
        site.ask("roster", npi=DOCTOR, payer="nobody")
    assert refused.value.code == "PAYER_UNDECLARED"
    assert "alpha, beta" in refused.value.next_step
    assert site.ask("roster", npi=DOCTOR, payer="beta") == []


def test_another_providers_record_is_not_corrected(site: TestSite) -> None:
    """Nor one that nobody believes, nor one that there never was."""
    apply(site, ENROLLED)
    [(mine, _, _)] = current(site)
    [other] = [row["id"] for row in site.ask("roster", npi=PRACTICE_NPI, payer="alpha")]
    for number, code in ((other, "CORRECTS_ANOTHER"), (9999, "RECORD_UNKNOWN")):
        with pytest.raises(Refused) as refused:
            apply(site, {**ENROLLED, "effective_from": "2026-07-01"}, instead_of=[number])
        assert refused.value.code == code
    assert [number for number, *_ in current(site)] == [mine]


def test_a_record_is_taken_back_with_its_reason_and_stays_in_history(site: TestSite) -> None:
    """It is believed no more, what was believed on a day stays, and what it replaced is named and does not come back."""
    apply(site, ENROLLED)
    apply(site, {**ENROLLED, "state": "termed", "effective_to": "2026-06-30"})
    [(termed, _, _)] = current(site)
    found = site.ask("roster withdraw preview", record=termed)
    assert found["withdrawn"]["state"] == "termed"
    assert [row["state"] for row in found["replaced"]] == ["active"]
    assert current(site)
    with pytest.raises(Refused):
        site.ask("roster withdraw", record=termed, reason=" ")
    assert site.ask("roster withdraw", record=termed, reason="about another clinic")["withdrawn"] == termed
    assert current(site) == []
    told = site.ask("roster history", npi=DOCTOR)[-1]
    assert (told["withdrawn"], told["superseded_who"]) == ("about another clinic", "tester")
    assert told["superseded_at"]
    with pytest.raises(Refused) as refused:
        site.ask("roster withdraw", record=termed, reason="again")
    assert refused.value.code == "RECORD_UNKNOWN"


def test_a_statement_is_taken_back_by_its_sheet(site: TestSite) -> None:
    """Numbers are of a sheet: the link of that number, and no credential."""
    apply(site, LINK)
    apply(site, LICENCE)
    [link] = listed(site, "links")
    with pytest.raises(Refused):
        site.ask("roster withdraw", record=link["id"], reason="x", sheet="credentials")
    site.ask("roster withdraw", record=link["id"], reason="never worked there", sheet="links")
    assert listed(site, "links") == []
    assert len(listed(site, "credentials")) == 1


def test_what_a_row_has_no_column_for_stays_known(site: TestSite) -> None:
    """Of a provider or group; a column that is there and empty says that there is nothing."""
    apply(site, PROVIDER)
    apply(site, {"sheet": "providers", "provider_npi": DOCTOR, "last_name": "Newname"})
    (now,) = listed(site, "providers")
    assert (now["last_name"], now["first_name"], now["taxonomies"]) == ("Newname", "Zelda", "207Q00000X")
    apply(site, {"sheet": "providers", "provider_npi": DOCTOR, "taxonomies": ""})
    assert listed(site, "providers")[0]["taxonomies"] == ""


def test_a_preview_says_what_was_seen_later_than_what_takes_its_place(site: TestSite) -> None:
    """An old file that comes again would undo what is known since. What is as new, or only keeps its other days, is not
    told."""
    apply(site, {**ENROLLED, "state": "active", "observed_on": "2026-06-02"})
    (record,) = listed(site, "enrollments", npi=DOCTOR)
    older = {**ENROLLED, "state": "submitted", "effective_from": "", "observed_on": "2026-06-01"}
    assert site.ask("roster preview", rows=[older])["seen_later"] == [record["id"]]
    assert site.ask("roster preview", rows=[{**older, "observed_on": "2026-06-02"}])["seen_later"] == []
    assert site.ask("roster preview", rows=[{**older, "observed_on": ""}])["seen_later"] == []
    ended = {**ENROLLED, "state": "denied", "effective_from": "2026-03-01", "effective_to": "2026-03-31"}
    found = site.ask("roster preview", rows=[{**ended, "observed_on": "2026-07-01"}])
    assert len(found["added"]) == 3
    assert found["seen_later"] == []


def test_a_file_with_few_columns_takes_no_details_from_an_enrollment(site: TestSite) -> None:
    """Of the record that it takes the place of, also where that ends; a column that is there and empty says so."""
    details = {"taxonomy": "207Q00000X", "payer_assigned_id": "P1", "recred_due": "2029-05-31"}
    apply(site, {**ENROLLED, **details})
    seen = site.ask("roster preview", rows=[ENROLLED])
    assert (seen["added"], seen["unchanged"]) == ([], 1)
    apply(site, {**ENROLLED, "effective_to": "2024-12-31"})
    apply(site, {**ENROLLED, "state": "termed", "effective_from": "2025-01-01"})
    found = listed(site, "enrollments", npi=DOCTOR)
    assert [r["state"] for r in found] == ["active", "termed"]
    assert [{name: r[name] for name in details} for r in found[:1]] == [details]
    assert found[1]["recred_due"] == ""
    apply(site, {**ENROLLED, "effective_to": "2024-12-31", "recred_due": ""})
    corrected = listed(site, "enrollments", npi=DOCTOR)[0]
    assert (corrected["payer_assigned_id"], corrected["recred_due"]) == ("P1", "")


def test_a_preview_counts_what_it_completes_once(site: TestSite) -> None:
    """A provider whose row has few columns is either new or known, never both."""
    apply(site, PROVIDER)
    for name, known in (("Newname", 0), ("Quixwood", 1)):
        row = {"sheet": "providers", "provider_npi": DOCTOR, "last_name": name, "source": ""}
        seen = site.ask("roster preview", rows=[row])
        assert (len(seen["added"]), seen["unchanged"]) == (1 - known, known)


def test_what_was_seen_again_later_is_recorded_and_earlier_is_not(site: TestSite) -> None:
    """So that evidence can be renewed although it says the same."""
    apply(site, {**ENROLLED, "observed_on": "2026-01-15"}, {**LICENCE, "observed_on": "2026-01-15"})
    assert apply(site, {**ENROLLED, "observed_on": "2026-01-01"}, LICENCE)["added"] == 0
    assert (
        apply(site, {**ENROLLED, "observed_on": "2026-05-01"}, {**LICENCE, "observed_on": "2026-05-01"})["added"] == 2
    )
    assert {r["observed_on"] for r in [*listed(site, "credentials"), *listed(site, "enrollments", npi=DOCTOR)]} == {
        "2026-05-01"
    }


@pytest.mark.parametrize("state", ["active", "lapsed"])
def test_a_record_with_the_same_beginning_and_state_is_a_correction(site: TestSite, state: str) -> None:
    """Whoever fills in the end of a row means that it ended, not that it goes on as it was afterwards."""
    apply(site, {**ENROLLED, "state": state})
    apply(site, {**ENROLLED, "state": state, "effective_to": "2024-12-31"})
    found = listed(site, "enrollments", npi=DOCTOR)
    assert [(r["effective_from"], r["effective_to"]) for r in found] == [("2020-01-01", "2024-12-31")]


def test_what_we_believed_on_a_day_is_a_question(site: TestSite) -> None:
    """At the end of that day at the site, for every sheet."""
    on_day(site, "2030-05-02", ENROLLED, LICENCE)
    on_day(site, "2030-05-04", {**ENROLLED, "state": "denied"}, {**LICENCE, "last_day": "2026-12-31"}, PROVIDER)

    def believed(day: str) -> tuple[list[str], list[str], int]:
        found = listed(site, "enrollments", npi=DOCTOR, believed_on=day)
        held = listed(site, "credentials", believed_on=day)
        names = listed(site, "providers", believed_on=day)
        return [r["state"] for r in found], [r["last_day"] for r in held], len(names)

    assert believed("2030-05-01") == ([], [], 0)
    assert believed("2030-05-02") == believed("2030-05-03") == (["active"], ["2025-12-31"], 0)
    assert believed("2030-05-04") == (["denied"], ["2026-12-31"], 1)


def test_a_day_ends_at_midnight_of_the_site(site: TestSite) -> None:
    """A record of 23:30 in Chicago is of that day, though it is the next one in Greenwich."""

    async def late() -> None:
        async with open_site(site.config, lambda: datetime(2030, 5, 4, 4, 30, tzinfo=UTC)) as opened:
            await answer(opened, "roster apply", {"rows": [ENROLLED], "source": "test"}, "tester")

    asyncio.run(late())
    assert len(listed(site, "enrollments", npi=DOCTOR, believed_on="2030-05-03")) == 1
    assert listed(site, "enrollments", npi=DOCTOR, believed_on="2030-05-02") == []


def test_the_history_of_a_provider_tells_everything(site: TestSite) -> None:
    """Oldest first: when, by whom, from where, on what evidence, and what ended it; of one payer what concerns it."""
    letter = base64.b64encode(b"%PDF dear doctor").decode()
    on_day(site, "2020-01-01", ENROLLED, {**ENROLLED, "payer": "beta"}, {**LINK, "payer": "beta"})
    apply(site, {**ENROLLED, "state": "revoked", "source": "second letter"}, document=letter)
    told = site.ask("roster history", npi=DOCTOR)
    assert {r["sheet"] for r in told} == {"enrollments", "links"}
    first = next(r for r in told if r["sheet"] == "enrollments" and r["payer"] == "alpha")
    last = next(r for r in told if r.get("state") == "revoked")
    assert (first["recorded_by"], first["source"], first["superseded_by"], first["superseded_who"]) == (
        "tester", "letter", last["id"], "tester"
    )  # fmt: skip
    assert (last["source"], last["superseded_at"]) == ("second letter", None)
    assert last["document"]
    assert {r["payer"] for r in site.ask("roster history", npi=DOCTOR, payer="alpha")} == {"alpha"}
    assert site.ask("roster history", npi=COLLEAGUE) == []


# Evidence.


def test_a_letter_is_sealed_and_given_back(site: TestSite) -> None:
    """Its row stands with every record it speaks for, and nothing of it lies in clear anywhere."""
    letter = b"%PDF Dear Dr Quixwood, welcome to the network"
    apply(site, ENROLLED, PROVIDER, document=base64.b64encode(letter).decode())
    (number,) = {row["document"] for row in (*listed(site, "providers"), *listed(site, "enrollments", npi=DOCTOR))}
    given = site.ask("roster evidence", document=number)
    assert base64.b64decode(given["content"]) == letter


def test_names_lie_nowhere_in_clear(site: TestSite) -> None:
    """Not in the database, not in its journal, not in an event."""
    apply(site, PROVIDER, GROUP, document=base64.b64encode(b"letter about Quixwood").decode())
    files = [path for path in site.root.rglob("*") if path.is_file()]
    assert any(path.name.startswith("gateway.db") for path in files)
    for name in (b"Quixwood", b"Zelda", b"Vexborough"):
        assert [path for path in files if name in path.read_bytes()] == []
        assert [e for e in site.query("SELECT body FROM events") if name.decode() in e["body"]] == []


def test_the_same_record_with_a_letter_is_recorded_and_keeps_it(site: TestSite) -> None:
    """Evidence that comes later is a change; a row that has none takes none away."""
    apply(site, ENROLLED)
    assert apply(site, ENROLLED, document=base64.b64encode(b"letter").decode())["added"] == 1
    (now,) = listed(site, "enrollments", npi=DOCTOR)
    assert now["document"]
    assert apply(site, ENROLLED)["added"] == 0
    apply(site, {**ENROLLED, "observed_on": "2999-01-01"})
    assert listed(site, "enrollments", npi=DOCTOR)[0]["document"] == now["document"]


LETTER = base64.b64encode(b"letter").decode()


@pytest.mark.parametrize(
    ("sheet", "row", "change", "keeps"),
    [
        ("enrollments", ENROLLED, {"effective_to": "2026-12-31"}, True),
        ("enrollments", ENROLLED, {"recred_due": "2027-01-31"}, True),
        ("enrollments", ENROLLED, {"effective_from": "2019-07-01"}, False),
        ("enrollments", ENROLLED, {"state": "denied"}, False),
        ("enrollments", ENROLLED, {"source": "portal"}, False),
        ("providers", PROVIDER, {"first_name": "Zelda Ann"}, True),
        ("providers", PROVIDER, {"first_name": "Zelda Ann", "source": "passport"}, False),
        ("links", LINK, {"last_day": "2026-12-31"}, True),
        ("links", LINK, {"first_day": "2019-07-01"}, False),
    ],
)
def test_an_edited_record_keeps_its_letter_or_it_is_said(
    site: TestSite, sheet: str, row: Row, change: Row, keeps: bool
) -> None:
    """Exported, edited and taken back: the letter speaks on for what begins alike and names no other source."""
    apply(site, row, document=LETTER)
    mine = [r for r in listed(site, sheet) if r["provider_npi"] == row["provider_npi"]]
    (letter,) = {r["document"] for r in mine}
    edited = [{k: v for k, v in r.items() if k not in ("id", "document")} | change for r in mine]
    foreseen = site.ask("roster preview", rows=edited)
    apply(site, *edited)
    found = {r["document"] for r in listed(site, sheet) if change.items() <= r.items()}
    assert found == ({letter} if keeps else {None})
    assert foreseen["left_behind"] == ([] if keeps else [letter])
    assert {row["document"] for row in foreseen["added"]} == found


def test_a_new_letter_takes_the_place_of_the_old(site: TestSite) -> None:
    """The old one stays with what was superseded, for ever."""
    apply(site, ENROLLED, document=LETTER)
    apply(site, {**ENROLLED, "effective_to": "2026-12-31"}, document=base64.b64encode(b"second").decode())
    found = [r["document"] for r in site.ask("roster history", npi=DOCTOR)]
    assert len(set(found)) == 2
    assert [base64.b64decode(site.ask("roster evidence", document=d)["content"]) for d in found] == [
        b"letter",
        b"second",
    ]


def test_only_evidence_of_the_roster_is_given_back(site: TestSite) -> None:
    """The vault holds claims too; they are not asked for by a number of a letter."""
    site.drop("a.837", batch837p([ClaimSpec("A1", payer_id="77001")]))
    asyncio.run(serve(site.config, until_idle=True))
    (number,) = {row["id"] for row in site.query("SELECT id FROM documents ORDER BY id LIMIT 1")}
    for document in (number, 4711):
        with pytest.raises(Refused) as wrong:
            site.ask("roster evidence", document=document)
        assert wrong.value.code == "EVIDENCE_UNKNOWN"


@pytest.mark.parametrize("document", ["", "no base64!", "===="])
def test_an_empty_document_is_no_evidence(site: TestSite, document: str) -> None:
    """An empty word means that there is none; what is none is refused before anything is applied."""
    if not document:
        assert apply(site, ENROLLED, document=document)["added"] == 1
        return
    with pytest.raises(Refused) as wrong:
        apply(site, ENROLLED, document=document)
    assert wrong.value.code == "DOCUMENT_SIZE"
    assert listed(site, "enrollments", npi=DOCTOR) == []


# What the gate knows, and what is judged again.


def waiting(site: TestSite) -> dict[str, int]:
    """Two doctors' claims at alpha and one at beta, all held for want of an enrollment."""
    specs = [
        ClaimSpec("A1", payer_id="77001"),
        ClaimSpec("A2", payer_id="77001", rendering=COLLEAGUE, member_id="M2"),
        ClaimSpec("B1", payer_id="77002", member_id="M3"),
    ]
    site.drop("a.837", batch837p(specs))
    asyncio.run(serve(site.config, until_idle=True))
    return {row["control_number"]: row["id"] for row in site.query("SELECT id, control_number FROM claims")}


def due(site: TestSite) -> list[str]:
    found = site.query(
        "SELECT control_number FROM claims WHERE judge_on IS NOT NULL AND judge_on <= (SELECT substr(max(at), 1, 10)"
        " FROM events) ORDER BY id"
    )
    return [claim["control_number"] for claim in found]


def evidence(site: TestSite, claim: int) -> Evidence:
    async def asking() -> Evidence:
        async with open_site(site.config) as opened:
            return (await opened.store.read(claims.cases, [claim]))[0].evidence

    return asyncio.run(asking())


def tax_id_of(site: TestSite, claim: int) -> str:
    def tin(tx: Tx) -> str:
        return claims.cases(tx, [claim])[0].claim.billing.tax_id

    async def asking() -> str:
        async with open_site(site.config) as opened:
            return await opened.store.read(tin)

    return asyncio.run(asking())


def test_the_gate_knows_what_is_believed_of_everybody_a_claim_names(site: TestSite) -> None:
    """Of its providers and its tax id, and of nobody else."""
    ids = waiting(site)
    tin = tax_id_of(site, ids["A1"])
    other = {**GROUP, "tax_id": "999990009", "group_npi": COLLEAGUE}
    apply(site, *ALL_KINDS, {**GROUP, "tax_id": tin, "group_npi": "2000000036"}, other)
    apply(site, {**LICENCE, "last_day": "2026-12-31"})
    known = evidence(site, ids["A1"])
    assert {each.provider_npi for each in known.enrollments} == {DOCTOR, PRACTICE_NPI}
    assert [each.last_name for each in known.providers] == ["Quixwood"]
    assert [each.tax_id for each in known.memberships] == [TIN]
    assert [str(each.last_day) for each in known.credentials] == ["2026-12-31"]
    assert sorted(each.npi for each in known.groups) == sorted([PRACTICE_NPI, "2000000036"])
    of_colleague = evidence(site, ids["A2"])
    assert (of_colleague.providers, of_colleague.memberships, of_colleague.credentials) == ((), (), ())
    assert sorted(each.npi for each in of_colleague.groups) == sorted([PRACTICE_NPI, COLLEAGUE, "2000000036"])


@pytest.mark.parametrize(
    ("row", "concerned"),
    [
        (PROVIDER, ["A1", "B1"]),
        (LINK, ["A1", "B1"]),
        ({**LINK, "payer": "beta"}, ["B1"]),
        (LICENCE, ["A1", "B1"]),
        ({**LICENCE, "provider_npi": "2000000036"}, []),
        ({**GROUP, "group_npi": COLLEAGUE, "tax_id": "999990009"}, ["A2"]),
        ({**GROUP, "tax_id": "999990009"}, ["A1", "A2", "B1"]),
        (ENROLLED, ["A1"]),
    ],
    ids=["provider", "link", "a payer's link", "credential", "somebody else", "group", "the practice", "enrollment"],
)
def test_exactly_the_claims_concerned_are_judged_again(site: TestSite, row: Row, concerned: list[str]) -> None:
    """By who is named, at which payer, under which tax id."""
    waiting(site)
    assert apply(site, row)["claims"] == len(concerned)
    assert due(site) == concerned
    asyncio.run(serve(site.config, until_idle=True))


def test_a_group_concerns_what_is_billed_under_its_tax_id(site: TestSite) -> None:
    """Whatever NPI bills there."""
    ids = waiting(site)
    tin = tax_id_of(site, ids["A1"])
    assert apply(site, {**GROUP, "tax_id": tin, "group_npi": "2000000036"})["claims"] == 3


def test_one_change_is_one_transaction(site: TestSite) -> None:
    """Two changes at one moment are made one after the other, the second by what the first left."""

    async def both() -> list[Any]:
        async with open_site(site.config) as opened:
            order = {"rows": [ENROLLED], "source": "test"}
            return await asyncio.gather(*(answer(opened, "roster apply", order, "tester") for _ in range(5)))

    done = asyncio.run(both())
    assert sorted(each["added"] for each in done) == [0, 0, 0, 0, 1]
    assert len(listed(site, "enrollments", npi=DOCTOR)) == 1


def test_a_change_that_cannot_be_written_leaves_nothing(site: TestSite) -> None:
    """Neither half of its records, nor its event, nor a claim to be judged."""
    waiting(site)
    before = site.query("SELECT max(seq) AS seq FROM events")[0]["seq"]
    full = "CREATE TEMP TRIGGER no_room BEFORE INSERT ON statements BEGIN SELECT RAISE(ABORT, 'no room'); END"

    async def failing() -> None:
        async with open_site(site.config) as opened:
            await opened.store.write(lambda tx: tx.run(full))
            with pytest.raises(Exception, match="SQLITE_CONSTRAINT"):
                await answer(opened, "roster apply", {"rows": [ENROLLED, PROVIDER], "source": "test"}, "tester")

    asyncio.run(failing())
    assert listed(site, "enrollments", npi=DOCTOR) == []
    assert site.query("SELECT max(seq) AS seq FROM events")[0]["seq"] == before
    assert due(site) == []


# Which date does the letter print?


@pytest.fixture
def medicare(site: TestSite) -> TestSite:
    """Alpha is Medicare."""
    declaration = site.root / "plugins" / "alpha.toml"
    declaration.write_text(declaration.read_text().replace('key = "alpha"\n', 'key = "alpha"\nmedicare = true\n', 1))
    return site


def said(site: TestSite, **more: str) -> str:
    row = {"provider_npi": DOCTOR, "payer": "alpha", "effective_from": "2026-07-01", **more}
    apply(site, row, said_by_person=True)
    (found,) = listed(site, "enrollments", npi=DOCTOR)
    return str(found["retro_from"])


def test_for_medicare_a_person_says_which_date_the_letter_prints(medicare: TestSite) -> None:
    """30 days before it, that date alone, or a day that the letter names; nothing is assumed."""
    with pytest.raises(Refused) as wrong:
        said(medicare)
    assert wrong.value.code == "RETRO_UNTOLD"
    assert "--retro" in wrong.value.next_step
    assert said(medicare, retro_from="30days") == "2026-06-01"
    assert said(medicare, retro_from="30 Days") == "2026-06-01"
    assert said(medicare, retro_from="none") == ""
    assert said(medicare, retro_from="2026-06-15") == "2026-06-15"


def test_the_thirty_days_are_never_taken_off_twice(medicare: TestSite) -> None:
    """Whoever enters the retroactive date as the effective one is told that it is that already."""
    said(medicare, retro_from="30days")
    with pytest.raises(Refused) as wrong:
        said(medicare, effective_from="2026-06-01", retro_from="30days")
    assert wrong.value.code == "RETRO_TWICE"


def test_nobody_is_asked_where_nothing_is_retroactive(medicare: TestSite) -> None:
    """Another payer, an application that has no date yet, an agreement on files, or a refusal."""
    row = {"provider_npi": DOCTOR, "payer": "beta", "effective_from": "2026-07-01"}
    assert apply(medicare, row, said_by_person=True)["added"] == 1
    assert apply(medicare, {"provider_npi": DOCTOR, "payer": "alpha", "state": "submitted"}, said_by_person=True)[
        "added"
    ]
    edi = {"provider_npi": PRACTICE_NPI, "payer": "alpha", "kind": "edi_837", "effective_from": "2026-07-01"}
    assert apply(medicare, edi, said_by_person=True)["added"] == 1
    denied = {"provider_npi": COLLEAGUE, "payer": "alpha", "state": "denied", "effective_from": "2026-07-01"}
    assert apply(medicare, denied)["added"] == 1


def asked(site: TestSite, *rows: Row) -> list[str]:
    """Where a file is refused for, its place alone; nothing of it is applied."""
    before = listed(site, "enrollments")
    with pytest.raises(RosterProblems) as wrong:
        apply(site, *rows)
    assert listed(site, "enrollments") == before
    return [problem.partition(":")[0] for problem in wrong.value.problems]


def test_a_file_is_asked_row_by_row_which_date_the_letter_prints(medicare: TestSite) -> None:
    """With everything else that is wrong with it; the column takes every answer, and an empty cell is none."""
    begun = {"payer": "alpha", "effective_from": "2026-07-01"}
    rows = [
        {"provider_npi": DOCTOR, **begun},
        {"provider_npi": COLLEAGUE, **begun, "retro_from": " "},
        {"provider_npi": DOCTOR, **begun, "payer": "beta"},
        {"provider_npi": "1", **begun, "retro_from": "none"},
    ]
    assert sorted(asked(medicare, *rows)) == [
        "row 2, column retro_from", "row 3, column retro_from", "row 5, column provider_npi"
    ]  # fmt: skip
    answers = {"30days": "2026-06-01", "none": "", "2026-06-15": "2026-06-15"}
    for told, kept in answers.items():
        apply(medicare, {"provider_npi": DOCTOR, **begun, "retro_from": told})
        (found,) = listed(medicare, "enrollments", npi=DOCTOR, payer="alpha")
        assert found["retro_from"] == kept


def test_what_was_answered_before_is_not_asked_again(medicare: TestSite) -> None:
    """A file that goes out and comes in again, also with another end, says nothing new of the beginning."""
    row = {"provider_npi": DOCTOR, "payer": "alpha", "effective_from": "2026-07-01"}
    apply(medicare, {**row, "retro_from": "none"})
    assert apply(medicare, row)["added"] == 0
    assert apply(medicare, {**row, "effective_to": "2026-12-31"})["added"] == 1
    assert asked(medicare, {**row, "effective_from": "2026-08-01"}) == ["row 2, column retro_from"]


def test_a_retroactive_day_is_not_taken_away_by_an_empty_cell(medicare: TestSite) -> None:
    """Whoever means that says none."""
    row = {"provider_npi": DOCTOR, "payer": "alpha", "effective_from": "2026-07-01"}
    apply(medicare, {**row, "retro_from": "30days"})
    assert asked(medicare, {**row, "retro_from": ""}) == ["row 2, column retro_from"]


def test_the_thirty_days_are_taken_off_once_in_files_too(medicare: TestSite) -> None:
    """The earlier date comes as the effective one."""
    row = {"provider_npi": DOCTOR, "payer": "alpha", "retro_from": "30days"}
    apply(medicare, {**row, "effective_from": "2026-07-01"})
    assert asked(medicare, {**row, "effective_from": "2026-06-01"}) == ["row 2, column retro_from"]


def test_none_means_none_also_where_the_thirty_days_are_assumed(medicare: TestSite) -> None:
    """An enrollment of Medicare's own kinds has them where nobody said; somebody did."""
    own = {"provider_npi": DOCTOR, "payer": "alpha", "kind": "medicare_individual", "effective_from": "2026-07-01"}
    apply(medicare, {**own, "retro_from": "none"}, said_by_person=True)
    assert [r["retro_from"] for r in listed(medicare, "enrollments", npi=DOCTOR)] == ["2026-07-01"]
    apply(medicare, {**own, "retro_from": "30days"}, said_by_person=True)
    assert [r["retro_from"] for r in listed(medicare, "enrollments", npi=DOCTOR)] == ["2026-06-01"]


def test_the_event_of_a_change_has_numbers_and_no_names(site: TestSite) -> None:
    """What goes to logs and MQTT."""
    apply(site, PROVIDER, GROUP)
    (event,) = site.query("SELECT body FROM events WHERE name = 'roster.changed' ORDER BY seq DESC LIMIT 1")
    assert json.loads(event["body"]) == {"added": 2, "superseded": 0, "source": "test"}
