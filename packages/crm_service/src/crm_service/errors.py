"""
Refused                      an expected refusal: subclass it with status and code
├── NotFound           404
├── NotAllowed         403   also: RoleTooLow, ScopeMissing
├── Malformed          400   cannot be parsed
├── Invalid            422   parses, but breaks a rule or a type
├── Unauthenticated    401
├── DeadlinePassed     504   the caller's time is over
├── UpstreamDown       503   another service refused the connection, or its breaker is open
├── UpstreamTimeout    504
└── UpstreamBroken     502

Whatever else carries `status` and `code` (crm_auth, crm_db, crm_cache raise their own) is rendered the same way.
"""

from collections.abc import Mapping, Sequence
from typing import Any


class FieldError:
    """One entry of `errors`: a JSON pointer (`/emails/0/value`, `/query/limit`), a code, a sentence."""

    __slots__ = ("code", "detail", "pointer")

    def __init__(self, pointer: str, code: str, detail: str) -> None:
        self.pointer = pointer
        self.code = code
        self.detail = detail

    def as_dict(self) -> dict[str, str]:
        return {"pointer": self.pointer, "code": self.code, "detail": self.detail}


class Refused(Exception):
    """An expected refusal, answered as problem+json.

    status, code, detail: class attributes of the subclass, or given. pointer: where the fault is, for one fault;
    `errors`
    for several. retry_after_s: becomes `Retry-After`. extra: further members of the problem, as `outcome`.
    """

    status: int = 400
    code: str = "refused"
    detail: str = ""

    def __init__(
        self,
        detail: str | None = None,
        *,
        status: int | None = None,
        code: str | None = None,
        pointer: str | None = None,
        errors: Sequence[FieldError | Mapping[str, str]] = (),
        retry_after_s: float | None = None,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail or self.detail)
        if detail is not None:
            self.detail = detail
        if status is not None:
            self.status = status
        if code is not None:
            self.code = code
        self.pointer = pointer
        self.errors = errors
        self.retry_after_s = retry_after_s
        self.headers = headers or {}
        self.extra = extra or {}


class NotFound(Refused):
    status, code, detail = 404, "not_found", "There is nothing here, or not in this workspace."


class NotAllowed(Refused):
    status, code, detail = 403, "not_allowed", "You may not do this."


class RoleTooLow(NotAllowed):
    code, detail = "role_too_low", "Your role in this workspace does not allow this."


class ScopeMissing(NotAllowed):
    code, detail = "scope_missing", "This API token was not given the scope that this needs."


class Malformed(Refused):
    status, code, detail = 400, "malformed", "The request cannot be read."


class Invalid(Refused):
    status, code, detail = 422, "invalid", "The request breaks a rule."


class Unauthenticated(Refused):
    status, code, detail = 401, "unauthenticated", "Sign in first."


class DeadlinePassed(Refused):
    status, code, detail = 504, "deadline_passed", "This took longer than the time that was left."


class UpstreamDown(Refused):
    status, code, detail = 503, "upstream_down", "A service that this needs cannot be reached."


class UpstreamTimeout(Refused):
    status, code, detail = 504, "upstream_timeout", "A service that this needs did not answer in time."


class UpstreamBroken(Refused):
    status, code, detail = 502, "upstream_broken", "A service that this needs gave no usable answer."
