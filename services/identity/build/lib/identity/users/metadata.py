"""user_metadata: the person's own, so nothing may trust it; bounded, because each token carries it."""

from collections.abc import Mapping
from typing import Any

import msgspec

METADATA_MAX_BYTES = 4096
DEPTH_MAX = 32


class BadMetadata(ValueError):
    """The sentence for the caller."""


def merged(current: Mapping[str, Any], given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Member by member; a null member deletes. Raises BadMetadata for what a token or Postgres could not carry."""
    result = {**current, **(given or {})}
    result = {name: value for name, value in result.items() if value is not None}
    if len(msgspec.json.encode(result)) > METADATA_MAX_BYTES:
        raise BadMetadata(f"User metadata must not exceed {METADATA_MAX_BYTES} bytes")
    if _holds_nul(result, DEPTH_MAX):
        raise BadMetadata("User metadata must not hold NUL characters or be nested deeper than 32 levels")
    return result


def _holds_nul(value: Any, levels: int) -> bool:
    """True as well when the nesting is too deep to look through."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list):
        return levels == 0 or any(_holds_nul(member, levels - 1) for member in value)
    return False
