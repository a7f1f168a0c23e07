"""Mail over SMTP: one message with text and, as an attachment, a page."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from gateway.config.settings import DigestSection
from gateway.errors import Refused, Transient
from gateway.ports import Secret

_SECONDS = 30.0


def send(settings: DigestSection, password: Secret | None, subject: str, text: str, page: str) -> None:
    """Send one message, within half a minute a step. Raises Refused where settings or the server say no, Transient where
    the server cannot be reached; neither tells an address."""
    look_over(settings)
    try:
        message = _message(settings, subject, text, page)
        with smtplib.SMTP(settings.host, settings.port, timeout=_SECONDS) as server:
            if settings.starttls:
                _encrypt(server)
            if settings.username and password:
                _log_in(server, settings.username, password)
            refused = server.send_message(message)
    except smtplib.SMTPAuthenticationError:
        raise Refused("the mail server refused our login", code="SMTP_LOGIN", next_step=_LOGIN) from None
    except ssl.SSLError:
        what = "the mail server showed a certificate that does not hold"
        raise Transient(what, code="SMTP_TLS", next_step=_CERTIFICATE) from None
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError, TimeoutError):
        raise Transient("the mail server did not answer", code="SMTP_UNREACHABLE", next_step=_REACH) from None
    except smtplib.SMTPResponseException as said:
        raise _refusal(said.smtp_code) from None
    except (smtplib.SMTPException, ValueError):
        raise Refused("the mail server did not take the mail", code="SMTP_REFUSED", next_step=_ADDRESSES) from None
    except OSError:
        raise Transient("the mail server cannot be reached", code="SMTP_UNREACHABLE", next_step=_REACH) from None
    if refused:
        raise Refused(
            f"the mail server refused {len(refused)} of {len(settings.to)} addresses, and took the mail for the others",
            code="SMTP_ADDRESS",
            next_step=_ADDRESSES,
        )


_TLS_ALONE, _LOGIN_WANTED = 465, 530
_CERTIFICATE = (
    "Name the host under [digest] in gateway.toml as its certificate does; where a private authority signed that, have this"
    " machine trust it (update-ca-certificates)."
)
_PORT = "Set the port under [digest] in gateway.toml at which the mail server speaks STARTTLS, most often 587."
_LOGIN = (
    "Check username and credential under [digest] in gateway.toml, with whoever runs the mail server; where it wants no"
    " login, leave out both."
)
_REACH = "Check host and port under [digest] in gateway.toml; `gateway digest` shows the digest here meanwhile."
_ADDRESSES = "Check to and sender under [digest] in gateway.toml with whoever runs the mail server."


def _refusal(code: int) -> Refused:
    if code == _LOGIN_WANTED:
        return Refused("the mail server wants a login", code="SMTP_LOGIN", next_step=_LOGIN)
    return Refused("the mail server did not take the mail", code="SMTP_REFUSED", next_step=_ADDRESSES)


def _encrypt(server: smtplib.SMTP) -> None:
    try:
        server.starttls(context=ssl.create_default_context())
    except smtplib.SMTPNotSupportedError:
        raise Refused(
            "the mail server offers no encryption (STARTTLS) at this port", code="SMTP_TLS", next_step=_PORT
        ) from None


def _log_in(server: smtplib.SMTP, name: str, password: Secret) -> None:
    try:
        server.login(name, password.reveal().decode().strip())
    except smtplib.SMTPNotSupportedError:
        raise Refused("the mail server offers no login here", code="SMTP_LOGIN", next_step=_LOGIN) from None


def look_over(settings: DigestSection) -> None:
    """Raises Refused for what no mail can go with, whatever the server says."""
    if not (settings.to and settings.sender and settings.host):
        raise _not_set_up("no mail is set up", "Set to, sender and host under [digest] in gateway.toml.")
    if bool(settings.username) != bool(settings.credential):
        raise _not_set_up(
            "a login wants a name and a password", "Set username and credential under [digest], or neither."
        )
    if not all("@" in address for address in (settings.sender, *settings.to)):
        raise _not_set_up("one of the addresses is no mail address", _ADDRESSES)
    if settings.port == _TLS_ALONE:
        raise _not_set_up("port 465 is encrypted from the first byte, which we do not speak", _PORT)
    if not settings.starttls and not _here(settings.host):
        raise Refused(
            "mail leaves this machine encrypted or not at all",
            code="SMTP_PLAIN",
            next_step="Set starttls = true under [digest] in gateway.toml, or name a mail server on this machine.",
        )


def _not_set_up(what: str, step: str) -> Refused:
    return Refused(what, code="SMTP_NOT_SET_UP", next_step=step)


def _here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _message(settings: DigestSection, subject: str, text: str, page: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, settings.sender, ", ".join(settings.to)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2] or "gateway.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    if page:
        message.add_attachment(page, subtype="html", filename="digest.html")
    return message
