"""The web app, the contract's pages, and cases S1 to S3."""

import gzip
from collections.abc import Callable
from pathlib import Path

import httpx2 as httpx
import pytest
from problem import problem
from service import Service

from crm_testkit import Running


@pytest.fixture(scope="session")
def web_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<!doctype html><title>Mini-CRM</title>" + " " * 600)
    (folder / "assets" / "app-Cx81zQ2a.js").write_text("export const a = 1;" * 100)
    (folder / "assets" / "app-Cx81zQ2a.js.br").write_bytes(b"made by the build")
    (folder / "favicon.svg").write_text("<svg/>")
    return folder


@pytest.fixture(scope="session")
def gateway(start_gateway: Callable[..., Running], web_dir: Path) -> Running:
    return start_gateway(CRM_WEB_DIR=str(web_dir), CRM_CORS_ORIGINS="https://desk.example")


@pytest.mark.parametrize("path", ["/", "/people", "/people/0198?tab=deals", "/sign-in", "/health/x"])
async def test_every_address_that_is_no_file_is_the_app(path: str, client: httpx.AsyncClient) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    assert "<title>Mini-CRM</title>" in answer.text
    csp = answer.headers["content-security-policy"]
    for rule in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert rule in csp
    assert "unsafe" not in csp
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"]


@pytest.mark.parametrize(
    ("accepted", "coding", "body"),
    [
        ("br, gzip", "br", b"made by the build"),
        ("gzip", "gzip", gzip.compress(b"export const a = 1;" * 100, mtime=0)),
        ("gzip;q=0", None, b"export const a = 1;" * 100),
        ("", None, b"export const a = 1;" * 100),
    ],
)
async def test_hashed_assets_are_immutable_and_precompressed(
    accepted: str, coding: str | None, body: bytes, client: httpx.AsyncClient
) -> None:
    async with client.stream("GET", "/assets/app-Cx81zQ2a.js", headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join([piece async for piece in answer.aiter_raw()])
    assert (answer.headers.get("content-encoding"), raw) == (coding, body)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "accept-encoding"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


async def test_a_page_that_did_not_change_is_a_304(client: httpx.AsyncClient) -> None:
    etag = (await client.get("/")).headers["etag"]
    answer = await client.get("/", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert (await client.get("/", headers={"If-None-Match": '"other"'})).status_code == 200


async def test_a_missing_asset_is_no_page(client: httpx.AsyncClient) -> None:
    problem(await client.get("/assets/gone-12345678.js"), 404)


async def test_the_app_is_only_read(client: httpx.AsyncClient) -> None:
    problem(await client.post("/people", json={}), 405)


async def test_the_contract_is_served_merged_and_its_page_loads_nothing_foreign(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    assert {"/api/v1/contacts", "/api/v1/stream", "/api/v1/contacts/{contact_id}/overview"} <= document["paths"].keys()
    page = await client.get("/docs")
    assert page.status_code == 200
    assert "http://" not in page.text and "https://" not in page.text and "<style" not in page.text
    for part in ("/docs/docs.js", "/docs/docs.css"):
        assert part in page.text
        assert (await client.get(part)).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://desk.example.evil.example"])
async def test_a_foreign_origin_is_let_in_nowhere(origin: str, client: httpx.AsyncClient) -> None:
    for answer in (
        await client.get("/api/v1/contacts", headers={"Origin": origin}),
        await client.options("/api/v1/contacts", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}),
    ):
        assert "access-control-allow-origin" not in answer.headers


async def test_a_known_origin_reads_our_own_refusals_too(client: httpx.AsyncClient) -> None:
    headers = {"Origin": "https://desk.example"}
    answer = await client.get("/api/v1/contacts", headers=headers)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (401, "https://desk.example")
    assert {"Retry-After", "RateLimit"} <= set(answer.headers["access-control-expose-headers"].split(", "))
    assert "access-control-allow-credentials" not in answer.headers
    preflight = await client.options("/api/v1/contacts", headers={**headers, "Access-Control-Request-Method": "PATCH"})
    assert (preflight.status_code, "PATCH" in preflight.headers["access-control-allow-methods"]) == (204, True)
    assert "Authorization" in preflight.headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://desk.example"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({}, 200),
    ],
)
async def test_other_sites_change_nothing(
    headers: dict[str, str], status: int, client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    answer = await client.post("/api/v1/contacts", json={}, headers={**signed_in, **headers})
    assert (answer.status_code, len(upstream.seen)) == (status, status == 200)
