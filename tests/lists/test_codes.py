"""Code lists of the guides: a newer edition that a site was given decides from then on."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli.main import gateway
from gateway.daemon import serve
from gateway.errors import Malformed, Refused
from gateway.testing.builders import PRACTICE, ClaimSpec, batch837p
from tests.lists.files import TAXONOMY
from tests.lists.files import text as csv_text
from tests.lists.sites import take
from tests.sites import TestSite, make_site

EDITION = """\
name = "place_of_service"
source = "the site"
version = "2"
date = {day}
unknown = "{unknown}"
codes = {codes}
"""
FUTURE = date(2090, 1, 1)


@pytest.fixture
def site(tmp_path: Path) -> TestSite:
    return make_site(tmp_path / "site", {})


def load(site: TestSite, text: str) -> None:
    site.ask("lists load codes", text=text)


def edition(day: date = FUTURE, codes: str = '["12"]', unknown: str = "REJECT") -> str:
    return EDITION.format(day=day, codes=codes, unknown=unknown)


def test_a_newer_edition_decides_about_the_next_file(site: TestSite) -> None:
    """What it does not name any more is unknown from then on: a claim that passed before does not pass now."""
    run = ["-c", str(site.config), "lists", "codes"]
    (site.root / "pos.toml").write_text(edition())
    site.drop("before.837", batch837p([ClaimSpec("A1", payer_id="77001", member_id="M1")]))
    asyncio.run(serve(site.config, until_idle=True))
    done = CliRunner().invoke(gateway, [*run, str(site.root / "pos.toml")], standalone_mode=False)
    assert done.exception is None
    assert "the site" in done.output
    site.drop("after.837", batch837p([ClaimSpec("A2", payer_id="77001", member_id="M2")], control=2))
    asyncio.run(serve(site.config, until_idle=True))
    assert [claim["code"] for claim in site.ask("claims")] == ["PAYER_UNKNOWN", "CODE_UNKNOWN"]
    (event,) = site.query("SELECT body FROM events WHERE name = 'list.imported'")
    assert "place_of_service" in event["body"]


def test_an_edition_that_is_no_newer_or_no_ours_is_refused(site: TestSite) -> None:
    """And one of another shape; what is in force stays."""
    for text, code in (
        (edition(date(2001, 1, 1)), "LIST_OLDER"),
        (edition().replace("place_of_service", "unheard_of"), "CODE_LIST"),
        (edition(codes="12"), "CODE_LIST"),
    ):
        with pytest.raises((Refused, Malformed)) as caught:
            load(site, text)
        assert caught.value.code == code
    assert all(line["source"] != "the site" for line in site.ask("lists codes"))
    load(site, edition())
    with pytest.raises(Refused):
        load(site, edition())


KNOWN = [{"Code": code, "Classification": "Physician"} for code in ("207Q00000X", "208D00000X")]


def test_a_taxonomy_that_is_in_no_list_is_noticed_once_the_list_is_there(site: TestSite) -> None:
    """Until then its form is all that can be looked at."""
    spec = ClaimSpec("A1", payer_id="77001", billing=replace(PRACTICE, taxonomy="207QZ0000X"))
    (site.root / "march.837").write_bytes(batch837p([spec]))
    check = ["-c", str(site.config), "check", str(site.root / "march.837"), "--json"]

    def found() -> list[tuple[str, str]]:
        (claim,) = json.loads(CliRunner().invoke(gateway, check).stdout)["claims"]
        return [(each["code"], each["outcome"]) for each in claim["findings"] if each["place"] == "2000A/PRV03"]

    assert found() == []
    take(site, "taxonomy", csv_text(TAXONOMY, KNOWN), "--dated", "2026-07-01")
    assert found() == [("CODE_UNKNOWN", "WARN")]
    assert {"list": "taxonomy", "codes": 2}.items() <= site.ask("lists codes")[-1].items()
    load(site, edition(codes='["207QZ0000X"]').replace("place_of_service", "taxonomy"))
    assert found() == []
