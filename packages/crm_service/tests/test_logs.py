"""No line holds a secret, whatever somebody logs."""

from typing import Any

import pytest

from crm_service.logs import REDACTED, redact


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "new_password",
        "access_token",
        "refresh_token",
        "authorization",
        "Authorization",
        "x-internal-key",
        "CRM_SECRET",
        "cookie",
        "set-cookie",
        "api_key",
        "apikey",
        "client_secret",
        "supabase_jwt_secret",
    ],
)
def test_what_is_secret_by_name_is_not_shown(name: str) -> None:
    line = redact(None, "info", {name: "canary", "deep": {"list": [{name: "canary"}]}, "user_id": "7"})

    assert "canary" not in str(line)
    assert line["user_id"] == "7"


@pytest.mark.parametrize("name", ["key", "path", "pointer", "workspace_id", "passed", "keys"])
def test_what_is_not_secret_is_shown(name: str) -> None:
    assert redact(None, "info", {name: "plain"}) == {name: "plain"}


@pytest.mark.parametrize(
    "text,left",
    [
        ("postgres://contacts_api:canary@db:5432/contacts", "postgres://contacts_api:"),
        ("redis://:canary@127.0.0.1:6379/0 refused", "@127.0.0.1:6379/0 refused"),
        ("bad token eyJhbGciOiJFUzI1NiJ9.canary.canary here", "bad token"),
        ("GET /x?token=mcrm_canary done", "done"),
    ],
)
def test_secrets_inside_text_are_not_shown(text: str, left: str) -> None:
    line: Any = redact(None, "error", {"exception": text})

    assert "canary" not in line["exception"] and REDACTED in line["exception"]
    assert left in line["exception"]
