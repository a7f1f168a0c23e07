"""Roster files as people and spreadsheets make them: read where that is certain, answered clearly where it is not."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from gateway.errors import Refused
from gateway.model.enrollment import Enrollment, EnrollmentKind, EnrollmentState
from gateway.model.registry import Credential, CredentialKind, GroupRecord, Membership, ProviderRecord
from gateway.rosterfile import as_csv, read_bytes, read_roster
from gateway.rosterfile import workbook as reading
from gateway.rosterfile.pages import as_workbook
from gateway.sheets import SHEETS, Record, as_row, read_rows, sheet_of

DOCTOR, COLLEAGUE, GROUP = "2000000010", "2000000028", "1234567893"
PAYERS = frozenset({"alpha", "beta"})
HEAD = "provider_npi,payer,effective_from\n"


def read(content: bytes | str) -> list[dict[str, str]]:
    return read_bytes(content.encode() if isinstance(content, str) else content, "roster")


def bare(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Only the cells."""
    return [{k: v for k, v in row.items() if k not in ("sheet", "#at")} for row in rows]


def problems(content: bytes | str) -> list[str]:
    return read_rows(read(content), PAYERS)[1]


def book(*rows: list[Any], title: str = "enrollments", change: Any = None) -> bytes:
    """A workbook of one sheet as a spreadsheet would save it."""
    made = Workbook()
    page = made.active
    assert page is not None
    page.title = title
    for row in rows:
        page.append(row)
    if change:
        change(page)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


# What goes out comes in again.

NPIS = st.sampled_from([DOCTOR, COLLEAGUE, GROUP])
DAYS = st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31))
WORDS = st.text(max_size=30).map(lambda text: " ".join(_printable(text).split()).lstrip("=+@-#").strip())
ITEMS = st.lists(WORDS.map(lambda text: re.sub("[;,]", "", text).lstrip("=+@-# ").strip()).filter(bool), max_size=3)
TINS = st.from_regex(r"[0-9]{9}", fullmatch=True)
ANY = st.just("*")


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable() and c not in "\ufffe\uffff")


def _ordered(first: date | None, last: date | None) -> tuple[date | None, date | None]:
    return (last, first) if first and last and last < first else (first, last)


@st.composite
def enrollments(draw: st.DrawFn) -> Record:
    first, last = _ordered(draw(DAYS), draw(DAYS))
    return Enrollment(
        draw(NPIS), draw(st.sampled_from(sorted(PAYERS))), draw(st.sampled_from(EnrollmentState)), first, last,
        None if first is None else draw(st.none() | st.dates(max_value=first)), draw(TINS | ANY), draw(NPIS | ANY),
        draw(WORDS), draw(DAYS), draw(st.sampled_from(EnrollmentKind)),
        draw(st.sampled_from(["MB", "CI", "*"])), draw(NPIS | ANY | WORDS.filter(bool)), draw(WORDS.filter(bool) | ANY),
        draw(st.sampled_from(["", "207Q00000X"])), draw(WORDS), draw(DAYS), draw(DAYS), draw(DAYS), draw(DAYS),
    )  # fmt: skip


@st.composite
def credentials(draw: st.DrawFn) -> Record:
    kind = draw(st.sampled_from(CredentialKind))
    days = _ordered(draw(DAYS), draw(DAYS))
    return Credential(draw(NPIS), kind, draw(WORDS), draw(st.sampled_from(["", "TX"])), *days, draw(WORDS), draw(DAYS))


@st.composite
def memberships(draw: st.DrawFn) -> Record:
    days = _ordered(draw(DAYS), draw(DAYS))
    payer = draw(st.sampled_from(["alpha", "*"]))
    return Membership(draw(NPIS), draw(TINS), draw(NPIS | ANY), payer, *days, draw(WORDS), draw(DAYS))


PROVIDERS = st.builds(
    ProviderRecord, NPIS, st.sampled_from("12"), WORDS, WORDS, ITEMS.map(tuple), WORDS, DAYS
)  # fmt: skip
GROUPS = st.builds(GroupRecord, TINS, NPIS, WORDS, ITEMS.map(tuple), WORDS, DAYS)


