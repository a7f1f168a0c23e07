"""Test or production is told by five switches; an account whose switches disagree must not send anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from gateway.model.habits import StageMarks
from gateway.model.partners import Lane, Stage

_OTHER = {Stage.TEST: Stage.PRODUCTION, Stage.PRODUCTION: Stage.TEST}
_SAID = {Stage.TEST: r"(edi)?tests?", Stage.PRODUCTION: r"prod(uction)?"}
"""What folders of a stage are called, as a whole, where nobody declares them."""


def disagreements(lane: Lane) -> Iterator[str]:
    """One sentence, where not all of stage, folders, names, sender and submitter say the same."""
    account, stage, other = lane.account, lane.account.stage, _OTHER[lane.account.stage]
    found = [*_folders(lane, other), *_ids(lane, other)]
    if found:
        yield (
            f'stage = "{stage.value}" (ISA15 = {account.stage.usage}), but {" and ".join(found)}. Five things tell test'
            " from production, and all must agree: stage, the folders, the file names, sender and submitter_id (for"
            f' example: stage = "{other.value}")'
        )


def _marks(lane: Lane, stage: Stage) -> StageMarks:
    return lane.partner.habits.stages.get(stage.value, StageMarks())


def _folders(lane: Lane, other: Stage) -> Iterator[str]:
    """Where we write and read, if it is the other stage's by declaration, or by what it is called."""
    ours = _declared(lane, lane.account.stage)
    theirs = _declared(lane, other) - ours
    for folder in dict.fromkeys((lane.account.endpoint.outbound, *lane.account.endpoint.inbound)):
        called = folder not in ours and any(re.fullmatch(_SAID[other], part) for part in folder.lower().split("/"))
        if folder in theirs or called:
            yield f"the folder {folder} is for {other.value}"


def _declared(lane: Lane, stage: Stage) -> set[str]:
    """The folders that the partner has for a stage."""
    marks, usual = _marks(lane, stage), lane.partner.endpoint
    return {marks.outbound or usual.outbound, *(marks.inbound or usual.inbound)}


def _ids(lane: Lane, other: Stage) -> Iterator[str]:
    """Ids that look like the other stage's, or not like this one's."""
    own, theirs = _marks(lane, lane.account.stage).sender, _marks(lane, other).sender
    sender, submitter = lane.account.sender.id, lane.account.submitter_id
    if own and not fnmatchcase(sender, own):
        yield f"sender (ISA06) is not like {own}"
    elif not own and theirs and fnmatchcase(sender, theirs):
        yield f"sender (ISA06) is like {theirs}, as for {other.value}"
    if theirs and fnmatchcase(submitter, theirs) and not (own and fnmatchcase(submitter, own)):
        yield f"submitter_id (GS02) is like {theirs}, as for {other.value}"
