"""Whether there is room on the disks that this site writes to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gateway.spool import FOLDERS
from gateway.workers.site import Site

Data = dict[str, Any]

_MEGABYTE = 1024 * 1024
_LOW, _FULL = 200 * _MEGABYTE, _MEGABYTE
_FEW = 100
"""So few files more can a disk take."""
_NEXT = (
    "Make room there: move away what nobody needs (old backups, logs, what was taken from handback/ and reports/), or make"
    " it larger. Without room no file is taken in and no answer handed back; nothing is lost, and all goes on by itself."
)


async def short_of_room(site: Site) -> list[Data]:
    """Disks that are full or nearly full, each once and with what to do."""
    spool = site.settings.spool.root
    return await site.thread(_short, [site.settings.site.data, spool, *(spool / name for name in FOLDERS)])


def _short(folders: list[Path]) -> list[Data]:
    by_disk: dict[int, Path] = {}
    for folder in filter(Path.is_dir, folders):
        by_disk.setdefault(folder.stat().st_dev, folder)
    said = [(folder, words) for folder in by_disk.values() if (words := _words(os.statvfs(folder)))]
    return [{"what": f"the disk of {folder} {words}", "next": _NEXT} for folder, words in said]


def _words(found: os.statvfs_result) -> str:
    """What is short, empty where nothing is. Some file systems count no files."""
    free = found.f_bavail * found.f_frsize
    if found.f_files and found.f_favail < _FEW:
        return "can hold no more files" if not found.f_favail else f"can hold {found.f_favail} more files only"
    if free >= _LOW:
        return ""
    return "is full" if free < _FULL else f"is nearly full: {free // _MEGABYTE} MB are left"
