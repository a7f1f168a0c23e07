"""pyx12's verdict on claim status: its own map of the 277 (005010X212), which it has and does not use, with its levels
hung below one another; and one of the 276, which it does not have, made from that and from its 276 of 4010.

Whatever the published samples of both have is taken by these maps (tests/x12/test_inquiry.py); they are no guide of their
own, and share nothing with ours.
"""

from __future__ import annotations

import copy
import functools
import io
import logging
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files

import pyx12.map_if
import pyx12.map_index
import pyx12.params
import pyx12.x12n_document

_GUIDE = "005010X212"
_LEVELS = ("2000B", "2000C", "2000D", "2000E")
_FILES = {"HN": "277.status", "HR": "276.status"}
_load_map_file = pyx12.map_if.load_map_file
_get_filename = pyx12.map_index.map_index.get_filename


def verdict(data: bytes) -> tuple[bool, str]:
    """Whether pyx12 finds the interchange faultless, and the 999 it would answer, or why it could not read it."""
    source, answer = io.StringIO(data.decode("latin-1"), newline=""), io.StringIO()
    try:
        with _with_our_maps():
            valid = pyx12.x12n_document.x12n_document(pyx12.params.params(), source, answer, None)
    except Exception as error:  # it raises whatever it stumbles over, and the caller wants a verdict
        return False, f"{type(error).__name__}: {error}"
    return bool(valid), answer.getvalue()


@contextmanager
def _with_our_maps() -> Iterator[None]:
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)

    def get_filename(self: object, icvn: str, vriic: str, fic: str, tspc: str | None = None) -> str | None:
        return _FILES.get(fic) if vriic == _GUIDE else _get_filename(self, icvn, vriic, fic, tspc)

    pyx12.map_if.load_map_file = lambda name, _param, _path=None: _loaded(name)
    pyx12.map_index.map_index.get_filename = get_filename
    try:
        yield
    finally:
        pyx12.map_if.load_map_file = _load_map_file
        pyx12.map_index.map_index.get_filename = _get_filename
        logging.disable(disabled)


@functools.cache
def _loaded(name: str) -> object:
    param = pyx12.params.params()
    if name not in _FILES.values():
        return _load_map_file(name, param)
    return pyx12.map_if.map_if(_response() if name == _FILES["HN"] else _request(), param, None)


def _map(name: str) -> ET.Element:
    return ET.fromstring(files("pyx12").joinpath("map", name).read_text(encoding="utf-8"))


def _response() -> ET.Element:
    """The 277 with each level below the one above it, not beside."""
    root = _map("277.5010.X212.xml")
    parents = {child: parent for parent in root.iter() for child in parent}
    above = _loop(root, "2000A")
    for level in _LEVELS:
        loop = _loop(root, level)
        wrapper = parents[loop]
        if wrapper is not above:
            wrapper.remove(loop)
            parents[wrapper].remove(wrapper)
            above.append(loop)
        loop.find("pos").text = "2500"  # type: ignore[union-attr]
        above = loop
    _end(root, parents)
    _codes(_loop(root, "GS_LOOP"), "GS01", "HN")
    _codes(_loop(root, "GS_LOOP"), "GS08", _GUIDE)
    return root


def _end(root: ET.Element, parents: dict[ET.Element, ET.Element]) -> None:
    """Its SE stands outside the set."""
    trailer = next(segment for segment in root.iter("segment") if segment.get("xid") == "SE")
    parents[trailer].remove(trailer)
    _loop(root, "ST_LOOP").append(trailer)


def _request() -> ET.Element:
    """The 276: what is answered is not asked, and what is asked by stands there instead."""
    root, old = _response(), _map("276.4010.X093.A1.xml")
    _codes(_loop(root, "ST_LOOP"), "ST01", "276")
    _codes(_loop(root, "GS_LOOP"), "GS01", "HR")
    _codes(root, "BHT02", "13")
    for element in root.iter("element"):
        if element.get("xid") in ("BHT06", "SVC03"):  # what kind of answer it is, and what was paid
            element.find("usage").text = "N"  # type: ignore[union-attr]
    for parent in list(root.iter("loop")):
        for child in list(parent):
            if child.get("xid") in ("STC", "2200B", "2200C", "PER"):
                parent.remove(child)
    for letter in "DE":
        claim = _loop(root, f"2200{letter}")
        _codes(claim, "TRN01", "1")
        at = [child.get("xid") for child in claim].index("DTP")
        claim.insert(at, _segment(_loop(old, f"2200{letter}"), "AMT", "1150"))
        level = _loop(root, f"2000{letter}")
        level.insert(list(level).index(level.find("segment")) + 1, _segment(_loop(old, f"2000{letter}"), "DMG", "0300"))  # type: ignore[arg-type]
    return root


def _loop(root: ET.Element, xid: str) -> ET.Element:
    return next(loop for loop in root.iter("loop") if loop.get("xid") == xid)


def _segment(loop: ET.Element, xid: str, pos: str) -> ET.Element:
    found = copy.deepcopy(next(each for each in loop.findall("segment") if each.get("xid") == xid))
    found.find("pos").text = pos  # type: ignore[union-attr]
    return found


def _codes(where: ET.Element, xid: str, code: str) -> None:
    for element in where.iter("element"):
        if element.get("xid") == xid:
            element.find("valid_codes/code").text = code  # type: ignore[union-attr]
