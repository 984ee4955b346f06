"""How a person is called where others see them."""

from collections.abc import Mapping
from typing import Any

NAME_MAX_CHARS = 200


def display_name(user_metadata: Mapping[str, Any], email: str | None) -> str:
    """The name that the person gave, else the part of the address before the @."""
    for member in ("name", "full_name", "display_name"):
        given = user_metadata.get(member)
        if isinstance(given, str) and given.strip():
            return " ".join(given.split())[:NAME_MAX_CHARS]
    return (email or "").partition("@")[0] or "Somebody"
