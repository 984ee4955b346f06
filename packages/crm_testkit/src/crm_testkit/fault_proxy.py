"""A TCP proxy in front of a real server, which fails at a point that the test names."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

CHUNK = 65_536


@dataclass
class FaultProxy:
    """Give clients `url`; set one of the three texts to have the next client message that contains it fail.

    hold_at: it stays here, and the connection stands still; `struck` tells when. For killing a client at this point.
    cut_before: both sides are cut, and the server never sees it.
    cut_after: the server gets it and answers, then both sides are cut: the client never learns of it.
    """

    url: str
    hold_at: bytes | None = None
    cut_before: bytes | None = None
    cut_after: bytes | None = None
    struck: asyncio.Event = field(default_factory=asyncio.Event)
    accepts: bool = True
    _swallow: bool = False
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut_all(self) -> None:
        """Ends every connection at once."""
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.accepts:
            writer.transport.abort()
            return
        with contextlib.suppress(OSError):
            server_reader, server_writer = await asyncio.open_connection(host, port)
            self._writers |= {writer, server_writer}
            tasks = [
                asyncio.create_task(self._up(reader, server_writer)),
                asyncio.create_task(self._down(server_reader, writer)),
            ]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            for side in (writer, server_writer):
                self._writers.discard(side)
                side.transport.abort()

    async def _up(self, client: asyncio.StreamReader, to_server: asyncio.StreamWriter) -> None:
        while data := await client.read(CHUNK):
            if self.hold_at and self.hold_at in data:
                self.hold_at = None
                self.struck.set()
                await asyncio.Event().wait()
            if self.cut_before and self.cut_before in data:
                self.cut_before = None
                self.struck.set()
                return
            if self.cut_after and self.cut_after in data:
                self.cut_after = None
                self._swallow = True
            to_server.write(data)

    async def _down(self, server: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        while data := await server.read(CHUNK):
            if self._swallow:
                self._swallow = False
                self.struck.set()
                return
            to_client.write(data)


@contextlib.asynccontextmanager
async def fault_proxy(url: str) -> AsyncIterator[FaultProxy]:
    """A proxy for the server at `url`; its own `url` differs in the port alone."""
    parts = urlsplit(url)
    credentials = parts.netloc.rpartition("@")[0]
    proxy = FaultProxy(url="")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await proxy._serve(str(parts.hostname), int(parts.port or 0), reader, writer)

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    proxy.url = urlunsplit(parts._replace(netloc=f"{credentials}@127.0.0.1:{port}".removeprefix("@")))
    try:
        yield proxy
    finally:
        listener.close()
        proxy.cut_all()
