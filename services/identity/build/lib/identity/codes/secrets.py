"""One-time codes: six digits for people, a keyed hash for links and for the database."""

import secrets
from uuid import UUID

from identity.vault import Vault

PKCE_PREFIX = "pkce_"  # upstream's mark on the hash of a link that belongs to a PKCE flow
HASH_BYTES = 28  # as long as the SHA-224 that upstream mails


def new_code(length: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(length))


def code_hash(vault: Vault, account_id: UUID, kind: str, address: str, code: str) -> str:
    """Keyed, unlike upstream's SHA-224 of address and code, whose million values anybody could try as `token_hash`."""
    return vault.mac("one-time-code", str(account_id), kind, address, code)[:HASH_BYTES].hex()


def bare_hash(token_hash: str) -> str:
    return token_hash.removeprefix(PKCE_PREFIX)
