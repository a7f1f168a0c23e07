"""The directory: which payer an id means, and which lane leads there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from gateway.config.directory import Directory, bind
from gateway.model.partners import Account, Endpoint, Partner, Payer, Route, Stage
from gateway.model.x12 import Address

TEST, PRODUCTION = Stage.TEST, Stage.PRODUCTION
PAYERS = {key: Payer(key, key.title()) for key in ("alpha", "beta")}
ENDPOINT = Endpoint("sftp", "edi.example")


def partner(key: str, payers: Mapping[str, tuple[str, ...]]) -> Partner:
    return Partner(key, key.upper(), payers, Address("ZZ", key.upper()), ENDPOINT)


DIRECT = partner("direct", {"alpha": ("77001", "Alpha 1")})
HUB = partner("hub", {"alpha": ("77001",), "beta": ("77002",)})
PARTNERS = {"direct": DIRECT, "hub": HUB}


def account(key: str, stage: Stage) -> Account:
    return Account(key, Address("ZZ", "US"), "US1", "US", "5555550100", "us", key, ("ssh-ed25519 A",), stage, ENDPOINT)


def directory(
    *routes: Route, accounts: tuple[Account, ...] = (), partners: Mapping[str, Partner] = PARTNERS
) -> Directory:
    problems: list[str] = []
    found = bind(PAYERS, partners, accounts, routes, problems)
    assert problems == []
    return found


def problems(*routes: Route, partners: Mapping[str, Partner] = PARTNERS) -> list[str]:
    found: list[str] = []
    bind(PAYERS, partners, (), routes, found)
    return found


TO_DIRECT, TO_HUB = Route("alpha", "direct", "77001"), Route("alpha", "hub", "77001", rank=1)
BETA = Route("beta", "hub", "77002")


@pytest.mark.parametrize("payer_id", ["77001", " 77001", "77001  ", "ALPHA 1", "alpha 1", " Alpha 1 "])
def test_a_payer_is_known_by_its_id_whatever_its_case_and_the_blanks_around_it(payer_id: str) -> None:
    """Billing software pads and shouts; the id is the same."""
    assert directory(TO_DIRECT).payer_of(payer_id) == PAYERS["alpha"]


@pytest.mark.parametrize(
    "payer_id", ["", " ", "7700", "770010", "077001", "ALPHA1", "ALPHA  1", "Alpha", "alpha", "99999"]
)
def test_what_is_not_the_id_means_no_payer(payer_id: str) -> None:
    """Neither a part of an id, nor a name, nor our own key: a claim that goes to the wrong payer is worse than held."""
    assert directory(TO_DIRECT).payer_of(payer_id) is None


def test_an_id_counts_only_where_a_route_leads() -> None:
    """What a partner calls payers that we do not reach through it concerns nobody here."""
    assert directory(TO_DIRECT).payer_of("77002") is None
    assert directory(TO_DIRECT, BETA).payer_of("77002") == PAYERS["beta"]


def test_an_id_that_means_two_payers_is_a_problem() -> None:
    """A claim has no more than the id, so nobody could say whom it is for; case and blanks make no difference."""
    other = partner("other", {"beta": (" alpha 1",)})
    said = problems(TO_DIRECT, Route("beta", "other", ""), partners={**PARTNERS, "other": other})
    assert said == ["the payer id  alpha 1 means alpha at direct and beta at other; drop one of these routes"]


def test_one_payer_may_have_an_id_twice() -> None:
    """Two partners that call a payer by the same id agree."""
    assert directory(TO_DIRECT, TO_HUB).payer_of("77001") == PAYERS["alpha"]


def test_the_primary_route_goes_first_in_whatever_order_they_stand() -> None:
    """Rank decides."""
    accounts = (account("hub", PRODUCTION), account("direct", PRODUCTION))
    for routes in ((TO_DIRECT, TO_HUB), (TO_HUB, TO_DIRECT)):
        lane = directory(*routes, accounts=accounts).lane_for("alpha", PRODUCTION)
        assert lane
        assert lane.key == "direct/production"


def test_the_backup_stands_in_where_the_primary_has_no_lane_at_this_stage() -> None:
    """While we still test with the one, claims go by the other; and test claims never by production."""
    found = directory(TO_DIRECT, TO_HUB, accounts=(account("direct", TEST), account("hub", PRODUCTION)))
    production, test = found.lane_for("alpha", PRODUCTION), found.lane_for("alpha", TEST)
    assert production
    assert test
    assert (production.key, test.key) == ("hub/production", "direct/test")


def test_without_a_lane_at_the_stage_or_a_route_there_is_none() -> None:
    """Nothing is sent on a guess."""
    found = directory(TO_DIRECT, accounts=(account("direct", TEST), account("hub", PRODUCTION)))
    assert found.lane_for("alpha", PRODUCTION) is None
    assert found.lane_for("beta", PRODUCTION) is None
    assert found.lane_for("nobody", TEST) is None


def test_two_routes_of_one_rank_are_a_problem() -> None:
    """Which of them is primary must not depend on their order in a file."""
    assert problems(TO_DIRECT, replace(TO_HUB, rank=0)) == [
        "payer alpha has two routes of rank 0, by direct and hub; give the backup another (for example: rank = 1)"
    ]


def test_a_route_that_stands_twice_is_a_problem() -> None:
    """The second says nothing, or something else than the first."""
    assert problems(TO_DIRECT, replace(TO_DIRECT, rank=1)) == ["payer alpha is routed to direct twice; drop one"]


def test_what_leads_nowhere_yet_is_a_warning() -> None:
    """The gateway runs all the same, and says what does not."""
    unpinned = replace(account("direct", TEST), host_keys=())
    assert directory(BETA, accounts=(unpinned,)).warnings == (
        "lane direct/test has no host key and cannot be dialled; `gateway payer trust direct` helps",
        "lane direct/test is used by no payer; add a [[route]] to direct in conf/routes.toml",
        "payer beta is routed to hub, where this site has no account",
    )


def test_where_everything_leads_somewhere_there_is_no_warning() -> None:
    """A warning that is always there is read by nobody."""
    accounts = (account("hub", PRODUCTION), account("direct", PRODUCTION))
    assert directory(TO_DIRECT, TO_HUB, BETA, accounts=accounts).warnings == ()
