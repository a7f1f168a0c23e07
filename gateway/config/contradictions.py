"""What does not go together in a partner whose keys are right one by one: each with its place and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from string import Formatter

from gateway.config.filenames import wrong_with
from gateway.config.places import Wrong, folders, hours, never
from gateway.model.habits import Case, Discard, Sends
from gateway.model.partners import Partner, Verify, WriteHabit
from gateway.naming import capacity, numeral
from gateway.partnership.phrases import counted
from gateway.wrapping import WRONG_OPTIONS


def contradictions(partner: Partner, wrong_keys: Collection[str] = ()) -> Iterator[str]:
    """Everything that does not go together, as `place: what (for example: ...)`. Nobody knows what was meant by keys that
    are wrong by themselves (`mailbox`, or `mailbox.discard` within it), so no rule that looks at one is asked."""
    for rule in [rule for rule, keys in RULES.items() if not _any_of(keys, wrong_keys)]:
        for place, wrong, example in rule(partner):
            yield f"{place}: {wrong} (for example: {example})"


def _any_of(keys: Collection[str], wrong: Collection[str]) -> bool:
    """Whether one of these keys, a table it stands in or a key within it is wrong; of `expects.*` each entry is judged by
    itself, or none is looked at, or what the others say holds whatever it says, so that only the whole table counts."""
    return any(
        one == key or key.startswith(f"{one}.") or (one.startswith(f"{key}.") and f"{key}.*" not in keys)
        for key in keys
        for one in wrong
    )


def _names(partner: Partner) -> Iterator[Wrong]:
    habits = partner.habits
    templates = {"filename": partner.filename}
    templates |= {
        f"stages.{stage}.filename": marks.filename for stage, marks in habits.stages.items() if marks.filename
    }
    for place, template in templates.items():
        example = (
            'filename = "{submitter}_{day:%Y%m%d}_{n}.dat"'
            if habits.counter
            else 'filename = "{submitter}.{isa13}.dat"'
        )
        if _countable(partner) and (wrong := wrong_with(template, habits.counter, habits.names)):
            yield place, wrong, example
        if partner.temporary_suffix and template.endswith(partner.temporary_suffix):
            yield place, "ends like an unfinished file, with temporary_suffix", 'filename = "{isa13}.837"'
    if habits.counter and not any("{n" in template for template in templates.values()):
        yield "counter", "counts nothing, for no filename has {n}", 'filename = "{submitter}_{day:%Y%m%d}_{n}.dat"'


def _countable(partner: Partner) -> bool:
    return partner.habits.counter is None or not any(_counter(partner))


def _counter(partner: Partner) -> Iterator[Wrong]:
    counter, case = partner.habits.counter, partner.habits.names.case
    if counter is None:
        return
    if len(set(counter.alphabet)) < len(counter.alphabet):
        yield "counter.alphabet", "has a character twice", 'alphabet = "0123456789"'
        return
    for name, text in (("first", counter.first), ("last", counter.last)):
        if foreign := sorted(set(text) - set(counter.alphabet)):
            yield (f"counter.{name}", f"has {' '.join(foreign)} in it, which the counter's alphabet has not",
                   f'{name} = "{counter.alphabet[0] * len(text)}"')  # fmt: skip
            return
    if len(counter.last) < len(counter.first) or capacity(counter) < 1:
        yield "counter.last", "comes before first", 'first = "01", last = "99"'
    elif (last := numeral(counter, capacity(counter) - 1)) != counter.last:
        yield "counter.last", f"would be written {last}", f'last = "{last}"'
    if (case is Case.UPPER and counter.alphabet != counter.alphabet.upper()) or (
        case is Case.LOWER and counter.alphabet != counter.alphabet.lower()
    ):
        yield "counter.alphabet", f"has letters that names.case = {case.value} would change", 'alphabet = "0123456789"'


def _writing(partner: Partner) -> Iterator[Wrong]:
    staging, staged = partner.habits.staging, partner.write is WriteHabit.STAGED
    if staged and not staging:
        yield "staging", 'is missing, where write = "staged"', 'staging = "/staging"'
    if staging and not staged:
        yield "staging", f'is not used, where write = "{partner.write.value}"', 'write = "staged"'
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


def _receipts(partner: Partner) -> Iterator[Wrong]:
    receipts, rules = partner.habits.receipts, partner.habits.names
    if receipts is None:
        return
    for name, pattern in (("arrived", receipts.arrived), ("failed", receipts.failed)):
        if not pattern:
            continue
        if "{name}" not in pattern and "{stem}" not in pattern:
            yield f"receipts.{name}", "must have {name} or {stem} in it", f'{name} = "{{name}}.processed"'
            continue
        if not receipts.folder and fnmatchcase("a.837", pattern.replace("{name}", "a.837").replace("{stem}", "a")):
            yield f"receipts.{name}", "would take our own file for its mark", f'{name} = "{{name}}.processed"'
        if strange := [field for field in _fields(pattern) if field not in ("name", "stem")]:
            yield (
                f"receipts.{name}",
                f"has no field {{{strange[0]}}}; fields are {{name}}, {{stem}}",
                f'{name} = "{{name}}.ok"',
            )
        if _runs_on(pattern):
            yield (f"receipts.{name}", "has * or ? right beside our name: the mark of a longer name would count for ours",
                   f'{name} = "{{name}}-*-success"')  # fmt: skip
        for sign in _separators(pattern) & set(rules.punctuation):
            rest = rules.punctuation.replace(sign, "")
            yield (f"receipts.{name}", f"puts {sign} after our name, so that names may have none: two could share a mark",
                   f'names = {{punctuation = "{rest}"}}')  # fmt: skip
    if receipts.failed and receipts.failed == receipts.arrived:
        yield "receipts.failed", "must be another mark than arrived", 'failed = "{name}.error"'


def _fields(pattern: str) -> list[str]:
    try:
        return [field for _, field, _, _ in Formatter().parse(pattern) if field is not None]
    except ValueError:
        return [""]


def _runs_on(pattern: str) -> bool:
    return any(f"{field}{any_sign}" in pattern or f"{any_sign}{field}" in pattern
               for field in ("{name}", "{stem}") for any_sign in "*?")  # fmt: skip


def _separators(pattern: str) -> set[str]:
    """What stands between our name and what varies: were it in our names, one name could begin another's mark."""
    after = [pattern.partition(field)[2] for field in ("{name}", "{stem}") if field in pattern]
    return {rest[0] for rest in after if len(rest) > 1 and rest[0] in "_-+=@" and rest[1] == "*"}


