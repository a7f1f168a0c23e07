"""Every command that needs an open site, by the name it is asked by; answered here or over the daemon's socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from gateway.desk import (
    checking,
    claims,
    codes,
    covering,
    deadlines,
    denial_orders,
    denials,
    digest,
    exports,
    lists,
    mail,
    metrics,
    money,
    moving,
    plugins,
    proof,
    proposal_orders,
    proposals,
    resubmitting,
    roster,
    safekeeping,
    silence,
    submissions,
    tail,
    withdrawing,
    work,
)
from gateway.workers.site import Site

Command = Callable[..., Awaitable[Any]]

QUESTIONS: Mapping[str, Command] = {
    "status": work.status,
    "batches": work.batch_list,
    "claims": claims.listing,
    "held": claims.held,
    "submissions": submissions.listing,
    "submissions show": submissions.show,
    "answers": work.answer_list,
    "denials": denials.listing,
    "denials causes": denials.causes,
    "denials show": denials.show,
    "why": claims.why,
    "resubmit advice": resubmitting.advice,
    "resubmit preview": resubmitting.preview,
    "timeline": claims.timeline,
    "lanes": work.lane_list,
    "mail": mail.listing,
    "mail show": mail.show,
    "audit": work.audit,
    "doctor": work.doctor,
    "plugins": plugins.listing,
    "payer moves": moving.listing,
    "payer move preview": moving.preview,
    "check": checking.check,
    "roster": roster.listing,
    "roster preview": roster.preview,
    "roster withdraw preview": withdrawing.preview,
    "roster check": covering.check,
    "roster history": roster.history,
    "roster evidence": roster.evidence,
    "overdue": silence.overdue,
    "deadlines": deadlines.listing,
    "deadlines calendar": deadlines.as_calendar,
    "export": exports.page,
    "digest": digest.digest,
    "tail": tail.tail,
    "proposals": proposals.listing,
    "proposals show": proposals.show,
    "proposals reprocess": proposals.reprocess,
    "proposals misses": proposals.misses,
    "metrics": metrics.listing,
    "remits": money.remits,
    "remits show": money.remit,
    "bank": money.bank,
    "bank links": money.links,
    "bank columns": money.columns,
    "lists": lists.listing,
    "lists look": lists.look,
    "lists plan": lists.plan,
    "lists codes": codes.listing,
}

ORDERS: Mapping[str, Command] = {
    "hold": claims.hold,
    "release": claims.release,
    "withdraw": claims.withdraw,
    "resend": claims.resend,
    "resubmit": resubmitting.order,
    "resume": work.resume,
    "plugin resume": plugins.resume,
    "settle": submissions.settle,
    "payer move": moving.move,
    "proof": proof.give,
    "mail done": mail.done,
    "mail again": mail.again,
    "document part": mail.part,
    "roster apply": roster.apply,
    "roster withdraw": withdrawing.withdraw,
    "proposals accept": proposal_orders.accept,
    "proposals dismiss": proposal_orders.dismiss,
    "lists adopt": lists.adopt,
    "lists load codes": codes.load,
    "denials assign": denial_orders.assign,
    "denials note": denial_orders.note,
    "denials close": denial_orders.close,
    "bank import": money.take_in,
    "bank join": money.join,
    "bank link": money.link,
    "bank unlink": money.unlink,
    "backup": safekeeping.backup,
    "digest mail": digest.post,
}
"""Orders take the `actor` who gave them; it is never taken from the asker's own words."""


async def answer(site: Site, command: str, arguments: Mapping[str, Any], actor: str) -> Any:
    """Run one command. Raises KeyError for an unknown one, and whatever the command raises."""
    if command in QUESTIONS:
        return await QUESTIONS[command](site, **arguments)
    result = await ORDERS[command](site, **arguments, actor=actor)
    site.wake.set()
    return result
