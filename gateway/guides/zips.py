"""Which ZIP codes a state has: the first digits that the postal service gave it."""

from __future__ import annotations

from itertools import groupby

_PREFIXES = {
    "AA": "34", "AE": "09", "AK": "99[5-9]", "AL": "3[56]", "AP": "96", "AR": "7[12]", "AS": "96", "AZ": "8[56]",
    "CA": "9[0-6]", "CO": "8[01]", "CT": "06", "DC": "20|569", "DE": "19", "FL": "3[2-4]", "FM": "96", "GA": "3[019]",
    "GU": "96", "HI": "96", "IA": "5[0-2]", "ID": "83", "IL": "6[0-2]", "IN": "4[67]", "KS": "6[67]", "KY": "4[0-2]",
    "LA": "7[01]", "MA": "0[125]", "MD": "2[01]", "ME": "0[34]", "MH": "96", "MI": "4[89]", "MN": "5[56]",
    "MO": "6[3-5]", "MP": "96", "MS": "3[89]", "MT": "59", "NC": "2[78]", "ND": "58", "NE": "6[89]", "NH": "03",
    "NJ": "0[78]", "NM": "8[78]", "NV": "8[89]", "NY": "1[0-4]|005|06", "OH": "4[3-5]", "OK": "7[34]", "OR": "97",
    "PA": "1[5-9]", "PR": "00[679]", "PW": "96", "RI": "02", "SC": "29", "SD": "57", "TN": "3[78]|42",
    "TX": "7[35-9]|88", "UT": "84", "VA": "2[0-4]", "VI": "008", "VT": "05", "WA": "9[89]", "WI": "5[34]",
    "WV": "2[4-6]", "WY": "8[23]",
}  # fmt: skip
"""By state, as a pattern; wider than the postal service's list where two digits are enough, for some ZIP codes lie on both
sides of a border."""


def elsewhere() -> str:
    """A pattern of N402 and its separator before a ZIP code that begins as none of that state does."""
    groups = groupby(sorted(_PREFIXES), key=lambda state: state[0])
    return f"(?:{'|'.join(_of_letter(letter, list(states)) for letter, states in groups)})"


def _of_letter(letter: str, states: list[str]) -> str:
    ways = (rf"{state[1]}\*(?!{_PREFIXES[state]})" for state in states)
    return f"{letter}(?:{'|'.join(ways)})"
