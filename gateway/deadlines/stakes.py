"""What a lapse costs: the claims and dollars a week that would stop, by what a provider billed lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

LOOK_BACK = timedelta(days=90)
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Stake:
    """`claims` with `charge` dollars in all were received in `days` days."""

    claims: int = 0
    charge: Decimal = Decimal(0)
    days: int = LOOK_BACK.days

    @property
    def weekly_claims(self) -> int:
        """A week's share, at least one where there is any."""
        return max(int(_whole(Decimal(self.claims * _WEEK) / self.days)), min(self.claims, 1))

    @property
    def weekly_dollars(self) -> Decimal:
        """A week's share in whole dollars."""
        return _whole(self.charge * _WEEK / self.days)


def urgency(money: Decimal, left: int) -> Decimal:
    """What comes first: more money, and fewer days. What has passed is as urgent as its last day."""
    return money / (max(left, 0) + 1)


def dollars(amount: Decimal) -> str:
    """As people write it, without cents where there are none."""
    return f"${amount:z,.0f}" if amount == amount.to_integral_value() else f"${amount:z,.2f}"


def _whole(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal(1), ROUND_HALF_UP)
