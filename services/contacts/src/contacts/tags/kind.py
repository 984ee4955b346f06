"""Tags as plain rows."""

from contacts.plain.kind import Plain

TAG = Plain("tag", "tag", {"name": "text", "color": "text"}, {"name_key": "lower(i.name)"})
