"""Whether the counter of a partner's names counts: its digits, where it begins and ends."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.config.places import Wrong
from gateway.model.habits import Case, Counter
from gateway.model.partners import Partner
from gateway.naming import capacity, numeral


def digits(partner: Partner) -> Iterator[Wrong]:
    """A character that stands for two digits."""
    counter = partner.habits.counter
    if counter and _twice(counter.alphabet):
        yield "counter.alphabet", "has a character twice", 'alphabet = "0123456789"'


def first_digits(partner: Partner) -> Iterator[Wrong]:
    """A first value that the digits cannot write."""
    counter = partner.habits.counter
    if counter:
        yield from _foreign("first", counter.first, counter.alphabet)


def last_digits(partner: Partner) -> Iterator[Wrong]:
    """A last value that the digits cannot write."""
    counter = partner.habits.counter
    if counter:
        yield from _foreign("last", counter.last, counter.alphabet)


def _foreign(name: str, text: str, alphabet: str) -> Iterator[Wrong]:
    if foreign := sorted(set(text) - set(alphabet)):
        yield (f"counter.{name}", f"has {' '.join(foreign)} in it, which the counter's alphabet has not",
               f'{name} = "{alphabet[0] * len(text)}"')  # fmt: skip


def order(partner: Partner) -> Iterator[Wrong]:
    """A last value that does not come after the first, or is written in another way when it comes."""
    counter = partner.habits.counter
    if counter is None or not _writable(counter):
        return
    if len(counter.last) < len(counter.first) or capacity(counter) < 1:
        yield "counter.last", "comes before first", 'first = "01", last = "99"'
    elif (last := numeral(counter, capacity(counter) - 1)) != counter.last:
        yield "counter.last", f"would be written {last}", f'last = "{last}"'


def digits_in_case(partner: Partner) -> Iterator[Wrong]:
    """Digits that names.case would change into others."""
    counter, case = partner.habits.counter, partner.habits.names.case
    if counter is None:
        return
    if (case is Case.UPPER and counter.alphabet != counter.alphabet.upper()) or (
        case is Case.LOWER and counter.alphabet != counter.alphabet.lower()
    ):
        yield "counter.alphabet", f"has letters that names.case = {case.value} would change", 'alphabet = "0123456789"'


def _writable(counter: Counter) -> bool:
    return not _twice(counter.alphabet) and set(counter.first + counter.last) <= set(counter.alphabet)


def _twice(alphabet: str) -> bool:
    return len(set(alphabet)) < len(alphabet)
