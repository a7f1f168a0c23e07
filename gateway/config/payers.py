"""[[payer]]: who adjudicates, as a declaration says it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from pydantic import Field

from gateway.config.settings import Section
from gateway.config.values import Flag, Key, Whole, Word
from gateway.model.claims import ClaimKind
from gateway.model.partners import Anchor, FilingRule, Payer, Policy, Rule, Unit


class FilingRuleTable(Section):
    """One of `filing_rules`."""

    anchor: Anchor = Field(description="What the limit runs from.", examples=["dos_from"])
    count: Whole = Field(gt=0, le=36_500, description="How many days, months or years.", examples=[180])
    unit: Unit = Field(Unit.DAYS, examples=["months"], description="What is counted: days, months, years, or year_ends"
                       " (until 31 December of so many years later).")  # fmt: skip
    line_of_business: Word = Field("*", description="SBR09 of the claims it is about; * is any.", examples=["MB"])
    claims: Literal["original", "corrected", "secondary"] = Field(
        "original", description="Which claims it is about.", examples=["corrected"]
    )
    roll: Flag = Field(False, description="A due day that is no business day moves to the next one.", examples=[True])
    source: str = Field("", description="Who says so.", examples=["provider manual, section 7"])
    verified_on: date | None = Field(None, description="When somebody looked last.", examples=["2026-01-15"])


class PayerTable(Section):
    """One [[payer]]."""

    key: Key = Field(description="Its short name everywhere.", examples=["prairie"])
    name: Word = Field(description="Its name for people.", examples=["Prairie Health Plan"])
    filing_limit_days: Whole = Field(90, gt=0, le=36_500, examples=[120],
                                     description="Days from the date of service to the filing limit.")  # fmt: skip
    policy: Policy = Field(Policy.STRICT, description="What an unknown enrollment means: strict holds, learning warns.",
                           examples=["learning"])  # fmt: skip
    federal: Flag = Field(False, description="A federal program, such as Medicare.", examples=[True])
    out_of_network_billable: Flag = Field(False, description="Takes claims of providers who decided not to join.",
                                          examples=[True])  # fmt: skip

    medicare: Flag = Field(False, description="Medicare itself: its own files and rules speak of its providers.",
                           examples=[True])  # fmt: skip
    policies: dict[Rule, Policy] = Field(
        default_factory=dict,
        description="The policy of single rules, where it is another: strict, learning, warn or off.",
        examples=[{"location": "strict", "era": "off"}],
    )
    filing_rules: tuple[FilingRuleTable, ...] = Field(
        (), description="Filing limits by line of business and class of claim; they go before filing_limit_days.",
        examples=[[{"anchor": "dos_from", "count": 1, "unit": "years", "source": "42 CFR 424.44"}]],
    )  # fmt: skip
    approval_days: Whole = Field(90, gt=0, le=1000, examples=[60],
                                 description="Days within which four of five of its approvals come.")  # fmt: skip
    delegated: Flag = Field(False, description="A delegate's committee decides for it, and its date counts.",
                            examples=[True])  # fmt: skip
    phone: str = Field("", description="Whom to call about enrollment.", examples=["555-555-0142"])

    appeal_days: Whole | None = Field(None, gt=0, le=3650, examples=[120], description="Days after the decision within"
                                      " which an appeal is heard; without it 180, and 125 for Medicare.")  # fmt: skip
    no_replacements: tuple[ClaimKind, ...] = Field(
        (), examples=[["P"]], description="Kinds of claims of which it takes no replacement and no void: P professional, I"
        " institutional, D dental. Of Medicare P is known.",
    )  # fmt: skip

    def payer(self) -> Payer:
        """The noun."""
        return Payer(
            key=self.key,
            name=self.name,
            filing_limit=timedelta(days=self.filing_limit_days),
            policy=self.policy,
            federal=self.federal,
            out_of_network_billable=self.out_of_network_billable,
            medicare=self.medicare,
            policies=dict(self.policies),
            filing_rules=tuple(FilingRule(**rule.model_dump()) for rule in self.filing_rules),
            approval=timedelta(days=self.approval_days),
            delegated=self.delegated,
            phone=self.phone,
            appeal=timedelta(days=self.appeal_days) if self.appeal_days else None,
            no_replacements=tuple(dict.fromkeys(self.no_replacements)),
        )
