"""The answer to a roster file that was dropped: what it did or would do, or was refused for. It lies in clear and names
nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.desk.words import reasons, seen_later
from gateway.errors import Refused
from gateway.partnership.phrases import counted
from gateway.sheets import SHEET, as_row
from gateway.store.rosters import Change
from gateway.workers.sources import problems_of

_PRIVATE = frozenset({SHEET, "last_name", "first_name", "name", "source"})
_MOST_LINES = 2_000
_KINDS = ("released", "held", "rejected")
Effects = Mapping[str, Any] | None
"""As `gateway.desk.effects` tells them; None where no record changes."""


def applied(change: Change, claims: Effects) -> str:
    """What a file did, and the claims it moves."""
    if change.known_since:
        return (
            f"Nothing was changed: the same file was applied before, at {change.known_since}.\n"
            "To apply it once more, change it or use `gateway roster import`.\n"
        )
    lines = [
        f"Applied: {len(change.added)} added, {len(change.superseded)} superseded, {change.unchanged} were known already;"
        f" {counted(change.claims, 'waiting claim')} {'is' if change.claims == 1 else 'are'} judged again.",
        *_letters(change.left_behind),
        *([seen_later(change.seen_later)] if change.seen_later else []),
        *_moved(claims),
        *_records("Added", [as_row(record) for record in change.added]),
        *_records("Superseded", [as_row(record) for record in change.superseded]),
    ]
    return "\n".join(lines) + "\n"


def foretold(preview: Mapping[str, Any], since: str) -> str:
    """What a file would do, and the claims that it would move, as `gateway.desk.roster.preview` gives it; `since` is when
    the same file was applied before, if it was."""
    added, superseded = preview["added"], preview["superseded"]
    if since:
        return f"The same file was applied before, at {since}: dropped again it changes nothing.\n"
    claims = (preview["claims"] or {}).get("concerned", 0)
    lines = [
        f"It would add {len(added)} and supersede {len(superseded)}; {preview['unchanged']} are known already;"
        f" {counted(claims, 'waiting claim')} would be judged again.",
        *_letters(preview["left_behind"]),
        *([seen_later(preview["seen_later"])] if preview["seen_later"] else []),
        *_moved(preview["claims"]),
        *_records("Would be added", added),
        *_records("Would be superseded", superseded),
        "\nTo apply it, move the file one folder up.",
    ]
    return "\n".join(lines) + "\n"


def refused(refused: Refused) -> str:
    """Everything that is wrong with a file."""
    return f"Nothing of this file was applied; the records are as they were before.\n{_problems(refused)}"


def would_be_refused(refused: Refused) -> str:
    """Everything that is wrong with a file that was only asked about."""
    return f"It would be refused, and nothing of it applied.\n{_problems(refused)}"


def headed(answer: str, at: datetime) -> str:
    """The answer to a file that was only asked about, with the moment as of which it holds."""
    return f"A preview as of {at:%Y-%m-%d %H:%M %Z}. Nothing was changed.\n{answer}"


def _problems(refused: Refused) -> str:
    return "".join(f"  {problem}\n" for problem in problems_of(refused)) + f"Next: {refused.next_step}\n"


def private(deleted: bool) -> str:
    """What becomes of a file that holds more than may lie about."""
    if deleted:
        return (
            "\nThe file itself was deleted: a file for CAQH holds social security numbers and birth dates, of which nothing"
            " is kept.\n"
        )
    return (
        "\nThis file is made for CAQH and holds social security numbers and birth dates: delete it here as soon as you have"
        " a corrected one.\n"
    )


def private_beforehand() -> str:
    """Why a file should not lie in the folder of previews for long."""
    return (
        "\nThis file is made for CAQH and holds social security numbers and birth dates: move it up, where it is deleted as"
        " soon as it was applied, or delete it here.\n"
    )


def _moved(claims: Effects) -> Iterator[str]:
    if not claims or not claims["concerned"]:
        return
    told = ", ".join(f"{claims[kind]['claims']} {kind}" for kind in _KINDS)
    unseen = claims["concerned"] - claims["looked_at"]
    yield f"Of these, as the records are now: {told}." + (f" {unseen} were not looked at beforehand." if unseen else "")
    if claims["moved"]:
        yield "\nClaims that it moves:"
    for row in claims["moved"][:_MOST_LINES]:
        yield f"  {row['claim']} at {row['payer']}: {_stand(row, 'before')}, then {_stand(row, 'after')}"
    yield from _more(claims["moved"])


def _letters(documents: Sequence[int]) -> Iterator[str]:
    if documents:
        numbers = ", ".join(str(number) for number in documents)
        yield f"Evidence {numbers} stays with what is superseded; no record that is added rests on it."


def _stand(row: Mapping[str, Any], when: str) -> str:
    codes = reasons(row, when)
    return f"{row[when].lower()} ({codes})" if codes else str(row[when].lower())


def _records(title: str, rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    if rows:
        yield f"\n{title}:"
    for row in rows[:_MOST_LINES]:
        told = (f"{name} {cell}" for name, cell in row.items() if cell not in ("", "*", None) and name not in _PRIVATE)
        yield f"  {row[SHEET]}: {', '.join(told)}"
    yield from _more(rows)


def _more(rows: Sequence[object]) -> Iterator[str]:
    if len(rows) > _MOST_LINES:
        yield f"  and {len(rows) - _MOST_LINES} more"
