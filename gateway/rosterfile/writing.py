"""Rows of one sheet of the roster to CSV, so that reading them back changes nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from gateway.sheets import Sheet

Row = Mapping[str, Any]


def as_csv(sheet: Sheet, rows: Iterable[Row]) -> str:
    """One sheet as CSV, its header first."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, sheet.names, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
