"""The pool of one process: reads of one statement, transactions with the workspace set, errors as refusals."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NoReturn, TypeAlias, TypeVar
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from crm_db.errors import ENDED, RETRYABLE, DatabaseBusy, DatabaseDown, DatabaseError, OutcomeUnknown, translate

log = logging.getLogger(__name__)

Connection: TypeAlias = PoolConnectionProxy
Transaction: TypeAlias = Connection  # what `Database.transaction` gives: an asyncpg connection inside BEGIN
T = TypeVar("T")

WAIT_S = 2.0  # for a free connection; reliability.md section 3
CUSTOM_PLANS_MAX = 4  # sessions, beside max_size
QUEUE_MAX = 54  # with a pool of 10: the 64 that the gateway lets in flight; more could not be served within WAIT_S
CONNECT_S = 1.5  # below WAIT_S, so that an unreachable server is told from a full pool
IDLE_S = 300.0
ROLLBACK_S = 5.0
ATTEMPTS = 3  # of a transaction that met a conflict


class Database:
    """Postgres as one process sees it.

    Connections are made when they are needed and replaced when they are lost, so a process may start before
    Postgres and outlives its restarts. No RESET on release (a hidden round trip: 1.32 times the requests without
    it), which is safe because nothing here leaves a trace in the session: settings are local to a transaction,
    and a transaction never outlives its block.
    """

    def __init__(self, url: str, *, max_size: int = 10, command_timeout_s: float = 30.0) -> None:
        self._pool = _pool(url, max_size, command_timeout_s, {})
        # Generic plans are a trap for searches (performance.md section 3); the mode belongs to the session,
        # so statements that ask for it get sessions of their own. They are opened when first used.
        self._custom_plans = _pool(url, CUSTOM_PLANS_MAX, command_timeout_s, {"plan_cache_mode": "force_custom_plan"})
        self._waiting = 0
        self._after_commit: list[Callable[[], None]] = []
        self._url = url

    @classmethod
    async def open(
        cls, url: str, *, min_size: int = 2, max_size: int = 10, command_timeout_s: float = 30.0
    ) -> Database:
        """Opens the pool, with `min_size` connections at once if Postgres is there.

        If it is not, reads and transactions raise DatabaseDown until it is.
        """
        db = cls(url, max_size=max_size, command_timeout_s=command_timeout_s)
        await db._pool
        await db._custom_plans
        results = await asyncio.gather(*(db.ping() for _ in range(min_size)), return_exceptions=True)
        for error in results[:1]:
            if isinstance(error, DatabaseError):
                log.warning("database away at start, waiting for it: %s", error)
            elif isinstance(error, BaseException):
                raise error
        return db

    async def close(self) -> None:
        """Waits up to 5 s for what is running, then ends it."""
        for pool in (self._pool, self._custom_plans):
            try:
                async with asyncio.timeout(5):
                    await pool.close()
            except TimeoutError:
                pool.terminate()

    async def ping(self) -> None:
        """One round trip; raises DatabaseDown or DatabaseBusy."""
        async with self._connection(self._pool) as connection:
            await connection.execute("select 1")

    async def read(
        self, workspace_id: UUID, sql: str, *args: object, custom_plan: bool = False
    ) -> list[asyncpg.Record]:
        """Runs one statement that enters the workspace itself: one round trip, and row-level security holds.

        `select r.* from enter($1) e(w), lateral (select ... where t.workspace_id = e.w ... offset 0) r`; `args` are
        $2 and on. The inner select must not be merged into the outer one (`limit`, `offset 0` or an aggregate
        prevent it), else Postgres may scan the table before the workspace is set and find nothing.
        `custom_plan=True` plans for these very arguments each time. A connection lost meanwhile is replaced once.
        """
        if "enter($1)" not in sql:
            raise ValueError(f"a read must enter its workspace: {sql[:80]}")
        pool = self._custom_plans if custom_plan else self._pool
        try:
            return await self._read(pool, sql, workspace_id, *args)
        except DatabaseDown as error:
            if error.__cause__ is None or not isinstance(error.__cause__, ENDED):
                raise
            # Ended under us (a failover, an administrator): nothing was changed by a read, so it may be repeated.
            return await self._read(pool, sql, workspace_id, *args)

    async def _read(self, pool: asyncpg.Pool, sql: str, *args: object) -> list[asyncpg.Record]:
        async with self._connection(pool) as connection:
            rows: list[asyncpg.Record] = await connection.fetch(sql, *args)
            return rows

    @asynccontextmanager
    async def transaction(self, workspace_id: UUID | None) -> AsyncIterator[Transaction]:
        """BEGIN and the workspace in one round trip; COMMIT at the end, ROLLBACK on any error.

        None for what belongs to no workspace: row-level security then shows no tenanted row.
        Raises OutcomeUnknown if the connection was lost during COMMIT.
        """
        begin = "begin" if workspace_id is None else f"begin; select enter('{UUID(str(workspace_id))}')"
        async with self._connection(self._pool) as connection:
            await connection.execute(begin)
            try:
                yield connection
            except BaseException:
                await _roll_back(connection)
                raise
            await _commit(connection)
        for callback in self._after_commit:
            callback()

    async def retrying(self, workspace_id: UUID | None, act: Callable[[Transaction], Awaitable[T]]) -> T:
        """`act` in a transaction, up to three times if another transaction was in the way (40001, 40P01)."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self.transaction(workspace_id) as tx:
                    return await act(tx)
            except DatabaseError as error:
                if not isinstance(error.__cause__, RETRYABLE) or attempt == ATTEMPTS:
                    raise
                await asyncio.sleep(0.01 * attempt)
        raise AssertionError("unreachable")

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Has `callback` called after each committed transaction of this process; it must not block or raise."""
        self._after_commit.append(callback)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection outside the pool, closed at the end: for what belongs to a session (an advisory lock)."""
        try:
            connection = await asyncpg.connect(self._url, timeout=CONNECT_S, command_timeout=30.0)
        except Exception as error:
            _raise_as_refusal(error, connected=False)
        try:
            yield connection
        except Exception as error:
            _raise_as_refusal(error, connected=not _is_gone(connection))
        finally:
            connection.terminate()

    @asynccontextmanager
    async def _connection(self, pool: asyncpg.Pool) -> AsyncIterator[Connection]:
        connection = await self._acquire(pool)
        try:
            yield connection
        except Exception as error:
            _raise_as_refusal(error, connected=not _is_gone(connection))
        finally:
            await pool.release(connection)

    async def _acquire(self, pool: asyncpg.Pool) -> Connection:
        if self._waiting >= QUEUE_MAX:
            raise DatabaseBusy()
        self._waiting += 1
        try:
            # Not pool.acquire(timeout=...): on Python 3.11 that starts a task for each call.
            async with asyncio.timeout(WAIT_S):
                return await pool.acquire()
        except Exception as error:
            all_in_use = pool.get_size() - pool.get_idle_size() >= pool.get_max_size()
            if isinstance(error, TimeoutError) and all_in_use:
                raise DatabaseBusy() from None
            _raise_as_refusal(error, connected=False)
        finally:
            self._waiting -= 1


