"""What goes on paper: the page of a proof that a person can fax, and the script that verifies a packet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from fpdf import FPDF
from fpdf.enums import WrapMode

from gateway.partnership.phrases import counted

_SAYS = {True: "accepted", False: "refused", None: "nothing decided:"}
_TOLD = {True: "the payer has it:", False: "not taken:", None: "nothing decided:"}
"""What a 277 says."""
_WIDE, _HIGH = 0, 5


def verifier() -> bytes:
    """The script that is shipped inside each packet."""
    return files("gateway.paper").joinpath("verify.py").read_bytes()


def proof_pdf(packet: Mapping[str, Any], seal: str) -> bytes:
    """The packet for people: US Letter, black on white, readable after a fax. `seal` is the SHA-256 of packet.json."""
    page = _Page(format="letter")
    page.set_title("Proof of filing")
    page.add_page()
    page.heading("Proof of filing", size=16)
    page.words(packet["proves"], bold=True)
    claim = packet["claim"]
    page.facts(
        {
            "Claim (CLM01)": claim["control_number"],
            "Our number": claim["claim"],
            "Payer": claim["payer_name"] or claim["payer"],
            "Charge": claim["charge"],
            "First day of service": claim["first_day"],
            "Billing NPI": claim["billing_npi"],
            "Made": f"{packet['made_at']} by {packet['made_by']}, for {packet['given_to']}",
            "Practice": packet["site"],
        }
    )
    for sent in packet["submissions"]:
        _submission(page, sent)
    for answer in packet["acknowledgments"]:
        _answer(page, answer)
    page.heading("What this does not prove")
    for line in packet["does_not_prove"]:
        page.words(f"- {line}")
    page.heading("Seal")
    page.code(
        f"SHA-256 of packet.json\n{seal}\nHead of the chain of {counted(len(packet['events']), 'event')}\n{packet['head']}"
    )
    return bytes(page.output())


def _submission(page: _Page, sent: Mapping[str, Any]) -> None:
    page.heading(f"What was sent: submission {sent['submission']}")
    page.facts(
        {
            "Receiver": sent["receiver"],
            "ISA13 / GS06 / ST02": f"{sent['isa13']} / {sent['gs06']} / {sent['st02']}",
            "BHT03": sent["bht03"],
            "REF*D9": sent["trace"],
            "File": sent["remote_name"],
            "Sent (UTC)": sent["sent_at"],
            **{f"Seen (UTC): {one['seen']}": f"{one['at']} {one['evidence']}" for one in sent["seen"]},
            "SHA-256": sent["sha256"],
        }
    )
    page.excerpts(sent["excerpts"])


def _answer(page: _Page, answer: Mapping[str, Any]) -> None:
    page.heading(f"{answer['form']} of the {answer['stage']}" if answer["stage"] else str(answer["form"]))
    page.facts(
        {
            "Says": f"{(_TOLD if answer['form'] == '277' else _SAYS)[answer['accepted']]} {answer['code']}",
            "Dated": answer["dated"],
            "Read (UTC)": answer["read_at"],
            "Payer's claim number": answer["payer_control_number"],
            "Names our": ", ".join(answer["names"]),
            "SHA-256": answer["sha256"],
        }
    )
    page.excerpts(answer["excerpts"])


class _Page(FPDF):
    """Headings, words, labelled facts and segments. The fonts of every reader are enough: X12 is Latin-1."""

    def heading(self, text: str, size: int = 12) -> None:
        self.ln(3)
        self._write(text, "Helvetica", "B", size)

    def words(self, text: str, bold: bool = False) -> None:
        self._write(text, "Helvetica", "B" if bold else "", 10)

    def code(self, text: str) -> None:
        self._write(text, "Courier", "", 9)

    def facts(self, facts: Mapping[str, object]) -> None:
        self.words("\n".join(f"{label}: {value}" for label, value in facts.items() if value not in (None, "")))

    def excerpts(self, excerpts: Iterable[Mapping[str, Any]]) -> None:
        for one in excerpts:
            self.code(f"[{one['what']}, bytes {one['start']} to {one['end']}]\n{one['text'].strip()}")

    def _write(self, text: str, font: str, style: str, size: int) -> None:
        self.set_font(font, style, size)
        plain = "".join(c if c == "\n" or c.isprintable() else " " for c in text).encode("latin-1", "replace")
        self.multi_cell(
            _WIDE, _HIGH, plain.decode("latin-1"), new_x="LMARGIN", new_y="NEXT", align="L", wrapmode=WrapMode.CHAR
        )
