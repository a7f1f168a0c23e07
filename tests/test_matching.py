"""Answers are matched to what we sent by the keys they carry, or to nothing with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gateway.matching import (
    EarlierPayment,
    Implicated,
    Keys,
    PaymentMatch,
    Says,
    SentAttempt,
    SentSubmission,
    StatusClass,
    StatusMatch,
    Unmatched,
    claim_class,
    enrollment_kind,
    is_enrollment_reject,
    keys_of,
    match_group,
    match_interchange,
    match_payment,
    match_remittance,
    match_report,
    status_class,
)
from gateway.model.answers import (
    Answer,
    ClaimPayment,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    LinePayment,
    Note,
    Remittance,
    Status,
    StatusReport,
)
from gateway.model.sending import PlacedAttempt
from gateway.x12.answers import read_answers
from tests.answers import (
    CLAIM_REFUSED,
    CLAIM_TAKEN,
    DENIED_CLAIM,
    PAID_CLAIM,
    PROVIDER,
    SUBMITTER,
    TAKEN_AT_SUBMITTER,
    acknowledgment,
    interchange,
    payment_of,
    status_report,
    ta1,
)

PAYERS = {"harbor"}

# One set: header to 6, billing provider 7 to 12, two subscribers, the second with a dependent.
ADA = SentAttempt(
    id=301,
    claim=11,
    submission=5,
    control_number="BL-1001",
    charge=Decimal(160),
    payer="harbor",
    trace="GW00000000301",
    reference="GW000000071",
    family=11,
    first_day=date(2026, 11, 9),
    last_day=date(2026, 11, 10),
    member_id="HH-SECRET-1",
    billing_npi="1234567893",
    rendering=("2000000010",),
    placed=PlacedAttempt(301, 20, 31, ((7, 12), (13, 19))),
)
BEN = replace(
    ADA,
    id=302,
    claim=12,
    control_number="BL-1002",
    charge=Decimal(250),
    trace="GW00000000302",
    family=12,
    first_day=date(2026, 11, 12),
    last_day=date(2026, 11, 12),
    rendering=("2000000028",),
    placed=PlacedAttempt(302, 44, 55, ((7, 12), (32, 37), (38, 43))),
)
EVE = replace(
    BEN,
    id=303,
    claim=13,
    control_number="BL-1003",
    trace="GW00000000303",
    family=13,
    placed=PlacedAttempt(303, 56, 66, ((7, 12), (32, 37), (38, 43))),
)
SUBMISSION = SentSubmission(5, 71, "261115", "0930", "71", "P", frozenset({"BIRCHLANE"}), (ADA, BEN, EVE))


def read(content: str, usage: str = "P", receiver: str = "BIRCHLANE") -> Answer:
    return next(iter(read_answers([interchange(content, usage=usage, receiver=receiver)])))


# TA1


def interchange_ack(*args: str, usage: str = "P", sent: str = "261115*0930", control: int = 71) -> Answer:
    code, note = args or ("A", "000")
    return read(ta1(control, code, note, sent), usage)


@pytest.mark.parametrize(
    ("code", "note", "says"),
    [
        ("A", "000", Says.ACCEPTED),
        ("E", "022", Says.ACCEPTED),
        ("R", "008", Says.REJECTED),
        ("R", "025", Says.DUPLICATE),
        ("A", "025", Says.ACCEPTED),
        ("Q", "000", Says.UNKNOWN),
        ("", "", Says.UNKNOWN),
    ],
)
def test_a_ta1_speaks_of_the_interchange_with_its_number_and_moment(code: str, note: str, says: Says) -> None:
    """A and E took it, R did not; a number seen before refuses only the latest transmission of the same bytes."""
    answer = interchange_ack(code, note)
    assert isinstance(answer, InterchangeAcknowledgment)
    found = match_interchange(answer, [SUBMISSION])
    assert (found.submission, found.says, found.note, found.unmatched) == (5, says, note, Unmatched.NONE)


@pytest.mark.parametrize(
    ("answer", "unmatched", "candidates"),
    [
        (interchange_ack(control=72), Unmatched.NOT_OURS, ()),
        (interchange_ack(sent="261115*0931"), Unmatched.CONTRADICTS, (5,)),
        (interchange_ack(sent="261114*0930"), Unmatched.CONTRADICTS, (5,)),
        (interchange_ack(usage="T"), Unmatched.OTHER_USAGE, (5,)),
        (read(ta1(), receiver="SOMEBODY"), Unmatched.CONTRADICTS, (5,)),
    ],
)
def test_a_ta1_of_another_moment_usage_or_addressee_is_not_ours(
    answer: Answer, unmatched: Unmatched, candidates: tuple[int, ...]
) -> None:
    """Other software counts to the same numbers; a test answer never speaks of production."""
    assert isinstance(answer, InterchangeAcknowledgment)
    found = match_interchange(answer, [SUBMISSION])
    assert (found.submission, found.unmatched, found.candidates) == (None, unmatched, candidates)


def test_a_ta1_may_write_the_century_and_seconds() -> None:
    """The moment is the same."""
    answer = interchange_ack(sent="20261115*093000")
    assert isinstance(answer, InterchangeAcknowledgment)
    assert match_interchange(answer, [SUBMISSION]).submission == 5


# 999


def group_ack(*segments: str, code: str = "R", control: str = "71", usage: str = "P") -> GroupAcknowledgment:
    answer = read(acknowledgment("AK2*837*0001", *segments, code=code, control=control), usage)
    assert isinstance(answer, GroupAcknowledgment)
    return answer


def rejected(*errors: str) -> tuple[tuple[int, ...], tuple[int, ...], bool]:
    """Implicated attempts, innocent attempts, and whether the culprit is known."""
    (found,) = match_group(group_ack(*errors, "IK5*R*5"), [SUBMISSION]).sets
    assert (found.says, found.attempts) == (Says.REJECTED, (301, 302, 303))
    return tuple(each.attempt for each in found.implicated), found.innocent, found.culprit_known


def test_an_accepted_set_accepts_all_it_carried() -> None:
    """The answer names our group and set, and implicates nobody."""
    found = match_group(group_ack("IK5*A", code="A"), [SUBMISSION])
    assert (found.submission, found.strangers) == (5, ())
    (one,) = found.sets
    assert (one.control, one.says, one.attempts, one.implicated) == ("0001", Says.ACCEPTED, (301, 302, 303), ())


def test_accepted_with_errors_is_accepted_and_names_the_claims_to_watch() -> None:
    """The payer may still reject them one by one; an error nobody can place implicates nobody here."""
    (found,) = match_group(group_ack("IK3*SV1*50*2400*8", "IK3*NM1*3**8", "IK5*E*5", code="E"), [SUBMISSION]).sets
    assert (found.says, found.implicated) == (Says.ACCEPTED, (Implicated(302, "IK304 8", "2400/SV1"),))
    assert found.innocent == (301, 303)


@pytest.mark.parametrize(
    ("error", "implicated", "innocent"),
    [
        ("IK3*NM1*25*2310*8", (301,), (302, 303)),
        ("IK3*CLM*20*2300*8", (301,), (302, 303)),
        ("IK3*SV1*31*2400*8", (301,), (302, 303)),
        ("IK3*DMG*17*2010*8", (301,), (302, 303)),
        ("IK3*NM1*35*2010*8", (302, 303), (301,)),
        ("IK3*PAT*39*2000*8", (302, 303), (301,)),
        ("IK3*NM1*9*2010*8", (301, 302, 303), ()),
    ],
)
def test_an_error_in_a_claim_is_the_claims_and_one_in_a_level_is_of_all_below(
    error: str, implicated: tuple[int, ...], innocent: tuple[int, ...]
) -> None:
    """IK302 counts from ST = 1; the others travelled with the culprit and may go again."""
    assert rejected(error) == (implicated, innocent, True)


@pytest.mark.parametrize("error", ["IK3*NM1*4*1000*8", "IK3*SE*67**8", "IK3*CLM*?*2300*8", "IK3*CLM**2300*8"])
def test_an_error_nobody_can_place_implicates_everybody(error: str) -> None:
    """In the header, at the trailer or without a position: nobody is innocent by default."""
    assert rejected(error) == ((301, 302, 303), (), False)


def test_one_error_that_nobody_can_place_spoils_the_others() -> None:
    """A second culprit could be anybody."""
    assert rejected("IK3*SV1*25*2400*8", "IK3*NM1*4*1000*8") == ((301, 302, 303), (), False)


def test_a_rejection_without_errors_implicates_everybody_in_its_own_words() -> None:
    """IK502 says why the set as a whole was refused."""
    (found,) = match_group(group_ack("IK5*R*1*I6"), [SUBMISSION]).sets
    assert found.implicated[0] == Implicated(301, "IK501 R 1 I6", "ST 0001")
    assert (len(found.implicated), found.culprit_known) == (3, False)


def test_a_ctx_that_names_a_claim_implicates_it_too() -> None:
    """Some count segments differently: who is named and who stands there are both looked at."""
    assert rejected("IK3*SV1*25*2400*8", "CTX*CLM01:BL-1003") == ((301, 303), (302,), True)
    assert rejected("IK3*CLM*?*2300*8", "CTX*CLM01:bl-1002") == ((302,), (301, 303), True)


@pytest.mark.parametrize(
    ("error", "implicated"),
    [
        ("IK3*SBR*56*2300*I6", (302, 303)),
        ("IK3*SBR*57*2300*I6", (303,)),
        ("IK3*LX*67*2400*3", (303,)),
        ("IK3*N3*20*2010*I6", (301,)),
        ("IK3*SBR*56*2300*8", (303,)),
        ("IK3*DMG*44*2010*I6", (302, 303)),
    ],
)
def test_what_is_missing_may_have_belonged_to_what_ended_just_before(error: str, implicated: tuple[int, ...]) -> None:
    """A missing segment is reported where it was noticed, which may be the next claim's first segment."""
    assert rejected(error)[0] == implicated


