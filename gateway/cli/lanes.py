"""Find the lane that a command names by its partner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from gateway.cli.asking import config_path
from gateway.config.site import load_site
from gateway.errors import GatewayError, Refused
from gateway.model.partners import Lane, Stage
from gateway.partnership.typed import written_out

STAGE = click.option(
    "--stage", type=click.Choice([stage.value for stage in Stage]), help="Which account, where there are two."
)


@contextmanager
def about(lane: Lane) -> Iterator[None]:
    """What is raised within says in its next step how the commands for this lane are typed."""
    try:
        yield
    except GatewayError as failure:
        failure.next_step = written_out(failure.next_step, lane.key)
        raise


def lane_of(context: click.Context, partner: str, stage: Stage | None = None) -> Lane:
    """Our lane at a partner, of this stage where one is named. Raises Refused where there is none, and where there are two
    of which nobody said which: what is done to the wrong one shows on the day that it was done for."""
    _, registry, directory = load_site(config_path(context))
    mine = [lane for lane in directory.lanes.values() if lane.partner.key == partner]
    if stage is None and len(mine) > 1:
        step = "Say which: --stage test or --stage production."
        raise Refused(f"there are two accounts at {partner}", code="TWO_ACCOUNTS", next_step=step)
    found = next((lane for lane in mine if stage in (None, lane.account.stage)), None)
    if found is None:
        what = f"{stage.value} account" if stage and mine else "account"
        raise Refused(
            f"there is no {what} at {partner!r}",
            code="NO_ACCOUNT",
            next_step=f"Partners are {', '.join(sorted(registry.partners)) or 'none'}; accounts stand in conf/partners/.",
        )
    return found
