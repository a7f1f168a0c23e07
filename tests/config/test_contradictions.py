"""What does not go together in a declaration: each with its place, and with what would be right."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import get_args, get_origin

import pytest
from pydantic import ValidationError

from gateway.config.contradictions import RULES
from gateway.config.declarations import read_declaration
from gateway.config.judging import LISTS
from gateway.config.partners import PartnerTable
from gateway.config.places import Wrong
from gateway.config.settings import Section
from gateway.errors import PluginError
from gateway.model.partners import Partner
from tests.config.conftest import SiteFiles

Rule = Callable[[Partner], Iterator[Wrong]]

BASE = """
[[partner]]
key = "alpha_edi"
name = "ALPHA HEALTH PLAN"
receiver = "ALPHAHP"
payers = {alpha = ["77001"]}
endpoint = {host = "edi.alpha.example"}
"""
OWN_PAYERS = 'payers = {alpha = ["77001"]}\n'
COUNTED = 'filename = "{submitter}_{day:%Y%m%d}_{n}.dat"\n'
LETTERS = 'alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"'

WRONG = [
    ('filename = "{submitter}_{n}.dat"', "filename: has {n}, and no [partner.counter] says how it counts"),
    ('filename = "{isa13}{name}"', "filename: has no field {name}"),
    ("counter = {}", "counter: counts nothing, for no filename has {n}"),
    ('filename = "{submitter}_{n}.dat"\ncounter = {}', "filename: must have the month and day in it"),
    ('filename = "{day:%d}_{n}.dat"\ncounter = {}', "filename: must have the month and day in it"),
    ('filename = "{day:%Y}_{n}.dat"\ncounter = {}', "filename: must have the month and day in it"),
    ('filename = "{day:%m%d}_{n}.dat"\ncounter = {period = "year"}', "filename: must have the year in it"),
    ('filename = "{day:%m%d}_{n:.2}.dat"\ncounter = {}', "filename: must have the whole {isa13} in it, or {n}"),
    ("names = {longest = 20}", "filename: makes names of more than 20 characters: up to 24"),
    (COUNTED + 'counter = {first = "1", last = "99999"}\nnames = {longest = 20}',
     "filename: makes names of more than 20 characters: up to 21"),
    ('names = {case = "upper"}\nfilename = "{isa13}.dat"', "filename: has .dat in it, where names.case = upper wants .DAT"),
    ('names = {case = "lower"}\nfilename = "P{isa13}.dat"', "filename: has P in it, where names.case = lower wants p"),
    ('names = {punctuation = "."}', "filename: makes names with '_' in them; beside letters and digits names.punctuation"),
    ('filename = "{isa13}.part"', "filename: ends like an unfinished file, with temporary_suffix"),
    ('stages = {test = {filename = "T{day:%Y}"}}', "stages.test.filename: must have the whole {isa13} in it"),
    (COUNTED + 'counter = {alphabet = "0120"}', "counter.alphabet: has a character twice"),
    (COUNTED + 'counter = {first = "A01"}', "counter.first: has A in it, which the counter's alphabet has not"),
    (COUNTED + f'counter = {{first = "A", last = "99", {LETTERS}}}', "counter.last: has 9 in it"),
    (COUNTED + 'counter = {first = "99", last = "01"}', "counter.last: comes before first"),
    (COUNTED + 'counter = {first = "001", last = "99"}', "counter.last: comes before first"),
    (COUNTED + 'counter = {first = "1", last = "099"}', "counter.last: would be written 99"),
    (COUNTED + f'counter = {{first = "A", last = "Z", {LETTERS}}}\nnames = {{case = "lower"}}',
     "counter.alphabet: has letters that names.case = lower would change"),
    ('write = "staged"', 'staging: is missing, where write = "staged"'),
    ('staging = "/staging"', 'staging: is not used, where write = "temp_rename"'),
    ('write = "staged"\nstaging = "/in"', "staging: must be another folder than those we write to and read"),
    ('stages = {test = {outbound = "/out"}}', "endpoint.inbound: names /out, which we write to"),
    ('stages = {test = {outbound = "/T", inbound = ["//T/"]}}', "stages.test.inbound: names //T/, which we write to"),
    ('stages = {test = {inbound = ["/T", "/T/"]}}', "stages.test.inbound: names a folder twice"),
    ('write = "staged"\nstaging = "/T"\nstages = {test = {outbound = "/T"}}',
     "staging: must be another folder than those of each stage"),
    ('windows = [{opens = "02:00", closes = "04:00"}]\nmaintenance = [{opens = "01:00", closes = "04:30"}]',
     "windows: leave no moment of a week"),
    ('windows = [{opens = "00:00", closes = "00:00", days = ["sun"]}]\n'
     'maintenance = [{opens = "00:00", closes = "00:00", days = ["sat", "sun"]}]', "windows: leave no moment of a week"),
    ('maintenance = [{opens = "22:00", closes = "06:00"}, {opens = "06:00", closes = "22:00"}]',
     "maintenance: leave no moment of a week"),
    ('receipts = {arrived = "{stem}*.ok"}', "receipts.arrived: has * or ? right beside our name"),
    ('receipts = {arrived = "?{name}.ok"}', "receipts.arrived: has * or ? right beside our name"),
    ('receipts = {arrived = "{name}.{isa13}"}', "receipts.arrived: has no field {isa13}"),
    ("wire = {commit_on_logout = true}", "verify: cannot be stat where wire.commit_on_logout"),
    ('verify = "vanishes"\nreceipts = {arrived = "{name}.processed"}', "verify: cannot be vanishes where receipts"),
    ('receipts = {arrived = "done"}', "receipts.arrived: must have {name} or {stem} in it"),
    ('receipts = {arrived = "{stem}.*"}', "receipts.arrived: would take our own file for its mark"),
    ('receipts = {arrived = "{name}-*-success"}', "receipts.arrived: puts - after our name, so that names may have none"),
    ('receipts = {arrived = "{name}.ok", failed = "{stem}-*.bad"}', "receipts.failed: puts - after our name"),
    ('receipts = {arrived = "{name}.ok", failed = "{name}.ok"}', "receipts.failed: must be another mark than arrived"),
    ('stages = {test = {outbound = "/in"}}', "stages.test.outbound: is the same for test and production"),
    ('stages = {test = {outbound = "/x"}, production = {outbound = "/x"}}', "stages.test.outbound: is the same for test"),
    ('stages = {production = {inbound = ["/out"]}}', "stages.production.inbound: is the same for test and production"),
    ('stages = {test = {sender = "T*"}, production = {sender = "T*"}}', "stages.test.sender: is the same for test and"),
    ('mailbox = {discard = "after_days"}', "mailbox.discard_after_days: goes with discard"),
    ("mailbox = {discard_after_days = 3}", "mailbox.discard_after_days: goes with discard"),
    ('mailbox = {discard = "after_days", discard_after_days = 30, retention_days = 30}',
     "mailbox.discard_after_days: comes too late: it removes files itself after 30 days"),
    ('mailbox = {discard = "after_commit", reading_removes = true}', "mailbox.discard: has nothing to remove"),
    ('mailbox = {mail = ["*"]}', "mailbox.mail: would take every answer for mail"),
    ('expects = {999 = {sends = "never", within_hours = 24}}', "expects.999: never comes, so that it cannot be overdue"),
    ("expects = {999 = {business = true}}", "expects.999.business: counts no hours without within_hours"),
    ("outages = [{begins = 2026-12-06T04:00:00Z, ends = 2026-12-05T22:00:00-06:00}]", "outages[0]: must end after"),
    ('agreements = {payers = ["beta"], days = 14}', "agreements.payers: names beta, which this partner does not reach"),
    ('status_requests = {payers = ["beta"]}', "status_requests.payers: names beta, which this partner does not reach"),
    ('status_requests = {filename = "{sender}.276"}', "status_requests.filename: must have the whole {isa13} in it"),
    ("agreements = {days = 14}", "agreements.days: says how long, and payers not for whom"),
    ('wraps = ["zip", "zip"]', "wraps: names a wrapping twice"),
    ("options = {pgp = {recipient = 'x'}}", "options.pgp: are of a wrapping that wraps does not name"),
    ('wraps = ["pgp"]', "options.pgp: OpenPGP needs `recipient`, the partner's public key in its armor"),
    ('wraps = ["pgp"]\noptions = {pgp = {recipient = "claims@alpha.example"}}', "options.pgp: OpenPGP needs `recipient`"),
    ('wraps = ["pgp"]\noptions = {pgp = {recipient = "TO-BE-GIVEN", armour = "x"}}', "options.pgp: OpenPGP has no option"),
    ('wraps = ["pgp"]\noptions = {pgp = {recipient = "TO-BE-GIVEN", armor = "true"}}', "options.pgp: OpenPGP option armor"),
    ('wraps = ["zip"]\noptions = {zip = {member = "../{stem}.837"}}', "options.zip: a zip archive has one option"),
]  # fmt: skip

RIGHT = [
    COUNTED + "counter = {}",
    'filename = "{day:%m%d}_{n}.dat"\ncounter = {}',
    'filename = "{day:%j}{n}"\ncounter = {}',
    COUNTED + 'counter = {}\nstatus_requests = {filename = "q_{day:%Y%m%d}_{n}.276"}',
    'filename = "{n}"\ncounter = {period = "ever"}',
    'filename = "{day:%y}_{n}"\ncounter = {period = "year"}',
    'filename = "{sender}I{day:%m%d%y}{n}.837.PGP"\ncounter = {first = "A", last = "ZZ", ' + LETTERS + "}\n"
    'wraps = ["pgp"]\noptions.pgp.recipient = """\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n"""',
    'wraps = ["pgp"]\noptions = {pgp = {recipient = "TO-BE-GIVEN", armor = "no"}}',
    'wraps = ["zip"]\noptions = {zip = {member = "{stem}.CLM"}}',
    'filename = "T{sender}_S{submitter}_837{type}_{day:%m%d}_{n}.dat"\ncounter = {first = "01", last = "99"}',
    'filename = "OATEST_{isa13}.837"',
    'names = {case = "upper", longest = 12, punctuation = "."}\nfilename = "PGAP{n}.CLM"\n'
    'counter = {first = "0001", last = "9999", period = "ever"}',
    'names = {longest = 50, case = "lower", punctuation = "._"}\nfilename = "{submitter}_{isa13}.dat"\n'
    'verify = "listing"\nwire = {commit_on_logout = true}',
    'names = {punctuation = "._"}\nreceipts = {arrived = "{name}-*-success", failed = "{name}-*-FAILED"}',
    'receipts = {arrived = "{stem}.*", folder = "/receipts"}',
    'stages = {test = {outbound = "/TEST/in", inbound = ["/TEST/out"], filename = "T{isa13}"}}',
    'mailbox = {discard = "after_days", discard_after_days = 14, retention_days = 30}',
    'expects = {999 = {sends = "negative_only", within_hours = 24, business = true}, 277CA = {sends = "never"}}',
    'windows = [{opens = "02:00", closes = "04:00"}]\nmaintenance = [{opens = "01:00", closes = "03:59"}]',
    'windows = [{opens = "22:00", closes = "02:00", days = ["fri"]}]\n'
    'maintenance = [{opens = "00:00", closes = "00:00", days = ["sat", "sun"]}]',
    'windows = [{opens = "09:00", closes = "10:00", zone = "Pacific/Honolulu"}]\n'
    'maintenance = [{opens = "09:00", closes = "10:00", zone = "America/New_York"}]',
]  # fmt: skip


def said(tmp_path: Path, text: str) -> list[str]:
    """What is wrong with a partner of which this is said too."""
    path = tmp_path / "alpha.toml"
    base = BASE.replace(OWN_PAYERS, "") if text.startswith("payers") else BASE
    path.write_text(base + text, encoding="utf-8")
    try:
        read_declaration(path)
    except PluginError as error:
        return [line.removeprefix(f"{path}: partner[0].") for line in error.message.split(f"; {path}: ")]
    return []


@pytest.mark.parametrize(("text", "starts"), WRONG)
def test_a_contradiction_is_told_with_its_place_and_what_is_right(tmp_path: Path, text: str, starts: str) -> None:
    """Each by itself is right, so that only both together tell."""
    found = [wrong.removeprefix("partner[0].") for wrong in said(tmp_path, text)]
    assert [wrong for wrong in found if wrong.startswith(starts)], found
    assert all("(for example: " in wrong for wrong in found)


@pytest.mark.parametrize("text", RIGHT)
def test_what_real_partners_want_is_no_contradiction(tmp_path: Path, text: str) -> None:
    """Names by letters, by the day of the year without the year, marks in a folder of their own."""
    assert said(tmp_path, text) == []


def test_every_rule_is_broken_by_one_of_these() -> None:
    """A rule that nothing breaks is a rule that nobody tried."""
    broken = {starts.split(":")[0].split(".")[0].split("[")[0] for _, starts in WRONG}
    assert broken == {"filename", "counter", "staging", "verify", "receipts", "stages", "mailbox", "expects", "outages",
                      "agreements", "wraps", "options", "status_requests", "endpoint", "windows",
                      "maintenance"}  # fmt: skip
    assert len(RULES) == 39


def test_contradictions_are_told_beside_mistakes_of_other_partners(tmp_path: Path) -> None:
    """All at once: the second partner's slip does not hide what the first one contradicts."""
    path = tmp_path / "two.toml"
    second = BASE.replace("alpha_edi", "Beta")
    path.write_text(BASE + 'write = "staged"\nwraps = ["zip", "zip"]\n' + second, encoding="utf-8")
    with pytest.raises(PluginError) as wrong:
        read_declaration(path)
    assert [line.split(": ")[1] for line in wrong.value.message.split("; ") if ": partner" in line] == [
        "partner[1].key", "partner[0].staging", "partner[0].wraps",
    ]  # fmt: skip


