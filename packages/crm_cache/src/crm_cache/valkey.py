"""A pipelining client for Valkey, for caches and buckets: it never makes a request wait for a server that is away.

Why not a library: docs/decisions/0012-valkey-client.md has the figures (CPU a call is what the gateway pays per
request).
"""

import asyncio
import contextlib
import logging
import ssl
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from crm_cache.connection import LOST_AFTER_S, Connection
from crm_cache.errors import ValkeyDown, ValkeyError

OP_TIMEOUT_S = 0.05
CONNECT_TIMEOUT_S = 1.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 1.0

_log = logging.getLogger(__name__)


class Valkey:
    """`await Valkey.open(url)`; `redis://[user]:password@host:port/db`, or `rediss://` for TLS.

    generation: names the server's memory as long as it is one and the same: another run or another replica has
    another name.
    """

    def __init__(self, url: str, *, lost_after_s: float = LOST_AFTER_S) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "127.0.0.1"
        self._port = parts.port or 6379
        self._tls = ssl.create_default_context() if parts.scheme in ("rediss", "valkeys") else None
        self._login = [unquote(part) for part in (parts.username, parts.password) if part]
        self._database = parts.path.strip("/") or "0"
        self._connection: Connection | None = None
        self._joining: Connection | None = None
        self._owed: dict[str, tuple[Any, ...]] = {}
        self._keeper: asyncio.Task[None] | None = None
        self._first = asyncio.Event()
        self._lost_after_s = lost_after_s
        self.generation = ""

    @classmethod
    async def open(cls, url: str, *, wait_s: float = 1.0, lost_after_s: float = LOST_AFTER_S) -> Self:
        """Connect in the background; returns when connected, or after `wait_s` without: it is a cache, not a need.

        lost_after_s: silence after which everybody stops waiting.
        """
        client = cls(url, lost_after_s=lost_after_s)
        client._keeper = asyncio.create_task(client._keep_connected(), name="valkey")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await client._first.wait()
        return client

    async def close(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        for connection in (self._connection, self._joining):
            if connection is not None:
                connection.close()

    @property
    def is_up(self) -> bool:
        return self._connection is not None and not self._connection.lost.done()

    def ask(self, *command: Any, timeout_s: float = OP_TIMEOUT_S) -> asyncio.Future[Any]:
        """Send a command; the future raises ValkeyDown (at once when not connected) or ReplyRefused."""
        if self._connection is None:
            future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            future.set_exception(ValkeyDown("not connected"))
            return future
        return self._connection.ask(*command, timeout_s=timeout_s)

    def tell(self, *command: Any) -> None:
        """Send a command whose answer nobody needs."""
        if self._connection is not None:
            self._connection.ask(*command, timeout_s=OP_TIMEOUT_S).add_done_callback(_look_at)

    async def owe(self, name: str, *command: Any) -> bool:
        """A command that must reach the server before anything else is believed; repeating it must do no harm.

        True when it was obeyed within 50 ms. Otherwise it is kept under `name` and sent with the next connection,
        before that counts as up. It is also written to a connection that is only being set up: a frozen server finds
        it when it wakes.
        """
        self._owed[name] = command
        connection = self._connection or self._joining
        if connection is not None:
            await asyncio.wait([self._pay(connection, name)], timeout=OP_TIMEOUT_S)
        return name not in self._owed

    def owes(self, name: str) -> bool:
        return name in self._owed

    async def ping(self) -> None:
        """For readiness; raises ValkeyError."""
        await self.ask("PING", timeout_s=0.5)

    async def _keep_connected(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                connection = await self._join()
            except (OSError, TimeoutError, ValkeyError) as error:
                _log.debug("valkey not reached: %s", type(error).__name__)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                continue
            pause_s = FIRST_PAUSE_S
            self._connection = connection
            self._first.set()
            await connection.lost
            self._connection = None
            _log.warning("valkey connection lost")

    async def _join(self) -> Connection:
        """Connect, log in, pay what is owed. Only then does the connection count."""
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            _, connection = await asyncio.get_running_loop().create_connection(
                Connection, self._host, self._port, ssl=self._tls
            )
        self._joining = connection
        try:
            await self._greet(connection)
        except BaseException:
            connection.close()
            raise
        finally:
            self._joining = None
        connection.lost_after_s = self._lost_after_s
        connection.watched = True
        return connection

    async def _greet(self, connection: Connection) -> None:
        greeting = [connection.ask("AUTH", *self._login, timeout_s=CONNECT_TIMEOUT_S)] if self._login else []
        greeting.append(connection.ask("SELECT", self._database, timeout_s=CONNECT_TIMEOUT_S))
        server = connection.ask("INFO", "server", timeout_s=CONNECT_TIMEOUT_S)
        # Sent at once, behind the log-in: a server that wakes up later than we wait for it still obeys.
        for name in tuple(self._owed):
            self._pay(connection, name)
        answers = await asyncio.gather(*greeting, server)
        self.generation = _run_id(answers[-1])
        while self._owed:  # also what came to be owed meanwhile
            await asyncio.gather(*(self._pay(connection, name) for name in tuple(self._owed)))

    def _pay(self, connection: Connection, name: str) -> asyncio.Future[Any]:
        command = self._owed[name]

        def settle(answer: asyncio.Future[Any]) -> None:
            if answer.cancelled() or answer.exception() is not None:
                connection.close()  # a server that refuses this (a replica, say) is none to trust: find it anew
            elif self._owed.get(name) == command:
                del self._owed[name]

        # No time limit of its own: a late answer pays too, and a frozen server is noticed by the connection.
        answer = connection.ask(*command, timeout_s=float("inf"))
        answer.add_done_callback(settle)
        return answer


def _run_id(info: bytes) -> str:
    for line in info.decode("ascii", "replace").splitlines():
        if line.startswith("run_id:"):
            return line.removeprefix("run_id:").strip()
    return ""


def _look_at(future: asyncio.Future[Any]) -> None:
    """Fetch the exception, so that asyncio does not report it as never retrieved."""
    if not future.cancelled():
        future.exception()
