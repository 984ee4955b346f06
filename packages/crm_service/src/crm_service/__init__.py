"""Service defaults: app, refusals, answers, commands, calls between services."""

from crm_service.answer import Answer, etag_of, json_answer, no_content, not_modified
from crm_service.app import ServiceApp, create_app
from crm_service.breaker import Breaker
from crm_service.client import Reply, ServiceClient
from crm_service.context import context_of, current, remaining_s
from crm_service.errors import (
    DeadlinePassed,
    FieldError,
    Invalid,
    Malformed,
    NotAllowed,
    NotFound,
    Refused,
    RoleTooLow,
    ScopeMissing,
    Unauthenticated,
    UpstreamBroken,
    UpstreamDown,
    UpstreamTimeout,
)
from crm_service.operation import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, crm
from crm_service.run import run
from crm_service.settings import ServiceSettings, SettingsError, load_settings

__all__ = [
    "IDEMPOTENCY_KEY",
    "IF_MATCH",
    "IF_NONE_MATCH",
    "Answer",
    "Breaker",
    "DeadlinePassed",
    "FieldError",
    "Invalid",
    "Malformed",
    "NotAllowed",
    "NotFound",
    "Refused",
    "Reply",
    "RoleTooLow",
    "ScopeMissing",
    "ServiceApp",
    "ServiceClient",
    "ServiceSettings",
    "SettingsError",
    "Unauthenticated",
    "UpstreamBroken",
    "UpstreamDown",
    "UpstreamTimeout",
    "context_of",
    "create_app",
    "crm",
    "current",
    "etag_of",
    "json_answer",
    "load_settings",
    "no_content",
    "not_modified",
    "remaining_s",
    "run",
]
