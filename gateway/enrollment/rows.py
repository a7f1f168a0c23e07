"""The decision table: one small pure function per row, in order of evaluation.

Rows 1, 2 and 16 are checks (PAYER_UNKNOWN, NPI_INVALID) and the gate's own (DUPLICATE), row 17 the filing limit's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from gateway.enrollment.case import Ask, Verdict
from gateway.enrollment.codes import Code
from gateway.enrollment.policies import policy_of
from gateway.enrollment.rows_files import gets_remittances, may_send
from gateway.enrollment.rows_lists import EXCLUSION_LISTS, NPPES_LISTS, not_excluded, not_opted_out, npi_exists
from gateway.enrollment.rows_medicare import may_order_or_refer, medicare_agrees, medicare_revalidated, not_revoked
from gateway.enrollment.rows_records import billing_enrolled, recredentialed, rendering_enrolled, rendering_linked
from gateway.enrollment.rows_roles import (
    licensed,
    may_prescribe,
    not_in_question,
    provider_known,
    substitute_in_time,
    works_as_that,
    works_there,
)
from gateway.enrollment.subjects import PAID, Role
from gateway.model.evidence import Evidence
from gateway.model.lists import ListKind
from gateway.model.partners import Payer, Policy, Rule

EVERYBODY = frozenset(Role)
BILLING, RENDERING = frozenset({Role.BILLING}), frozenset({Role.RENDERING})
ORDERS = frozenset({Role.REFERRING, Role.ORDERING})
IN_CHARGE = frozenset({Role.SUPERVISING, Role.ATTENDING, Role.OPERATING})


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """`number` is the row of the table, `rule` what a payer's policy calls it (None: no policy weakens it), `roles` whom
    it asks about. A row that is silent where all is well is `clear` for the whole claim, by these `lists`; one that is
    `about` a part of the evidence is not asked where that part is empty."""

    number: int
    rule: Rule | None
    roles: frozenset[Role]
    judge: Callable[[Ask], Verdict | None]
    medicare: bool = False
    clear: Code | None = None
    lists: tuple[ListKind, ...] = ()
    about: str = ""


ROWS = (
    Row(3, Rule.NPI, EVERYBODY, npi_exists, clear=Code.NPI_FOUND, lists=NPPES_LISTS),
    Row(4, Rule.EXCLUSION, EVERYBODY, not_excluded, clear=Code.NOT_EXCLUDED, lists=EXCLUSION_LISTS),
    Row(5, Rule.OPT_OUT, PAID, not_opted_out, True, Code.NOT_OPTED_OUT, (ListKind.OPT_OUT,)),
    Row(6, Rule.ENROLLMENT, BILLING, billing_enrolled),
    Row(7, Rule.ENROLLMENT, RENDERING, rendering_enrolled),
    Row(7, Rule.RECREDENTIALING, PAID, recredentialed),
    Row(8, Rule.LINK, RENDERING, rendering_linked),
    Row(9, Rule.MEDICARE_FILE, PAID, not_revoked, medicare=True),
    Row(9, Rule.MEDICARE_FILE, PAID, medicare_agrees, medicare=True),
    Row(9, Rule.MEDICARE_FILE, PAID, medicare_revalidated, medicare=True),
    Row(10, Rule.ORDER_REFER, ORDERS, may_order_or_refer, medicare=True),
    Row(11, Rule.SUPERVISION, IN_CHARGE, provider_known),
    Row(12, Rule.LOCATION, PAID, works_there),
    Row(12, Rule.TAXONOMY, PAID, works_as_that),
    Row(13, Rule.LICENCE, PAID | IN_CHARGE, licensed, about="credentials"),
    Row(13, Rule.LICENCE, PAID | IN_CHARGE, may_prescribe, about="credentials"),
    Row(14, Rule.EDI, BILLING, may_send),
    Row(15, Rule.ERA, BILLING, gets_remittances),
    Row(18, Rule.ENROLLMENT, RENDERING, substitute_in_time, about="away_since"),
    Row(18, None, EVERYBODY, not_in_question, about="questions"),
)

_NONE: frozenset[tuple[Rule, Policy]] = frozenset()
Judge = Callable[[Ask], Verdict | None]
Asked = tuple[tuple[Judge, Row, Policy], ...]


class Table(NamedTuple):
    """The rows of one payer by the role they ask about, and those that are clear for a whole claim."""

    asked: Mapping[Role, Asked]
    clearing: tuple[Row, ...]


def rows_for(payer: Payer, evidence: Evidence) -> Table:
    """Whom to ask what, and by which policy; what the payer's policy turns off, is Medicare's alone, or has nothing to
    look at is left out."""
    policies = frozenset(payer.policies.items()) if payer.policies else _NONE
    known = (bool(evidence.credentials), bool(evidence.away_since), bool(evidence.questions))
    return _rows_for(payer.medicare, payer.policy, policies, known)


@cache
def _rows_for(
    medicare: bool, general: Policy, policies: frozenset[tuple[Rule, Policy]], known: tuple[bool, bool, bool]
) -> Table:
    payer = Payer("", "", medicare=medicare, policy=general, policies=dict(policies))
    told = {name for name, some in zip(("credentials", "away_since", "questions"), known, strict=True) if some} | {""}
    asked = [(row, policy_of(payer, row.rule) if row.rule else Policy.STRICT) for row in ROWS if row.about in told]
    asked = [(row, policy) for row, policy in asked if policy is not Policy.OFF and (medicare or not row.medicare)]
    by_role = {role: tuple((row.judge, row, policy) for row, policy in asked if role in row.roles) for role in Role}
    return Table(by_role, tuple(row for row, _ in asked if row.clear))
