"""A payer's documents to answers: TA1, 999 and 997, 277CA, 277, 835 (X12.5; 005010X231, X230, X214, X212, X221)."""

from gateway.x12.answers.reading import read_answers

__all__ = ["read_answers"]
