"""The field table of people: a line gives API member, validation, filter, sort, import, export, history and erasure."""

from crm_resource import Field, FieldTable, Kind, Sort

ADDRESS = (
    Field("street", Kind.TEXT, "Street", import_names=("address", "address line 1", "street address", "home street")),
    Field("city", Kind.TEXT, "City", column="city", sort=Sort("t.city_key"), import_names=("town", "ort")),
    Field("region", Kind.TEXT, "Region", import_names=("state", "province", "state or province")),
    Field("postal_code", Kind.TEXT, "Postal code", max_length=40, import_names=("zip", "zip code", "postcode", "plz")),
    Field("country", Kind.TEXT, "Country", import_names=("country or region", "land", "country code")),
)

# One line a field, so that it reads as the table that it is.
# fmt: off
FIELDS = FieldTable(
    "contact",
    (
        Field("id", Kind.ID, "Id", read_only=True, required=True, sort=Sort("t.id", nullable=False, cast="uuid")),
        Field("version", Kind.NUMBER, "Version", read_only=True, required=True),
        Field("name", Kind.TEXT, "Name", personal=True, read_only=True, required=True,
              sort=Sort("t.name_up", "t.name_down", nullable=False)),
        Field("first_name", Kind.TEXT, "First name", personal=True, sort=Sort("t.first_name_key"),
              import_names=("given name", "forename", "vorname", "first", "prenom")),
        Field("last_name", Kind.TEXT, "Last name", personal=True, sort=Sort("t.name_up", "t.name_down", nullable=False),
              import_names=("family name", "surname", "nachname", "last", "nom")),
        Field("emails", Kind.EMAILS, "E-mails", personal=True, max_length=20,
              import_names=("email", "email address", "mail", "primary email", "work email", "e mail")),
        Field("phones", Kind.PHONES, "Phones", personal=True, max_length=20,
              import_names=("phone", "phone number", "telephone", "mobile", "mobile phone", "cell", "tel", "telefon",
                            "business phone", "home phone", "work phone")),
        Field("title", Kind.TEXT, "Job title", personal=True, sort=Sort("t.title_key"),
              import_names=("job", "position", "role", "organization title")),
        Field("company_id", Kind.ID, "Company"),
        Field("company_name", Kind.TEXT, "Company's name", read_only=True),
        Field("owner_id", Kind.ID, "Owner"),
        Field("tags", Kind.TAGS, "Tags", max_length=50,
              import_names=("labels", "categories", "groups", "group membership")),
        Field("address", Kind.OBJECT, "Address", personal=True, members=ADDRESS),
        Field("birthday", Kind.DATE, "Birthday", personal=True, sort=Sort("t.birthday", cast="date"),
              import_names=("birth date", "date of birth", "dob", "geburtstag")),
        Field("links", Kind.LINKS, "Links", personal=True, max_length=20,
              import_names=("web", "website", "url", "web page", "homepage", "linkedin", "profile")),
        Field("avatar_url", Kind.URL, "Picture", personal=True, import_names=("photo", "avatar", "picture")),
        Field("description", Kind.TEXT, "Description", personal=True, max_length=20_000,
              import_names=("notes", "note", "comment", "comments", "about", "background")),
        Field("custom", Kind.OBJECT, "Custom fields", personal=True),
        Field("last_activity_at", Kind.INSTANT, "Last activity", read_only=True,
              sort=Sort("t.last_activity_at", cast="timestamptz")),
        Field("created_at", Kind.INSTANT, "Created", read_only=True, required=True,
              sort=Sort("t.created_at", nullable=False, cast="timestamptz")),
        Field("updated_at", Kind.INSTANT, "Updated", read_only=True, required=True,
              sort=Sort("t.updated_at", nullable=False, cast="timestamptz")),
        Field("created_by", Kind.ID, "Created by", read_only=True, required=True),
        Field("deleted_at", Kind.INSTANT, "Moved to the trash", read_only=True),
        Field("company.name", Kind.TEXT, "Company's name", column="company_name", filter_only=True,
              sort=Sort("t.company_name_key")),
    ),
)
# fmt: on
