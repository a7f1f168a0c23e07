"""A TA1 that refuses names what it refuses; we say beside it what we said, and where to mend it."""

from __future__ import annotations

import pytest

from gateway.partnership.notes import refused_part
from tests.test_naming import LANE


@pytest.mark.parametrize(
    ("note", "place", "words"),
    [
        ("006", "ISA06", f"we say {LANE.account.sender.id} there (sender in conf/partners/alpha_edi.toml)"),
        ("008", "ISA08", f"we say {LANE.partner.receiver.id} there (receiver in the partner's declaration)"),
        ("020", "ISA15", "we say P there (stage in conf/partners/alpha_edi.toml)"),
        ("014", "ISA09", "The partner refuses ISA09, the date. Ask the partner"),
        (
            "023",
            "IEA",
            "If the connection broke off while it was written, nothing has to be mended; else ask the partner",
        ),
        ("999", "ISA", "The partner refuses the envelope. Ask the partner"),
        ("", "ISA", "The partner refuses the envelope. Ask the partner"),
    ],
)
def test_what_was_refused_stands_beside_what_we_said(note: str, place: str, words: str) -> None:
    """And ends with the command that lets it go again; a note nobody knows is no error."""
    found, step = refused_part(note, LANE)
    assert found == place
    assert words in step
    assert 'gateway resume alpha_edi/production --reason "..."' in step
