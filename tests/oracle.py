"""A second reader for everything we send: pyx12's verdict on an interchange.

It knows 837P 005010X222A1 and 837I 005010X223A2, not the dental guide, and raises on what it does not know:
that is a verdict of False here, never an exception.
"""

from __future__ import annotations

import functools
import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pyx12.map_if
import pyx12.params
import pyx12.x12n_document

_load_map_file = pyx12.map_if.load_map_file


@functools.cache
def _loaded(map_file: str) -> object:
    return _load_map_file(map_file, pyx12.params.params())


@contextmanager
def _quiet_with_kept_maps() -> Iterator[None]:
    """Its log lines hold element values. A map is read-only once loaded, and loading one costs ten small batches."""
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    pyx12.map_if.load_map_file = lambda map_file, _param, _map_path=None: _loaded(map_file)
    try:
        yield
    finally:
        pyx12.map_if.load_map_file = _load_map_file
        logging.disable(disabled)


def pyx12_verdict(data: bytes) -> tuple[bool, str]:
    """Whether pyx12 finds the interchange faultless, and the 999 it would answer (or why it could not read it)."""
    source, answer = io.StringIO(data.decode("latin-1"), newline=""), io.StringIO()
    try:
        with _quiet_with_kept_maps():
            valid = pyx12.x12n_document.x12n_document(pyx12.params.params(), source, answer, None)
    except Exception as error:  # it raises whatever it stumbles over, and the caller wants a verdict
        return False, f"{type(error).__name__}: {error}"
    # It stops without a word at an empty segment, and passes over what follows the last one.
    if valid and not re.search(rb"IEA.[0-9]+.[0-9]{9}" + re.escape(data[105:106]) + rb"\s*\Z", data):
        return False, "text after the interchange"
    return valid, answer.getvalue()
