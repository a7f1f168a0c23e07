"""Claims of any shape at all, whose every text may be one that must not show."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from gateway.model.claims import (
    Adjudication,
    BillingProvider,
    ClaimKind,
    Coverage,
    Diagnosis,
    OtherDate,
    Patient,
    PostalAddress,
    Provider,
    ServiceLine,
)
from tests.checks.claims import claim

TODAY = date(2026, 8, 1)

days = (
    st.none() | st.integers(-5, 40).map(lambda count: TODAY + timedelta(count)) | st.sampled_from([date.min, date.max])
)
money = st.none() | st.decimals(-1, 500, places=2) | st.just(Decimal("0.001"))
texts = st.sampled_from(["", "SECRET", "SECRET" * 9, "SECRET 9"])
codes = st.sampled_from(["", "1", "2", "7", "8", "18", "S", "ABK", "BK", "ABF", "9999999999", "2000000011", "SECRET"])

adjudications = st.builds(Adjudication, codes, money, money)
lines = st.builds(
    ServiceLine,
    number=st.integers(0, 3),
    procedure=texts | st.just("99213"),
    modifiers=st.lists(codes, max_size=2).map(tuple),
    charge=money,
    units=money,
    first_day=days,
    last_day=days,
    revenue_code=texts,
    control=texts,
    procedure_qualifier=st.sampled_from(["HC", "AD", "SECRET"]),
    pointers=st.lists(codes, max_size=3).map(tuple),
    adjudications=st.lists(adjudications, max_size=2).map(tuple),
)
providers = st.builds(Provider, st.sampled_from(["82", "71", "DN", "ZZ", "??", ""]), codes, codes, texts)
addresses = st.none() | st.builds(PostalAddress, texts | st.just("PO BOX SECRET"), texts, texts, texts, texts, texts)
patients = st.builds(
    Patient,
    dependent=st.booleans(),
    subscriber_relationship=codes,
    born=days,
    sex=texts,
    demographics=st.booleans(),
    address=st.booleans(),
    died=days,
    zip=texts,
)
others = st.builds(
    OtherDate,
    st.sampled_from(["431", "304", "360", "361", "314", "SECRET"]),
    days.filter(bool),
    days.filter(bool),
    st.none() | st.integers(0, 3),
)
shapes = st.builds(
    claim,
    kind=st.sampled_from(ClaimKind),
    lines=st.lists(lines, max_size=3).map(tuple),
    providers=st.lists(providers, max_size=2).map(tuple),
    billing=st.builds(BillingProvider, codes, codes, texts, texts, secondary_id=texts, address=addresses),
    charge=money,
    first_day=days,
    last_day=days,
    control_number=texts,
    frequency=st.sampled_from(["", "1", "7", "8", "SECRET"]),
    payer_id=texts,
    member_id=texts,
    trace=texts,
    payer_control_number=texts,
    payer_responsibility=st.sampled_from(["P", "S", "SECRET"]),
    patient=patients,
    diagnoses=st.lists(st.builds(Diagnosis, codes, texts | st.just("E11.9")), max_size=3).map(tuple),
    coverages=st.lists(st.builds(Coverage, codes, codes, codes, money, money), max_size=2).map(tuple),
    patient_paid=money,
    admitted=days,
    discharged=days,
    predetermination=st.booleans(),
    accident_day=days,
    other_dates=st.lists(others, max_size=3).map(tuple),
)
