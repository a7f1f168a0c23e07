"""Tables on a narrow terminal: every word whole, every command in one line, nothing left out."""

from __future__ import annotations

import pytest

from gateway.cli.laying import laid, wrapped

NAMES = ("Claim", "Payer", "Reason", "Not fetched yet", "Empty", "Next step")
COMMAND = "gateway roster set 2000000028 prairie --effective YYYY-MM-DD --source ..."
ROWS = (
    ("C1", "prairie", "ENROLLMENT_STARTS_LATER", "0", "", "Nothing: the same claim. `gateway resubmit C1` tells how."),
    ("C2", "heartland", "CHARGE_SUM", "12", "", COMMAND),
    ("C300", "", "", "", "", ""),
)
WIDTHS = range(20, 220)


def lines(width: int) -> list[str]:
    heading, body = laid(NAMES, ROWS, width)
    return [*heading, *body]


def words(text: str) -> list[str]:
    return text.replace(":", " ").split()


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_left_out_and_no_word_is_cut(width: int) -> None:
    shown = words(" ".join(lines(width)))
    for row in ROWS:
        for cell in row:
            assert set(words(cell)) <= set(shown)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_command_is_in_one_line(width: int) -> None:
    shown = lines(width)
    for command in (COMMAND, "`gateway resubmit C1`"):
        assert any(command in line for line in shown)


@pytest.mark.parametrize("width", range(60, 220))
def test_no_line_is_wider_than_the_screen_but_one_with_a_command(width: int) -> None:
    assert [line for line in lines(width) if len(line) > width and "gateway" not in line] == []


def test_what_fits_is_a_line_for_each_row_under_one_heading() -> None:
    heading, body = laid(NAMES, ROWS, 200)
    assert len(heading) == 1
    assert len(list(body)) == len(ROWS)
    assert heading[0].split("  ")[0] == "Claim"
    assert "Empty" in heading[0]


def test_an_empty_column_gives_way_before_a_full_one() -> None:
    names, rows = ("A", "Empty column", "B"), (("1", "", "x" * 10),)
    heading, body = laid(names, rows, 14)
    assert heading == ["A  B"]
    assert list(body) == ["1  xxxxxxxxxx"]


def test_what_has_no_room_stands_beneath_its_row_by_its_heading() -> None:
    heading, body = laid(("Claim", "Next step"), (("C1", "one two three four five six seven eight nine ten"),), 30)
    assert heading == ["Claim"]
    assert list(body)[:2] == ["C1", "    Next step: one two three four five six seven"]


def test_a_labelled_text_goes_on_under_itself() -> None:
    assert wrapped("aaa " * 12, "Label  ", 47, " " * 7) == ["Label  " + ("aaa " * 10).strip(), " " * 7 + "aaa aaa"]
