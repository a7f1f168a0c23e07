"""Money against the bank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementImported(Event):
    """Deposits of a bank statement were taken in: `added` new ones, `count` rows in all."""

    name: ClassVar[str] = "bank.imported"
    added: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositLinked(Event):
    """A deposit is a remittance's money: `how` is trace, amount, or person with a reason."""

    name: ClassVar[str] = "bank.linked"
    deposit: int
    remittance: int
    how: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositUnlinked(Event):
    """A person parted a deposit from a remittance."""

    name: ClassVar[str] = "bank.unlinked"
    deposit: int
    remittance: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittancesMissing(Event):
    """No remittance of this payer came for `days` days, much longer than is usual with it, and `count` claims wait for one
    there. Told once, until another comes."""

    name: ClassVar[str] = "remittance.missing"
    payer: str
    code: str
    days: int
    count: int
    next: str
