"""An account as the database keeps it, and as the protocol's User shows it."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

AUDIENCE = "authenticated"
ROLE = "authenticated"


@dataclass(frozen=True)
class Identity:
    """One way to sign in. `provider_id` is the provider's subject: for email and phone the account's own id."""

    id: UUID
    account_id: UUID
    provider: str
    provider_id: str
    identity_data: dict[str, Any]
    email: str | None
    last_sign_in_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class SecondFactor:
    """What clients see of a factor; they derive the next assurance level from the verified ones."""

    id: UUID
    factor_type: str
    status: str
    friendly_name: str
    created_at: datetime
    updated_at: datetime
    last_challenged_at: datetime | None


@dataclass(frozen=True)
class Account:
    """The row, with its identities in order of linking, and its second factors."""

    id: UUID
    email: str | None
    phone: str | None
    password_hash: str | None
    app_metadata: dict[str, Any]
    user_metadata: dict[str, Any]
    is_anonymous: bool
    email_confirmed_at: datetime | None
    phone_confirmed_at: datetime | None
    confirmation_sent_at: datetime | None
    recovery_sent_at: datetime | None
    reauthentication_sent_at: datetime | None
    new_email: str | None
    email_change_sent_at: datetime | None
    email_change_confirmed_by: str | None
    invited_at: datetime | None
    invitation_hash: bytes | None
    last_sign_in_at: datetime | None
    banned_until: datetime | None
    deleted_at: datetime | None
    created_at: datetime
    updated_at: datetime
    identities: tuple[Identity, ...]
    factors: tuple[SecondFactor, ...]

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> "Account":
        members = dict(row)
        members["app_metadata"] = msgspec.json.decode(members["app_metadata"])
        members["user_metadata"] = msgspec.json.decode(members["user_metadata"])
        members["identities"] = msgspec.json.decode(members["identities"], type=tuple[Identity, ...])
        members["factors"] = msgspec.json.decode(members["factors"], type=tuple[SecondFactor, ...])
        return cls(**members)

    @property
    def confirmed_at(self) -> datetime | None:
        return min(filter(None, [self.email_confirmed_at, self.phone_confirmed_at]), default=None)

    @property
    def has_second_factor(self) -> bool:
        return any(factor.status == "verified" for factor in self.factors)

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    def is_banned(self, now: datetime | None = None) -> bool:
        return self.banned_until is not None and self.banned_until > (now or datetime.now(UTC))


# Times and strings that are left out when unset (auth-protocol 2.2).
OPTIONAL_MEMBERS = (
    "email_confirmed_at",
    "phone_confirmed_at",
    "confirmed_at",
    "confirmation_sent_at",
    "recovery_sent_at",
    "email_change_sent_at",
    "reauthentication_sent_at",
    "new_email",
    "invited_at",
    "last_sign_in_at",
    "banned_until",
    "deleted_at",
)


def as_user(account: Account) -> dict[str, Any]:
    """The User of auth-protocol section 3: never a hash, token or secret."""
    user: dict[str, Any] = {
        "id": account.id,
        "aud": AUDIENCE,
        "role": ROLE,
        "email": account.email or "",
        "phone": account.phone or "",
        "app_metadata": account.app_metadata,
        "user_metadata": account.user_metadata,
        "identities": [_as_identity(identity) for identity in account.identities],
        "is_anonymous": account.is_anonymous,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
    }
    if account.factors:
        user["factors"] = [_without_unset(factor) for factor in account.factors]
    optional = ((name, getattr(account, name)) for name in OPTIONAL_MEMBERS)
    return user | {name: value for name, value in optional if value is not None}


def _without_unset(factor: SecondFactor) -> dict[str, Any]:
    return {name: value for name, value in asdict(factor).items() if value is not None}


def _as_identity(identity: Identity) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "identity_id": identity.id,
        "id": identity.provider_id,
        "user_id": identity.account_id,
        "provider": identity.provider,
        "identity_data": identity.identity_data,
        "created_at": identity.created_at,
        "updated_at": identity.updated_at,
    }
    if identity.email is not None:
        shown["email"] = identity.email
    if identity.last_sign_in_at is not None:
        shown["last_sign_in_at"] = identity.last_sign_in_at
    return shown
