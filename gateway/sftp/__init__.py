"""The Transport over SFTP: paramiko's encrypted connection, our own conversation on it, within deadlines.

`packets` and `client` speak the protocol, `line` keeps one connection and its thread, `login` proves both sides to each
other, `faults` says whose turn it is, `transport` is what the shell drives.
"""

from gateway.sftp.line import Limits
from gateway.sftp.login import fingerprint, is_password, scan_host_key
from gateway.sftp.transport import SftpTransport

__all__ = ["Limits", "SftpTransport", "fingerprint", "is_password", "scan_host_key"]
