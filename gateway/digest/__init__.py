"""The morning's digest: what somebody should look at, each line with what to type next; nothing that is well."""

from gateway.digest.page import page
from gateway.digest.plots import Plot, Series
from gateway.digest.sections import Digest, Line, Section, Table
from gateway.digest.text import text

__all__ = ["Digest", "Line", "Plot", "Section", "Series", "Table", "page", "text"]
