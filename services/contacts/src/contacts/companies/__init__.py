"""Companies: the noun `company`."""

from collections.abc import Mapping

from contacts.companies.fields import FIELDS
from contacts.people.rules import digits, lines
from contacts.records.resource import Resource
from crm_resource import Context, Json, e164


def derived_values(values: Mapping[str, Json], context: Context) -> dict[str, Json]:
    phone = values.get("phone")
    return {
        "phone_e164": e164(phone, context.country) if phone else None,
        "links_lines": lines([each["url"] for each in values.get("links") or []]),
    }


def search_texts(values: Mapping[str, Json]) -> tuple[str, str]:
    others = [values.get("domain"), values.get("industry"), digits(values.get("phone") or "")]
    return values.get("name") or "", " ".join(filter(None, others))


COMPANIES = Resource(
    noun="company",
    plural="companies",
    fields=FIELDS,
    derived={"phone_e164": "text", "links_lines": "text"},
    derive=derived_values,
    key_sql={"city_key": "fold(i.address ->> 'city')", "phone_e164_key": "fold(i.phone_e164)"},
    rules=lambda _: [],
    search_texts=search_texts,
    searched=frozenset({"name", "domain", "industry", "phone"}),
    title=lambda values: str(values.get("name")),
)
