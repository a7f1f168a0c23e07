"""A digest as text that reads well at 80 columns, and in a mail."""

from __future__ import annotations

import textwrap

from gateway.digest.sections import Digest

WIDTH = 80


def text(digest: Digest) -> str:
    """The heading, then each section with its lines and commands. Commands stand alone on their lines, to be copied."""
    said = [f"{digest.site}, {digest.at:%A %Y-%m-%d %H:%M}", digest.heading]
    for section in digest.shown:
        said += ["", section.title.upper()]
        for line in section.lines:
            said += textwrap.wrap(line.what, WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)
            said += [f"      {line.command}"] if line.command else []
    return "\n".join(said) + "\n"