def _stages(partner: Partner) -> Iterator[Wrong]:
    marks = partner.habits.stages
    test, production = marks.get("test"), marks.get("production")
    usual = {"outbound": partner.endpoint.outbound, "inbound": partner.endpoint.inbound,
             "filename": partner.filename, "sender": ""}  # fmt: skip
    examples = {
        "outbound": '"/TEST/in"',
        "inbound": '["/TEST/out"]',
        "filename": '"TEST_{isa13}.837"',
        "sender": '"T*"',
    }
    for name, own in usual.items():
        there, here = getattr(test, name, None), getattr(production, name, None)
        if (there or here) and (there or own) == (here or own):
            place = f"stages.{'test' if there else 'production'}.{name}"
            yield place, "is the same for test and production", f"stages.test.{name} = {examples[name]}"


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


def _asked_names(partner: Partner) -> Iterator[Wrong]:
    asks, habits = partner.habits.status_requests, partner.habits
    if asks is None or not asks.filename or not _countable(partner):
        return
    if wrong := wrong_with(asks.filename, habits.counter, habits.names):
        yield "status_requests.filename", wrong, 'filename = "{sender}_{isa13}.276"'


_COUNTER = ("counter.first", "counter.last", "counter.alphabet")
_NAMES = ("names.case", "names.longest", "names.punctuation")

RULES: Mapping[Callable[[Partner], Iterator[Wrong]], tuple[str, ...]] = {
    _names: ("filename", *_COUNTER, "counter.period", *_NAMES, "stages", "temporary_suffix"),
    _counter: (*_COUNTER, "names.case"),
    _writing: ("write", "staging", "endpoint.outbound", "endpoint.inbound"),
    _verifying_later: ("verify", "wire.commit_on_logout"),
    _verifying_marks: ("verify", "receipts", "receipts.*"),
    _receipts: ("receipts.arrived", "receipts.failed", "receipts.folder", "names.punctuation"),
    folders: ("endpoint.outbound", "endpoint.inbound", "stages", "staging"),
    hours: ("windows", "maintenance", "maintenance.*"),
    never: ("maintenance", "maintenance.*"),
    _stages: ("stages", "endpoint.outbound", "endpoint.inbound", "filename"),
    _discarding: ("mailbox.discard", "mailbox.discard_after_days"),
    _discarding_late: ("mailbox.discard", "mailbox.discard_after_days", "mailbox.retention_days"),
    _discarding_nothing: ("mailbox.discard", "mailbox.reading_removes"),
    _mail: ("mailbox.mail",),
    _answers: ("expects", "expects.*"),
    _agreed_payers: ("agreements.payers", "payers"),
    _agreed_days: ("agreements.days", "agreements.payers"),
    _wraps: ("wraps",),
    _options: ("options", "wraps"),
    _asked_payers: ("status_requests.payers", "payers"),
    _asked_names: ("status_requests.filename", *_COUNTER, "counter.period", *_NAMES),
}
"""Each with the keys that it looks at, of the partner's table or of a table within it."""
