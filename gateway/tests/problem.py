"""What every refusal must look like ("PJ s" in the cases)."""

from typing import Any

import httpx2 as httpx


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The body of a refusal, after checking its shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "request_id"} <= body.keys()
    assert (body["status"], body["request_id"]) == (status, answer.headers["x-request-id"])
    assert "Traceback" not in answer.text and "127.0.0.1" not in answer.text
    return body


def pointers(answer: httpx.Response, status: int) -> dict[str, str]:
    """Pointer to code, of a 400 or 422."""
    return {error["pointer"]: error["code"] for error in problem(answer, status)["errors"]}
