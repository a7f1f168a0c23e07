"""Who plays in the demonstration: a fictional practice, its providers, its payers, and the claims it drops."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from gateway.testing.builders import ClaimSpec, LineSpec, Person, batch837i, batch837p, valid_npi
from gateway.testing.payer import Deny, Pay, PayPartly, Reject277, Rule, Scenario

PRACTICE = "1234567893"
ARBOR, BIRCH, CYPRESS, DOGWOOD = (valid_npi(n) for n in (1, 2, 3, 4))
NEW_SINCE = timedelta(days=5)
"""Dr Birch's enrollment at Alpha starts so many days ago; the visit was before."""

PAYERS = {
    "alpha": ("77001", "Alpha Health Plan", "alpha_edi"),
    "beta": ("77002", "Beta Mutual", "heartland"),
    "gamma": ("77003", "Gamma State Medicaid", "heartland"),
}
PARTNERS = {"alpha_edi": "ALPHA HEALTH PLAN", "heartland": "HEARTLAND EXCHANGE"}

SCENARIOS = {
    "alpha_edi": Scenario(rules=(Rule(Deny("B7", "N570"), claim="D1003"), Rule(Pay(), claim="*"))),
    "heartland": Scenario(
        rules=(Rule(PayPartly(rarc="M62"), claim="D1002"), Rule(Reject277("A7", "562", "82"), claim="D1004")),
        clearinghouse=True,
    ),
}


def roster(today: date) -> list[dict[str, str]]:
    """What the practice knows about enrollments on the first day."""
    since = date(today.year - 3, 1, 1).isoformat()
    rows = [(PRACTICE, payer, since) for payer in PAYERS]
    rows += [(ARBOR, payer, since) for payer in PAYERS]
    rows += [(CYPRESS, payer, since) for payer in PAYERS]
    rows += [(BIRCH, "alpha", (today - NEW_SINCE).isoformat())]
    return [
        {"provider_npi": npi, "payer": payer, "state": "active", "effective_from": begins, "source": "payer letter"}
        for npi, payer, begins in rows
    ]


def approval(today: date) -> dict[str, str]:
    """The letter that comes on the second day: Dr Dogwood is enrolled at Beta, for longer than anybody knew."""
    return {
        "provider_npi": DOGWOOD,
        "payer": "beta",
        "state": "active",
        "effective_from": (today - timedelta(days=60)).isoformat(),
        "source": "approval letter of Beta Mutual",
    }


def professional(today: date) -> bytes:
    """One 837P batch with claims for three payers."""
    visit = LineSpec("99213", Decimal(120), first_day=today - timedelta(days=20))
    puncture = replace(visit, procedure="36415", charge=Decimal(15))

    def claim(number: str, payer: str, rendering: str = ARBOR, *, lines: tuple[LineSpec, ...] = (visit,)) -> ClaimSpec:
        payer_id, name, _ = PAYERS[payer]
        return ClaimSpec(
            number,
            lines,
            payer_id=payer_id,
            payer_name=name.upper(),
            member_id=f"MEM{number}",
            subscriber=Person("SAMPLE", f"PATIENT{number[-1]}"),
            rendering=rendering,
        )

    first = claim("D1001", "alpha", lines=(visit, puncture))
    return batch837p(
        [
            first,
            claim("D1002", "beta", lines=(visit, puncture)),
            claim("D1003", "alpha", CYPRESS),
            claim("D1004", "gamma"),
            claim("D1005", "alpha", BIRCH),
            claim("D1006", "beta", DOGWOOD),
            replace(claim("D1007", "alpha"), charge=Decimal(999)),
            first,
        ],
        control=101,
        reference="DAY1P",
    )


def institutional(today: date) -> bytes:
    """One 837I batch."""
    day = today - timedelta(days=21)
    line = LineSpec("99283", Decimal(400), first_day=day, last_day=day)
    return batch837i(
        [
            ClaimSpec("D2001", (line,), payer_id="77001", payer_name="ALPHA HEALTH PLAN", member_id="MEMI1",
                      attending=ARBOR, rendering="", first_day=day, last_day=day),
        ],
        control=102,
        reference="DAY1I",
    )  # fmt: skip
