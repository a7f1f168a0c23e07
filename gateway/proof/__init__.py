"""Proof of timely filing: what a packet says of one claim, where its documents say so, and what it does not prove."""

from gateway.proof.excerpts import Excerpt, naming, sent_excerpts
from gateway.proof.packet import canonical, chained, packet_of
from gateway.proof.words import LIMITS, STRENGTH, Strength, received, strength

__all__ = ["LIMITS", "STRENGTH", "Excerpt", "Strength", "canonical", "chained", "naming", "packet_of", "received",
           "sent_excerpts", "strength"]  # fmt: skip