def test_an_error_has_a_code_and_a_place_but_no_value() -> None:
    """Segment, element and codes in the words of the 999."""
    errors = ("IK3*NM1*25*2310*8", "IK4*9:1*67*7*HH-SECRET-3", "IK4*3**1", "IK3*HI*22**3")
    (found,) = match_group(group_ack(*errors, "IK5*R*5"), [SUBMISSION]).sets
    assert found.implicated == (
        Implicated(301, "IK304 8 IK403 7", "2310/NM109"),
        Implicated(301, "IK304 3", "HI"),
    )


@pytest.mark.parametrize(
    ("segments", "group_code", "says"),
    [
        (("IK5*A",), "A", Says.ACCEPTED),
        (("IK5*A",), "P", Says.ACCEPTED),
        (("IK5*R*5",), "A", Says.REJECTED),
        (("IK5*W",), "R", Says.REJECTED),
        (("IK5*A",), "R", Says.REJECTED),
        (("IK5*A", "AK2*837*0002", "IK5*R"), "R", Says.ACCEPTED),
        ((), "A", Says.UNKNOWN),
        (("IK5*Z",), "A", Says.UNKNOWN),
        (("IK5*A",), "", Says.ACCEPTED),
    ],
)
def test_the_sets_own_verdict_decides(segments: tuple[str, ...], group_code: str, says: Says) -> None:
    """A group rejected without a rejected set was rejected itself; a verdict that is missing or unknown is none."""
    found = match_group(group_ack(*segments, code=group_code), [SUBMISSION])
    assert found.sets[0].says is says
    assert found.strangers == (("0002",) if "AK2*837*0002" in segments else ())


