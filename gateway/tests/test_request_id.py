"""Case G14: one id and one trace, whoever brought them."""

import httpx2 as httpx
import pytest
from service import Service

from crm_testkit import Running
from gateway.tracing import NoSpans

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_a_well_formed_id_is_taken_over_and_passed_on(
    client: httpx.AsyncClient, upstream: Service, gateway: Running, signed_in: dict[str, str]
) -> None:
    answer = await client.get(
        "/api/v1/contacts", headers={**signed_in, "X-Request-Id": "order-66", "traceparent": TRACE}
    )
    assert answer.headers["x-request-id"] == "order-66"
    assert upstream.seen[0].values("x-request-id") == ["order-66"]
    assert upstream.seen[0].values("traceparent")[0][:35] == TRACE[:35]
    assert upstream.seen[0].values("traceparent")[0] != TRACE
    assert '"request_id":"order-66","trace_id":"0af7651916cd43dd8448eb211c80319c"' in gateway.logs


@pytest.mark.parametrize("bad", ["a" * 300, "a b", "", "é"])
async def test_any_other_id_is_replaced(bad: str, client: httpx.AsyncClient) -> None:
    answer = await client.get("/health/live", headers={"X-Request-Id": bad.encode()})
    assert answer.headers["x-request-id"] not in ("", bad)
    assert len(answer.headers["x-request-id"]) == 32


@pytest.mark.parametrize(
    "bad",
    [
        None,
        b"",
        b"00-1-2-3",
        TRACE.upper().encode(),
        b"00-" + b"0" * 32 + b"-b7ad6b7169203331-01",
        b"ff" + TRACE[2:].encode(),
    ],
)
def test_a_malformed_trace_is_begun_anew(bad: bytes | None) -> None:
    assert NoSpans().begin(bad)[0][3:35] != TRACE[3:35]
    assert NoSpans().begin(TRACE.encode())[0][3:35] == TRACE[3:35]


def test_a_forged_client_address_counts_only_from_a_trusted_proxy(start_gateway: object, upstream: Service) -> None:
    """Case R4: right to left, the first that is not a proxy of ours."""
    forged = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9, 10.0.0.7"}
    for trusted, client_ip in [("", "127.0.0.1"), ("127.0.0.1", "10.0.0.7"), ("127.0.0.0/8,10.0.0.0/8", "203.0.113.9")]:
        gateway = start_gateway(TRUSTED_PROXIES=trusted)  # type: ignore[operator]
        with httpx.Client(base_url=gateway.base_url) as client:
            client.get("/api/v1/calendar.ics?token=a", headers=forged)
        assert upstream.seen[-1].values("x-internal-client") == [client_ip]
