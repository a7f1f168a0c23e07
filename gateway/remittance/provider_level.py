"""What a PLB reason says, in a few words. A positive amount lowers the payment; an unknown reason passes as it is."""

from __future__ import annotations

_MEANINGS = {
    "WO": "overpayment taken back",
    "FB": "balance carried to or from another payment",
    "FR": "balance of a claim carried forward",
    "72": "refund of the provider acknowledged",
    "L6": "interest paid",
    "CS": "adjustment explained elsewhere",
    "RA": "retroactive adjustment",
    "AP": "advance paid or taken back",
    "AM": "loan repayment",
    "02": "advance taken back",
    "IR": "withheld for the tax office",
    "LE": "levy",
    "E3": "withholding",
    "WU": "unspecified recovery",
    "SL": "student loan repayment",
    "50": "late charge",
    "51": "interest penalty",
    "L3": "penalty",
    "B2": "rebate",
    "B3": "recovery allowance",
    "BD": "bad debt",
    "BN": "bonus",
    "IP": "incentive",
    "CT": "capitation payment",
    "CR": "interest of a capitation payment",
    "J1": "not reimbursed",
    "LS": "lump sum",
    "IS": "interim settlement",
    "PI": "periodic interim payment",
    "PL": "final settlement",
}


def meaning_of(reason: str) -> str:
    """In words; empty where it is not known."""
    return _MEANINGS.get(reason.upper(), "")
