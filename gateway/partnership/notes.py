"""What a TA1 objects to in the envelope (TA105, X12 code source I18), beside what we say there and where that is set."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.model.partners import Lane

_ELEMENTS: Mapping[str, tuple[str, str]] = {
    "001": ("IEA02", "its number, which must be the header's"),
    "002": ("ISA11", "the standard"),
    "003": ("ISA12", "the version of the envelope"),
    "004": ("ISA", "the segment terminator"),
    "005": ("ISA05", "the qualifier of the sender's id"),
    "006": ("ISA06", "the sender's id"),
    "007": ("ISA07", "the qualifier of the receiver's id"),
    "008": ("ISA08", "the receiver's id"),
    "009": ("ISA08", "the receiver's id"),
    "010": ("ISA01", "the qualifier of the authorization"),
    "011": ("ISA02", "the authorization"),
    "012": ("ISA03", "the qualifier of the security information"),
    "013": ("ISA04", "the security information"),
    "014": ("ISA09", "the date"),
    "015": ("ISA10", "the time"),
    "016": ("ISA11", "the standard"),
    "017": ("ISA12", "the version of the envelope"),
    "018": ("ISA13", "its number"),
    "019": ("ISA14", "whether a TA1 is asked for"),
    "020": ("ISA15", "test or production"),
    "021": ("IEA01", "the count of groups"),
    "022": ("ISA", "the structure of the envelope"),
    "023": ("IEA", "the end of the file, which came too early"),
    "024": ("ISA", "what the interchange holds"),
    "026": ("ISA", "the element separator"),
    "027": ("ISA16", "the component separator"),
}


_ASK = ". Ask the partner what is wrong with it, and have that mended"
_CUT_OFF = "023"
_BROKEN_OFF = (
    ". If the connection broke off while it was written, nothing has to be mended; else ask the partner what is wrong"
    " with it"
)
"""What becomes of a file whose upload died half way, at a partner that takes it under its own name."""


def refused_part(note: str, lane: Lane) -> tuple[str, str]:
    """The place of what the partner refused, and what to do about it. A note that nobody knows points to the ISA."""
    place, what = _ELEMENTS.get(note, ("ISA", ""))
    said = f"The partner refuses {place}, {what}" if what else "The partner refuses the envelope"
    value, where = _said(lane).get(place, ("", ""))
    ours = f"; we say {value} there ({where}). Ask which one it expects, and correct that" if where else ""
    step = f"{said}{ours or (_BROKEN_OFF if note == _CUT_OFF else _ASK)}"
    return place, f'{step}; then `gateway resume {lane.key} --reason "..."`, and its claims go again in a new file.'


def _said(lane: Lane) -> Mapping[str, tuple[str, str]]:
    """What our envelope says to this partner, and where that stands."""
    account, declared = f"conf/partners/{lane.account.partner}.toml", "the partner's declaration"
    sender, receiver = lane.account.sender, lane.partner.receiver
    return {
        "ISA05": (sender.qualifier, f"sender_qualifier in {account}"),
        "ISA06": (sender.id, f"sender in {account}"),
        "ISA07": (receiver.qualifier, f"receiver_qualifier in {declared}"),
        "ISA08": (receiver.id, f"receiver in {declared}"),
        "ISA15": (lane.account.stage.usage, f"stage in {account}"),
    }
