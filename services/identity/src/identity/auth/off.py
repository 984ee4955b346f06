"""What this server does not do, said as upstream says it: clients show these sentences to people."""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler
from litestar.types import Method

from crm_service.answer import Answer
from identity.auth.wire import PREFIX, AnyRequest, auth_route
from identity.errors import (
    AuthRefused,
    FeatureDisabled,
    ManualLinkingDisabled,
    MethodNotAllowed,
    NoSuchEndpoint,
    OAuthServerDisabled,
    PasskeysDisabled,
    SamlDisabled,
    ValidationFailed,
)

METHODS: list[Method] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]
BY_FIRST_PART: dict[str, type[AuthRefused]] = {
    "sso": SamlDisabled,
    "passkeys": PasskeysDisabled,
    "oauth": OAuthServerDisabled,
    "scim": FeatureDisabled,
}
BY_PATH: dict[str, type[AuthRefused]] = {
    "admin/oauth": OAuthServerDisabled,
    "admin/custom-providers": FeatureDisabled,
    "user/identities": ManualLinkingDisabled,
}


# The router looks for no catch-all above a place that has parameters of its own: each such place needs one.
PLACES = [
    "/auth/v1/{rest:path}",
    "/auth/v1/admin/{rest:path}",
    "/auth/v1/admin/users/{user_id:str}/{rest:path}",
    "/auth/v1/admin/users/{user_id:str}/factors/{factor_id:str}/{rest:path}",
    "/auth/v1/factors/{factor_id:str}/{rest:path}",
]


@auth_route(PLACES, METHODS)
async def anything_else(request: AnyRequest) -> Answer:
    path = request.url.path.removeprefix(PREFIX).strip("/")
    if path == "authorize":
        raise ValidationFailed("Unsupported provider: provider is not enabled")
    for prefix, refusal in BY_PATH.items():
        if path == prefix or path.startswith(f"{prefix}/"):
            raise refusal
    raise BY_FIRST_PART.get(path.split("/")[0], NoSuchEndpoint)


def other_methods(handlers: Sequence[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """For each path a handler of the methods that it has not: the framework's own 405 would be problem+json. HEAD is
    among them, so that a scanner's HEAD on a link spends nothing."""
    taken: dict[str, set[str]] = {}
    for handler in handlers:
        for path in handler.paths:
            taken.setdefault(path, set()).update(handler.http_methods)
    return [_refusing(path, [method for method in METHODS if method not in methods]) for path, methods in taken.items()]


def _refusing(path: str, methods: list[Method]) -> HTTPRouteHandler:
    @auth_route(path, methods)
    async def refusing(request: AnyRequest) -> Answer:
        raise MethodNotAllowed

    handler: HTTPRouteHandler = refusing
    return handler
