"""A clearinghouse gateway: credentialing and billing kept in step."""

from gateway.hookspecs import hookimpl

__all__ = ["__version__", "hookimpl"]
__version__ = "0.1.0"
