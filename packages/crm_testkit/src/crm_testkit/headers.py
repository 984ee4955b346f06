"""The internal keys of the tests, and the headers that a gateway would set."""

from __future__ import annotations

import base64
import hashlib
import uuid
from urllib.parse import quote

from crm_testkit import repository
from crm_testkit.tokens import User


def internal_keys() -> dict[str, str]:
    """One key a caller; the same in every process of the tests."""
    return {caller: _key(caller) for caller in ["gateway", *repository.services()]}


def accepted_keys() -> str:
    """In the form of CRM_INTERNAL_KEYS."""
    return ",".join(f"{caller}={key}" for caller, key in internal_keys().items())


def internal_headers(
    user: User | None = None,
    *,
    caller: str = "gateway",
    role: str = "owner",
    workspace_id: str | None = None,
    key: str | None = None,
    **more: str,
) -> dict[str, str]:
    """Headers of a call between processes: with a user as the gateway forwards it, without one as a background call.

    `more` are headers by name with `_` for `-` (`if_match='"3.0"'`); a value of "" takes one out.
    """
    headers = {
        "X-Internal-Key": _key(caller) if key is None else key,
        "X-Internal-Caller": caller,
        "X-Request-Id": str(uuid.uuid4()),
        "X-Internal-Deadline-Ms": "15000",
        "X-Internal-Client": "203.0.113.7",
    }
    if user is not None:
        headers |= {
            "Authorization": f"Bearer {user.token}",
            "X-Internal-Workspace": workspace_id or user.workspace_id,
            "X-Internal-Role": role,
            "X-Internal-User": user.id,
            "X-Internal-Actor": quote(user.name),
            "X-Internal-Time-Zone": "Europe/Berlin",
            "X-Internal-Country": "DE",
            "X-Internal-Currency": "EUR",
        }
    headers |= {"-".join(part.capitalize() for part in name.split("_")): value for name, value in more.items()}
    return {name: value for name, value in headers.items() if value}


def _key(caller: str) -> str:
    digest = hashlib.sha256(f"key of {caller} in tests".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
