"""A digest as one HTML file that needs nothing else."""

from __future__ import annotations

from html import escape

from gateway.digest.plots import svg
from gateway.digest.sections import Digest, Section, Table

_STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em }
h1 { font-size: 1.3em; margin: 0 } h2 { font-size: 1em; margin: 1.6em 0 .3em }
p.at { margin: 0; opacity: .7 } ul { list-style: none; padding: 0; margin: 0 }
li { padding: .5em 0; border-top: 1px solid #8884 }
code { display: block; margin: .2em 0 0; padding: .2em .5em; background: #8882; overflow-x: auto; user-select: all }
svg { width: 100%; font: 11px system-ui, sans-serif } svg text { fill: currentColor }
.wide { overflow-x: auto } table { border-collapse: collapse; font-size: .8em; font-variant-numeric: tabular-nums }
th, td { padding: .2em .6em; text-align: right; border-top: 1px solid #8884; white-space: nowrap }
th:first-child, td:first-child { text-align: left }
.axis { stroke: currentColor } .rule { stroke: #8886; stroke-dasharray: 3 }
"""


def page(digest: Digest) -> str:
    """The whole file: heading, sections, plots. Everything in it is escaped; nothing is loaded from anywhere."""
    plots = [f"<h2>{escape(plot.title)}</h2>{svg(plot)}" for plot in digest.plots if not plot.empty]
    title = f"{digest.site}, {digest.at:%A %Y-%m-%d %H:%M}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>"
        f'<h1>{escape(digest.heading)}</h1><p class="at">{escape(title)}</p>\n'
        + "\n".join([*map(_section, digest.shown), *plots, *(_table(each) for each in digest.tables if each.rows)])
        + "\n</body></html>\n"
    )


def _section(section: Section) -> str:
    lines = [
        f"<li>{escape(line.what)}{f'<code>{escape(line.command)}</code>' if line.command else ''}</li>"
        for line in section.lines
    ]
    return f"<h2>{escape(section.title)}</h2>\n<ul>{''.join(lines)}</ul>"


def _table(table: Table) -> str:
    heads = "".join(f"<th>{escape(head)}</th>" for head in table.heads)
    rows = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in table.rows]
    lines = "".join(f"<tr>{line}</tr>" for line in (heads, *rows))
    return f'<h2>{escape(table.title)}</h2>\n<div class="wide"><table>{lines}</table></div>'
