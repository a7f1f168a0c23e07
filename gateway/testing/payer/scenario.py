"""What a simulated payer does with which claim: rules, delays, faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import lru_cache
from hashlib import sha256

from gateway.testing.payer.claims import Claim
from gateway.testing.payer.manners import Server

KINDS = ("TA1", "999", "277CA", "277", "835")


@dataclass(frozen=True, slots=True)
class Pay:
    """Paid: `contract` is the share of each charge that falls away as CO-45, `copay` the PR-3 dollars of the first
    line that can bear them.

    `deductible` are PR-1 dollars, taken line by line as far as they reach (with enough of it nothing is paid),
    `coinsurance` the PR-2 share of what is left, `sequestration` the CO-253 share of what would be paid. `at` says where
    adjustments stand: line, claim (CAS in 2100), or alone (a claim without any line). `remarks` are RARCs of MIA or
    MOA. `interest` is paid beside the claim (AMT*I and PLB L6), `takeback` held back for it (PLB WO). `status` is CLP02,
    by default 1 to 3 by SBR01; `crossover` the id of the payer it was forwarded to (CLP02 19 to 21, NM1*TT)."""

    contract: Decimal = Decimal("0.25")
    copay: Decimal = Decimal(20)
    deductible: Decimal = Decimal(0)
    coinsurance: Decimal = Decimal(0)
    sequestration: Decimal = Decimal(0)
    at: str = "line"
    remarks: tuple[str, ...] = ()
    interest: Decimal = Decimal(0)
    takeback: Decimal = Decimal(0)
    status: str = ""
    crossover: str = ""


@dataclass(frozen=True, slots=True)
class PayPartly(Pay):
    """Paid but for the last line, which is denied. Of a single line half is denied, beside its CO-45. Without a `rarc` none
    is sent, here as in Deny."""

    carc: str = "197"
    rarc: str = ""
    group: str = "CO"


@dataclass(frozen=True, slots=True)
class Deny:
    """Every line denied, with CLP02 1, 2 or 3 by SBR01; some payers put 4 on any denial (`status`). `at` as in Pay: the
    RARC of a denial at the claim stands in MIA or MOA."""

    carc: str = "B7"
    rarc: str = ""
    group: str = "CO"
    status: str = ""
    at: str = "line"


@dataclass(frozen=True, slots=True)
class Forward:
    """Not this payer's claim: passed on unpaid (CLP02 23, OA-B11) to the payer of this id and name (NM1*TT)."""

    to: str = "77099"
    name: str = "ANOTHER PAYER"


@dataclass(frozen=True, slots=True)
class Price:
    """Priced beforehand and not paid (CLP02 25, OA-101)."""


@dataclass(frozen=True, slots=True)
class Reverse:
    """Paid at first. As a rule's `then`: the payment is taken back, and nothing comes in its place."""


@dataclass(frozen=True, slots=True)
class Reject277:
    """Refused in the 277CA. `level` is claim (2200D), line (2220D of the last line, too), provider (2200C) or submitter
    (2200B): the latter two refuse everything under them and name no claim, as some payers do it, though
    pyx12's tables want claims under a provider. At the submitter `entity` is 41 or who else may be meant there. Where
    a clearinghouse reports before the payer, `by` says who refuses: payer or clearinghouse."""

    category: str = "A7"
    code: str = "562"
    entity: str = "82"
    level: str = "claim"
    by: str = "payer"


@dataclass(frozen=True, slots=True)
class Reject999:
    """The claim's whole set is refused in the 999, which points at its CLM segment."""


@dataclass(frozen=True, slots=True)
class Note999(Pay):
    """The set is accepted with errors noted (IK5 E), and the claim is paid: an E must never be read as a reject."""


@dataclass(frozen=True, slots=True)
class Silent:
    """Neither a 277CA nor an 835 ever speaks of the claim."""


@dataclass(frozen=True, slots=True)
class Delay:
    """How long an answer waits after its file was taken: seconds of the clock, ticks, or both."""

    seconds: float = 0
    ticks: int = 0


Action = Pay | PayPartly | Deny | Forward | Price | Reverse | Reject277 | Reject999 | Note999 | Silent


