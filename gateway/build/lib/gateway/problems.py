"""How a request is refused: one exception, rendered as problem+json, or in the auth protocol's shape below /auth/v1.

Each refusal is made by a function below, so that its status, code and text stand in one place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec

Header = tuple[bytes, bytes]

REDUCED_CAPACITY = "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity"

# auth-protocol.md 2.3, 2.4: the words that auth clients know.
AUTH_CODES = {
    400: "validation_failed",
    404: "validation_failed",
    413: "request_entity_too_large",
    429: "over_request_rate_limit",
    502: "unexpected_failure",
    503: "request_timeout",
    504: "request_timeout",
}
NO_STORE = (b"cache-control", b"no-store")


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong: a JSON pointer into `/query`, `/header` or the body, a code, a sentence."""

    pointer: str
    code: str
    detail: str


@dataclass(eq=False)
class Refused(Exception):
    """Ends the request. `headers` go out with the answer; `close` ends the connection after it."""

    status: int
    code: str
    detail: str
    type: str = ""  # made of the code where no registered one fits
    errors: Sequence[Fault] = ()
    headers: Sequence[Header] = ()
    members: dict[str, Any] | None = None
    retry_after_s: int | None = None
    close: bool = False

    def problem(self, request_id: str) -> bytes:
        """The body as RFC 9457 has it."""
        body: dict[str, Any] = {
            "type": self.type or f"urn:mini-crm:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "request_id": request_id,
        }
        if self.errors:
            body["errors"] = self.errors
        if self.members:
            body.update(self.members)
        return msgspec.json.encode(body)

    def auth_error(self, *, dated: bool) -> bytes:
        """The body as auth-protocol.md 2.3 has it; `dated`: the caller sent X-Supabase-Api-Version."""
        code = AUTH_CODES.get(self.status, "unexpected_failure")
        detail = "Request rate limit reached" if self.status == 429 else self.detail
        if dated:
            return msgspec.json.encode({"code": code, "message": detail})
        return msgspec.json.encode({"code": self.status, "error_code": code, "msg": detail})

    def head(self) -> list[Header]:
        headers = [NO_STORE, *self.headers]
        if self.retry_after_s is not None:
            headers.append((b"retry-after", b"%d" % self.retry_after_s))
        if self.close:
            headers.append((b"connection", b"close"))
        return headers


def bad_request(code: str, detail: str, *, pointer: str | None = None, close: bool = False) -> Refused:
    errors = [Fault(pointer, code, detail)] if pointer is not None else []
    return Refused(400, code, detail, errors=errors, close=close)


def unauthenticated(code: str = "invalid_token") -> Refused:
    # One body for every bad token, so that an attacker learns nothing of why (case J1).
    challenge = b'Bearer error="invalid_token"' if code == "invalid_token" else b"Bearer"
    return Refused(401, code, "A valid bearer token is needed.", headers=[(b"www-authenticate", challenge)])


def not_found() -> Refused:
    # The services' own words: an id that is no UUID, one of another workspace and a made-up one must look alike.
    return Refused(404, "not_found", "There is nothing here, or not in this workspace.")


def role_too_low(needed: str) -> Refused:
    return Refused(403, "role_too_low", f"This needs the role {needed}.")


def method_not_allowed(allow: Sequence[str]) -> Refused:
    headers = [(b"allow", ", ".join(allow).encode())]
    return Refused(405, "method_not_allowed", "This address does not know the method.", headers=headers)


def too_large(limit: int) -> Refused:
    return Refused(413, "too_large", f"The body is larger than {limit} bytes.", close=True)


def body_too_slow() -> Refused:
    return Refused(408, "request_timeout", "The body did not arrive in time.", close=True)


def unsupported_media(expected: Sequence[str]) -> Refused:
    headers = [(b"accept-post", ", ".join(expected).encode())] if expected else []
    return Refused(415, "unsupported_media_type", f"Expected {' or '.join(expected)} in UTF-8.", headers=headers)


def unavailable(detail: str, *, retry_after_s: int = 1, code: str = "upstream_down") -> Refused:
    return Refused(503, code, detail, retry_after_s=retry_after_s)


def reduced_capacity(service: str) -> Refused:
    detail = f"{service} is working on as many requests as it can take."
    return Refused(503, "reduced_capacity", detail, type=REDUCED_CAPACITY, retry_after_s=1)


def upstream_broken(service: str) -> Refused:
    return Refused(502, "upstream_broken", f"{service} broke off its answer.", members={"outcome": "unknown"})


def upstream_timeout(service: str) -> Refused:
    return Refused(504, "upstream_timeout", f"{service} did not answer in time.", members={"outcome": "unknown"})


def internal_error() -> Refused:
    return Refused(500, "internal_error", "Something broke here; the request id finds it in the logs.")
