"""A service's own Postgres: pool, tenancy, transactions, cursors, ETags, idempotency keys, migrations."""

from pathlib import Path

from crm_db import cursor, etag, idempotency
from crm_db.cursor import BadCursor
from crm_db.database import Database, Transaction, savepoint
from crm_db.errors import DatabaseBusy, DatabaseDown, DatabaseError, Locked, OutcomeUnknown
from crm_db.idempotency import Answer, InFlight, KeyReused, once

MIGRATIONS = Path(__file__).parent / "migrations"

__all__ = [
    "MIGRATIONS",
    "Answer",
    "BadCursor",
    "Database",
    "DatabaseBusy",
    "DatabaseDown",
    "DatabaseError",
    "InFlight",
    "KeyReused",
    "Locked",
    "OutcomeUnknown",
    "Transaction",
    "cursor",
    "etag",
    "idempotency",
    "once",
    "savepoint",
]
