"""uvicorn as our services run it, and what it does not do: cancel a handler whose client is gone."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from crm_service.steps import HUNG_UP

# Longer than any caller keeps an idle connection (20 s): one that is reused is then never just being closed by us.
KEEP_ALIVE_S = 75
DRAIN_S = 25

_READS = {"GET", "HEAD"}


class CancellingProtocol(HttpToolsProtocol):
    """Ends the reading that a request does when its connection is lost before the answer is complete.

    A change is finished: cut off at its commit nobody could say whether it happened, and whoever lost the connection
    can ask again with the same Idempotency-Key and be told.
    """

    _running: asyncio.Task[None] | None = None

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = self.loop.create_task(cycle.run_asgi(app))
        self._running.add_done_callback(self.tasks.discard)
        self.tasks.add(self._running)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._running is None or self._running.done() or not self.cycle.disconnected:
            return
        if self.cycle.scope["method"] in _READS:
            self._running.cancel(HUNG_UP)


class Server(uvicorn.Server):
    """Signals are the process's matter, not one server's: `run` tells every server of a process to stop."""

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Returns when it has ended, also where uvicorn would end the process: it has logged why."""
        with contextlib.suppress(SystemExit):
            await super().serve(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def http_server(app: Any, listen: str, *, lifespan: bool = True) -> Server:
    """`listen` is host:port. Call `serve()`; set `should_exit` to drain."""
    host, _, port = listen.rpartition(":")
    return Server(
        uvicorn.Config(
            app,
            host=host.strip("[]") or "127.0.0.1",
            port=int(port),
            http=CancellingProtocol,
            ws="none",
            lifespan="on" if lifespan else "off",
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=DRAIN_S - 2,
            access_log=False,
            log_config=None,
            server_header=False,
            date_header=False,
            proxy_headers=False,
        )
    )