@asynccontextmanager
async def savepoint(tx: Transaction) -> AsyncIterator[None]:
    """A part of a transaction that is undone alone if it raises."""
    await tx.execute("savepoint part")
    try:
        yield
    except BaseException:
        await tx.execute("rollback to savepoint part; release savepoint part")
        raise
    await tx.execute("release savepoint part")


def _pool(url: str, max_size: int, command_timeout_s: float, settings: dict[str, str]) -> asyncpg.Pool:
    return asyncpg.create_pool(
        url,
        min_size=0,
        max_size=max_size,
        reset=_nothing,
        timeout=CONNECT_S,
        command_timeout=command_timeout_s,
        max_inactive_connection_lifetime=IDLE_S,
        server_settings={"timezone": "UTC", **settings},
    )


async def _nothing(_connection: object) -> None:
    """In place of asyncpg's RESET on release."""


async def _commit(connection: Connection) -> None:
    try:
        done = await connection.execute("commit")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        # An error that leaves the connection open is an answer: Postgres refused, and nothing happened.
        if _is_gone(connection) or isinstance(error, TimeoutError):
            raise OutcomeUnknown from error
        raise
    if done != "COMMIT":
        # Postgres answers COMMIT of a failed transaction with ROLLBACK and no error.
        raise RuntimeError("an error inside the transaction was swallowed; it was rolled back")


async def _roll_back(connection: Connection) -> None:
    """Ends the transaction whatever state it is in, or the session with it; never hides why it had to end."""
    if _is_gone(connection):
        return
    try:
        await asyncio.shield(connection.execute("rollback", timeout=ROLLBACK_S))
    except Exception:
        _end(connection)
    except BaseException:  # cancelled meanwhile
        _end(connection)
        raise


def _is_gone(connection: Connection | asyncpg.Connection) -> bool:
    try:
        closed: bool = connection.is_closed()
        return closed
    except asyncpg.InterfaceError:
        return True  # lost while it was lent out: the pool has taken it back already


def _end(connection: Connection) -> None:
    if not _is_gone(connection):
        connection.terminate()


def _raise_as_refusal(error: Exception, *, connected: bool) -> NoReturn:
    if isinstance(error, DatabaseError):
        raise error
    translated = translate(error, connected=connected)
    if translated is None:
        raise error
    raise translated from error
