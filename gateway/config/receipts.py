"""Whether the marks that a partner lays down tell one file of ours from another, and taken from refused."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from string import Formatter

from gateway.config.places import Rule, Wrong, called
from gateway.model.partners import Partner


def marks(name: str) -> Rule:
    """What is wrong with one of the marks by itself."""

    def rule(partner: Partner) -> Iterator[Wrong]:
        pattern = _pattern(partner, name)
        if not pattern:
            return
        if not _tells(pattern):
            yield f"receipts.{name}", "must have {name} or {stem} in it", f'{name} = "{{name}}.processed"'
            return
        if strange := [field for field in _fields(pattern) if field not in ("name", "stem")]:
            yield (f"receipts.{name}", f"has no field {{{strange[0]}}}; fields are {{name}}, {{stem}}",
                   f'{name} = "{{name}}.ok"')  # fmt: skip
        if _runs_on(pattern):
            yield (f"receipts.{name}", "has * or ? right beside our name: the mark of a longer name would count for ours",
                   f'{name} = "{{name}}-*-success"')  # fmt: skip

    return called(rule, f"marks_{name}")


def marks_among_ours(name: str) -> Rule:
    """A mark that lies where our files lie and looks like one."""

    def rule(partner: Partner) -> Iterator[Wrong]:
        pattern = _pattern(partner, name)
        ours = pattern.replace("{name}", "a.837").replace("{stem}", "a")
        if _tells(pattern) and not _folder(partner) and fnmatchcase("a.837", ours):
            yield f"receipts.{name}", "would take our own file for its mark", f'{name} = "{{name}}.processed"'

    return called(rule, f"marks_among_ours_{name}")


def marks_apart(name: str) -> Rule:
    """A mark whose sign behind our name may be in our names."""

    def rule(partner: Partner) -> Iterator[Wrong]:
        signs = partner.habits.names.punctuation
        for sign in sorted(_separators(_pattern(partner, name)) & set(signs)):
            yield (f"receipts.{name}", f"puts {sign} after our name, so that names may have none: two could share a mark",
                   f'names = {{punctuation = "{signs.replace(sign, "")}"}}')  # fmt: skip

    return called(rule, f"marks_apart_{name}")


def two_marks(partner: Partner) -> Iterator[Wrong]:
    """One mark for what was taken and for what was refused."""
    failed = _pattern(partner, "failed")
    if failed and failed == _pattern(partner, "arrived"):
        yield "receipts.failed", "must be another mark than arrived", 'failed = "{name}.error"'


def _pattern(partner: Partner, name: str) -> str:
    """A mark's pattern, empty where there is none."""
    receipts = partner.habits.receipts
    return getattr(receipts, name) if receipts else ""


def _folder(partner: Partner) -> str:
    return partner.habits.receipts.folder if partner.habits.receipts else ""


def _tells(pattern: str) -> bool:
    """Whether it says which file it is the mark of."""
    return "{name}" in pattern or "{stem}" in pattern


def _fields(pattern: str) -> list[str]:
    try:
        return [field for _, field, _, _ in Formatter().parse(pattern) if field is not None]
    except ValueError:
        return [""]


def _runs_on(pattern: str) -> bool:
    return any(f"{field}{any_sign}" in pattern or f"{any_sign}{field}" in pattern
               for field in ("{name}", "{stem}") for any_sign in "*?")  # fmt: skip


def _separators(pattern: str) -> set[str]:
    """What stands between our name and what varies: were it in our names, one name could begin another's mark."""
    after = [pattern.partition(field)[2] for field in ("{name}", "{stem}") if field in pattern]
    return {rest[0] for rest in after if len(rest) > 1 and rest[0] in "_-+=@" and rest[1] == "*"}
