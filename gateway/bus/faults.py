"""What goes wrong between the broker and us, in words, with the next step."""

from __future__ import annotations

import ssl
from typing import Final

from aiomqtt import MqttCodeError

from gateway.bus.settings import MqttSettings
from gateway.errors import GatewayError, Refused, Transient

_LATER: Final = "The news wait and are told again by themselves; if this lasts, check host, port and the broker's log."
_FAULTS: Final[dict[str, tuple[type[GatewayError], str, str]]] = {
    "UNREACHABLE": (Transient, "the broker cannot be reached", _LATER),
    "SILENT": (Transient, "the broker did not answer in time, or refused our certificate without a word", _LATER),
    "LOST": (Transient, "the broker did not confirm that it has the news", _LATER),
    "UNAVAILABLE": (Transient, "the broker takes no connections at present", _LATER),
    "LOGIN_REFUSED": (Refused, "the broker refused us", "Check our user, password and rights at the broker."),
    "CERTIFICATE": (
        Refused,
        "the broker's certificate is not one of the named authority for this host, or has expired",
        "Compare tls.ca and the host name with the broker's certificate.",
    ),
    "NO_TLS": (
        Refused,
        "the broker does not speak TLS 1.2 or newer at this port, or refused our certificate",
        "Check the port, and our certificate, with whoever runs the broker.",
    ),
    "KEYS": (
        Refused,
        "our certificates cannot be read, or our password is not text in UTF-8",
        "Check the files named under mqtt.tls and the credential that mqtt.password names.",
    ),
}


def fault(kind: str, settings: MqttSettings) -> GatewayError:
    turn, text, step = _FAULTS[kind]
    return turn(text, code=f"MQTT_{kind}", place=settings.place, next_step=step)


def kind_of(error: Exception) -> str:
    """What kept us from connecting. The client drops the network's own error, except as the context of its own."""
    cause = error.__context__
    if isinstance(error, MqttCodeError):  # 3 in MQTT 3.1.1, 136 as the client translates it
        return "UNAVAILABLE" if getattr(error.rc, "value", error.rc) in (3, 136) else "LOGIN_REFUSED"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "CERTIFICATE"
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
        return "NO_TLS"
    return "SILENT" if isinstance(cause, TimeoutError) else "UNREACHABLE"
