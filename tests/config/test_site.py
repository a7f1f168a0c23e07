"""A whole site: plugins, accounts and routes, bound together."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.config.site import load_site
from gateway.model.partners import Endpoint, Lane, Stage
from tests.config.conftest import HOST_KEY, SiteFiles

PROJECT = Path(__file__).parent.parent.parent
ACCOUNT, ROUTES = "conf/partners/alpha_edi.toml", "conf/routes.toml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """conf/ and plugins/ of the project as they are installed: for nobody else to change."""
    for name in ("conf", "plugins"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in tmp_path.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return tmp_path


def test_the_projects_own_site_binds_without_a_problem(project: Path) -> None:
    """What a newcomer reads first works as it stands: every routed payer has a lane to be tested on, by one of its ids, and
    those that are only shipped have none."""
    _, registry, directory = load_site(project / "conf" / "gateway.toml")
    assert set(directory.routes) == {"prairie", "tallgrass", "loess", "cedar_state"}
    assert not any(
        directory.lane_for(key, stage) for key in registry.payers.keys() - directory.routes for stage in Stage
    )
    lanes = {key: directory.lane_for(key, Stage.TEST) for key in directory.routes}
    assert {key: lane and lane.key for key, lane in lanes.items()} == {
        "prairie": "prairie_direct/test",
        "tallgrass": "bluestem/test",
        "loess": "bluestem/test",
        "cedar_state": "bluestem/test",
    }
    payer = directory.payer_of("prairie1")
    assert payer
    assert payer.key == "prairie"


def test_the_projects_own_site_sends_nothing_anywhere(project: Path) -> None:
    """Its accounts are in test, and without a host key nothing is dialled."""
    _, _, directory = load_site(project / "conf" / "gateway.toml")
    for lane in directory.lanes.values():
        assert lane.account.stage is Stage.TEST
        assert lane.account.host_keys == ()
        assert lane.account.endpoint.host.endswith(".example")
    assert len(directory.warnings) == len(directory.lanes)


def test_adding_a_payer_takes_three_files_and_no_code(site: SiteFiles) -> None:
    """A declaration in plugins/, an account in conf/partners/, a route in conf/routes.toml; then it is there."""
    site.write(
        "plugins/prairie.toml",
        """
        [[payer]]
        key = "prairie"
        name = "Prairie Health Plan"
        filing_limit_days = 120

        [[partner]]
        key = "prairie_direct"
        name = "PRAIRIE HEALTH PLAN"
        receiver = "PRAIRIEHP"
        payers = {prairie = ["77005", "PRAIRIE1"]}
        windows = [{opens = "06:00", closes = "20:00", zone = "America/Chicago"}]
        endpoint = {host = "edi.prairie.example", outbound = "/inbound"}
        """,
    )
    site.write(
        "conf/partners/prairie_direct.toml",
        f"""
        sender_qualifier = "30"
        sender = "999990001"
        submitter_id = "CFFM01"
        submitter_name = "CEDAR FALLS FAMILY MEDICINE"
        contact_phone = "5555550100"
        user = "cffm01"
        credential = "prairie_direct"
        host_keys = ["{HOST_KEY}"]
        stage = "production"
        endpoint = {{host = "edi2.prairie.example", port = 2222}}
        """,
    )
    site.add(ROUTES, '[[route]]\npayer = "prairie"\npartner = "prairie_direct"')

    _, registry, directory = site.load()
    payer = directory.payer_of(" prairie1")
    assert payer
    assert (payer.key, payer.filing_limit.days) == ("prairie", 120)
    lane = directory.lane_for("prairie", Stage.PRODUCTION)
    assert lane
    assert lane.key == "prairie_direct/production"
    assert lane.partner.receiver.id == "PRAIRIEHP"
    assert (lane.account.sender.qualifier, lane.account.sender.id) == ("30", "999990001")
    assert lane.account.endpoint == Endpoint("sftp", "edi2.prairie.example", 2222, "/inbound", ("/out",))
    assert lane.partner.endpoint == replace(lane.account.endpoint, host="edi.prairie.example", port=22)
    assert registry.origins["payer prairie"] == registry.origins["partner prairie_direct"] == "prairie.toml"
    assert directory.warnings == ()


def test_adding_a_payer_step_by_step_says_each_time_what_is_missing(site: SiteFiles) -> None:
    """Nobody has to know the three files beforehand."""
    site.write("conf/partners/beta_edi.toml", (site.root / ACCOUNT).read_text())
    assert site.problem() == "conf/partners/beta_edi.toml: no partner is called beta_edi; known are alpha_edi"
    declaration = (site.root / "plugins/alpha.toml").read_text()
    site.write("plugins/beta.toml", declaration.replace("alpha", "beta").replace("77001", "77002"))
    assert site.load()[2].warnings == (
        "lane beta_edi/production is used by no payer; add a [[route]] to beta_edi in conf/routes.toml",
    )
    site.add(ROUTES, '[[route]]\npayer = "beta"\npartner = "beta_edi"')
    assert site.load()[2].warnings == ()


def test_a_route_to_somebody_unknown_suggests_who_was_meant(site: SiteFiles) -> None:
    """Both ends of it."""
    site.write(
        ROUTES, '[[route]]\npayer = "alfa"\npartner = "alpha_ed"\n[[route]]\npayer = "zzz"\npartner = "alpha_edi"'
    )
    assert site.problems() == [
        f"{ROUTES}: route[0].payer: no payer is called alfa; did you mean alpha?",
        f"{ROUTES}: route[0].partner: no partner is called alpha_ed; did you mean alpha_edi?",
        f"{ROUTES}: route[1].payer: no payer is called zzz; known are alpha",
    ]


def test_a_route_to_a_partner_that_does_not_reach_the_payer_is_told(site: SiteFiles) -> None:
    """The payer has no id there, so nothing could be addressed."""
    site.add("plugins/alpha.toml", '[[payer]]\nkey = "beta"\nname = "Beta Mutual"')
    site.add(ROUTES, '[[route]]\npayer = "beta"\npartner = "alpha_edi"')
    assert site.problem() == f"{ROUTES}: route[1]: partner alpha_edi does not reach beta, but alpha"


def backup(site: SiteFiles, ids: str, more: str = "") -> None:
    """Payer alpha goes by beta_edi too, by these ids there."""
    declaration = (site.root / "plugins/alpha.toml").read_text().partition("[[partner]]")[2]
    declaration = declaration.replace("alpha_edi", "beta_edi").replace('["77001"]', ids)
    site.write("plugins/beta.toml", f"[[partner]]{declaration}")
    site.write("conf/partners/beta_edi.toml", (site.root / ACCOUNT).read_text())
    site.add(ROUTES, f'[[route]]\npayer = "alpha"\npartner = "beta_edi"\nrank = 1\n{more}')


@pytest.mark.parametrize("payer_id", ["77001", "b1"])
def test_a_payer_id_of_a_route_is_one_that_its_partner_declares(site: SiteFiles, payer_id: str) -> None:
    """As the partner writes it; the ids that it has are told."""
    backup(site, '["B1", "B2"]', f'payer_id = "{payer_id}"')
    assert site.problem() == (
        f"{ROUTES}: route[1].payer_id: partner beta_edi does not know alpha as {payer_id}, but as B1 or B2"
        ' (for example: payer_id = "B1")'
    )


@pytest.mark.parametrize("payer_id", ["B", "B" * 81, "B*1", "B_1", "-B1", "B\u00e91", "B\\n1", ""])
def test_a_payer_id_of_a_route_is_one_that_x12_has(site: SiteFiles, payer_id: str) -> None:
    """Whatever the delimiters of a file are."""
    backup(site, '["B1", "B2"]', f'payer_id = "{payer_id}"')
    problem = site.problem()
    assert problem.startswith(f"{ROUTES}: route[1].payer_id: must ")
    assert problem.endswith('(for example: payer_id = "54321")')


def test_a_lane_knows_the_ids_that_its_routes_name(site: SiteFiles) -> None:
    """A claim keeps an id that the partner knows, in whatever case; any other gives way to that of the route."""
    backup(site, '["B1", "B 2-x"]', 'payer_id = "B 2-x"')
    lanes = site.load()[2].lanes
    there, usual = lanes["beta_edi/production"], lanes["alpha_edi/production"]
    assert [there.id_of("alpha", named) for named in ("77001", "b1", " B1", "B 2-x")] == ["B 2-x", "b1", " B1", "B 2-x"]
    assert [usual.id_of("alpha", named) for named in ("77001", "B1")] == ["77001", ""]
    assert (there.longest_id, usual.longest_id) == (5, 0)


@pytest.mark.parametrize(
    ("ids", "more", "warns"),
    [
        ('["B1", "B2"]', "", True),
        ('["B1", "B2"]', 'payer_id = "B2"', False),
        ('["B1", "77001"]', "", False),
    ],
    ids=["no id", "an id", "one in common"],
)
def test_a_backup_route_that_could_take_nothing_is_told(site: SiteFiles, ids: str, more: str, warns: bool) -> None:
    """Before somebody needs it, with the line that is missing."""
    backup(site, ids, more)
    told = (
        "the backup route of payer alpha by beta_edi could take no claim: beta_edi knows the payer as B1 or B2, alpha_edi"
        ' by other ids; add `payer_id = "B1"` to that [[route]] in conf/routes.toml'
    )
    assert site.load()[2].warnings == ((told,) if warns else ())


def test_routes_that_contradict_each_other_are_told_with_their_file(site: SiteFiles) -> None:
    """They are fine one by one."""
    site.add(ROUTES, '[[route]]\npayer = "alpha"\npartner = "alpha_edi"\nrank = 1')
    assert site.problem() == f"{ROUTES}: payer alpha is routed to alpha_edi twice; drop one"


def test_one_mistake_is_told_once(site: SiteFiles) -> None:
    """A partner that is declared wrongly is not unknown as well, to its account and to its routes."""
    site.write(
        "plugins/gamma.py",
        """
        from gateway import hookimpl
        from gateway.model.partners import Endpoint, Partner
        from gateway.model.x12 import Address

        @hookimpl
        def register_partners():
            return [Partner("gamma_edi", "GAMMA", {"alpha": ("77001",)}, Address("ZZ", "G"), Endpoint("sftp", "x"))]
        """,
    )
    site.write("conf/partners/gamma_edi.toml", (site.root / ACCOUNT).read_text())
    site.add(ROUTES, '[[route]]\npayer = "alpha"\npartner = "gamma_edi"\nrank = 1')
    assert site.problem().startswith("plugin gamma.py: partner gamma_edi: receiver: must have 2 to 15 characters")


def test_a_site_may_have_no_routes_and_no_accounts_yet(site: SiteFiles) -> None:
    """As it is right after it was made."""
    (site.root / ROUTES).unlink()
    shutil.rmtree(site.root / "conf/partners")
    _, registry, directory = site.load()
    assert list(registry.payers) == ["alpha"]
    assert directory.lanes == {}
    assert directory.payer_of("77001") is registry.payers["alpha"]


def test_a_site_may_have_two_stages_at_two_partners(site: SiteFiles) -> None:
    """Testing at a new partner while the old one works on."""
    declaration = (site.root / "plugins/alpha.toml").read_text().partition("[[partner]]")[2]
    site.write("plugins/hub.toml", "[[partner]]" + declaration.replace("alpha_edi", "hub"))
    site.write("conf/partners/hub.toml", (site.root / ACCOUNT).read_text().replace("production", "test"))
    site.add(ROUTES, '[[route]]\npayer = "alpha"\npartner = "hub"\nrank = 1')
    _, _, directory = site.load()
    assert sorted(directory.lanes) == ["alpha_edi/production", "hub/test"]
    test, production = directory.lane_for("alpha", Stage.TEST), directory.lane_for("alpha", Stage.PRODUCTION)
    assert isinstance(test, Lane)
    assert isinstance(production, Lane)
    assert (test.key, production.key) == ("hub/test", "alpha_edi/production")
