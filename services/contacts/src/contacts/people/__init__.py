"""People: the noun `contact`."""

from contacts.people import rules
from contacts.people.fields import FIELDS
from contacts.records.resource import Resource

_LAST = "coalesce(left(fold(i.last_name), 120), {missing})"
_FIRST = "coalesce(left(fold(i.first_name), 120), {missing})"
_NAME = f"{_LAST} || chr(1) || {_FIRST}"

PEOPLE = Resource(
    noun="contact",
    plural="contacts",
    fields=FIELDS,
    derived={
        "name": "text",
        "company_name": "text",
        "emails_lines": "text",
        "phones_lines": "text",
        "links_lines": "text",
    },
    derive=rules.derived_values,
    key_sql={
        "city_key": "fold(i.address ->> 'city')",
        "name_key": "fold(i.name)",
        "company_name_key": "fold(i.company_name)",
        # a missing part behind all others: the highest code point upwards, nothing downwards
        "name_up": _NAME.format(missing="chr(1114111)"),
        "name_down": _NAME.format(missing="''"),
    },
    rules=rules.needs_something_to_go_by,
    search_texts=rules.search_texts,
    searched=frozenset({"first_name", "last_name", "emails", "phones", "title", "company_id"}),
    title=lambda values: rules.display_name(values, values.get("company_name")),
)
