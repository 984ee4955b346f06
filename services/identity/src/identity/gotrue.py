"""Upstream's environment names, so that an existing installation moves over with its `.env`.

Each `GOTRUE_*` name is translated, known to be of no consequence here, or refused: a setting that we silently ignored
could leave a door open that the operator believes closed.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlencode

from crm_service.settings import SettingsError

UNITS_S = {"h": 3600, "m": 60, "s": 1, "ms": 0.001}
DURATION = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s)")


def _as_is(value: str) -> str:
    return value


def seconds(value: str) -> str:
    """Go's durations ("1h30m", "60s"), or plain seconds."""
    if value.isdigit():
        return value
    if not re.fullmatch(rf"(?:{DURATION.pattern})+", value):
        raise ValueError("is not a duration like 60s or 24h")
    return str(int(sum(float(number) * UNITS_S[unit] for number, unit in DURATION.findall(value))))


def _flag(value: str) -> str:
    if value.lower() not in ("true", "false", "1", "0", "t", "f"):
        raise ValueError("is neither true nor false")
    return "true" if value.lower() in ("true", "1", "t") else "false"


def _signup(value: str) -> str:
    return "closed" if _flag(value) == "true" else "open"


ALIASES: dict[str, tuple[str, Callable[[str], str]]] = {
    "API_EXTERNAL_URL": ("CRM_PUBLIC_URL", lambda url: url.rstrip("/").removesuffix("/auth/v1")),
    "GOTRUE_SITE_URL": ("CRM_AUTH_SITE_URL", _as_is),
    "GOTRUE_URI_ALLOW_LIST": ("CRM_AUTH_REDIRECTS", _as_is),
    "GOTRUE_DISABLE_SIGNUP": ("CRM_SIGNUP", _signup),
    "GOTRUE_EXTERNAL_EMAIL_ENABLED": ("CRM_AUTH_EMAIL", _flag),
    "GOTRUE_EXTERNAL_PHONE_ENABLED": ("CRM_AUTH_PHONE", _flag),
    "GOTRUE_EXTERNAL_ANONYMOUS_USERS_ENABLED": ("CRM_AUTH_ANONYMOUS", _flag),
    "GOTRUE_MAILER_AUTOCONFIRM": ("CRM_AUTH_AUTOCONFIRM", _flag),
    "GOTRUE_SMS_AUTOCONFIRM": ("CRM_AUTH_PHONE_AUTOCONFIRM", _flag),
    "GOTRUE_MAILER_SECURE_EMAIL_CHANGE_ENABLED": ("CRM_AUTH_SECURE_EMAIL_CHANGE", _flag),
    "GOTRUE_MAILER_OTP_LENGTH": ("CRM_AUTH_CODE_LENGTH", _as_is),
    "GOTRUE_MAILER_OTP_EXP": ("CRM_AUTH_CODE_TTL_S", seconds),
    "GOTRUE_SMTP_MAX_FREQUENCY": ("CRM_AUTH_MAIL_INTERVAL_S", seconds),
    "GOTRUE_RATE_LIMIT_EMAIL_SENT": ("CRM_AUTH_MAIL_PER_HOUR", _as_is),
    "GOTRUE_PASSWORD_MIN_LENGTH": ("CRM_AUTH_PASSWORD_MIN_LENGTH", _as_is),
    "GOTRUE_PASSWORD_REQUIRED_CHARACTERS": ("CRM_AUTH_PASSWORD_CHARACTERS", _as_is),
    "GOTRUE_SECURITY_UPDATE_PASSWORD_REQUIRE_REAUTHENTICATION": ("CRM_AUTH_PASSWORD_NEEDS_NONCE", _flag),
    "GOTRUE_SECURITY_UPDATE_PASSWORD_REQUIRE_CURRENT_PASSWORD": ("CRM_AUTH_PASSWORD_NEEDS_CURRENT", _flag),
    "GOTRUE_SECURITY_REFRESH_TOKEN_REUSE_INTERVAL": ("CRM_AUTH_REFRESH_REUSE_INTERVAL_S", seconds),
    "GOTRUE_JWT_EXP": ("CRM_AUTH_TOKEN_TTL_S", seconds),
    "GOTRUE_JWT_KEYS": ("CRM_AUTH_JWT_KEYS", _as_is),
    "GOTRUE_JWT_SECRET": ("CRM_AUTH_JWT_SECRET", _as_is),
    "GOTRUE_SESSIONS_TIMEBOX": ("CRM_AUTH_SESSION_TIMEBOX_S", seconds),
    "GOTRUE_SESSIONS_INACTIVITY_TIMEOUT": ("CRM_AUTH_SESSION_INACTIVITY_S", seconds),
    "GOTRUE_SESSIONS_SINGLE_PER_USER": ("CRM_AUTH_SESSION_SINGLE", _flag),
    "GOTRUE_SESSIONS_ALLOW_LOW_AAL": ("CRM_AUTH_SESSION_LOW_AAL_S", seconds),
    "GOTRUE_MFA_TOTP_ENROLL_ENABLED": ("CRM_AUTH_TOTP", _flag),
    "GOTRUE_MFA_MAX_ENROLLED_FACTORS": ("CRM_AUTH_FACTORS_MAX", _as_is),
}

