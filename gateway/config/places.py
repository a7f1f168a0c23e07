"""Where and when a partner takes and gives files: folders and hours that do not go together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from posixpath import normpath
from zoneinfo import ZoneInfo

from gateway.calendar import is_open
from gateway.model.partners import Partner, Window

Wrong = tuple[str, str, str]
"""The place in the partner's table, what is wrong, and an example of what is right."""

_MONDAY = date(2026, 1, 5)


def shared(written: Iterable[str], read: Iterable[str]) -> list[str]:
    """The folders that are read and written to, by whatever way of writing them: what we sent would be fetched there as an
    answer, and removed as one."""
    ours = {_plain(folder) for folder in written if folder}
    return [folder for folder in read if _plain(folder) in ours]


def _plain(folder: str) -> str:
    return normpath(f"/{folder.strip('/')}")


def folders(partner: Partner) -> Iterator[Wrong]:
    """One folder for two purposes, at any stage."""
    endpoint, stages, staging = partner.endpoint, partner.habits.stages, partner.habits.staging
    drops = (endpoint.outbound, *(marks.outbound for marks in stages.values()))
    reads = {"endpoint.inbound": endpoint.inbound}
    reads |= {f"stages.{stage}.inbound": marks.inbound for stage, marks in stages.items()}
    for place, named in reads.items():
        for folder in shared(drops, named):
            yield (
                place,
                f"names {folder}, which we write to: what we sent would be taken for an answer",
                'inbound = ["/out"]',
            )
        if len({*map(_plain, named)}) < len(named):
            yield place, "names a folder twice", 'inbound = ["/out"]'
    at_a_stage = [folder for marks in stages.values() for folder in (marks.outbound, *marks.inbound) if folder]
    if shared([staging], at_a_stage):
        yield "staging", "must be another folder than those of each stage", 'staging = "/staging"'


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
