"""Recovery codes: ten, shown once, each opens aal2 once."""

import secrets
from uuid import UUID

from identity.vault import Vault

COUNT = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what people confuse: i, l, o, 0, 1
GROUP = 5


def new_code() -> str:
    """Fifty bits: `x7k2p-9qm4r`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(2 * GROUP))
    return f"{letters[:GROUP]}-{letters[GROUP:]}"


def code_hash(vault: Vault, account_id: UUID, code: str) -> bytes:
    """However the person types it: case, spaces and dashes do not matter."""
    plain = "".join(character for character in code.lower() if character.isalnum())
    return vault.mac("recovery-code", str(account_id), plain)
