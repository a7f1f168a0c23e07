"""The state of a site: one encrypted database, the one writer, and the only place where SQL is written.

A function here takes a `Tx` and is one transaction; run it with `await store.write(function, ...)` or `store.read`.
"""

from gateway.store.chain import AuditKey, ChainReport
from gateway.store.connection import Store, StoreFailed, Tx, moment

__all__ = ["AuditKey", "ChainReport", "Store", "StoreFailed", "Tx", "moment"]
