"""Defects that nobody sees in one claim alone: they need today's date, the site's payers, or the rest of the file."""

from __future__ import annotations

import re
from functools import partial

from gateway.model.claims import Outcome
from tests.defects.catalogue import Defect, in_body, written_anew
from tests.defects.editing import after, put, renumbered, repeated

_P = partial(in_body, "P", by="gate")
_I = partial(in_body, "I", by="gate")
_D = partial(in_body, "D", by="gate")

_SAME_NUMBER = (
    *(repeated("CLM*A1", "HL"), put("SV1", "02", "140", nth=3), put("CLM", "02", "155", nth=2)),
    *(put("REF*6R", "02", "A1L3", nth=3), put("REF*6R", "02", "A1L4", nth=4)),
)


def _both_sets(data: bytes) -> bytes:
    """The second set has the content of the first."""
    first, second = (data[found.end() : data.index(b"~SE", found.end())] for found in re.finditer(rb"~HL\*1\*", data))
    return data.replace(second, first)


_LATER = (
    (put("ISA", "09", "271110"), "ISA"),
    (put("GS", "04", "20271110"), "GS"),
    (put("BHT", "04", "20271110"), "BHT"),
)

DEFECTS: tuple[Defect, ...] = (
    *(written_anew("P", f"the {id} was made next year", edit)._replace(by="gate") for edit, id in _LATER),
    _P("a service is in the future", put("DTP*472", "03", "20270103"), at="2400/DTP03"),
    _P("a service is tomorrow", put("DTP*472", "03", "20261111"), at="2400/DTP03"),
    _P("a service was five years ago", put("DTP*472", "03", "20211103"), at_least=Outcome.WARN),
    _P("the payer is known to nobody", put("NM1*PR", "09", "NOBODY1"), at="2010BB/NM109"),
    _P("a claim stands twice", repeated("CLM*A1", "HL"), at="2300/CLM"),
    _P("a claim and its subscriber stand twice", repeated("HL", "HL", nth=2), renumbered, at="2300/CLM"),
    in_body("two sets", "a claim stands in both sets", _both_sets, by="gate", at="2300/CLM"),
    _P("two patients' claims have the same number", put("CLM", "01", "A1", nth=2), at_least=Outcome.WARN),
    _P("two claims of a patient have the same number", *_SAME_NUMBER, at_least=Outcome.WARN),
    _P("an accident is in the future", after("CLM", "DTP*439*D8*20261111"), at="2300/DTP03"),
    _P("an onset is in the future", after("CLM", "DTP*431*D8*20261111"), at="2300/DTP03"),
    _P("a patient was last seen tomorrow", after("DTP*472", "DTP*304*D8*20261111"), at="2400/DTP03"),
    _I("a statement ends in the future", put("DTP*434", "03", "20261103-20270103"), at="2300"),
    _D("a treatment is in the future", put("DTP*472", "03", "20270103"), put("DTP*472", "03", "20270103", nth=2)),
)
