"""A tag as others see it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Tag:
    id: UUID
    name: str
