"""Filename templates: names that are unique and that any server can take."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.filenames import wrong_with
from gateway.naming import remote_name
from tests.config.conftest import SiteFiles

MOMENT = datetime(2026, 11, 3, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "template",
    [
        "{sender}_{day:%Y%m%d}_{isa13}.837",
        "{submitter}.{isa13}.dat",
        "{isa13}",
        "P{isa13}-{day:%y%j}.CLM",
        "{sender:.4}{isa13:0>12}",
        "OATEST_{submitter}_{day:%Y-%m-%d}+{isa13}@x=y.txt",
    ],
)
def test_a_template_with_the_whole_control_number_is_fine(template: str) -> None:
    """ISA13 never repeats at a partner, so neither does a name that holds it."""
    assert wrong_with(template) is None


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{sender}_{day:%Y%m%d}.837", "must have the whole {isa13}"),
        ("claims.837", "must have the whole {isa13}"),
        ("", "must have the whole {isa13}"),
        ("{isa13:.8}.837", "must have the whole {isa13}"),
        ("{{isa13}}.837", "must have the whole {isa13}"),
        (
            "{isa13[0]}.837",
            "has no field {isa13[0]}; fields are {sender}, {submitter}, {isa13}, {day}, {n}, {type}, {stage}",
        ),
        ("{isa13.real}.837", "has no field {isa13.real}"),
        ("{isa13}_{patient}.837", "has no field {patient}"),
        ("{}{isa13}", "has no field {}"),
        ("{isa13", "is no template"),
        ("isa13}", "is no template"),
        ("{isa13!x}", "is no template"),
        ("{isa13:d}", "is no template"),
        ("/in/{isa13}.837", "makes names with '/' in them"),
        ("{day:%Y/%m/%d}_{isa13}", "makes names with '/' in them"),
        ("{day:%D}_{isa13}", "makes names with '/' in them"),
        ("{day}_{isa13}", "makes names with ' ' ':' in them"),
        ("{isa13}\\x", "makes names with '\\\\' in them"),
        ("{isa13}\n", "makes names with '\\n' in them"),
        ("ä{isa13}", "makes names with '\\xe4' in them"),
        ("{isa13}*", "makes names with '*' in them"),
        (".{isa13}", "makes names that begin with a dot"),
        ("{isa13:0>101}", "makes names of more than 100 characters"),
    ],
)
def test_a_template_that_makes_bad_names_is_refused_with_the_reason(template: str, said: str) -> None:
    """Before anything is named by it: a name is kept for ever once it is given."""
    assert (wrong_with(template) or "").startswith(said)


@given(st.text(alphabet="{}isander13day:%YmH/.!r0_-[] ", max_size=40))
def test_no_template_crashes_the_check(template: str) -> None:
    """Whatever somebody writes, it is judged, and what passes does hold the control number and no slash."""
    if wrong_with(template) is None:
        name = template.format(sender="S", submitter="T", isa13="000000007", day=MOMENT)
        assert "000000007" in name
        assert "/" not in name


def test_the_check_knows_the_fields_that_names_are_made_of(site: SiteFiles) -> None:
    """A template that uses all of them is right here, and gives a name when something is sent."""
    template = "{sender}-{submitter}-{isa13}-{day:%Y%m%d}.837"
    site.change("plugins/alpha.toml", 'receiver = "ALPHAHP"', f'receiver = "ALPHAHP"\nfilename = "{template}"')
    lane = site.load()[2].lanes["alpha_edi/production"]
    assert remote_name(lane, MOMENT, 7) == "CFFM01-CFFM01-000000007-20261103.837"


def test_ids_that_spoil_the_names_are_the_accounts_problem(site: SiteFiles) -> None:
    """The template is fine; with this sender it makes a name in another folder."""
    site.change("conf/partners/alpha_edi.toml", 'sender = "CFFM01"', 'sender = "CFFM/01"')
    said = site.problem()
    assert said.startswith("conf/partners/alpha_edi.toml: with this sender and submitter_id, alpha_edi's filename")
    assert said.endswith("makes names with '/' in them; only letters, digits and . _ - + = @ are safe on every server")


def test_a_name_that_looks_unfinished_is_refused(site: SiteFiles) -> None:
    """A partner that passes over files being written would pass over ours for ever."""
    site.change("plugins/alpha.toml", 'receiver = "ALPHAHP"', 'receiver = "ALPHAHP"\nfilename = "{isa13}.part"')
    site.change("conf/partners/alpha_edi.toml", 'user = "cffm01"', "")
    assert "partner[0].filename: ends like an unfinished file, with temporary_suffix" in site.problems()[1]
