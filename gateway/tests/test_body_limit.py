"""Case G2: what is too large is refused before it is read, and costs no memory."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest
from framing import exchange, statuses
from problem import problem
from service import Service

from crm_testkit import Running

MIB = 1 << 20


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096


@pytest.mark.parametrize(("size", "status"), [(MIB - 100, 201), (MIB + 1, 413)])
async def test_a_json_body_of_up_to_one_mebibyte(
    size: int, status: int, client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    @upstream.on("POST", "/api/v1/contacts")
    async def created(_request: object) -> object:
        from aiohttp import web

        return web.json_response({}, status=201)

    body = b'{"custom":{"a":"' + b"a" * (size - 19) + b'"}}'
    answer = await client.post(
        "/api/v1/contacts", content=body, headers={**signed_in, "Content-Type": "application/json"}
    )
    assert answer.status_code == status
    assert len(upstream.seen) == (1 if status == 201 else 0)


def test_no_100_continue_is_sent_for_a_body_that_is_too_large(
    gateway: Running, upstream: Service, signed_in: dict[str, str]
) -> None:
    head = (
        "POST /api/v1/contacts HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
        f"Authorization: {signed_in['Authorization']}\r\nContent-Length: "
    )
    authority = urlsplit(gateway.base_url).netloc
    assert statuses(exchange(authority, f"{head}{MIB + 1}\r\n\r\n")[0]) == [413]
    control = exchange(authority, f"{head}2\r\n\r\n", within_s=1)[0]
    assert statuses(control) == [100]
    assert upstream.seen == []


async def test_a_chunked_body_is_cut_when_the_count_passes_and_memory_stays_flat(
    gateway: Running, upstream: Service, signed_in: dict[str, str]
) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield b"a" * 65536 * 4

    before = _resident(gateway.pid)
    with httpx.Client(base_url=gateway.base_url) as client:
        headers = {**signed_in, "Content-Type": "application/json"}
        answer = client.post("/api/v1/contacts", content=endless(), headers=headers)
    problem(answer, 413)
    assert upstream.seen == []
    assert _resident(gateway.pid) - before < 5 * MIB


async def test_an_upload_has_the_limit_that_its_contract_names(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    for size, status in [(2 * MIB, 200), (5 * MIB, 413)]:
        answer = await client.post("/api/v1/imports", files={"file": b"a" * size}, headers=signed_in)
        assert answer.status_code == status
    assert [len(seen.body) > 2 * MIB for seen in upstream.seen] == [True]


def test_a_body_that_stalls_is_given_up(start_gateway: object, upstream: Service, signed_in: dict[str, str]) -> None:
    """Case G4, with the deadline at one second."""
    gateway = start_gateway(CRM_BODY_DEADLINE_S="1")  # type: ignore[operator]
    head = "POST /api/v1/contacts HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
    text = f"{head}Authorization: {signed_in['Authorization']}\r\n\r\nabc"
    received, closed = exchange(urlsplit(gateway.base_url).netloc, text, within_s=4)
    assert (statuses(received), closed, upstream.seen) == ([408], True, [])


def test_the_answer_arrives_although_the_client_is_still_sending(gateway: Running, signed_in: dict[str, str]) -> None:
    """Closing at once would answer with a reset, and the client would never read why."""
    parts = urlsplit(gateway.base_url)
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        head = f"POST /api/v1/contacts HTTP/1.1\r\nHost: x\r\nAuthorization: {signed_in['Authorization']}\r\n"
        connection.sendall(f"{head}Content-Type: application/json\r\nContent-Length: {3 * MIB}\r\n\r\n".encode())
        connection.sendall(b"a" * (3 * MIB))
        connection.settimeout(5)
        assert b"HTTP/1.1 413" in connection.recv(65536)
