"""What a handler says about itself beside its signature: `opt=crm(cost=5, answer=Person)`."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

OPT_KEY = "crm"

# A type that msgspec can describe, or a JSON Schema (a `$ref` into create_app's `schemas` is one).
Schema = Any


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """See `crm` for the fields."""

    public: bool = False
    callers: tuple[str, ...] = ()
    workspace: bool | None = None
    role: str | None = None
    cost: int = 1
    body_max_bytes: int | None = None
    long: bool = False
    body: Schema = None
    answer: Schema = None
    answer_status: int | None = None
    answer_media_type: str = "application/json"
    parameters: tuple[Mapping[str, Any], ...] = ()
    problems: tuple[int, ...] = ()


def crm(
    *,
    public: bool = False,
    callers: Sequence[str] = (),
    workspace: bool | None = None,
    role: str | None = None,
    cost: int = 1,
    body_max_bytes: int | None = None,
    long: bool = False,
    body: Schema = None,
    answer: Schema = None,
    answer_status: int | None = None,
    answer_media_type: str = "application/json",
    parameters: Sequence[Mapping[str, Any]] = (),
    problems: Sequence[int] = (),
) -> dict[str, Any]:
    """A handler's `opt`.

    To the gateway (x-crm): workspace (resolve workspace and role; by default what the signature asks for), role (the
    least; by default the injected type's), cost in bucket tokens, body_max_bytes (default 1 MiB), long (idle limit in
    place of the 15 s deadline, body streamed and not schema-checked), public (no token needed).
    To this service: callers, the processes that may use a route below /internal/.
    To readers of the contract: body and answer (msgspec type or JSON Schema; by default the type of `data`),
    answer_status and answer_media_type, parameters (OpenAPI parameter objects that the signature cannot say),
    problems (statuses beside those that every operation has).
    """
    return {
        OPT_KEY: Operation(
            public=public,
            callers=tuple(callers),
            workspace=workspace,
            role=role,
            cost=cost,
            body_max_bytes=body_max_bytes,
            long=long,
            body=body,
            answer=answer,
            answer_status=answer_status,
            answer_media_type=answer_media_type,
            parameters=tuple(parameters),
            problems=tuple(problems),
        )
    }


def operation_of(opt: Mapping[str, Any]) -> Operation:
    operation = opt.get(OPT_KEY)
    return operation if isinstance(operation, Operation) else Operation()


def _header(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "schema": {"type": "string"}, "description": description}


# Header parameters that the routes of every service name alike.
IF_MATCH = _header("If-Match", "The ETag that the change is meant for; another version is 412.")
IF_NONE_MATCH = _header("If-None-Match", "The ETag that you have; 304 if it still fits.")
IDEMPOTENCY_KEY = _header("Idempotency-Key", "The same key and body within 24 h answer as the first time.")
