"""Small bar charts as SVG, drawn by hand: no script, no outside file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT, _TOP, _LEFT = 640, 160, 10, 44


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of bars: a name and a value for each label of its plot."""

    name: str
    colour: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars side by side over `labels`."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see."""
        return not any(value for series in self.series for value in series.values)


def svg(plot: Plot) -> str:
    """The plot as one inline `<svg>`; each bar tells its number when pointed at."""
    most = max(value for series in plot.series for value in series.values)
    step = (_WIDTH - _LEFT) / len(plot.labels)
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT + 44}" role="img" aria-label="{escape(plot.title)}">',
        f'<line x1="{_LEFT}" y1="{_TOP + _HEIGHT}" x2="{_WIDTH}" y2="{_TOP + _HEIGHT}" class="axis"/>',
        f'<line x1="{_LEFT}" y1="{_TOP}" x2="{_WIDTH}" y2="{_TOP}" class="rule"/>',
        f'<text x="{_LEFT - 6}" y="{_TOP + 4}" text-anchor="end">{most}</text>',
        f'<text x="{_LEFT - 6}" y="{_TOP + _HEIGHT}" text-anchor="end">0</text>',
    ]
    for place, series in enumerate(plot.series):
        parts += _bars(plot.labels, series, place, step / (len(plot.series) + 1), step, most)
    every = max(1, len(plot.labels) // 8)
    parts += [
        f'<text x="{_LEFT + (at + 0.4) * step:.1f}" y="{_TOP + _HEIGHT + 15}" text-anchor="middle">{escape(label)}</text>'
        for at, label in enumerate(plot.labels)
        if at % every == 0
    ]
    return "".join([*parts, *_legend(plot.series), "</svg>"])


def _bars(labels: Sequence[str], series: Series, place: int, wide: float, step: float, most: int) -> list[str]:
    parts = []
    for at, (label, value) in enumerate(zip(labels, series.values, strict=True)):
        high = _HEIGHT * value / most
        x, y = _LEFT + at * step + place * wide, _TOP + _HEIGHT - high
        said = escape(f"{label}: {value} {series.name}")
        parts += [
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{series.colour}">'
            f"<title>{said}</title></rect>"
        ] * bool(value)
    return parts


def _legend(series: Sequence[Series]) -> list[str]:
    return [
        f'<rect x="{_LEFT + 110 * n}" y="{_TOP + _HEIGHT + 24}" width="10" height="10" fill="{each.colour}"/>'
        f'<text x="{_LEFT + 110 * n + 15}" y="{_TOP + _HEIGHT + 33}">{escape(each.name)}</text>'
        for n, each in enumerate(series)
    ]
