"""The sections of the digest: each looks at one thing, and says nothing where that is well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from gateway.deadlines.stakes import dollars
from gateway.desk import deadlines, denials, mail, money, proposals, silence, statuses, unsent, work
from gateway.desk.claim_money import paid_too_much
from gateway.desk.disks import short_of_room
from gateway.desk.handback import unhanded
from gateway.digest import Line, Section
from gateway.partnership.phrases import counted
from gateway.partnership.typed import as_typed
from gateway.planner import OF_HOST_KEYS
from gateway.silence import QUIET
from gateway.store import answers, digest, doubled, heard, submissions
from gateway.store.connection import moment
from gateway.store.standings import TWICE
from gateway.workers.site import Site

Look = Callable[[Site], Awaitable[Section | None]]
"""Looks at a site and says what somebody should know, or nothing."""

_MOST = 6
_FAR = 60


def last_workday(site: Site) -> str:
    """Since when things are new in the morning: the midnight before the last working day, as stored."""
    today = site.today()
    back = 3 if today.weekday() == 0 else 2 if today.weekday() == 6 else 1
    return moment(datetime.combine(today - timedelta(days=back), time(), site.zone))


async def doubt(site: Site) -> Section:
    """Files of which nobody knows whether they arrived."""
    found = [row for row in await site.store.read(submissions.open_ones) if row["state"] == "IN_DOUBT"]
    lines = [
        Line(
            f"Submission {row['id']} at {row['lane']} with {_claims(row['claims'])}: it may or may not have arrived.",
            f"gateway submissions show {row['id']}",
        )
        for row in found
    ]
    month = moment(site.clock() - timedelta(days=30))
    lines += [
        Line(
            f"Submission {row['id']} at {row['lane']} with {_claims(row['claims'])}: the partner had seen its number before"
            " (TA1 025), and has not said that it took the file.",
            f"gateway submissions show {row['id']}",
        )
        for row in await site.store.read(doubled.since, month)
    ]
    return Section("In doubt", _short(lines, "gateway submissions"))


async def room(site: Site) -> Section:
    """Disks that are full or nearly full."""
    found = await short_of_room(site)
    return Section(
        "Room", tuple(Line(f"{each['what'][:1].upper()}{each['what'][1:]}.", "gateway doctor") for each in found)
    )


async def waiting_lanes(site: Site) -> Section:
    """Lanes that wait for a person, do not answer, or whose claims wait for more than hours that come soon; host keys whose
    day comes."""
    lines = []
    for row in await work.lane_list(site):
        if row["state"] in ("SUSPENDED", "ASKING"):
            lines.append(_waits(row))
        elif row["outage_since"]:
            lines.append(_unanswered(row))
        elif row["waits_for"] and not unsent.is_ordinary(site, row["lane"], row["waits_for"]):
            lines.append(_unsent(row))
    lines += [Line(f"{found['what']}. {found['next']}", "") for found in work.announced(site)]
    return Section("Lanes that wait", tuple(lines))


def _unanswered(row: Mapping[str, Any]) -> Line:
    waiting = f" Not sent: {_claims(row['waiting'])}." if row["waiting"] else ""
    what = f"{row['lane']} does not answer: {counted(row['failures'], 'failure')} in a row.{waiting}"
    return Line(what, "gateway status")


def _unsent(row: Mapping[str, Any]) -> Line:
    return Line(f"Not sent at {row['lane']}: {_claims(row['waiting'])}. {row['waits_for']}.", "gateway status")


def _waits(row: Mapping[str, Any]) -> Line:
    """What a person does next: where a host key is in question it is looked at before the lane goes on."""
    verb = "is suspended" if row["state"] == "SUSPENDED" else "asks before it sends"
    what, resume = (
        f"{row['lane']} {verb} ({row['code']}). {row['next']}",
        f'gateway resume {row["lane"]} --reason "..."',
    )
    if row["code"] not in OF_HOST_KEYS:
        return Line(what, resume)
    return Line(what, f"gateway payer trust {as_typed(row['lane'])}")


async def contradictions(site: Site) -> Section:
    """Payers that say something else than our records."""
    lines = [
        Line(
            f"{row['payer_name']} about NPI {row['npi']}: {row['says']}"
            f" ${row['refused']} refused, {_claims(row['frozen'])} wait.",
            f"gateway proposals show {row['proposal']}",
        )
        for row in await proposals.listing(site)
    ]
    return Section("Payers contradict our records", _short(lines, "gateway proposals"))


async def running_out(site: Site) -> Section:
    """What runs out, most urgent first."""
    lines = [
        Line(
            f"{row['who']}{_by(row['payer'])}: {row['what']}{_stake(row)}.",
            row["command"],
        )
        for row in await deadlines.listing(site)
    ]
    return Section("Deadlines", _short(lines, "gateway deadlines"))


def _stake(row: Mapping[str, object]) -> str:
    """What it costs; nothing of what stops no claims, such as a password."""
    if row["weekly"] and not row["claims"]:
        return ""
    return f" (${row['money']}{' a week' if row['weekly'] else ''})"


async def turned_down(site: Site) -> Section:
    """What was rejected or declined since the last working day, what waits to be sent again, and what was rejected before
    and is not corrected: its filing limit runs."""
    lines = []
    for row in await site.store.read(digest.turned_down, last_workday(site)):
        ids = row["ids"].split()
        verb = {"REJECTED": "rejected here", "DECLINED": "declined by the partner"}.get(row["stands"], "returned")
        place = f" at {row['place']}" if row["place"] else ""
        what = f"{_claims(row['claims'])} {verb}{_by(row['payer'])}: {row['code']}{place} ({_named(ids)})."
        lines.append(Line(what, f"gateway why C{ids[0]}"))
    lines += [_uncorrected(row, site) for row in await site.store.read(digest.uncorrected, last_workday(site))]
    return Section("Rejected", _short(lines, "gateway claims --stands REJECTED --stands DECLINED --stands RETURNED"))


def _uncorrected(row: Mapping[str, Any], site: Site) -> Line:
    ids = row["ids"].split()
    days = (site.today() - datetime.fromisoformat(row["oldest"]).astimezone(site.zone).date()).days
    what = (
        f"{_claims(row['claims'])} rejected or declined before{_by(row['payer'])}, {_sum(row['charges'])}, not corrected:"
        f" the oldest {counted(days, 'day')} ago ({_named(ids)})."
    )
    return Line(what, f"gateway why C{ids[0]}")


async def not_understood(site: Site) -> Section:
    """What a 277CA said since the last working day that is neither yes nor no, of claims that nothing else settled."""
    lines = []
    for row in await site.store.read(heard.not_understood, last_workday(site)):
        ids = sorted(row["ids"].split(","), key=int)
        what = (
            f"{_claims(row['claims'])}{_by(row['payer'])}: a 277CA says {row['code']}, which is neither accepted nor"
            f" refused ({_named(ids)}). Ask the payer."
        )
        lines.append(Line(what, f"gateway why C{ids[0]}"))
    return Section("Not understood", _short(lines, "gateway answers"))


async def held(site: Site) -> Section:
    """Held claims by reason and payer."""
    today, lines = site.today(), []
    for row in await site.store.read(digest.held):
        ids = row["ids"].split()
        limit = _limit((site.day(row["due"]) - today).days) if row["due"] else ""
        what = f"{_claims(row['claims'])}{_by(row['payer'])}, {_sum(row['charges'])}: {row['code']}{limit} ({_named(ids)})."
        lines.append(Line(what, f"gateway why C{ids[0]}"))
    return Section("Held", _short(lines, "gateway held"))


def _limit(days: int) -> str:
    """So many days until a filing limit, as the line goes on; nothing of one that is far."""
    if days < 0:
        return f", filing limit {counted(-days, 'day')} ago"
    return f", filing limit in {counted(days, 'day')}" if days < _FAR else ""


async def denied(site: Site) -> Section:
    """Denials by root cause, most money soonest first."""
    lines = [
        Line(
            f"{counted(row['denials'], 'denial')}{_by(row['payer'])}, {dollars(Decimal(row['amount']))}: {row['code']},"
            f" for {row['owner'].replace('_', ' ')} ({_named([claim[1:] for claim in row['first_claims']])}).",
            f'gateway denials{_of(row["payer"])} --cause "{row["cause"]}"',
        )
        for row in await denials.causes(site)
    ]
    return Section("Denials", _short(lines, "gateway denials"))


async def silent(site: Site) -> Section:
    """Answers that do not come and for which nothing accounts."""
    lines = [
        Line(
            f"{row['lane']}: no {row['answer']} for {_claims(row['claims'])}, due {counted(row['days'], 'day')} ago.",
            row["command"],
        )
        for row in await silence.overdue(site)
        if row["step"] and not row["excuse"] and row["code"] != QUIET
    ]
    return Section("Overdue answers", _short(lines, "gateway overdue"))


async def waited_for(site: Site) -> Section:
    """What payers' statuses ask of us, and decided claims without an 835."""
    found = Counter((row["payer"], row["word"], row["next"]) for row in await statuses.work(site))
    lines = [
        Line(f"{_claims(count)}{_by(payer)} {word}. {step}", "gateway inquiries --work")
        for (payer, word, step), count in found.items()
    ]
    return Section("Payers' statuses", _short(lines, "gateway inquiries --work"))


