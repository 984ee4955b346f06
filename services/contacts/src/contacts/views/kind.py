"""Saved views as plain rows."""

from contacts.plain.kind import Plain

VIEW = Plain(
    "view",
    "saved_view",
    {"name": "text", "kind": "text", "columns": "jsonb", "sort": "text", "filter": "jsonb", "shared": "boolean"},
    {},
)
