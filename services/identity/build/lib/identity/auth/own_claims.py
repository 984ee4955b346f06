"""What the server itself puts into user_metadata and the identity's data, after whatever the caller gave."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID


def own_claims(
    account_id: UUID, *, email: str | None, phone: str | None, verified: Mapping[str, bool]
) -> dict[str, Any]:
    """`verified` by `email` and `phone`."""
    addresses = {"email": email, "phone": phone}
    return {
        "sub": str(account_id),
        **{name: address for name, address in addresses.items() if address},
        "email_verified": verified["email"],
        "phone_verified": verified["phone"],
    }
