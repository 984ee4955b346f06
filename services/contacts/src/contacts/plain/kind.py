"""What the shared store and actions need to know of such a row."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)  # one value a noun
class Plain:
    """`columns`: API member -> SQL type, in the order of the API; columns have the members' names.

    `derived`: further columns as SQL over the input row `i`.
    """

    noun: str
    table: str
    columns: Mapping[str, str]
    derived: Mapping[str, str]

    @property
    def document(self) -> str:
        """The members as a select list over `t`."""
        names = ["id", "version", *self.columns, "created_at", "updated_at", "created_by"]
        return ", ".join(f't."{name}"' for name in names)