# Of no consequence here: our own database, listeners and logs are set by other names; the edge limits by address.
IGNORED = re.compile(
    r"GOTRUE_(API_(HOST|PORT|ENDPOINT)|DB_.*|DATABASE_URL|LOG_.*|TRACING_.*|METRICS_.*|PROFILER_.*|OPERATOR_TOKEN"
    r"|JWT_(ISSUER|AUD|DEFAULT_GROUP_NAME|ADMIN_ROLES|ADMIN_GROUP_NAME|KEY_ID|VALIDMETHODS)|COOKIE_.*|RELOADING_.*"
    r"|RATE_LIMIT_(HEADER|TOKEN_REFRESH|VERIFY|OTP|SMS_SENT|ANONYMOUS_USERS)|MAILER_(SUBJECTS|TEMPLATES|URLPATHS)_.*"
    r"|MAILER_(ALLOW_UNVERIFIED_EMAIL_SIGN_INS|EXTERNAL_HOSTS)|MAX_REQUEST_DURATION|SMTP_.*|SMS_.*"
    r"|SECURITY_REFRESH_TOKEN_(ROTATION_ENABLED|ALGORITHM_VERSION.*)|MFA_TOTP_VERIFY_ENABLED|MFA_.*_(OTP_LENGTH|TEMPLATE|MAX_FREQUENCY))"
)
# Parts that do not exist here: saying "false" to them is fine, turning them on is not.
ABSENT = re.compile(
    r"GOTRUE_(EXTERNAL_(?!EMAIL|PHONE|ANONYMOUS)\w+_ENABLED|SAML_ENABLED|HOOK_\w+_ENABLED|PASSWORD_HIBP_ENABLED"
    r"|SECURITY_(CAPTCHA|MANUAL_LINKING)_ENABLED|EXTERNAL_WEB3_\w+_ENABLED|OAUTH_SERVER_ENABLED|PASSKEY_ENABLED"
    r"|MFA_\w+_ENABLED|SECURITY_MANUAL_LINKING_ENABLED)"
)
# ... and their details do nothing while they are off.
DETAIL = re.compile(r"GOTRUE_(EXTERNAL|SAML|HOOK|SECURITY_CAPTCHA|OAUTH_SERVER|PASSKEY|WEBAUTHN|MFA)_\w+")


def translate(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` with upstream's names as ours; one of our own names wins over its alias. Raises SettingsError."""
    given = {name: value.strip() for name, value in environ.items() if _is_upstream(name) and value.strip()}
    translated, wrong = {}, []
    for name, value in given.items():
        try:
            translated.update(_translated(name, value))
        except ValueError as error:
            wrong.append(f"{name} {error}")
    if wrong:
        raise SettingsError("; ".join(wrong))
    return {**translated, **_smtp(given), **environ}


def _is_upstream(name: str) -> bool:
    return name.startswith("GOTRUE_") or name == "API_EXTERNAL_URL"


def _translated(name: str, value: str) -> dict[str, str]:
    if name in ALIASES:
        ours, convert = ALIASES[name]
        return {ours: convert(value)}
    if IGNORED.fullmatch(name):
        return {}
    if ABSENT.fullmatch(name):
        if _flag(value) == "true":
            raise ValueError("turns on what this server does not have")
        return {}
    if DETAIL.fullmatch(name):
        return {}
    raise ValueError("is not known here")


def _smtp(given: Mapping[str, str]) -> dict[str, str]:
    host = given.get("GOTRUE_SMTP_HOST")
    if not host:
        return {}
    port = given.get("GOTRUE_SMTP_PORT", "587")
    user, password = given.get("GOTRUE_SMTP_USER", ""), given.get("GOTRUE_SMTP_PASS", "")
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
    sender = {"from": given.get("GOTRUE_SMTP_ADMIN_EMAIL", ""), "name": given.get("GOTRUE_SMTP_SENDER_NAME", "")}
    scheme = "smtps" if port == "465" else "smtp"
    return {"SMTP_URL": f"{scheme}://{login}{host}:{port}?{urlencode({k: v for k, v in sender.items() if v})}"}