def _apart(records: list[Record]) -> bool:
    """No two enrollments say different things of the same days: such a file is refused."""
    return not [
        problem for problem in read_rows([as_row(each) for each in records], PAYERS)[1] if "same days" in problem
    ]


RECORDS = st.lists(enrollments() | credentials() | memberships(), max_size=5).filter(_apart)
ONE_EACH = st.lists(PROVIDERS, max_size=2, unique_by=lambda p: p.npi)
GROUPS_EACH = st.lists(GROUPS, max_size=2, unique_by=lambda g: (g.tax_id, g.npi))


@settings(max_examples=60, deadline=None)
@given(RECORDS, ONE_EACH, GROUPS_EACH)
def test_a_workbook_gives_back_every_record_as_it_was(
    dated: list[Record], providers: list[Record], groups: list[Record]
) -> None:
    """All sheets, every field: text that looks like a formula or a number, days before spreadsheets had a calendar."""
    records = [*dated, *providers, *groups]
    wanted, wrong = read_rows(read(as_workbook(as_row(record) for record in records)), PAYERS)
    assert wrong == []
    order = list(SHEETS.values())
    assert [each.record for each in wanted] == sorted(records, key=lambda record: order.index(sheet_of(record)))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(enrollments(), min_size=1, max_size=4).filter(_apart), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
)
def test_csv_gives_back_every_record_as_it_was(records: list[Record], encoding: str) -> None:
    """In every encoding that can hold it."""
    text = as_csv(SHEETS["enrollments"], [as_row(record) for record in records])
    wanted, wrong = read_rows(read(text.encode(encoding)), PAYERS)
    assert (wrong, [each.record for each in wanted]) == ([], records)


def test_a_workbook_is_made_for_people() -> None:
    """The header stays in sight, a day is a day, and no digit of an NPI or TIN can be lost."""
    row = as_row(Enrollment(DOCTOR, "alpha", EnrollmentState.ACTIVE, date(2026, 7, 1), tax_id="012345678"))
    page = load_workbook(io.BytesIO(as_workbook([row])))["enrollments"]
    cells = {page.cell(1, n).value: page.cell(2, n) for n in range(1, page.max_column + 1)}
    assert page.freeze_panes == "A2"
    assert cells["effective_from"].value == datetime(2026, 7, 1)
    assert cells["effective_from"].number_format == "yyyy-mm-dd"
    assert [(cells[n].value, cells[n].data_type, cells[n].number_format) for n in ("provider_npi", "tax_id")] == [
        (DOCTOR, "s", "@"), ("012345678", "s", "@")
    ]  # fmt: skip


# CSV, as it comes.


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_text_is_read_in_whatever_way_a_spreadsheet_saved_it(separator: str, encoding: str) -> None:
    """Separator and encoding are seen in the file; headings may be spaced and capitalised."""
    lines = [
        ["Provider NPI", " PAYER ", "Source"],
        [DOCTOR, "alpha", "Büro, “fax”"],
        [],
        [" ", "", ""],
        [COLLEAGUE, "beta", ""],
    ]
    text = "\r\n".join(separator.join(f'"{c.replace(chr(34), chr(34) * 2)}"' for c in line) for line in lines)
    rows = read(text.encode(encoding))
    assert bare(rows) == [
        {"provider_npi": DOCTOR, "payer": "alpha", "source": "Büro, “fax”"},
        {"provider_npi": COLLEAGUE, "payer": "beta", "source": ""},
    ]
    assert [row["#at"] for row in rows] == ["row 2", "row 5"]


