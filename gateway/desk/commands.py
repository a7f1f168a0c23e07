"""Every command that needs an open site, by the name it is asked by; answered here or over the daemon's socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from typing import Any

from gateway.workers.site import Site

Command = Callable[..., Awaitable[Any]]

# Module of this package and function, by the name a command is asked by.
QUESTIONS = {
    "status": "work.status",
    "batches": "work.batch_list",
    "claims": "claims.listing",
    "held": "claims.held",
    "submissions": "submissions.listing",
    "submissions show": "submissions.show",
    "next names": "submissions.next_names",
    "answers": "work.answer_list",
    "denials": "denials.listing",
    "denials causes": "denials.causes",
    "denials show": "denials.show",
    "why": "claims.why",
    "timeline": "claims.timeline",
    "lanes": "work.lane_list",
    "mail": "mail.listing",
    "mail show": "mail.show",
    "audit": "work.audit",
    "doctor": "work.doctor",
    "plugins": "plugins.listing",
    "payer moves": "moving.listing",
    "payer move preview": "moving.preview",
    "check": "checking.check",
    "roster": "roster.listing",
    "roster preview": "roster.preview",
    "roster withdraw preview": "withdrawing.preview",
    "roster check": "covering.check",
    "roster history": "roster.history",
    "roster evidence": "roster.evidence",
    "overdue": "silence.overdue",
    "deadlines": "deadlines.listing",
    "deadlines calendar": "deadlines.as_calendar",
    "export": "exports.page",
    "digest": "digest.digest",
    "tail": "tail.tail",
    "proposals": "proposals.listing",
    "proposals show": "proposals.show",
    "proposals reprocess": "proposals.reprocess",
    "proposals misses": "proposals.misses",
    "metrics": "metrics.listing",
    "remits": "money.remits",
    "remits show": "money.remit",
    "bank": "money.bank",
    "bank links": "money.links",
    "bank columns": "money.columns",
    "lists": "lists.listing",
    "lists look": "lists.look",
    "lists plan": "lists.plan",
    "lists codes": "codes.listing",
    "held causes": "holding.causes",
    "roster examine": "roster.examine",
    "inquiries": "statuses.listing",
    "inquiries work": "statuses.work",
    "inquire preview": "inquiries.preview",
    "resubmit advice": "resubmitting.advice",
    "resubmit preview": "resubmitting.preview",
}

ORDERS = {
    "hold": "claims.hold",
    "release": "claims.release",
    "withdraw": "claims.withdraw",
    "resend": "claims.resend",
    "resume": "work.resume",
    "plugin resume": "plugins.resume",
    "settle": "submissions.settle",
    "payer move": "moving.move",
    "proof": "proof.give",
    "mail done": "mail.done",
    "mail again": "mail.again",
    "document part": "mail.part",
    "roster apply": "roster.apply",
    "roster withdraw": "withdrawing.withdraw",
    "proposals accept": "proposal_orders.accept",
    "proposals dismiss": "proposal_orders.dismiss",
    "lists adopt": "lists.adopt",
    "lists load codes": "codes.load",
    "denials assign": "denial_orders.assign",
    "denials note": "denial_orders.note",
    "denials close": "denial_orders.close",
    "remits use": "choosing.use",
    "bank import": "money.take_in",
    "bank join": "money.join",
    "bank link": "money.link",
    "bank unlink": "money.unlink",
    "backup": "safekeeping.backup",
    "digest mail": "digest.post",
    "inquire": "inquiries.ask",
    "inquiries done": "inquiries.done",
    "resubmit": "resubmitting.order",
}
"""Orders take the `actor` who gave them; it is never taken from the asker's own words."""


async def answer(site: Site, command: str, arguments: Mapping[str, Any], actor: str) -> Any:
    """Run one command. Raises KeyError for an unknown one, and whatever the command raises."""
    if command in QUESTIONS:
        return await _loaded(QUESTIONS[command])(site, **arguments)
    result = await _loaded(ORDERS[command])(site, **arguments, actor=actor)
    site.wake.set()
    return result


def load_all() -> None:
    """Load every command now: what runs for long never stops for that later."""
    for name in (*QUESTIONS.values(), *ORDERS.values()):
        _loaded(name)


def _loaded(name: str) -> Command:
    """A command by its module and name; the module is loaded where it was not yet, so that nobody waits for the others."""
    module, function = name.split(".")
    found: Command = getattr(import_module(f"gateway.desk.{module}"), function)
    return found
