"""Whether something serves: one question each, answered within two seconds, never an exception."""

from __future__ import annotations

import asyncio

QUESTION_S = 2.0
NO_ANSWER = (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError)


async def http_ok(host: str, port: int, path: str) -> bool:
    """Whether GET `path` is answered with 200."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
    line = await _ask(host, port, request.encode())
    return line.split(b" ")[1:2] == [b"200"]


async def valkey_ok(host: str, port: int, password: str) -> bool:
    """Whether it takes the password and answers a ping; false too while it loads."""
    return await _ask(host, port, f"AUTH {password}\r\n".encode()) == b"+OK\r\n"


async def nats_ok(host: str, port: int) -> bool:
    """Whether it greets."""
    return (await _ask(host, port, b"")).startswith(b"INFO ")


async def accepts(host: str, port: int) -> bool:
    """Whether somebody takes a connection."""
    try:
        async with asyncio.timeout(QUESTION_S):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
    except NO_ANSWER:
        return False
    return True


async def _ask(host: str, port: int, request: bytes) -> bytes:
    """The first line of the answer, or nothing."""
    try:
        async with asyncio.timeout(QUESTION_S):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(request)
                return await reader.readline()
            finally:
                writer.close()
    except NO_ANSWER:
        return b""
