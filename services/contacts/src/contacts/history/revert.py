"""Undo of changes on records in hand: rules without input or output.

Changes are taken backwards. A field whose value is no longer what the change made of it was changed since: it is
left, and listed. A creation is undone by the trash, the trash by restoring.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contacts.records.record import Edit, Record
from crm_facts import Change
from crm_resource import FieldTable, Json, put_back

DELETED = "deleted_at"


@dataclass(frozen=True, slots=True)
class Left:
    """What undo did not touch, and why: `changed_since`, `trashed`, `purged`, `company_gone`."""

    noun: str
    record_id: UUID
    field: str | None
    reason: str

    def document(self) -> dict[str, Any]:
        return {f"{self.noun}_id": str(self.record_id), "field": self.field, "reason": self.reason}


@dataclass(slots=True)
class Reverted:
    """Records as they are to be saved, and what was left."""

    edits: list[Edit] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def revert(
    fields: FieldTable, records: Mapping[UUID, Record], changes: Sequence[Change], companies: set[str]
) -> Reverted:
    """`records`: those of the changes that still exist, locked. `companies`: those that a person may be put back to."""
    result = Reverted()
    current = dict(records)
    for change in changes:
        record = current.get(change.record_id)
        if record is None:
            result.left.append(Left(change.noun, change.record_id, None, "purged"))
        else:
            current[change.record_id] = _undo_one(fields, record, change, companies, result.left)
    result.edits = [
        Edit(_verb(before, current[record_id]), before, current[record_id]) for record_id, before in records.items()
    ]
    return result


def _undo_one(fields: FieldTable, record: Record, change: Change, companies: set[str], left: list[Left]) -> Record:
    if change.verb == "created":
        return record if record.trashed else replace(record, deleted_at=_now())
    if DELETED in change.after:
        return _undo_move(record, change, left)
    if record.trashed:
        left += [Left(change.noun, record.id, name, "trashed") for name in change.after]
        return record
    before, after, gone = _without_gone_company(change, companies)
    values, since = put_back(fields, record.values, before, after)
    left += [Left(change.noun, record.id, name, "company_gone") for name in gone]
    left += [Left(change.noun, record.id, name, "changed_since") for name in since]
    return replace(record, values=values)


def _undo_move(record: Record, change: Change, left: list[Left]) -> Record:
    """Into the trash, or out of it: back if it is still where the change put it."""
    was_trashed, is_trashed = change.before.get(DELETED) is not None, change.after.get(DELETED) is not None
    if record.trashed != is_trashed:
        left.append(Left(change.noun, record.id, DELETED, "changed_since"))
        return record
    return replace(record, deleted_at=_now() if was_trashed else None)


def _without_gone_company(change: Change, companies: set[str]) -> tuple[dict[str, Json], dict[str, Json], list[str]]:
    before, after = dict(change.before), dict(change.after)
    company = before.get("company_id")
    if company is None or company in companies:
        return before, after, []
    del before["company_id"]
    after.pop("company_id", None)
    return before, after, ["company_id"]


def _verb(before: Record, after: Record) -> str:
    if before.trashed == after.trashed:
        return "changed"
    return "trashed" if after.trashed else "restored"


def _now() -> str:
    return datetime.now(UTC).isoformat()
