"""A clearinghouse gateway: credentialing and billing kept in step."""

__version__ = "0.1.0"
