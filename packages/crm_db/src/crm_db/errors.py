"""What a caller may meet instead of an answer.

DatabaseError
    DatabaseBusy      503  no free connection, or a statement over its time limit; nothing happened
    DatabaseDown      503  Postgres is away, starting, or ended the connection; nothing happened
        OutcomeUnknown  503  the connection was lost during COMMIT: it may have happened
    Locked            409  somebody else holds the row, or the retries of a conflict were used up; nothing happened

Anything else that Postgres says (a constraint, a syntax error) is a fault of the program or a rule of the
service, and passes through as asyncpg raised it.
"""

from __future__ import annotations

import asyncpg


class DatabaseError(Exception):
    """Base of the refusals; `status`, `code` and `detail` are what the HTTP layer renders."""

    status = 503
    code = "database_error"
    detail = "The database could not answer."
    retry_after_s: int | None = None
    outcome: str | None = None  # "unknown" where the change may have happened

    def __init__(self, detail: str | None = None) -> None:
        if detail is not None:
            self.detail = detail
        super().__init__(self.detail)


class DatabaseBusy(DatabaseError):
    code = "database_busy"
    detail = "The database is busy. Nothing was changed; try again in a moment."
    retry_after_s = 1


class DatabaseDown(DatabaseError):
    code = "database_down"
    detail = "The database can't be reached. Nothing was changed; try again in a moment."
    retry_after_s = 2


class OutcomeUnknown(DatabaseDown):
    code = "outcome_unknown"
    detail = (
        "The connection to the database was lost while the change was being committed. "
        "It may have been made: repeat it with the same Idempotency-Key."
    )
    outcome = "unknown"


class Locked(DatabaseError):
    status = 409
    code = "locked"
    detail = "Somebody else is changing this at the moment. Nothing was changed; try again."
    retry_after_s = 1


# Conflicts between transactions that a repetition solves.
RETRYABLE = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    # A migration changed a table between two uses of a prepared statement.
    asyncpg.InvalidCachedStatementError,
    asyncpg.OutdatedSchemaCacheError,
)

# A session that stood was ended; another one may well be had.
ENDED = (
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    ConnectionResetError,
)

# The session is over, or can't begin. After these nothing more can be asked on the connection.
_DOWN = (
    *ENDED[:-1],
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    # A primary that became a replica: the next connection finds the new one.
    asyncpg.ReadOnlySQLTransactionError,
)

# What a lost socket looks like; but so do a caller's own time limits and mistakes, inside a transaction.
_PERHAPS_DOWN = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def translate(error: BaseException, *, connected: bool) -> DatabaseError | None:
    """The refusal that an error means, None if it means none; `connected`: whether the connection still stands."""
    if isinstance(error, (asyncpg.LockNotAvailableError, *RETRYABLE)):
        return Locked()
    if isinstance(error, asyncpg.DiskFullError):
        return DatabaseBusy("The database's disk is full. Nothing was changed.")
    if isinstance(error, (asyncpg.QueryCanceledError, asyncpg.InsufficientResourcesError)):
        return DatabaseBusy()
    if isinstance(error, _DOWN) or (isinstance(error, _PERHAPS_DOWN) and not connected):
        return DatabaseDown()
    return None