async def bank(site: Site) -> Section:
    """Money that is another amount than the remittance it names, or came without one, remittances without money, and
    payers that went quiet."""
    found = await money.bank(site)
    lines = [
        Line(
            f"Deposit {row['deposit']} over {dollars(Decimal(row['amount']))} names remittance {row['names']},"
            f" which is over {dollars(Decimal(row['amount']) - Decimal(row['more']))}.",
            "gateway bank",
        )
        for row in found["without_remittance"]
        if row["names"]
    ]
    lines += [
        Line(f"{counted(len(late), what)} late, {dollars(sum((Decimal(row['amount']) for row in late), Decimal()))}.",
             "gateway bank")
        for name, what in (("without_remittance", "deposit without remittance"), ("without_money", "remittance unpaid"))
        if (late := [row for row in found[name] if row["late"]])
    ]  # fmt: skip
    lines += [
        Line(
            f"No remittance{_by(row['payer'])} for {counted(row['since'], 'day')}, usually {row['usual']};"
            f" {_claims(row['waiting'])} wait for one.",
            "gateway bank",
        )
        for row in found["quiet"]
        if row["waiting"]
    ]
    return Section("Money against the bank", _short(lines, "gateway bank"))


async def unposted(site: Site) -> Section:
    """Claims that a payer has although they never went out, remittances of which nothing was posted, and payments that
    found no claim or decide nothing, since the last working day; of the last 30 days also decisions that were taken
    back, and claims that were paid more than was charged."""
    lines = [
        Line(
            f"C{row['claim']}{_by(row['payer'])} lies there"
            f" {'twice' if row['code'] == TWICE else 'although it was not sent'} ({row['code']}).",
            f"gateway why C{row['claim']}",
        )
        for row in await site.store.read(digest.contradicted, last_workday(site))
    ]
    month = moment(datetime.combine(site.today() - timedelta(days=30), time(), site.zone))
    for row in await site.store.read(digest.taken_back, month):
        ids = row["ids"].split()
        what = f"{_claims(row['claims'])}{_by(row['payer'])}: taken back, and not decided anew ({_named(ids)})."
        lines.append(Line(what, f"gateway why C{ids[0]}"))
    for row in await site.store.read(digest.paid_often, month):
        charges, paid = (row["charges"] or "").split(","), row["paid"].split(",")
        if row["charges"] and paid_too_much(charges, paid):
            sums = f"paid {_sum(' '.join(paid))} in all, and {dollars(max(map(Decimal, charges)))} was charged"
            what = f"C{row['id']}{_by(row['payer'])}: {sums}."
            lines.append(Line(what, f"gateway why C{row['id']}"))
    for row in await site.store.read(digest.undecided):
        what = f"A remittance from {row['lane']} states a posted payment otherwise: nothing of it was posted."
        lines.append(Line(what, f"gateway remits show {row['id']}"))
    for row in await site.store.read(digest.remitted, last_workday(site)):
        show = f"gateway remits show {row['id']}"
        if not row["balanced"]:
            what = f"A remittance from {row['lane']} over ${row['amount']} does not balance: nothing of it was posted."
            lines.append(Line(what, show))
            continue
        if row["strangers"]:
            what = f"{row['lane']}: no claim here for {counted(row['strangers'], 'payment')} of a remittance."
            lines.append(Line(what, show))
        if row["undecided"]:
            what = f"{row['lane']}: {counted(row['undecided'], 'payment')} of a remittance neither paid nor denied (CLP02)."
            lines.append(Line(what, show))
    return Section("Money that wants a look", _short(lines, "gateway remits"))


