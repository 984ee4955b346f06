"""The service's OpenAPI 3.1 document: Litestar's paths and parameters, our bodies, answers, problems and x-crm."""

from collections.abc import Iterator
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler

from crm_auth import Caller
from crm_service.bind import NEEDS_KEY, Needs
from crm_service.problem import MEDIA_TYPE

_REF = "#/components/schemas/"
_DEFAULT_PROBLEMS = (400, 401, 403, 404, 429, 500, 503, 504)
_BODY_PROBLEMS = (409, 413, 415, 422)

_PROBLEM_WORDS = {
    400: "Cannot be parsed",
    401: "Who are you?",
    403: "Your role or token does not allow this",
    404: "Not there, or not in your workspace",
    409: "In conflict with the state of things",
    412: "Changed since you read it",
    413: "Too large",
    415: "Media type not taken",
    422: "Breaks a rule; see errors",
    429: "Too many requests",
    500: "Our fault",
    502: "A part of the system gave no usable answer",
    503: "A part of the system is away; nothing happened unless outcome says unknown",
    504: "Took too long",
}

_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "outcome": {"type": "string", "enum": ["unknown"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}

_HEADERS = {
    "X-Request-Id": {"description": "Of this request, in every log line of it", "schema": {"type": "string"}},
    "ETag": {"description": "For If-None-Match and If-Match", "schema": {"type": "string"}},
    "X-Operation-Id": {
        "description": "Of the change: POST /operations/{id}/undo takes it back",
        "schema": {"type": "string"},
    },
    "Retry-After": {"description": "Seconds until it is worth trying again", "schema": {"type": "integer"}},
}


def document(app: Any) -> bytes:
    """The document as JSON: sorted, indented, the same bytes for the same code."""
    return msgspec.json.format(msgspec.json.encode(as_dict(app), order="sorted"), indent=2) + b"\n"


def as_dict(app: Any) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    types = _Types(app)
    for path, method, handler in _operations(app):
        listed = app.openapi_schema.paths[path].to_schema()[method]
        paths.setdefault(path, {})[method] = _operation(listed, method, handler, types)
    return {
        "openapi": "3.1.0",
        "info": {"title": app.title, "version": "1"},
        "paths": paths,
        "components": {
            "schemas": {**_forms(app, paths), **types.components, **app.schemas, "Problem": _PROBLEM_SCHEMA},
            "headers": _HEADERS,
            "responses": {_problem_name(status): _problem_response(status) for status in _PROBLEM_WORDS},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _forms(app: Any, paths: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Schemas of multipart bodies, which Litestar describes."""
    components = app.openapi_schema.to_schema().get("components", {}).get("schemas", {})
    bodies = [operation.get("requestBody", {}) for path in paths.values() for operation in path.values()]
    contents = [
        body["content"]["multipart/form-data"] for body in bodies if "multipart/form-data" in body.get("content", {})
    ]
    names = [content["schema"]["$ref"].removeprefix(_REF) for content in contents if "$ref" in content["schema"]]
    return {name: components[name] for name in names}


def _operations(app: Any) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            needs = handler.opt.get(NEEDS_KEY)
            if needs is None or not handler.resolve_include_in_schema() or route.path.startswith("/internal/"):
                continue
            for method in sorted(handler.http_methods):
                yield route.path_format, method.lower(), handler


class _Types:
    """Schemas of the msgspec types that operations name; a dict is a JSON Schema already."""

    def __init__(self, app: Any) -> None:
        kinds = list(
            dict.fromkeys(kind for _, _, handler in _operations(app) for kind in _kinds(handler.opt[NEEDS_KEY]))
        )
        schemas, self.components = msgspec.json.schema_components(kinds, ref_template=_REF + "{name}")
        self._schemas = dict(zip(kinds, schemas, strict=True))

    def schema(self, kind: Any) -> Any:
        return kind if isinstance(kind, dict) else self._schemas[kind]


def _kinds(needs: Needs) -> list[Any]:
    kinds = [needs.data, needs.operation.body, needs.operation.answer]
    return [kind for kind in kinds if kind is not None and not isinstance(kind, dict)]


def _operation(listed: dict[str, Any], method: str, handler: HTTPRouteHandler, types: _Types) -> dict[str, Any]:
    needs: Needs = handler.opt[NEEDS_KEY]
    stated = needs.operation
    kept = ("operationId", "summary", "description", "tags", "deprecated")
    operation: dict[str, Any] = {name: listed[name] for name in kept if name in listed}
    operation["x-crm"] = _x_crm(method, needs)
    operation["security"] = [] if needs.identity is None else [{"bearer": []}]
    parameters = [_parameter(entry, needs) for entry in listed.get("parameters", ())] + [*stated.parameters]
    if parameters:
        operation["parameters"] = sorted(parameters, key=lambda parameter: (parameter["in"], parameter["name"]))
    if (body := _body(listed, needs, types)) is not None:
        operation["requestBody"] = body
    operation["responses"] = _responses(method, needs, types, has_body=body is not None)
    return operation


def _parameter(listed: dict[str, Any], needs: Needs) -> dict[str, Any]:
    """Litestar's, but with the schema that msgspec checks by (its limits are not in Litestar's)."""
    parameter: dict[str, Any] = {
        name: listed[name] for name in ("name", "in", "required", "description", "schema") if name in listed
    }
    kind = needs.parameters.get(listed["name"])
    if kind is not None:
        schema = msgspec.json.schema(kind)
        if "$ref" not in schema:
            default = {"default": listed["schema"]["default"]} if "default" in listed.get("schema", {}) else {}
            parameter["schema"] = {**schema, **default}
    return parameter


def _x_crm(method: str, needs: Needs) -> dict[str, Any]:
    stated, identity = needs.operation, needs.identity
    in_workspace = identity is not None and issubclass(identity, Caller)
    x_crm: dict[str, Any] = {
        "cost": stated.cost,
        "workspace": in_workspace if stated.workspace is None else stated.workspace,
    }
    if role := stated.role or (identity.role_needed.value if in_workspace else None):
        x_crm["role"] = role
    if stated.body_max_bytes is not None:
        x_crm["body_max_bytes"] = stated.body_max_bytes
    if stated.long:
        x_crm["long"] = True
    return x_crm


def _body(listed: dict[str, Any], needs: Needs, types: _Types) -> dict[str, Any] | None:
    kind = needs.operation.body if needs.operation.body is not None else needs.data
    if kind is None:
        return listed.get("requestBody")  # multipart forms are Litestar's to describe
    return {"required": True, "content": {"application/json": {"schema": types.schema(kind)}}}


def _responses(method: str, needs: Needs, types: _Types, *, has_body: bool) -> dict[str, Any]:
    stated = needs.operation
    status = stated.answer_status or needs.status
    success: dict[str, Any] = {"description": "Done", "headers": {"X-Request-Id": _header("X-Request-Id")}}
    if stated.answer is not None:
        success["content"] = {stated.answer_media_type: {"schema": types.schema(stated.answer)}}
    responses = {str(status): success}
    if method == "get" and stated.answer is not None:
        success["headers"]["ETag"] = _header("ETag")
        responses["304"] = {"description": "As you have it", "headers": {"ETag": _header("ETag")}}
    elif method != "get":
        success["headers"]["X-Operation-Id"] = _header("X-Operation-Id")
    problems = {*_DEFAULT_PROBLEMS, *stated.problems, *(_BODY_PROBLEMS if has_body else ())}
    for problem in sorted(problems):
        responses[str(problem)] = {"$ref": f"#/components/responses/{_problem_name(problem)}"}
    return responses


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


def _problem_name(status: int) -> str:
    return f"Problem{status}"


def _problem_response(status: int) -> dict[str, Any]:
    headers = {"X-Request-Id": _header("X-Request-Id")}
    if status in (429, 503):
        headers["Retry-After"] = _header("Retry-After")
    return {
        "description": _PROBLEM_WORDS[status],
        "headers": headers,
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REF + "Problem"}}},
    }
