"""The server at the edge: cases G1, G3, G4, G6."""

import asyncio
import json
import socket
import time
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from framing import CORPUS, POST, exchange, statuses
from service import Service

from crm_testkit import Running


@pytest.fixture
def authority(gateway: Running) -> str:
    return urlsplit(gateway.base_url).netloc


@pytest.mark.parametrize("name", CORPUS)
def test_ambiguous_framing_gets_one_400_and_the_end_of_the_connection(
    name: str, authority: str, upstream: Service, signed_in: dict[str, str]
) -> None:
    payload = CORPUS[name].replace("Host:", f"Authorization: {signed_in['Authorization']}\r\nHost:")
    received, closed = exchange(authority, payload)
    assert (statuses(received), closed, upstream.seen) == ([400], True, [])
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head.lower()
    assert json.loads(body)["status"] == 400


def test_control_a_well_framed_pair_of_requests_is_answered_twice(authority: str) -> None:
    received, closed = exchange(
        authority, POST + "Content-Length: 2\r\n\r\n{}" + POST + "Content-Length: 2\r\n\r\n{}", within_s=1
    )
    assert (statuses(received), closed) == ([401, 401], False)


@pytest.mark.parametrize(
    "behind",
    [
        "BROKEN\r\n\r\n",
        "GET / HTTP/1.1\r\nX-Big: " + "a" * 40_000,
        POST + "Transfer-Encoding: chunked\r\n\r\nZZ\r\n",
        POST + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ],
)
def test_what_cannot_be_read_behind_a_request_never_answers_in_its_place(
    behind: str, authority: str, upstream: Service, signed_in: dict[str, str]
) -> None:
    @upstream.on("GET", "/api/v1/contacts")
    async def slow(_request: web.Request) -> web.Response:
        await asyncio.sleep(0.3)
        return web.json_response({"for": "the first"})

    first = f"GET /api/v1/contacts HTTP/1.1\r\nHost: {{host}}\r\nAuthorization: {signed_in['Authorization']}\r\n\r\n"
    received, closed = exchange(authority, first + behind)
    assert (statuses(received), closed, len(upstream.seen)) == ([200], True, 1)
    assert b"the first" in received


def test_pipelined_requests_are_answered_in_their_order(
    authority: str, upstream: Service, signed_in: dict[str, str]
) -> None:
    @upstream.on("GET", "/api/v1/contacts")
    async def slow(_request: web.Request) -> web.Response:
        await asyncio.sleep(0.3)
        return web.json_response({})

    head = f" HTTP/1.1\r\nHost: {{host}}\r\nAuthorization: {signed_in['Authorization']}\r\n"
    text = f"GET /api/v1/contacts{head}\r\nGET /api/v1/nothing{head}\r\nGET /health/live{head}Connection: close\r\n\r\n"
    received, closed = exchange(authority, text)
    assert (statuses(received), closed) == ([200, 404, 200], True)


def test_absolute_form_of_our_own_host_is_served(authority: str, signed_in: dict[str, str]) -> None:
    token = signed_in["Authorization"]
    text = f"GET http://{authority}/api/v1/contacts HTTP/1.1\r\nHost: {authority}\r\nAuthorization: {token}\r\n\r\n"
    assert statuses(exchange(authority, text, within_s=1)[0]) == [200]


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("GET / HTTP/1.1\r\nHost: {host}\r\nX-Big: " + "a" * 20_000 + "\r\n\r\n", 431),
        ("GET / HTTP/1.1\r\nHost: {host}\r\n" + "".join(f"X-{i}: a\r\n" for i in range(100)) + "\r\n", 431),
        ("GET / HTTP/1.1\r\nHost: {host}\r\nX-Endless: " + "a" * 2_000_000, 431),
        ("GET /" + "a" * 9_000 + " HTTP/1.1\r\nHost: {host}\r\n\r\n", 414),
        ("CONNECT crm.test:443 HTTP/1.1\r\nHost: {host}\r\n\r\n", 405),
        ("TRACE /api/v1/contacts HTTP/1.1\r\nHost: {host}\r\n\r\n", 405),
    ],
)
def test_heads_that_are_too_large_or_of_no_use_are_refused(
    head: str, status: int, authority: str, upstream: Service
) -> None:
    received, closed = exchange(authority, head)
    assert (statuses(received), upstream.seen) == ([status], [])
    assert closed or status == 405
    assert json.loads(received.partition(b"\r\n\r\n")[2])["status"] == status


def test_a_head_within_the_limits_is_served(authority: str) -> None:
    head = (
        "GET /health/live HTTP/1.1\r\nHost: {host}\r\n" + "".join(f"X-{i}: {'a' * 100}\r\n" for i in range(98)) + "\r\n"
    )
    assert statuses(exchange(authority, head, within_s=1)[0]) == [200]


def test_a_head_that_drips_is_cut_within_ten_seconds(authority: str) -> None:
    host, _, port = authority.rpartition(":")
    started = time.monotonic()
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\n")
        connection.settimeout(0.5)
        received = b""
        while time.monotonic() < started + 12:
            try:
                piece = connection.recv(65536)
            except TimeoutError:
                connection.sendall(b"X")
                continue
            if not piece:
                break
            received += piece
    assert statuses(received) == [408]
    assert time.monotonic() - started <= 10.5
