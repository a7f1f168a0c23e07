"""Prairie Health Plan (fictional): a payer that takes claims directly, declared in Python.

Copy this file to add a payer of your own. One that needs no code can as well be declared in TOML, as in
bluestem_exchange.toml. What stands here holds for everybody who sends to Prairie; who we are there stands in
conf/partners/prairie_direct.toml, and that its claims go there in conf/routes.toml.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from gateway import hookimpl
from gateway.model.habits import Expectation, Habits
from gateway.model.partners import Endpoint, Partner, Payer, Window
from gateway.model.x12 import Address

# Who adjudicates: enrollments, filing limits and payments speak of it.
PRAIRIE = Payer(key="prairie", name="Prairie Health Plan", filing_limit=timedelta(days=120))

# Who receives files. `payers` gives the ids by which a payer goes here: NM109 of loop 2010BB.
PRAIRIE_DIRECT = Partner(
    key="prairie_direct",
    name="PRAIRIE HEALTH PLAN",
    payers={"prairie": ("77001", "PRAIRIE1")},
    receiver=Address("ZZ", "PRAIRIEHP"),
    accepts=("005010X222A1", "005010X223A2"),
    expects={
        "TA1": Expectation(),
        "999": Expectation(within=timedelta(hours=24)),
        "277CA": Expectation(within=timedelta(days=2)),
        "835": Expectation(),
    },
    endpoint=Endpoint("sftp", "edi.prairie-health.example", outbound="/in", inbound=("/out",)),
    filename="{sender}_{day:%Y%m%d}_{isa13}.837",
    windows=(Window("06:00", "22:00", "America/Chicago"),),
    # Where all this is written, and what nobody has seen to be so.
    habits=Habits(sources=("none: this payer is an invention",), unverified=("all of it",)),
)


@hookimpl
def register_payers() -> Sequence[Payer]:
    """One payer: a hook returns a tuple, of as many as there are."""
    return (PRAIRIE,)


@hookimpl
def register_partners() -> Sequence[Partner]:
    """And the trading partner that receives its claims, here itself."""
    return (PRAIRIE_DIRECT,)
