"""Mistakes in files: each is told with its file, its place, and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.config import load_settings
from gateway.config.site import load_site
from gateway.errors import ConfigError, PluginError
from tests.config.conftest import SiteFiles

SETTINGS, ACCOUNT, ROUTES = "conf/gateway.toml", "conf/partners/alpha_edi.toml", "conf/routes.toml"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[spool]\nscan_second = 1.0", "spool.scan_second: unknown key; did you mean scan_seconds?"),
        ("[spool]\nSCAN_SECONDS = 1.0", "spool.SCAN_SECONDS: unknown key; did you mean scan_seconds?"),
        ("[spoool]\nscan_seconds = 1.0", "spoool: unknown key; did you mean spool?"),
        ("[spool]\npoll_seconds = 1.0", "spool.poll_seconds: unknown key here; it belongs under [service]"),
        ('time_zone = "UTC"', "time_zone: unknown key here; it belongs under [site]"),
        ("[service]\nxyz = 1", "service.xyz: unknown key; known are poll_seconds, socket, stuck_seconds"),
        ('[spool]\nscan_seconds = "2"', "spool.scan_seconds: must be a number (for example: scan_seconds = 5.0)"),
        ("[spool]\nscan_seconds = true", "spool.scan_seconds: must be a number (for example: scan_seconds = 5.0)"),
        ("[spool]\nscan_seconds = nan", "spool.scan_seconds: must be a number (for example: scan_seconds = 5.0)"),
        ("[spool]\nscan_seconds = 0", "spool.scan_seconds: must be greater than 0 (for example: scan_seconds = 5.0)"),
        ("[spool]\nmax_megabytes = 1.5", "spool.max_megabytes: must be a whole number (for example: max_megabytes = 500)"),
        ('[spool]\npatterns = "*.837"', 'spool.patterns: must be a list (for example: patterns = ["*.837", "*.txt"])'),
        ("[spool]\npatterns = []", 'spool.patterns: must not be empty (for example: patterns = ["*.837", "*.txt"])'),
        ('[spool]\npatterns = ["*", 7]',
         'spool.patterns[1]: must be text in quotes (for example: patterns = ["*.837", "*.txt"])'),
        ('[spool]\nroot = ""', 'spool.root: must name a file or folder (for example: root = "/srv/gateway/spool")'),
        ("[spool]\nroot = 7", 'spool.root: must be a path in quotes (for example: root = "/srv/gateway/spool")'),
        ('[spool]\ngroup = "no such group"',
         'spool.group: must be a group of this machine; this one does not exist (for example: group = "gateway-spool")'),
        ("[site]\nname = 7", 'site.name: must be text in quotes (for example: name = "cedar-falls")'),
        ('[site]\nname = ""', 'site.name: must not be empty (for example: name = "cedar-falls")'),
        ('[site]\nname = "a/b"',
         'site.name: must have no / + # or $, and 60 characters at most (for example: name = "cedar-falls")'),
        ('[site]\ntime_zone = "Iowa"',
         'site.time_zone: must be an IANA time zone such as America/Chicago (for example: time_zone = "America/New_York")'),
        ('[logs]\nlevel = "info"',
         "logs.level: must be 'DEBUG', 'INFO', 'WARNING' or 'ERROR' (for example: level = \"WARNING\")"),
        ('[checks]\nseverity = {NPI_INVALID = "IGNORE"}',
         "checks.severity.NPI_INVALID: must be 'PASS', 'WARN', 'HOLD' or 'REJECT'"
         ' (for example: severity = {CLAIM_NUMBER_LONG = "HOLD"})'),
        ('[checks]\nseverity = {"npi" = "WARN"}',
         "checks.severity.npi: must be a finding's code, as listings show it"
         ' (for example: severity = {CLAIM_NUMBER_LONG = "HOLD"})'),
        ('[checks]\nseverity = {PAYER_UNKNOWN = "WARN"}',
         "checks.severity: must not weaken PAYER_UNKNOWN: nobody can send such a claim"
         ' (for example: severity = {CLAIM_NUMBER_LONG = "HOLD"})'),
        ('[checks]\nseverity = {TRAILING_DATA = "REJECT"}',
         "checks.severity: cannot change TRAILING_DATA: it is said of a file, and holds or rejects no claim"
         ' (for example: severity = {CLAIM_NUMBER_LONG = "HOLD"})'),
        ('[checks]\nseverity = {LOWER_CASE = "HOLD", LEVEL_EMPTY = "PASS", X12_COUNTS = "WARN"}',
         "checks.severity: cannot change LEVEL_EMPTY or LOWER_CASE or X12_COUNTS: it is said of a file, and holds"
         ' or rejects no claim (for example: severity = {CLAIM_NUMBER_LONG = "HOLD"})'),
        ("spool = 5", "spool: must be a table"),
        ("[[spool]]", "spool: must be a table"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_settings_is_told_with_what_is_right(site: SiteFiles, line: str, said: str) -> None:
    """Whoever reads the message can mend the line without looking anything up."""
    site.write(SETTINGS, line)
    assert site.problem() == f"{SETTINGS}: {said}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('sender = "CFFM01"', "", 'sender: is missing (for example: sender = "CFFM01")'),
        ('sender = "CFFM01"', 'sender = "A*B"',
         'sender: must be plain ASCII without * : ~ ^ | and >, which delimit X12 (for example: sender = "CFFM01")'),
        ('sender = "CFFM01"', f'sender = "{"A" * 16}"',
         'sender: must have 1 to 15 characters (for example: sender = "CFFM01")'),
        ('submitter_id = "CFFM01"', 'submitter_id = "A"',
         'submitter_id: must have 2 to 15 characters (for example: submitter_id = "CFFM01")'),
        ("5555550100", "(555) 555-0100",
         'contact_phone: must be 7 to 15 digits and nothing else (for example: contact_phone = "5555550100")'),
        ('stage = "production"', 'stage = "live"', "stage: must be 'test' or 'production' (for example: stage ="
         ' "production")'),
        ('credential = "alpha_edi"', 'credential = "../alpha"',
         "credential: must be the name of a secret: letters, digits, dots, - and _ only"
         ' (for example: credential = "alpha_edi")'),
        ('stage = "production"', 'hostkeys = []', "hostkeys: unknown key; did you mean host_keys?"),
        ('stage = "production"', 'port = 2222', "port: unknown key here; it belongs under [endpoint]"),
        ('stage = "production"', 'endpoint = {inbound = ["out"]}',
         "endpoint.inbound[0]: must be an absolute path: it begins with / and goes nowhere by .."
         ' (for example: inbound = ["/TEST/out"])'),
        ('stage = "production"', 'endpoint = {outbound = "/in/../out"}',
         "endpoint.outbound: must be an absolute path: it begins with / and goes nowhere by .."
         ' (for example: outbound = "/TEST/in")'),
        ('stage = "production"', 'endpoint = {host = "sftp://edi.example"}',
         "endpoint.host: must be a server's name alone, without sftp://, user or folder"
         ' (for example: host = "sftp.test.example")'),
        ('stage = "production"', 'endpoint = {host = "edi.example:2222"}',
         "endpoint.host: must be a server's name alone; the port has a key of its own"
         ' (for example: host = "sftp.test.example")'),
        ('stage = "production"', "endpoint = {port = 0}",
         "endpoint.port: must be greater than 0 (for example: port = 2222)"),
        ('stage = "production"', 'endpoint = {port = "22"}',
         "endpoint.port: must be a whole number (for example: port = 2222)"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_account_is_told_with_what_is_right(site: SiteFiles, old: str, new: str, said: str) -> None:
    """The same words for accounts as for settings."""
    site.change(ACCOUNT, old, new)
    assert site.problem() == f"{ACCOUNT}: {said}"


@pytest.mark.parametrize(
    "pasted",
    [
        "SHA256:N8oBVoOWhHO3PHGyTEpPzkkiRHWM3ouSqn5jPGqgT1w",
        "edi.alpha.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKUwOJhmoYOX23F10Nn3oGDA02yFCVs4ahsiHnsIyhFK",
        "/etc/gateway/alpha.pub",
        "ssh-ed25519",
    ],
)
def test_a_host_key_is_the_key_itself(site: SiteFiles, pasted: str) -> None:
    """A fingerprint, a line of known_hosts or a file's name pins nothing, and is noticed before anything is dialled."""
    site.write(ACCOUNT, (site.root / ACCOUNT).read_text().split("host_keys")[0] + f'host_keys = ["{pasted}"]\n')
    assert site.problem().startswith(f"{ACCOUNT}: host_keys[0]: must be a public key as in a .pub file")


