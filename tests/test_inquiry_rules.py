"""The rules of claim status: what a category means, when a claim is asked about, and whom an answer speaks of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.inquiries import WORK, Facts, first_due, next_due, next_step, quiet_until, word_of
from gateway.inquiries.timing import ALWAYS
from gateway.matching.inquiries import AskedInquiry, match_response
from gateway.matching.rows import SentAttempt, Unmatched
from gateway.model.answers import AnswerEnvelope, Status, StatusResponse, ToldStatus
from gateway.model.habits import Expectation, Sends, StatusRequests
from gateway.model.inquiries import Party, Question, QuestionSource, Word
from gateway.model.partners import Endpoint, Partner
from gateway.model.sending import OutboundEnvelope
from gateway.model.x12 import Address, Delimiters
from gateway.silence import Awaited
from gateway.testing.builders import BillingSpec, ClaimSpec, batch837p
from gateway.x12.answers import read_answers
from gateway.x12.inquiry import DELIMITERS, VERSION, request
from gateway.x12.inquiry_source import parties
from tests.guides.judging import said
from tests.status_maps import verdict

DAY = timedelta(days=1)
SENT = datetime(2026, 11, 2, 15, tzinfo=UTC)  # a Monday
ASKS = StatusRequests()
PARTNER = Partner("alpha_edi", "ALPHA", {"alpha": ("77001",)}, Address("ZZ", "ALPHAHP"), Endpoint("sftp", "127.0.0.1"))
CORPUS = Path("../shared/corpus")


@pytest.mark.parametrize(
    ("categories", "word"),
    [
        ("A0", Word.RECEIVED), ("A2", Word.RECEIVED), ("A3", Word.REFUSED), ("A4", Word.NOT_FOUND), ("A7", Word.REFUSED),
        ("D0", Word.NOT_FOUND), ("P1", Word.PENDING), ("P3", Word.REQUESTED), ("P5", Word.PENDING),
        ("R0", Word.REQUESTED), ("R16", Word.REQUESTED), ("F0", Word.FINALIZED), ("F2", Word.FINALIZED),
        ("F3F", Word.FINALIZED), ("F4", Word.FINALIZED), ("F9", Word.UNCLEAR), ("E0", Word.UNASKABLE),
        ("E1", Word.UNABLE), ("E2", Word.UNABLE), ("E4", Word.UNASKABLE), ("Z9", Word.UNCLEAR), ("", Word.UNCLEAR),
        ("P1 R4", Word.REQUESTED), ("F1 P1", Word.FINALIZED), ("A2 D0", Word.RECEIVED), ("Z9 P1", Word.PENDING),
    ],
)  # fmt: skip
def test_a_category_says_whose_turn_it_is(categories: str, word: Word) -> None:
    """What asks for work goes before what lets us wait, and what nobody knows is for a person."""
    assert word_of(Status(category, "20") for category in categories.split()) is word


def test_every_word_has_a_next_step_and_work_is_never_quiet() -> None:
    made = date(2026, 12, 1)
    for word in Word:
        assert next_step(word)
        assert (quiet_until(word, made, None, None, ASKS) is None) == (word in WORK)


def test_a_finalized_claim_waits_for_its_835_from_the_day_it_is_paid() -> None:
    made, paid = date(2026, 12, 1), date(2026, 12, 9)
    assert quiet_until(Word.FINALIZED, made, made, paid, ASKS) == datetime(2026, 12, 16, tzinfo=UTC)
    assert quiet_until(Word.FINALIZED, made, date(2026, 11, 20), None, ASKS) == datetime(2026, 12, 8, tzinfo=UTC)


def days_until(
    kind: Awaited, accepted: datetime | None = None, asks: StatusRequests = ASKS, **known: bool
) -> int | None:
    found = first_due(kind, SENT, accepted, PARTNER, asks, **known)
    return None if found is None else (found - SENT).days


def test_a_claim_is_asked_about_by_the_silence_it_stands_in() -> None:
    """Five business days without a 277CA, ten without the payer's own behind a clearinghouse, an overdue 835; never for a
    TA1 or 999."""
    assert days_until(Awaited.REPORT) == 7
    assert days_until(Awaited.PAYER_REPORT) == 15  # a federal holiday lies between
    assert days_until(Awaited.REMITTANCE) == 30
    assert days_until(Awaited.REMITTANCE, medicare=True) == 16
    assert days_until(Awaited.GROUP) is days_until(Awaited.INTERCHANGE) is None


def test_nobody_is_asked_within_the_payers_quiet_time() -> None:
    """Seven days after acceptance, fourteen of Medicare, whatever is declared; a quick 277CA partner keeps five business
    days all the same."""
    soon = replace(ASKS, after=2 * DAY)
    assert days_until(Awaited.REMITTANCE, asks=soon) == 7
    assert days_until(Awaited.REMITTANCE, asks=soon, medicare=True) == 14
    assert days_until(Awaited.REMITTANCE, accepted=SENT + 3 * DAY, asks=replace(ASKS, after=10 * DAY)) == 13
    hasty = replace(PARTNER, expects={"277CA": Expectation(within=timedelta(hours=1))})
    found = first_due(Awaited.REPORT, SENT, None, hasty, ASKS)
    assert found is not None
    assert (found - SENT).days == 7
    never = replace(PARTNER, expects={"277CA": Expectation(Sends.NEVER), "835": Expectation(Sends.NEVER)})
    assert first_due(Awaited.REPORT, SENT, None, never, ASKS) is None
    assert first_due(Awaited.REMITTANCE, SENT, None, never, ASKS) is None


def test_the_cadence_has_an_end_and_waits_for_people() -> None:
    closed = SENT + 20 * DAY
    assert next_due(Facts(), ASKS) == ALWAYS
    assert next_due(Facts(open=True), ASKS) is None
    assert next_due(Facts(automatic=4), ASKS) is None
    assert next_due(Facts(last="REFUSED", automatic=1), ASKS) is None
    assert next_due(Facts(last="UNANSWERED", automatic=1, closed_at=closed), ASKS) == closed + 7 * DAY
    told = Facts(last="ANSWERED", automatic=1, closed_at=closed, word=Word.PENDING, quiet_until=closed + 5 * DAY)
    assert next_due(told, ASKS) == closed + 5 * DAY
    work = replace(told, word=Word.REQUESTED, quiet_until=None)
    assert next_due(work, ASKS) is None
    assert next_due(replace(work, done_at=closed + DAY), ASKS) == closed + 8 * DAY


ENVELOPE = AnswerEnvelope(Address("ZZ", "ALPHAHP"), Address("ZZ", "OPENGATE"), "000000900", "P")
ASKED = AskedInquiry(5, 41, 301, 8, "GWQ0000000005", "BL-1001", "GW000000002", "P", "1234567893", open=True)
ATTEMPT = SentAttempt(301, 41, 7, "BL-1001", Decimal(160), "alpha", trace="GW00000000301", first_day=date(2026, 11, 9),
                      last_day=date(2026, 11, 10), payer_control_number="HH1")  # fmt: skip
PENDING = (Status("P1", "20"),)


def matched(told: ToldStatus, reference: str = "", usage: str = "P") -> tuple[int | None, int | None, Unmatched]:
    """The claim and the question that one level speaks of."""
    envelope = replace(ENVELOPE, usage=usage)
    response = StatusResponse(envelope, "77001", reference, "202612010810", date(2026, 12, 1), (told,))
    (found,) = match_response(response, [ASKED], [ATTEMPT], {"alpha"})
    spoken = found.spoken[0] if found.spoken else None
    return (spoken.claim if spoken else None, spoken.inquiry if spoken else None, found.unmatched)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (ToldStatus("2200D", PENDING, trace="gwq0000000005"), (41, 5, Unmatched.NONE)),
        (ToldStatus("2200E", PENDING, trace="GWQ0000000005", claim="bl-1001"), (41, 5, Unmatched.NONE)),
        (ToldStatus("2200D", PENDING, trace="GWQ0000000005", claim="OTHER"), (None, None, Unmatched.CONTRADICTS)),
        (ToldStatus("2200D", PENDING, attempt="GW00000000301"), (41, None, Unmatched.NONE)),
        (ToldStatus("2200D", PENDING, attempt="GW00000000301", claim="OTHER"), (None, None, Unmatched.NOT_OURS)),
        (ToldStatus("2200D", PENDING, number="HH1"), (41, None, Unmatched.NONE)),
        (ToldStatus("2200D", PENDING, claim="BL-1001"), (None, None, Unmatched.NOT_OURS)),
        (ToldStatus("2200D", PENDING, claim="BL-1001", charge=Decimal(160), first_day=date(2026, 11, 10)),
         (41, None, Unmatched.NONE)),
        (ToldStatus("2200D", PENDING, claim="BL-1001", charge=Decimal(161), first_day=date(2026, 11, 10)),
         (None, None, Unmatched.NOT_OURS)),
        (ToldStatus("2200D", PENDING, claim="BL-1001", charge=Decimal(160), first_day=date(2026, 11, 12)),
         (None, None, Unmatched.NOT_OURS)),
        (ToldStatus("2200D", PENDING), (None, None, Unmatched.NOT_OURS)),
    ],
)  # fmt: skip
def test_whom_a_status_speaks_of(told: ToldStatus, expected: tuple[int | None, int | None, Unmatched]) -> None:
    """Our trace first; else every number that it names must agree. CLM01 alone names nobody."""
    assert matched(told) == expected


def test_a_test_answer_never_speaks_of_production() -> None:
    assert matched(ToldStatus("2200D", PENDING, trace=ASKED.trace), usage="T") == (None, None, Unmatched.OTHER_USAGE)
    assert matched(ToldStatus("2200D", PENDING, number="HH1"), usage="T")[0] is None


def test_a_level_above_speaks_of_the_open_questions_it_holds() -> None:
    """By the reference of our file, and at the provider by its NPI too."""
    away = (Status("E1", "20"),)
    assert matched(ToldStatus("2200B", away), "GW000000002") == (41, 5, Unmatched.NONE)
    assert matched(ToldStatus("2200B", away), "GW000000003")[0] is None
    assert matched(ToldStatus("2200C", away, provider="1234567893"), "GW000000002")[1] == 5
    assert matched(ToldStatus("2200C", away, provider="2000000028"), "GW000000002")[1] is None


# What is written.

ENVELOPE_OUT = OutboundEnvelope(
    DELIMITERS, "ZZ", "OPENGATE", "ZZ", "ALPHAHP", "OGT77", "ALPHAHP", "OPENGATE GATEWAY", "5555550100", "ALPHA HEALTH",
    datetime(2026, 12, 1, 8, 10), 12, "GW000000012", "", VERSION, "P",
)  # fmt: skip
PAYER = Party("2", "ALPHA HEALTH PLAN", qualifier="PI", id="77001")
PROVIDER = Party("2", "BIRCH LANE CLINIC", qualifier="XX", id="1234567893")
TEXT = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), min_size=1, max_size=12)
PEOPLE = st.builds(
    Party, st.just("1"), TEXT.map(lambda text: f"A{text}"), TEXT, st.just(""), st.just(""), st.just("MI"),
    st.sampled_from(["M1", "M2"]), st.just("19800214"), st.just("F"),
)  # fmt: skip
QUESTIONS = st.lists(
    st.builds(
        Question,
        trace=st.just("T"),
        payer=st.just(PAYER),
        provider=st.sampled_from([PROVIDER, replace(PROVIDER, id="2000000028")]),
        subscriber=PEOPLE,
        patient=st.none() | PEOPLE,
        number=st.sampled_from(["", "HH1"]),
        bill_type=st.sampled_from(["", "131"]),
        claim=st.sampled_from(["BL-1", "BL*2~"]),
        attempt=st.just("GW00000000301"),
        charge=st.none() | st.decimals(0, 99999, places=2),
        first_day=st.just(date(2026, 11, 9)),
        last_day=st.sampled_from([None, date(2026, 11, 9), date(2026, 11, 12)]),
    ),
    min_size=1,
    max_size=6,
).map(lambda made: [replace(each, trace=f"GWQ{n:010d}") for n, each in enumerate(made)])


@given(QUESTIONS)
def test_whatever_the_names_hold_each_question_stands_once_in_a_valid_276(questions: list[Question]) -> None:
    """Delimiters in names, repeated subscribers, dependents: our own guide has nothing against it, and each trace is there
    once."""
    written = request(ENVELOPE_OUT, questions)
    assert said(written) == []
    assert [written.count(each.trace.encode()) for each in questions] == [1] * len(questions)


def test_the_names_come_from_the_claim_as_it_was_sent() -> None:
    """In whatever delimiters: subscriber, dependent, provider, payer; without an NPI by the number it has there."""
    marks = Delimiters(b"|", b">", b"!", b"^")
    atypical = BillingSpec(npi="", secondary_id="G2-77")
    spec = ClaimSpec("A1", payer_id="77001", member_id="M1", dependent=True, billing=atypical)
    levels = levels_of(batch837p([spec], delimiters=marks), b"!")
    found = parties(QuestionSource(levels, marks))
    assert (found["subscriber"].id, found["subscriber"].qualifier) == ("M1", "MI")
    assert (found["patient"].first, found["patient"].born, found["patient"].sex) == ("ROBIN", "20150605", "M")
    assert (found["provider"].qualifier, found["provider"].id) == ("SV", "G2-77")
    assert (found["payer"].qualifier, found["payer"].id) == ("PI", "77001")
    taxed = parties(QuestionSource((levels[0], b"HL|2|1|22|0!NM1|IL|1|DOE!NM1|PR|2|P|||||PI|77001!"), marks))
    assert (taxed["provider"].qualifier, taxed["provider"].id) == ("FI", "999990001")


def levels_of(document: bytes, terminator: bytes) -> tuple[bytes, ...]:
    """The levels of a document with one claim, up to the claim."""
    pieces = document.split(terminator)
    starts = [n for n, piece in enumerate(pieces) if piece.lstrip().startswith(b"HL")]
    end = next(n for n, piece in enumerate(pieces) if piece.lstrip().startswith(b"CLM"))
    cuts = [*starts, end]
    return tuple(terminator.join(pieces[a:b]) + terminator for a, b in pairwise(cuts))


SAMPLES = sorted(CORPUS.glob("**/*276_005010X212/*")) + sorted(CORPUS.glob("**/*277_005010X212/*"))


@pytest.mark.skipif(not SAMPLES, reason="the published samples are not here")
def test_published_samples_are_taken_and_read() -> None:
    """The maps that judge what we write take what others published (one names an entity that pyx12 does not list), and
    every 277 of them gives its statuses."""
    judged = {path.name: verdict(path.read_bytes())[0] for path in SAMPLES}
    assert [name for name, valid in judged.items() if not valid] in ([], ["provider-level-status.277"])
    for path in SAMPLES:
        if path.suffix == ".277":
            (first, *_) = read_answers([path.read_bytes()])
            assert isinstance(first, StatusResponse)
            assert all(told.statuses for told in first.statuses)
