"""Frozen nouns made in a third of the time, for those that are made by the hundred thousand."""

from __future__ import annotations

from dataclasses import MISSING, field, fields, make_dataclass
from typing import Any, TypeVar

_T = TypeVar("_T")


def quick(noun: type[_T]) -> type[_T]:
    """Makes `noun`, a frozen dataclass with slots, from the same arguments: a frozen one sets each field by a call, so
    that an open twin of the same layout is filled, and then becomes one."""
    described: list[tuple[str, Any, Any]] = []
    for each in fields(noun):  # type: ignore[arg-type]  # a dataclass
        described.append((each.name, Any, field() if each.default is MISSING else field(default=each.default)))

    def become(self: Any) -> None:
        self.__class__ = noun

    twin: Any = make_dataclass(noun.__name__, described, namespace={"__post_init__": become}, slots=True, eq=False)
    return twin  # type: ignore[no-any-return]  # what it makes is a noun
