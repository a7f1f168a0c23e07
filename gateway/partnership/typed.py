"""Commands about a lane, as they can be typed."""

from __future__ import annotations

ACCOUNT = "PARTNER --stage STAGE"
"""Stands for our account in the commands of a text that knows of no lane: its stage too, for there may be two."""
RESUME = 'gateway resume LANE --reason "..."'
"""Stands for the command that has a lane go on, in such a text."""


def as_typed(lane: str) -> str:
    """How commands name the account of a lane (`partner/stage`)."""
    partner, _, stage = lane.partition("/")
    return f"{partner} --stage {stage}"


def written_out(text: str, lane: str) -> str:
    """A text whose commands name this lane."""
    return text.replace(ACCOUNT, as_typed(lane)).replace(RESUME, RESUME.replace("LANE", lane))


def then_resumed(step: str, lane: str) -> str:
    """What to do before a stopped lane goes on, and how it does."""
    done = written_out(step, lane)
    resume = written_out(RESUME, lane)
    return done if resume in done else f"{done} Then `{resume}`."
