"""Test or production: five switches that must agree, or nothing starts."""

from __future__ import annotations

import pytest

from gateway.config.accounts import AccountFile
from tests.config.conftest import SiteFiles

PLUGIN, ACCOUNT = "plugins/alpha.toml", "conf/partners/alpha_edi.toml"
MARKS = """
    [partner.stages.test]
    outbound = "/TEST/in"
    inbound = ["/TEST/out"]
    filename = "OATEST_{isa13}.837"
    sender = "T*"
"""


def marked(site: SiteFiles, *changes: tuple[str, str], marks: str = MARKS) -> SiteFiles:
    """A site whose partner tells its stages apart, and whose account differs in this."""
    site.add(PLUGIN, marks)
    for old, new in changes:
        site.change(ACCOUNT, old, new)
    return site


TEST = ('stage = "production"', 'stage = "test"')


def test_folders_and_names_of_a_lane_are_those_of_its_stage(site: SiteFiles) -> None:
    """Nobody has to say them again in an account."""
    lane = marked(site, TEST, ('sender = "CFFM01"', 'sender = "TCFFM01"')).load()[2].lanes["alpha_edi/test"]
    assert (lane.account.endpoint.outbound, lane.account.endpoint.inbound) == ("/TEST/in", ("/TEST/out",))
    assert lane.filename == "OATEST_{isa13}.837"


def test_the_other_stage_has_the_usual_ones(site: SiteFiles) -> None:
    """What a stage does not mark is the same as ever."""
    lane = marked(site).load()[2].lanes["alpha_edi/production"]
    assert (lane.account.endpoint.outbound, lane.account.endpoint.inbound) == ("/in", ("/out",))
    assert lane.filename == "{sender}_{day:%Y%m%d}_{isa13}.837"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([('stage = "production"', 'stage = "production"\nendpoint = {outbound = "/TEST/in"}')],
         'stage = "production" (ISA15 = P), but the folder /TEST/in is for test.'),
        ([('stage = "production"', 'stage = "production"\nendpoint = {inbound = ["/out", "/TEST/out"]}')],
         'stage = "production" (ISA15 = P), but the folder /TEST/out is for test.'),
        ([('sender = "CFFM01"', 'sender = "TCFFM01"')], "but sender (ISA06) is like T*, as for test."),
        ([('submitter_id = "CFFM01"', 'submitter_id = "TCFFM01"')], "but submitter_id (GS02) is like T*, as for test."),
        ([TEST], 'stage = "test" (ISA15 = T), but sender (ISA06) is not like T*.'),
        ([TEST, ('sender = "CFFM01"', 'sender = "TCFFM01"\nendpoint = {outbound = "/in"}')],
         'stage = "test" (ISA15 = T), but the folder /in is for production.'),
        ([('stage = "production"', 'stage = "production"\nendpoint = {outbound = "/editest/inbound"}'),
          ('sender = "CFFM01"', 'sender = "TCFFM01"')],
         "but the folder /editest/inbound is for test and sender (ISA06) is like T*, as for test."),
    ],
)  # fmt: skip
def test_switches_that_disagree_stop_the_start(site: SiteFiles, changes: list[tuple[str, str]], said: str) -> None:
    """A file for production in a test folder is lost, and the other way about it is worse."""
    found = marked(site, *changes).problem()
    assert found.startswith(f"{ACCOUNT}: stage = ")
    assert said in found
    assert "Five things tell test from production" in found
    assert "(for example: stage = " in found


@pytest.mark.parametrize(
    ("stage", "folder", "right"),
    [("production", "/TEST/in", False), ("test", "/prod/in", False), ("production", "/PROD/in", True),
     ("test", "/TEST/in", True), ("production", "/attestations/in", True), ("test", "/produce", True),
     ("production", "/test_of_time/in", True)],
)  # fmt: skip
def test_a_folder_tells_its_stage_by_name_where_nobody_declares_it(
    site: SiteFiles, stage: str, folder: str, right: bool
) -> None:
    """By whole names only."""
    site.change(ACCOUNT, 'stage = "production"', f'stage = "{stage}"\nendpoint = {{outbound = "{folder}"}}')
    if right:
        site.load()
    else:
        assert f"the folder {folder} is for" in site.problem()


def test_a_partner_may_call_its_folders_what_it_likes(site: SiteFiles) -> None:
    """What a declaration says goes before what a name sounds like."""
    site.change(PLUGIN, "endpoint = {", 'endpoint = {outbound = "/test", ')
    assert site.load()[2].lanes["alpha_edi/production"].partner.endpoint.outbound == "/test"


def test_an_account_says_its_next_key_and_its_passwords_age(site: SiteFiles) -> None:
    """Both with their days."""
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKUwOJhmoYOX23F10Nn3oGDA02yFCVs4ahsiHnsIyhFL"
    site.add(ACCOUNT, f'password_changed = 2026-11-03\n[[next_host_keys]]\nkey = "{key}"\nvalid_from = 2026-12-22\n')
    account = site.load()[2].lanes["alpha_edi/production"].account
    assert str(account.password_changed) == "2026-11-03"
    assert [(found, str(day)) for found, day in account.next_host_keys] == [(key, "2026-12-22")]
    assert "password_changed" in AccountFile.model_fields
