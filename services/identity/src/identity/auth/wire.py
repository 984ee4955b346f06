"""The protocol's way with bodies, answers and errors (auth-protocol 2)."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

import msgspec
import structlog
from litestar import Request, Response, delete, get, post, put, route
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.types import Method

from crm_db import DatabaseError
from crm_service.answer import Answer
from crm_service.context import context_of
from identity.client import Client
from identity.errors import (
    AuthRefused,
    BadJson,
    MethodNotAllowed,
    NoSuchEndpoint,
    Overloaded,
    RequestTooLarge,
    WeakPassword,
)
from identity.passwords import HasherBusy

AnyRequest = Request[Any, Any, Any]
Body = TypeVar("Body")

PREFIX = "/auth/v1"
BODY_MAX_BYTES = 1_048_576
API_VERSION = date(2024, 1, 1)
NO_STORE = {"Cache-Control": "no-store"}

_log = structlog.get_logger("identity.auth")


def reply(body: Any, status: int = 200, **headers: str) -> Answer:
    """JSON that carries a token, user or code: never stored by anybody between us and the client."""
    return Answer(status, msgspec.json.encode(body), {**NO_STORE, **headers})


def nothing() -> Answer:
    return Answer(204, b"", NO_STORE)


def see_other(address: str) -> Answer:
    return Answer(303, b"", {**NO_STORE, "Location": address})


async def read(request: AnyRequest, kind: type[Body]) -> Body:
    """The body as `kind`: unknown members are ignored, null means absent. Raises BadJson."""
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise BadJson(f"Could not parse request body as JSON: {error}") from error


def client_of(request: AnyRequest) -> Client:
    context = context_of(request)
    return Client.of(context.header(b"x-internal-client"), context.header(b"user-agent"))


def refuse(request: AnyRequest, error: Exception) -> Response[bytes]:
    answer = refusal_answer(request, error)
    return Response(answer.body, status_code=answer.status, headers=dict(answer.headers), media_type=answer.media_type)


def refusal_answer(request: AnyRequest, error: Exception) -> Answer:
    """Any error as the protocol shows it."""
    refusal = as_refusal(error)
    headers = {"x-sb-error-code": refusal.code}
    if refusal.retry_after_s is not None:
        headers["Retry-After"] = str(refusal.retry_after_s)
    extra: dict[str, Any] = {}
    if isinstance(refusal, WeakPassword):
        extra["weak_password"] = {"reasons": refusal.reasons}
    if wants_new_form(request):
        headers["X-Supabase-Api-Version"] = API_VERSION.isoformat()
        return reply({"code": refusal.code, "message": refusal.message, **extra}, refusal.status, **headers)
    old = {"code": refusal.status, "error_code": refusal.code, "msg": refusal.message}
    if refusal.status >= 500:
        old["error_id"] = context_of(request).request_id
    return reply({**old, **extra}, refusal.status, **headers)


def wants_new_form(request: AnyRequest) -> bool:
    """A later date than ours selects the same form, junk the old one."""
    try:
        return date.fromisoformat(context_of(request).header(b"x-supabase-api-version") or "") >= API_VERSION
    except ValueError:
        return False


class _Unexpected(AuthRefused):
    status, code, message = (
        500,
        "unexpected_failure",
        "Unexpected failure, please check server logs for more information",
    )


class _Unavailable(AuthRefused):
    status, code, message = 503, "unexpected_failure", "The server is not available right now. Please try again."


def as_refusal(error: Exception) -> AuthRefused:
    """The refusal that the caller sees; what nobody expected is logged, and seen as a plain 500."""
    refusal = _expected(error)
    if refusal is None:
        _log.error("crash", exc_info=error)
        return _Unexpected()
    return refusal


def _expected(error: Exception) -> AuthRefused | None:
    if isinstance(error, AuthRefused):
        return error
    if isinstance(error, HasherBusy):
        return Overloaded()
    if isinstance(error, DatabaseError):
        # 503 for each of them: a refresh that met a lock must not be answered with a 4xx, which would sign the user out
        return _Unavailable(retry_after_s=error.retry_after_s or 1)
    if isinstance(error, HTTPException):
        return _from_framework(error)
    return None


def _from_framework(error: HTTPException) -> AuthRefused | None:
    kinds: dict[int, type[AuthRefused]] = {
        400: BadJson,
        404: NoSuchEndpoint,
        405: MethodNotAllowed,
        413: RequestTooLarge,
    }
    kind = kinds.get(error.status_code)
    return None if kind is None else kind()


_SETTINGS: dict[str, Any] = {
    "exception_handlers": {Exception: refuse},
    "include_in_schema": False,
    "request_max_body_size": BODY_MAX_BYTES,
}


def auth_get(path: str) -> HTTPRouteHandler:
    return get(path, status_code=200, **_SETTINGS)


def auth_post(path: str) -> HTTPRouteHandler:
    return post(path, status_code=200, **_SETTINGS)


def auth_put(path: str) -> HTTPRouteHandler:
    return put(path, status_code=200, **_SETTINGS)


def auth_delete(path: str) -> HTTPRouteHandler:
    return delete(path, status_code=200, **_SETTINGS)


def auth_route(path: str | list[str], methods: Sequence[Method]) -> HTTPRouteHandler:
    return route(path, http_method=methods, status_code=200, **_SETTINGS)
