"""The order of the steps, told by what happens when a request is wrong in two ways at once."""

import httpx2 as httpx
import pytest
from problem import problem
from service import Service

from gateway import pipeline


def test_the_lists_are_in_the_order_that_the_architecture_names() -> None:
    names = [step.__name__ for step in pipeline.API]
    assert names == [
        "RequestId",
        "HeadRules",
        "CrossOrigin",
        "Route",
        "Authenticate",
        "Workspace",
        "RateLimit",
        "BodyLimit",
        "Validate",
        "Forward",
    ]


@pytest.mark.parametrize(
    ("path", "token", "workspace", "size", "status"),
    [
        ("/api/v1/nothing", "bad", "dead", 2 << 20, 404),  # route before authenticate
        ("/api/v1/contacts", "bad", "dead", 2 << 20, 401),  # authenticate before workspace
        ("/api/v1/contacts", "good", "dead0000-0000-0000-0000-000000000000", 2 << 20, 404),  # workspace before size
        ("/api/v1/contacts", "good", "", 2 << 20, 413),  # size before media type
        ("/api/v1/contacts", "good", "", 10, 415),  # media type before the body's content
    ],
)
async def test_the_earlier_step_speaks(
    path: str,
    token: str,
    workspace: str,
    size: int,
    status: int,
    client: httpx.AsyncClient,
    upstream: Service,
    signed_in: dict[str, str],
) -> None:
    headers = {"Authorization": "Bearer bad"} if token == "bad" else dict(signed_in)
    if workspace:
        headers["X-Workspace-Id"] = workspace
    answer = await client.post(path, content=b"a" * size, headers={**headers, "Content-Type": "text/plain"})
    problem(answer, status)
    assert upstream.seen == []
