"""Who is calling: roles as types, token verification, internal keys."""

from crm_auth.caller import Admin, Caller, Owner, Reader, User, Writer
from crm_auth.errors import InvalidToken, KeysUnavailable
from crm_auth.internal_keys import InternalKeys
from crm_auth.key_set import KeySet
from crm_auth.roles import Role
from crm_auth.verifier import Claims, Issuer, Verifier

__all__ = [
    "Admin",
    "Caller",
    "Claims",
    "InternalKeys",
    "InvalidToken",
    "Issuer",
    "KeySet",
    "KeysUnavailable",
    "Owner",
    "Reader",
    "Role",
    "User",
    "Verifier",
    "Writer",
]
