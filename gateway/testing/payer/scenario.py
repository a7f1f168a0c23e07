"""What a simulated payer does with which claim: rules, delays, faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase

from gateway.testing.payer.claims import Claim

KINDS = ("TA1", "999", "277CA", "835")


@dataclass(frozen=True, slots=True)
class Pay:
    """Paid: `contract` is the share of each charge that falls away as CO-45, `copay` the PR-3 dollars of the first
    line that can bear them."""

    contract: Decimal = Decimal("0.25")
    copay: Decimal = Decimal(20)


@dataclass(frozen=True, slots=True)
class PayPartly(Pay):
    """Paid but for the last line, which is denied. Of a single line half is denied, beside its CO-45."""

    carc: str = "197"
    rarc: str = "M62"
    group: str = "CO"


@dataclass(frozen=True, slots=True)
class Deny:
    """Every line denied, with CLP02 1, 2 or 3 by SBR01; some payers put 4 on any denial (`status`)."""

    carc: str = "B7"
    rarc: str = "N570"
    group: str = "CO"
    status: str = ""


@dataclass(frozen=True, slots=True)
class Reject277:
    """Refused in the 277CA. `level` is claim (2200D), provider (2200C) or submitter (2200B): the latter two refuse
    everything under them and name no claim."""

    category: str = "A7"
    code: str = "562"
    entity: str = "82"
    level: str = "claim"


@dataclass(frozen=True, slots=True)
class Reject999:
    """The claim's whole set is refused in the 999, which points at its CLM segment."""


@dataclass(frozen=True, slots=True)
class Note999(Pay):
    """The set is accepted with errors noted (IK5 E), and the claim is paid: an E must never be read as a reject."""


@dataclass(frozen=True, slots=True)
class Silent:
    """Neither a 277CA nor an 835 ever speaks of the claim."""


Action = Pay | PayPartly | Deny | Reject277 | Reject999 | Note999 | Silent


@dataclass(frozen=True, slots=True)
class Rule:
    """An action for the claims that meet every condition given. `then` adjudicates anew after the first 835: a second
    835 reverses the payment and corrects it."""

    action: Action
    claim: str = "*"
    rendering: str = ""
    payer: str = ""
    procedure: str = ""
    then: Action | None = None

    def matches(self, claim: Claim, component: str) -> bool:
        """Whether the claim meets every condition; `component` separates a composite's parts."""
        codes = {code for line in claim.lines for code in line.procedure.split(component)[1:2]}
        return (
            fnmatchcase(claim.control, self.claim)
            and (not self.rendering or self.rendering in claim.renderings)
            and (not self.payer or self.payer == claim.payer[9].strip())
            and (not self.procedure or self.procedure in codes)
        )


@dataclass(frozen=True, slots=True)
class Delay:
    """How long an answer waits after its file was taken: seconds of the clock, ticks, or both."""

    seconds: float = 0
    ticks: int = 0


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One PLB pair in each 835 that is no correction; a positive amount lowers the payment. An empty reference names
    the first claim."""

    reason: str
    amount: Decimal
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong, each a switch.

    Writing: `refuse_login`, `permission_denied` (open for writing), `refuse_rename`, `disk_full_after` bytes of one
    file, `drop_after` bytes of one connection, `slow` seconds for each read and write, `cut` (steps around which the
    connection dies without a reply: before_rename, after_rename, after_close), `hide_sizes`.
    Taking: `sweep` (the file vanishes at the next tick), `vanish_on_close` (at once), `rename_on_arrival` (at once,
    to NAME.processed). Answering: `duplicate_answers`, `out_of_order` (last kind first), `wrong_receiver` (ISA08),
    `unbalanced_835` (line, claim or transaction).
    """

    refuse_login: bool = False
    permission_denied: bool = False
    refuse_rename: bool = False
    disk_full_after: int | None = None
    drop_after: int | None = None
    slow: float = 0
    cut: tuple[str, ...] = ()
    hide_sizes: bool = False
    sweep: bool = False
    vanish_on_close: bool = False
    rename_on_arrival: bool = False
    duplicate_answers: bool = False
    out_of_order: bool = False
    wrong_receiver: bool = False
    unbalanced_835: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """All of it. `receiver` (ISA08) and `senders` (ISA06), where given, are checked by the TA1; `ta1` forces its
    verdict, such as R/006. `clearinghouse` makes 2100A of the 277CA speak as AY. `number_prefix` begins the payer's
    claim numbers."""

    default: Action = Pay()
    rules: tuple[Rule, ...] = ()
    answers: tuple[str, ...] = KINDS
    negative_only: tuple[str, ...] = ()
    delays: Mapping[str, Delay] = field(default_factory=dict)
    faults: Faults = Faults()
    provider_adjustments: tuple[Adjustment, ...] = ()
    receiver: str = ""
    senders: tuple[str, ...] = ()
    ta1: str = ""
    clearinghouse: bool = False
    without_2200c: bool = False
    number_prefix: str = "SIM"

    def rule(self, claim: Claim, component: str) -> Rule:
        """The rule that decides this claim."""
        return next((rule for rule in self.rules if rule.matches(claim, component)), Rule(self.default))
