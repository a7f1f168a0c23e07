"""A partner's declaration in plain words: how it takes files, what it answers, and what its server is like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from gateway.model.habits import (
    NOT_SPOKEN,
    WEEK,
    Agreements,
    Business,
    Case,
    Discard,
    Expectation,
    Mailbox,
    Period,
    Sends,
    SetBy,
    StageMarks,
    StatusRequests,
)
from gateway.model.partners import LineBreak, Partner, Verify, WriteHabit
from gateway.naming import capacity, type_of
from gateway.partnership.phrases import Topic, countdown, counted, listed, moment, span, topic, weekdays, window

ANSWERS = ("TA1", "999", "277CA", "835")

_WRITES = {
    WriteHabit.TEMP_RENAME: "Files are written under a hidden name{suffix} and then renamed.",
    WriteHabit.STAGED: "Files are written into {staging} and then moved.",
    WriteHabit.DIRECT: "Files are written straight to their names.",
}
_SEEN = {
    Verify.STAT: "A file written is seen by its size.",
    Verify.LISTING: "A file written is seen by its name in a listing.",
    Verify.VANISHES: "A file that is gone after it was written has arrived.",
    Verify.NOTHING: "Nothing can be seen of a file that was written.",
}
_BREAKS = {
    None: "Lines break as in the source files.",
    LineBreak.NONE: "No line breaks.",
    LineBreak.LF: "A line feed after each segment.",
    LineBreak.CRLF: "Carriage return and line feed after each segment.",
}
_PERIODS = {Period.DAY: "anew each day", Period.YEAR: "anew each year", Period.EVER: "never anew"}
_CASES = {Case.KEEP: "", Case.UPPER: "Names are in capitals.", Case.LOWER: "Names are in small letters."}
_DISCARDS = {
    Discard.NEVER: "We never remove what we fetched.",
    Discard.AFTER_COMMIT: "We remove a file as soon as it is safe here.",
    Discard.AFTER_DAYS: "We remove a file {} after it was fetched.",
}


def partner_says(partner: Partner, today: date) -> list[Topic]:
    """All of it, by topics; what has no sentence is as usual."""
    habits = partner.habits
    topics = [
        _who(partner),
        topic("Server", *_server(partner)),
        topic("Delivery", *_delivery(partner)),
        topic("Names", *_names(partner)),
        topic("Layout", *_layout(partner)),
        topic("Hours", *_hours(partner)),
        topic("Answers", *_answers(partner.expects)),
        topic("Claim status", *_status_requests(habits.status_requests, partner)),
        topic("Mailbox", *_mailbox(habits.mailbox)),
        topic("Test or production", *_stages(habits.stages)),
        topic("Old algorithms", *_legacy(partner, today)),
        topic("Brake", *_brake(partner)),
        topic("Agreements", *_agreements(habits.agreements)),
        topic("Ask before the first file", *habits.setup),
        topic("Not verified", *habits.unverified),
        topic("Sources", *habits.sources),
    ]  # fmt: skip
    return [found for found in topics if found.says]


def _who(partner: Partner) -> Topic:
    receiver = partner.receiver
    group = f", GS03 {partner.group_receiver}" if partner.group_receiver else ""
    return topic(
        "Who",
        f"{partner.name} ({partner.key}) receives as {receiver.id} (ISA07 {receiver.qualifier}){group}.",
        f"It takes {listed(f'837{type_of(guide)} ({guide})' for guide in partner.accepts)}.",
        *(f"It reaches {payer}, which goes by {listed(ids)} there." for payer, ids in partner.payers.items()),
    )


def _server(partner: Partner) -> Iterator[str]:
    at, wire = partner.endpoint, partner.habits.wire
    yield f"{at.scheme} to {at.host}, port {at.port}; we write to {at.outbound} and read {listed(at.inbound)}."
    yield "All our accounts there share one session at a time." * wire.one_session
    yield f"No write request has more than {wire.packet_size:,} bytes."
    yield f"A password lasts {counted(wire.password_days, 'day')}." if wire.password_days else ""
    yield f"A new password must be: {wire.password_rule}." if wire.password_rule else ""
    yield f"It lets us in from {listed(wire.from_networks)} alone." if wire.from_networks else ""


def _delivery(partner: Partner) -> Iterator[str]:
    habits = partner.habits
    suffix = f" that ends in {partner.temporary_suffix}" if partner.temporary_suffix else ""
    yield _WRITES[partner.write].format(suffix=suffix, staging=habits.staging)
    yield _SEEN[partner.verify]
    yield "The server takes files away by itself." * partner.endpoint.sweeps
    yield "Files count only once we have logged out, and are not looked for before." * habits.wire.commit_on_logout
    if marks := habits.receipts:
        yield f"It lays down {marks.arrived} for a file that it took{_lies(marks.folder)}."
        yield f"It lays down {marks.failed} for a file that it refused." if marks.failed else ""
    yield f"Answers and marks take at least {span(habits.wire.settle_for)}." if habits.wire.settle_for else ""
    for wrap in habits.wraps:
        given = habits.options.get(wrap, {}).items()
        chosen = ", ".join(
            f"{name} {value.strip().partition(chr(10))[0]}" for name, value in given
        )  # a key has many lines
        yield f"Each file is wrapped by {wrap}{f' ({chosen})' if chosen else ''}."


def _lies(folder: str) -> str:
    return f", in {folder}" if folder else ""


def _names(partner: Partner) -> Iterator[str]:
    rules, counter = partner.habits.names, partner.habits.counter
    yield f"Files are called {partner.filename}."
    if counter:
        letters = f" in {counter.alphabet}" if counter.alphabet != "0123456789" else ""
        yield (
            f"{{n}} counts from {counter.first} to {counter.last}{letters}, {_PERIODS[counter.period]}: "
            f"{counted(capacity(counter), 'file')} in all; what is more waits."
        )
    yield _CASES[rules.case]
    signs = " ".join(rules.punctuation) or "nothing"
    yield f"A name has at most {rules.longest} characters: letters, digits and {signs}."


def _layout(partner: Partner) -> Iterator[str]:
    habits = partner.habits
    yield f"At most {counted(partner.claims_per_set, 'claim')} in a set, {counted(habits.sets_per_file, 'set')} in a file."
    yield (
        f"A file has at most {counted(habits.largest_file, 'byte')}; a larger claim is held."
        if habits.largest_file
        else ""
    )
    yield "Only claims of one billing provider share a set." * (habits.set_by is SetBy.BILLING_PROVIDER)
    yield _BREAKS[partner.line_break]


def _hours(partner: Partner) -> Iterator[str]:
    business = partner.habits.business
    taken = listed(map(window, partner.windows), "or") if partner.windows else "at any time"
    yield f"It takes files {taken}."
    yield from (f"Closed for maintenance {window(found)}." for found in partner.maintenance)
    for outage in partner.habits.outages:
        reason = f": {outage.reason}" if outage.reason else ""
        yield f"It announced to take nothing from {moment(outage.begins)} to {moment(outage.ends)}{reason}."
    yield f"It works {weekdays(business.days)}, {business.zone}{_but(business)}."
    yield f"A file after {business.cutoff} counts as of the next business day." if business.cutoff else ""


def _but(business: Business) -> str:
    federal = [] if set(WEEK) <= set(business.days) else ["federal holidays"]
    days = [*federal, *business.holidays]
    return f", but not on {listed(days)}" if days else ""


def _answers(expects: Mapping[str, Expectation]) -> Iterator[str]:
    yield from (_answer(kind, expects[kind]) for kind in ANSWERS if kind in expects)
    missing = [kind for kind in ANSWERS if kind not in expects]
    yield f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} not to be expected." if missing else ""


def _answer(kind: str, expected: Expectation) -> str:
    if expected.sends is Sends.NEVER:
        return f"{kind} never comes."
    each = "comes" if kind == "835" else "comes for each file"
    comes = each if expected.sends is Sends.ALWAYS else "comes with bad news only"
    if expected.within is None:
        return f"{kind} {comes}; nobody knows when."
    business = " of business days" if expected.business else ""
    return f"{kind} {comes}, within {span(expected.within)}{business}."


def _status_requests(asks: StatusRequests | None, partner: Partner) -> Iterator[str]:
    if asks is None:
        return
    of = listed(asks.payers) if asks.payers else f"all that it reaches ({listed(sorted(partner.payers))})"
    yield f"It answers claim status requests (276) for {of}; a 277 is overdue after {span(asks.within)}."
    when = f"{span(asks.after)} after its acceptance" if asks.after else "once its 835 is overdue"
    yield (
        f"Of a silent claim we ask {when} (never before 7 days, of Medicare 14), or when its 277CA is long overdue; then"
        f" every {span(asks.every)}, {counted(asks.at_most, 'time')} at most."
    )
    yield f"Such files are called {asks.filename}." if asks.filename else ""


def _mailbox(box: Mailbox) -> Iterator[str]:
    yield (
        "Fetching a file removes it there, so nobody else may fetch."
        if box.reading_removes
        else _DISCARDS[box.discard].format(counted(box.discard_after_days, "day"))
    )
    yield "Files are fetched once two listings agree, for some are listed before they are whole." if box.grows else ""
    yield f"It removes files itself after {counted(box.retention_days, 'day')}." if box.retention_days else ""
    yield (
        f"Somebody should look after {counted(box.quiet_days, 'business day')} without a file."
        if box.quiet_days
        else ""
    )
    yield f"{listed(box.mail)} {'is' if len(box.mail) == 1 else 'are'} kept as mail." if box.mail else ""


def _stages(stages: Mapping[str, StageMarks]) -> Iterator[str]:
    for stage, marks in stages.items():
        parts = [
            f"we write to {marks.outbound}" if marks.outbound else "",
            f"we read {listed(marks.inbound)}" if marks.inbound else "",
            f"files are called {marks.filename}" if marks.filename else "",
            f"ISA06 is like {marks.sender}" if marks.sender else "",
        ]
        yield f"In {stage}, {listed(part for part in parts if part)}."


def _legacy(partner: Partner, today: date) -> Iterator[str]:
    if legacy := partner.habits.wire.legacy:
        ended = legacy.until < today
        yield f"It still needs {listed(legacy.algorithms)}; we {'accepted' if ended else 'accept'} them until the end of"\
              f" {legacy.until} ({countdown(legacy.until, today).partition(',')[0]})."  # fmt: skip
        if lost := [name for name in legacy.algorithms if name in NOT_SPOKEN]:
            speak = "is" if len(lost) == 1 else "are"
            yield f"Of these {listed(lost)} {speak} spoken here no more: a server that has nothing else cannot be reached."


def _agreements(agreed: Agreements) -> Iterator[str]:
    takes = f", which usually takes {counted(agreed.days, 'day')}" if agreed.days else ""
    if agreed.payers:
        wants = "wants" if len(agreed.payers) == 1 else "want"
        yield f"Before it may send for a provider, {listed(agreed.payers)} {wants} an EDI agreement{takes}."


def _brake(partner: Partner) -> Iterator[str]:
    brake = partner.habits.brake
    yield (f"A person is asked before a run of more than {counted(brake.claims, 'claim')} that is {brake.times} times as"
           " large as any before.")  # fmt: skip
    yield (
        f"A person is asked once more than {brake.rejected} of 100 claims of 30 days were refused."
        if brake.rejected
        else ""
    )
