"""What a declaration, an account and a route say, in plain words; nothing secret."""

from __future__ import annotations

from gateway.partnership.accounts import account_says, example_name
from gateway.partnership.partners import partner_says
from gateway.partnership.payers import payer_says, routes_say
from gateway.partnership.phrases import Topic
from gateway.partnership.prints import matching, prints

__all__ = [
    "Topic",
    "account_says",
    "example_name",
    "matching",
    "partner_says",
    "payer_says",
    "prints",
    "routes_say",
]