@dataclass(frozen=True, slots=True)
class Rule:
    """An action for the claims that meet every condition given: `share` of them at random, the same for the same seed.
    `frequency` is CLM05-3.
    `then` adjudicates anew after the first 835: a second 835 reverses the payment and corrects it. `late` is how much
    longer than the others these claims wait for their 835, which is one of their own. `claim_status` is what a 277 says of
    them, as in Scenario."""

    action: Action
    claim: str = "*"
    rendering: str = ""
    payer: str = ""
    procedure: str = ""
    frequency: str = ""
    share: float = 1
    then: Action | None = None
    late: Delay | None = None
    claim_status: tuple[str, ...] = ()

    def matches(self, claim: Claim, component: str, seed: int = 0) -> bool:
        """Whether the claim meets every condition; `component` separates a composite's parts."""
        codes = {code for line in claim.lines for code in line.procedure.split(component)[1:2]}
        return (
            fnmatchcase(claim.control, self.claim)
            and (not self.rendering or self.rendering in claim.renderings)
            and (not self.payer or self.payer == claim.payer[9].strip())
            and (not self.procedure or self.procedure in codes)
            and (not self.frequency or self.frequency == claim.frequency(component))
            and (self.share >= 1 or _chance(seed, self, claim.control) < self.share)
        )


@lru_cache(100_000)
def _chance(*words: object) -> float:
    """A number from 0 to 1 that the same words always give."""
    digest = sha256("/".join(map(str, words)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


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
    file (with 0 none can be opened), `drop_after` bytes of one connection, `slow` seconds for each read and write, `cut`
    (steps around which the connection dies without a reply: before_rename, after_rename, after_close), `hang` (steps from
    which on the server says nothing any more: connect, login, open, write, close, rename, list, stat, read), `hide_sizes`,
    `swallow` (all writing succeeds, and nothing arrives).
    Taking: `sweep` (the file vanishes at the next tick), `vanish_on_close` (at once), `rename_on_arrival` (at once,
    to NAME.processed). Answering: `duplicate_answers`, `out_of_order` (last kind first), `wrong_receiver` (ISA08),
    `unbalanced_835` (line, claim or transaction; where no line is written, line is claim).
    """

    refuse_login: bool = False
    permission_denied: bool = False
    refuse_rename: bool = False
    disk_full_after: int | None = None
    drop_after: int | None = None
    slow: float = 0
    cut: tuple[str, ...] = ()
    hang: tuple[str, ...] = ()
    hide_sizes: bool = False
    swallow: bool = False
    sweep: bool = False
    vanish_on_close: bool = False
    rename_on_arrival: bool = False
    duplicate_answers: bool = False
    out_of_order: bool = False
    wrong_receiver: bool = False
    unbalanced_835: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """All of it. `receiver` (ISA08) and `senders` (patterns of ISA06), where given, are checked by the TA1; `ta1` forces
    its verdict, such as R/006. `clearinghouse` makes 2100A of the 277CA speak as AY; with `two_reports` a clearinghouse's
    277CA comes first and the payer's own after it (delay `payer_277CA`). `repeats` is what becomes of a claim that came
    before under another ISA13: paid again, or refused in the `277CA` (A7:78), or denied in the `835` (CARC 18).
    `claim_status` are the words of a 277 to a 276 for the first, second ... time that a claim is asked about, the last of
    them from then on: received, pending, paid, denied, no_payment, documents, returned, not_found, unavailable, wrong; the
    truth where none is given. `number_prefix` begins the payer's claim numbers. `seed` decides all that happens at
    random."""

    default: Action = Pay()
    rules: tuple[Rule, ...] = ()
    answers: tuple[str, ...] = KINDS
    negative_only: tuple[str, ...] = ()
    delays: Mapping[str, Delay] = field(default_factory=dict)
    faults: Faults = Faults()
    server: Server = field(default_factory=Server)
    provider_adjustments: tuple[Adjustment, ...] = ()
    receiver: str = ""
    senders: tuple[str, ...] = ()
    ta1: str = ""
    clearinghouse: bool = False
    two_reports: bool = False
    without_2200c: bool = False
    repeats: str = ""
    claim_status: tuple[str, ...] = ()
    number_prefix: str = "SIM"
    seed: int = 0

    def rule(self, claim: Claim, component: str) -> Rule:
        """The rule that decides this claim."""
        found = (rule for rule in self.rules if rule.matches(claim, component, self.seed))
        return next(found, Rule(self.default))

    def chance(self, *words: object) -> float:
        """A number from 0 to 1 that the same words always give."""
        return _chance(self.seed, *words)
