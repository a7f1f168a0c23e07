"""Where and when a partner takes and gives files: folders and hours that do not go together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from posixpath import normpath
from zoneinfo import ZoneInfo

from gateway.calendar import is_open
from gateway.model.partners import Partner, Window

Wrong = tuple[str, str, str]
"""The place in the partner's table, what is wrong, and an example of what is right."""

Rule = Callable[[Partner], Iterator[Wrong]]
"""One thing that may be wrong with a partner whose keys are right one by one."""


def called(rule: Rule, name: str) -> Rule:
    """A rule by a name of its own."""
    rule.__name__ = name
    return rule


_MONDAY = date(2026, 1, 5)


def shared(written: Iterable[str], read: Iterable[str]) -> list[str]:
    """The folders that are read and written to, by whatever way of writing them: what we sent would be fetched there as an
    answer, and removed as one."""
    ours = {_plain(folder) for folder in written if folder}
    return [folder for folder in read if _plain(folder) in ours]


def _plain(folder: str) -> str:
    return normpath(f"/{folder.strip('/')}")


def _drop(partner: Partner) -> Sequence[str]:
    return (partner.endpoint.outbound,)


def _drops_of_stages(partner: Partner) -> Sequence[str]:
    return [marks.outbound for marks in partner.habits.stages.values()]


def _reads(partner: Partner) -> Mapping[str, Sequence[str]]:
    return {"endpoint.inbound": partner.endpoint.inbound}


def _reads_of_stages(partner: Partner) -> Mapping[str, Sequence[str]]:
    return {f"stages.{stage}.inbound": marks.inbound for stage, marks in partner.habits.stages.items()}


Drops = Callable[[Partner], Sequence[str]]
Reads = Callable[[Partner], Mapping[str, Sequence[str]]]


def _apart(drops: Drops, reads: Reads) -> Rule:
    """One folder for two purposes."""

    def rule(partner: Partner) -> Iterator[Wrong]:
        for place, named in reads(partner).items():
            for folder in shared(drops(partner), named):
                wrong = f"names {folder}, which we write to: what we sent would be taken for an answer"
                yield place, wrong, 'inbound = ["/out"]'

    return called(rule, f"{drops.__name__}_apart_from{reads.__name__}")


def _once(reads: Reads) -> Rule:
    """A folder that is named twice."""

    def rule(partner: Partner) -> Iterator[Wrong]:
        for place, named in reads(partner).items():
            if len({*map(_plain, named)}) < len(named):
                yield place, "names a folder twice", 'inbound = ["/out"]'

    return called(rule, f"once{reads.__name__}")


def _staging(partner: Partner) -> Iterator[Wrong]:
    """What is not moved yet, where something else lies at some stage."""
    of_stages = [folder for named in _reads_of_stages(partner).values() for folder in named]
    if shared([partner.habits.staging], [folder for folder in (*_drops_of_stages(partner), *of_stages) if folder]):
        yield "staging", "must be another folder than those of each stage", 'staging = "/staging"'


FOLDERS: Mapping[Rule, tuple[str, ...]] = {
    _apart(_drop, _reads): ("endpoint.outbound", "endpoint.inbound"),
    _apart(_drops_of_stages, _reads): ("stages", "endpoint.inbound"),
    _apart(_drop, _reads_of_stages): ("endpoint.outbound", "stages"),
    _apart(_drops_of_stages, _reads_of_stages): ("stages",),
    _once(_reads): ("endpoint.inbound",),
    _once(_reads_of_stages): ("stages",),
    _staging: ("staging", "stages"),
}
"""Rules on folders, each with the keys that it looks at."""


def hours(partner: Partner) -> Iterator[Wrong]:
    """Windows of which maintenance leaves nothing, though it leaves something of a week."""
    if partner.windows and _shut(partner.windows, partner.maintenance) and not _shut((), partner.maintenance):
        yield "windows", _NO_MOMENT, 'windows = [{opens = "06:00", closes = "20:00"}]'


def never(partner: Partner) -> Iterator[Wrong]:
    """Maintenance that leaves nothing of a week, whatever the windows."""
    if _shut((), partner.maintenance):
        yield "maintenance", _NO_MOMENT, 'maintenance = [{opens = "02:00", closes = "06:00", days = ["sun"]}]'


def _shut(windows: Sequence[Window], maintenance: Sequence[Window]) -> bool:
    """Looked at from the edges of a week: the first moment of whatever is open is where a window opens or maintenance
    ends."""
    edges = [(window.opens, window.zone) for window in windows] + [(shut.closes, shut.zone) for shut in maintenance]
    moments = [
        datetime.combine(_MONDAY + timedelta(days=day), time.fromisoformat(at), ZoneInfo(zone))
        for at, zone in edges
        for day in range(8)
    ]
    return bool(moments) and not any(
        is_open(windows, at) and not (maintenance and is_open(maintenance, at)) for at in moments
    )


_NO_MOMENT = "leave no moment of a week in which a file could be sent, because of maintenance"
