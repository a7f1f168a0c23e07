"""Write a host key into an account file: the rest of the file stays as it is, comments too."""

from __future__ import annotations

import os
import re
import tomllib
from datetime import date
from pathlib import Path

from gateway.config.writing import toml
from gateway.durable import whole
from gateway.errors import Refused
from gateway.model.partners import Stage

_STRING_OR_COMMENT = r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|#[^\n]*"


def account_file(folder: Path, partner: str, stage: Stage) -> Path:
    """The file of our account at this partner and stage; there is one, where there is a lane."""
    paths = [path for path in sorted(folder.glob("*.toml")) if path.stem.partition(".")[0] == partner]
    return next(
        path for path in paths if tomllib.loads(path.read_text("utf-8-sig")).get("stage", "test") == stage.value
    )


def with_key(text: str, key: str) -> str:
    """An account file's text with another line in host_keys. Raises Refused where it is written too oddly."""
    found = re.search(r"^host_keys[ \t]*=[ \t]*\[", text, re.MULTILINE)
    if found is None:
        header = re.search(r"^[ \t]*\[", text, re.MULTILINE)
        at = header.start() if header else len(text)
        before = text[:at] if not text[:at] or text[:at].endswith("\n") else f"{text[:at]}\n"
        return _checked(text, f"{before}host_keys = [{toml(key)}]\n{text[at:]}", key, None)
    inner = re.match(rf"(?:{_STRING_OR_COMMENT}|[^\]\"'#])*", text[found.end() :])
    assert inner
    held, end = inner[0], found.end() + inner.end()
    bare = re.sub(_STRING_OR_COMMENT, lambda part: "" if part[0].startswith("#") else "x", held).strip()
    comma = "" if not bare or bare.endswith(",") else ", "
    return _checked(text, f"{text[:end]}{comma}{toml(key)}{text[end:]}", key, None)


def with_next_key(text: str, key: str, day: date) -> str:
    """An account file's text with another [[next_host_keys]]. Raises Refused where it is written too oddly."""
    end = "" if text.endswith("\n") else "\n"
    return _checked(text, f"{text}{end}\n[[next_host_keys]]\nkey = {toml(key)}\nvalid_from = {day}\n", key, day)


def _checked(old: str, new: str, key: str, day: date | None) -> str:
    """The new text, if it says what the old one did and this key beside, and nothing else."""
    wanted = tomllib.loads(old)
    name, entry = ("host_keys", key) if day is None else ("next_host_keys", {"key": key, "valid_from": day})
    wanted[name] = [*wanted.get(name, ()), entry]
    try:
        right = tomllib.loads(new) == wanted
    except tomllib.TOMLDecodeError:
        right = False
    if not right:
        raise Refused(
            f"{name} is written in a way that we cannot add to",
            code="ACCOUNT_FILE",
            next_step=f"Add the line to {name} by hand.",
        )
    return new


def replace_file(path: Path, text: str) -> None:
    """Whole or not at all, with the same permissions. Raises OSError."""
    path = path.resolve()
    had = path.stat()
    with whole(path, had.st_mode & 0o7777) as file:
        file.write(text.encode())
        if (had.st_uid, had.st_gid) != (os.geteuid(), os.getegid()):
            os.fchown(file.fileno(), had.st_uid, had.st_gid)
