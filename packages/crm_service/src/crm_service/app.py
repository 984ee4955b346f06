"""create_app: the steps, the features' routes, the resources, in one Litestar application. Read this first."""

import warnings
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from types import ModuleType
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.exceptions import LitestarDeprecationWarning
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig

from crm_auth import InternalKeys
from crm_service import keys, problem
from crm_service.answer import Answer
from crm_service.bind import bind
from crm_service.context import RequestContext, context_of
from crm_service.health import Health, HealthStep, checks_of
from crm_service.identify import VerifiesTokens, identify
from crm_service.logs import AccessLog
from crm_service.openapi import document
from crm_service.settings import ServiceSettings
from crm_service.steps import Deadline, InternalKey, Observe
from crm_service.tracing import Tracing, tracing_for

OpenResources = Callable[[Any], AbstractAsyncContextManager[Any]]

BODY_MAX_BYTES = 64 * 1024 * 1024  # the gateway is stricter a route; this bounds memory if something else calls


class ServiceApp(Litestar):
    """Litestar inside our steps. `state_of()` is the service's State while the lifespan runs."""

    health: Health
    operator_routes: Sequence[HTTPRouteHandler]
    state_of: Callable[[], Any]
    steps: Any
    tracing: Tracing
    title: str
    schemas: Mapping[str, Any]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await self.steps(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def routed(self, scope: Any, receive: Any, send: Any) -> None:
        """What the innermost step calls."""
        await super().__call__(scope, receive, send)


class _Open:
    """What exists only while the application runs."""

    state: Any = None
    verifier: VerifiesTokens

    def current_state(self) -> Any:
        return self.state


def create_app(
    *,
    name: str,
    settings: ServiceSettings,
    features: Sequence[ModuleType],
    resources: OpenResources,
    key_set: Callable[[Any], keys.Fetch] | None = None,
    operator_routes: Sequence[HTTPRouteHandler] = (),
    schemas: Mapping[str, Any] | None = None,
    title: str | None = None,
) -> ServiceApp:
    """A service's application.

    features: modules (or packages) with ROUTES, a list of Litestar handlers. resources: opens the service's State, a
    frozen dataclass; every field of it with a `ping()` is a readiness check. key_set: identity's own key set from its
    State, in place of fetching it over HTTP. operator_routes: served on CRM_METRICS_LISTEN only. schemas: JSON
    Schemas for `#/components/schemas/`, for bodies and answers that are no msgspec types.
    """
    open_ = _Open()
    health = Health({})

    async def identified(kind: Any, context: RequestContext) -> Any:
        return await identify(kind, context, open_.verifier)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            open_.state = await stack.enter_async_context(resources(settings))
            fetch = key_set(open_.state) if key_set else None
            verifier = await stack.enter_async_context(keys.open_verifier(settings, name, own=fetch))
            open_.verifier = verifier
            health.watch({**checks_of(open_.state), "keys": verifier.ping})
            yield
            app.tracing.close()

    def bound(handler: HTTPRouteHandler) -> HTTPRouteHandler:
        return bind(handler, state_of=open_.current_state, identify=identified)

    routes = [bound(route) for feature in features for route in feature.ROUTES]
    with warnings.catch_warnings():
        # Litestar 2.25 warns of the ways to name parameters that 3.0 will drop; the one place to change then is
        # bind.py.
        warnings.simplefilter("ignore", LitestarDeprecationWarning)
        app = ServiceApp(
            route_handlers=[*routes, _openapi_route()],
            lifespan=[lifespan],
            exception_handlers={Exception: _as_problem},
            openapi_config=OpenAPIConfig(
                title=title or name, version="1", path="/openapi-of-litestar", use_handler_docstrings=True
            ),
            request_max_body_size=BODY_MAX_BYTES,
            logging_config=None,
        )
    app.title = title or name
    app.schemas = schemas or {}
    app.health = health
    app.state_of = open_.current_state
    app.operator_routes = [bound(route) for route in operator_routes]
    app.tracing = tracing_for(name, settings.otel_exporter_otlp_endpoint)
    app.steps = _steps(name, app, settings)
    return app


def _steps(name: str, app: ServiceApp, settings: ServiceSettings) -> Any:
    """Outermost first: HealthStep, Observe, InternalKey, Deadline, then Litestar's routing."""
    inner = InternalKey(Deadline(app.routed), keys=InternalKeys.parse(settings.crm_internal_keys))
    access_log = AccessLog() if settings.crm_log_level.lower() in ("debug", "info") else None
    return HealthStep(Observe(inner, service=name, tracing=app.tracing, access_log=access_log), health=app.health)


def _as_problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    context = context_of(request)
    if problem.is_crash(error):
        raise error  # Observe logs it, with its trace, and answers 500
    status, body, headers = problem.render(error, context.request_id)
    media_type = headers.pop("Content-Type")
    return Response(body, status_code=status, headers=headers, media_type=media_type)


def _openapi_route() -> HTTPRouteHandler:
    @get("/openapi.json", include_in_schema=False)
    async def openapi(request: Request[Any, Any, Any]) -> Answer:
        return Answer(body=document(request.app))

    return openapi