@pytest.mark.parametrize(
    ("code", "says"), [("A", Says.ACCEPTED), ("R", Says.REJECTED), ("P", Says.UNKNOWN), ("", Says.UNKNOWN)]
)
def test_a_set_that_is_not_named_shares_its_groups_fate_if_that_is_one(code: str, says: Says) -> None:
    """A group accepted in part says nothing of a set that it leaves out."""
    answer = replace(group_ack("IK5*A", code=code), sets=())
    (found,) = match_group(answer, [SUBMISSION]).sets
    assert found.says is says
    assert {each.code for each in found.implicated} == ({"AK901 R"} if says is Says.REJECTED else set())


def test_a_group_rejected_for_itself_makes_nobody_innocent() -> None:
    """Errors noted on a set that was taken are not why the group was refused."""
    (found,) = match_group(group_ack("IK3*SV1*25*2400*8", "IK5*E*5", code="R"), [SUBMISSION]).sets
    assert (found.says, found.culprit_known, found.innocent) == (Says.REJECTED, False, ())
    assert {each.code for each in found.implicated} == {"AK901 R"}


@pytest.mark.parametrize(
    ("answer", "unmatched"),
    [
        (group_ack("IK5*A", control="72"), Unmatched.NOT_OURS),
        (group_ack("IK5*A", usage="T"), Unmatched.OTHER_USAGE),
        (replace(group_ack("IK5*A"), functional_id="HR"), Unmatched.CONTRADICTS),
    ],
)
def test_a_999_of_another_group_is_not_ours(answer: GroupAcknowledgment, unmatched: Unmatched) -> None:
    """It is kept and shown, and moves nothing."""
    found = match_group(answer, [SUBMISSION])
    assert (found.submission, found.sets, found.unmatched) == (None, (), unmatched)


def test_padding_of_control_numbers_does_not_matter() -> None:
    """Some write 000000071 for 71, or 1 for 0001."""
    answer = read(acknowledgment("AK2*837*1", "IK5*A", control="000000071"))
    assert isinstance(answer, GroupAcknowledgment)
    found = match_group(answer, [SUBMISSION])
    assert (found.submission, found.sets[0].says, found.strangers) == (5, Says.ACCEPTED, ())


# What a status says


@pytest.mark.parametrize(
    ("category", "action", "expected"),
    [
        ("A0", "", "in_transit"),
        ("A1", "WQ", "received"),
        ("A2", "WQ", "accepted"),
        ("A2", "", "accepted"),
        ("A5", "WQ", "accepted"),
        ("A3", "U", "rejected"),
        ("A4", "U", "rejected"),
        ("A6", "", "rejected"),
        ("A7", "U", "rejected"),
        ("A8", "U", "rejected"),
        ("A2", "U", "unknown"),
        ("A7", "WQ", "unknown"),
        ("A1", "U", "unknown"),
        ("A9", "WQ", "unknown"),
        ("P1", "WQ", "unknown"),
        ("", "", "unknown"),
    ],
)
def test_a_category_has_a_class_unless_the_action_says_the_opposite(category: str, action: str, expected: str) -> None:
    """What nobody knows, or what contradicts itself, is for a person and never a success."""
    assert status_class(Status(category, "20", "", action)).value == expected


@pytest.mark.parametrize(
    ("categories", "expected"),
    [
        ("A2", "accepted"),
        ("A1 A2", "accepted"),
        ("A0 A1", "received"),
        ("A7 A3", "rejected"),
        ("A7 A1", "rejected"),
        ("A7 P1", "rejected"),
        ("A2 P1", "unknown"),
        ("A2 A7", "unknown"),
        ("", "unknown"),
    ],
)
def test_several_statuses_of_a_claim_are_judged_together(categories: str, expected: str) -> None:
    """A rejection decides, and nothing is accepted beside something that is not understood."""
    assert claim_class([Status(each, "20") for each in categories.split()]).value == expected


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (Status("A7", "562", "82", "U"), "ENROLLMENT"),
        (Status("A3", "743", "85", "U"), "ENROLLMENT"),
        (Status("A7", "562", "QC", "U"), ""),
        (Status("A7", "562", "", "U"), ""),
        (Status("A7", "454", "82", "U"), ""),
        (Status("A8", "496", "85", "U"), "EDI_ENROLLMENT"),
        (Status("A3", "24", "41", "U"), "EDI_ENROLLMENT"),
        (Status("A3", "24", "82", "U"), "ENROLLMENT"),
        (Status("A2", "562", "82", "WQ"), ""),
        (Status("A7", "206", "82", "U"), ""),
    ],
)
def test_a_rejection_for_enrollment_is_told_by_code_and_entity(status: Status, kind: str) -> None:
    """The submitter's agreement is not the provider's credentialing; CARC numbers mean nothing in this list."""
    assert enrollment_kind(status) == kind
    assert is_enrollment_reject(status) is bool(kind)


