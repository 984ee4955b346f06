"""The headers of the gateway and the user's own JWT, as the type of caller that a handler asks for."""

from collections.abc import Awaitable
from typing import Protocol
from urllib.parse import unquote
from uuid import UUID

from crm_auth import Caller, Claims, Role, User
from crm_service.context import RequestContext
from crm_service.errors import Malformed, RoleTooLow, ScopeMissing, Unauthenticated

# A wider scope holds the narrower ones.
_SCOPES = {"read": {"read", "write", "admin"}, "write": {"write", "admin"}, "admin": {"admin"}}


class VerifiesTokens(Protocol):
    def verify(self, token: str) -> Awaitable[Claims]: ...


async def identify(kind: type[Caller] | type[User], context: RequestContext, verifier: VerifiesTokens) -> Caller | User:
    """Build `kind` for this request. 401: no valid token; 403: role or scope too low; 503: keys not at hand."""
    token = _bearer(context)
    claims = await verifier.verify(token)
    if issubclass(kind, User):
        return _user(context, token, claims)
    return _caller(kind, context, token, claims)


def _bearer(context: RequestContext) -> str:
    scheme, _, token = (context.header(b"authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated(headers={"WWW-Authenticate": "Bearer"})
    return token


def _user(context: RequestContext, token: str, claims: Claims) -> User:
    return User(
        user_id=claims.user_id,
        session_id=claims.session_id,
        email=claims.email,
        name=claims.name,
        token=token,
        request_id=context.request_id,
        traceparent=context.traceparent,
        ip=context.header(b"x-internal-client") or "",
        scopes=_scopes(context),
    )


def _caller(kind: type[Caller], context: RequestContext, token: str, claims: Claims) -> Caller:
    workspace_id, role = _workspace(context), _role(context)
    if context.header(b"x-internal-user") not in (None, str(claims.user_id)):
        raise Unauthenticated("The token is another user's.", code="user_mismatch")
    if not role.at_least(kind.role_needed):
        raise RoleTooLow
    scopes = _scopes(context)
    if scopes is not None and scopes.isdisjoint(_SCOPES[kind.scope_needed]):
        raise ScopeMissing
    return kind(
        user_id=claims.user_id,
        workspace_id=workspace_id,
        role=role,
        actor_name=unquote(context.header(b"x-internal-actor") or "") or claims.name or claims.email,
        session_id=claims.session_id,
        token=token,
        request_id=context.request_id,
        traceparent=context.traceparent,
        ip=context.header(b"x-internal-client") or "",
        country=context.header(b"x-internal-country"),
        time_zone=context.header(b"x-internal-time-zone") or "UTC",
        currency=context.header(b"x-internal-currency"),
        scopes=scopes,
    )


def _workspace(context: RequestContext) -> UUID:
    try:
        return UUID(context.header(b"x-internal-workspace") or "")
    except ValueError:
        raise Malformed("X-Internal-Workspace is missing or no UUID.", code="workspace_missing") from None


def _role(context: RequestContext) -> Role:
    try:
        return Role(context.header(b"x-internal-role") or "")
    except ValueError:
        raise Malformed("X-Internal-Role is missing or unknown.", code="role_missing") from None


def _scopes(context: RequestContext) -> frozenset[str] | None:
    given = context.header(b"x-internal-scopes")
    return None if given is None else frozenset(given.split())
