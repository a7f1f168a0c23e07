"""What a payer's answers have put in question waits until a person has decided."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.enrollment.codes import WORDS, Code
from gateway.enrollment.rows import Case
from gateway.enrollment.subjects import Subject
from gateway.model.claims import Finding
from gateway.model.evidence import Question


def in_question(case: Case, subject: Subject, questions: tuple[Question, ...]) -> Iterator[Finding]:
    """One finding for a provider that open questions are about on a day of service."""
    asked = [q for q in questions if q.npi == subject.npi and q.payer == case.payer.key and _touches(q, subject)]
    if asked:
        words = WORDS[Code.IN_QUESTION]
        message = words.message.format(who=subject.role.value)
        cited = "; ".join(f"proposal {question.proposal}" for question in asked)
        yield Finding(Code.IN_QUESTION.value, words.outcome, subject.place, message, words.next_step, cited)


def _touches(question: Question, subject: Subject) -> bool:
    if subject.days is None:
        return True
    ended = question.first_day is not None and subject.days.last < question.first_day
    return not ended and not (question.last_day is not None and subject.days.first > question.last_day)
