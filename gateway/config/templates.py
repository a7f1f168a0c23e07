"""Which rules of a partner its filename templates break, each with a template that breaks none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from gateway.config.filenames import faults
from gateway.config.places import Wrong
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


def broken(partner: Partner, unknown: Callable[[Collection[str]], bool]) -> Iterator[Wrong]:
    """Every fault of every template, but those for which a key is `unknown`, since it is wrong by itself."""
    for templates, held in _TEMPLATES.items():
        for place, template in ({} if unknown(held) else templates(partner)).items():
            for fault, wrong in _faults(partner, template).items():
                if not unknown(_JUDGED_BY[fault]):
                    yield place, wrong, _example(partner)
    counted = any("{n" in template for templates in (_own, _of_stages) for template in templates(partner).values())
    if partner.habits.counter and not counted and not unknown(("filename", "stages", "counter", "counter.*")):
        yield "counter", "counts nothing, for no filename has {n}", _example(partner)


def _faults(partner: Partner, template: str) -> Mapping[str, str]:
    suffix = partner.temporary_suffix
    found = faults(template, partner.habits.counter, partner.habits.names)
    unfinished = {"temporary_suffix": "ends like an unfinished file, with temporary_suffix"}
    return {**found, **unfinished} if suffix and template.endswith(suffix) else found


def _example(partner: Partner) -> str:
    counted = partner.habits.counter is not None
    return 'filename = "{submitter}_{day:%Y%m%d}_{n}.dat"' if counted else 'filename = "{submitter}.{isa13}.dat"'
