"""Rows of public lists: the columns by name, the values as they come, bad rows counted and never shown."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import Malformed
from gateway.lists.columns import LAYOUTS, places
from gateway.lists.kinds import ABOUT
from gateway.lists.naming import dated_by
from gateway.lists.quoted import QuotedLines
from gateway.lists.reading import ListReader
from gateway.lists.rows import ROWS, Stored, as_exclusion, as_nppes
from gateway.lists.values import BadValue, day_of, name_key, npi_of
from gateway.model.lists import ListKind
from gateway.testing.nppes import NPPES_COLUMNS, nppes_lines, quoted
from tests.lists import files
from tests.lists.files import leie, nppes, person, text

DOCTOR, COLLEAGUE = "2000000010", "2000000028"


def read(kind: ListKind, content: str) -> tuple[list[Stored], ListReader]:
    reader = ListReader(kind)
    return list(reader.lines(content.split("\n"))), reader


def refusal(kind: ListKind, content: str) -> Malformed:
    with pytest.raises(Malformed) as caught:
        read(kind, content)
    return caught.value


def test_every_kind_has_its_facts_its_columns_and_its_rows() -> None:
    """A list that can be named can be read, and people are told where it comes from."""
    assert set(ABOUT) == set(LAYOUTS) == set(ROWS) == set(ListKind)


# Single values.


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("20260208", "20260208"),
        ("02/08/2026", "20260208"),
        ("2/8/2026", "20260208"),
        ("2026-02-08", "20260208"),
        ("2026/02/08", "20260208"),
        ("2026-02-08T00:00:00.000", "20260208"),
        (" 20260208 ", "20260208"),
        ("00000000", ""),
        ("Indefinite", ""),
        ("TBD", ""),
        ("", ""),
    ],
)
def test_a_day_is_read_however_it_is_written(written: str, kept: str) -> None:
    """Zeros, Indefinite and TBD are no day."""
    assert day_of(written) == kept


@pytest.mark.parametrize("written", ["20260230", "13/01/2026", "soon", "2026", "208/2026", "２０２６０２０８"])
def test_what_is_no_day_is_refused(written: str) -> None:
    """A slip is never taken for another day."""
    with pytest.raises(BadValue):
        day_of(written)


def test_an_npi_is_text_of_ten_digits() -> None:
    """Ten zeros and nothing are no NPI; a number that a spreadsheet rounded is refused."""
    assert npi_of(" 2000000010 ") == 2000000010
    assert npi_of("0000000000") == npi_of("") == npi_of("0") == 0
    for wrong in ("1.306861e+09", "2000000010.0", "200000001", "20000000100", "N/A", "２０００００００１０"):
        with pytest.raises(BadValue):
            npi_of(wrong)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("O'Brien", "Séan"), ("OBRIEN", "SEAN")),
        (("Smith-Jones", "Mary Ann"), ("SMITH JONES", "MARYANN")),
        (("Acme Care, Inc.", ""), ("ACME CARE", "")),
        (("ACME CARE L.L.C.", ""), ("Acme Care LLC", "")),
    ],
)
def test_two_spellings_of_a_name_are_the_same(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Case, accents, punctuation and the legal form do not count."""
    assert name_key(*one) == name_key(*other) != ""


def test_different_names_and_no_name_are_not_the_same() -> None:
    """A person is no organization of that name, and nobody is found by nothing."""
    assert name_key("ROE", "JANE") != name_key("ROE", "JOHN")
    assert name_key("ROE", "JANE") != name_key("ROE JANE")
    assert name_key("") == name_key("", "JANE") == name_key("Inc.") == name_key("李", "伟") == ""


# Columns.


def test_columns_are_found_by_name_in_any_order_case_and_spacing() -> None:
    """Also under a title, and with columns that nobody asked for."""
    content = 'List of today,,\nfirst_name, last name ,Npi,PART B,dme,"HHA",Other\nJANE,ROE,2000000010,Y,N,Y,x\n'
    rows, _ = read(ListKind.ORDER_REFER, content)
    assert rows == [Stored(2000000010, "", "YNYNN|ROE|JANE")]


