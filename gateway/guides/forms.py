"""The forms of numbers, addresses and names that guides ask for in words: each as a pattern of what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from gateway.guides.faults import AdviceCode
from gateway.guides.unlisted import unlisted
from gateway.guides.zips import elsewhere


class Advice(NamedTuple):
    """`wrong` is a pattern from the segment's id up to right before the element meant, which it looks at ahead. There
    `[^*]`, `\\*` and `;` stand for an element's text, the separator of elements and that of components, also within
    classes (`[^*0-9]`). `element` is the number of the one meant where the pattern cannot say it, as of what the segment
    ends before."""

    code: AdviceCode
    wrong: str
    element: int = 0


_END = r"(?:\*|\Z)"
_AT_HOME = r"[^*]*(?:\*(?:US)?(?:\*|\Z)|\Z)"
_NONE = rf"(?=(?:-[^*]*|0*\.?0*){_END})(?=[^*])"
_HOME = r"(?=N4(?:\*[^*]*){0,3}\Z|N4(?:\*[^*]*){3}\*(?:US|CA)?(?:\*|\Z))"
_ZIP = r"N4\*[^*]*\*[^*]*\*"
# What people type to get past a mandatory field.
_NOTHING = r"(?:UNKNOWN|UNK|NONE|NULL|TBD|N/?A)"
# Eight digits of dollars and two of cents.
_TOO_LONG = r"(?=[0-9]{9}|[0-9]*\.[0-9]{3})"
_NO_ZIP = rf"{_ZIP}(?=[^*])(?!(?!00000)(?:[0-9]{{5}}|[0-9]{{9}}){_END})(?={_AT_HOME})"

ADVICE: Mapping[str, Advice] = MappingProxyType(
    {
        # Ten digits of a telephone or fax number; an address of electronic mail has one @.
        "contact": Advice(
            AdviceCode.CONTACT_NUMBER_SHAPE,
            r"PER\*[^*]*\*[^*]*(?:\*[^*]*\*[^*]*)*?\*"
            rf"(?:(?:TE|FX)\*(?=[^*])(?!(?!0{{10}}|1{{10}}|9{{10}})[0-9]{{10}}{_END})|EM\*(?=[^*])(?![^*@]+@[^*@]+{_END}))",
        ),
        "zip": Advice(AdviceCode.ADDRESS_ZIP_INVALID, _NO_ZIP),
        "zip of facility": Advice(AdviceCode.FACILITY_ZIP_INVALID, _NO_ZIP),
        "zip4": Advice(AdviceCode.FACILITY_ZIP4_MISSING, rf"{_ZIP}(?=[0-9]{{5}}(?:0000)?{_END})(?={_AT_HOME})"),
        "marks": Advice(
            AdviceCode.TAX_ID_MARKS,
            rf"REF\*(?:EI|SY)\*(?=(?:[0-9]{{2}}-[0-9]{{7}}|[0-9]{{3}}-[0-9]{{2}}-[0-9]{{4}}){_END})",
        ),
        "person number": Advice(
            AdviceCode.PERSON_NUMBER_SHAPE,
            rf"REF\*SY\*(?=[^*])(?!(?:[0-9]{{9}}|[0-9]{{3}}-[0-9]{{2}}-[0-9]{{4}}){_END})",
        ),
        # Two digits of a state, D, seven digits.
        "clia": Advice(AdviceCode.CLIA_NUMBER_SHAPE, rf"REF\*(?:X4|F4)\*(?=[^*])(?![0-9]{{2}}D[0-9]{{7}}{_END})"),
        "authorization": Advice(
            AdviceCode.AUTHORIZATION_DOUBTFUL,
            rf"REF\*(?:G1|9F)\*(?=(?:{_NOTHING}|NO|PENDING|NOT REQUIRED|0+){_END})",
        ),
        # Why no authorization was asked for, 1 to 7; whether Medicare must cross over, Y or N.
        "listed reference": Advice(
            AdviceCode.REFERENCE_INVALID, rf"REF\*(?:4N\*(?=[^*])(?![1-7]{_END})|F5\*(?=[^*])(?![NY]{_END}))"
        ),
        # A National Drug Code in its 5-4-2 form, without the dashes.
        "drug": Advice(AdviceCode.DRUG_CODE_SHAPE, rf"LIN\*[^*]*\*N4\*(?=[^*])(?![0-9]{{11}}{_END})"),
        "quantity": Advice(
            AdviceCode.DRUG_QUANTITY_ZERO, rf"CTP(?:\*[^*]*){{3}}\*(?=(?:-[^*]*|0*\.?0*){_END})(?=[^*])"
        ),
        "paid units": Advice(AdviceCode.PAID_UNITS_ZERO, rf"SVD(?:\*[^*]*){{4}}\*{_NONE}"),
        "paid procedure": Advice(
            AdviceCode.PAID_PROCEDURE_SHAPE,
            r"SVD(?:\*[^*]*){2}\*(?=HC;)(?!HC;(?:[0-9]{4}[0-9AFMTU]|[A-V][0-9]{4})(?:[;*]|\Z))",
        ),
        # The line that another was bundled into has a number.
        "bundled line": Advice(AdviceCode.BUNDLED_LINE_INVALID, rf"SVD(?:\*[^*]*){{5}}\*{_NONE}"),
        # Eight digits before the point and three behind it.
        "units": Advice(
            AdviceCode.UNITS_SHAPE,
            r"(?:SV1(?:\*[^*]*){3}|SV2(?:\*[^*]*){4})\*(?=[0-9]{9}|[0-9]*\.[0-9]{4})",
        ),
        # The seventh component says what a code without a meaning of its own stands for.
        "description": Advice(
            AdviceCode.DESCRIPTION_MISSING,
            rf"SV[123]\*(?:[^*]*\*)??{unlisted()}(?:(?:;[^*;]*){{0,4}}(?=\*|\Z)|(?:;[^*;]*){{4}};(?=[;*]|\Z))",
        ),
        "amount": Advice(
            AdviceCode.AMOUNT_NEGATIVE,
            r"(?:HCP\*[^*]*(?:\*[^*]*)?|CN1\*[^*]*|SV5(?:\*[^*]*){3,4}|SV2(?:\*[^*]*){6}|PS1\*[^*]*|AMT\*(?!F5\*)[^*]*)\*(?=-)",
        ),
        "value amount": Advice(AdviceCode.AMOUNT_NEGATIVE, r"HI(?:\*[^*]*)*?\*(?=BE;[^*;]*;[^*;]*;[^*;]*;-)"),
        "amount shape": Advice(
            AdviceCode.AMOUNT_SHAPE,
            r"(?:(?:AMT|SVD)\*[^*]*|CAS\*[^*]*\*[^*]*(?:(?:\*[^*]*){3})*?)\*-?" + _TOO_LONG,
        ),
        # Of a charge, three decimals are CHARGE_CENTS's.
        "charge": Advice(AdviceCode.AMOUNT_SHAPE, r"(?:CLM|SV[13]|SV2\*[^*]*)\*[^*]*\*(?=[0-9]{9})"),
        # NU says that nothing of a child's examination was referred on.
        "examination": Advice(
            AdviceCode.CONDITION_CONTRADICTS,
            rf"CRC\*ZZ\*(?:Y(?:\*[^*]*)*?\*(?=NU{_END})|N\*(?=[^*])(?!NU{_END}))",
        ),
        # Chapter XX of ICD-10-CM, V to Y, tells how an injury came about, and never what it is.
        "external cause": Advice(AdviceCode.DIAGNOSIS_EXTERNAL, r"HI\*(?=ABK;[V-Y])"),
        "number of": Advice(
            AdviceCode.QUANTITY_ZERO, rf"(?:(?:SV5|CR3)(?:\*[^*]*){{2}}|QTY\*[^*]*)\*{_NONE}|DN1(?:\*[^*]*)?\*(?=-)"
        ),
        "weight": Advice(AdviceCode.WEIGHT_ZERO, rf"(?:PAT(?:\*[^*]*){{7}}|CR1\*[^*]*)\*{_NONE}"),
        # No miles are a transport for which no mileage is charged.
        "distance": Advice(AdviceCode.DISTANCE_NEGATIVE, r"CR1(?:\*[^*]*){5}\*(?=-)"),
        # Sent by mail, fax, file or otherwise, it is found by its number.
        "attachment": Advice(
            AdviceCode.ATTACHMENT_NUMBER_MISSING,
            r"PWK\*[^*]*\*(?:BM|EL|EM|FX|FT)(?:(?:\*[^*]*){0,3}\Z|(?:\*[^*]*){3}\*(?=\*|\Z))",
            6,
        ),
        # What has a first name is a person.
        "organization": Advice(AdviceCode.ORGANIZATION_FIRST_NAME, r"NM1\*[^*]*\*2\*[^*]*\*(?=[^*])"),
        "person": Advice(AdviceCode.PERSON_FIRST_NAME_MISSING, r"NM1\*[^*]*\*1\*[^*]+(?:\Z|\*(?=\*|\Z))", 4),
        "name": Advice(
            AdviceCode.NAME_DOUBTFUL,
            rf"NM1\*[^*]*\*1\*(?:[^*]*\*)??(?=[^*0-9]*+[0-9]|(?=[UNT])(?:{_NOTHING}|TEST){_END}|[^*A-Za-z]++{_END})",
        ),
        "street": Advice(AdviceCode.ADDRESS_DOUBTFUL, rf"N3\*(?=(?:{_NOTHING}|NO ADDRESS){_END})"),
        "city": Advice(AdviceCode.ADDRESS_DOUBTFUL, rf"N4\*(?=[0-9]|{_NOTHING}{_END})"),
        "zip of state": Advice(AdviceCode.STATE_ZIP_DIFFER, rf"N4\*[^*]*\*{elsewhere()}(?=[0-9]{{5}})(?={_AT_HOME})"),
        "state": Advice(AdviceCode.ADDRESS_STATE_MISSING, rf"{_HOME}N4\*[^*]*(?:\*(?=\*|\Z)|\Z)", 2),
        "zip missing": Advice(AdviceCode.ADDRESS_ZIP_MISSING, rf"{_HOME}N4\*[^*]*(?:\*[^*]*(?:\*(?=\*|\Z)|\Z)|\Z)", 3),
        # In X12 a space in front belongs to the value, which then is another one; numbers of our own (6R, EA) are given
        # back as they are.
        "space": Advice(
            AdviceCode.IDENTIFIER_SPACE,
            r"(?:NM1(?:\*[^*]*){8}|REF\*(?!6R|EA|D9)[^*]*|CLM|N4\*[^*]*\*[^*]*)\*(?= )",
        ),
        "space in reason": Advice(AdviceCode.IDENTIFIER_SPACE, r"(?:CAS|MOA|MIA)(?:\*[^*]*)*?\*(?= )"),
        "space in code": Advice(AdviceCode.IDENTIFIER_SPACE, r"(?:HI|SV[123])(?:\*[^*]*)*?\*(?=[A-Z0-9]+; )"),
        # Conditions, occurrences, their spans and values have two places.
        "bill codes": Advice(
            AdviceCode.BILL_CODE_SHAPE,
            r"HI(?:\*[^*]*)*?\*(?=(?:BG|BH|BI|BE);[^*;])(?!..;[0-9A-Z]{2}(?:[;*]|\Z))",
        ),
        # Priority of the admission, point of origin, discharge status of the patient.
        "stay": Advice(
            AdviceCode.BILL_CODE_SHAPE,
            rf"CL1\*(?:(?=[^*])(?![1-59]{_END})|[^*]*\*(?:(?=[^*])(?![1-9A-F]{_END})|[^*]*\*(?=[^*])(?![0-9]{{1,2}}{_END})))",
        ),
        # ICD-10-PCS has seven places and neither I nor O.
        "procedures": Advice(
            AdviceCode.PROCEDURE_SHAPE,
            r"HI(?:\*[^*]*)*?\*(?=BB[RQ];[^*;])(?!...;[0-9A-HJ-NP-Z]{7}(?:[;*]|\Z))",
        ),
    }
)
