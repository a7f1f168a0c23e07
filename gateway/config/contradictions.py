"""What does not go together in a partner whose keys are right one by one: each with its place and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import chain

from gateway.config.counting import digits, digits_in_case, first_digits, last_digits, order
from gateway.config.places import FOLDERS, Rule, Wrong, called, hours, never
from gateway.config.receipts import marks, marks_among_ours, marks_apart, two_marks
from gateway.config.templates import broken
from gateway.model.habits import Discard, Sends
from gateway.model.partners import Partner, Verify, WriteHabit
from gateway.partnership.phrases import counted
from gateway.wrapping import WRONG_OPTIONS


def contradictions(partner: Partner, wrong_keys: Collection[str] = ()) -> Iterator[str]:
    """Everything that does not go together, as `place: what (for example: ...)`. Nobody knows what was meant by keys that
    are wrong by themselves (`mailbox`, or `mailbox.discard` within it), so no rule that looks at one is asked."""

    def unknown(keys: Collection[str]) -> bool:
        return _any_of(keys, wrong_keys)

    judged = [rule for rule, keys in RULES.items() if not unknown(keys)]
    found = chain(broken(partner, unknown), *(rule(partner) for rule in judged))
    told = (f"{place}: {wrong} (for example: {example})" for place, wrong, example in found)
    yield from dict.fromkeys(told)


def _any_of(keys: Collection[str], wrong: Collection[str]) -> bool:
    """Whether one of these keys, a table it stands in or a key within it is wrong; of `expects.*` each entry is judged by
    itself, or none is looked at, or what the others say holds whatever it says, so that only the whole table counts."""
    return any(
        one == key or key.startswith(f"{one}.") or (one.startswith(f"{key}.") and f"{key}.*" not in keys)
        for key in keys
        for one in wrong
    )


def _writing(partner: Partner) -> Iterator[Wrong]:
    staging, staged = partner.habits.staging, partner.write is WriteHabit.STAGED
    if staged and not staging:
        yield "staging", 'is missing, where write = "staged"', 'staging = "/staging"'
    if staging and not staged:
        yield "staging", f'is not used, where write = "{partner.write.value}"', 'write = "staged"'


def _staging_apart(partner: Partner) -> Iterator[Wrong]:
    staging = partner.habits.staging
    if staging and staging in {partner.endpoint.outbound, *partner.endpoint.inbound}:
        yield "staging", "must be another folder than those we write to and read", 'staging = "/staging"'


def _verifying_later(partner: Partner) -> Iterator[Wrong]:
    if partner.habits.wire.commit_on_logout and partner.verify is Verify.STAT:
        yield ("verify", "cannot be stat where wire.commit_on_logout says that nothing is seen in the same session",
               'verify = "listing"')  # fmt: skip


def _verifying_marks(partner: Partner) -> Iterator[Wrong]:
    if partner.verify is Verify.VANISHES and partner.habits.receipts:
        yield ("verify", "cannot be vanishes where receipts say what arrived: a file that failed vanishes too",
               'verify = "nothing"')  # fmt: skip


def _stages(name: str, own: Callable[[Partner], object], example: str) -> Rule:
    """A habit that is said by stage, and is the same at both."""

    def rule(partner: Partner) -> Iterator[Wrong]:
        marks, usual = partner.habits.stages, own(partner)
        there, here = getattr(marks.get("test"), name, None), getattr(marks.get("production"), name, None)
        if (there or here) and (there or usual) == (here or usual):
            place = f"stages.{'test' if there else 'production'}.{name}"
            yield place, "is the same for test and production", f"stages.test.{name} = {example}"

    return called(rule, f"_stages_{name}")


def _discarding(partner: Partner) -> Iterator[Wrong]:
    box = partner.habits.mailbox
    if (box.discard is Discard.AFTER_DAYS) != bool(box.discard_after_days):
        yield ("mailbox.discard_after_days", 'goes with discard = "after_days", and only with it',
               'mailbox = {discard = "after_days", discard_after_days = 14}')  # fmt: skip


def _discarding_late(partner: Partner) -> Iterator[Wrong]:
    box = partner.habits.mailbox
    if box.discard is Discard.AFTER_DAYS and 0 < box.retention_days <= box.discard_after_days:
        wrong = f"comes too late: it removes files itself after {counted(box.retention_days, 'day')}"
        yield "mailbox.discard_after_days", wrong, 'discard = "never"'


def _discarding_nothing(partner: Partner) -> Iterator[Wrong]:
    box = partner.habits.mailbox
    if box.reading_removes and box.discard is not Discard.NEVER:
        yield "mailbox.discard", "has nothing to remove, where reading_removes", 'discard = "never"'


def _mail(partner: Partner) -> Iterator[Wrong]:
    if any(not pattern.strip("*") for pattern in partner.habits.mailbox.mail):
        yield "mailbox.mail", "would take every answer for mail", 'mail = ["bcast.txt"]'


def _answers(partner: Partner) -> Iterator[Wrong]:
    for kind, expected in partner.expects.items():
        if expected.sends is Sends.NEVER and (expected.within or expected.business):
            yield (
                f"expects.{kind}",
                "never comes, so that it cannot be overdue",
                f'expects = {{{kind} = {{sends = "never"}}}}',
            )
        if expected.business and not expected.within:
            yield (
                f"expects.{kind}.business",
                "counts no hours without within_hours",
                f"expects = {{{kind} = {{within_hours = 24, business = true}}}}",
            )


def _agreed_payers(partner: Partner) -> Iterator[Wrong]:
    for payer in partner.habits.agreements.payers:
        if payer not in partner.payers:
            yield (
                "agreements.payers",
                f"names {payer}, which this partner does not reach",
                f'payers = ["{_known(partner)}"]',
            )


def _agreed_days(partner: Partner) -> Iterator[Wrong]:
    agreed = partner.habits.agreements
    if agreed.days and not agreed.payers:
        example = 'agreements = {payers = ["prairie"], days = 14}'
        yield "agreements.days", "says how long, and payers not for whom", example


def _wraps(partner: Partner) -> Iterator[Wrong]:
    if len(set(partner.habits.wraps)) < len(partner.habits.wraps):
        yield "wraps", "names a wrapping twice", 'wraps = ["zip"]'


def _options(partner: Partner) -> Iterator[Wrong]:
    for name in partner.habits.options.keys() - set(partner.habits.wraps):
        yield f"options.{name}", "are of a wrapping that wraps does not name", f'wraps = ["{name}"]'
    for name in WRONG_OPTIONS.keys() & set(partner.habits.wraps):
        if wrong := WRONG_OPTIONS[name](partner.habits.options.get(name, {})):
            yield f"options.{name}", wrong, f"options = {{{name} = {_OPTIONS[name]}}}"


_OPTIONS = {"zip": '{member = "{stem}.837"}', "pgp": '{recipient = """-----BEGIN PGP PUBLIC KEY BLOCK-----..."""}'}


def _asked_payers(partner: Partner) -> Iterator[Wrong]:
    asks = partner.habits.status_requests
    for payer in asks.payers if asks else ():
        if payer not in partner.payers:
            place, wrong = "status_requests.payers", f"names {payer}, which this partner does not reach"
            yield place, wrong, f'payers = ["{_known(partner)}"]'


def _known(partner: Partner) -> str:
    return (sorted(partner.payers) or ["prairie"])[0]


_COUNTER = ("counter.first", "counter.last", "counter.alphabet")

RULES: Mapping[Rule, tuple[str, ...]] = {
    digits: ("counter.alphabet",),
    first_digits: ("counter.first", "counter.alphabet"),
    last_digits: ("counter.last", "counter.alphabet"),
    order: _COUNTER,
    digits_in_case: ("counter.alphabet", "names.case"),
    _writing: ("write", "staging?"),
    _staging_apart: ("staging", "endpoint.outbound", "endpoint.inbound"),
    _verifying_later: ("verify", "wire.commit_on_logout"),
    _verifying_marks: ("verify", "receipts", "receipts.*"),
    **{marks(name): (f"receipts.{name}",) for name in ("arrived", "failed")},
    **{marks_among_ours(name): (f"receipts.{name}", "receipts.folder") for name in ("arrived", "failed")},
    **{marks_apart(name): (f"receipts.{name}", "names.punctuation") for name in ("arrived", "failed")},
    two_marks: ("receipts.arrived", "receipts.failed"),
    **FOLDERS,
    hours: ("windows", "maintenance", "maintenance.*"),
    never: ("maintenance", "maintenance.*"),
    _stages("outbound", lambda partner: partner.endpoint.outbound, '"/TEST/in"'): ("stages", "endpoint.outbound"),
    _stages("inbound", lambda partner: partner.endpoint.inbound, '["/TEST/out"]'): ("stages", "endpoint.inbound"),
    _stages("filename", lambda partner: partner.filename, '"TEST_{isa13}.837"'): ("stages", "filename"),
    _stages("sender", lambda partner: "", '"T*"'): ("stages",),
    _discarding: ("mailbox.discard", "mailbox.discard_after_days?"),
    _discarding_late: ("mailbox.discard", "mailbox.discard_after_days", "mailbox.retention_days"),
    _discarding_nothing: ("mailbox.discard", "mailbox.reading_removes"),
    _mail: ("mailbox.mail",),
    _answers: ("expects", "expects.*"),
    _agreed_payers: ("agreements.payers", "payers"),
    _agreed_days: ("agreements.days?", "agreements.payers"),
    _wraps: ("wraps",),
    _options: ("options", "wraps"),
    _asked_payers: ("status_requests.payers", "payers"),
}
"""Each with the keys that it looks at, of the partner's table or of a table within it; of `staging?` only at whether it is
given, which it is with a wrong value too."""

GIVEN = frozenset(key.removesuffix("?") for keys in RULES.values() for key in keys if key.endswith("?"))
"""Keys that stand as given where their value is wrong."""