@pytest.mark.parametrize("kind", ListKind)
def test_a_missing_column_is_one_refusal_that_names_it(kind: ListKind) -> None:
    """Each needed column of each list, one at a time."""
    header = [column.names[0] for column in LAYOUTS[kind].columns]
    places(kind, header)
    for column in LAYOUTS[kind].columns:
        rest = [name for name in header if name != column.names[0]]
        if not column.needed:
            places(kind, rest)
            continue
        problem = refusal(kind, ",".join(rest) + "\n")
        assert problem.code == "LIST_COLUMNS"
        assert column.names[0] in problem.message


def test_the_published_headers_have_what_is_needed() -> None:
    """As CMS, OIG, SAM and NUCC write them."""
    for kind in set(ListKind) - {ListKind.NPPES, ListKind.NPPES_WEEKLY, ListKind.NPPES_DEACTIVATED}:
        places(kind, getattr(files, kind.name).split(","))
    assert len(NPPES_COLUMNS) == 330
    assert places(ListKind.NPPES, NPPES_COLUMNS)[:12] == (0, 1, 4, 5, 6, 31, 39, 40, 47, 50, 51, 54)


# Rows.


def test_an_nppes_row_keeps_what_the_gate_needs_the_primary_taxonomy_first() -> None:
    """Nothing of its 330 columns but kind, name, state, taxonomies and what became of the number."""
    content = nppes(
        person(
            DOCTOR,
            healthcare_provider_taxonomy_code_1="208D00000X",
            healthcare_provider_primary_taxonomy_switch_1="N",
            healthcare_provider_taxonomy_code_2="207Q00000X",
            healthcare_provider_primary_taxonomy_switch_2="Y",
            healthcare_provider_taxonomy_code_15="363L00000X",
            provider_business_mailing_address_city_name="SOMEWHERE",
        ),
        {"npi": COLLEAGUE, "npi_deactivation_date": "03/14/2019", "npi_reactivation_date": "04/01/2020"},
    )
    (doctor, gone), _ = read(ListKind.NPPES, content)
    entry = as_nppes(doctor.said)
    assert entry.taxonomies == ("207Q00000X", "208D00000X", "363L00000X")
    assert (entry.entity_type, entry.last_name, entry.first_name, entry.state) == ("1", "ROE", "JANE", "OH")
    assert "SOMEWHERE" not in doctor.said
    assert as_nppes(gone.said).entity_type == ""
    assert (as_nppes(gone.said).deactivated_on, as_nppes(gone.said).reactivated_on) == (
        date(2019, 3, 14),
        date(2020, 4, 1),
    )


def test_a_bar_in_a_name_cannot_move_what_stands_behind_it() -> None:
    """What is kept is parted by bars."""
    (row,), _ = read(ListKind.NPPES, nppes(person(DOCTOR, last="RO|E")))
    assert (as_nppes(row.said).last_name, as_nppes(row.said).first_name) == ("RO E", "JANE")


def test_an_excluded_person_without_an_npi_is_kept_by_name_never_by_zeros() -> None:
    """Ten zeros would be one person with fifty thousand names."""
    rows, _ = read(ListKind.LEIE, leie({"LASTNAME": "ROE", "FIRSTNAME": "JANE"}, {"BUSNAME": "ACME CARE INC"}))
    assert [(row.npi, row.key) for row in rows] == [(0, "ROE,JANE"), (0, "ACMECARE,")]


def test_an_excluded_person_with_an_npi_is_found_by_nothing_else() -> None:
    """Somebody of the same name with another NPI is somebody else."""
    (row,), _ = read(ListKind.LEIE, leie({"LASTNAME": "ROE", "FIRSTNAME": "JANE", "NPI": DOCTOR}))
    assert (row.npi, row.key) == (int(DOCTOR), "")