# 277CA


def report(*segments: str, usage: str = "P", issuer: str = "PR") -> StatusReport:
    answer = read(status_report(*segments, issuer=issuer), usage)
    assert isinstance(answer, StatusReport)
    return answer


def without(segments: tuple[str, ...], *prefixes: str) -> tuple[str, ...]:
    return tuple(each for each in segments if not each.startswith(prefixes))


def claims_of(*segments: str, sent: tuple[SentAttempt, ...] = (ADA, BEN, EVE), usage: str = "P") -> list[StatusMatch]:
    found = match_report(report(*segments, usage=usage), sent, PAYERS)
    return [each for each in found.statuses if each.status.level == "2200D"]


def test_a_report_speaks_of_attempts_by_our_trace() -> None:
    """Each claim has its own verdict; the levels above it that took the batch say nothing more of anybody."""
    found = match_report(
        report(*SUBMITTER, TAKEN_AT_SUBMITTER, *PROVIDER, *CLAIM_TAKEN, *CLAIM_REFUSED), [ADA, BEN, EVE], PAYERS
    )
    assert [(each.status.level, each.says, each.attempts, each.how) for each in found.statuses] == [
        ("2200B", StatusClass.RECEIVED, (), ""),
        ("2200D", StatusClass.ACCEPTED, (301,), "trace"),
        ("2200D", StatusClass.REJECTED, (302,), "trace"),
    ]
    assert {each.unmatched for each in found.statuses} == {Unmatched.NONE}
    assert found.submissions == (5,)


def test_an_unknown_batch_with_our_trace_proves_the_arrival_of_the_attempts_submission() -> None:
    """A clearinghouse may have put the claim into a batch of its own."""
    other = (SUBMITTER[0], SUBMITTER[1], "TRN*2*THEIR-BATCH-9")
    found = match_report(report(*other, *PROVIDER, *CLAIM_TAKEN), [ADA], PAYERS)
    assert (found.submissions, found.statuses[0].attempts) == ((5,), (301,))


def test_a_trace_with_another_claims_number_is_somebody_elses() -> None:
    """Two gateways may count alike."""
    (found,) = claims_of(*SUBMITTER, *PROVIDER, *CLAIM_TAKEN, sent=(replace(BEN, trace=ADA.trace),))
    assert (found.attempts, found.unmatched, found.candidates) == ((), Unmatched.CONTRADICTS, (302,))


def test_without_a_trace_batch_number_and_charge_name_the_attempt() -> None:
    """A resubmission has the same CLM01 and charge in another batch."""
    again = replace(ADA, id=401, reference="GW000000099", trace="GW00000000401")
    (found,) = claims_of(*SUBMITTER, *PROVIDER, *without(CLAIM_TAKEN, "REF*D9"), sent=(again, ADA, BEN))
    assert (found.attempts, found.how) == ((301,), "reference")


@pytest.mark.parametrize(
    ("sent", "unmatched", "candidates"),
    [
        ((replace(ADA, charge=Decimal(161)),), Unmatched.CONTRADICTS, (301,)),
        ((ADA, replace(ADA, id=304, claim=14)), Unmatched.SEVERAL, (301, 304)),
        ((BEN,), Unmatched.CONTRADICTS, ()),
        ((), Unmatched.NOT_OURS, ()),
    ],
)
def test_within_our_batch_nothing_is_matched_by_default(
    sent: tuple[SentAttempt, ...], unmatched: Unmatched, candidates: tuple[int, ...]
) -> None:
    """Another charge, two equal claims, or a claim the batch never held: a person looks."""
    (found,) = claims_of(*SUBMITTER, *PROVIDER, *without(CLAIM_TAKEN, "REF*D9"), sent=sent)
    assert (found.attempts, found.unmatched, found.candidates) == ((), unmatched, candidates)


FOREIGN_BATCH = (SUBMITTER[0], SUBMITTER[1], "TRN*2*THEIR-BATCH-9", *PROVIDER, *without(CLAIM_TAKEN, "REF*D9"))


@pytest.mark.parametrize(
    ("sent", "attempts", "unmatched"),
    [
        ((ADA,), (301,), Unmatched.NONE),
        ((replace(ADA, control_number="bl-1001"),), (301,), Unmatched.NONE),
        ((ADA, replace(ADA, id=401, claim=14, waiting=False)), (301,), Unmatched.NONE),
        ((replace(ADA, id=501), ADA, replace(ADA, id=401)), (501,), Unmatched.NONE),
        ((ADA, replace(ADA, id=401, waiting=False)), (), Unmatched.NOT_OURS),
        ((replace(ADA, waiting=False),), (), Unmatched.NOT_OURS),
        ((replace(ADA, payer="other"),), (), Unmatched.NOT_OURS),
        ((replace(ADA, charge=Decimal(1)),), (), Unmatched.CONTRADICTS),
        ((replace(ADA, first_day=date(2026, 10, 1), last_day=date(2026, 10, 1)),), (), Unmatched.CONTRADICTS),
        ((replace(ADA, first_day=None),), (), Unmatched.CONTRADICTS),
        ((ADA, replace(ADA, id=401, claim=14)), (), Unmatched.SEVERAL),
        ((replace(ADA, usage="T"),), (), Unmatched.NOT_OURS),
    ],
)
def test_without_trace_and_batch_everything_must_agree_with_one_that_waits(
    sent: tuple[SentAttempt, ...], attempts: tuple[int, ...], unmatched: Unmatched
) -> None:
    """Payer, number, charge and days of service, among attempts that no 277CA has decided, the latest of each claim: what
    was sent again was returned, and a later stage's word on it must not fall on what came back."""
    (found,) = claims_of(*FOREIGN_BATCH, sent=sent)
    assert (found.attempts, found.unmatched) == (attempts, unmatched)
    assert found.how == ("waiting" if attempts else "")


