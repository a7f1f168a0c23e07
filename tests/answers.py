"""A payer's answers, all of it fictional: envelopes with right counts around given segments, and one worked chain.

Birch Lane Clinic (billing NPI 1234567893) sent submission 71 to Harbor Health: one claim of Ada Sample (BL-1001) and
one of her son (BL-1002) by two rendering providers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

SEPARATORS = "*:~^"


def interchange(
    *content: str, control: int = 900, usage: str = "P", separators: str = SEPARATORS, receiver: str = "BIRCHLANE"
) -> bytes:
    """ISA to IEA around groups and TA1s, written with `*` and `~` and translated to the given separators."""
    element, component, terminator, repetition = list(separators)
    groups = sum(text.startswith("GS*") for text in content)
    isa = f"ISA*00*{' ' * 10}*00*{' ' * 10}*ZZ*{'HARBORHP':15}*ZZ*{receiver:15}*261116*0640*^*00501*{control:09}*0*{usage}*"
    text = f"{isa}:~{''.join(content)}IEA*{groups}*{control:09}~"
    return text.translate(str.maketrans("*:~^", f"{element}{component}{terminator}{repetition}")).encode("latin-1")


def ta1(control: int = 71, code: str = "A", note: str = "000", sent: str = "261115*0930") -> str:
    """The acknowledgment of one of our interchanges."""
    return f"TA1*{control:09}*{sent}*{code}*{note}~"


def group(functional_id: str, version: str, *sets: str, control: int = 9) -> str:
    """GS to GE."""
    header = f"GS*{functional_id}*HARBOR*BIRCHLANE*20261116*0640*{control}*X*{version}~"
    return f"{header}{''.join(sets)}GE*{len(sets)}*{control}~"


def one_set(code: str, *segments: str, version: str = "", control: str = "0001") -> str:
    """ST to SE."""
    header = "*".join(filter(None, ("ST", code, control, version)))
    return f"{header}~{''.join(f'{each}~' for each in segments)}SE*{len(segments) + 2}*{control}~"


def acknowledgment(*segments: str, control: str = "71", code: str = "A") -> str:
    """A group with a 999 of our group; the segments are AK2 to IK5."""
    body = (f"AK1*HC*{control}*005010X222A1", *segments, f"AK9*{code}*1*1*{1 if code == 'A' else 0}")
    return group("FA", "005010X231A1", one_set("999", *body, version="005010X231A1"))


def status_report(*segments: str, version: str = "005010X214", issuer: str = "PR") -> str:
    """A group with a 277CA; the segments are 2000B and what hangs on it."""
    head = (
        "BHT*0085*08*HH-ACK-5*20261116*0640*TH",
        "HL*1**20*1",
        f"NM1*{issuer}*2*HARBOR HEALTH*****PI*44001",
        "TRN*1*HH-ACK-5",
        "DTP*050*D8*20261115",
        "DTP*009*D8*20261116",
    )
    return group("HN", version, one_set("277", *head, *segments, version=version))


def status_response(*segments: str) -> str:
    """A group with a 277 to a 276 of ours (005010X212); the segments hang on the clinic that billed."""
    head = (
        "BHT*0010*08*HH-STATUS-1*20261201*0810*DG",
        "HL*1**20*1",
        "NM1*PR*2*HARBOR HEALTH*****PI*44001",
        "HL*2*1*21*1",
        "NM1*41*2*BIRCH LANE CLINIC*****46*BIRCHLANE",
        "HL*3*2*19*1",
        "NM1*1P*2*BIRCH LANE CLINIC*****XX*1234567893",
    )
    return group("HN", "005010X212", one_set("277", *head, *segments, version="005010X212"))


STATUS_OF_SUBSCRIBER = (
    "HL*4*3*22*0",
    "NM1*IL*1*SAMPLE*ADA****MI*HH-SECRET-1",
    "TRN*2*GWQ0000000005",
    "STC*F1:20*20261130**160*120*20261128**20261129*HH-CHECK-9",
    "REF*1K*HH26-000501",
    "REF*EJ*BL-1001",
    "REF*D9*GW00000000301",
    "DTP*472*RD8*20261109-20261110",
    "SVC*HC:99213*160*120****1",
    "STC*F1:20*20261130",
    "DTP*472*D8*20261109",
)
STATUS_OF_DEPENDENT = (
    "HL*5*3*22*1",
    "NM1*IL*1*SAMPLE*ADA****MI*HH-SECRET-1",
    "HL*6*5*23",
    "NM1*QC*1*SAMPLE*BEN",
    "TRN*2*GWQ0000000006",
    "STC*R0:21*20261130**250******R4:22",
    "REF*EJ*BL-1002",
)
SUBMITTER = ("HL*2*1*21*1", "NM1*41*2*BIRCH LANE CLINIC*****46*BIRCHLANE", "TRN*2*GW000000071")
PROVIDER = ("HL*3*2*19*1", "NM1*85*2*BIRCH LANE CLINIC*****XX*1234567893")
TAKEN_AT_SUBMITTER = "STC*A1:19:PR*20261116*WQ*410"
TAKEN_AT_PROVIDER = ("TRN*1*0", "STC*A1:19:PR**WQ*410")
CLAIM_TAKEN = (
    "HL*4*3*PT",
    "NM1*QC*1*SAMPLE*ADA****MI*HH-SECRET-1",
    "TRN*2*BL-1001",
    "STC*A2:20*20261116*WQ*160",
    "REF*1K*HH26-000501",
    "REF*D9*GW00000000301",
    "DTP*472*RD8*20261109-20261110",
)
CLAIM_REFUSED = (
    "HL*5*3*PT",
    "NM1*QC*1*SAMPLE*BEN****MI*HH-SECRET-1",
    "TRN*2*BL-1002",
    "STC*A7:562:82*20261116*U*250******A3:21**NOTE ABOUT BEN SAMPLE",
    "REF*D9*GW00000000302",
    "DTP*472*D8*20261112",
)


def payment_of(*segments: str, amount: str = "95", version: str = "005010X221A1", extra: Iterable[str] = ()) -> str:
    """A group with an 835; the segments are loops 2100 and 2110, `extra` is PLB."""
    head = (
        f"BPR*I*{amount}*C*ACH*CCP*01*999999992*DA*0001*1770001234**01*999999992*DA*0002*20261201",
        "TRN*1*HH-EFT-88*1770001234",
        "REF*EV*BIRCHLANE",
        "DTM*405*20261130",
        "N1*PR*HARBOR HEALTH",
        "REF*2U*44001",
        "PER*BL*EDI DESK*TE*5555550123",
        "N1*PE*BIRCH LANE CLINIC*XX*1234567893",
        "REF*TJ*999990007",
        "LX*1",
    )
    return group("HP", version, one_set("835", *head, *segments, *extra))


PAID_CLAIM = (
    "CLP*BL-1001*1*160*95*25*12*HH26-000501*11*1",
    "NM1*QC*1*SAMPLE*ADA****MI*HH-SECRET-1",
    "NM1*82*1*HAZEL*HANA****XX*2000000010",
    "DTM*232*20261109",
    "DTM*233*20261110",
    "SVC*HC:99213:25*120*75**1",
    "DTM*472*20261109",
    "CAS*CO*45*20",
    "CAS*PR*3*25",
    "REF*6R*L1",
    "SVC*HC:87880*40*20**1",
    "DTM*472*20261110",
    "CAS*CO*45*20",
    "REF*6R*L2",
)
DENIED_CLAIM = (
    "CLP*BL-1002*1*250*0**12*HH26-000502*11*1",
    "NM1*QC*1*SAMPLE*BEN****MI*HH-SECRET-2",
    "NM1*IL*1*SAMPLE*ADA****MI*HH-SECRET-1",
    "SVC*HC:99214*250*0**0**1",
    "DTM*472*20261112",
    "CAS*CO*B7*250",
    "REF*6R*L1",
    "REF*HPI*2000000028",
    "LQ*HE*N570",
)


def blocks(document: bytes, size: int = 1 << 16) -> Iterator[bytes]:
    """The document, cut anywhere."""
    for start in range(0, len(document), size):
        yield document[start : start + size]