def test_a_reinstatement_ends_an_exclusion_the_day_before() -> None:
    """The day itself is no day of exclusion; a waiver is told."""
    (row,), _ = read(
        ListKind.LEIE, leie({"NPI": DOCTOR, "REINDATE": "20220301", "WAIVERDATE": "20210101", "WVRSTATE": "OH"})
    )
    said = as_exclusion(ListKind.LEIE, row.said)
    assert (said.first_day, said.last_day, said.waiver) == (date(2020, 1, 1), date(2022, 2, 28), True)
    assert said.reason == "1128a1, waiver in OH"


def test_sam_names_persons_and_firms_and_no_vessels() -> None:
    """An indefinite exclusion is open; a vessel bills nobody."""
    blank = {"Active Date": "01/02/2020", "Termination Date": "Indefinite", "Excluding Agency": "HHS",
             "Exclusion Type": "Prohibition/Restriction"}  # fmt: skip
    rows, reader = read(
        ListKind.SAM,
        text(
            files.SAM,
            [
                {**blank, "Classification": "Individual", "First": "JANE", "Last": "ROE", "State / Province": "OH"},
                {**blank, "Classification": "Firm", "Name": "ACME CARE LLC", "NPI": DOCTOR},
                {**blank, "Classification": "Vessel", "Name": "MARY"},
            ],
        ),
    )
    assert [(row.npi, row.key) for row in rows] == [(0, "ROE,JANE"), (int(DOCTOR), "")]
    said = as_exclusion(ListKind.SAM, rows[0].said)
    assert (said.first_day, said.last_day, said.reason) == (date(2020, 1, 2), None, "Prohibition/Restriction, HHS")
    assert reader.rows == 3


# What is wrong.


def test_a_bad_row_is_counted_with_its_place_and_never_shown() -> None:
    """The other rows are taken; ten in a hundred is where a file is damaged as a whole."""
    good = [{"NPI": str(2_000_000_000 + n), "PARTB": "Y"} for n in range(40)]
    content = text(files.ORDER_REFER, [*good[:20], {"NPI": "1.306861e+09", "LAST_NAME": "SECRET"}, *good[20:]])
    rows, reader = read(ListKind.ORDER_REFER, content + "2000000010,too short\n")
    assert (len(rows), reader.rows, reader.bad) == (40, 40, 2)
    assert reader.shown == ["row 22, NPI", "row 43, the row has too few columns"]


def test_a_file_whose_npis_were_rounded_is_refused_with_the_places() -> None:
    """That is what a spreadsheet does to ten digits, and no value is quoted."""
    problem = refusal(ListKind.ORDER_REFER, text(files.ORDER_REFER, [{"NPI": "1.306861e+09"}] * 20))
    assert problem.code in ("LIST_DAMAGED", "LIST_EMPTY")
    assert "row 2, NPI" in problem.message
    assert "1.306861" not in problem.message


def test_an_exclusion_list_whose_few_npis_were_rounded_is_refused_too() -> None:
    """Most rows have none; the ones that have are what matters."""
    rows = [{"LASTNAME": f"ROE{n}", "FIRSTNAME": "JANE"} for n in range(98)]
    problem = refusal(ListKind.LEIE, leie(*rows, {"NPI": "1.306861e+09"}, {"NPI": DOCTOR}))
    assert problem.code == "LIST_DAMAGED"


def test_nobody_drops_off_an_exclusion_list_by_a_slip() -> None:
    """A day that cannot be read is unknown, and the row is kept; it is counted all the same."""
    many = [{"NPI": str(2_000_000_000 + n)} for n in range(40)]
    rows, reader = read(ListKind.LEIE, leie(*many, {"NPI": DOCTOR, "EXCLDATE": "2020130"}))
    assert as_exclusion(ListKind.LEIE, rows[-1].said).first_day is None
    assert (rows[-1].npi, reader.bad) == (int(DOCTOR), 1)


@pytest.mark.parametrize("content", ["", "\n\n", "NPI,LAST_NAME,FIRST_NAME,PARTB,DME,HHA\n"])
def test_a_file_without_rows_is_refused(content: str) -> None:
    """An empty list would let everybody off it."""
    assert refusal(ListKind.ORDER_REFER, content).code == "LIST_EMPTY"


