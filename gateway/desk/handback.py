"""What was fetched and does not come to the billing software."""

from __future__ import annotations

from datetime import timedelta

from gateway.store import answers
from gateway.store.connection import moment
from gateway.workers.site import Site

_WITHIN = timedelta(minutes=10)
"""A file is handed back at once; what takes longer cannot be."""

TRIED_AGAIN = "It is tried again by itself, and nothing is lost."


async def unhanded(site: Site) -> str:
    """How many files wait for their place in handback/, and since when; empty where none does."""
    late = await site.store.read(answers.late_to_hand_back, moment(site.clock() - _WITHIN))
    if not late:
        return ""
    files = "1 file of a partner is" if len(late) == 1 else f"{len(late)} files of partners are"
    return f"{files} not in handback/, the first since {late[0]['fetched_at'][:10]}"
