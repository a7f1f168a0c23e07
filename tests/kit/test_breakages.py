"""Plugins that are broken on purpose: the kit catches each one, and says by which rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.testing.kit import Outcome, Tier, check_plugin

BROKEN = Path(__file__).parent / "broken"
WIRE = (Tier.DECLARATION, Tier.WIRE)


@pytest.mark.parametrize(
    ("plugin", "trial", "rule", "word"),
    [
        ("final_name", "cut while writing", "whole_files", "a part of a file arrived"),
        ("any_key", "another host key", "pinned_key", "another host key"),
        ("swallows", "opening a file refused", "refusals_told", "told as sent"),
        ("one_name", "none", "names_kept", "another name than was planned"),
        ("fetch_removes", "none", "deletes_late", "removed it at the payer"),
        ("sends_again", "none", "arrives", "arrived twice"),
        ("fetch_removes", "none", "deletes_late", "though keeping them failed here"),
        ("asks_otherwise", "none", "status_asked", "0 arrived; lane SUSPENDED AMENDMENT_CHANGED"),
        ("hears_nothing", "none", "status_asked", "the question still waits for it"),
        ("grows", "none", "sizes_kept", "lane SUSPENDED FILE_TOO_LARGE"),
        ("waits_for_ever", "silent while writing", "silence_ends", "nobody gave up"),
        ("removes_more", "none", "deletes_late", "was not asked to remove"),
        ("tidies_up", "none", "deletes_late", "was not asked to remove"),
        ("writes_over", "none", "parts_hold", "writes over"),
        ("changes_bytes", "none", "whole_files", "other bytes"),
        ("stays_logged_in", "none", "parts_hold", "never ended"),
        ("shows_log", "none", "secrets_hidden", "the output"),
        ("shows_repr", "none", "secrets_hidden", "an exception or repr"),
        ("shows_exception", "none", "secrets_hidden", "an exception or repr"),
        ("shows_file_name", "none", "secrets_hidden", "a file name"),
    ],
)
def test_a_breakage_on_the_wire_is_caught(plugin: str, trial: str, rule: str, word: str) -> None:
    """By name, with words for its author; and its declaration is good, so that nothing else can have caught it."""
    report = check_plugin(BROKEN / f"{plugin}.py", tiers=WIRE, trials=(trial,), patience=1)
    assert not report.passed
    assert report.of("loads").outcome is Outcome.PROVEN
    assert rule in report.failed(), report.text()
    assert word in " ".join(report.of(rule).details)


@pytest.mark.parametrize(("plugin", "rule"), [("colliding", "file_names"), ("holds_a_secret", "no_secrets")])
def test_a_breakage_in_a_declaration_is_caught(plugin: str, rule: str) -> None:
    """Before anything is tried; what is shown of a secret is its line."""
    report = check_plugin(BROKEN / f"{plugin}.toml", tiers=(Tier.DECLARATION,))
    assert report.failed() == (rule,)
    assert (report.of("loads").outcome is Outcome.PROVEN) == (rule != "file_names")  # it contradicts itself
    assert "Cedar!Falls77" not in report.text() + report.markdown() + str(report.data())


def test_a_rename_that_is_called_refused_while_its_answer_was_lost_doubles_nothing() -> None:
    """The gateway does not rely on that: what lay whole under its hidden name and is gone is never written once more."""
    report = check_plugin(BROKEN / "calls_it_refused.py", tiers=WIRE, trials=("cut after the rename, and taken away",))
    assert report.failed() == (), report.text()