def test_a_quote_that_is_never_closed_is_refused_with_its_line() -> None:
    """What follows would be one value."""
    row = "2000000010,ROE,JANE,Y,N,N\n"
    content = "NPI,LAST_NAME,FIRST_NAME,PARTB,DME,HHA\n" + row * 3 + '2000000028,"ROE,' + row * 10_000
    assert refusal(ListKind.ORDER_REFER, content).code == "LIST_DAMAGED"


# The fast way through wide lines.

_VALUES = st.text(st.sampled_from('AB",|\n x'), max_size=4)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(_VALUES, min_size=12, max_size=12), min_size=1, max_size=4), st.booleans())
def test_the_fast_way_takes_a_line_only_as_csv_would(rows: Sequence[Sequence[str]], tail: bool) -> None:
    """Whatever the values hold: quotes, commas, line ends."""
    if tail:
        rows = [[*row[:6], *[""] * 6] for row in rows]
    lines = "\n".join(quoted(list(row)) for row in rows).split("\n")
    wanted = (0, 2, 5, 8, 10)
    wide = QuotedLines(wanted, 3)
    for line in lines:
        picked = wide.pick(line)
        if picked is not None:
            (record,) = list(csv.reader(io.StringIO(line)))
            assert picked == tuple(record[place] for place in wanted)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(_VALUES, _VALUES, _VALUES), min_size=1, max_size=5))
def test_an_nppes_file_is_read_the_same_whichever_way_its_lines_go(names: Sequence[tuple[str, str, str]]) -> None:
    """A line that must be read as CSV may go on in the next one, and the one after it is read rightly again."""
    rows = [
        person(str(2_000_000_000 + n), last, first, parent_organization_lbn=parent)
        for n, (last, first, parent) in enumerate(names)
    ]
    fast, _ = read(ListKind.NPPES, nppes(*rows))
    slow, _ = read(ListKind.NPPES, "Title\n" + "\n".join(_unquoted(nppes(*rows))))
    assert fast == slow
    assert [row.npi for row in fast] == [2_000_000_000 + n for n in range(len(names))]


def _unquoted(content: str) -> list[str]:
    """The same records as a writer makes them that quotes only what it must. A value's line end is lost when read."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(csv.reader(io.StringIO(content)))
    return out.getvalue().split("\n")


def test_generated_nppes_rows_take_the_fast_way() -> None:
    """Or the measured rate would be of something else."""
    lines = list(nppes_lines(200))
    wide = QuotedLines(places(ListKind.NPPES, NPPES_COLUMNS), LAYOUTS[ListKind.NPPES].head)
    assert all(wide.pick(line) for line in lines[1:])


# Days by file names.


@pytest.mark.parametrize(
    ("kind", "name", "day"),
    [
        (ListKind.NPPES, "npidata_pfile_20050523-20260208.csv", date(2026, 2, 8)),
        (ListKind.NPPES_WEEKLY, "NPPES_Data_Dissemination_020226_020826_Weekly_V2.zip", date(2026, 2, 8)),
        (ListKind.NPPES, "NPPES_Data_Dissemination_February_2026_V2.zip", None),
        (ListKind.SAM, "SAM_Exclusions_Public_Extract_V2_26181.ZIP", date(2026, 6, 30)),
        (ListKind.TAXONOMY, "nucc_taxonomy_251.csv", date(2025, 7, 1)),
        (ListKind.LEIE, "2606excl.csv", date(2026, 6, 30)),
        (ListKind.LEIE, "2612rein.csv", date(2026, 12, 31)),
        (ListKind.LEIE, "UPDATED.csv", None),
        (ListKind.PPEF_REASSIGNMENT, "PPEF_Reassignment_Extract_2026.07.01.csv", date(2026, 7, 1)),
        (ListKind.ORDER_REFER, "order_2026-02-30.csv", None),
    ],
)
def test_the_name_of_a_published_file_tells_its_day(kind: ListKind, name: str, day: date | None) -> None:
    """Where it tells none, a person may; else it is the day of the import."""
    assert dated_by(kind, (name,)) == day
