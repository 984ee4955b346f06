"""What clients send. Every member may be null, which means absent; members without meaning here are ignored."""

from typing import Any

import msgspec


class Pkce(msgspec.Struct, kw_only=True):
    code_challenge: str | None = None
    code_challenge_method: str | None = None


class Signup(Pkce):
    email: str | None = None
    phone: str | None = None
    password: str | None = None
    data: dict[str, Any] | None = None


class PasswordGrant(msgspec.Struct, kw_only=True):
    email: str | None = None
    phone: str | None = None
    password: str | None = None


class RefreshGrant(msgspec.Struct, kw_only=True):
    refresh_token: str | None = None


class PkceGrant(msgspec.Struct, kw_only=True):
    auth_code: str | None = None
    code_verifier: str | None = None


class IdTokenGrant(msgspec.Struct, kw_only=True):
    provider: str | None = None


class Otp(Pkce):
    email: str | None = None
    phone: str | None = None
    create_user: bool | None = None
    data: dict[str, Any] | None = None


class Recover(Pkce):
    email: str | None = None


class Resend(Pkce):
    type: str | None = None
    email: str | None = None
    phone: str | None = None


class Verify(msgspec.Struct, kw_only=True):
    type: str | None = None
    email: str | None = None
    phone: str | None = None
    token: str | None = None
    token_hash: str | None = None


class Enrolment(msgspec.Struct, kw_only=True):
    factor_type: str | None = None
    friendly_name: str | None = None
    issuer: str | None = None


class FactorAnswer(msgspec.Struct, kw_only=True):
    challenge_id: str | None = None
    code: str | None = None


class UserChange(Pkce):
    email: str | None = None
    phone: str | None = None
    password: str | None = None
    current_password: str | None = None
    nonce: str | None = None
    data: dict[str, Any] | None = None
    app_metadata: dict[str, Any] | None = None