def test_contradictions_are_told_beside_slips_in_the_same_partner(tmp_path: Path) -> None:
    """All that can be judged at once; what the wrong key might have meant is not guessed at."""
    text = 'receivr = "X"\nstaging = "/s"\nwraps = ["zip", "zip"]\nclaims_per_set = 0\nmailbox = {mail = ["*"]}\n'
    assert places(said(tmp_path, text)) == ["claims_per_set", "receivr", "staging", "mailbox.mail", "wraps"]
    unsaid = places(said(tmp_path, text + 'write = "stage"'))
    assert unsaid == ["write", "claims_per_set", "receivr", "mailbox.mail", "wraps"]
    nameless = BASE.replace('name = "ALPHA HEALTH PLAN"', 'wraps = ["zip", "zip"]').replace("endpoint", "endpint")
    path = tmp_path / "nameless.toml"
    path.write_text(nameless)
    with pytest.raises(PluginError, match=r"partner\[0\].name: is missing.*partner\[0\].wraps: names a wrapping twice"):
        read_declaration(path)


def places(problems: list[str]) -> list[str]:
    return [wrong.removeprefix("partner[0].").split(": ")[0] for wrong in problems]


class Watched:
    """A partner, its habits or a table within, that remembers which of these keys are looked at."""

    def __init__(self, noun: object, keys: Collection[str], seen: set[str], table: str = "") -> None:
        self._noun, self._keys, self._seen, self._table = noun, keys, seen, table

    def __getattr__(self, name: str) -> object:
        found = getattr(self._noun, name)
        if name == "habits":
            return Watched(found, self._keys, self._seen)
        place = f"{self._table}{name}"
        if place not in self._keys and any(key.startswith(f"{place}.") for key in self._keys):
            return None if found is None else Watched(found, self._keys, self._seen, f"{place}.")
        self._seen.add(place)
        return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_looks_at_no_key_but_those_it_is_listed_with(tmp_path: Path, rule: Rule) -> None:
    """Else it would judge by what stands in for a key that is wrong."""
    seen: set[str] = set()
    keys = {key.removesuffix("?") for key in RULES[rule] if not key.endswith(".*")}
    for text in [text for text, _ in WRONG] + RIGHT:
        path = tmp_path / "alpha_edi.toml"
        path.write_text(BASE + text)
        with suppress(ValidationError):
            table = PartnerTable.model_validate(tomllib.loads(path.read_text())["partner"][0])
            list(rule(Watched(table.partner(), keys, seen)))  # type: ignore[arg-type]
    assert seen == keys