def test_a_mistake_in_a_route_names_the_route(site: SiteFiles) -> None:
    """By its number from 0, as its path says."""
    site.add(ROUTES, '[[route]]\npayer = "alpha"\nrank = -1')
    assert site.problems() == [
        f'{ROUTES}: route[1].partner: is missing (for example: partner = "bluestem")',
        f"{ROUTES}: route[1].rank: must be greater than or equal to 0 (for example: rank = 1)",
    ]


def test_a_mistake_in_one_route_hides_none_of_the_others(site: SiteFiles) -> None:
    """Their ends, and that two are of one rank."""
    for payer, more in (("alpha", "rnk = 1"), ("alfa", ""), ("alpha", "")):
        site.add(ROUTES, f'[[route]]\npayer = "{payer}"\npartner = "alpha_edi"\n{more}\n')
    starts = ["route[1].rnk: unknown key; did you mean rank?", "route[2].payer: no payer is called alfa; did you mean",
              "payer alpha has two routes of rank 0", "payer alpha is routed to alpha_edi twice"]  # fmt: skip
    for problem, start in zip(site.problems(), starts, strict=True):
        assert problem.startswith(f"{ROUTES}: {start}")


def test_a_wrong_severity_hides_none_that_must_not_be_weakened(site: SiteFiles) -> None:
    """What holds of all of a table is asked of those that are right."""
    site.write(SETTINGS, '[checks]\nseverity = {NPI_INVALID = "IGNORE", "npi" = "WARN", PAYER_UNKNOWN = "WARN"}')
    found = [problem.removeprefix(f"{SETTINGS}: checks.severity").split(" (")[0] for problem in site.problems()]
    assert found == [".NPI_INVALID: must be 'PASS', 'WARN', 'HOLD' or 'REJECT'",
                     ".npi: must be a finding's code, as listings show it",
                     ": must not weaken PAYER_UNKNOWN: nobody can send such a claim"]  # fmt: skip


