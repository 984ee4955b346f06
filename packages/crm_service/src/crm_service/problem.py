"""RFC 9457: every refusal of every kind, as one `application/problem+json`."""

import math
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from litestar.enums import ParamType
from litestar.exceptions import HTTPException, ValidationException

from crm_service.errors import FieldError, Invalid, Malformed, NotFound, Refused

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:mini-crm:problem:"

# Litestar says these itself; the words and codes are ours.
_FRAMEWORK = {
    404: ("not_found", NotFound.detail),
    405: ("method_not_allowed", "This address does not take this method."),
    413: ("too_large", "The body is larger than allowed."),
    415: ("media_type", "The body has a media type that is not taken here."),
}
_CRASH = ("internal", "Something went wrong on our side; it has been logged under this request id.")


def render(error: BaseException, request_id: str) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers of the problem for `error`. What is not an expected refusal is a 500 without details."""
    refusal = as_refusal(error)
    status = refusal.status
    problem: dict[str, Any] = {
        "type": refusal.extra.get("type", TYPE_PREFIX + refusal.code),
        "title": _title(status),
        "status": status,
        "code": refusal.code,
        "detail": refusal.detail,
        "request_id": request_id,
    }
    problem.update({name: value for name, value in refusal.extra.items() if name != "type"})
    if errors := _errors(refusal):
        problem["errors"] = errors
    headers = {"Content-Type": MEDIA_TYPE, **refusal.headers}
    if refusal.retry_after_s is not None:
        headers["Retry-After"] = str(max(1, math.ceil(refusal.retry_after_s)))
    return status, msgspec.json.encode(problem), headers


def as_refusal(error: BaseException) -> Refused:
    """`error` itself, or the refusal that says the same."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, HTTPException):
        return _from_framework(error)
    status, code = getattr(error, "status", None), getattr(error, "code", None)
    if isinstance(status, int) and isinstance(code, str):
        return _from_attributes(error, status, code)
    code, detail = _CRASH
    return Refused(detail, status=500, code=code)


def is_crash(error: BaseException) -> bool:
    return as_refusal(error).code == _CRASH[0]


def _from_attributes(error: BaseException, status: int, code: str) -> Refused:
    """crm_auth, crm_db and crm_cache import no crm_service: their errors are recognised by shape."""
    extra = dict(getattr(error, "extra", None) or {})
    if outcome := getattr(error, "outcome", None):
        extra["outcome"] = outcome
    return Refused(
        str(getattr(error, "detail", "") or ""),
        status=status,
        code=code,
        pointer=getattr(error, "pointer", None),
        errors=getattr(error, "errors", None) or (),
        retry_after_s=getattr(error, "retry_after_s", None),
        headers=getattr(error, "headers", None),
        extra=extra,
    )


def _from_framework(error: HTTPException) -> Refused:
    if isinstance(error, ValidationException):
        return _from_validation(error)
    status = error.status_code
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    if status in _FRAMEWORK:
        code, detail = _FRAMEWORK[status]
        return Refused(detail, status=status, code=code, headers=headers)
    if status >= 500:
        return Refused(_CRASH[1], status=500, code=_CRASH[0])
    return Refused(Malformed.detail, status=status, code=Malformed.code)


def _from_validation(error: ValidationException) -> Refused:
    """Parameters that do not parse are 400 with `/query/limit`; a path that does not is simply not there."""
    found = [entry for entry in error.extra or [] if isinstance(entry, Mapping)]
    if any(entry.get("source") == ParamType.PATH for entry in found):
        return NotFound()
    if missing := _MISSING.match(error.detail or ""):
        return bad_parameters([(missing[1], "This parameter is needed.")])
    return bad_parameters([(str(entry.get("key", "")), str(entry["message"])) for entry in found])


def bad_parameters(found: Sequence[tuple[str, str]]) -> Refused:
    """400 for query parameters: (name, what is wrong with it)."""
    errors = [FieldError(f"/query/{name}", "invalid", message) for name, message in found]
    return Malformed("A parameter cannot be read.", errors=errors)


# Litestar names a parameter that is missing in its sentence only.
_MISSING = re.compile(r"Missing required query parameter '([^']+)'")


def from_msgspec(error: msgspec.MsgspecError) -> Refused:
    """400 for bytes that are no JSON, 422 with a pointer for JSON that does not fit the type."""
    if not isinstance(error, msgspec.ValidationError):
        return Malformed("The body is not valid JSON.", pointer="")
    message, _, path = str(error).partition(" - at `")
    pointer = _pointer(path.rstrip("`"))
    for pattern, code, detail in _MISFITS:
        if match := pattern.search(message):
            return Invalid(errors=[FieldError(f"{pointer}/{_escape(match[1])}", code, detail)])
    return Invalid(errors=[FieldError(pointer, "invalid", message)])


_MISFITS = [
    (re.compile(r"^Object contains unknown field `(.*)`$"), "unknown_field", "This member is not known here."),
    (re.compile(r"^Object missing required field `(.*)`$"), "required", "This member is needed."),
]
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")


def _pointer(path: str) -> str:
    """msgspec's `$.emails[0].value` as `/emails/0/value`; it does not name keys of free-form objects (`[...]`)."""
    return "".join(
        f"/{_escape(name or index)}" for name, index in _STEP.findall(path.removeprefix("$")) if name or index
    )


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _errors(refusal: Refused) -> list[dict[str, str]]:
    entries = [entry.as_dict() if isinstance(entry, FieldError) else dict(entry) for entry in refusal.errors]
    if not entries and refusal.pointer is not None:
        entries = [{"pointer": refusal.pointer, "code": refusal.code, "detail": refusal.detail}]
    return entries


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Refused"
