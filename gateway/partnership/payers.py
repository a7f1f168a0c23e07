"""A payer's declaration in plain words, and the ways by which its claims go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gateway.model.claims import ClaimKind
from gateway.model.partners import Anchor, FilingRule, Lane, Partner, Payer, Policy, Route, Stage, Unit
from gateway.partnership.phrases import Topic, counted, listed, topic

_ANCHORS = {
    Anchor.DOS_FROM: "the first date of service",
    Anchor.DOS_THROUGH: "the last date of service",
    Anchor.DISCHARGE: "the discharge",
    Anchor.PRIMARY_REMIT: "the first payer's remittance",
    Anchor.DENIAL: "the denial",
}
_POLICIES = {
    Policy.STRICT: "holds a claim",
    Policy.LEARNING: "only warns",
    Policy.WARN: "only warns, and so does all else of it",
    Policy.OFF: "is not looked at",
}


def payer_says(payer: Payer) -> list[Topic]:
    """All of it, by topics."""
    return [
        topic("Who", f"{payer.name} ({payer.key}).", *_kind(payer)),
        topic("Filing limit", f"{counted(payer.filing_limit.days, 'day')} from the date of service.",
              *map(_rule, payer.filing_rules),
              f"An appeal is heard {counted(payer.appeal.days, 'day')} from its decision." if payer.appeal else ""),
        topic("Corrections", *_corrections(payer)),
        topic("Enrollment", f"An enrollment that nobody told us about {_POLICIES[payer.policy]}.",
              *(f"By its rule {rule.value} it is {policy.value}." for rule, policy in payer.policies.items()),
              f"Four of five of its approvals come within {counted(payer.approval.days, 'day')}.",
              "A delegate's committee decides, and its date counts." * payer.delegated,
              "It takes claims of providers who decided not to join." * payer.out_of_network_billable,
              f"Whom to call: {payer.phone}." if payer.phone else ""),
    ]  # fmt: skip


def _kind(payer: Payer) -> Iterator[str]:
    yield "It is Medicare itself." * payer.medicare
    yield "A federal program." * payer.federal


_KINDS = {
    ClaimKind.PROFESSIONAL: "professional", ClaimKind.INSTITUTIONAL: "institutional", ClaimKind.DENTAL: "dental",
}  # fmt: skip


def _corrections(payer: Payer) -> Iterator[str]:
    """Whether a claim is mended by another one."""
    none = [name for kind, name in _KINDS.items() if not payer.takes_replacements(kind)]
    if len(none) < len(_KINDS):
        yield f"It takes replacements and voids{' of other claims' * bool(none)}."
    if none:
        yield f"Of {listed(none)} claims it takes no replacement and no void: reopening, or a new claim."


def _rule(rule: FilingRule) -> str:
    ends = rule.unit is Unit.YEAR_ENDS
    span = counted(rule.count, "year" if ends else rule.unit.value.removesuffix("s")) + ", to 31 December," * ends
    business = f" of line of business {rule.line_of_business}" if rule.line_of_business != "*" else ""
    roll = "; a day off moves on to the next business day" if rule.roll else ""
    source = f" ({rule.source}{f', looked up {rule.verified_on}' if rule.verified_on else ''})" if rule.source else ""
    return f"For {rule.claims} claims{business}: {span} from {_ANCHORS[rule.anchor]}{roll}{source}."


def routes_say(
    payer: str, routes: Sequence[Route], partners: Mapping[str, Partner], lanes: Mapping[str, Lane]
) -> Topic:
    """The ways to a payer, the first one first, and which of them this site can go."""
    says = [_way(payer, number, route, partners, lanes) for number, route in enumerate(routes)]
    others = sorted(p.key for p in partners.values() if payer in p.payers and p.key not in {r.partner for r in routes})
    return topic(
        "Ways",
        *says,
        "No route leads there, so that its claims wait: add a [[route]] to conf/routes.toml." * (not routes),
        f"It could also be reached by {listed(others, 'or')}, to which no route leads." if others else "",
    )


def _way(payer: str, number: int, route: Route, partners: Mapping[str, Partner], lanes: Mapping[str, Lane]) -> str:
    mine = [key for stage in Stage if (key := f"{route.partner}/{stage.value}") in lanes]
    here = (
        f"our lane there is {listed(mine)}"
        if mine
        else f"but there is no account: add conf/partners/{route.partner}.toml"
    )
    agreed = partners[route.partner].habits.agreements
    wanted = " It wants an EDI agreement for each provider first." if payer in agreed.payers else ""
    kind = "First" if number == 0 else "As backup"
    ids = listed(partners[route.partner].payers[payer], "or")
    named = f" Claims that name it by another id go with {route.payer_id}." if route.payer_id else ""
    return f"{kind} by {partners[route.partner].name} ({route.partner}), as {ids}; {here}.{named}{wanted}"
