"""A claim payment to JSON and back: what was said of money that nobody could place yet."""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from gateway.codec import as_day
from gateway.model.answers import Adjustment, Carrier, ClaimPayment, LinePayment


def payment_text(payment: ClaimPayment) -> str:
    """Loop 2100 as stored; amounts and days are text."""
    return json.dumps(asdict(payment), default=str, separators=(",", ":"))


def as_payment(text: str) -> ClaimPayment:
    """A stored loop 2100."""
    values = _typed(json.loads(text), "charge", "paid", "patient_responsibility")
    values["lines"] = tuple(LinePayment(**_typed(each, "charge", "paid")) for each in values["lines"])
    values["carriers"] = tuple(Carrier(**each) for each in values["carriers"])
    return ClaimPayment(**values)


def _typed(values: dict[str, Any], *amounts: str) -> dict[str, Any]:
    typed = values | {name: Decimal(values[name]) for name in amounts}
    typed |= {name: as_day(values[name]) for name in ("first_day", "last_day")}
    return typed | {
        "remarks": tuple(values["remarks"]),
        "adjustments": tuple(_adjustment(each) for each in values["adjustments"]),
    }


def _adjustment(values: dict[str, Any]) -> Adjustment:
    quantity = values["quantity"]
    return Adjustment(
        values["group"], values["reason"], Decimal(values["amount"]), None if quantity is None else Decimal(quantity)
    )
