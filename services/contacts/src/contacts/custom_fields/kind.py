"""Custom field definitions as plain rows."""

from contacts.plain.kind import Plain

FIELD = Plain(
    "field",
    "custom_field",
    {
        "noun": "text",
        "key": "text",
        "label": "text",
        "type": "text",
        "options": "jsonb",
        "required": "boolean",
        "unique": "boolean",
        "default": "jsonb",
        "position": "integer",
    },
    {},
)
