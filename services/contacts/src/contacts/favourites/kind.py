"""Favourites as plain rows."""

from contacts.plain.kind import Plain

FAVOURITE = Plain("favourite", "favourite", {"kind": "text", "record_id": "uuid", "position": "integer"}, {})
