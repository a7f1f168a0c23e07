"""What a claim payment says beside its money: other payers that it names, and that it decides nothing (CLP02, NM1*TT,
NM1*PR)."""

from __future__ import annotations

_PASSED_ON = "TT"
_FORWARDED = "23"
_CROSSED_OVER = frozenset({"19", "20", "21"})
_PREDETERMINATION = "25"
_DECIDES = frozenset({"1", "2", "3", "4", "22"})


def said_of_crossover(status: str, carriers: list[list[str]]) -> list[str]:
    """In words, the next step included; empty where the payment speaks of nobody else. A carrier is NM101, name, number."""
    to = ", ".join(_named(name, number) for entity, name, number in carriers if entity == _PASSED_ON)
    first = ", ".join(_named(name, number) for entity, name, number in carriers if entity != _PASSED_ON)
    said = []
    if status in _CROSSED_OVER:
        said.append(
            f"Sent on to {to or 'the next payer'} by this one: do not bill that payer yourself; its own answer comes, and"
            " if none does within 30 days, ask it first."
        )
    elif status == _FORWARDED:
        said.append(
            f"Not this payer's claim; it was sent on to {to or 'another payer'}: expect the answer from there, and correct"
            " the patient's coverage."
        )
    elif status == _PREDETERMINATION:
        said.append("Told the price beforehand and decided nothing (CLP02 25): wait for the decision itself.")
    elif status not in _DECIDES:
        said.append(f"Nobody here knows what CLP02 {status} decides: ask the payer.")
    elif to:
        said.append(
            f"Names {to} as the next payer, but does not say that the claim was sent on: bill it there yourself."
        )
    if first:
        said.append(f"Says that {first} comes before it: check the order of the patient's payers.")
    return said


def _named(name: str, number: str) -> str:
    return f"{name or 'a payer'} ({number})" if number else name or "a payer"