def test_a_test_report_never_speaks_of_production() -> None:
    """Our trace came back in a test interchange."""
    (found,) = claims_of(*SUBMITTER, *PROVIDER, *CLAIM_TAKEN, usage="T")
    assert (found.attempts, found.unmatched, found.candidates) == ((), Unmatched.OTHER_USAGE, (301,))
    assert match_report(report(*SUBMITTER, *PROVIDER, *CLAIM_TAKEN, usage="T"), [ADA], PAYERS).submissions == ()


def test_a_number_cut_to_20_characters_is_still_ours() -> None:
    """Receivers need to keep no more of CLM01."""
    long = replace(ADA, control_number="BL-1001-2026-11-09-HARBOR")
    short = "BL-1001-2026-11-09-H"
    assert len(short) == 20
    for number, attempts in ((short, (301,)), (short[:19], ()), (long.control_number, (301,))):
        named = tuple(each.replace("BL-1001", number) for each in without(CLAIM_TAKEN, "REF*D9"))
        assert claims_of(*SUBMITTER, *PROVIDER, *named, sent=(long,))[0].attempts == attempts


def test_a_refusal_of_the_whole_batch_falls_on_every_claim_of_it() -> None:
    """2200B is refused and no claim is listed."""
    refused = ("HL*2*1*21*0", *SUBMITTER[1:], "STC*A3:24:41*20261116*U*410")
    other = replace(ADA, id=401, reference="GW000000099", submission=6)
    found = match_report(report(*refused), [ADA, BEN, EVE, other], PAYERS)
    (level,) = found.statuses
    assert (level.says, level.attempts, level.how) == (StatusClass.REJECTED, (301, 302, 303), "cascade")
    assert is_enrollment_reject(level.status.statuses[0])
    assert found.submissions == (5,)


def test_a_refused_batch_with_claims_below_is_not_believed() -> None:
    """Some payers put U there for a single claim; the claims speak for themselves."""
    found = match_report(report(*SUBMITTER, "STC*A3:21*20261116*U*410", *PROVIDER, *CLAIM_TAKEN), [ADA, BEN], PAYERS)
    assert [(each.status.level, each.attempts, each.unmatched) for each in found.statuses] == [
        ("2200B", (), Unmatched.NONE),
        ("2200D", (301,), Unmatched.NONE),
    ]


def test_a_refused_provider_falls_on_his_claims_of_the_batch_only() -> None:
    """2200C is refused without claims below it; another provider's claims are listed and stand for themselves."""
    elsewhere = replace(EVE, billing_npi="2000000036")
    other = ("HL*6*2*19*0", "NM1*85*2*OAK ROAD CLINIC*****XX*2000000036", "TRN*1*0", "STC*A8:496:85**U*250")
    found = match_report(report(*SUBMITTER, *PROVIDER, *CLAIM_TAKEN, *other), [ADA, BEN, elsewhere], PAYERS)
    assert [(each.status.level, each.attempts, each.how) for each in found.statuses] == [
        ("2200D", (301,), "trace"),
        ("2200C", (303,), "cascade"),
    ]


def test_a_refused_provider_with_claims_below_is_not_believed() -> None:
    """The claims under the same provider speak for themselves."""
    refused = (*PROVIDER, "TRN*1*0", "STC*A3:21**U*410")
    found = match_report(report(*SUBMITTER, TAKEN_AT_SUBMITTER, *refused, *CLAIM_TAKEN), [ADA, BEN], PAYERS)
    assert [(each.status.level, each.attempts) for each in found.statuses] == [
        ("2200B", ()),
        ("2200C", ()),
        ("2200D", (301,)),
    ]


def test_a_refused_provider_without_an_npi_is_only_believed_where_there_is_one() -> None:
    """Known by his tax number alone he could be any of several."""
    tax = ("HL*3*2*19*0", "NM1*85*2*BIRCH LANE CLINIC*****FI*999990007", "TRN*1*0", "STC*A3:26:85**U*410")
    (one,) = match_report(report(*SUBMITTER, *tax), [ADA, BEN], PAYERS).statuses
    assert (one.attempts, one.how) == ((301, 302), "cascade")
    (two,) = match_report(report(*SUBMITTER, *tax), [ADA, replace(BEN, billing_npi="2000000036")], PAYERS).statuses
    assert (two.attempts, two.unmatched, two.candidates) == ((), Unmatched.SEVERAL, (301, 302))


@pytest.mark.parametrize("status", ["STC*A1:19:PR*20261116*WQ*410", "STC*A2:20*20261116*WQ*410"])
def test_a_level_that_takes_the_batch_accepts_no_claim(status: str) -> None:
    """Only a claim's own status accepts it."""
    found = match_report(report("HL*2*1*21*0", *SUBMITTER[1:], status), [ADA, BEN, EVE], PAYERS)
    assert [(each.attempts, each.unmatched) for each in found.statuses] == [((), Unmatched.NONE)]
    assert found.submissions == (5,)