NESTED = [
    ('mailbox = {retention_dys = 3, mail = ["*"]}', ["mailbox.retention_dys", "mailbox.mail"]),
    ('mailbox = {retention_days = -1, mail = ["*"], discard = "after_commit", reading_removes = true}',
     ["mailbox.retention_days", "mailbox.discard", "mailbox.mail"]),
    ('mailbox = {discard = "after", discard_after_days = 3, mail = ["*"]}', ["mailbox.discard", "mailbox.mail"]),
    ('names = {longst = 4, punctuation = "."}', ["names.longst", "filename"]),
    ('names = {longest = -4, punctuation = "."}\nwraps = ["zip", "zip"]', ["names.longest", "filename", "wraps"]),
    ('wire = {commit_on_logout = true, packetsize = 1}', ["wire.packetsize", "verify"]),
    ('expects = {999 = {bussiness = true}, 277CA = {business = true}}',
     ["expects.999.bussiness", "expects.277CA.business"]),
    ('receipts = {arrived = "done", faild = "x"}', ["receipts.faild", "receipts.arrived"]),
    ('receipts = {failed = "done"}\nagreements = {days = 14, payrs = []}',
     ["receipts.arrived", "agreements.payrs", "receipts.failed", "agreements.days"]),
    ('counter = {alphabet = "0120", first = 7, period = "weekly"}\nnames = {case = "uper"}\n' + COUNTED,
     ["counter.first", "counter.period", "names.case", "counter.alphabet", "counter.last"]),
    ('counter = {first = "A1", last = 9}\n' + COUNTED, ["counter.last", "counter.first"]),
    ('names = 7\nreceipts = {arrived = "done", failed = "{stem}*", folder = 3}',
     ["names", "receipts.folder", "receipts.arrived", "receipts.failed"]),
    ('names = {case = "upper", longest = 20, punctuation = ".", other = 1}\nstages = 7',
     ["names.other", "stages", "filename", "filename"]),
    ("mailbox = {discard_after_days = -3}", ["mailbox.discard_after_days", "mailbox.discard_after_days"]),
    ('mailbox = {discard = "after_days", discard_after_days = -3}', ["mailbox.discard_after_days"]),
    ('mailbox = {discard = "after", discard_after_days = -3}', ["mailbox.discard", "mailbox.discard_after_days"]),
    ("agreements = {days = -14}", ["agreements.days", "agreements.days"]),
    ('staging = "staging"', ["staging", "staging"]),
    ('staging = "staging"\nwrite = "staged"', ["staging"]),
    ('outages = [7, {begins = 2026-12-06T04:00:00Z, ends = 2026-12-05T22:00:00Z, why = "move"}]',
     ["outages[0]", "outages[1].why", "outages[1]"]),
    ('filename = "{n"\nstages = {test = {outbound = "/in", inbound = ["/in"]}}',
     ["filename", "stages.test.inbound", "stages.test.outbound"]),
    ('agreements = {days = "x", payers = ["beta"]}', ["agreements.days", "agreements.payers"]),
    ('windows = [{open = "06:00", closes = "07:00"}, {opens = "06:00", closes = "06:00"}]',
     ["windows[0].opens", "windows[0].open", "windows[1]"]),
    ('windows = [{opens = "06:00", closes = "06:00", day = ["sun"]}]', ["windows[0].day", "windows[0]"]),
    ('windows = [{opens = "06:00", closes = "06:00", days = ["son"]}]', ["windows[0].days[0]", "windows[0]"]),
    ('windows = [{opens = "01:00"}]\nmaintenance = [{opens = "22:00", closes = "06:00"}, {closes = "22"},'
     ' {opens = "06:00", closes = "22:00"}]',
     ["windows[0].closes", "maintenance[1].opens", "maintenance[1].closes", "maintenance"]),
    ('windows = [{opens = "02:00", closes = "04:00"}]\nmaintenance = [{opens = "01:00", closes = "04:30"}, 7]',
     ["maintenance[1]", "windows"]),
    ('windows = [{opens = "02:00", closes = "04:00"}, 7]\nmaintenance = [{opens = "01:00", closes = "04:30"}]',
     ["windows[1]"]),
    ('outages = [{begins = 2026-12-06, ends = 2026-12-07}, {begins = 2026-12-06T04:00:00Z, ends = 2026-12-05T22:00:00Z,'
     ' why = "move"}]', ["outages[0].begins", "outages[0].ends", "outages[1].why", "outages[1]"]),
    ('payers = {alpha = ["77001"], beta = ["77001"], gamma = ["7"]}', ["payers.gamma[0]", "payers"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), NESTED, ids=[text for text, _ in NESTED])
def test_a_wrong_key_in_a_table_hides_nothing_else_of_it(tmp_path: Path, text: str, told: list[str]) -> None:
    """All at once; of what the wrong key might have meant nothing is said."""
    assert places(said(tmp_path, text)) == told


@pytest.mark.parametrize(
    ("endpoint", "told"),
    [
        ('{hst = "x", inbound = ["/in"]}', ["endpoint.host", "endpoint.hst", "endpoint.inbound"]),
        ('{host = "x.example", outbound = "in"}', ["endpoint.outbound", "staging"]),
        ('{host = "x.example", inbound = "/in"}', ["endpoint.inbound", "staging"]),
    ],
)
def test_a_wrong_key_of_the_server_hides_nothing_else(tmp_path: Path, endpoint: str, told: list[str]) -> None:
    """Not that it has no name, either: of the folders all is known."""
    path, more = tmp_path / "alpha.toml", "" if "hst" in endpoint else 'write = "staged"\n'
    path.write_text(BASE.replace('{host = "edi.alpha.example"}', endpoint) + more)
    with pytest.raises(PluginError) as wrong:
        read_declaration(path)
    assert places([problem.removeprefix(f"{path}: ") for problem in wrong.value.problems]) == told


def test_names_that_no_plugin_brings_are_told_beside_other_problems(site: SiteFiles) -> None:
    """With the names there are, in TOML as in Python; what a plugin that does not load would bring is not guessed at."""
    site.change("plugins/alpha.toml", 'receiver = "ALPHAHP"', 'receiver = "ALPHAHP"\nwraps = ["gpg", "zip"]\n'
                'claims_per_set = 0')  # fmt: skip
    value, unmet = refused(site)
    assert "partner[0].claims_per_set: must be greater than 0" in value
    assert unmet.endswith("alpha.toml: partner[0].wraps: no plugin brings the wrapping gpg; did you mean pgp?")
    site.change("plugins/alpha.toml", '"gpg"', '"tar"')
    assert refused(site)[1].endswith("no plugin brings the wrapping tar; known are pgp, zip")
    site.write("plugins/broken.py", "import nothing_of_this_name")
    value, broken = refused(site)
    assert ["claims_per_set" in value, "plugin broken.py" in broken] == [True, True]


COUNTER = 'counter = {first = "01", last = "99"}\n'


@pytest.mark.parametrize(
    ("text", "example"),
    [
        ('filename = "{submitter}_{day:%Y%m%d}_{n}.zip.pgp"\nnames = {case = "upper"}\n' + COUNTER,
         'filename = "{submitter}_{day:%Y%m%d}_{n}.ZIP.PGP"'),
        ('filename = "C_{isa13}.dat"\nnames = {case = "upper", punctuation = "."}', 'filename = "C{isa13}.DAT"'),
        ('filename = "Claims_{submitter}_{isa13}"\nnames = {longest = 18}', 'filename = "{submitter}.{isa13}.dat"'),
        ('filename = "Claims_{submitter}_{isa13}"\nnames = {longest = 9}', 'filename = "{isa13}"'),
        ('filename = "Claims_{submitter}_{isa13}"\nnames = {longest = 8}', "names = {longest = 50}"),
        ('filename = "{submitter}_{n}.txt"\nnames = {case = "upper", longest = 12, punctuation = "."}\n' + COUNTER,
         'filename = "{day:%y%m%d}{n}.DAT"'),
        ('names = {case = "upper"}\n' + COUNTER, 'filename = "{submitter}_{day:%Y%m%d}_{n}.DAT"'),
        ('filename = "{isa13}.837.part"', 'filename = "{submitter}.{isa13}.dat"'),
        ('filename = "{isa13}.837"\nstages = {test = {filename = "T.dat"}}\nnames = {case = "upper"}',
         'filename = "{submitter}.{isa13}.DAT"'),
    ],
)  # fmt: skip
def test_the_example_of_a_name_breaks_none_of_the_rules(tmp_path: Path, text: str, example: str) -> None:
    """Whoever takes it as it stands has mended the template, and what is like it is most easily understood."""
    found = said(tmp_path, text)
    assert found
    assert all(wrong.endswith(f"(for example: {example})") for wrong in found), found


def refused(site: SiteFiles) -> tuple[str, ...]:
    """The problems of its plugins."""
    with pytest.raises(PluginError) as wrong:
        site.load()
    return wrong.value.problems


def test_names_that_no_plugin_brings_are_told_beside_other_problems_of_python(site: SiteFiles) -> None:
    """A noun that is not taken is looked through all the same."""
    site.write(
        "plugins/alpha_edi.py",
        """
        from gateway import hookimpl
        from gateway.model.habits import Habits
        from gateway.model.partners import Endpoint, Partner
        from gateway.model.x12 import Address

        @hookimpl
        def register_partners():
            return [Partner("beta_edi", "BETA", {"alfa": ("77001",)}, Address("ZZ", "BETAHP"),
                            Endpoint("sftq", "x.example"), claims_per_set=-1, habits=Habits(wraps=("gpg",)))]
        """,
    )
    starts = ["claims_per_set: must be greater than 0", "reaches payer alfa, which nobody declares; did you mean alpha?",
              "endpoint.scheme: no plugin brings the transport sftq; did you mean sftp?",
              "wraps: no plugin brings the wrapping gpg; did you mean pgp?"]  # fmt: skip
    for problem, start in zip(site.problems(), starts, strict=True):
        assert problem.startswith("plugin alpha_edi.py: partner beta_edi")
        assert start in problem


def test_every_list_of_tables_is_judged_entry_by_entry() -> None:
    """A new one, too."""
    held = {name: get_args(field.annotation)[0] for name, field in PartnerTable.model_fields.items()
            if get_origin(field.annotation) is tuple}  # fmt: skip
    assert {name for name, inner in held.items() if inspect.isclass(inner) and issubclass(inner, Section)} == {*LISTS}


def test_what_python_declares_is_judged_by_the_same_rules(site: SiteFiles) -> None:
    """With the plugin's name instead of a file's."""
    site.write(
        "plugins/alpha_edi.py",
        """
        from gateway import hookimpl
        from gateway.model.habits import Counter, Habits
        from gateway.model.partners import Endpoint, Partner
        from gateway.model.x12 import Address

        @hookimpl
        def register_partners():
            return [Partner("beta_edi", "BETA", {"alpha": ("77001",)}, Address("ZZ", "BETAHP"),
                            Endpoint("sftp", "x.example"), habits=Habits(counter=Counter("5", "1"), staging="/s"))]
        """,
    )
    starts = ["counter: counts nothing", "counter.last: comes before first", "staging: is not used, where write"]
    for problem, start in zip(site.problems(), starts, strict=True):
        assert problem.startswith(f"plugin alpha_edi.py: partner beta_edi: {start}")


def test_names_are_measured_with_the_ids_of_the_account(site: SiteFiles) -> None:
    """Twelve characters are enough for some practices' ids, and not for others'."""
    site.change("plugins/alpha.toml", 'receiver = "ALPHAHP"', 'receiver = "ALPHAHP"\nnames = {longest = 19}\n'
                'filename = "{sender}{isa13}.dat"')  # fmt: skip
    site.load()
    site.change("conf/partners/alpha_edi.toml", 'sender = "CFFM01"', 'sender = "CEDARFALLS"')
    assert site.problem().endswith("filename {sender}{isa13}.dat makes names of more than 19 characters: up to 23")
    site.change("plugins/alpha.toml", 'filename = "{sender}{isa13}.dat"', 'filename = "{isa13}.dat"\n'
                'status_requests = {filename = "q{sender}{isa13}"}')  # fmt: skip
    assert "status_requests.filename q{sender}{isa13} makes names of more than 19 characters" in site.problem()


@pytest.mark.parametrize(
    ("said", "starts"),
    [
        ('{outbound = "/out/"}', "endpoint.inbound: names /out, which we write to"),
        ('{inbound = ["/out", "/stage"]}', "endpoint.inbound: names /stage, which we write to"),
        ('{outbound = "/stage"}', "endpoint.outbound: is /stage, where files are written before they are moved"),
    ],
)
def test_folders_that_an_account_makes_one_are_told(site: SiteFiles, said: str, starts: str) -> None:
    """What we sent would be fetched as an answer, and removed with it."""
    site.change(
        "plugins/alpha.toml", 'receiver = "ALPHAHP"', 'receiver = "ALPHAHP"\nwrite = "staged"\nstaging = "/stage"'
    )
    site.load()
    site.change("conf/partners/alpha_edi.toml", 'sender = "CFFM01"', f'sender = "CFFM01"\nendpoint = {said}')
    assert f"alpha_edi.toml: {starts}" in site.problem()