@pytest.mark.parametrize(
    ("header", "sheet"),
    [
        ("provider_npi,payer", "enrollments"),
        ("payer,tin,NPI", "enrollments"),
        ("npi,entity_type,last_name", "providers"),
        ("group_npi,tax_id,name", "groups"),
        ("tax_id,group_npi,provider_npi,first_day", "links"),
        ("provider_npi,tax_id,payer,group_npi,first_day,last_day", "links"),
        ("provider_npi,kind,last_day", "credentials"),
    ],
)
def test_a_csv_file_is_known_by_its_header(header: str, sheet: str) -> None:
    """Whatever the file is called, and in whatever order its columns stand."""
    cells = {"provider_npi": DOCTOR, "npi": DOCTOR, "payer": "alpha"}
    line = ",".join(cells.get(name.lower(), "x") for name in header.split(","))
    assert [row["sheet"] for row in read(f"{header}\n{line}\n")] == [sheet]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "ROSTER_TEXT"),
        (b"\n\n", "ROSTER_TEXT"),
        (b"name,date\nx,y\n", "ROSTER_COLUMNS"),
        (b"provider_npi,payer,payer\n", "ROSTER_COLUMNS"),
        (b"provider_npi,payer\0\n", "ROSTER_TEXT"),
        (b"\xff\xfeprovider_np", "ROSTER_TEXT"),
        (b"%PDF-1.7\n\x81\x8d", "ROSTER_TEXT"),
        (b"PK\x03\x04 no archive", "ROSTER_TEXT"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ROSTER_TEXT"),
    ],
)
def test_what_is_no_roster_is_refused_in_words(content: bytes, code: str) -> None:
    """With what to do next."""
    with pytest.raises(Refused) as wrong:
        read(content)
    assert (wrong.value.code, bool(wrong.value.next_step)) == (code, True)


def test_cells_without_a_heading_are_a_problem_not_a_loss() -> None:
    """A comma in a field that is not quoted moves all that follows."""
    assert problems(HEAD + f"{DOCTOR},alpha,2020-01-01,left over\n") == ["row 2, column (no heading): unknown"]


# Numbers and days that a spreadsheet got at.


@pytest.mark.parametrize("typed", ["1234567893", "1234567893.0", "1.234567893E9", "1.234567893E+09", " 1234567893 "])
def test_a_number_that_lost_nothing_is_its_digits(typed: str) -> None:
    """However it is displayed."""
    assert read(HEAD + f"{typed},alpha,\n")[0]["provider_npi"] == "1234567893"


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("provider_npi", "1.23E+09", "shortened"),
        ("provider_npi", "123456789", "ten digits"),
        ("tax_id", "12345678", "leading zero"),
        ("tax_id", "12-345-6", "nine digits"),
        ("tax_id", "none", "nine digits"),
        ("effective_from", "46023", "not a date"),
        ("effective_from", "2026-02-30", "calendar"),
        ("effective_from", "1/2/26", "which number is the month"),
        ("effective_from", "=TODAY()", "formula"),
        ("effective_from", "#REF!", "error of the spreadsheet"),
        ("source", "=cmd()", "formula"),
        ("source", "@home", "formula"),
        ("kind", "edi", "not one of"),
        ("payer", "gamma", "not one of alpha, beta"),
    ],
)
def test_what_is_not_certain_is_reported_with_row_and_column(column: str, cell: str, said: str) -> None:
    """And never guessed."""
    row = {"provider_npi": DOCTOR, "payer": "alpha", column: cell}
    (problem,) = problems(f"{','.join(row)}\n{','.join(row.values())}\n")
    assert problem.startswith(f"row 2, column {column}: ")
    assert said in problem


def test_dates_with_slashes_are_month_first_unless_the_file_shows_otherwise() -> None:
    """One day that cannot be a month makes every such date of the file doubtful."""
    assert read(HEAD + f"{DOCTOR},alpha,7/4/2026\n")[0]["effective_from"] == "2026-07-04"
    said = problems(HEAD + f"{DOCTOR},alpha,7/4/2026\n{DOCTOR},beta,31/12/2025\n{DOCTOR},beta,2026-01-01\n")
    assert [problem.partition(":")[0] for problem in said] == [f"row {n}, column effective_from" for n in (2, 3)]


# Workbooks, as they come.


