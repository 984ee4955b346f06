"""What imports take and give."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contacts.imports.plan import MatchBy, OnMatch, Outcome


class ImportColumn(msgspec.Struct, frozen=True):
    """samples: up to three different cells. guess: the field it most likely is. confidence: 0 to 1."""

    name: str
    samples: list[str]
    guess: str | None
    confidence: float


class ImportProgress(msgspec.Struct, frozen=True):
    done: int
    total: int


class ImportTotals(msgspec.Struct, frozen=True, omit_defaults=True):
    """After a check the first five; after a run, and while it goes on, the last four."""

    create: int | None = None
    update: int | None = None
    skip: int | None = None
    conflict: int | None = None
    invalid: int | None = None
    created: int | None = None
    updated: int | None = None
    skipped: int | None = None
    failed: int | None = None


class ContactImport(msgspec.Struct, frozen=True):
    """status: uploaded -> checking -> checked -> running -> done, or failed (then `failure` says why)."""

    id: UUID
    status: str
    filename: str
    rows: int
    columns: list[ImportColumn]
    mapping: dict[str, str | None]
    match_by: MatchBy
    on_match: OnMatch
    tags: list[str]
    totals: ImportTotals
    progress: ImportProgress
    operation_id: UUID | None
    failure: str | None
    created_by: UUID
    created_at: datetime
    updated_at: datetime


class ImportList(msgspec.Struct, frozen=True):
    items: list[ContactImport]
    next_cursor: str | None


class ImportPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """mapping is replaced whole; a column that it does not name is left out of the import."""

    mapping: dict[str, str | None] | msgspec.UnsetType = msgspec.UNSET
    match_by: MatchBy | msgspec.UnsetType = msgspec.UNSET
    on_match: OnMatch | msgspec.UnsetType = msgspec.UNSET
    tags: list[str] | msgspec.UnsetType = msgspec.UNSET


class CellChange(msgspec.Struct, frozen=True):
    field: str
    from_: Any = msgspec.field(name="from")
    to: Any


class RowFault(msgspec.Struct, frozen=True):
    column: str
    code: str
    reason: str


class ImportRow(msgspec.Struct, frozen=True):
    """row: as a spreadsheet shows it; the header is 1. cells: as the file has them, in the order of the columns."""

    row: int
    cells: list[str]
    outcome: Outcome | None
    contact_id: UUID | None
    changes: list[CellChange]
    errors: list[RowFault]


class ImportRows(msgspec.Struct, frozen=True):
    items: list[ImportRow]
    next_cursor: str | None


class RowPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Mended cells, by the column's name."""

    cells: dict[str, str]
