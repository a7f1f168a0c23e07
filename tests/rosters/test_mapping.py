"""Files that others lay out: their headings are ours by a mapping, and nothing is guessed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import Workbook

from gateway.errors import Refused
from gateway.rosterfile import read_bytes, read_mapping
from gateway.sheets import Headings, read_rows

DOCTOR = "2000000010"
MAP = """\
[columns]
"NPI #" = "provider_npi"
"Eff. Date" = "effective_from"
"Term Date" = "effective_to"
"Group TIN" = "tax_id"

[constants]
payer = "prairie"
source = "participation list of Prairie"
"""
LINES = [
    ["Last Name", "NPI #", "Eff. Date", "Term Date", "Group TIN", "Panel"],
    ["Quixwood", DOCTOR, "07/01/2026", "", "99-9990001", "open"],
    ["", "2000000028", "07/15/2026", "12/31/2026", "999990001", ""],
]


def mapping(tmp_path: Path, text: str = MAP) -> Headings:
    file = tmp_path / "prairie.toml"
    file.write_text(text)
    return read_mapping(file)


def workbook() -> bytes:
    book = Workbook()
    book.active.title = "Roster July"
    book.active.append(["Prairie Health Plan"])
    for line in LINES:
        book.active.append(line)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def text(separator: str) -> bytes:
    return "\n".join(separator.join(line) for line in LINES).encode()


@pytest.mark.parametrize("content", [text(","), text("|"), workbook()], ids=["csv", "pipes", "xlsx"])
def test_a_payers_own_file_is_read_by_its_mapping(tmp_path: Path, content: bytes) -> None:
    """What it does not name is passed over, a name among it; what the file does not have is the same in every row."""
    rows = read_bytes(content, "list", mapping(tmp_path))
    assert "Quixwood" not in str(rows)
    wanted, wrong = read_rows(rows, {"prairie"})
    assert wrong == []
    told = [(r.record.provider_npi, r.record.payer, str(r.record.effective_from), r.record.tax_id) for r in wanted]  # type: ignore[union-attr]
    assert told == [
        (DOCTOR, "prairie", "2026-07-01", "999990001"),
        ("2000000028", "prairie", "2026-07-15", "999990001"),
    ]
    assert {r.record.source for r in wanted} == {"participation list of Prairie"}


def test_a_file_without_a_heading_that_was_named_is_refused(tmp_path: Path) -> None:
    """It may be another file, or the payer changed its layout."""
    content = text(",").replace(b"Term Date", b"End")
    with pytest.raises(Refused) as wrong:
        read_bytes(content, "list", mapping(tmp_path))
    assert wrong.value.code == "ROSTER_COLUMNS"
    assert "mapping" in wrong.value.message


def test_problems_name_our_columns_and_the_row_of_the_file(tmp_path: Path) -> None:
    """As in any other roster."""
    rows = read_bytes(text(",").replace(DOCTOR.encode(), b"123"), "list", mapping(tmp_path))
    assert [p.partition(":")[0] for p in read_rows(rows, {"prairie"})[1]] == ["row 2, column provider_npi"]


WORDS = """
[columns]
"NPI #" = "provider_npi"
Status = "state"
Product = "line_of_business"
From = "effective_from"

[constants]
payer = "prairie"

[values.state]
PAR = "active"
"Non Par" = "out_of_network"
"" = "in_review"

[values.line_of_business]
"Commercial PPO" = "12"
"""


def test_a_payers_own_words_become_ours(tmp_path: Path) -> None:
    """In any case and spacing; an empty cell is empty unless the mapping says what it means."""
    lines = f"NPI #,Status,Product,From\n{DOCTOR}, par ,commercial  ppo,2026-07-01\n2000000028,,,2026-07-01\n"
    wanted, wrong = read_rows(read_bytes(lines.encode(), "list", mapping(tmp_path, WORDS)), {"prairie"})
    assert wrong == []
    assert [(str(r.record.state), r.record.line_of_business) for r in wanted] == [  # type: ignore[union-attr]
        ("active", "12"),
        ("in_review", "*"),
    ]


def test_a_word_that_nobody_translated_is_a_problem_and_no_guess(tmp_path: Path) -> None:
    """Not even where the column takes any text, in which it would match no claim; nor one of our own words."""
    lines = f"NPI #,Status,Product,From\n{DOCTOR},active,HMO,2026-07-01\n{DOCTOR},=A1,#N/A,2026-07-01\n"
    wanted, wrong = read_rows(read_bytes(lines.encode(), "list", mapping(tmp_path, WORDS)), {"prairie"})
    assert wanted == []
    assert [problem.split(": ")[0] for problem in wrong] == [
        f"row {row}, column {column}" for row in (2, 3) for column in ("state", "line_of_business")
    ]
    assert ["mapping" in problem for problem in wrong] == [True, True, False, False]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('[columns]\n"A" = "npi_of_provider"\n', "npi_of_provider: no column"),
        ('[columns]\n"A" = "payer"\n[constants]\npayer = "x"\n', "payer: given twice"),
        ('[columns]\n"A" = "payer"\n"B" = "payer"\n', "payer: given twice"),
        ("[columns]\nA = 1\n", "every line is a text"),
        ('[column]\nA = "payer"\n', "column: unknown"),
        ("", "names no heading"),
        (
            '[columns]\n"A" = "payer"\n[values.state]\nPAR = "active"\n',
            "[values.state]: no heading in [columns] is that",
        ),
        (
            '[columns]\nA = "state"\nB = "provider_npi"\nC = "payer"\n[values.state]\nPAR = "activ"\n',
            "[values.state]: PAR = activ: not one of",
        ),
        ('[columns]\n"A" = "state"\n[values.state]\nPAR = "active"\npar = "termed"\n', "par is given twice"),
        ('[columns]\n"A" = "state"\n[values]\nstate = "active"\n', "every line is a text"),
        ('[columns]\n"A" = "state"\n[values.state]\nPAR = 1\n', "every line is a text"),
        ("= nonsense", "not TOML"),
    ],
)
def test_a_wrong_mapping_is_told(tmp_path: Path, said: str, words: str) -> None:
    """Before any file is read by it."""
    with pytest.raises(Refused) as wrong:
        mapping(tmp_path, said)
    assert wrong.value.code == "ROSTER_MAP"
    assert words in wrong.value.message