def test_a_workbook_is_read_as_it_looks() -> None:
    """A title above the header, blank rows, columns in any order and hidden, dates and numbers as a spreadsheet has them;
    sheets that are something else are left alone."""

    def hide(page: Any) -> None:
        page.column_dimensions["B"].hidden = True
        page.parent.create_sheet("Notes").append(["call back"])

    rows = read(
        book(
            ["Our roster of July"],
            [],
            ["Payer", "Effective From", "PROVIDER  NPI", "Source", "tax id"],
            ["alpha", datetime(2026, 7, 1), 1234567893, 42, "012345678"],
            [None, None, None],
            ["beta", date(2026, 7, 2), 1234567893.0, True, None],
            ["beta", "2026-07-03", "2000000010", "fax", None],
            title="July",
            change=hide,
        )
    )
    assert bare(rows) == [
        {
            "payer": "alpha",
            "effective_from": "2026-07-01",
            "provider_npi": GROUP,
            "source": "42",
            "tax_id": "012345678",
        },
        {"payer": "beta", "effective_from": "2026-07-02", "provider_npi": GROUP, "source": "TRUE", "tax_id": ""},
        {"payer": "beta", "effective_from": "2026-07-03", "provider_npi": DOCTOR, "source": "fax", "tax_id": ""},
    ]
    assert [row["#at"] for row in rows] == [f"sheet July, row {n}" for n in (4, 6, 7)]


def test_a_formula_is_its_stored_value_or_a_problem() -> None:
    """A spreadsheet stores what it computed; a program that only wrote the formula did not."""
    content = book(["provider_npi", "payer", "effective_from"], [DOCTOR, "alpha", "=DATE(2026,7,1)"])
    (problem,) = problems(content)
    assert problem.startswith("sheet enrollments, row 2, column effective_from: a formula without a stored value")
    for stored in (b"<v></v>", b"<v/>", b"<v />"):
        content = repacked(content, b'<c r="C2">', b'<c r="C2" t="str">')
        content = repacked(content, stored, b"<v>2026-07-01</v>")
    assert bare(read(content)) == [{"provider_npi": DOCTOR, "payer": "alpha", "effective_from": "2026-07-01"}]


def repacked(content: bytes, old: bytes, new: bytes, extra: dict[str, bytes] | None = None) -> bytes:
    """The workbook with something else in its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for part in parts.infolist():
            out.writestr(part.filename, parts.read(part).replace(old, new) if old else parts.read(part))
        for name, body in (extra or {}).items():
            out.writestr(name, body)
    return made.getvalue()


def test_what_a_merged_cell_hides_is_said() -> None:
    """It looks as if it stood in every row, and does not."""
    content = book(
        ["provider_npi", "payer", "effective_from"],
        [DOCTOR, "alpha", date(2026, 7, 1)],
        [COLLEAGUE, "alpha"],
        change=lambda page: page.merge_cells("C2:C3"),
    )
    (problem,) = problems(content)
    assert problem.startswith("sheet enrollments, row 3, column effective_from: merged")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (repacked(book(["provider_npi", "payer"]), b"", b"", {"xl/vbaProject.bin": b"x"}), "ROSTER_MACROS"),
        (book(["a", "b"], [1, 2]), "ROSTER_COLUMNS"),
        (book(["name", "npi"], title="Providers"), "ROSTER_COLUMNS"),
        (book(["provider_npi", "payer"], change=lambda page: page.merge_cells("A2:B90000")), "ROSTER_MERGED"),
        (book(["provider_npi", "payer"])[:-40], "ROSTER_TEXT"),
        (
            repacked(
                book(["provider_npi", "payer"]),
                b"<worksheet ",
                b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet ',
            ),
            "ROSTER_TEXT",
        ),
    ],
    ids=["macros", "nothing of ours", "a sheet of ours without its columns", "merged", "cut off", "entities"],
)
def test_a_strange_workbook_is_refused_in_words(content: bytes, code: str) -> None:
    """None of them breaks anything."""
    with pytest.raises(Refused) as wrong:
        read(content)
    assert (wrong.value.code, bool(wrong.value.next_step)) == (code, True)


def test_a_small_file_that_unpacks_to_the_world_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything of it is unpacked."""
    content = repacked(book(["provider_npi", "payer"]), b"", b"", {"xl/media/a.bin": bytes(2_000_000)})
    assert len(content) < 50_000
    monkeypatch.setattr(reading, "MOST_BYTES", 1_000_000)
    with pytest.raises(Refused) as wrong:
        read(content)
    assert wrong.value.code == "ROSTER_SIZE"


