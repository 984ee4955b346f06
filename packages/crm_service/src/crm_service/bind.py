"""Give a handler what its signature names: the caller as a type, the service's `state`, the decoded `data`.

Litestar's own injection would do it, but reserves the name `state`, and two dependencies cost a task group: 50 us a
request beside 2 (docs/decisions/0011-handler-arguments.md). So a handler is registered under a signature without
these arguments.
"""

import copy
import inspect
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.params import BodyKwarg

from crm_auth import Caller, User
from crm_service.answer import Answer
from crm_service.context import RequestContext, context_of
from crm_service.errors import NotAllowed, Refused
from crm_service.operation import Operation, operation_of
from crm_service.problem import bad_parameters, from_msgspec

Identify = Callable[[Any, RequestContext], Awaitable[Any]]
AnyRequest = Request[Any, Any, Any]


class Needs(msgspec.Struct, frozen=True):
    """What one handler asks for beside path and query parameters; `identity` and `data` are types or None.

    status: of its success, for the OpenAPI document. parameters: path and query parameters by name, with their types.
    """

    operation: Operation
    status: int
    parameters: dict[str, Any]
    identity: Any
    identity_name: str
    data: Any
    state: bool


NEEDS_KEY = "crm_needs"
_NO_PARAMETERS = {"state", "data", "request", "body", "headers", "scope", "query", "cookies"}


def needs_of(handler: HTTPRouteHandler) -> Needs:
    """Read the signature. Raises TypeError for what would only fail at the first request."""
    hints = _hints(handler)
    identities = {name: hint for name, hint in hints.items() if _is_identity(hint)}
    if len(identities) > 1:
        raise TypeError(f"{handler.handler_name}: more than one caller: {sorted(identities)}")
    name, kind = next(iter(identities.items()), ("", None))
    needs = Needs(
        operation=operation_of(handler.opt),
        status=handler.status_code,
        parameters={
            name: hint for name, hint in hints.items() if name not in _NO_PARAMETERS and not _is_identity(hint)
        },
        identity=kind,
        identity_name=name,
        data=hints["data"] if "data" in hints and not _is_form(hints["data"]) else None,
        state="state" in hints,
    )
    _check(handler, needs)
    return needs


def bind(handler: HTTPRouteHandler, *, state_of: Callable[[], Any], identify: Identify) -> HTTPRouteHandler:
    """A copy of `handler` that Litestar can call with path and query parameters alone."""
    needs = needs_of(handler)
    bound = copy.copy(handler)
    bound.opt = {**handler.opt, NEEDS_KEY: needs}
    if get_type_hints(handler.fn).get("return") is Answer:
        # An Answer brings its own status; Litestar would refuse a 204 that returns anything.
        bound.status_code = 200
    bound(_call(handler, needs, state_of))
    if needs.identity or needs.operation.callers:
        bound.before_request = _authorise(needs, identify)
    return bound


def _hints(handler: HTTPRouteHandler) -> dict[str, Any]:
    if not inspect.iscoroutinefunction(handler.fn):
        raise TypeError(f"{handler.handler_name}: handlers are `async def`")
    hints = get_type_hints(handler.fn, include_extras=True)
    hints.pop("return", None)
    return hints


def _is_identity(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Caller | User)


def _is_form(hint: Any) -> bool:
    """Multipart and URL-encoded bodies stay Litestar's."""
    return get_origin(hint) is Annotated and any(isinstance(meta, BodyKwarg) for meta in get_args(hint)[1:])


def _check(handler: HTTPRouteHandler, needs: Needs) -> None:
    for path in handler.paths:
        if path.startswith("/api/") and needs.identity is None and not needs.operation.public:
            raise TypeError(f"{path}: names no caller; say opt=crm(public=True) if anybody may use it")
        if path.startswith("/internal/") and not needs.operation.callers:
            raise TypeError(f"{path}: an internal route names its callers: opt=crm(callers=[...])")


def _authorise(needs: Needs, identify: Identify) -> Any:
    """Runs before parameters and body are read: who you are comes before what you said."""
    callers = frozenset(needs.operation.callers)

    async def authorise(request: AnyRequest) -> None:
        context = context_of(request)
        if callers and context.caller_name not in callers:
            raise NotAllowed("This route does not serve that process.", code="caller_not_allowed")
        if needs.identity is not None:
            context.identity = await identify(needs.identity, context)

    return authorise


def _call(handler: HTTPRouteHandler, needs: Needs, state_of: Callable[[], Any]) -> Any:
    fn: Any = handler.fn
    decode = _decoder(needs.data) if needs.data is not None else None
    passes_request = "request" in inspect.signature(fn).parameters
    limited = [(name, kind) for name, kind in needs.parameters.items() if _has_limits(kind)]

    @wraps(fn)
    async def call(request: AnyRequest, **arguments: Any) -> Any:
        for name, kind in limited:
            _check_limits(name, kind, arguments[name])
        if needs.identity_name:
            arguments[needs.identity_name] = context_of(request).identity
        if needs.state:
            arguments["state"] = state_of()
        if decode is not None:
            arguments["data"] = decode(context_of(request), await request.body())
        if passes_request:
            arguments["request"] = request
        return await fn(**arguments)

    _show(call, fn, hidden={needs.identity_name, "request"} | _given(needs))
    return call


def _has_limits(kind: Any) -> bool:
    """Litestar reads the type of a parameter, but not the limits in `Annotated[int, msgspec.Meta(ge=1)]`."""
    return get_origin(kind) is Annotated and any(isinstance(meta, msgspec.Meta) for meta in get_args(kind)[1:])


def _check_limits(name: str, kind: Any, value: Any) -> None:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise bad_parameters([(name, str(error))]) from None


def _given(needs: Needs) -> set[str]:
    return {name for name, given in (("state", needs.state), ("data", needs.data is not None)) if given}


def _show(call: Any, fn: Any, *, hidden: set[str]) -> None:
    """Let Litestar see the arguments that are left, with their annotations resolved where the handler was written."""
    hints = get_type_hints(fn, include_extras=True)
    own = [
        parameter.replace(annotation=hints[name])
        for name, parameter in inspect.signature(fn).parameters.items()
        if name not in hidden
    ]
    request = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=AnyRequest)
    keyword = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
    call.__signature__ = inspect.Signature([*keyword, request], return_annotation=hints.get("return", Any))
    call.__annotations__ = {
        **{parameter.name: parameter.annotation for parameter in own},
        "request": AnyRequest,
        "return": hints.get("return", Any),
    }
    del call.__wrapped__  # or typing would look through to the handler's own annotations


def _decoder(kind: Any) -> Callable[[RequestContext, bytes], Any]:
    """Bytes straight into the type: strict, unlike a framework that converts "1" to 1, and once."""
    decoder = msgspec.json.Decoder(kind)

    def decode(context: RequestContext, body: bytes) -> Any:
        media_type = (context.header(b"content-type") or "").partition(";")[0].strip().lower()
        if media_type != "application/json" and not media_type.endswith("+json"):
            raise Refused("The body must be application/json.", status=415, code="media_type")
        try:
            return decoder.decode(body)
        except msgspec.MsgspecError as error:
            raise from_msgspec(error) from None
        except UnicodeDecodeError:
            raise Refused("The body is not UTF-8.", code="malformed", pointer="") from None

    return decode
