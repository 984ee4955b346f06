"""Everything that can be set, with default, unit and meaning; gotrue.py translates upstream's `GOTRUE_*` names."""

from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from crm_service.settings import ServiceSettings, SettingsError, load_settings
from identity import gotrue
from identity.keys.model import UnusableKey, from_json

CODE_DIGITS = (6, 10)
PASSWORD_FLOOR = 6  # upstream's
TOKEN_TTL_MAX_S = 7 * 86_400
TOKEN_TTL_LOW_S = 300
SECRET_MIN_CHARS = 32


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """Durations ending in `_s` are seconds; 0 is "never" for the ends of sessions."""

    database_url: str
    nats_url: str
    valkey_url: str
    crm_secret: str  # seals keys and mail at rest, keys the hashes of codes
    crm_signup: Literal["open", "invite", "closed"] | None = None  # open on loopback, else invite
    crm_rate_limits: Literal["on", "off"] = "on"
    smtp_url: str = ""  # smtp://user:password@host:587?from=crm@example.org&name=Mini-CRM ; smtps:// for TLS at once

    crm_auth_site_url: str = ""  # where mailed links lead; the public URL when empty
    crm_auth_redirects: tuple[str, ...] = ()  # further allowed redirect_to, as globs
    crm_auth_email: bool = True
    crm_auth_phone: bool = False  # phone and password; needs phone_autoconfirm, since no SMS leaves from here
    crm_auth_anonymous: bool = False
    crm_auth_autoconfirm: bool | None = None  # addresses count as confirmed at once; true when there is no SMTP
    crm_auth_phone_autoconfirm: bool = False
    crm_auth_secure_email_change: bool = True  # both addresses confirm a change
    crm_auth_password_min_length: int = 8  # characters
    crm_auth_password_characters: str = ""  # sets of which each must occur, separated by ":" ("\:" is a colon)
    crm_auth_password_needs_current: bool = False  # PUT /user asks for current_password
    crm_auth_password_needs_nonce: bool = False  # ... and for a mailed code when the session is older than a day
    crm_auth_code_length: int = 6  # digits
    crm_auth_code_ttl_s: int = 3600
    crm_auth_mail_interval_s: int = 60  # between two mails of one kind to one address; 0 is off
    crm_auth_mail_per_hour: int = 0  # in all; 0 is no limit
    crm_auth_token_ttl_s: int = 3600  # of access tokens
    crm_auth_jwt_keys: str = ""  # signing keys as a JSON array of JWKs; the one with "sign" in key_ops is current
    crm_auth_jwt_secret: str = ""  # legacy HS256 secret: verifies tokens without kid
    crm_auth_key_rotation_days: int = 0  # the worker rotates the signing key this often; 0 is by command only
    crm_auth_refresh_reuse_interval_s: int = 10
    crm_auth_refreshes_per_5_min: int = 150  # of one session; 0 is no limit
    crm_auth_session_timebox_s: int = 0  # from sign-in
    crm_auth_session_inactivity_s: int = 0  # from the last refresh
    crm_auth_session_single: bool = False  # only the most recently refreshed session of a user lives
    crm_auth_session_low_aal_s: int = 0  # how long a user with a second factor may stay at aal1
    crm_auth_totp: bool = True  # whether a second factor can be enrolled; verified ones go on working
    crm_auth_factors_max: int = 10  # of one user
    crm_auth_sign_in_failures: int = 5  # wrong passwords in 15 minutes before an account's tries must wait

    @property
    def issuer(self) -> str:
        return f"{self.crm_public_url.rstrip('/')}/auth/v1"

    @property
    def site_url(self) -> str:
        return self.crm_auth_site_url or self.crm_public_url

    @property
    def signup(self) -> str:
        return self.crm_signup or ("open" if _is_loopback(self.crm_public_url) else "invite")

    @property
    def autoconfirm(self) -> bool:
        return not self.smtp_url if self.crm_auth_autoconfirm is None else self.crm_auth_autoconfirm

    @property
    def password_sets(self) -> tuple[str, ...]:
        escaped = self.crm_auth_password_characters.replace("\\:", "\0")
        return tuple(part.replace("\0", ":") for part in escaped.split(":") if part)


