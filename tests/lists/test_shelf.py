"""Editions of lists at a site: one swap, two kept, history where a list forgets, and what all of them say of an NPI."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.lists import _in_force
from gateway.daemon import serve
from gateway.errors import Malformed, Refused
from gateway.model.lists import Exclusion, Listed, ListKind, MedicareEnrollment, OptOut, OrderRefer
from gateway.store import claims
from gateway.store.shelf_draft import Draft
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator
from gateway.workers.shelving import Wish, build
from gateway.workers.site import open_site
from tests.lists import files
from tests.lists.files import leie, nppes, person, text
from tests.lists.sites import shelf_of, take
from tests.sites import PRACTICE_NPI, TestSite, make_site

DOCTOR, COLLEAGUE, REFERRER, GROUP = "2000000010", "2000000028", "2000000036", PRACTICE_NPI
JAN, FEB, MAR = "2026-01-31", "2026-02-28", "2026-03-31"
ROE = {"LASTNAME": "ROE", "FIRSTNAME": "JANE", "STATE": "OH"}


@pytest.fixture
def site(tmp_path: Path) -> TestSite:
    """A site without payers."""
    return make_site(tmp_path / "site", {})


def said(site: TestSite, npi: str = DOCTOR) -> Listed:
    return asyncio.run(shelf_of(site, npi)).of(npi)


def folder(site: TestSite) -> list[str]:
    return sorted(path.name for path in (site.root / "state" / "lists").glob("*"))


def refused(code: str, site: TestSite, kind: str, content: str, *words: str, **more: Any) -> Refused | Malformed:
    """An import that is refused leaves everything as it was, and no draft behind."""
    before = site.query("SELECT * FROM list_generations"), folder(site)
    with pytest.raises((Refused, Malformed)) as caught:
        take(site, kind, content, *words, **more)
    assert caught.value.code == code
    assert (site.query("SELECT * FROM list_generations"), folder(site)) == before
    return caught.value


# What every list says.


def test_what_all_lists_say_of_one_npi_comes_together(site: TestSite) -> None:
    """Each of them loaded once; who is on none has no entry, which the loaded editions give a meaning."""
    take(site, "nppes", nppes(person(DOCTOR, healthcare_provider_taxonomy_code_1="207Q00000X")), "--dated", JAN)
    take(site, "leie", leie({**ROE, "NPI": DOCTOR, "EXCLDATE": "20250601"}))
    take(site, "sam", text(files.SAM, [{"Classification": "Individual", "NPI": DOCTOR, "Active Date": "07/01/2025"}]))
    take(site, "order_refer", text(files.ORDER_REFER, [
        {"NPI": DOCTOR, "LAST_NAME": "ROE", "FIRST_NAME": "JANE", "PARTB": "Y", "HOSPICE": "Y"}]))  # fmt: skip
    take(site, "opt_out", text(files.OPT_OUT, [{"NPI": DOCTOR, "Optout Effective Date": "01/01/2024",
         "Optout End Date": "12/31/2025", "Eligible to Order and Refer": "Y"}]))  # fmt: skip
    take(site, "revalidation", text(files.REVALIDATION, [
        {"National Provider Identifier": DOCTOR, "Revalidation Due Date": "TBD"},
        {"National Provider Identifier": DOCTOR, "Revalidation Due Date": "06/30/2026",
         "Adjusted Due Date": "09/30/2026"}]))  # fmt: skip
    take(site, "revoked", text(files.REVOKED, [{"NPI": DOCTOR, "REVOCATION_EFCTV_DT": "2025-08-01"}]))
    take(site, "taxonomy", text(files.TAXONOMY, [{"Code": "207Q00000X", "Display Name": "Family Medicine Physician"}]))
    found = said(site)
    assert found.nppes
    assert found.nppes.taxonomies == ("207Q00000X",)
    assert found.exclusions == (
        Exclusion(ListKind.LEIE, date(2025, 6, 1), reason="1128a1"),
        Exclusion(ListKind.SAM, date(2025, 7, 1)),
    )
    assert found.order_refer == OrderRefer(part_b=True, hospice=True, last_name="ROE", first_name="JANE")
    assert found.opt_outs == (OptOut(date(2024, 1, 1), date(2025, 12, 31), may_order=True),)
    assert found.revalidation_due == date(2026, 9, 30)
    assert found.revoked_on == date(2025, 8, 1)
    assert site.ask("lists look", npi=DOCTOR)["taxonomies"] == {"207Q00000X": "Family Medicine Physician"}
    shelf = asyncio.run(shelf_of(site, COLLEAGUE, "", "none", "G2 NUMBER"))
    assert shelf.of(COLLEAGUE) == Listed()
    assert len(shelf.loaded) == 8
    assert str(shelf.loaded[ListKind.NPPES]) == "nppes of 2026-01-31, generation 1"


def test_a_weekly_increment_goes_over_the_full_file_and_a_full_file_over_it(site: TestSite) -> None:
    """Increments add up until a full file is as new as they are; one that is older than the full file is refused."""
    take(site, "nppes", nppes(person(DOCTOR, last="OLD"), person(COLLEAGUE, last="OLD")), "--dated", JAN)
    take(site, "nppes_weekly", nppes(person(DOCTOR, last="ONE")), "--dated", "2026-02-07")
    take(site, "nppes_weekly", nppes(person(COLLEAGUE, last="TWO"), person(GROUP, last="NEW")), "--dated", "2026-02-14")
    names = [entry.last_name if (entry := said(site, npi).nppes) else "" for npi in (DOCTOR, COLLEAGUE, GROUP)]
    assert names == ["ONE", "TWO", "NEW"]
    refused("LIST_OLDER", site, "nppes_weekly", nppes(person(DOCTOR)), "--dated", "2026-02-07")
    take(site, "nppes", nppes(person(DOCTOR, last="FULL"), person(COLLEAGUE)), "--dated", "2026-02-10")
    names = [entry.last_name if (entry := said(site, npi).nppes) else "" for npi in (DOCTOR, COLLEAGUE, GROUP)]
    assert names == ["FULL", "TWO", "NEW"]
    take(site, "nppes", nppes(person(DOCTOR), person(COLLEAGUE, last="LAST")), "--dated", FEB)
    assert [row["list"] for row in site.ask("lists") if row["state"] != "not loaded"] == ["nppes"]
    assert said(site, GROUP).nppes is None


def test_the_list_of_deactivated_numbers_marks_what_nppes_shows(site: TestSite) -> None:
    """Also where NPPES is not loaded; a reactivation since then stays, one before it is over."""
    gone = "NPPES report,\nNPI,NPPES Deactivation Date\n{},05/23/2011\n{},05/23/2011\n"
    take(site, "nppes_deactivated", gone.format(DOCTOR, COLLEAGUE))
    entry = said(site).nppes
    assert entry
    assert (entry.entity_type, entry.deactivated_on) == ("", date(2011, 5, 23))
    take(site, "nppes", nppes(person(DOCTOR, npi_reactivation_date="01/01/2010"),
                              person(COLLEAGUE, npi_reactivation_date="06/01/2011")))  # fmt: skip
    days = [(e.deactivated_on, e.reactivated_on) for npi in (DOCTOR, COLLEAGUE) if (e := said(site, npi).nppes)]
    assert days == [(date(2011, 5, 23), None), (date(2011, 5, 23), date(2011, 6, 1))]


def test_reassignments_are_told_by_the_npi_of_the_group(site: TestSite) -> None:
    """The files name enrollments; the base file says whose they are. Without it nobody could tell."""
    pairs = text(files.PPEF_REASSIGNMENT, [
        {"REASGN_BNFT_ENRLMT_ID": "I1", "RCV_BNFT_ENRLMT_ID": "O1"},
        {"REASGN_BNFT_ENRLMT_ID": "I1", "RCV_BNFT_ENRLMT_ID": "O2"},
        {"REASGN_BNFT_ENRLMT_ID": "I9", "RCV_BNFT_ENRLMT_ID": "O1"},
    ])  # fmt: skip
    refused("LIST_BASE", site, "ppef_reassignment", pairs)
    base = [
        {"NPI": DOCTOR, "ENRLMT_ID": "I1", "PROVIDER_TYPE_DESC": "PRACTITIONER - FAMILY PRACTICE", "STATE_CD": "IA"},
        {"NPI": GROUP, "ENRLMT_ID": "O1", "STATE_CD": "IA"},
        {"NPI": COLLEAGUE, "ENRLMT_ID": "O2", "STATE_CD": "IL"},
    ]
    take(site, "ppef", text(files.PPEF, base))
    take(site, "ppef_reassignment", pairs)
    family = MedicareEnrollment("I1", "PRACTITIONER - FAMILY PRACTICE", "IA", (GROUP, COLLEAGUE))
    assert said(site).medicare == (family,)
    assert said(site, GROUP).medicare == (MedicareEnrollment("O1", "", "IA"),)


def test_the_revalidation_lists_links_are_told_as_far_as_the_base_file_goes(site: TestSite) -> None:
    """It names the person by NPI, the group by enrollment only."""
    links = text(files.REASSIGNMENT, [{"Group Enrollment ID": "O1", "Individual Enrollment ID": "I1",
        "Individual NPI": DOCTOR, "Individual State Code": "IA",
        "Individual Specialty Description": "Family Practice"}])  # fmt: skip
    take(site, "reassignment", links)
    assert said(site).medicare == (MedicareEnrollment("I1", "Family Practice", "IA"),)
    take(site, "ppef", text(files.PPEF, [{"NPI": GROUP, "ENRLMT_ID": "O1"}]))
    take(site, "reassignment", links + "\n")
    assert said(site).medicare == (MedicareEnrollment("I1", "Family Practice", "IA", (GROUP,)),)


# Exclusions: history and names.


def test_who_vanished_from_a_new_list_was_excluded_until_then(site: TestSite) -> None:
    """The full file names only who is excluded now; whoever asks of an old day is still answered, editions later."""
    take(site, "leie", leie({**ROE, "NPI": DOCTOR}, {"NPI": COLLEAGUE}), "--dated", JAN)
    take(site, "leie", leie({"NPI": COLLEAGUE}, {"NPI": GROUP}), "--dated", FEB)
    (ended,) = said(site).exclusions
    assert (ended.first_day, ended.last_day) == (date(2020, 1, 1), date(2026, 2, 27))
    take(site, "leie", leie({"NPI": COLLEAGUE}, {"NPI": GROUP}, {"NPI": "2000000036"}), "--dated", MAR)
    assert said(site).exclusions == (ended,)
    assert said(site, COLLEAGUE).exclusions[0].last_day is None


def test_who_is_excluded_again_has_both_times(site: TestSite) -> None:
    """The old one ended, the new one lasts."""
    take(site, "leie", leie({"NPI": DOCTOR}), "--dated", JAN)
    take(site, "leie", leie({"NPI": DOCTOR, "EXCLDATE": "20260215"}), "--dated", FEB)
    days = sorted((x.first_day, x.last_day) for x in said(site).exclusions if x.first_day)
    assert days == [(date(2020, 1, 1), date(2026, 2, 27)), (date(2026, 2, 15), None)]


def test_supplements_add_and_reinstate(site: TestSite) -> None:
    """The monthly files beside the full one: nobody who is not named in them drops off."""
    rows = [{"NPI": str(2_000_000_100 + n)} for n in range(30)]
    take(site, "leie", leie({**ROE, "NPI": DOCTOR}, *rows), "--dated", JAN)
    done = take(site, "leie", leie({"NPI": COLLEAGUE, "EXCLDATE": "20260210"}), "--supplement", name="2602excl.csv")
    assert (done["dated"], done["rows"]) == (FEB, 32)
    take(site, "leie", leie({**ROE, "NPI": DOCTOR, "REINDATE": "20260305"}), "--supplement", name="2603rein.csv")
    assert [x.last_day for x in said(site).exclusions] == [date(2026, 3, 4)]
    assert said(site, COLLEAGUE).exclusions[0].first_day == date(2026, 2, 10)
    assert said(site, "2000000100").exclusions[0].last_day is None


def test_a_supplement_to_nothing_is_refused(site: TestSite) -> None:
    """Alone it would clear everybody who is not in it."""
    assert "full file first" in refused("LIST_SUPPLEMENT", site, "leie", leie(ROE), "--supplement").next_step


def test_a_name_alone_is_a_reason_to_look_where_the_states_agree(site: TestSite) -> None:
    """As NPPES names the provider. A state that nobody knows does not tell two people apart."""
    unknown, elsewhere = ({**ROE, "STATE": "", "EXCLDATE": "20210101"}, {**ROE, "STATE": "TX", "EXCLDATE": "20220101"})
    take(site, "leie", leie(ROE, unknown, elsewhere, {"BUSNAME": "CEDAR CARE, INC"}))
    take(site, "nppes", nppes(
        person(DOCTOR), person(COLLEAGUE, first="JOHN"),
        person(GROUP, last="", first="", provider_organization_name_legal_business_name="Cedar Care LLC"),
    ))  # fmt: skip
    found = said(site).exclusions
    assert [(x.by_name, x.first_day) for x in found] == [(True, date(2020, 1, 1)), (True, date(2021, 1, 1))]
    assert said(site, COLLEAGUE).exclusions == ()
    assert [x.by_name for x in said(site, GROUP).exclusions] == [True]


def test_a_provider_whom_nppes_does_not_know_is_looked_for_by_the_practices_own_name(site: TestSite) -> None:
    """Without any name nobody is."""
    take(site, "leie", leie(ROE))
    assert said(site).exclusions == ()
    assert [x["by_name"] for x in site.ask("lists look", npi=DOCTOR, name="Roe", first="Jane")["exclusions"]] == [True]


# Editions.


def test_an_import_is_told_in_the_journal_and_shown(site: TestSite) -> None:
    """Kind, number, day, rows and fingerprint, by whom."""
    done = take(site, "leie", leie(ROE), "--dated", JAN)
    assert (done["generation"], done["rows"], done["rows_before"]) == (1, 1, None)
    (event,) = site.query("SELECT body, actor FROM events WHERE name = 'list.imported'")
    said = json.loads(event["body"])
    assert (said["list"], said["number"], said["dated"], said["rows"]) == ("leie", 1, JAN, 1)
    (line,) = [row for row in site.ask("lists") if row["list"] == "leie"]
    assert (line["sha256"], line["imported_by"]) == (said["sha256"], event["actor"])
    assert len(said["sha256"]) == 64
    assert site.ask("audit")["intact"]


def test_the_same_file_again_changes_nothing(site: TestSite) -> None:
    """No edition is spent on it."""
    take(site, "leie", leie(ROE))
    assert take(site, "leie", leie(ROE))["known"]
    assert folder(site) == ["leie-1.list"]


def test_two_editions_are_kept(site: TestSite) -> None:
    """Of each list; older files go."""
    take(site, "order_refer", text(files.ORDER_REFER, [{"NPI": DOCTOR}]))
    for number in range(4):
        take(site, "leie", leie({**ROE, "FIRSTNAME": "A" * (number + 1)}))
    assert folder(site) == ["leie-3.list", "leie-4.list", "order_refer-1.list"]


def test_a_list_that_shrank_by_more_than_a_tenth_is_refused_without_a_reason(site: TestSite) -> None:
    """A tenth itself is taken; the reason is kept in the journal."""
    rows = [{"NPI": str(2_000_000_000 + n)} for n in range(20)]
    take(site, "order_refer", text(files.ORDER_REFER, rows))
    assert "20" in refused("LIST_SHRANK", site, "order_refer", text(files.ORDER_REFER, rows[:17])).message
    take(site, "order_refer", text(files.ORDER_REFER, rows[:18]))
    take(site, "order_refer", text(files.ORDER_REFER, rows[:3]), "--accept-shrink", "CMS said so")
    bodies = [json.loads(r["body"]) for r in site.query("SELECT body FROM events WHERE name = 'list.imported'")]
    assert [body.get("reason") for body in bodies] == [None, None, "CMS said so"]


def test_an_increment_may_be_smaller_than_the_one_before(site: TestSite) -> None:
    """A quiet week is no damage."""
    take(site, "nppes_weekly", nppes(*(person(str(2_000_000_000 + n)) for n in range(20))), "--dated", JAN)
    assert take(site, "nppes_weekly", nppes(person(DOCTOR)), "--dated", FEB)["generation"] == 2


def test_older_and_future_files_are_refused(site: TestSite) -> None:
    """By the day in the name, or the day a person says."""
    take(site, "leie", leie(ROE), "--dated", FEB)
    refused("LIST_OLDER", site, "leie", leie({"NPI": DOCTOR}), "--dated", JAN)
    refused("LIST_DATE", site, "leie", leie({"NPI": DOCTOR}), "--dated", str(date.today() + timedelta(days=3)))


def test_a_damaged_file_leaves_the_old_edition_in_force(site: TestSite) -> None:
    """However late in the file the damage is found."""
    take(site, "leie", leie({"NPI": DOCTOR}))
    refused("LIST_DAMAGED", site, "leie", leie(*[{"NPI": COLLEAGUE}] * 100) + '"' + "x" * 200_000)
    assert said(site).exclusions


def test_two_imports_at_once_do_not_undo_each_other(site: TestSite) -> None:
    """Each edition is built on the one before it; the second to come is refused and can be repeated."""
    take(site, "leie", leie({"NPI": DOCTOR}))
    plan = site.ask("lists plan")
    take(site, "leie", leie({"NPI": DOCTOR}, {"NPI": COLLEAGUE}))
    draft = _draft(site, plan, leie({"NPI": GROUP}))
    with pytest.raises(Refused) as caught:
        site.ask("lists adopt", draft=draft)
    assert caught.value.code == "LIST_OVERTAKEN"


def _draft(site: TestSite, plan: dict[str, Any], content: str) -> str:
    """A draft as an import leaves it that had asked before and was cut off."""
    path, lists = site.root / "late.csv", site.root / "state" / "lists"
    path.write_text(content)
    draft = Draft(lists)
    wish = Wish(ListKind.LEIE, path, date.fromisoformat(plan["today"]))
    return build(draft, wish, _in_force(plan["in_force"], lists), lambda more: None).draft


@pytest.mark.parametrize("name", ["../../conf/gateway.toml", "leie-1.list", "none.draft", "x/y.draft", ""])
def test_only_a_draft_in_the_folder_of_lists_is_adopted(site: TestSite, name: str) -> None:
    """Whatever is asked over the socket."""
    take(site, "leie", leie(ROE))
    with pytest.raises(Refused) as caught:
        site.ask("lists adopt", draft=name)
    assert caught.value.code == "LIST_DRAFT"


def test_a_list_whose_file_is_gone_says_nothing_and_the_doctor_says_so(site: TestSite) -> None:
    """As after a restore: lists are in no backup. Importing it again makes it whole."""
    take(site, "leie", leie({"NPI": DOCTOR}))
    (site.root / "state" / "lists" / "leie-1.list").unlink()
    assert ListKind.LEIE not in asyncio.run(shelf_of(site, DOCTOR)).loaded
    assert [row["state"] for row in site.ask("lists") if row["list"] == "leie"] == ["file missing"]
    assert any("missing" in found["what"] for found in site.ask("doctor"))
    assert take(site, "leie", leie({"NPI": DOCTOR}))["generation"] == 2
    assert said(site).exclusions


def test_a_damaged_edition_is_never_taken_for_an_empty_one(site: TestSite) -> None:
    """Nothing is judged by half a list."""
    take(site, "leie", leie({"NPI": DOCTOR}))
    path = site.root / "state" / "lists" / "leie-1.list"
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 12_000)
    with pytest.raises(Refused) as caught:
        said(site)
    assert caught.value.code == "LIST_UNREADABLE"
    take(site, "order_refer", text(files.ORDER_REFER, [{"NPI": DOCTOR}]))


def test_a_list_older_than_its_cadence_is_stale(site: TestSite) -> None:
    """The doctor tells where to get a newer one; a list that nobody loaded is no trouble."""
    take(site, "sam", text(files.SAM, [{"Classification": "Firm", "NPI": DOCTOR}]), "--dated", JAN)
    assert [row["state"] for row in site.ask("lists") if row["list"] == "sam"] == ["stale"]
    (found,) = [found for found in site.ask("doctor") if "list" in found["what"]]
    assert "sam list is" in found["what"]
    assert "sam.gov" in found["next"]


# The gate.


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


def waiting(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    """Two claims wait, each by a doctor whom nobody enrolled; the second was referred."""
    site = make_site(tmp_path / "gate", {"alpha": payer})
    specs = [
        ClaimSpec("A0", payer_id="77001", member_id="M0", rendering=DOCTOR),
        ClaimSpec("A1", payer_id="77001", member_id="M1", rendering=COLLEAGUE, referring=REFERRER),
    ]
    site.drop("a.837", batch837p(specs))
    asyncio.run(serve(site.config, until_idle=True))
    assert {claim["stands"] for claim in site.ask("claims")} == {"HELD"}
    return site


def due(site: TestSite) -> list[str]:
    today = site.ask("lists plan")["today"]
    rows = site.query(f"SELECT control_number FROM claims WHERE judge_on <= '{today}' ORDER BY id")
    return [row["control_number"] for row in rows]


def test_an_excluded_npi_is_seen_in_the_evidence_of_its_claim(tmp_path: Path, payer: PayerSimulator) -> None:
    """With the edition that says so, for whoever decides."""
    site = waiting(tmp_path, payer)
    take(site, "leie", leie({"NPI": DOCTOR}), "--dated", JAN)

    async def gathered() -> Any:
        async with open_site(site.config) as opened:
            return (await opened.store.read(claims.cases, [1]))[0].evidence

    shelf = asyncio.run(gathered()).shelf
    assert [x.first_day for x in shelf.of(DOCTOR).exclusions] == [date(2020, 1, 1)]
    assert str(shelf.loaded[ListKind.LEIE]) == "leie of 2026-01-31, generation 1"


def test_a_new_edition_has_those_claims_judged_again_that_it_speaks_of(tmp_path: Path, payer: PayerSimulator) -> None:
    """The first edition speaks of all of them; then only of whom it says something else."""
    site = waiting(tmp_path, payer)
    take(site, "nppes", nppes(person(DOCTOR), person(COLLEAGUE), person(GROUP)), "--dated", JAN)
    assert take(site, "leie", leie({"NPI": "2000000036"}), "--dated", JAN)["claims"] == 2
    asyncio.run(serve(site.config, until_idle=True))
    assert due(site) == []
    assert take(site, "leie", leie({"NPI": "2000000036"}, {"NPI": DOCTOR}), "--dated", FEB)["claims"] == 1
    assert due(site) == ["A0"]
    asyncio.run(serve(site.config, until_idle=True))
    assert take(site, "nppes", nppes(person(DOCTOR), person(COLLEAGUE, last="NEW"), person(GROUP)))["claims"] == 1
    assert due(site) == ["A1"]


def test_a_referring_providers_exclusion_concerns_the_claim(tmp_path: Path, payer: PayerSimulator) -> None:
    """Whoever a claim names in any role is looked for."""
    site = waiting(tmp_path, payer)
    take(site, "nppes", nppes(person(DOCTOR), person(COLLEAGUE), person(GROUP), person(REFERRER)), "--dated", JAN)
    take(site, "leie", leie({"NPI": "2000000044"}), "--dated", JAN)
    asyncio.run(serve(site.config, until_idle=True))
    assert take(site, "leie", leie({"NPI": REFERRER}), "--dated", FEB)["claims"] == 1
    assert due(site) == ["A1"]


def test_an_npi_that_is_still_on_no_newer_nppes_is_judged_again(tmp_path: Path, payer: PayerSimulator) -> None:
    """A fresh file that does not name it says more than an old one that did not."""
    site = waiting(tmp_path, payer)
    take(site, "nppes", nppes(person(DOCTOR), person(GROUP)), "--dated", JAN)
    asyncio.run(serve(site.config, until_idle=True))
    assert (
        take(site, "nppes", nppes(person(DOCTOR), person(GROUP), person("2000000044")), "--dated", FEB)["claims"] == 1
    )
    assert due(site) == ["A1"]
