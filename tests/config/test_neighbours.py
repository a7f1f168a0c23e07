"""Two lanes that write to one folder, where their files would meet under one name."""

from __future__ import annotations

import pytest

from tests.config.conftest import ACCOUNT, DECLARATION, SiteFiles

COUNTED = ("endpoint = {host", 'filename = "{submitter}{day:%Y%m%d}{n}.837"\ncounter = {}\nendpoint = {host')


def beside(site: SiteFiles, *changes: tuple[str, str], account: str = "") -> SiteFiles:
    """The site with another partner at the same server, which differs in this from the first."""
    said = DECLARATION.partition("[[partner]]")[2].replace("alpha_edi", "hub")
    for old, new in changes:
        assert old in said
        said = said.replace(old, new)
    site.write("plugins/hub.toml", "    [[partner]]" + said)
    site.write("conf/partners/hub.toml", account or ACCOUNT)
    return site


OTHER = ("ALPHAHP", "HUBHP")


def test_two_partners_in_one_folder_must_not_name_two_files_alike(site: SiteFiles) -> None:
    """Each counts by itself, so the second of them would be refused, and its lane stop."""
    found = beside(site, OTHER).problem()
    assert found.startswith("conf/partners/hub.toml: hub/production writes to /in as alpha_edi/production does")
    assert "such as CFFM01_20320101_000000001.837" in found
    assert "(for example: filename = " in found


@pytest.mark.parametrize(
    "changes",
    [
        [],  # the same receiver: one sequence of numbers for both
        [OTHER, ("endpoint = {host", 'filename = "HUB{isa13}.837"\nendpoint = {host')],
        [OTHER, ("alpha.example", "hub.example")],
        [OTHER, ('.example"}', '.example", outbound = "/hub"}')],
    ],
)
def test_whatever_keeps_them_apart_will_do(site: SiteFiles, changes: list[tuple[str, str]]) -> None:
    assert len(beside(site, *changes).load()[2].lanes) == 2


def test_another_user_is_in_another_folder(site: SiteFiles) -> None:
    """Most servers show each of them a root of its own."""
    account = ACCOUNT.replace('user = "cffm01"', 'user = "hub01"')
    assert len(beside(site, OTHER, account=account).load()[2].lanes) == 2


def test_a_counter_is_its_partners_own(site: SiteFiles) -> None:
    """Both stages of one partner share it; two partners do not, whatever their numbers are."""
    site.change("plugins/alpha.toml", *COUNTED)
    site.write("conf/partners/alpha_edi.test.toml", ACCOUNT.replace("production", "test"))
    assert len(site.load()[2].lanes) == 2
    assert len(beside(site, COUNTED).problems()) == 2
