"""The kinds of values that keys take, each with its rule in words."""

from __future__ import annotations

import re
from datetime import date, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, Strict, StringConstraints


def like(pattern: str, rule: str) -> AfterValidator:
    """The whole text matches, or the rule is told; never the text, which could be a secret in the wrong place."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(rule)
        return text

    return AfterValidator(check)


def size(least: int, most: int) -> AfterValidator:
    """A text of so many characters."""

    def check(text: str) -> str:
        if not least <= len(text) <= most:
            raise ValueError(f"must have {least} to {most} characters")
        return text

    return AfterValidator(check)


def or_empty(rule: AfterValidator) -> AfterValidator:
    """The rule, for a text that may also be left empty."""
    check: Any = rule.func
    return AfterValidator(lambda text: check(text) if text else text)


def _some(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values:
        raise ValueError("must not be empty")
    return values


SOME = AfterValidator(_some)
"""At least one; told only where the list has no problem but this."""


def _path(value: object) -> object:
    if value == "":
        raise ValueError("must name a file or folder")
    return value


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("must be an IANA time zone such as America/Chicago") from None
    return name


def _host(name: str) -> str:
    if re.search(r"[/\s@]", name):
        raise ValueError("must be a server's name alone, without sftp://, user or folder")
    if name.count(":") == 1:
        raise ValueError("must be a server's name alone; the port has a key of its own")
    return name


def _folder(path: str) -> str:
    if not path.startswith("/") or not path.isprintable() or ".." in path.split("/"):
        raise ValueError("must be an absolute path: it begins with / and goes nowhere by ..")
    return path


def _x12(text: str) -> str:
    if not (text.isascii() and text.isprintable()) or set(text) & set("*:~^|>"):
        raise ValueError("must be plain ASCII without * : ~ ^ | and >, which delimit X12")
    return text


def _day(value: object) -> object:
    """Text is a day as TOML writes one, and never the seconds since 1970 that a bare number would be taken for."""
    if isinstance(value, str) and not re.fullmatch(_DAY, value):
        value = None
    if isinstance(value, str | date) and not isinstance(value, datetime):
        return value
    raise ValueError("must be a day, as in 2026-12-25")


def _moment(value: object) -> object:
    if isinstance(value, datetime) or (isinstance(value, str) and re.match(rf"{_DAY}[Tt ]\d\d:\d\d", value)):
        return value
    raise ValueError(_ZONED)


def _network(text: str) -> str:
    try:
        return str(ip_network(text))
    except ValueError:
        raise ValueError("must be a network, as in 10.20.0.0/16") from None


def _zoned(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(_ZONED)
    return moment


def _legacy(name: str) -> str:
    if name not in LEGACY:
        raise ValueError(f"must be an old algorithm by its SSH name: {', '.join(LEGACY)}")
    return name


_DAY = r"\d{4}-\d\d-\d\d"
_ZONED = "must be a day and time with its zone, as in 2026-12-05T22:00:00-06:00"

# Nothing is guessed: "no" in quotes is not false, and "22" is not a port.
Flag = Annotated[bool, Strict()]
Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

Place = Annotated[Path, BeforeValidator(_path)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
_CLOCK = like(r"([01]\d|2[0-3]):[0-5]\d", "must be a time of day from 00:00 to 23:59")
Clock = Annotated[str, _CLOCK]
ClockOrNone = Annotated[str, or_empty(_CLOCK)]
SiteName = Annotated[Word, like(r"[^/+#$\x00-\x1f]{1,60}", "must have no / + # or $, and 60 characters at most")]
Topic = Annotated[Word, like(r"[^+#$\x00-\x1f]{1,100}", "must have no + # or $, and 100 characters at most")]
Key = Annotated[str, like(r"[a-z][a-z0-9_]{0,31}", "must be lower-case letters, digits and _ only, a letter first")]
CredentialName = Annotated[
    str, like(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", "must be the name of a secret: letters, digits, dots, - and _ only")
]

Host = Annotated[Word, AfterValidator(_host)]
Port = Annotated[Whole, Field(gt=0, lt=65536)]
Folder = Annotated[str, AfterValidator(_folder)]
FolderOrNone = Annotated[str, or_empty(AfterValidator(_folder))]
Folders = Annotated[tuple[Folder, ...], SOME]
HostKey = Annotated[
    Word,
    like(
        r"[a-z0-9@.-]+ AAAA[A-Za-z0-9+/]+={0,2}( .*)?",
        "must be a public key as in a .pub file, its kind and then AAAA...: no server name before it, no fingerprint",
    ),
]

X12Text = Annotated[Word, AfterValidator(_x12)]
RoutedId = Annotated[
    Word,
    like(
        r"[A-Za-z0-9][A-Za-z0-9 .+-]{0,78}[A-Za-z0-9]",
        "must have 2 to 80 letters and digits, with no more between them than blanks and . + or -: nothing that could"
        " delimit X12",
    ),
]
"""2010BB NM109. Whatever delimiters a claim's file has, they are none of these characters."""
Qualifier = Annotated[str, like(r"[A-Z0-9]{2}", "must be two letters or digits")]
Phone = Annotated[str, like(r"[0-9]{7,15}", "must be 7 to 15 digits and nothing else")]
Guide = Annotated[str, like(r"005010X\d{3}(A\d)?", "must be the number of a 5010 implementation guide")]
Answer = Literal["TA1", "999", "277CA", "835"]

Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_zoned)]
Days = Annotated[tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...], SOME]
_PATTERN = like(r"[!-.0-~]{1,200}", "must be a file name, with * and ? for what varies, and no blanks or /")
Pattern = Annotated[str, _PATTERN]
PatternOrNone = Annotated[str, or_empty(_PATTERN)]

Networks = tuple[Annotated[str, AfterValidator(_network)], ...]

LEGACY = (
    "ssh-rsa", "ssh-dss",
    "diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1",
    "3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc",
    "hmac-sha1", "hmac-sha1-96", "hmac-md5", "hmac-md5-96",
)  # fmt: skip
"""The old algorithms of SSH that a declaration may allow (RFC 4253, 4419)."""

Algorithm = Annotated[str, AfterValidator(_legacy)]