def test_a_refusal_of_a_batch_that_is_not_ours_falls_on_nobody() -> None:
    """It is kept and shown."""
    refused = ("HL*2*1*21*0", SUBMITTER[1], "TRN*2*THEIR-BATCH-9", "STC*A3:24:41*20261116*U*410")
    (found,) = match_report(report(*refused), [ADA], PAYERS).statuses
    assert (found.attempts, found.unmatched) == ((), Unmatched.NOT_OURS)


# 835


def pay(**changes: object) -> ClaimPayment:
    """Ada's payment of the chain, changed."""
    answer = read(payment_of(*PAID_CLAIM))
    assert isinstance(answer, Remittance)
    return replace(answer.claims[0], **changes)  # type: ignore[arg-type]


def paid(
    payment: ClaimPayment, *sent: SentAttempt, earlier: tuple[EarlierPayment, ...] = (), usage: str = "P"
) -> PaymentMatch:
    return match_payment(payment, usage, PAYERS, sent, earlier)


KNOWN = replace(ADA, payer_control_number="HH26-000501", payer_accepted_on=date(2026, 11, 16))


def test_the_payers_own_number_is_the_strongest_key() -> None:
    """It holds although CLM01 was used again, and although another attempt agrees in everything else."""
    reused = replace(ADA, id=501, claim=51, payer_accepted_on=date(2026, 11, 29))
    assert paid(pay(), reused, KNOWN) == PaymentMatch(11, 301, "payer_number")
    assert paid(pay(claim="OTHER"), reused, KNOWN) == PaymentMatch(11, 301, "payer_number")


def test_a_payers_number_on_two_claims_is_a_tie() -> None:
    """The worklist gets both."""
    found = paid(pay(), KNOWN, replace(KNOWN, id=501, claim=51, family=51))
    assert (found.claim, found.unmatched, found.candidates) == (None, Unmatched.SEVERAL, (11, 51))


def test_a_number_that_the_payer_keeps_is_of_the_version_it_decides() -> None:
    """Reversal and correction under one number: the first takes back what was decided, the second decides the replacement;
    a void is never paid, and without knowing what was decided a reversal has no version."""
    again = (EarlierPayment(11, 11, "harbor", "HH26-000501"),)
    replacement = replace(KNOWN, id=501, claim=51, frequency="7")
    reversal = pay(status="22", charge=Decimal(-160))
    for newer in (replacement, replace(replacement, payer_control_number="")):
        assert paid(reversal, KNOWN, newer, earlier=again) == PaymentMatch(11, 301, "payer_number")
        assert paid(pay(), KNOWN, newer, earlier=again) == PaymentMatch(51, 501, "payer_number")
    assert paid(pay(), KNOWN, replace(replacement, frequency="8"), earlier=again).claim == 11
    assert paid(pay(), KNOWN, replace(replacement, payer_control_number="", ended=True), earlier=again).claim == 11
    assert paid(reversal, KNOWN, replacement).unmatched is Unmatched.SEVERAL


@pytest.mark.parametrize(
    "changed", [{"charge": Decimal(999)}, {"first_day": date(2026, 9, 1), "last_day": date(2026, 9, 1)}]
)
@pytest.mark.parametrize("told", ["HH26-000501", ""])
def test_under_a_kept_number_a_decision_is_of_the_version_it_states(changed: dict[str, Any], told: str) -> None:
    """The correction's may come before the denial of the original, and after it: by charge or days, not by arrival."""
    original = replace(KNOWN, **changed)
    replacement = replace(ADA, id=501, claim=51, frequency="7", payer_control_number=told)
    again = (EarlierPayment(51, 11, "harbor", "HH26-000501"),)
    denial = pay(status="4", paid=Decimal(0), **({"charge": Decimal(999)} if "charge" in changed else changed))
    assert paid(pay(), original, replacement) == PaymentMatch(51, 501, "payer_number")
    assert paid(denial, original, replacement, earlier=again) == PaymentMatch(11, 301, "payer_number")
    assert paid(denial, original, replacement) == PaymentMatch(11, 301, "payer_number")
    void = replace(replacement, frequency="8")
    assert paid(pay(), original, void) == PaymentMatch(11, 301, "payer_number")


def test_of_versions_with_one_number_the_latest_is_decided() -> None:
    """Nothing else tells them apart, and the money is the family's."""
    unnumbered = pay(payer_control_number="", member_id="", rendering_npi="")
    assert paid(unnumbered, ADA, replace(ADA, id=501, claim=51)) == PaymentMatch(51, 501, "number")


def test_a_number_paid_before_leads_to_the_same_claim() -> None:
    """A reversal repeats the CLP07 of what it takes back."""
    earlier = (EarlierPayment(11, 11, "harbor", "HH26-000501"),)
    reversal = pay(status="22", charge=Decimal(-160))
    other = replace(ADA, id=501, claim=51)
    assert paid(reversal, ADA, other, earlier=earlier) == PaymentMatch(11, 301, "ledger")
    assert paid(reversal, earlier=earlier) == PaymentMatch(11, None, "ledger")
    test = (replace(earlier[0], usage="T"),)
    assert paid(reversal, earlier=test).unmatched is Unmatched.NOT_OURS