def load(environ: Mapping[str, str]) -> Settings:
    """Raises SettingsError: for unknown names that are meant for us, and for settings that contradict each other."""
    return load_settings(Settings, checked(environ))


def checked(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment with upstream's names as ours, once it makes sense. Raises SettingsError."""
    translated = gotrue.translate(environ)
    _refuse_unknown(translated)
    if wrong := contradictions(load_settings(Settings, translated)):
        raise SettingsError("; ".join(wrong))
    return translated


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = {field.name.upper() for field in msgspec.structs.fields(Settings)}
    ours = (name.removesuffix("_FILE") for name in environ if name.startswith("CRM_AUTH_"))
    if unknown := sorted(set(ours) - known):
        raise SettingsError(f"unknown settings: {', '.join(unknown)}")


def warnings(settings: Settings) -> list[str]:
    if settings.crm_auth_token_ttl_s >= TOKEN_TTL_LOW_S:
        return []
    return [f"CRM_AUTH_TOKEN_TTL_S is below {TOKEN_TTL_LOW_S}: auth-js renews 90 s before the end, looking every 30 s"]


def contradictions(settings: Settings) -> list[str]:
    checks = {
        f"CRM_SECRET needs at least {SECRET_MIN_CHARS} characters": len(settings.crm_secret) < SECRET_MIN_CHARS,
        "CRM_PUBLIC_URL has to be an http or https address": not _is_web(settings.crm_public_url),
        "CRM_AUTH_SITE_URL has to be an http or https address": not _is_web(settings.site_url),
        f"CRM_AUTH_PASSWORD_MIN_LENGTH is at least {PASSWORD_FLOOR} and at most 72": not (
            PASSWORD_FLOOR <= settings.crm_auth_password_min_length <= 72
        ),
        "CRM_AUTH_CODE_LENGTH is 6 to 10": not (CODE_DIGITS[0] <= settings.crm_auth_code_length <= CODE_DIGITS[1]),
        f"CRM_AUTH_TOKEN_TTL_S is 30 to {TOKEN_TTL_MAX_S}": not 30 <= settings.crm_auth_token_ttl_s <= TOKEN_TTL_MAX_S,
        "CRM_AUTH_CODE_TTL_S is 60 to 86400": not 60 <= settings.crm_auth_code_ttl_s <= 86_400,
        "CRM_AUTH_PHONE needs CRM_AUTH_PHONE_AUTOCONFIRM: there is no SMS provider to confirm a number with": (
            settings.crm_auth_phone and not settings.crm_auth_phone_autoconfirm
        ),
        "CRM_AUTH_AUTOCONFIRM=false needs SMTP_URL: nobody could read the mail that confirms an address": (
            settings.crm_auth_autoconfirm is False and not settings.smtp_url
        ),
        "every way to sign in is off (CRM_AUTH_EMAIL, CRM_AUTH_PHONE)": not (
            settings.crm_auth_email or settings.crm_auth_phone
        ),
        f"CRM_AUTH_JWT_SECRET needs at least {SECRET_MIN_CHARS} characters": (
            0 < len(settings.crm_auth_jwt_secret) < SECRET_MIN_CHARS
        ),
        "SMTP_URL has to be smtp://host or smtps://host": (
            settings.smtp_url != "" and urlsplit(settings.smtp_url).scheme not in ("smtp", "smtps")
        ),
    }
    return [sentence for sentence, is_wrong in checks.items() if is_wrong] + _key_faults(settings.crm_auth_jwt_keys)


def _key_faults(jwt_keys: str) -> list[str]:
    if not jwt_keys:
        return []
    try:
        from_json(jwt_keys)
    except UnusableKey as error:
        return [f"CRM_AUTH_JWT_KEYS: {error}"]
    return []


def _is_web(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")
