"""What the maps we start from have otherwise than the guides and what payers send: each correction with its reason."""

from __future__ import annotations

from collections.abc import Callable

from gateway.guides.tables import Composite, Element, Guide, LoopRule, SegmentRule

Change = Callable[[str, SegmentRule], SegmentRule]
"""From a loop's id and a segment rule to what it should be."""

TRAILER = SegmentRule(
    "SE",
    "Transaction Set Trailer",
    "R",
    0,
    1,
    (
        Element("SE01", "Transaction Segment Count", "R", "96", "N0", 1, 10),
        Element("SE02", "Transaction Set Control Number", "R", "329", "AN", 4, 9),
    ),
)
"""One map has its SE in another loop."""


def corrected(guide: Guide) -> Guide:
    """The guide with every correction that concerns it."""
    root = guide.root
    if guide.version == "005010X212" and guide.code == "277":
        root = _nested(root, ("2000B", "2000C", "2000D", "2000E"))
    for change in (_any_addendum, _states, _zip, _attachments, _modes, _taxonomies, _contexts):
        root = _changed(root, change)
    if root.children[-1].id != "SE":
        root = root._replace(children=(*root.children, TRAILER._replace(pos=root.children[-1].pos + 1)))
    if guide.version == "005010X214":
        root = _optional(root, {"2200C"})
    return guide._replace(root=root)


def _any_addendum(loop: str, rule: SegmentRule) -> SegmentRule:
    """ST03 may name any addendum of the guide; the X-number has been looked at before."""
    return _element(rule, "ST03", codes=frozenset()) if rule.id == "ST" else rule


def _states(loop: str, rule: SegmentRule) -> SegmentRule:
    """The states are listed for some loops only; an address is an address."""
    return _element(rule, "N402", code_list="states") if rule.id == "N4" else rule


def _zip(loop: str, rule: SegmentRule) -> SegmentRule:
    """Nine digits of a billing provider's ZIP are an edit of ours that warns: published examples have five."""
    return _element(rule, "N403", shape="") if rule.id == "N4" else rule


def _attachments(loop: str, rule: SegmentRule) -> SegmentRule:
    """The codes of PWK02 that a line's certificate of medical necessity has are missing from one of the map's two PWK."""
    if rule.id != "PWK":
        return rule
    codes = next((e.codes for e in rule.elements if isinstance(e, Element) and e.ref == "PWK02"), frozenset())
    return _element(rule, "PWK02", codes=codes | {"AB", "AD", "AF", "AG", "NS"}) if codes else rule


def _modes(loop: str, rule: SegmentRule) -> SegmentRule:
    """BHT06 31, a subrogation demand, is in the professional and institutional guides."""
    if rule.id != "BHT":
        return rule
    codes = next((e.codes for e in rule.elements if isinstance(e, Element) and e.ref == "BHT06"), frozenset())
    return _element(rule, "BHT06", codes=codes | {"31"}) if "CH" in codes else rule


def _taxonomies(loop: str, rule: SegmentRule) -> SegmentRule:
    """Taxonomy codes are an outer list (NUCC's), which a site may have."""
    return _element(rule, "PRV03", code_list="taxonomy") if rule.id == "PRV" else rule


def _contexts(loop: str, rule: SegmentRule) -> SegmentRule:
    """A 999 may name several business units and situations."""
    return rule._replace(most=0) if rule.id == "CTX" else rule


def _changed(loop: LoopRule, change: Change) -> LoopRule:
    return loop._replace(
        children=tuple(
            _changed(child, change) if isinstance(child, LoopRule) else change(loop.id, child)
            for child in loop.children
        )
    )


def _element(rule: SegmentRule, ref: str, **fields: object) -> SegmentRule:
    def other(element: Element | Composite) -> Element | Composite:
        return element._replace(**fields) if isinstance(element, Element) and element.ref == ref else element  # type: ignore[arg-type]

    return rule._replace(elements=tuple(other(element) for element in rule.elements))


def _nested(root: LoopRule, levels: tuple[str, ...]) -> LoopRule:
    """Levels that a map lists one beside the other, each put below the one it hangs on."""
    loops = {loop.id: loop for loop in _all(root) if loop.id in levels}
    inner: LoopRule | None = None
    for id in reversed(levels):
        loop = loops[id]
        children = tuple(c for c in loop.children if not (isinstance(c, LoopRule) and c.id in levels))
        last = max(child.pos for child in children)
        inner = loop._replace(usage="S", children=(*children, inner._replace(pos=last + 1)) if inner else children)
    assert inner is not None
    top = next(loop for loop in root.children if isinstance(loop, LoopRule) and loop.id == "2000A")
    own = tuple(c for c in top.children if not (isinstance(c, LoopRule) and c.id in levels))
    top = top._replace(children=(*own, inner._replace(usage="R", pos=max(c.pos for c in own) + 1)))
    kept = tuple(c for c in root.children if not (isinstance(c, LoopRule) and c.id in (*levels, "2000A")))
    return root._replace(children=tuple(sorted((*kept, top), key=lambda child: child.pos)))


def _all(loop: LoopRule) -> list[LoopRule]:
    found = [loop]
    for child in loop.children:
        if isinstance(child, LoopRule):
            found += _all(child)
    return found


def _optional(loop: LoopRule, ids: set[str]) -> LoopRule:
    """Loops that the map requires and real payers, and the guide's own example, leave out."""
    return loop._replace(
        children=tuple(
            _optional(child, ids)._replace(usage="S" if child.id in ids else child.usage)
            if isinstance(child, LoopRule)
            else child
            for child in loop.children
        )
    )
