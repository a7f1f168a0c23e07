"""Secrets by name: where they are looked for, what they are, and what is never sent for one."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from gateway.errors import Refused
from gateway.sftp.login import read_credential
from gateway.vault import CredentialKind, resolve_credential
from gateway.wrapping import new_pgp_key, pgp_wrapping

_NO_PASSPHRASE = serialization.NoEncryption()
KEY = ed25519.Ed25519PrivateKey.generate()
OPENSSH = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, _NO_PASSPHRASE)
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
PUBLIC_PEM = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
CURVE = ec.generate_private_key(ec.SECP256R1())
PEM = CURVE.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, _NO_PASSPHRASE)
PKCS8 = CURVE.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, _NO_PASSPHRASE)


def put(folder: Path, name: str, content: bytes, mode: int = 0o600) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    (folder / name).chmod(mode)


def refusal(name: str, folder: Path | None) -> Refused:
    with pytest.raises(Refused) as caught:
        resolve_credential(name, folder, {})
    assert caught.value.next_step
    return caught.value


@pytest.mark.parametrize("written", [b"pass word", b"pass word\n", b"pass word\r\n"])
def test_a_password_comes_without_its_line_break(tmp_path: Path, written: bytes) -> None:
    """Editors end a file with one; a password never does."""
    put(tmp_path, "acme", written)
    secret = resolve_credential("acme", tmp_path, {})
    assert (secret.kind, secret.reveal()) == (CredentialKind.PASSWORD, b"pass word")


@pytest.mark.parametrize("form", [OPENSSH, PEM, PKCS8], ids=["openssh", "pem", "pkcs8"])
def test_a_private_key_is_known_as_one(tmp_path: Path, form: bytes) -> None:
    """In OpenSSH form or an older one, also after blank lines."""
    put(tmp_path, "acme", b"\n\n" + form)
    secret = resolve_credential("acme", tmp_path, {})
    assert (secret.kind, secret.reveal()) == (CredentialKind.PRIVATE_KEY, form)


def test_an_openpgp_key_of_ours_signs_what_we_send_and_opens_what_comes(tmp_path: Path) -> None:
    """As `options.pgp` names it; it is no key and no password to log in with."""
    secret, public = new_pgp_key("us")
    put(tmp_path, "our_pgp", secret)
    found = resolve_credential("our_pgp", tmp_path, {})
    assert found.kind is CredentialKind.PGP_KEY
    options = {"recipient": public.decode(), "sign_with": "our_pgp", "open_with": "our_pgp"}
    wrapping = pgp_wrapping(options, lambda name: resolve_credential(name, tmp_path, {}))
    assert b"".join(wrapping.unwrap(wrapping.wrap([b"ISA*"], "a.pgp"))) == b"ISA*"
    with pytest.raises(Refused) as refused:
        read_credential(found.reveal(), "acme")
    assert refused.value.code == "CREDENTIAL_UNREADABLE"


@pytest.mark.parametrize(
    "written",
    [PUBLIC, PUBLIC_PEM, b"PuTTY-User-Key-File-3: ssh-ed25519\n", b"---- BEGIN SSH2 PUBLIC KEY ----\n"],
    ids=["public", "public pem", "putty", "ssh2"],
)
def test_a_key_in_another_form_is_never_taken_for_a_password(tmp_path: Path, written: bytes) -> None:
    """It would be sent to the server as one."""
    put(tmp_path, "acme", written)
    assert refusal("acme", tmp_path).code == "CREDENTIAL_KIND"


def test_the_mark_that_an_editor_writes_before_a_text_is_no_part_of_it(tmp_path: Path) -> None:
    """A key behind it would be sent as a password, and no server takes a password with it."""
    put(tmp_path, "key", b"\xef\xbb\xbf" + OPENSSH)
    put(tmp_path, "word", b"\xef\xbb\xbfMill-Pond\r\n")
    assert resolve_credential("key", tmp_path, {}).kind is CredentialKind.PRIVATE_KEY
    assert resolve_credential("word", tmp_path, {}).reveal() == b"Mill-Pond"


def test_the_service_manager_goes_before_the_secrets_directory(tmp_path: Path) -> None:
    """A credential it gives wins; where it gives none of this name, the directory serves."""
    put(tmp_path / "given", "acme", b"given", mode=0o440)
    put(tmp_path / "kept", "acme", b"kept")
    put(tmp_path / "kept", "other", b"other")
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path / "given")}
    assert resolve_credential("acme", tmp_path / "kept", environ).reveal() == b"given"
    assert resolve_credential("other", tmp_path / "kept", environ).reveal() == b"other"
    assert resolve_credential("acme", None, environ).reveal() == b"given"


def test_a_secret_is_looked_up_anew_each_time(tmp_path: Path) -> None:
    """A changed password serves from the next use on."""
    put(tmp_path, "acme", b"old")
    assert resolve_credential("acme", tmp_path, {}).reveal() == b"old"
    put(tmp_path, "acme", b"new")
    assert resolve_credential("acme", tmp_path, {}).reveal() == b"new"


def test_a_missing_secret_says_where_to_put_it(tmp_path: Path) -> None:
    """With and without a secrets directory."""
    missing = refusal("acme", tmp_path)
    assert missing.code == "CREDENTIAL_MISSING"
    assert str(tmp_path / "acme") in missing.next_step
    assert "keys.secrets_dir" in refusal("acme", None).next_step


@pytest.mark.parametrize("written", [b"", b"\n", b"\r\n\n"])
def test_an_empty_secret_is_refused(tmp_path: Path, written: bytes) -> None:
    """An empty password is a mistake, not a password."""
    put(tmp_path, "acme", written)
    assert refusal("acme", tmp_path).code == "CREDENTIAL_EMPTY"


def test_a_secret_open_to_others_is_refused(tmp_path: Path) -> None:
    """The rules of the key file hold here too."""
    put(tmp_path, "acme", b"pass", mode=0o644)
    assert refusal("acme", tmp_path).code == "SECRET_FILE_MODE"


@pytest.mark.parametrize("name", ["", ".", "..", "../acme", "a/b", "/etc/passwd", ".hidden", "a\n", "a\0b", "x" * 101])
def test_a_name_leads_nowhere_but_into_the_directory(tmp_path: Path, name: str) -> None:
    """No name from a settings file reads another file."""
    put(tmp_path, "acme", b"pass")
    assert refusal(name, tmp_path / "sub").code == "CREDENTIAL_NAME"


def test_the_root_key_is_no_partner_s_credential(tmp_path: Path) -> None:
    """A slip in a partner's settings must not send the root key to that partner."""
    put(tmp_path, "master.key", b"k" * 32)
    with pytest.raises(Refused) as caught:
        resolve_credential("master.key", tmp_path, {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert caught.value.code == "CREDENTIAL_NAME"


def test_a_secret_shows_nothing_of_itself_and_errors_show_nothing_of_it(tmp_path: Path) -> None:
    """Neither repr nor str nor a refusal holds it."""
    put(tmp_path, "acme", b"open sesame")
    secret = resolve_credential("acme", tmp_path, {})
    assert "sesame" not in repr(secret) + str(secret) + f"{secret}"
    put(tmp_path, "acme", PUBLIC)
    found = refusal("acme", tmp_path)
    assert PUBLIC[20:40].decode() not in str(found) + found.next_step
