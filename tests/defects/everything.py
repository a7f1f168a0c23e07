"""All defects and all clean files."""

from __future__ import annotations

from tests.defects import (
    catalogue_claim,
    catalogue_contradictions,
    catalogue_denials,
    catalogue_dental,
    catalogue_edges,
    catalogue_envelope,
    catalogue_gate,
    catalogue_header,
    catalogue_institutional,
    catalogue_lines,
    catalogue_practice,
    clean,
    clean_claims,
)
from tests.defects.catalogue import Defect
from tests.defects.cleanliness import Clean

DEFECTS: tuple[Defect, ...] = (
    *catalogue_envelope.DEFECTS,
    *catalogue_header.DEFECTS,
    *catalogue_claim.DEFECTS,
    *catalogue_lines.DEFECTS,
    *catalogue_institutional.DEFECTS,
    *catalogue_dental.DEFECTS,
    *catalogue_edges.DEFECTS,
    *catalogue_gate.DEFECTS,
    *catalogue_practice.DEFECTS,
    *catalogue_contradictions.DEFECTS,
    *catalogue_denials.DEFECTS,
)
CLEAN: tuple[Clean, ...] = (*clean.CLEAN, *clean_claims.CLEAN)
