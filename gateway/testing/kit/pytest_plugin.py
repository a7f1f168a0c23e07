"""The kit as a plugin of pytest, for authors outside the tree: it comes with the gateway, and does nothing unasked.

pytest --gateway-plugin prairie.toml                         a test for each rule
pytest --gateway-plugin prairie.py --gateway-samples DIR     with sample answers of the payer

def test_mine(gateway_kit):                                  the same from a test of your own
    report = gateway_kit(Path("prairie.toml"))
    assert report.passed, report.text()
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gateway.testing.kit.report import Report


def pytest_addoption(parser: pytest.Parser) -> None:
    """--gateway-plugin and --gateway-samples."""
    group = parser.getgroup("gateway", "the claims gateway's plugin kit")
    group.addoption(
        "--gateway-plugin",
        action="append",
        default=[],
        metavar="FILE",
        help="Prove this payer's plugin: its file, or its name where it is installed.",
    )
    group.addoption("--gateway-tier", action="append", default=[], choices=("1", "2", "3"), help="Only this tier.")
    group.addoption("--gateway-samples", default=None, metavar="DIR", help="The payer's own sample answers.")


@pytest.fixture(scope="session")
def gateway_kit() -> Callable[..., Report]:
    """Checks a plugin: `gateway_kit(path, samples=None)` gives its Report."""
    from gateway.testing.kit import check_plugin

    return check_plugin


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test for each rule of each plugin that was named."""
    samples, tiers = config.getoption("--gateway-samples"), config.getoption("--gateway-tier") or ("1", "2", "3")
    for named in config.getoption("--gateway-plugin"):
        items.extend(_tests(session, _lies_at(named), Path(samples) if samples else None, tiers))


def _lies_at(named: str) -> Path:
    """A file or folder, or the plugin of this name in an installed package."""
    from gateway.plugins import installed_at

    path = Path(named) if Path(named).exists() else installed_at(named)
    if path is None:
        raise pytest.UsageError(f"--gateway-plugin: there is no file {named}, and no installed plugin of that name")
    return path


def _tests(session: pytest.Session, plugin: Path, samples: Path | None, tiers: Sequence[str]) -> Iterator[pytest.Item]:
    from gateway.testing.kit import RULES, Tier, check_plugin

    wanted = tuple(Tier(int(tier)) for tier in tiers)
    report = cache(lambda: check_plugin(plugin, samples, wanted))
    for name in [name for name, rule in RULES.items() if rule.tier in wanted]:
        yield RuleTest.from_parent(session, name=f"{plugin.name}::{name}", rule=name, report=report)


class RuleTest(pytest.Item):
    """One rule of one plugin."""

    def __init__(self, *, rule: str, report: Callable[[], Report], **given: Any) -> None:
        super().__init__(**given)
        self._rule, self._report = rule, report

    def runtest(self) -> None:
        """Fails with what was found, skips what nobody could prove."""
        result = self._report().of(self._rule)
        details = "\n".join(result.details)
        if result.outcome.value == "failed":
            raise Broken(details)
        if result.outcome.value in ("not proven", "exempt"):
            pytest.skip(f"{result.outcome.value}: {result.reason or details}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """The details alone; of a mistake of the kit, everything."""
        return str(excinfo.value) if excinfo.errisinstance(Broken) else str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The plugin stands for the place."""
        return self.path, None, self.name


class Broken(Exception):
    """A rule that does not hold."""
