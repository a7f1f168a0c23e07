"""Many different claims from one seed, in the proportions of a family practice's batch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from gateway.testing.builders_specs import PRACTICE, BillingSpec, ClaimSpec, LineSpec, Person, valid_npi

PAYERS = (
    ("ALPHA1", "ALPHA HEALTH PLAN"),
    ("BETA1", "BETA MUTUAL"),
    ("GAMMA1", "GAMMA CARE"),
    ("DELTA1", "DELTA BENEFIT TRUST"),
)
"""Id and name of the fictional payers."""

_BILLING = (
    PRACTICE,
    BillingSpec(valid_npi(901), "RIVER BEND PEDIATRICS", tax_id="999990002", taxonomy="208000000X", street="8 RIVER"),
    BillingSpec(valid_npi(902), "WILLOW", "WANDA", "1", "999990003", taxonomy="207R00000X", street="5 HILL CT"),
)
_RENDERING = tuple(valid_npi(number) for number in range(1, 25))
_REFERRING = tuple(valid_npi(number) for number in range(500, 520))
_FACILITY = valid_npi(600)
_SERVICES = (("99213", 120), ("99214", 180), ("99203", 200), ("36415", 15), ("85025", 28), ("93000", 62), ("81002", 9))
_DIAGNOSES = ("J069", "M545", "E119", "I10", "M1711", "R079", "Z0000", "K219")
_LAST = ("ASH", "BEECH", "CEDAR", "FIR", "HAZEL", "LARCH", "MAPLE", "PINE", "ROWAN", "SPRUCE")
_FIRST = ("ALEX", "BLAIR", "CASEY", "DREW", "ELLIS", "FINLEY", "HARPER", "JORDAN", "MORGAN", "QUINN")


def realistic_claims(claims: int, seed: int = 1, last_day: date = date(2026, 11, 9)) -> Iterator[ClaimSpec]:
    """Claims R00000001, R00000002 ... with 1 to 6 lines, served in the 30 days up to `last_day`.

    Every billing provider has a run of claims before the next one's turn, one claim in five is a dependent's, one
    in four has a referring provider, and one in eight a line that somebody else rendered.
    """
    random = Random(seed)
    billing = _BILLING[0]
    for number in range(1, claims + 1):
        if number % 40 == 0:
            billing = random.choice(_BILLING)
        yield _claim(random, number, billing, last_day)


def _claim(random: Random, number: int, billing: BillingSpec, last_day: date) -> ClaimSpec:
    payer_id, payer_name = random.choice(PAYERS)
    subscriber = _person(random, 1950, 2000)
    dependent = random.random() < 0.2
    return ClaimSpec(
        control_number=f"R{number:08d}",
        lines=_lines(random, last_day - timedelta(days=random.randrange(30))),
        payer_id=payer_id,
        payer_name=payer_name,
        member_id=f"{payer_id[:3]}{random.randrange(10**8):08d}",
        subscriber=subscriber,
        dependent=dependent,
        patient=_person(random, 2008, 2024) if dependent else subscriber,
        rendering="" if billing.entity_type == "1" else random.choice(_RENDERING),
        referring=random.choice(_REFERRING) if random.random() < 0.25 else "",
        facility=_FACILITY if random.random() < 0.125 else "",
        record_number=f"MRN{random.randrange(10**6):06d}" if random.random() < 0.8 else "",
        diagnoses=tuple(random.sample(_DIAGNOSES, random.randint(1, 3))),
        billing=billing,
    )


def _person(random: Random, born_from: int, born_to: int) -> Person:
    born = date(random.randrange(born_from, born_to), random.randint(1, 12), random.randint(1, 28))
    last, first = random.choice(_LAST), random.choice(_FIRST)
    return Person(last, first, born, random.choice("FM"), f"{random.randint(1, 999)} SAMPLE ST")


def _lines(random: Random, day: date) -> tuple[LineSpec, ...]:
    services = random.sample(_SERVICES, random.choice((1, 1, 2, 2, 3, 3, 4, 4, 5, 6)))
    another = random.choice(_RENDERING) if random.random() < 1 / 8 else ""
    return tuple(
        LineSpec(procedure, charge, first_day=day, rendering=another if index and index == len(services) - 1 else "")
        for index, (procedure, charge) in enumerate(services)
    )