async def posted(site: Site) -> Section:
    """What was posted since the last working day; a test is no money."""
    rows = [
        row
        for row in await site.store.read(digest.remitted, last_workday(site))
        if row["balanced"] and row["repeats"] is None and row["usage"] != "T"
    ]
    chosen = tuple(
        Line(
            f"Remittance {row['remittance']} holds, said {row['actor']}: what contradicted it was taken back.",
            f"gateway remits show {row['remittance']}",
        )
        for row in await site.store.read(digest.chosen, last_workday(site))
    )
    if not rows:
        return Section("Posted", chosen, calm=True)
    total = sum((Decimal(row["amount"]) for row in rows), Decimal())
    payments = counted(sum(row["payments"] for row in rows), "claim payment")
    what = f"{dollars(total)} in {counted(len(rows), 'remittance')} with {payments}."
    return Section("Posted", (Line(what, "gateway remits"), *chosen), calm=True)


async def mailboxes(site: Site) -> Section:
    """Mailboxes that trouble somebody, answers that are addressed to somebody else, mail that nobody has read, and what
    does not come to the billing software."""
    late = await unhanded(site)
    lines = [Line(f"{late}.", "gateway doctor")] if late else []
    lines += [_misaddressed(row, site) for row in await site.store.read(answers.misaddressed, last_workday(site))]
    for box in await mail.mailboxes(site):
        at = box["lane"]
        lines += [Line(f"{at}: {each['code']}. {each['next']}", "gateway status") for each in box["troubles"]]
        if box["unreadable"]:
            lines.append(Line(f"{at}: cannot be read: {counted(box['unreadable'], 'file')}.", "gateway mail"))
        if box["mail"]:
            lines.append(Line(f"{at}: {counted(box['mail'], 'letter')} that nobody is done with.", "gateway mail"))
        if box["never_seen"]:
            lines.append(Line(f"{at} has never sent a {', '.join(box['never_seen'])}.", "gateway status"))
        missing = sum(gap["missing"] for gap in box["missing_numbers"])
        if missing:
            lines.append(Line(f"{at}: never came: {counted(missing, 'control number')}.", "gateway status"))
    return Section("Mailboxes", _short(lines, "gateway status"))


