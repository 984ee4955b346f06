"""A workspace's custom fields as lines of the field table."""

from typing import Any
from uuid import UUID

import msgspec

from contacts.records.resource import Resource
from crm_db import Database, Transaction
from crm_resource import Field, FieldTable, Kind

LIST_MAX = 50  # values of a multi_select
OPTIONS_MAX = 200

_SELECT = """
    select c.key, c.label, c.type, c.options, c.required, c."unique", c."default"
    from custom_field c
    where c.workspace_id = {workspace} and c.noun = $2
    order by c.position, c.key
"""
_READ = f"select r.* from enter($1) e(w), lateral ({_SELECT.format(workspace='e.w')} offset 0) r"


async def table(db: Database, workspace_id: UUID, resource: Resource) -> FieldTable:
    """The resource's fields with those of the workspace."""
    rows = await db.read(workspace_id, _READ, resource.noun)
    return resource.fields.with_custom([_field(row) for row in rows])


async def table_in(tx: Transaction, workspace_id: UUID, resource: Resource) -> FieldTable:
    """The same within a transaction."""
    rows = await tx.fetch(_SELECT.format(workspace="$1"), workspace_id, resource.noun)
    return resource.fields.with_custom([_field(row) for row in rows])


def _field(row: Any) -> Field:
    return Field(
        row["key"],
        Kind(row["type"]),
        row["label"],
        max_length=LIST_MAX if row["type"] == "multi_select" else 2000,
        required=row["required"],
        unique=row["unique"],
        default=msgspec.json.decode(row["default"]) if row["default"] is not None else None,
        options=tuple(msgspec.json.decode(row["options"])),
    )
