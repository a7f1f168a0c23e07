"""Roster files: CSV and XLSX in and out, a file that is watched for changes, and a folder to drop them into."""

from gateway.rosterfile.mapping import read_mapping
from gateway.rosterfile.reading import read_bytes, read_roster
from gateway.rosterfile.watched import RosterFile, roster_file
from gateway.rosterfile.writing import as_csv

__all__ = ["RosterFile", "as_csv", "read_bytes", "read_mapping", "read_roster", "roster_file"]