def _misaddressed(row: Mapping[str, Any], site: Site) -> Line:
    lane = site.directory.lanes.get(row["lane"])
    ours = f" is not {lane.account.sender.id}" if lane else " is none of ours"
    what = (
        f"{row['lane']}: addressed to somebody else: {counted(row['answers'], 'answer')} (ISA08{ours}). Nothing of it"
    )
    return Line(f"{what} is posted: ask the partner.", "gateway answers")


SECTIONS: tuple[tuple[str, Look], ...] = (
    ("in doubt", doubt),
    ("disks", room),
    ("lanes", waiting_lanes),
    ("proposals", contradictions),
    ("deadlines", running_out),
    ("rejected", turned_down),
    ("not understood", not_understood),
    ("held", held),
    ("overdue", silent),
    ("statuses", waited_for),
    ("denials", denied),
    ("money", unposted),
    ("bank", bank),
    ("mailboxes", mailboxes),
    ("posted", posted),
)
"""In the order of the digest. Another one is one more line here."""


def _short(lines: list[Line], everything: str) -> tuple[Line, ...]:
    """The first few; the rest is counted, with the command that lists all."""
    if len(lines) <= _MOST:
        return tuple(lines)
    return (*lines[:_MOST], Line(f"And {len(lines) - _MOST} more.", everything))


def _claims(count: int) -> str:
    return counted(count, "claim")


def _by(payer: str) -> str:
    return f" at {payer}" if payer else ""


def _of(payer: str) -> str:
    return f" --payer {payer}" if payer else ""


def _named(ids: list[str]) -> str:
    shown = ", ".join(f"C{each}" for each in ids[:3])
    return f"{shown} ..." if len(ids) > 3 else shown


def _sum(charges: str | None) -> str:
    return dollars(sum(map(Decimal, (charges or "").split()), Decimal()))


def days_of(hours: Iterable[tuple[str, int]], site: Site) -> Counter[str]:
    """Counts by UTC hour as counts by the site's own day."""
    found: Counter[str] = Counter()
    for hour, count in hours:
        found[datetime.fromisoformat(f"{hour}:00:00+00:00").astimezone(site.zone).date().isoformat()] += count
    return found
