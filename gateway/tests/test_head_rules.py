"""Cases G8 (underscores), G10 and the rest of what can be read in two ways."""

import random
import string
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest
from framing import exchange, statuses
from service import Service

from crm_testkit import Running

AMBIGUOUS = [
    "/api/v1/../v1/contacts",
    "/api/v1/./contacts",
    "/api/v1/contacts/..",
    "/api/v1/%2e%2e/contacts",
    "/api/v1/%2E/contacts",
    "/api/v1%2fcontacts",
    "/api/v1%5ccontacts",
    "/api/v1\\contacts",
    "/api/v1/contacts%00",
    "/api/v1/contacts;x=1",
    "/api//v1/contacts",
    "//api/v1/contacts",
    "/api/v1/%252e%252e/contacts",
    "/api/v1/files/100%",
    "/api/v1/files/%zz",
]


def _get(gateway: Running, target: str, *lines: str, token: str) -> list[int]:
    head = "".join(f"{line}\r\n" for line in lines)
    text = f"GET {target} HTTP/1.1\r\nHost: crm.test\r\nAuthorization: {token}\r\n{head}\r\n"
    received, _ = exchange(urlsplit(gateway.base_url).netloc, text.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
    return statuses(received)


@pytest.mark.parametrize("path", AMBIGUOUS)
def test_an_ambiguous_path_is_a_400(path: str, gateway: Running, upstream: Service, signed_in: dict[str, str]) -> None:
    assert _get(gateway, path, token=signed_in["Authorization"]) == [400]
    assert upstream.seen == []


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["X_Internal_Key: a"], 400),
        (["X-Internal_Role: owner"], 400),
        (["X_Request_Id: a"], 400),
        (["x_other: a"], 200),
        (["Expect: 200-ok"], 417),
        (["Expect: 100-continue"], 200),
        (["Authorization: Bearer a"], 400),
        (["X-Workspace-Id: a", "X-Workspace-Id: b"], 400),
    ],
)
def test_heads_that_two_programs_could_read_differently(
    lines: list[str], status: int, gateway: Running, upstream: Service, signed_in: dict[str, str]
) -> None:
    assert _get(gateway, "/api/v1/contacts", *lines, token=signed_in["Authorization"])[-1] == status
    assert len(upstream.seen) == (status == 200)


async def test_a_hundred_query_parameters_are_read_and_no_more(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    for count, code in [(100, "wrong_type"), (101, "too_many_parameters")]:
        query = "&".join("ids=a" for _ in range(count))
        answer = await client.get(f"/api/v1/contacts?{query}", headers=signed_in)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert upstream.seen == []


async def test_what_is_matched_is_what_is_forwarded(
    client: httpx.AsyncClient, upstream: Service, gateway: Running, signed_in: dict[str, str]
) -> None:
    """Random paths, seeded: each that is let through reaches the service byte for byte."""
    rng = random.Random(7)  # noqa: S311
    pieces = [
        *string.ascii_letters,
        *string.digits,
        *"-._~!$&'()*+,:@",
        "%20",
        "%C3%A4",
        "%2F",
        "%2e",
        "%25",
        "%00",
        ";",
        "\\",
    ]
    sent = []
    for _ in range(300):
        name = "".join(rng.choices(pieces, k=rng.randint(1, 12)))
        target = f"/api/v1/files/{name}"
        upstream.seen.clear()
        status = _get(gateway, target, token=signed_in["Authorization"])
        if status == [200]:
            assert [seen.path for seen in upstream.seen] == [target]
            sent.append(target)
        else:
            assert (status, upstream.seen) == ([400], [])
    assert 100 < len(sent) < 300


def test_only_configured_hosts_are_served(start_gateway: object, signed_in: dict[str, str]) -> None:
    gateway = start_gateway(CRM_HOSTS="crm.test,127.0.0.1")  # type: ignore[operator]
    authority = urlsplit(gateway.base_url).netloc
    for host, status in [("crm.test", 200), ("crm.test:8000", 200), ("evil.example", 400)]:
        text = f"GET /health/live HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        assert statuses(exchange(authority, text)[0]) == [status]