def test_an_original_reference_leads_to_the_family_and_there_to_the_version() -> None:
    """REF*F8 names the payment that is corrected; the correction is of the replacement we sent, where one agrees."""
    earlier = (EarlierPayment(11, 11, "harbor", "HH26-000401"),)
    correction = pay(payer_control_number="HH26-000999", original_reference="HH26-000401")
    replacement = replace(ADA, id=501, claim=51, family=11, payer_accepted_on=date(2026, 11, 29))
    stranger = replace(ADA, id=601, claim=61, family=61, payer_accepted_on=date(2026, 11, 30))
    assert paid(correction, ADA, replacement, stranger, earlier=earlier) == PaymentMatch(51, 501, "original")
    assert paid(replace(correction, claim="NEW"), ADA, earlier=earlier) == PaymentMatch(11, 301, "original")


def test_a_correction_under_the_number_of_the_original_is_of_the_replacement() -> None:
    """Read so, CLP01 is that of the original even where the replacement had another; a void is never paid, and a reversal
    is of what was paid."""
    earlier = (EarlierPayment(11, 11, "harbor", "HH26-000401"),)
    correction = pay(payer_control_number="HH26-000999", original_reference="HH26-000401")
    other = replace(ADA, id=501, claim=51, control_number="NEW-1", frequency="7")
    assert paid(correction, ADA, other, earlier=earlier) == PaymentMatch(51, 501, "original")
    assert paid(correction, ADA, replace(other, frequency="8"), earlier=earlier).claim == 11
    assert paid(correction, ADA, replace(other, charge=Decimal(1), first_day=date(2020, 1, 1),
                                         last_day=None), earlier=earlier).claim == 11  # fmt: skip
    assert paid(replace(correction, status="22"), ADA, other, earlier=earlier).claim == 11


def test_a_number_paid_before_on_two_claims_is_a_tie() -> None:
    """A payer that gave one number twice cannot be followed by it, neither directly nor by REF*F8."""
    earlier = (EarlierPayment(11, 11, "harbor", "HH26-7"), EarlierPayment(21, 21, "harbor", "HH26-7"))
    for payment in (pay(payer_control_number="HH26-7"), pay(claim="NEW", original_reference="HH26-7")):
        found = paid(payment, ADA, earlier=earlier)
        assert (found.claim, found.unmatched, found.candidates) == (None, Unmatched.SEVERAL, (11, 21))


def test_an_original_reference_nobody_knows_leaves_it_to_our_number() -> None:
    """The original was paid before this gateway was there."""
    earlier = (EarlierPayment(21, 21, "harbor", "HH26-7"),)
    payment = pay(payer_control_number="", original_reference="HH26-8")
    assert paid(payment, ADA, earlier=earlier) == PaymentMatch(11, 301, "number")


def test_what_neither_side_states_is_no_agreement() -> None:
    """A payment without a member's number does not prefer a claim without one."""
    payment = pay(payer_control_number="", member_id="", rendering_npi="")
    found = paid(payment, replace(ADA, member_id="", rendering=()), OLD)
    assert (found.claim, found.unmatched) == (None, Unmatched.SEVERAL)


@pytest.mark.parametrize(
    ("change", "matched"),
    [
        ({}, True),
        ({"charge": Decimal(-160)}, True),
        ({"charge": Decimal(9)}, True),
        ({"first_day": date(2026, 1, 1), "last_day": date(2026, 1, 2)}, True),
        ({"charge": Decimal(9), "first_day": date(2026, 1, 1), "last_day": date(2026, 1, 2)}, False),
        ({"charge": Decimal(9), "first_day": None, "last_day": None}, True),
        ({"charge": Decimal(9), "first_day": None, "last_day": None, "lines": ()}, False),
        ({"claim": "bl-1001"}, True),
        ({"claim": "BL-100"}, False),
        ({"claim": ""}, False),
    ],
)
def test_our_number_alone_is_not_enough(change: dict[str, object], matched: bool) -> None:
    """Charge or days of service, of the claim or of a line, must agree with the only candidate."""
    found = paid(pay(payer_control_number="", **change), ADA)
    assert (found.claim, found.how) == ((11, "number") if matched else (None, ""))
    if not matched and change.get("claim") is None:
        assert (found.unmatched, found.candidates) == (Unmatched.CONTRADICTS, (11,))


@pytest.mark.parametrize(
    ("first", "last", "until", "served"),
    [
        (10, 12, 10, True),
        (7, 9, 10, True),
        (9, 10, 10, True),
        (7, 12, 10, True),
        (10, None, 10, True),
        (9, None, None, True),
        (11, 12, 10, False),
        (7, 8, 10, False),
        (10, 12, None, False),
        (8, None, 10, False),
    ],
)
def test_days_of_service_agree_where_they_share_one(
    first: int, last: int | None, until: int | None, served: bool
) -> None:
    """Both ends belong to a range, and a range without an end is its first day."""
    days = {"first_day": date(2026, 11, first), "last_day": date(2026, 11, last) if last else None}
    ada = replace(ADA, last_day=date(2026, 11, until) if until else None)
    found = paid(pay(payer_control_number="", charge=Decimal(9), **days), ada)
    assert (found.claim == 11) is served


OLD = replace(ADA, id=201, claim=21, family=21)


