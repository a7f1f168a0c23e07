"""What practice systems and spreadsheets may take from here: columns with their meaning, rows as CSV or JSON Lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

Cell = str | int
ExportRow = Mapping[str, Cell]
"""One row by columns; what is not known or does not apply is empty text."""

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "postings": {
        "seq": "number of the remittance; rows of one remittance have the same",
        "line": "number of the row within its remittance",
        "kind": "claim, or provider for an adjustment of no single claim (PLB)",
        "posted_at": "when it was posted, UTC",
        "payer": "the payer's key",
        "trace": "number of the payment (TRN02)",
        "originator": "who pays (TRN03)",
        "paid_on": "day of the payment (BPR16)",
        "payment": "amount of the payment (BPR02): the sum of `paid` of all its rows",
        "claim": "our id; empty where nobody knew the claim when it was posted",
        "control_number": "the claim's number in the practice (CLP01)",
        "payer_control_number": "the payer's number of the claim (CLP07); of a PLB its reference",
        "status": "how it was processed (CLP02); of a PLB its reason code",
        "outcome": "what it means for the claim",
        "charge": "charged (CLP03)",
        "paid": "paid (CLP04); of a PLB its amount with the sign turned",
        "patient": "the patient owes (CLP05)",
        "code": "the gravest denial, group and reason",
        "place": "the service line that it speaks of",
        "document": "the 835 in the vault: `gateway document NUMBER`",
        "usage": "P, or T for a test, which is no money (ISA15)",
        "takes_back": "seq of the remittance whose exact opposite these rows are: a person chose another; else empty",
    },
    "events": {
        "seq": "number of the event, without gaps",
        "at": "when it happened, UTC",
        "event": "its name",
        "kind": "rejection where a claim or file was rejected",
        "actor": "who did it; gateway is the service itself",
        "batch": "the dropped file",
        "claim": "our id of the claim",
        "submission": "the file that went out",
        "lane": "partner and stage",
        "payer": "the payer's key",
        "code": "why",
        "place": "loop and element, or where else",
        "next": "what to do",
        "detail": "what else the log says of it, as JSON",
    },
    "claims": {
        "seq": "number of the claim",
        "claim": "our id",
        "control_number": "the claim's number in the practice (CLM01)",
        "batch": "the dropped file it came in",
        "payer": "the payer's key",
        "lane": "partner and stage",
        "stands": "where it stands",
        "code": "why",
        "place": "loop and element",
        "next": "what to do",
        "frequency": "1 original, 7 replacement, 8 void (CLM05-3)",
        "billing_npi": "the billing provider",
        "first_day": "first day of service",
        "last_day": "last day of service",
        "charge": "charged (CLM02)",
        "paid": "sum of all that was posted to it; empty before the first",
        "submission": "the last file it went out with",
        "sent_at": "when that was sent, UTC",
        "payer_control_number": "the payer's number of it, once told",
        "filing_due": "last day to file it",
        "received_at": "when it came, UTC",
        "changed_at": "when it last changed, UTC",
        "family": "our id of its first version: what corrects it has the same",
    },
}
"""The columns of each export, in their order. New ones are only ever added at the end."""

FORMATS = ("csv", "jsonl")
_AMOUNT = re.compile(r"-?\d+(\.\d+)?")
_CALCULATED = ("=", "+", "-", "@", "\t", "\r")


def written(table: str, form: str, rows: Iterable[ExportRow], *, heading: bool = True) -> Iterator[str]:
    """The lines of an export: CSV by RFC 4180 with a heading, or one JSON object a line. Amounts are decimal text."""
    names = list(COLUMNS[table])
    if form == "csv" and heading:
        yield ",".join(names) + "\r\n"
    for row in rows:
        values = {name: row[name] for name in names}
        if form == "csv":
            yield ",".join(map(_cell, values.values())) + "\r\n"
        else:
            yield json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n"


def _cell(value: Cell) -> str:
    """A cell that a spreadsheet would calculate has an apostrophe in front; an amount below zero is none."""
    text = str(value)
    calculated = text.startswith(_CALCULATED) or text.lstrip().startswith(_CALCULATED)
    if calculated and not _AMOUNT.fullmatch(text):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in '",\r\n') else text
