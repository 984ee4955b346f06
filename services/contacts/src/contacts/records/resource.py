"""What the shared actions need to know of a noun: people and companies are two values of this class."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crm_resource import Context, FieldTable, Json, Problem

Values = Mapping[str, Json]


@dataclass(frozen=True, slots=True, eq=False)  # one value a noun: told apart and cached by identity
class Resource:
    """A noun with records. The table, its link table and its facts are named after `noun`.

    `derived` are columns that the service fills from a record's values; `key_sql` are further stored sort keys as SQL
    over the input row `i`.
    """

    noun: str  # contact
    plural: str  # contacts
    fields: FieldTable
    derived: Mapping[str, str]  # column -> SQL type
    derive: Callable[[Values, Context], dict[str, Json]]
    key_sql: Mapping[str, str]
    rules: Callable[[Values], list[Problem]]
    search_texts: Callable[[Values], tuple[str, str]]  # (its name, everything else that finds it)
    searched: frozenset[str]  # flat names whose change alters search_texts
    title: Callable[[Values], str]  # for summaries: "Edited Ada Lovelace"

    @property
    def Noun(self) -> str:
        return self.noun.capitalize()