def test_a_sheet_that_claims_a_million_rows_ends_where_we_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """One cell far down makes a spreadsheet long without making its file large."""
    content = book(["provider_npi", "payer"], change=lambda page: page.cell(900_000, 1, DOCTOR))
    monkeypatch.setattr(reading, "MOST_ROWS", 1_000)
    with pytest.raises(Refused) as wrong:
        read(content)
    assert wrong.value.code == "ROSTER_SIZE"


_WHOLE = book(["provider_npi", "payer"], [DOCTOR, "alpha"])


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused_and_never_breaks(data: st.DataObject) -> None:
    """Whatever byte was hit."""
    content = bytearray(_WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_rows(read(bytes(content)), PAYERS)
    except Refused as wrong:
        assert wrong.code.startswith("ROSTER_")  # noqa: PT017


# The file that goes to CAQH.

CAQH_HEAD = (
    "Action_Flag|Provider_First_Name|Provider_Middle_Name|Provider_Last_Name|Provider_Birthdate|Provider_SSN|Short_SSN|"
    "Provider_DEA|Provider_NPI|CAQH_Provider_ID|Last_Recredential_Date|Next_Recredential_Date|Delegation_Flag"
)


def test_a_caqh_roster_tells_names_and_recredentialing_and_nothing_private() -> None:
    """Its social security number and birth date are in nothing that was read."""
    line = f"A|ANNA|Q|ARBOR|19700102|123456789|6789|AB1234567|{DOCTOR}|10000001|20240601|20270531|N"
    rows = read(f"{CAQH_HEAD}\n{line}\n\n")
    assert not any(secret in str(rows) for secret in ("19700102", "1970-01-02", "123456789", "6789", "AB1234567"))
    wanted, wrong = read_rows(rows, PAYERS)
    assert wrong == []
    provider, due = [each.record for each in wanted]
    assert provider == ProviderRecord(DOCTOR, "1", "ARBOR", "ANNA", source="CAQH roster")
    assert isinstance(due, Credential)
    assert (due.kind, due.number, due.first_day, due.last_day) == (
        CredentialKind.CAQH, "10000001 recredentialing", None, date(2027, 5, 31)
    )  # fmt: skip


def test_a_problem_in_a_caqh_roster_names_its_line() -> None:
    """As in any other roster."""
    line = "A|ANNA||ARBOR||||||10000001||soon|"
    said = problems(f"{CAQH_HEAD}\n{line}\n")
    assert [problem.partition(":")[0] for problem in said] == [
        "row 2, column provider_npi", "row 2, column provider_npi", "row 2, column last_day"
    ]  # fmt: skip


def test_a_file_is_read_by_what_it_is_not_by_its_name() -> None:
    """A workbook that somebody called .csv is still a workbook."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "roster.csv"
        file.write_bytes(book(["provider_npi", "payer"], [DOCTOR, "alpha"]))
        assert bare(read_roster(file)) == [{"provider_npi": DOCTOR, "payer": "alpha"}]


# Rows that contradict each other.


def test_one_provider_told_in_two_ways_is_a_problem() -> None:
    """Nobody knows which is meant; the same twice is only said twice."""
    head = "provider_npi,entity_type,last_name\n"
    said = problems(head + f"{DOCTOR},1,ARBOR\n{DOCTOR},1,BIRCH\n")
    assert said == ["row 3, column provider_npi: row 2 says something else of the same"]
    assert problems(head + f"{DOCTOR},1,ARBOR\n{DOCTOR},1,ARBOR\n") == []


def test_what_is_said_of_the_thirty_days_is_reckoned_once() -> None:
    """`30days` is a day before the effective date, `none` is no day; a retroactive day after it is wrong."""
    head = "provider_npi,payer,effective_from,retro_from\n"
    wanted, _ = read_rows(read(head + f"{DOCTOR},alpha,2026-07-31,30days\n{DOCTOR},beta,2026-07-31,none\n"), PAYERS)
    assert [each.record.retro_from for each in wanted] == [date(2026, 7, 1), None]  # type: ignore[union-attr]
    said = problems(head + f"{DOCTOR},alpha,,30days\n{DOCTOR},alpha,2026-07-31,2026-08-01\n")
    assert [problem.partition(":")[0] for problem in said] == [f"row {n}, column retro_from" for n in (2, 3)]
