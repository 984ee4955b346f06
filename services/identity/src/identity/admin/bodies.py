"""What administrators send; as everywhere, null means absent."""

from typing import Any

import msgspec


class AdminUser(msgspec.Struct, kw_only=True):
    id: str | None = None
    email: str | None = None
    phone: str | None = None
    password: str | None = None
    password_hash: str | None = None
    email_confirm: bool | None = None
    phone_confirm: bool | None = None
    user_metadata: dict[str, Any] | None = None
    app_metadata: dict[str, Any] | None = None
    role: str | None = None
    ban_duration: str | None = None


class Deletion(msgspec.Struct, kw_only=True):
    should_soft_delete: bool | None = None


class FactorChange(msgspec.Struct, kw_only=True):
    friendly_name: str | None = None


class Invite(msgspec.Struct, kw_only=True):
    email: str | None = None
    data: dict[str, Any] | None = None


class Link(msgspec.Struct, kw_only=True):
    type: str | None = None
    email: str | None = None
    new_email: str | None = None
    password: str | None = None
    data: dict[str, Any] | None = None
    redirect_to: str | None = None
