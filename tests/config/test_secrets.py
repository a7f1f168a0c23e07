"""Secrets have no place in settings: they are refused, and never repeated."""

from __future__ import annotations

import pytest

from gateway.errors import PluginError
from tests.config.conftest import SiteFiles

ACCOUNT = "conf/partners/alpha_edi.toml"
ADVICE = "looks like a secret; put it into a file in keys.secrets_dir and name that file as credential"
VALUE = "correct-horse-battery"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f'password = "{VALUE}"', "password"),
        (f'Passwd = "{VALUE}"', "Passwd"),
        (f'sftp_password = "{VALUE}"', "sftp_password"),
        (f'passphrase = "{VALUE}"', "passphrase"),
        (f'client_secret = "{VALUE}"', "client_secret"),
        (f'api_key = "{VALUE}"', "api_key"),
        (f'token = "{VALUE}"', "token"),
        ("password = 12345678", "password"),
        (f'private_key = """-----BEGIN OPENSSH PRIVATE KEY-----\n{VALUE}"""', "private_key"),
        (f'[endpoint]\nhost = "edi.alpha.example"\npassword = "{VALUE}"', "endpoint.password"),
        (f'[[old.users]]\n[[old.users]]\npwd = "{VALUE}"', "old.users[1].pwd"),
    ],
)
def test_a_key_that_names_a_secret_is_refused_with_advice(site: SiteFiles, text: str, place: str) -> None:
    """At any depth, by its name alone, and with where it belongs."""
    site.add(ACCOUNT, text)
    assert site.problem() == f"{ACCOUNT}: {place}: {ADVICE}"


@pytest.mark.parametrize("kind", ["RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", ""])
def test_a_private_key_is_refused_under_any_name(site: SiteFiles, kind: str) -> None:
    """Whatever the key is called, and wherever in a list it stands."""
    block = f'"""-----BEGIN {kind}PRIVATE KEY-----\n{VALUE}"""'
    site.add(ACCOUNT, f'notes = ["first", {block}]')
    assert site.problem() == f"{ACCOUNT}: notes[1]: {ADVICE}"


@pytest.mark.parametrize("block", ["-----BEGIN PGP PRIVATE KEY BLOCK-----", "PuTTY-User-Key-File-3: ssh-ed25519"])
def test_other_forms_of_private_keys_are_known(site: SiteFiles, block: str) -> None:
    """Not every tool writes PEM."""
    site.change(ACCOUNT, 'credential = "alpha_edi"', f'credential = "{block}"')
    assert site.problem() == f"{ACCOUNT}: credential: {ADVICE}"


@pytest.mark.parametrize("name", ["conf/gateway.toml", "conf/routes.toml", ACCOUNT])
def test_secrets_are_refused_in_every_file(site: SiteFiles, name: str) -> None:
    """There is no file of ours where one may stand."""
    site.write(name, f'password = "{VALUE}"\n' + (site.root / name).read_text())
    assert f"{name}: password: {ADVICE}" in site.problems()


def test_a_secret_in_a_declaration_stops_its_plugin(site: SiteFiles) -> None:
    """Declarations are even handed around."""
    site.add("plugins/alpha.toml", f'[partner.login]\npassword = "{VALUE}"')
    with pytest.raises(PluginError) as wrong:
        site.load()
    assert ADVICE in wrong.value.message
    assert VALUE not in str(vars(wrong.value))


@pytest.mark.parametrize(
    "text",
    [
        f'password = "{VALUE}"',
        f'credential = "{VALUE}!"',
        f'contact_phone = "{VALUE}"',
        f'host_keys = ["{VALUE}"]',
        f'stage = "{VALUE}"',
        f'sender_qualifier = "{VALUE}"',
        f'endpoint = {{host = "user:{VALUE}@edi.example", port = "{VALUE}", inbound = ["{VALUE}"]}}',
        f'endpoint = "{VALUE}"',
        f'user = """{VALUE}',
        f'user = {VALUE}',
    ],
)  # fmt: skip
def test_no_message_repeats_a_value(site: SiteFiles, text: str) -> None:
    """A secret in the wrong place would go on into logs and terminals; so no value is shown, whatever its key."""
    key = text.split(" ", maxsplit=1)[0]
    kept = [line for line in (site.root / ACCOUNT).read_text().splitlines() if not line.startswith(f"{key} ")]
    site.write(ACCOUNT, "\n".join([*kept, text]))
    found = site.problems()
    assert found
    assert VALUE not in " ".join(found)


def test_names_of_secrets_are_no_secrets(site: SiteFiles) -> None:
    """keys.secrets_dir, credential and host_keys are keys like any other, and a payer may be called what it is called."""
    site.write("conf/gateway.toml", '[keys]\nsecrets_dir = "elsewhere"')
    site.change("plugins/alpha.toml", 'key = "alpha"\n', 'key = "token_health"\n')
    site.change("plugins/alpha.toml", "{alpha = ", "{token_health = ")
    site.change("conf/routes.toml", '"alpha"', '"token_health"')
    settings, registry, _ = site.load()
    assert settings.keys.secrets_dir == site.root / "elsewhere"
    assert list(registry.payers) == ["token_health"]
