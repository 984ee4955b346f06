"""The field table of companies; see people/fields.py."""

from contacts.people.fields import ADDRESS
from crm_resource import Field, FieldTable, Kind, Sort

# One line a field, so that it reads as the table that it is.
# fmt: off
FIELDS = FieldTable(
    "company",
    (
        Field("id", Kind.ID, "Id", read_only=True, required=True, sort=Sort("t.id", nullable=False, cast="uuid")),
        Field("version", Kind.NUMBER, "Version", read_only=True, required=True),
        Field("name", Kind.TEXT, "Name", required=True, sort=Sort("t.name_key", nullable=False),
              import_names=("company", "company name", "organisation", "organization", "firma", "account name")),
        Field("domain", Kind.TEXT, "Domain", sort=Sort("t.domain_key"), import_names=("website", "web", "url")),
        Field("industry", Kind.TEXT, "Industry", sort=Sort("t.industry_key"), import_names=("branche", "sector")),
        Field("size", Kind.TEXT, "Size", sort=Sort("t.size_key"), import_names=("employees", "headcount")),
        Field("phone", Kind.PHONE, "Phone", import_names=("phone number", "telephone", "tel")),
        Field("phone_e164", Kind.TEXT, "Phone, E.164", read_only=True),
        Field("address", Kind.OBJECT, "Address", members=ADDRESS),
        Field("links", Kind.LINKS, "Links", max_length=20, import_names=("linkedin", "profile")),
        Field("owner_id", Kind.ID, "Owner"),
        Field("tags", Kind.TAGS, "Tags", max_length=50, import_names=("labels", "categories")),
        Field("description", Kind.TEXT, "Description", max_length=20_000, import_names=("notes", "note", "about")),
        Field("custom", Kind.OBJECT, "Custom fields"),
        Field("created_at", Kind.INSTANT, "Created", read_only=True, required=True,
              sort=Sort("t.created_at", nullable=False, cast="timestamptz")),
        Field("updated_at", Kind.INSTANT, "Updated", read_only=True, required=True,
              sort=Sort("t.updated_at", nullable=False, cast="timestamptz")),
        Field("created_by", Kind.ID, "Created by", read_only=True, required=True),
        Field("deleted_at", Kind.INSTANT, "Moved to the trash", read_only=True),
    ),
)
# fmt: on
