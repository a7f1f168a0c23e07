"""Checks of the billing provider's address and tax number (loop 2010AA): where it works, and who is paid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import of_billing
from gateway.data import code_list
from gateway.model.claims import Claim, Finding, Outcome

_STATES = code_list("states").codes
_NO_ZIP4 = frozenset({"", "0000"})
_HOME = frozenset({"", "US"})
_BOX = re.compile(
    r"\bP\W*[O0]\W*(?:BOX|BX|B|DRAWER|DRW)\W*(?:NO\W*|NUMBER\W*)?(?:[0-9]|[A-Z]{1,2}\b|$)"
    r"|\b(?:POST\W*OFFICE|POSTAL|LOCK|CALLER)\W*(?:BOX|BX|DRAWER)\b|^\W*(?:BOX|BX|P\W*O)\W*#?\W*[0-9]+\W*$"
)


def billing_po_box(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """The billing address is where the provider works; mail goes to the pay-to address."""
    address = claim.billing.address
    if address is None or not (_is_box(address.street) or _is_box(address.street2)):
        return ()
    return [
        Finding(
            "BILLING_PO_BOX",
            Outcome.WARN,
            "2010AA/N301" if _is_box(address.street) else "2010AA/N302",
            "The billing provider's address is a post office box or lock box, which many payers refuse.",
            "Enter the street address; put the box into the pay-to address.",
            segment=of_billing(claim, "N3"),
        )
    ]


def city_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """An address has a city."""
    address = claim.billing.address
    if address is None or address.city:
        return ()
    return [
        Finding(
            "CITY_MISSING",
            Outcome.REJECT,
            "2010AA/N401",
            "The billing provider's address has no city.",
            "Enter the city and send the claim again.",
            segment=of_billing(claim, "N4"),
        )
    ]


def state_invalid(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """An address in the United States or Canada names a state, territory, military area or province."""
    address = claim.billing.address
    if address is None or address.state in _STATES or not (address.country in _HOME or address.country == "CA"):
        return ()
    return [
        Finding(
            "STATE_INVALID",
            Outcome.REJECT,
            "2010AA/N402",
            "The state in the billing provider's address is missing or is none.",
            "Enter the two letters of the state and send the claim again.",
            segment=of_billing(claim, "N4"),
        )
    ]


def zip_invalid(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A ZIP code has five digits, or nine."""
    address = claim.billing.address
    if address is None or address.country not in _HOME or is_zip(address.zip):
        return ()
    return [
        Finding(
            "ZIP_INVALID",
            Outcome.REJECT,
            "2010AA/N403",
            "The ZIP code of the billing provider has neither five nor nine digits, or is all zeros.",
            "Enter the nine digits without a dash and send the claim again.",
            segment=of_billing(claim, "N4"),
        )
    ]


def billing_zip4_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """The guide asks for all nine digits of a billing provider's ZIP code; four zeros are not the last ones."""
    address = claim.billing.address
    if address is None or address.country not in _HOME or address.zip[5:] not in _NO_ZIP4 or not is_zip(address.zip):
        return ()
    return [
        Finding(
            "BILLING_ZIP4_MISSING",
            Outcome.WARN,
            "2010AA/N403",
            "The ZIP code of the billing provider lacks its last four digits.",
            "Enter all nine digits in the provider's record; some payers refuse the claim without them.",
            segment=of_billing(claim, "N4"),
        )
    ]


def tax_id_invalid(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """An employer's or social security number has nine digits. Payers pay by it."""
    code = claim.billing.tax_id
    if not code or (len(code) == 9 and code.isascii() and code.isdecimal()):
        return ()
    return [
        Finding(
            "TAX_ID_INVALID",
            Outcome.REJECT,
            "2010AA/REF02",
            "The billing provider's tax number has not nine digits.",
            "Correct the tax number and send the claim again.",
            segment=of_billing(claim, "REF", "EI", "SY"),
        )
    ]


def tax_id_doubtful(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Nine times the same digit is what people type to get past a mandatory field."""
    code = claim.billing.tax_id
    if len(code) != 9 or code.count(code[0]) != 9:
        return ()
    return [
        Finding(
            "TAX_ID_DOUBTFUL",
            Outcome.WARN,
            "2010AA/REF02",
            "The billing provider's tax number is one digit nine times.",
            "Enter the tax number that the payer has on file.",
            segment=of_billing(claim, "REF", "EI", "SY"),
        )
    ]


@lru_cache(maxsize=16384)
def is_zip(code: str) -> bool:
    """Whether it has the form of a ZIP code, which nobody's is of zeros alone."""
    return len(code) in (5, 9) and code.isascii() and code.isdecimal() and code[:5] != "00000"


@lru_cache(maxsize=4096)
def _is_box(street: str) -> bool:
    return _BOX.search(street.upper()) is not None


CHECKS = (
    Check("BILLING_PO_BOX", billing_po_box, worst=Outcome.WARN, once=True),
    Check("CITY_MISSING", city_missing, worst=Outcome.REJECT, once=True),
    Check("STATE_INVALID", state_invalid, worst=Outcome.REJECT, once=True),
    Check("ZIP_INVALID", zip_invalid, worst=Outcome.REJECT, once=True),
    Check("BILLING_ZIP4_MISSING", billing_zip4_missing, worst=Outcome.WARN, once=True),
    Check("TAX_ID_INVALID", tax_id_invalid, worst=Outcome.REJECT, once=True),
    Check("TAX_ID_DOUBTFUL", tax_id_doubtful, worst=Outcome.WARN, once=True),
)