@pytest.mark.parametrize(
    "other",
    [
        replace(OLD, ended=True),
        replace(OLD, charge=Decimal(9)),
        replace(OLD, first_day=date(2026, 1, 1), last_day=date(2026, 1, 1)),
        replace(OLD, member_id="HH-OTHER"),
        replace(OLD, rendering=("2000000036",)),
        replace(OLD, payer_accepted_on=date(2026, 11, 1)),
    ],
)
def test_several_candidates_are_narrowed_by_what_else_agrees(other: SentAttempt) -> None:
    """Not rejected for good, then charge, days, member, rendering provider, then the latest acceptance."""
    ada = replace(ADA, payer_accepted_on=date(2026, 11, 16))
    assert paid(pay(payer_control_number=""), other, ada) == PaymentMatch(11, 301, "number")
    assert paid(pay(payer_control_number=""), ada, other) == PaymentMatch(11, 301, "number")


@pytest.mark.parametrize("accepted", [None, date(2026, 11, 16)])
def test_candidates_that_agree_in_everything_are_a_tie(accepted: date | None) -> None:
    """Nobody is chosen by chance; both are named."""
    found = paid(
        pay(payer_control_number=""),
        replace(OLD, payer_accepted_on=accepted),
        replace(ADA, payer_accepted_on=accepted),
    )
    assert (found.claim, found.unmatched, found.candidates) == (None, Unmatched.SEVERAL, (21, 11))


def test_attempts_of_one_claim_are_no_tie() -> None:
    """The claim is certain; of its attempts the one the payer accepted is meant, else the latest."""
    again = replace(ADA, id=401)
    payment = pay(payer_control_number="")
    assert paid(payment, ADA, again) == PaymentMatch(11, 401, "number")
    assert paid(payment, replace(ADA, payer_accepted_on=date(2026, 11, 16)), again) == PaymentMatch(11, 301, "number")


def test_a_payment_for_a_rejected_claim_is_still_its_payment() -> None:
    """Money beats what was said before."""
    assert paid(pay(payer_control_number=""), replace(ADA, ended=True)).claim == 11


@pytest.mark.parametrize(
    ("sent", "unmatched"),
    [
        ((), Unmatched.NOT_OURS),
        ((replace(KNOWN, payer="other"),), Unmatched.NOT_OURS),
        ((replace(KNOWN, usage="T"),), Unmatched.OTHER_USAGE),
    ],
)
def test_another_payers_or_a_test_claim_is_not_paid(sent: tuple[SentAttempt, ...], unmatched: Unmatched) -> None:
    """The same CLM01 goes to the primary and to the secondary payer, and in tests."""
    found = paid(pay(), *sent)
    assert (found.claim, found.unmatched) == (None, unmatched)


def test_a_remittance_is_matched_claim_by_claim() -> None:
    """In its own order, and with a single look at what was sent."""
    answer = read(payment_of(*DENIED_CLAIM, *PAID_CLAIM, "CLP*XX-9*1*5*5**12*HH26-9"))
    assert isinstance(answer, Remittance)
    earlier = [EarlierPayment(12, 12, "harbor", "HH26-000502")]
    found = match_remittance(answer, PAYERS, [KNOWN, EVE, BEN], earlier)
    assert [(each.claim, each.attempt, each.how) for each in found] == [
        (12, 302, "ledger"),
        (11, 301, "payer_number"),
        (None, None, ""),
    ]
    for payment, match in zip(answer.claims, found, strict=True):
        assert match == match_payment(payment, "P", PAYERS, [KNOWN, EVE, BEN], earlier)


def test_a_lines_days_serve_where_the_claim_states_none() -> None:
    """Professional remittances often date the lines alone."""
    payment = pay(payer_control_number="", charge=Decimal(9), first_day=None, last_day=None)
    assert isinstance(payment.lines[0], LinePayment)
    assert paid(payment, ADA).claim == 11


# Keys


def test_every_answer_gives_the_keys_to_look_up_its_candidates() -> None:
    """The store fetches by index what may be meant, and nothing else."""
    long = "BL-1001-2026-11-09-H"
    cut = tuple(each.replace("bl-1001", long) for each in (each.replace("BL-1001", "bl-1001") for each in CLAIM_TAKEN))
    assert keys_of(read(ta1())) == Keys(controls=(71,))
    assert keys_of(read(ta1(7))) == Keys(controls=(7,))
    assert keys_of(group_ack("IK5*A")) == Keys(group_controls=("71",))
    assert keys_of(report(*SUBMITTER, *PROVIDER, *cut, *CLAIM_REFUSED)) == Keys(
        references=("GW000000071",),
        traces=("GW00000000301", "GW00000000302"),
        claims=(long, "BL-1002"),
        prefixes=(long,),
    )
    assert keys_of(read(payment_of(*PAID_CLAIM, "REF*F8*X", *DENIED_CLAIM, DENIED_CLAIM[0], "REF*F8*HH9"))) == Keys(
        claims=("BL-1001", "BL-1002"),
        payer_control_numbers=("HH26-000501", "HH26-000502", "HH9"),
    )
    assert keys_of(Note("text")) == Keys()


def test_a_control_number_that_is_none_has_no_key() -> None:
    """A TA1 may say anything in TA101."""
    answer = interchange_ack()
    assert isinstance(answer, InterchangeAcknowledgment)
    strange = replace(answer, control="7A")
    assert keys_of(strange) == Keys()
    assert match_interchange(strange, [SUBMISSION]).unmatched is Unmatched.NOT_OURS
