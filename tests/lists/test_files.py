"""Files of public lists: plain, packed, or a workbook; what was made to do harm is refused."""

from __future__ import annotations

import gzip
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from gateway.errors import Malformed
from gateway.listfile import MOST_TIMES, fingerprint, open_list
from gateway.lists.reading import ListReader
from gateway.lists.rows import Stored
from gateway.model.lists import ListKind
from tests.lists import files
from tests.lists.files import text

DOCTOR = "2000000010"
CONTENT = text(files.ORDER_REFER, [{"NPI": DOCTOR, "LAST_NAME": "ROE", "FIRST_NAME": "JANE", "PARTB": "Y"}])
ROW = Stored(int(DOCTOR), "", "YNNNN|ROE|JANE")


def read(path: Path, kind: ListKind = ListKind.ORDER_REFER) -> list[Stored]:
    with open_list(path, lambda more: None) as file:
        reader = ListReader(kind)
        return list(reader.lines(file.lines) if file.lines is not None else reader.cells(file.cells or ()))


def refusal(path: Path) -> Malformed:
    with pytest.raises(Malformed) as caught:
        read(path)
    assert caught.value.code == "LIST_FILE"
    return caught.value


def packed(path: Path, **inside: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in inside.items():
            archive.writestr(name.replace("__", "/").replace("_csv", ".csv"), content)
    return path


def test_a_plain_file_is_read_with_a_byte_order_mark_and_any_line_ends(tmp_path: Path) -> None:
    """As spreadsheets and other machines write them; the last line may have no end."""
    for number, content in enumerate([CONTENT, CONTENT.replace("\n", "\r\n"), CONTENT.strip()]):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(b"\xef\xbb\xbf" + content.encode())
        assert read(path) == [ROW]


def test_lines_are_whole_wherever_the_blocks_of_a_file_end(tmp_path: Path) -> None:
    """A file of several blocks, with letters of several bytes."""
    rows = [{"NPI": str(2_000_000_000 + n), "LAST_NAME": "RÖE" * (n % 50)} for n in range(40_000)]
    path = tmp_path / "many.csv"
    path.write_text(text(files.ORDER_REFER, rows), encoding="utf-8")
    assert [row.said.split("|")[1] for row in read(path)] == [row["LAST_NAME"] for row in rows]


def test_windows_1252_and_utf_8_are_told_apart_line_by_line(tmp_path: Path) -> None:
    """SAM writes one, others the other; a file may hold both."""
    path = tmp_path / "mixed.csv"
    one = CONTENT.replace("ROE", "PEÑA")
    path.write_bytes(one.encode("cp1252") + one.splitlines()[1].encode() + b"\n" + b"2000000028,\x81\x8d,X,Y,N,N,N,N\n")
    assert [row.said.split("|")[1] for row in read(path)[:2]] == ["PEÑA", "PEÑA"]


def test_gzip_and_zip_are_read_without_unpacking(tmp_path: Path) -> None:
    """The archives of NPPES hold other files beside the list; its name tells the day."""
    (tmp_path / "list.csv.gz").write_bytes(gzip.compress(CONTENT.encode()))
    assert read(tmp_path / "list.csv.gz") == [ROW]
    archive = packed(
        tmp_path / "NPPES.zip",
        **{"npidata_pfile_20050523-20260208_csv": CONTENT, "npidata_pfile_20050523-20260208_fileheader_csv": "NPI\n",
           "othername_pfile_20050523-20260208_csv": "NPI\n", "pl_pfile_20050523-20260208_csv": "NPI\n"},
    )  # fmt: skip
    assert read(archive) == [ROW]
    with open_list(archive, lambda more: None) as file:
        assert file.names[0] == "npidata_pfile_20050523-20260208.csv"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["NPPES.zip", "list.csv.gz"]


def test_a_path_in_an_archive_leads_nowhere(tmp_path: Path) -> None:
    """Nothing is unpacked, so a name that climbs out of the folder writes nothing."""
    folder = tmp_path / "inner"
    folder.mkdir()
    assert read(packed(folder / "a.zip", **{"..__..__evil_csv": CONTENT})) == [ROW]
    assert [path.name for path in tmp_path.rglob("*")] == ["inner", "a.zip"]


def test_an_archive_with_no_list_or_two_is_refused(tmp_path: Path) -> None:
    """Nobody guesses which is meant."""
    refusal(packed(tmp_path / "none.zip", readme="nothing"))
    assert "2 CSV files" in refusal(packed(tmp_path / "two.zip", a_csv=CONTENT, b_csv=CONTENT)).message


def test_an_archive_that_unpacks_to_far_more_is_refused_unread(tmp_path: Path) -> None:
    """Sixty megabytes of zeros in sixty kilobytes, in every packed form."""
    zeros = "0" * 60_000_000
    assert "far larger" in refusal(packed(tmp_path / "bomb.zip", a_csv=zeros)).message
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(zeros.encode()))
    refusal(tmp_path / "bomb.csv.gz")
    assert "far larger" in refusal(packed(tmp_path / "bomb.xlsx", **{"xl__worksheets__sheet1.xml": zeros})).message


def test_many_short_lines_packed_tightly_are_a_bomb_as_well(tmp_path: Path) -> None:
    """The limit is on what comes out, not on one line."""
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(CONTENT.encode() + b"2000000028,ROE,JANE,Y,N,N,N,N\n" * 2_000_000))
    assert MOST_TIMES * path.stat().st_size < 60_000_000
    assert "far larger" in refusal(path).message


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    """Memory stays flat."""
    path = tmp_path / "long.csv"
    path.write_text("x" * 3_000_000)
    assert "line" in refusal(path).message


def test_damaged_and_encrypted_archives_are_refused(tmp_path: Path) -> None:
    """Cut off, altered, no archive at all, or locked."""
    good = packed(tmp_path / "good.zip", a_csv=CONTENT).read_bytes()
    (tmp_path / "cut.zip").write_bytes(good[:-30])
    (tmp_path / "no.zip").write_bytes(CONTENT.encode())
    locked = bytearray(good)
    locked[good.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(bytes(locked))
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(CONTENT.encode())[:-12])
    (tmp_path / "no.xlsx").write_bytes(CONTENT.encode())
    (tmp_path / "empty.xlsx").write_bytes(good)
    for name in ("cut.zip", "no.zip", "locked.zip", "cut.csv.gz", "no.xlsx", "empty.xlsx"):
        assert refusal(tmp_path / name).next_step, name


def test_a_workbook_is_read_under_its_title(tmp_path: Path) -> None:
    """The list of deactivated NPIs: row 1 a title, row 2 the header; numbers and days may be cells of their kind."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["NPPES Deactivated NPI Report as of 20260208"],
        ["NPI", "NPPES Deactivation Date"],
        ["2000000010", "05/23/2011"],
        [2000000028, date(2012, 1, 2)],
        [None, None],
    ):
        sheet.append(row)
    book.save(tmp_path / "gone.xlsx")
    assert read(tmp_path / "gone.xlsx", ListKind.NPPES_DEACTIVATED) == [
        Stored(2000000010, "", "20110523"),
        Stored(2000000028, "", "20120102"),
    ]


def test_progress_tells_every_byte_of_the_file(tmp_path: Path) -> None:
    """So that a bar comes to its end; the fingerprint is of the file as it lies there."""
    path = tmp_path / "list.csv"
    path.write_text(CONTENT)
    told: list[int] = []
    with open_list(path, told.append) as file:
        list(file.lines or ())
    assert sum(told) == path.stat().st_size
    assert len(fingerprint(path)) == 64
