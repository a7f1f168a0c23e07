"""A month of a practice: which claims it drops on which day, and what its payers make of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from gateway.demo.cast import ARBOR, BIRCH, CYPRESS, DOGWOOD, PAYERS
from gateway.testing.builders import ClaimSpec, LineSpec, Person, batch837p
from gateway.testing.payer import Delay, Deny, Pay, PayPartly, Reject277, Reject999, Rule, Scenario

PROVIDERS = (ARBOR, ARBOR, ARBOR, CYPRESS, CYPRESS, CYPRESS, BIRCH, DOGWOOD)
"""Who renders how often; BIRCH and DOGWOOD are not enrolled everywhere yet."""

_SERVICES = (("99213", 120), ("99214", 180), ("36415", 15), ("85025", 28), ("93000", 62))
_WRONG = Decimal(999)
_WAITS = {"277CA": Delay(ticks=2), "payer_277CA": Delay(ticks=3), "835": Delay(ticks=9), "correction": Delay(ticks=9)}
"""In ticks, of which a day has three."""

_RULES = (
    Rule(Reject999(), claim="*X"),
    Rule(Reject277("A7", "33", "IL"), share=0.03),
    Rule(Deny("50", "N115"), share=0.04),
    Rule(Deny("29", "N211", at="claim"), share=0.01),
    Rule(PayPartly(carc="97", rarc="M15"), share=0.05),
    Rule(Pay(), share=0.03, then=Pay(copay=Decimal(0))),
    Rule(Deny("16", "N290"), share=0.02, then=Pay()),
    Rule(Pay(), share=0.03, late=Delay(ticks=24)),
    Rule(Pay(interest=Decimal("1.25")), share=0.03),
    Rule(Pay(takeback=Decimal(10)), share=0.02),
    Rule(Pay(deductible=Decimal(500)), share=0.05),
    Rule(Pay(at="claim", remarks=("MA01",)), share=0.03),
    Rule(Pay(sequestration=Decimal("0.02"), coinsurance=Decimal("0.2"), copay=Decimal(0)), share=0.1),
)

SCENARIOS = {
    "alpha_edi": Scenario(rules=_RULES, delays=_WAITS, seed=1),
    "heartland": Scenario(rules=_RULES, delays=_WAITS, seed=2, two_reports=True),
}


class Practice:
    """Makes each day's batch; the same seed makes the same month. `claims` are all it ever dropped, by CLM01, each with
    the number of times."""

    def __init__(self, per_day: int, seed: int = 7) -> None:
        self._per_day, self._random = per_day, Random(seed)
        self.claims: dict[str, int] = {}
        self._specs: dict[str, ClaimSpec] = {}

    def batch(self, today: date, number: int, refused: Sequence[str]) -> bytes:
        """The visits of the last days, and what was refused, corrected. Of 40 claims one is wrong by itself; on every tenth
        day one more makes its set fail at the payer, and on every eighth day two of yesterday's come again."""
        claims = [self._visit(today, f"M{number:02d}{n:03d}") for n in range(self._per_day)]
        claims[::40] = [replace(claim, charge=_WRONG) for claim in claims[::40]]
        if number % 10 == 9:
            claims.append(self._visit(today, f"M{number:02d}X"))
        claims += [self._corrected(name) for name in refused]
        yesterday = [spec for name, spec in self._specs.items() if name.startswith(f"M{number - 1:02d}")]
        claims += yesterday[3:5] if number % 8 == 7 else []
        for claim in claims:
            self._specs[claim.control_number] = claim
            self.claims[claim.control_number] = self.claims.get(claim.control_number, 0) + 1
        return batch837p(claims, control=1000 + number, reference=f"MONTH{number:02d}")

    def can_correct(self, name: str) -> bool:
        """Whether a claim is the practice's and was not corrected yet."""
        return name in self._specs and _next_name(name) not in self._specs

    def _corrected(self, name: str) -> ClaimSpec:
        return replace(self._specs[name], control_number=_next_name(name), charge=None)

    def _visit(self, today: date, name: str) -> ClaimSpec:
        day = today - timedelta(days=self._random.randint(1, 6))
        payer_id, payer_name, _ = PAYERS[self._random.choice(sorted(PAYERS))]
        return ClaimSpec(
            name,
            tuple(self._lines(day)),
            payer_id=payer_id,
            payer_name=payer_name.upper(),
            member_id=f"MEM{name}",
            subscriber=Person("SAMPLE", f"PATIENT {name}"),
            rendering=self._random.choice(PROVIDERS),
        )

    def _lines(self, day: date) -> Iterator[LineSpec]:
        for procedure, charge in self._random.sample(_SERVICES, self._random.randint(1, 3)):
            yield LineSpec(procedure, Decimal(charge), first_day=day)


def _next_name(name: str) -> str:
    """A refused claim was never filed: corrected it is a new one."""
    return f"{name.rstrip('X')}C"


def letters(today: date) -> list[dict[str, str]]:
    """What comes in the middle of the month: Dr Birch and Dr Dogwood are enrolled everywhere, for longer than known."""
    since = (today - timedelta(days=90)).isoformat()
    return [
        {"provider_npi": npi, "payer": payer, "state": "active", "effective_from": since, "source": "approval letter"}
        for npi in (BIRCH, DOGWOOD)
        for payer in PAYERS
    ]
