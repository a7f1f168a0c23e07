"""What a row has no column for stays known: a file with few columns takes nothing away that it does not speak of.

No column holds the document that a record rests on. It stays with what corrects the record, as long as that names no other
source; a record that begins on another day or is in another state says something that the document does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from gateway.enrollment import history
from gateway.model.enrollment import Enrollment
from gateway.model.registry import GroupRecord, ProviderRecord, Statement
from gateway.sheets import succession
from gateway.sheets.layout import Record, sheet_of
from gateway.sheets.rows import Wanted

R = TypeVar("R", bound=Record)

_DETAILS = ("taxonomy", "payer_assigned_id", "submitted_on", "decided_on", "revalidation_due", "recred_due")
"""Of an enrollment; its other columns have a meaning when they are left out."""


def enrollments(wanted: Iterable[Wanted], current: Sequence[Enrollment]) -> list[Enrollment]:
    """The enrollments among these, with the details known of the record that each takes the place of: of several, the one
    that began on the same day."""
    standing = history.by_key(current)
    return [_enrollment(w, w.record, standing) for w in wanted if isinstance(w.record, Enrollment)]


def _enrollment(
    wanted: Wanted, new: Enrollment, standing: Mapping[tuple[object, ...], Sequence[Enrollment]]
) -> Enrollment:
    met = [old for old in standing.get(history.key_of(new), ()) if history.touches(new, old)]
    met.sort(key=lambda old: old.effective_from != new.effective_from)
    missing = [name for name in _DETAILS if name not in wanted.given]
    known = {name: getattr(met[0], name) for name in missing} if met else {}
    return _documented(replace(new, **known), [old for old in met if history.corrects(new, old)])


def statements(wanted: Iterable[Wanted], current: Sequence[Statement]) -> list[Statement]:
    """The statements among these; a provider or group with what is known in the fields its row had no column for."""
    standing = succession.by_key(current)
    return [_statement(w, w.record, standing) for w in wanted if not isinstance(w.record, Enrollment)]


def _statement(wanted: Wanted, new: Statement, standing: Mapping[tuple[object, ...], Sequence[Statement]]) -> Statement:
    known = standing.get(succession.key_of(new), ())
    new = _documented(new, [old for old in known if succession.corrects(new, old)])
    if not known or not isinstance(new, ProviderRecord | GroupRecord):
        return new
    names = (column.field for column in sheet_of(new).columns)
    missing = [name for name in names if name not in wanted.given | {"observed_on", "source"}]
    return replace(new, **{name: getattr(known[0], name) for name in missing})


def _documented(new: R, corrected: Sequence[Record]) -> R:
    """With the document of what it corrects, where it has none and names no other source."""
    if new.document is not None:
        return new
    speaking = (old.document for old in corrected if old.document is not None and new.source in ("", old.source))
    return replace(new, document=next(speaking, None))
