"""Settings that make no sense stop the start, with a sentence; upstream's names work."""

from __future__ import annotations

import pytest

from crm_service import SettingsError
from identity.settings import load, warnings

NEEDED = {
    "DATABASE_URL": "postgres://x",
    "NATS_URL": "nats://x",
    "VALKEY_URL": "redis://x",
    "CRM_SECRET": "s" * 64,
    "CRM_PUBLIC_URL": "https://crm.example.org",
}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"CRM_AUTH_PASWORD_MIN_LENGTH": "9"}, "unknown settings: CRM_AUTH_PASWORD_MIN_LENGTH"),
        ({"CRM_AUTH_PHONE": "true"}, "no SMS provider"),
        ({"CRM_AUTH_AUTOCONFIRM": "false"}, "needs SMTP_URL"),
        ({"CRM_AUTH_EMAIL": "false"}, "every way to sign in is off"),
        ({"CRM_AUTH_PASSWORD_MIN_LENGTH": "5"}, "at least 6"),
        ({"CRM_AUTH_TOKEN_TTL_S": "604801"}, "CRM_AUTH_TOKEN_TTL_S"),
        ({"CRM_SECRET": "short"}, "CRM_SECRET"),
        ({"CRM_PUBLIC_URL": "crm.example.org"}, "CRM_PUBLIC_URL"),
        ({"CRM_SIGNUP": "maybe"}, "CRM_SIGNUP"),
        ({"SMTP_URL": "http://mail"}, "SMTP_URL"),
        ({"GOTRUE_EXTERNAL_GITHUB_ENABLED": "true"}, "GOTRUE_EXTERNAL_GITHUB_ENABLED"),
        ({"GOTRUE_NO_SUCH_THING": "1"}, "GOTRUE_NO_SUCH_THING is not known"),
        ({"CRM_AUTH_JWT_KEYS": "[{}]"}, "CRM_AUTH_JWT_KEYS: kty"),
        ({"GOTRUE_JWT_KEYS": "nonsense"}, "CRM_AUTH_JWT_KEYS: the keys are not"),
        ({"GOTRUE_JWT_EXP": "soon"}, "GOTRUE_JWT_EXP"),
    ],
)
def test_refused(given: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(NEEDED | given)
    assert words in str(caught.value)
    assert "s" * 64 not in str(caught.value)


def test_upstreams_names_are_taken() -> None:
    settings = load(
        NEEDED
        | {
            "GOTRUE_SITE_URL": "https://app.example.org",
            "GOTRUE_JWT_EXP": "1800",
            "GOTRUE_DISABLE_SIGNUP": "true",
            "GOTRUE_SMTP_HOST": "mail.example.org",
            "GOTRUE_SMTP_PORT": "465",
            "GOTRUE_SMTP_USER": "crm",
            "GOTRUE_SMTP_PASS": "p@ss/word",
            "GOTRUE_SMTP_ADMIN_EMAIL": "crm@example.org",
            "GOTRUE_SMTP_MAX_FREQUENCY": "1m30s",
            "GOTRUE_EXTERNAL_GITHUB_ENABLED": "false",
            "GOTRUE_DB_DRIVER": "postgres",
        }
    )
    assert (settings.site_url, settings.crm_auth_token_ttl_s, settings.signup) == (
        "https://app.example.org",
        1800,
        "closed",
    )
    assert settings.smtp_url == "smtps://crm:p%40ss%2Fword@mail.example.org:465?from=crm%40example.org"
    assert settings.crm_auth_mail_interval_s == 90
    assert settings.autoconfirm is False


def test_our_own_name_wins_over_its_alias() -> None:
    settings = load(NEEDED | {"GOTRUE_JWT_EXP": "1800", "CRM_AUTH_TOKEN_TTL_S": "900"})
    assert settings.crm_auth_token_ttl_s == 900


def test_a_short_token_life_is_warned_of() -> None:
    assert warnings(load(NEEDED | {"CRM_AUTH_TOKEN_TTL_S": "299"}))
    assert not warnings(load(NEEDED | {"CRM_AUTH_TOKEN_TTL_S": "300"}))


@pytest.mark.parametrize(
    ("public_url", "signup"),
    [("http://localhost:8000", "open"), ("http://127.0.0.1:8000", "open"), ("https://crm.example.org", "invite")],
)
def test_sign_up_is_open_on_loopback_only(public_url: str, signup: str) -> None:
    assert load(NEEDED | {"CRM_PUBLIC_URL": public_url}).signup == signup