def test_all_problems_of_all_files_are_told_at_once(site: SiteFiles) -> None:
    """Nobody should have to start the gateway seven times to learn of seven mistakes."""
    site.write(SETTINGS, '[site]\ntime_zone = "Iowa"\n[spool]\nscan_seconds = 0')
    site.change(ACCOUNT, "CEDAR FALLS FAMILY MEDICINE", "CEDAR FALLS: FAMILY MEDICINE")
    site.write("conf/partners/other.toml", b"\xff\xfe")
    site.write(ROUTES, "[[route]")
    found = site.problems()
    assert len(found) == 5
    for name, count in {SETTINGS: 2, ACCOUNT: 1, "conf/partners/other.toml": 1, ROUTES: 1}.items():
        assert sum(problem.startswith(f"{name}: ") for problem in found) == count, name


def test_problems_of_plugins_stand_among_those_of_files(site: SiteFiles) -> None:
    """A declaration that does not load hides no mistake in an account."""
    site.change("plugins/alpha.toml", 'receiver = "ALPHAHP"', "")
    site.write("plugins/broken.py", "import nothing_of_this_name")
    site.change(ACCOUNT, 'sender = "CFFM01"', "")
    found = site.problems()
    assert found[0] == f'{ACCOUNT}: sender: is missing (for example: sender = "CFFM01")'
    assert "plugins/alpha.toml: partner[0].receiver: is missing" in found[1]
    assert "plugin broken.py does not load: ModuleNotFoundError" in found[2]
    assert len(found) == 3, "each is a line of its own"


def test_problems_of_plugins_alone_are_the_plugins(site: SiteFiles) -> None:
    """With every file in order, it is the plugin author's turn."""
    site.write("plugins/broken.py", "import nothing_of_this_name")
    with pytest.raises(PluginError) as wrong:
        site.load()
    assert wrong.value.place == "broken.py"


def test_a_file_that_is_not_toml_is_told_with_line_and_column(site: SiteFiles) -> None:
    """So that an editor can jump there."""
    site.write(SETTINGS, "[site]\nname = practice\n")
    assert site.problem() == f"{SETTINGS}: not TOML: Invalid value (at line 2, column 8)"


def test_a_file_that_is_not_utf8_is_told_with_the_byte(site: SiteFiles) -> None:
    """Some editors still save in the code page of their country."""
    site.write(SETTINGS, '# Praxis für alle\n[site]\nname = "x"\n'.encode("latin-1"))
    assert site.problem() == f"{SETTINGS}: byte 11 is not UTF-8; save the file as UTF-8 text"


def test_a_byte_order_mark_is_no_mistake(site: SiteFiles) -> None:
    """Some editors put one in front of UTF-8."""
    site.write(SETTINGS, '[site]\nname = "Cedar Falls"\n'.encode("utf-8-sig"))
    assert site.load()[0].site.name == "Cedar Falls"


def test_a_file_nested_too_deeply_is_a_problem_and_no_crash(site: SiteFiles) -> None:
    """Whatever stands in a file, it is told."""
    site.write(SETTINGS, "a = " + "[" * 5000)
    assert site.problem().startswith(f"{SETTINGS}: not TOML")


def test_a_file_that_is_missing_is_told_with_its_path(tmp_path: Path) -> None:
    """A site without settings is no site."""
    with pytest.raises(ConfigError) as wrong:
        load_settings(tmp_path / "conf" / "gateway.toml")
    assert wrong.value.problems == (f"{tmp_path}/conf/gateway.toml: cannot be read (No such file or directory)",)
    with pytest.raises(ConfigError):
        load_site(tmp_path / "conf" / "gateway.toml")


def test_a_folder_in_the_place_of_a_file_is_told(site: SiteFiles) -> None:
    """It cannot be read, and nothing crashes."""
    (site.root / ROUTES).unlink()
    (site.root / ROUTES).mkdir()
    assert site.problem() == f"{ROUTES}: cannot be read (Is a directory)"


def test_hidden_files_beside_the_accounts_are_an_editors(site: SiteFiles) -> None:
    """A copy that an editor keeps is no account."""
    site.write("conf/partners/.alpha_edi.toml", "half a li")
    site.write("conf/partners/alpha_edi.toml~", "half a li")
    assert list(site.load()[2].lanes) == ["alpha_edi/production"]


def test_a_payer_id_is_as_long_as_the_guide_wants_it(site: SiteFiles) -> None:
    """With one that no claim may bear, every claim would be rejected, and nobody would look into the declaration."""
    site.change("plugins/alpha.toml", '["77001"]', '["7"]')
    with pytest.raises(PluginError) as refused:
        site.load()
    assert "payers.alpha[0]: must have 2 to 80 characters" in refused.value.message
