"""pyx12's guide maps, XML that describes a transaction set segment by segment, to our own tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element as Xml
from xml.etree.ElementTree import fromstring

from gateway.guides.dictionary import DataElement
from gateway.guides.tables import Composite, Element, Guide, LoopRule, SegmentRule

LISTS = {"pos": "place_of_service", "country": "countries", "remark_code": "rarc"}
"""Our names of outer code lists, where a map has another."""

_ANY = DataElement("", "AN", 1, 80, "")
_RELATION = re.compile(r"[PRECL](?:[0-9]{2}){2,}")


def dictionary_from(xml: bytes) -> dict[str, DataElement]:
    """The data element dictionary: type, least and most characters by number."""
    return {
        e.get("ele_num", ""): DataElement(
            e.get("ele_num", ""),
            e.get("data_type", "AN"),
            int(e.get("min_len", "1")),
            int(e.get("max_len", "80")),
            e.get("name", ""),
        )
        for e in fromstring(xml).iter("data_ele")
    }


def guide_from(xml: bytes, code: str, version: str, dictionary: Mapping[str, DataElement]) -> Guide:
    """The map of one transaction set (ST01 and X-number), from ST to SE. Loops that only wrap others are dissolved."""
    transaction = fromstring(xml)
    found = next(loop for loop in transaction.iter("loop") if loop.get("xid") == "ST_LOOP")
    root = LoopRule("ST", "Transaction Set", "R", 0, 0, _children(found, _Reader(dictionary)))
    return Guide(version, code, _text(transaction, "name"), root)


def _children(loop: Xml, reader: _Reader) -> tuple[SegmentRule | LoopRule, ...]:
    """The children in the guide's order, their positions numbered anew so that dissolved loops keep theirs."""
    ordered = sorted(_dissolved(loop, ()), key=lambda pair: (_turn(pair[1]), pair[0]))
    places = [(_turn(node), *pos) for pos, node in ordered]
    ranks = {place: rank for rank, place in enumerate(sorted(set(places)), start=1)}
    return tuple(
        reader.segment(node, ranks[place]) if node.tag == "segment" else reader.loop(node, ranks[place])
        for place, (_, node) in zip(places, ordered, strict=True)
    )


def _turn(node: Xml) -> int:
    """A loop that an HL opens follows all else of the level above it, and SE comes last, whatever their positions say."""
    if node.get("xid") == "SE":
        return 2
    first = node.find("segment") if node.tag == "loop" else None
    return int(first is not None and first.get("xid") == "HL")


def _dissolved(loop: Xml, above: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Xml]]:
    for node in loop:
        if node.tag not in ("segment", "loop"):
            continue
        pos = (*above, int(_text(node, "pos")))
        if node.tag == "loop" and node.get("type") == "wrapper":
            yield from _dissolved(node, pos)
        else:
            yield pos, node


class _Reader:
    """Turns nodes into rules, with the data element dictionary at hand."""

    def __init__(self, dictionary: Mapping[str, DataElement]) -> None:
        self._dictionary = dictionary

    def loop(self, node: Xml, pos: int) -> LoopRule:
        id, name, usage = node.get("xid", ""), _text(node, "name"), _text(node, "usage")
        return LoopRule(id, name, usage, pos, _most(node, "repeat"), _children(node, self))

    def segment(self, node: Xml, pos: int) -> SegmentRule:
        id = node.get("xid", "")
        elements = sorted((n for n in node if n.tag in ("element", "composite")), key=lambda n: int(_text(n, "seq")))
        return SegmentRule(
            id,
            _text(node, "name"),
            _text(node, "usage"),
            pos,
            _most(node, "max_use"),
            tuple(self._composite(n, id) if n.tag == "composite" else self._element(n, id) for n in elements),
            tuple(s.text for s in node.findall("syntax") if s.text and _RELATION.fullmatch(s.text)),
        )

    def _composite(self, node: Xml, id: str) -> Composite | Element:
        ref = f"{id}{int(_text(node, 'seq')):02d}"
        parts = tuple(self._element(part, ref, "-") for part in node.findall("element"))
        number, usage, name = _text(node, "data_ele"), _text(node, "usage"), _text(node, "name")
        if not parts:
            return Element(ref, name, usage, number, "AN", 1, 80)
        return Composite(ref, name, usage, number, parts, int(_text(node, "repeat") or 1))

    def _element(self, node: Xml, id: str, mark: str = "") -> Element:
        number = _text(node, "data_ele")
        seq = int(_text(node, "seq"))
        entry = self._dictionary.get(number, _ANY)
        valid = node.find("valid_codes")
        codes = frozenset(c.text for c in valid.findall("code") if c.text) if valid is not None else frozenset()
        return Element(
            ref=f"{id}{mark}{seq}" if mark else f"{id}{seq:02d}",
            name=_text(node, "name"),
            usage=_text(node, "usage"),
            data_element=number,
            type=entry.type,
            least=entry.least,
            most=entry.most,
            codes=codes,
            code_list=_list(valid.get("external") or "") if valid is not None else "",
            repeat=int(_text(node, "repeat") or 1),
            shape=node.findtext("regex") or "",
        )


def _text(node: Xml, name: str) -> str:
    """An attribute or a child of that name; maps use both."""
    return (node.get(name) or node.findtext(name) or "").strip()


def _most(node: Xml, name: str) -> int:
    text = _text(node, name)
    return int(text) if text.isdigit() else 0


def _list(name: str) -> str:
    return LISTS.get(name, name)
