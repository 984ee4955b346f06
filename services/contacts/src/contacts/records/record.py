"""A record as the actions hold it: frozen, made from a row, replaced by a new one for each change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_resource import Json


@dataclass(frozen=True, slots=True)
class Record:
    """`values` are the own fields by API name, as JSON. `version` is 0 for one that is not stored yet."""

    id: UUID
    version: int
    values: Mapping[str, Json]
    deleted_at: str | None = None

    @property
    def trashed(self) -> bool:
        return self.deleted_at is not None

    @classmethod
    def from_document(cls, document: dict[str, Any], own: frozenset[str]) -> "Record":
        values = {name: value for name, value in document.items() if name in own}
        return cls(UUID(document["id"]), document["version"], values, document["deleted_at"])


@dataclass(frozen=True, slots=True)
class Edit:
    """One record's step to its next version. `before` is None for a creation; `verb` is the fact's."""

    verb: str  # created, changed, trashed, restored
    before: Record | None
    after: Record
