"""What a payer's refusals teach us: which of our records an answer contradicts, and what follows from it for them."""

from gateway.learning.correction import Correction, correct
from gateway.learning.suspicion import Suspicion, suspicions_of_payment, suspicions_of_status

__all__ = ["Correction", "Suspicion", "correct", "suspicions_of_payment", "suspicions_of_status"]
