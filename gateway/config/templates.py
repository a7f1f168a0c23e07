"""Which rules of a partner its filename templates break, each with a template that breaks none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from string import Formatter

from gateway.config.filenames import cased, faults
from gateway.config.places import Wrong
from gateway.model.habits import NameRules
from gateway.model.partners import Partner


def _own(partner: Partner) -> Mapping[str, str]:
    return {"filename": partner.filename}


def _of_stages(partner: Partner) -> Mapping[str, str]:
    marked = partner.habits.stages.items()
    return {f"stages.{stage}.filename": marks.filename for stage, marks in marked if marks.filename}


def _of_requests(partner: Partner) -> Mapping[str, str]:
    asks = partner.habits.status_requests
    return {"status_requests.filename": asks.filename} if asks and asks.filename else {}


_TEMPLATES: Mapping[Callable[[Partner], Mapping[str, str]], tuple[str, ...]] = {
    _own: ("filename",),
    _of_stages: ("stages", "stages.*"),
    _of_requests: ("status_requests.filename",),
}
"""Each with the keys that hold the templates."""

_JUDGED_BY: Mapping[str, tuple[str, ...]] = {
    "fields": (),
    "counter": ("counter.first", "counter.last", "counter.period"),
    "names.punctuation": ("names.punctuation",),
    "names.longest": ("names.longest", "counter.first", "counter.last"),
    "names.case": ("names.case",),
    "temporary_suffix": ("temporary_suffix",),
}
"""Each fault of a template with the keys that it is judged by."""

_COUNTED = (
    "{submitter}_{day:%Y%m%d}_{n}.dat",
    "{submitter}{day:%Y%m%d}{n}.dat",
    "{day:%y%m%d}{n}.dat",
    "{day:%m%d}{n}",
    "{n}",
)
_PLAIN = ("{submitter}.{isa13}.dat", "{isa13}.dat", "{isa13}")


def broken(partner: Partner, unknown: Callable[[Collection[str]], bool]) -> Iterator[Wrong]:
    """Every fault of every template, but those for which a key is `unknown`, since it is wrong by itself."""
    for templates, held in _TEMPLATES.items():
        for place, template in ({} if unknown(held) else templates(partner)).items():
            for fault, wrong in _faults(partner, template).items():
                if not unknown(_JUDGED_BY[fault]):
                    yield place, wrong, _example(partner, template)
    counted = any("{n" in template for templates in (_own, _of_stages) for template in templates(partner).values())
    if partner.habits.counter and not counted and not unknown(("filename", "stages", "counter", "counter.*")):
        yield "counter", "counts nothing, for no filename has {n}", _example(partner, _COUNTED[0])


def _faults(partner: Partner, template: str) -> Mapping[str, str]:
    suffix = partner.temporary_suffix
    found = faults(template, partner.habits.counter, partner.habits.names)
    unfinished = {"temporary_suffix": "ends like an unfinished file, with temporary_suffix"}
    return {**found, **unfinished} if suffix and template.endswith(suffix) else found


def _example(partner: Partner, template: str) -> str:
    """A template of which nothing is wrong at this partner, as like the one given as may be."""
    usual = _COUNTED if partner.habits.counter else _PLAIN
    mended = (_mended(one, partner.habits.names) for one in (template, *usual))
    found = next((one for one in mended if one and not _faults(partner, one)), None)
    return f'filename = "{found}"' if found else "names = {longest = 50}"


def _mended(template: str, rules: NameRules) -> str:
    """A template in the letters and signs that names may have; empty where it is none."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        return ""
    return "".join(_lettered(text, rules) + _field(*rest) for text, *rest in parts)


def _lettered(text: str, rules: NameRules) -> str:
    return "".join(
        sign for sign in cased(text, rules.case) if (sign.isascii() and sign.isalnum()) or sign in rules.punctuation
    )


def _field(name: str | None, form: str | None, conversion: str | None) -> str:
    if name is None:
        return ""
    return f"{{{name}{f'!{conversion}' if conversion else ''}{f':{form}' if form else ''}}}"
