"""Look for the kit's own secrets and patients wherever a plugin could have shown them."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from gateway.testing.kit.claims import MEMBER, PATIENT


def patient_words() -> tuple[str, ...]:
    """Values of the kit's claims that belong into no log, exception or file name."""
    return (PATIENT, PATIENT.title(), MEMBER)


def shown_in(places: Mapping[str, str], secret: str) -> Iterator[str]:
    """Each place that shows a secret, in any usual spelling, or a patient; never what it shows."""
    for place, text in places.items():
        if any(form and form in text for form in _spellings(secret)):
            yield f"{place}: shows the secret of the account"
        if any(word in text for word in patient_words()):
            yield f"{place}: shows a patient of a claim"


def _spellings(secret: str) -> tuple[str, ...]:
    data = secret.encode()
    return (secret, base64.b64encode(data).decode().rstrip("="), data.hex(), quote(secret), secret[::-1])
