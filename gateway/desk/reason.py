"""What people decide is kept with their reason."""

from __future__ import annotations

from gateway.errors import Refused


def need_reason(reason: str) -> None:
    """Raises Refused where there is none, or blanks."""
    if not reason.strip():
        raise Refused("a reason is missing", code="NO_REASON", next_step="Say why with --reason; it is kept.")
