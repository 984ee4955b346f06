"""The columns of a fresh file: names, samples, and what each most likely means."""

from collections.abc import Sequence

from contacts.imports.csv_file import Row
from contacts.imports.plan import COMPANY, NAME, mappable
from crm_resource import FieldTable, Json
from crm_resource.fields import LISTS
from crm_resource.names import Guess, guess

SAMPLES = 3
SAMPLE_MAX_CHARS = 200
FAULT_COLUMNS = ("row", "column", "code", "reason")  # what errors.csv puts in front; mended, the file comes back
EXTRA = {
    NAME: ("name", "full name", "contact", "contact name", "display name"),
    COMPANY: ("company", "company name", "organisation", "organization", "organization name",
              "account", "account name", "employer", "firma"),
}  # fmt: skip


def columns_of(
    table: FieldTable, names: Sequence[str], head: Sequence[Row]
) -> tuple[list[Json], dict[str, str | None]]:
    """`columns` and `mapping` of the API. A field that can hold one value is given to the best guess alone."""
    guesses = guess(table, names, EXTRA)
    if tuple(names[: len(FAULT_COLUMNS)]) == FAULT_COLUMNS:
        guesses[: len(FAULT_COLUMNS)] = [Guess(None, 0.0)] * len(FAULT_COLUMNS)
    columns = [_column(name, i, found, head) for i, (name, found) in enumerate(zip(names, guesses, strict=True))]
    return columns, _mapping(table, names, guesses)


def _column(name: str, position: int, found: Guess, head: Sequence[Row]) -> Json:
    filled = dict.fromkeys(cell[:SAMPLE_MAX_CHARS] for row in head if (cell := row.cells[position].strip()))
    return {
        "name": name,
        "samples": list(filled)[:SAMPLES],
        "guess": found.field,
        "confidence": found.confidence,
    }


def _mapping(table: FieldTable, names: Sequence[str], guesses: Sequence[Guess]) -> dict[str, str | None]:
    fields = mappable(table)
    by_confidence = sorted(range(len(names)), key=lambda i: -guesses[i].confidence)
    taken: set[str] = set()
    mapping: dict[str, str | None] = dict.fromkeys(names)
    for i in by_confidence:
        target = guesses[i].field
        if target is not None and target not in taken:
            mapping[names[i]] = target
            if fields[target].kind not in LISTS:
                taken.add(target)
    return mapping
